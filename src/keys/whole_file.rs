//! Files that are there whole or not at all, for their owner alone: keys and key pairs.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Writes a file, and its directory where there is none; it is on disk when this returns.
pub fn write_whole(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Under another name first, so that half a file is never found.
    let mut half = path.as_os_str().to_owned();
    half.push(".new");
    // A rest of a start that was cut off may have another mode.
    let _ = fs::remove_file(&half);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_left_half_written_is_neither_kept_nor_in_the_way() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join("folder/k.p8");
        write_whole(&path, b"one").unwrap();
        let half = state.path().join("folder/k.p8.new");
        fs::write(&half, "a longer rest").unwrap();
        fs::set_permissions(&half, fs::Permissions::from_mode(0o644)).unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!((fs::read(&path).unwrap(), half.exists()), (b"two".to_vec(), false));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o700, 0o600));
    }
}

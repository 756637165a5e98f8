//! A file that says `up` or `down`, as gdnsd's extfile does for many.
//!
//! What else it says is told to nobody: whoever wrote the check need not be one who may read the file. Where it must lie
//! below named directories, the file that was opened is judged, whatever symbolic links led to it.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;

use super::memory::Look;
use super::status;
use crate::probe::clip;

/// The most bytes read of it.
const SIZE: u64 = 4096;
/// ENFILE and EMFILE: no descriptor is left.
const NO_DESCRIPTOR: [i32; 2] = [23, 24];

/// Reads the file, which must lie below one of `folders` where those are given; may block as long as the file system does.
pub(super) fn look(path: &Path, folders: Option<&[Arc<str>]>) -> Look {
    let mut text = Vec::new();
    let read = open(path, folders).and_then(|file| file.take(SIZE).read_to_end(&mut text));
    match read {
        Ok(_) => said(&String::from_utf8_lossy(&text)),
        Err(error) if error.raw_os_error().is_some_and(|code| NO_DESCRIPTOR.contains(&code)) => {
            Look::NotMade(error.to_string())
        }
        Err(error) => Look::Nothing(format!("the file cannot be read: {error}")),
    }
}

fn open(path: &Path, folders: Option<&[Arc<str>]>) -> io::Result<File> {
    // Opening a pipe would wait for its writer, and a device may do anything.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let file = File::open(path)?;
    if let Some(folders) = folders {
        // A link may lead elsewhere since it was looked at; this tells of what was opened.
        let opened = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
        let holds = |folder: &Arc<str>| std::fs::canonicalize(&**folder).is_ok_and(|folder| opened.starts_with(folder));
        if !folders.iter().any(holds) {
            return Err(io::Error::other("it lies below none of `alarm_files`"));
        }
    }
    Ok(file)
}

fn said(text: &str) -> Look {
    let text = text.trim_start();
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let rest = rest.trim_start().lines().next().unwrap_or_default().trim();
    match status(word) {
        Some(status) if rest.is_empty() => Look::Says(status, format!("The file says {word}.")),
        Some(status) => Look::Says(status, format!("The file says {word}: {}", clip(rest))),
        None if word.is_empty() => Look::Nothing("the file is empty".to_owned()),
        None => Look::Nothing("the file says neither up nor down".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::check::Status;
    use std::os::unix::fs::symlink;

    #[test]
    fn the_first_word_counts_and_the_rest_is_the_reason() {
        let up = |words: &str| Look::Says(Status::Healthy, words.to_owned());
        let down = |words: &str| Look::Says(Status::Unhealthy, words.to_owned());
        assert_eq!(said("up"), up("The file says up."));
        assert_eq!(said("\n healthy\n"), up("The file says healthy."));
        assert_eq!(said("down since five\nsecond line"), down("The file says down: since five"));
        assert_eq!(said("unhealthy\n\tdisk full \n"), down("The file says unhealthy: disk full"));
        assert_eq!(said("UP"), up("The file says UP."));
        assert_eq!(said(" \n"), Look::Nothing("the file is empty".to_owned()));
        let neither = Look::Nothing("the file says neither up nor down".to_owned());
        assert_eq!(said("root:secret up"), neither, "and what it says is nobody's business");
    }

    #[test]
    fn what_is_no_file_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let absent = look(&folder.path().join("absent"), None);
        assert!(matches!(&absent, Look::Nothing(why) if why.contains("No such file")), "{absent:?}");
        assert!(matches!(look(folder.path(), None), Look::Nothing(why) if why.contains("not a regular file")));
        let long = folder.path().join("long");
        std::fs::write(&long, format!("down {}", "x".repeat(1 << 20))).unwrap();
        assert!(matches!(look(&long, None), Look::Says(Status::Unhealthy, words) if words.len() < 1000));
    }

    #[test]
    fn no_link_leads_out_of_the_directories_that_may_be_read() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let within = |path: &Path| look(path, Some(&[inside.path().to_str().unwrap().into()]));
        let (ours, theirs) = (inside.path().join("ours"), outside.path().join("theirs"));
        for path in [&ours, &theirs] {
            std::fs::write(path, "up").unwrap();
        }
        assert!(matches!(within(&ours), Look::Says(Status::Healthy, _)));
        let (file, folder) = (inside.path().join("file"), inside.path().join("folder"));
        symlink(&theirs, &file).unwrap();
        symlink(outside.path(), &folder).unwrap();
        for path in [&theirs, &file, &folder.join("theirs"), &inside.path().join("../theirs")] {
            assert!(!matches!(within(path), Look::Says(..)), "{}", path.display());
        }
        let refused = Look::Nothing("the file cannot be read: it lies below none of `alarm_files`".to_owned());
        assert_eq!(within(&file), refused);
        assert!(matches!(look(&file, None), Look::Says(..)), "anywhere, where nothing is restricted");
        assert_eq!(look(&ours, Some(&[])), refused, "nowhere, where no directory is named");
        let linked = outside.path().join("linked");
        symlink(inside.path(), &linked).unwrap();
        let named = look(&linked.join("ours"), Some(&[linked.to_str().unwrap().into()]));
        assert!(matches!(named, Look::Says(..)), "the operator may name a link");
    }
}

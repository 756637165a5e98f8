//! Bytes from a directory: which files count, bounded reads, and files caught in the middle of a write.
//!
//! Knows nothing of what the bytes mean.

use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::{At, Problem};

/// The most a file may hold, in bytes.
pub(super) const MAX_FILE: u64 = 64 << 20;
/// How long a file must have been left alone when it was read, for its dates to tell whether it is the same: clocks of
/// file systems are coarse.
const SETTLED: Duration = Duration::from_secs(2);
/// How often a file that changes under the reader is read again.
const ATTEMPTS: usize = 3;

/// A file's bytes and what tells them from others.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The file as the operator named it.
    pub(super) name: Arc<str>,
    /// Its bytes; none where it is the file that was read before.
    pub(super) bytes: Option<Vec<u8>>,
    /// What it was when read.
    pub(super) stamp: Stamp,
    /// Where it was among the files of the load before.
    pub(super) before: Option<usize>,
}

/// What the file system tells of a file without its being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dates {
    device: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Dates {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// These, where they will tell of any change to come.
    fn settled(self) -> Option<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.checked_sub(SETTLED)?;
        let before = |(seconds, _): (i64, i64)| u64::try_from(seconds).is_ok_and(|seconds| seconds < since.as_secs());
        (before(self.modified) && before(self.changed)).then_some(self)
    }
}

/// Whether a file is the one read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    len: u64,
    digest: [u64; 2],
    dates: Option<Dates>,
}

impl Stamp {
    /// Whether the bytes are the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.len, self.digest) == (other.len, other.digest)
    }
}

impl Text {
    pub(super) fn new(name: &str, bytes: Vec<u8>) -> Self {
        let stamp = Stamp { len: bytes.len() as u64, dates: None, digest: digest(&bytes) };
        Self { name: name.into(), bytes: Some(bytes), stamp, before: None }
    }
}

/// Where `$INCLUDE` finds its files.
pub(super) trait Includes: Sync {
    /// The bytes of the file named in an `$INCLUDE`, with their stamp.
    fn read(&self, path: &str) -> Result<Text, String>;
}

/// Includes from the file system; the path of a file in a directory begins with the directory's.
pub(super) struct Disk;

/// Includes among texts in hand.
pub(super) struct Among<'a>(pub(super) &'a [(&'a str, &'a str)]);

impl Includes for Disk {
    fn read(&self, path: &str) -> Result<Text, String> {
        read_file(Path::new(path)).map_err(|problem| problem.what)
    }
}

impl Includes for Among<'_> {
    fn read(&self, path: &str) -> Result<Text, String> {
        match self.0.iter().find(|(name, _)| *name == path) {
            Some((name, text)) => Ok(Text::new(name, text.as_bytes().to_vec())),
            None => Err(format!("no file {path:?} here")),
        }
    }
}

/// The zone files of `dir` in order of their names, those that `known` has and that are the same by all the
/// file system tells without their bytes; what cannot be read becomes a problem. None at all is one that stops the load
/// where zones are `served` that it would take away.
pub(super) fn read(
    dir: &Path,
    served: usize,
    mut known: impl FnMut(&str) -> Option<(usize, Arc<str>, Stamp)>,
    problems: &mut Vec<Problem>,
) -> Vec<Text> {
    let whole = At::new(dir.display().to_string(), 0);
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            let mend = "name a directory that can be read with --zones";
            problems.push(Problem::error(&whole, format!("zone directory cannot be read: {error}"), mend));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => {
                let path = entry.path();
                let is_folder =
                    || entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && path.is_dir());
                if counts(&path) && !is_folder() {
                    paths.push(path);
                }
            }
            Err(error) => {
                let what = format!("zone directory cannot be read to its end: {error}");
                problems.push(Problem::error(&whole, what, ""));
                break;
            }
        }
    }
    paths.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    if paths.is_empty() && problems.is_empty() {
        let what = "zone directory holds no *.toml, *.zone or *.json file";
        problems.push(match served {
            0 => Problem::warning(&whole, what, "every question will be refused"),
            served => {
                let mend = "put the files back and reload, or restart to serve no zone at all";
                Problem::error(&whole, format!("{what}, and zones of it are served ({served})"), mend)
            }
        });
    }
    let mut texts = Vec::with_capacity(paths.len());
    for path in paths {
        let there = path.to_str().and_then(&mut known);
        let before = there.as_ref().map(|(at, ..)| *at);
        if let Some((_, name, stamp)) = there.filter(|(_, _, stamp)| is_untouched(&path, stamp)) {
            texts.push(Text { name, bytes: None, stamp, before });
            continue;
        }
        match read_file(&path) {
            Ok(text) => texts.push(Text { before, ..text }),
            Err(problem) => problems.push(problem),
        }
    }
    texts
}

/// Whether a file is the one that was read before, as far as the file system tells.
fn is_untouched(path: &Path, stamp: &Stamp) -> bool {
    let now = stamp.dates.and_then(|_| fs::metadata(path).ok());
    now.is_some_and(|now| now.len() == stamp.len && Some(Dates::of(&now)) == stamp.dates)
}

/// Whether a name is a zone file's: by its extension, and neither hidden nor an editor's leftover.
fn counts(path: &Path) -> bool {
    let (Some(name), Some(extension)) = (path.file_name(), path.extension()) else { return false };
    let name = name.to_string_lossy();
    matches!(extension.to_str(), Some("toml" | "zone" | "json")) && !name.starts_with(['.', '#', '~'])
}

/// Reads a regular file of bounded size, again when it changes meanwhile.
pub(super) fn read_file(path: &Path) -> Result<Text, Problem> {
    let at = At::new(path.display().to_string(), 0);
    let fail = |what: String, mend: &str| Problem::error(&at, what, mend);
    let lost = |error: std::io::Error| fail(format!("file cannot be read: {error}"), "");
    for _ in 0..ATTEMPTS {
        // Asked before opening: opening a FIFO would wait for a writer.
        let before = fs::metadata(path).map_err(lost)?;
        if !before.is_file() {
            return Err(fail("not a regular file".to_owned(), "zone files are plain files"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(before.len().min(MAX_FILE)).unwrap_or(0));
        let file = File::open(path).map_err(lost)?;
        (&file).take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(lost)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(fail(format!("file is larger than {} MiB", MAX_FILE >> 20), "split it"));
        }
        let after = fs::metadata(path).map_err(lost)?;
        if Dates::of(&before) == Dates::of(&after) && before.len() == after.len() && after.len() == bytes.len() as u64 {
            let stamp = Stamp { len: after.len(), dates: Dates::of(&after).settled(), digest: digest(&bytes) };
            return Ok(Text { name: at.file, bytes: Some(bytes), stamp, before: None });
        }
    }
    Err(fail("file keeps changing while it is read".to_owned(), "write elsewhere and rename into place"))
}

/// 128 bits that differ when the bytes do; against accidents, not adversaries: the operator owns the files.
fn digest(bytes: &[u8]) -> [u64; 2] {
    [0u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(bytes);
        hasher.finish()
    })
}

//! A file that says `up` or `down`, as gdnsd's extfile does for many.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::memory::Look;
use super::status;
use crate::probe::clip;

/// The most bytes read of it.
const SIZE: u64 = 4096;
/// ENFILE and EMFILE: no descriptor is left.
const NO_DESCRIPTOR: [i32; 2] = [23, 24];

/// Reads the file; may block as long as the file system does.
pub(super) fn look(path: &Path) -> Look {
    let mut text = Vec::new();
    // Opening a pipe would wait for its writer.
    let read = std::fs::metadata(path).and_then(|about| match about.is_file() {
        true => File::open(path)?.take(SIZE).read_to_end(&mut text),
        false => Err(io::Error::other("it is not a regular file")),
    });
    match read {
        Ok(_) => said(&String::from_utf8_lossy(&text)),
        Err(error) if error.raw_os_error().is_some_and(|code| NO_DESCRIPTOR.contains(&code)) => {
            Look::NotMade(error.to_string())
        }
        Err(error) => Look::Nothing(format!("the file cannot be read: {error}")),
    }
}

fn said(text: &str) -> Look {
    let text = text.trim_start();
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let rest = rest.trim_start().lines().next().unwrap_or_default().trim();
    match status(word) {
        Some(status) if rest.is_empty() => Look::Says(status, format!("The file says {word}.")),
        Some(status) => Look::Says(status, format!("The file says {word}: {}", clip(rest))),
        None if word.is_empty() => Look::Nothing("the file is empty".to_owned()),
        None => Look::Nothing(format!("the file says {:?}, neither up nor down", clip(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::check::Status;

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
        let neither = Look::Nothing("the file says \"maybe\", neither up nor down".to_owned());
        assert_eq!(said("maybe up"), neither);
    }

    #[test]
    fn what_is_no_file_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let absent = look(&folder.path().join("absent"));
        assert!(matches!(&absent, Look::Nothing(why) if why.contains("No such file")), "{absent:?}");
        assert!(matches!(look(folder.path()), Look::Nothing(why) if why.contains("not a regular file")));
        let long = folder.path().join("long");
        std::fs::write(&long, format!("down {}", "x".repeat(1 << 20))).unwrap();
        assert!(matches!(look(&long), Look::Says(Status::Unhealthy, words) if words.len() < 1000));
    }
}

//! Asking the history: line by line, no more in memory than is asked for, whoever writes meanwhile.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Entry, Event, FILE, LONGEST, OLDER, Stamp};
use crate::model::CheckId;
use crate::model::check::Pattern;

/// How often the files are opened anew when they turn over meanwhile.
const TRIES: usize = 3;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Checks; `None` for all.
    pub pattern: Option<Pattern>,
    /// Not before.
    pub since: Option<Stamp>,
    /// Not after.
    pub until: Option<Stamp>,
    /// The latest so many.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The events, the oldest first.
    pub entries: Vec<Entry>,
    /// Lines that are no events.
    pub unreadable: u64,
}

/// The latest events of a state directory that are asked for.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn find(state: &Path, query: &Query) -> io::Result<Found> {
    let mut entries = VecDeque::new();
    let unreadable = scan(state, |entry| {
        let wanted = query.since.is_none_or(|since| entry.at >= since)
            && query.until.is_none_or(|until| entry.at <= until)
            && query.pattern.as_ref().is_none_or(|pattern| entry.event.concerns(pattern));
        if wanted {
            entries.push_back(entry);
            if entries.len() > query.limit {
                entries.pop_front();
            }
        }
    })?;
    Ok(Found { entries: entries.into(), unreadable })
}

/// The last turn of a check; `None` when the history knows of none.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn last_turn(state: &Path, check: &CheckId) -> io::Result<Option<Entry>> {
    let mut last = None;
    scan(state, |entry| {
        if matches!(&entry.event, Event::Turned(turn) if turn.check == *check) {
            last = Some(entry);
        }
    })?;
    Ok(last)
}

/// Every event, the oldest first; how many lines are none.
fn scan(state: &Path, mut each: impl FnMut(Entry)) -> io::Result<u64> {
    let mut unreadable = 0;
    for file in files(state)? {
        let length = file.metadata()?.len();
        let mut lines = BufReader::new(file.take(length));
        let mut line = Vec::new();
        loop {
            line.clear();
            let taken = lines.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            if taken == 0 {
                break;
            }
            if line.last() != Some(&b'\n') {
                // The rest of a line that is too long, or one that is being written.
                let rest = lines.skip_until(b'\n')?;
                unreadable += u64::from(rest > 0);
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(entry) => each(entry),
                Err(_) => unreadable += 1,
            }
        }
    }
    Ok(unreadable)
}

/// The two files, the older first, as they were at one moment.
fn files(state: &Path) -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    for _ in 0..TRIES {
        let older = open(&state.join(OLDER))?;
        let newer = open(&state.join(FILE))?;
        let is_still = inode(open(&state.join(OLDER))?.as_ref())? == inode(older.as_ref())?;
        found = older.into_iter().chain(newer).collect();
        if is_still {
            break;
        }
    }
    Ok(found)
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn inode(file: Option<&File>) -> io::Result<Option<u64>> {
    file.map(|file| file.metadata().map(|metadata| metadata.ino())).transpose()
}

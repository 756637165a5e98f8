//! The writer's thread: lines appended whole, two files that stay within the budget.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::{Entry, Event, FILE, LONGEST, OLDER, Stamp, Turn};

/// How often what could not be written is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Jobs done before the disk is asked to keep them.
const BATCH: usize = 256;
/// Operators' events kept while the disk takes none; older ones are given up then.
const OWED: usize = 10_000;

/// What is asked of the writer.
#[derive(Debug)]
pub(super) enum Job {
    Turn(Stamp, Arc<Turn>),
    Word(Box<Entry>),
    Flush(Sender<Result<(), String>>),
}

/// Who writes.
#[derive(Debug)]
pub(super) struct Writer {
    state: PathBuf,
    /// The most one file may hold.
    half: u64,
    open: Option<Open>,
    /// Operators' events that are not written yet.
    owed: VecDeque<String>,
    lost: Arc<AtomicU64>,
    /// The latest trouble, told once.
    trouble: Option<String>,
}

#[derive(Debug)]
struct Open {
    file: File,
    size: u64,
}

impl Writer {
    pub(super) fn new(state: &Path, budget: u64, lost: Arc<AtomicU64>) -> Self {
        Self { state: state.to_owned(), half: budget / 2, open: None, owed: VecDeque::new(), lost, trouble: None }
    }

    /// Writes until nobody hands anything in any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let first = match jobs.recv_timeout(RETRY) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let batch: Vec<Job> = first.into_iter().chain(jobs.try_iter().take(BATCH)).collect();
            self.work(batch);
        }
    }

    fn work(&mut self, batch: Vec<Job>) {
        let mut waiting = Vec::new();
        let mut has_words = false;
        let mut turns = Vec::new();
        for job in batch {
            match job {
                Job::Turn(at, turn) => turns.push(self.turn(at, &turn)),
                Job::Flush(written) => waiting.push(written),
                Job::Word(entry) => {
                    // Turns before it are written before it.
                    self.turns(&mut turns);
                    self.owed.push_back(line(&entry));
                    has_words = true;
                }
            }
        }
        self.turns(&mut turns);
        let done = self.settle(has_words || !waiting.is_empty());
        for written in waiting {
            // Whoever waited too long is told otherwise.
            let _ = written.send(done.clone());
        }
    }

    /// A turn's line; without its evidence where that would be too long for the files.
    fn turn(&self, at: Stamp, turn: &Turn) -> String {
        let whole = line(&Entry { at, event: Event::Turned(turn.clone()) });
        if whole.len() as u64 <= self.half.min(LONGEST) {
            return whole;
        }
        let bare = Turn { votes: Vec::new(), children: Vec::new(), ..turn.clone() };
        line(&Entry { at, event: Event::Turned(bare) })
    }

    /// Writes turns, after what is owed; those that cannot be written are counted.
    fn turns(&mut self, turns: &mut Vec<String>) {
        for turn in turns.drain(..) {
            let written = self.pay().and_then(|()| self.append(&turn));
            if self.note(written).is_err() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Writes what is owed; asks the disk to keep it where it matters.
    fn settle(&mut self, keep: bool) -> Result<(), String> {
        let settled = self.pay().and_then(|()| match &self.open {
            Some(open) if keep => open.file.sync_data(),
            _ => Ok(()),
        });
        self.owed.drain(..self.owed.len().saturating_sub(OWED));
        self.note(settled)
    }

    fn pay(&mut self) -> io::Result<()> {
        let turns = self.lost.swap(0, Ordering::Relaxed);
        if turns > 0 {
            let told = self.append(&line(&Entry { at: Stamp::now(), event: Event::Lost { turns } }));
            if let Err(error) = told {
                self.lost.fetch_add(turns, Ordering::Relaxed);
                return Err(error);
            }
            tracing::warn!(turns, "transitions are missing in the history: the disk was too slow or failed");
        }
        while let Some(owed) = self.owed.front().cloned() {
            self.append(&owed)?;
            self.owed.pop_front();
        }
        Ok(())
    }

    /// Appends a line, whole or not at all.
    fn append(&mut self, line: &str) -> io::Result<()> {
        let length = line.len() as u64;
        if length > self.half.min(LONGEST) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "an event is longer than the history may be"));
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => open_whole(&self.state)?,
        };
        if open.size > 0 && open.size + length > self.half {
            open.file.sync_data()?;
            std::fs::rename(self.state.join(FILE), self.state.join(OLDER))?;
            open = open_whole(&self.state)?;
        }
        if let Err(error) = open.file.write_all(line.as_bytes()) {
            // Half a line is taken back here or, failing that, when the file is opened again.
            let _ = open.file.set_len(open.size);
            return Err(error);
        }
        open.size += length;
        self.open = Some(open);
        Ok(())
    }

    fn note(&mut self, outcome: io::Result<()>) -> Result<(), String> {
        let trouble = outcome.err().map(|error| error.to_string());
        if trouble != self.trouble {
            match &trouble {
                Some(trouble) => {
                    tracing::error!(%trouble, state = %self.state.display(), "the history of health cannot be written")
                }
                None => tracing::info!("the history of health is written again"),
            }
            self.trouble.clone_from(&trouble);
        }
        trouble.map_or(Ok(()), Err)
    }
}

fn line(entry: &Entry) -> String {
    // An entry has no map with keys that are no text, so it can always be written.
    let mut line = serde_json::to_string(entry).unwrap_or_default();
    line.push('\n');
    line
}

/// Opens the file to append to it; what a crash left of a last line is taken away.
fn open_whole(state: &Path) -> io::Result<Open> {
    let path = state.join(FILE);
    let is_new = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&path)?;
    if is_new {
        File::open(state)?.sync_all()?;
    }
    let length = file.metadata()?.len();
    let size = whole(&mut file, length)?;
    if size < length {
        tracing::warn!(bytes = length - size, "the last line of the history was half written; it is taken away");
        file.set_len(size)?;
    }
    Ok(Open { file, size })
}

/// How much of the file is whole lines.
fn whole(file: &mut File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut block = [0; 4096];
    while end > 0 {
        let begin = end.saturating_sub(block.len() as u64);
        let part = &mut block[..(end - begin) as usize];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

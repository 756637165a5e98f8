//! The history of health on disk: every turn of a check and every word of an operator, one JSON object a line.
//!
//! ```text
//!  vote loop ── turns, dropped and counted when the line is full ──┐
//!                                                                  ├─► writer's thread ─► history.jsonl
//!  operator ─── words, waited for, kept until they are written ────┘        half the budget ─► history.1.jsonl
//! ```
//!
//! Nobody who answers or weighs votes waits for the disk. Reading is apart from writing and needs no server.

mod reading;
mod writer;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, channel, sync_channel};
use std::time::Duration;

pub use reading::{Found, Query, find, last_turn};

use super::event::{Entry, Event};
use super::stamp::Stamp;
use super::turn::Turn;
use writer::{Job, Writer};

/// The file written to.
const FILE: &str = "history.jsonl";
/// The file before it.
const OLDER: &str = "history.1.jsonl";
/// The longest line, in bytes; 255 children and 64 checkers take a tenth of it.
const LONGEST: u64 = 1 << 20;
/// Events that may wait to be written.
const WAITING: usize = 16_384;
/// How long an operator waits for the disk.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where events are handed in to be written.
#[derive(Debug)]
pub struct History {
    jobs: SyncSender<Job>,
    lost: Arc<AtomicU64>,
}

impl History {
    /// Begins to write in a state directory, no more than `budget` bytes in all; a directory that cannot be written
    /// to is logged and tried again.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start(state: &Path, budget: u64) -> io::Result<Self> {
        let (jobs, waiting) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(state, budget, lost.clone());
        std::thread::Builder::new().name("history".to_owned()).spawn(move || writer.run(&waiting))?;
        Ok(Self { jobs, lost })
    }

    /// Has a turn written some time; one for which there is no room is counted.
    pub fn turned(&self, at: Stamp, turn: &Arc<Turn>) {
        let handed = self.jobs.try_send(Job::Turn(at, turn.clone()));
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = handed {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Hands in an operator's event; it is kept and tried until it is written, as long as the server runs. Blocks
    /// while too much waits.
    pub fn tell(&self, at: Stamp, event: Event) {
        // A writer that is gone never answers, which `flush` tells.
        let _ = self.jobs.send(Job::Word(Box::new(Entry { at, event })));
    }

    /// Waits until everything handed in so far is on disk, but not for ever.
    ///
    /// # Errors
    /// Why it is not yet.
    pub fn flush(&self) -> Result<(), String> {
        let (written, answer) = channel();
        let handed = self.jobs.send(Job::Flush(written));
        handed.map_err(|_| "its writer is gone".to_owned())?;
        answer.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("the disk takes too long".to_owned()))
    }
}

#[cfg(test)]
mod tests;

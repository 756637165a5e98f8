//! One follower of one alarm: when it looks, what it votes.
//!
//! ```text
//!  first look ─► look ─► take in ─► vote ─► wait the interval ─┐      a push: vote at once, and again
//!                 ▲                                            │      when it is no longer good
//!                 └────────────────────────────────────────────┘
//! ```

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::memory::{Look, Memory, Push};
use super::{Bounds, alertmanager, file, prometheus};
use crate::model::CheckId;
use crate::model::check::{ALARM, Alarm, Source};
use crate::probe::{Report, Vote};
use crate::web::Web;

/// A follower at work on one alarm.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) check: CheckId,
    pub(super) alarm: Alarm,
    pub(super) bounds: Arc<Bounds>,
    pub(super) web: Web,
    pub(super) memory: Arc<Mutex<Memory>>,
    pub(super) pushed: Arc<Notify>,
    /// Looks that may be under way at one time.
    pub(super) looks: Arc<Semaphore>,
    pub(super) votes: mpsc::Sender<Vote>,
}

impl Follower {
    /// Follows for ever, first after `spread`; ends when nobody listens to votes any more.
    pub(super) async fn run(self, spread: Duration) {
        sleep_until(Instant::now() + spread).await;
        match self.alarm.source {
            Source::Push => self.heed().await,
            Source::Prometheus { .. } | Source::Alertmanager { .. } | Source::File { .. } => self.watch().await,
        }
    }

    /// Looks in its rhythm.
    async fn watch(self) {
        let mut reading = None;
        loop {
            let (look, took) = {
                let Ok(_turn) = self.looks.acquire().await else { return };
                let started = Instant::now();
                (self.look(&mut reading).await, started.elapsed())
            };
            let due = Instant::now() + self.alarm.interval;
            if self.tell(look, took).await.is_none() {
                return;
            }
            sleep_until(due).await;
        }
    }

    /// Votes at every push, and when one is no longer good; in between it tells the same again, so that its silence
    /// means something.
    async fn heed(self) {
        loop {
            let push = lock(&self.memory).pushed.clone();
            let until = push.as_ref().map(|push| push.at + self.alarm.interval);
            let good = until.filter(|until| *until > Instant::now());
            let Some(vote) = self.tell(said(push, good.is_some()), Duration::ZERO).await else { return };
            while !self.is_news(good).await {
                if !self.remind(vote.clone()).await {
                    return;
                }
            }
        }
    }

    /// Waits for a push or for the end of one that is good; false when it is time to tell the same again.
    async fn is_news(&self, good: Option<Instant>) -> bool {
        let reminder = Instant::now() + self.alarm.rhythm();
        tokio::select! {
            () = sleep_until(good.map_or(reminder, |until| until.min(reminder))) => {
                good.is_some_and(|until| until <= Instant::now())
            }
            () = self.pushed.notified() => true,
        }
    }

    async fn look(&self, reading: &mut Option<JoinHandle<Look>>) -> Look {
        let limit = self.alarm.limit();
        match &self.alarm.source {
            Source::Prometheus { url, query, .. } => prometheus::look(&self.web, url, query, limit).await,
            Source::Alertmanager { url, matchers } => alertmanager::look(&self.web, url, matchers, limit).await,
            Source::File { path } => {
                // A file system that hangs holds one thread, not one for each look.
                let read = reading.get_or_insert_with(|| {
                    let (path, bounds) = (PathBuf::from(&**path), self.bounds.clone());
                    tokio::task::spawn_blocking(move || file::look(&path, bounds.folders.as_deref()))
                });
                let Ok(read) = timeout(limit, read).await else {
                    return Look::Nothing("the file was not read in time".to_owned());
                };
                *reading = None;
                read.unwrap_or_else(|error| Look::NotMade(error.to_string()))
            }
            Source::Push => Look::Nothing("nobody pushed yet".to_owned()),
        }
    }

    /// Takes the look in and votes; `None` when the follower is to end.
    ///
    /// Taking in and voting are one step under the lock that retiring takes: one that is retired votes no more.
    async fn tell(&self, look: Look, took: Duration) -> Option<Vote> {
        let line = self.votes.reserve().await.ok()?;
        let mut memory = lock(&self.memory);
        if memory.retired {
            return None;
        }
        let saying = memory.take(&self.alarm, look);
        let report = Report { took, ..Report::of(saying.outcome) };
        tracing::debug!(check = %self.check, outcome = %report, ?took, "followed");
        let vote = Vote {
            checker: ALARM.into(),
            check: self.check.clone(),
            status: saying.status,
            proven: saying.proven,
            seen: saying.seen,
            degraded: None,
            contrary: saying.contrary,
            at: SystemTime::now(),
            report,
        };
        line.send(vote.clone());
        Some(vote)
    }

    /// Votes the same again; false when the follower is to end.
    async fn remind(&self, vote: Vote) -> bool {
        let Ok(line) = self.votes.reserve().await else { return false };
        let memory = lock(&self.memory);
        if !memory.retired {
            line.send(vote);
        }
        !memory.retired
    }
}

/// What a push says, while it is good and afterwards.
fn said(push: Option<Push>, good: bool) -> Look {
    match push {
        None => Look::Nothing("nobody pushed yet".to_owned()),
        Some(push) if !good => Look::Nothing(format!("the last push, {}, is too old", push.status)),
        Some(push) if push.reason.is_empty() => Look::Says(push.status, format!("Pushed as {}.", push.status)),
        Some(push) => Look::Says(push.status, format!("Pushed: {}", push.reason)),
    }
}

/// The memory, also after a panic elsewhere: it is plain data and whole at every step.
pub(super) fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

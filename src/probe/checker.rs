//! One checker at one check: when it asks, what it remembers, what it votes.
//!
//! ```text
//!  spread ─► ask (one of at most N in flight) ─► count ─► vote ─► wait the interval ─┐
//!              ▲                                                                    │
//!              └────────────────────────────────────────────────────────────────────┘
//! ```
//! A checker knows nothing of other checkers: votes are weighed by whoever hears them (C-20).

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};

use super::figures::Figures;
use super::outcome::{Outcome, Report};
use super::prober::Prober;
use super::vote::Vote;
use crate::model::CheckId;
use crate::model::check::{Status, Threshold, Thresholds};

/// What a checker remembers of a check.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    threshold: Threshold,
    thresholds: Thresholds,
    proven: bool,
    /// The first outcome is the first status, whatever the thresholds.
    first_decides: bool,
    contrary: u8,
    retired: bool,
}

impl Memory {
    /// Nothing seen yet: healthy until shown otherwise (C-18), or until the first probe when that decides.
    pub(super) fn new(thresholds: Thresholds, first_decides: bool) -> Self {
        let threshold = Threshold::new(thresholds);
        Self { threshold, thresholds, proven: false, first_decides, contrary: 0, retired: false }
    }

    /// The same view of an endpoint asked in another way; the run of contrary outcomes starts over.
    pub(super) fn under(&self, thresholds: Thresholds) -> Self {
        let threshold = self.threshold.with_needed(thresholds);
        Self { threshold, thresholds, contrary: 0, retired: false, ..self.clone() }
    }

    /// Closes the memory: its checker votes no more.
    pub(super) fn retire(&mut self) {
        self.retired = true;
    }

    /// Counts an outcome; the view after it.
    fn count(&mut self, outcome: Option<Status>) -> Option<Status> {
        let outcome = outcome?;
        if self.first_decides && !self.proven {
            self.threshold = Threshold::starting(outcome, self.thresholds);
        }
        self.threshold.observe(outcome);
        let settled = self.threshold.status() == outcome;
        self.contrary = if settled { 0 } else { self.contrary + 1 };
        self.proven |= settled;
        Some(self.threshold.status())
    }

    fn needed(&self) -> u8 {
        match self.threshold.status() {
            Status::Healthy => self.thresholds.down,
            Status::Unhealthy => self.thresholds.up,
        }
    }
}

/// A checker at work on one check.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) checker: Arc<str>,
    pub(super) check: CheckId,
    pub(super) interval: Duration,
    pub(super) prober: Prober,
    pub(super) memory: Arc<Mutex<Memory>>,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) figures: Arc<Figures>,
    pub(super) votes: mpsc::Sender<Vote>,
}

impl Work {
    /// Asks for ever, first after `spread`; ends when nobody listens to votes any more.
    pub(super) async fn run(self, spread: Duration) {
        let mut due = Instant::now() + spread;
        loop {
            sleep_until(due).await;
            let report = {
                let _waiting = self.figures.waiting();
                let Ok(_turn) = self.in_flight.acquire().await else { return };
                drop(_waiting);
                let _asking = self.figures.asking(due.elapsed());
                self.ask().await
            };
            due = Instant::now() + self.interval;
            self.figures.asked(&report);
            if !self.tell(report).await {
                return;
            }
        }
    }

    async fn ask(&self) -> Report {
        let started = Instant::now();
        let mut report = match caught(Box::pin(self.prober.ask())).await {
            Ok(report) => report,
            Err(panic) => {
                tracing::error!(check = %self.check, %panic, "a probe panicked; the next one follows in its time");
                Report::of(Outcome::NotProbed { error: format!("the probe panicked: {panic}") })
            }
        };
        report.took = started.elapsed();
        report
    }

    /// Counts the report and votes; false when the checker is to end.
    ///
    /// Counting and voting are one step under the lock that retiring takes: one that is retired votes no more.
    async fn tell(&self, report: Report) -> bool {
        let Ok(line) = self.votes.reserve().await else { return false };
        let mut memory = lock(&self.memory);
        if memory.retired {
            return false;
        }
        let status = memory.count(report.outcome.status());
        tracing::debug!(check = %self.check, checker = %self.checker, outcome = %report, took = ?report.took, "probed");
        line.send(Vote {
            checker: self.checker.clone(),
            check: self.check.clone(),
            status,
            proven: memory.proven,
            seen: memory.proven,
            contrary: (memory.contrary, memory.needed()),
            at: SystemTime::now(),
            report,
        });
        true
    }
}

/// The memory, also after a panic elsewhere: it is plain data and whole at every step.
pub(super) fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a future to its end; a panic inside becomes its message.
///
/// It comes boxed, so that there is a probe's memory only while there is a probe.
fn caught<T>(mut future: Pin<Box<impl Future<Output = T>>>) -> impl Future<Output = Result<T, String>> {
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(message(&*panic))),
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

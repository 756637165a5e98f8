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

/// What is known of a check already, for a checker that begins to look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The status its votes stood for.
    pub status: Status,
    /// What was wrong with it all the same.
    pub degraded: Option<Arc<str>>,
}

/// What a checker remembers of a check.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    threshold: Threshold,
    /// Whether it is degraded, counted in the same way: unhealthy stands for that.
    wear: Threshold,
    /// What was wrong when it was last seen degraded.
    degraded: Option<Arc<str>>,
    thresholds: Thresholds,
    proven: bool,
    /// The first outcome is the first status, whatever the thresholds.
    first_decides: bool,
    contrary: u8,
    /// When the next probe is due.
    pub(super) due: SystemTime,
    retired: bool,
}

impl Memory {
    /// Nothing seen yet: healthy until shown otherwise (C-18), or until the first probe when that decides.
    pub(super) fn new(thresholds: Thresholds, first_decides: bool) -> Self {
        let threshold = Threshold::new(thresholds);
        Self {
            wear: threshold.clone(),
            threshold,
            degraded: None,
            thresholds,
            proven: false,
            first_decides,
            contrary: 0,
            due: SystemTime::now(),
            retired: false,
        }
    }

    /// Nothing seen by this checker, and known all the same: it takes a whole run of its own to say otherwise.
    pub(super) fn of(known: &Known, thresholds: Thresholds) -> Self {
        Self {
            threshold: Threshold::starting(known.status, thresholds),
            wear: Threshold::starting(Status::from_healthy(known.degraded.is_none()), thresholds),
            degraded: known.degraded.clone(),
            ..Self::new(thresholds, false)
        }
    }

    /// The same view of an endpoint asked in another way; the run of contrary outcomes starts over.
    pub(super) fn under(&self, thresholds: Thresholds) -> Self {
        let (threshold, wear) = (self.threshold.with_needed(thresholds), self.wear.with_needed(thresholds));
        Self { threshold, wear, thresholds, contrary: 0, retired: false, ..self.clone() }
    }

    /// Closes the memory: its checker votes no more.
    pub(super) fn retire(&mut self) {
        self.retired = true;
    }

    /// Counts a report; the view after it.
    fn count(&mut self, report: &Report) -> Option<Status> {
        let outcome = report.outcome.status()?;
        let is_first = self.first_decides && !self.proven;
        if outcome.is_healthy() {
            self.wear(report.degraded.as_ref(), is_first);
        }
        if is_first {
            self.threshold = Threshold::starting(outcome, self.thresholds);
        }
        self.threshold.observe(outcome);
        let settled = self.threshold.status() == outcome;
        self.contrary = if settled { 0 } else { self.contrary + 1 };
        self.proven |= settled;
        Some(self.threshold.status())
    }

    /// Counts whether something is wrong with an endpoint that answers well.
    fn wear(&mut self, wrong: Option<&Arc<str>>, is_first: bool) {
        let seen = Status::from_healthy(wrong.is_none());
        if is_first {
            self.wear = Threshold::starting(seen, self.thresholds);
        }
        self.wear.observe(seen);
        if let Some(wrong) = wrong {
            self.degraded = Some(wrong.clone());
        }
    }

    /// What is wrong with the endpoint all the same.
    fn degraded(&self) -> Option<Arc<str>> {
        self.degraded.clone().filter(|_| !self.wear.status().is_healthy())
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
        let status = memory.count(&report);
        let at = SystemTime::now();
        memory.due = at + self.interval;
        tracing::debug!(check = %self.check, checker = %self.checker, outcome = %report, took = ?report.took, "probed");
        line.send(Vote {
            checker: self.checker.clone(),
            check: self.check.clone(),
            status,
            proven: memory.proven,
            seen: memory.proven,
            degraded: memory.degraded(),
            contrary: (memory.contrary, memory.needed()),
            at,
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

//! One checker of one endpoint check: when it asks, what it remembers, and when its view is news.
//!
//! ```text
//!  spread ─► ask (one of at most N in flight) ─► count ─► view new? send it ─► wait the interval ─┐
//!              ▲                                                                                │
//!              └────────────────────────────────────────────────────────────────────────────────┘
//! ```
//! A checker knows nothing of other checkers: votes and quorum (C-20) belong between it and the channel.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};

use super::outcome::{Outcome, Report};
use super::prober::Prober;
use super::{Observation, Verdict};
use crate::model::CheckId;
use crate::model::check::{Status, Threshold};

/// What a checker remembers.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    threshold: Threshold,
    told: Option<Status>,
    since: SystemTime,
    last: Option<(SystemTime, Report)>,
    last_failure: Option<(SystemTime, Report)>,
    next: Option<Instant>,
    retired: bool,
    probes: u64,
    failures: u64,
    uncounted: u64,
}

impl Memory {
    /// Nothing seen yet: healthy until shown otherwise (C-18).
    pub(super) fn new(threshold: u8) -> Self {
        Self {
            threshold: Threshold::new(threshold),
            told: None,
            since: SystemTime::now(),
            last: None,
            last_failure: None,
            next: None,
            retired: false,
            probes: 0,
            failures: 0,
            uncounted: 0,
        }
    }

    /// The same view of an endpoint asked in another way.
    pub(super) fn for_threshold(&self, threshold: u8) -> Self {
        Self { threshold: self.threshold.with_needed(threshold), next: None, retired: false, ..self.clone() }
    }

    /// A view told by an earlier checker of this check, and its latest probe.
    fn inherited(&self) -> Option<(Threshold, Report)> {
        let (_, report) = self.last.as_ref().filter(|_| self.told.is_some())?;
        Some((self.threshold.clone(), report.clone()))
    }

    /// Closes the memory: its checker tells nothing from now on.
    pub(super) fn retire(&mut self) {
        self.retired = true;
    }

    /// As the operator is shown it.
    pub(super) fn observation(&self, check: &CheckId) -> Observation {
        Observation {
            check: check.clone(),
            status: self.threshold.status(),
            decided: self.told.is_some(),
            since: self.since,
            last: self.last.clone(),
            last_failure: self.last_failure.clone(),
            next: self.next.map(|due| due.saturating_duration_since(Instant::now())),
            probes: self.probes,
            failures: self.failures,
            uncounted: self.uncounted,
        }
    }

    /// Counts a probe; the view after it, and whether that view is news.
    fn count(&mut self, report: &Report) -> (Threshold, bool) {
        let now = SystemTime::now();
        let mut threshold = self.threshold.clone();
        self.probes += 1;
        self.last = Some((now, report.clone()));
        let Some(outcome) = report.outcome.status() else {
            self.uncounted += 1;
            return (threshold, false);
        };
        if outcome == Status::Unhealthy {
            self.failures += 1;
            self.last_failure = Some((now, report.clone()));
        }
        threshold.observe(outcome);
        let settled = threshold.status() == outcome;
        let news = settled && self.told != Some(outcome);
        (threshold, news)
    }

    fn keep(&mut self, threshold: Threshold, news: bool) {
        if threshold.status() != self.threshold.status() {
            self.since = SystemTime::now();
        }
        if news {
            self.told = Some(threshold.status());
        }
        self.threshold = threshold;
    }
}

/// A checker at work.
#[derive(Debug)]
pub(super) struct Checker {
    pub(super) check: CheckId,
    pub(super) interval: Duration,
    pub(super) prober: Prober,
    pub(super) memory: Arc<Mutex<Memory>>,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) verdicts: mpsc::Sender<Verdict>,
}

impl Checker {
    /// Asks for ever, first after `spread`; ends when nobody listens to verdicts any more.
    ///
    /// A view inherited from a predecessor is told again first: who changes a check may forget its status.
    pub(super) async fn run(self, spread: Duration) {
        let mut due = Instant::now() + spread;
        let inherited = lock(&self.memory).inherited();
        if let Some((threshold, report)) = inherited
            && !self.tell(threshold, true, &report).await
        {
            return;
        }
        loop {
            lock(&self.memory).next = Some(due);
            sleep_until(due).await;
            let Ok(turn) = self.in_flight.acquire().await else { return };
            lock(&self.memory).next = None;
            let report = self.ask().await;
            drop(turn);
            due = Instant::now() + self.interval;
            if !self.weigh(report).await {
                return;
            }
        }
    }

    async fn ask(&self) -> Report {
        let started = Instant::now();
        let (outcome, resolved) = match caught(self.prober.ask()).await {
            Ok(found) => found,
            Err(panic) => {
                tracing::error!(check = %self.check, %panic, "a probe panicked; the next one follows in its time");
                (Outcome::NotProbed { error: format!("the probe panicked: {panic}") }, None)
            }
        };
        Report { outcome, resolved, took: started.elapsed() }
    }

    /// Counts the report and tells the view if it is news; false when the checker is to end.
    async fn weigh(&self, report: Report) -> bool {
        let (threshold, news) = lock(&self.memory).count(&report);
        match report.outcome.status() {
            None => tracing::warn!(check = %self.check, outcome = %report, "a probe counts neither way"),
            Some(_) => tracing::debug!(check = %self.check, outcome = %report, took = ?report.took, "probed"),
        }
        self.tell(threshold, news, &report).await
    }

    /// Keeps a view, sent first if it is news; false when the checker is to end.
    ///
    /// Telling and keeping are one step under the lock that retiring takes: a checker replaced while it waits
    /// to tell leaves both to its successor, and one that is retired tells nothing any more.
    async fn tell(&self, threshold: Threshold, news: bool, report: &Report) -> bool {
        let line = match news.then(|| self.verdicts.reserve()) {
            Some(free) => match free.await {
                Ok(line) => Some(line),
                Err(_) => return false,
            },
            None => None,
        };
        let mut memory = lock(&self.memory);
        if memory.retired {
            return false;
        }
        if let Some(line) = line {
            line.send(Verdict { check: self.check.clone(), raw: threshold.status(), reason: report.to_string() });
        }
        memory.keep(threshold, news);
        true
    }
}

/// The memory, also after a panic elsewhere: it is plain data and whole at every step.
pub(super) fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a future to its end; a panic inside becomes its message.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = Box::pin(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(message(&*panic))),
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

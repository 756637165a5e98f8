//! The fleet: one task per endpoint check, asking in its own rhythm and telling its verdicts on a channel.
//!
//! It knows checks and endpoints, nothing of zones, answers or the health table; whoever listens decides
//! what a verdict means. Disabled, calculated and given checks are not probed; forced ones are, so that
//! the truth is known when the force ends.

mod checker;
mod http;
mod outcome;
mod prober;
mod target;
mod tcp;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

pub use outcome::{Outcome, Report};

use crate::model::check::{CheckKind, Endpoint, Status};
use crate::model::{CheckId, HealthCheck};
use checker::{Checker, Memory, lock};
use prober::Prober;

/// What a check's probes say now: sent when the first view stands, and at every change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The check.
    pub check: CheckId,
    /// Its raw status, before `disabled`, `inverted` and the operator's word (§5.6).
    pub raw: Status,
    /// The outcome that decided it, in the words of §5.8.
    pub reason: String,
}

/// What is known of one probed check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The check.
    pub check: CheckId,
    /// Its raw status.
    pub status: Status,
    /// Whether probes have shown that status, rather than its being assumed (C-18).
    pub decided: bool,
    /// When it took that status.
    pub since: SystemTime,
    /// The latest probe; `None` before the first (C-37).
    pub last: Option<(SystemTime, Report)>,
    /// The latest probe that failed.
    pub last_failure: Option<(SystemTime, Report)>,
    /// Time to the next probe; `None` while one is under way.
    pub next: Option<Duration>,
    /// Probes made.
    pub probes: u64,
    /// Those that failed.
    pub failures: u64,
    /// Those that counted neither way.
    pub uncounted: u64,
}

/// How the fleet spreads and bounds its work.
#[derive(Clone, Debug)]
pub struct Settings {
    /// First probes are spread over this, or over the interval when that is shorter; 1 s.
    pub spread: Duration,
    /// Probes under way at one time; 512.
    pub in_flight: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { spread: Duration::from_secs(1), in_flight: 512 }
    }
}

/// The checkers at work. Dropping it stops them.
#[derive(Debug)]
pub struct Fleet {
    posts: Mutex<BTreeMap<CheckId, Post>>,
    verdicts: mpsc::Sender<Verdict>,
    in_flight: Arc<Semaphore>,
    spread: Duration,
    #[cfg(test)]
    script: Option<tests::Script>,
}

/// A checker's place in the fleet; once it is given up the checker tells nothing more and stops.
#[derive(Debug)]
struct Post {
    endpoint: Endpoint,
    memory: Arc<Mutex<Memory>>,
    task: AbortHandle,
}

impl Drop for Post {
    fn drop(&mut self) {
        lock(&self.memory).retire();
        self.task.abort();
    }
}

impl Fleet {
    /// A fleet without checks, telling its verdicts to `verdicts`.
    pub fn start(verdicts: mpsc::Sender<Verdict>) -> Self {
        Self::with(verdicts, &Settings::default())
    }

    /// The same, spread and bounded otherwise.
    pub fn with(verdicts: mpsc::Sender<Verdict>, settings: &Settings) -> Self {
        Self {
            posts: Mutex::default(),
            verdicts,
            in_flight: Arc::new(Semaphore::new(settings.in_flight.clamp(1, Semaphore::MAX_PERMITS))),
            spread: settings.spread,
            #[cfg(test)]
            script: None,
        }
    }

    /// Makes the fleet probe these checks and no others; must run within a tokio runtime.
    ///
    /// An unchanged endpoint keeps its task, view and schedule; a changed one starts a new task from the view
    /// it had; what is gone or disabled stops at once.
    pub fn reconcile(&self, checks: &[HealthCheck]) {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *posts);
        for (id, endpoint) in checks.iter().filter_map(probed) {
            let post = match before.remove(id) {
                Some(post) if post.endpoint == *endpoint => post,
                Some(post) => {
                    let memory = post.memory.clone();
                    drop(post);
                    let memory = lock(&memory).for_threshold(endpoint.threshold);
                    self.post(id, endpoint, memory)
                }
                None => self.post(id, endpoint, Memory::new(endpoint.threshold)),
            };
            posts.insert(id.clone(), post);
        }
    }

    /// What is known of every probed check, by id.
    pub fn observations(&self) -> Vec<Observation> {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        posts.iter().map(|(id, post)| lock(&post.memory).observation(id)).collect()
    }

    fn post(&self, id: &CheckId, endpoint: &Endpoint, memory: Memory) -> Post {
        let memory = Arc::new(Mutex::new(memory));
        let checker = Checker {
            check: id.clone(),
            interval: endpoint.interval,
            prober: self.prober(id, endpoint),
            memory: memory.clone(),
            in_flight: self.in_flight.clone(),
            verdicts: self.verdicts.clone(),
        };
        let task = tokio::spawn(checker.run(offset(id, self.spread.min(endpoint.interval)))).abort_handle();
        Post { endpoint: endpoint.clone(), memory, task }
    }

    fn prober(&self, id: &CheckId, endpoint: &Endpoint) -> Prober {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return Prober::Scripted(script.part(id));
        }
        Prober::new(id, endpoint)
    }
}

/// The endpoint of a check that is to be probed.
fn probed(check: &HealthCheck) -> Option<(&CheckId, &Endpoint)> {
    match &check.kind {
        CheckKind::Endpoint(endpoint) if !check.disabled => Some((&check.id, endpoint)),
        CheckKind::Endpoint(_) | CheckKind::Calculated { .. } | CheckKind::Given { .. } => None,
    }
}

/// A check's place within `span`, the same at every start: FNV-1a of its id, its bits mixed once more.
fn offset(id: &CheckId, span: Duration) -> Duration {
    let hash =
        id.0.bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    span.mul_f64(((mixed ^ (mixed >> 33)) >> 11) as f64 / (1_u64 << 53) as f64)
}

//! The fleet: one task per checker and endpoint check, asking in its own rhythm and voting on a channel.
//!
//! It knows checks, checkers and endpoints, nothing of zones, answers or the health table; whoever listens
//! decides what votes add up to. Disabled, calculated and given checks are not probed; forced ones are, so
//! that the truth is known when the force ends.

mod body;
mod certificate;
mod checker;
mod common;
mod dial;
mod dns;
mod figures;
mod finder;
mod grpc;
mod http;
mod icmp;
mod outcome;
mod prober;
#[cfg(test)]
mod scripted;
mod target;
mod tcp;
#[cfg(test)]
mod tests;
mod tls;
mod vote;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

pub use figures::{BUCKETS, Figures, Histogram};
pub use outcome::{Outcome, Phases, Report};
pub use vote::Vote;

use crate::model::check::{CheckKind, Endpoint};
use crate::model::fleet::{Checker, Plan};
use crate::model::{CheckId, HealthCheck};
use checker::{Memory, Work, lock};
use common::Common;
use prober::Prober;

/// How the fleet is made up, and how it spreads and bounds its work.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who probes what.
    pub plan: Plan,
    /// First probes are spread over this, a second, or a millisecond for each when there are more, but over no more
    /// than the interval.
    pub spread: Duration,
    /// A checker's first outcome is its first status, whatever the thresholds.
    pub first_decides: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { plan: Plan::default(), spread: Duration::from_secs(1), first_decides: false }
    }
}

/// The checkers at work. Dropping it stops them.
#[derive(Debug)]
pub struct Fleet {
    posts: Mutex<BTreeMap<(CheckId, Arc<str>), Post>>,
    votes: mpsc::Sender<Vote>,
    in_flight: Arc<Semaphore>,
    figures: Arc<Figures>,
    common: Mutex<Option<Arc<Common>>>,
    #[cfg(test)]
    script: Option<tests::Script>,
}

/// A checker's place at a check; once it is given up the checker votes no more and stops.
#[derive(Debug)]
struct Post {
    endpoint: Arc<Endpoint>,
    checker: Checker,
    common: Arc<Common>,
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
    /// A fleet without checks, voting on `votes`; `in_flight` bounds its probes under way for good.
    pub fn start(votes: mpsc::Sender<Vote>, in_flight: usize) -> Self {
        Self {
            posts: Mutex::default(),
            votes,
            in_flight: Arc::new(Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS))),
            figures: Arc::default(),
            common: Mutex::default(),
            #[cfg(test)]
            script: None,
        }
    }

    /// Makes the fleet probe these checks and no others; must run within a tokio runtime.
    ///
    /// An unchanged endpoint keeps its task, view and schedule; a changed one starts a new task from the view
    /// it had; what is gone or disabled stops at once.
    pub fn reconcile(&self, checks: &[HealthCheck], settings: &Settings) {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *posts);
        let wanted: Vec<_> = checks
            .iter()
            .filter_map(probed)
            .flat_map(|(id, endpoint)| {
                let shared = Arc::new(endpoint.clone());
                checkers_of(endpoint, &settings.plan.checkers).map(move |checker| (id, shared.clone(), checker))
            })
            .collect();
        let newcomers = wanted.len().saturating_sub(before.len());
        let spread = settings.spread.max(Duration::from_millis(newcomers as u64));
        let common = self.common(&settings.plan);
        for (id, endpoint, checker) in wanted {
            let key = (id.clone(), checker.name.clone());
            let post = match before.remove(&key) {
                Some(post)
                    if post.endpoint == endpoint && post.checker == *checker && Arc::ptr_eq(&post.common, &common) =>
                {
                    post
                }
                Some(post) => {
                    let memory = post.memory.clone();
                    drop(post);
                    let memory = lock(&memory).under(endpoint.thresholds);
                    self.post(id, endpoint, checker, &common, spread, memory)
                }
                None => {
                    let memory = Memory::new(endpoint.thresholds, settings.first_decides);
                    self.post(id, endpoint, checker, &common, spread, memory)
                }
            };
            posts.insert(key, post);
        }
    }

    /// What the fleet counts.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn post(
        &self,
        id: &CheckId,
        endpoint: Arc<Endpoint>,
        checker: &Checker,
        common: &Arc<Common>,
        spread: Duration,
        memory: Memory,
    ) -> Post {
        let memory = Arc::new(Mutex::new(memory));
        let work = Work {
            checker: checker.name.clone(),
            check: id.clone(),
            interval: endpoint.interval,
            prober: self.prober(id, &endpoint, checker, common),
            memory: memory.clone(),
            in_flight: self.in_flight.clone(),
            figures: self.figures.clone(),
            votes: self.votes.clone(),
        };
        let place = offset(id, &checker.name, spread.min(endpoint.interval));
        let task = tokio::spawn(work.run(place)).abort_handle();
        Post { endpoint, checker: checker.clone(), common: common.clone(), memory, task }
    }

    /// What probes under this plan share: the same as before while the plan says the same of it.
    fn common(&self, plan: &Plan) -> Arc<Common> {
        let mut shared = self.common.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shared {
            Some(common) if common.serves(plan) => common.clone(),
            Some(_) | None => shared.insert(Arc::new(Common::new(plan))).clone(),
        }
    }

    fn prober(&self, id: &CheckId, endpoint: &Arc<Endpoint>, checker: &Checker, common: &Arc<Common>) -> Prober {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return Prober::Scripted(script.part(id));
        }
        Prober::new(id, endpoint, checker, common)
    }
}

/// The checkers that probe an endpoint: those of its Regions, or all when none is there (C-1).
pub fn checkers_of<'a>(endpoint: &Endpoint, checkers: &'a [Checker]) -> impl Iterator<Item = &'a Checker> + use<'a> {
    let regions = endpoint.regions.clone();
    let any = checkers.iter().any(|checker| checker.serves(&regions));
    checkers.iter().filter(move |checker| !any || checker.serves(&regions))
}

/// The endpoint of a check that is to be probed.
fn probed(check: &HealthCheck) -> Option<(&CheckId, &Endpoint)> {
    match &check.kind {
        CheckKind::Endpoint(endpoint) if !check.disabled => Some((&check.id, endpoint)),
        CheckKind::Endpoint(_) | CheckKind::Calculated { .. } | CheckKind::Alarm(_) | CheckKind::Given { .. } => None,
    }
}

/// A check's place within `span`, the same at every start: FNV-1a of its id and checker, its bits mixed once more.
pub fn offset(id: &CheckId, checker: &str, span: Duration) -> Duration {
    let bytes = id.0.bytes().chain(checker.bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    span.mul_f64(((mixed ^ (mixed >> 33)) >> 11) as f64 / (1_u64 << 53) as f64)
}

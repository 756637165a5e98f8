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
pub(crate) mod tests;
mod tls;
mod vote;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

pub use checker::Known;
pub use figures::{BUCKETS, Figures, Histogram};
pub use outcome::{Outcome, Phases, Report, clip};
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
    /// A checker's first outcome is its first status, whatever the thresholds, on checks of which nothing is known.
    pub first_decides: bool,
    /// What is known of checks already, for checkers that have not looked at them before.
    pub known: BTreeMap<CheckId, Known>,
}

impl Default for Settings {
    fn default() -> Self {
        let (plan, known) = (Plan::default(), BTreeMap::new());
        Self { plan, spread: Duration::from_secs(1), first_decides: false, known }
    }
}

/// The checkers at work. Dropping it stops them.
#[derive(Debug)]
pub struct Fleet {
    roster: Mutex<Roster>,
    votes: mpsc::Sender<Vote>,
    in_flight: Arc<Semaphore>,
    figures: Arc<Figures>,
    #[cfg(test)]
    script: Option<tests::Script>,
}

/// Who is posted where.
#[derive(Debug, Default)]
struct Roster {
    posts: BTreeMap<CheckId, Posting>,
    /// What their probes share, once there is a plan.
    common: Option<Arc<Common>>,
}

/// The checkers at one check.
#[derive(Debug)]
struct Posting {
    endpoint: Arc<Endpoint>,
    posts: Vec<Post>,
}

/// A checker's place at a check; once it is given up the checker votes no more and stops.
#[derive(Debug)]
struct Post {
    checker: Arc<Checker>,
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
            roster: Mutex::default(),
            votes,
            in_flight: Arc::new(Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS))),
            figures: Arc::default(),
            #[cfg(test)]
            script: None,
        }
    }

    /// A fleet whose endpoints follow a script.
    #[cfg(test)]
    pub(crate) fn scripted(votes: mpsc::Sender<Vote>, in_flight: usize, script: tests::Script) -> Self {
        Self { script: Some(script), ..Self::start(votes, in_flight) }
    }

    /// Makes the fleet probe these checks and no others; must run within a tokio runtime.
    ///
    /// An unchanged endpoint keeps its task, view and schedule; a changed one starts a new task from the view
    /// it had; what is gone or disabled stops at once.
    pub fn reconcile(&self, checks: &[HealthCheck], settings: &Settings) {
        let mut roster = self.roster();
        let before = std::mem::take(&mut roster.posts);
        let kept = roster.common.take().filter(|common| common.serves(&settings.plan));
        let same_surroundings = kept.is_some();
        let common = kept.unwrap_or_else(|| Arc::new(Common::new(&settings.plan)));
        let checkers: Vec<_> = settings.plan.checkers.iter().cloned().map(Arc::new).collect();
        let mut posts = Moves { before, posts: BTreeMap::new(), vacant: Vec::new() };
        for (id, endpoint) in checks.iter().filter_map(probed) {
            let serving = checkers_of(endpoint, &checkers);
            posts.settle(id, endpoint, serving, same_surroundings);
        }
        let Moves { posts, vacant, .. } = posts;
        let spread = settings.spread.max(Duration::from_millis(vacant.len() as u64));
        roster.posts = posts;
        roster.common = Some(common.clone());
        for Vacancy { check, checker, memory } in vacant {
            if let Some(posting) = roster.posts.get_mut(&check) {
                let thresholds = posting.endpoint.thresholds;
                let memory = match (memory, settings.known.get(&check)) {
                    (Some(memory), _) => lock(&memory).under(thresholds),
                    (None, Some(known)) => Memory::of(known, thresholds),
                    (None, None) => Memory::new(thresholds, settings.first_decides),
                };
                let place = offset(&check, &checker.name, spread.min(posting.endpoint.interval));
                let post = self.post(&check, &posting.endpoint, checker, &common, place, memory);
                posting.posts.push(post);
            }
        }
    }

    /// Posts again whoever ended without having been told to; how many did.
    ///
    /// A panic in a probe is caught where it is asked; this is for what nobody thought of.
    pub fn tend(&self) -> usize {
        let mut roster = self.roster();
        let Roster { posts, common } = &mut *roster;
        let Some(common) = common else { return 0 };
        let mut ended = 0;
        for (id, posting) in posts.iter_mut().filter(|_| !self.votes.is_closed()) {
            for post in posting.posts.iter_mut().filter(|post| post.task.is_finished()) {
                let memory = lock(&post.memory).under(posting.endpoint.thresholds);
                let place = offset(id, &post.checker.name, posting.endpoint.interval);
                *post = self.post(id, &posting.endpoint, post.checker.clone(), common, place, memory);
                ended += 1;
            }
        }
        ended
    }

    /// When a checker looks at a check next, about; `None` where it does not.
    pub fn due(&self, check: &CheckId, checker: &str) -> Option<SystemTime> {
        let roster = self.roster();
        let post = roster.posts.get(check)?.posts.iter().find(|post| *post.checker.name == *checker)?;
        Some(lock(&post.memory).due)
    }

    /// What the fleet counts.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn post(
        &self,
        id: &CheckId,
        endpoint: &Arc<Endpoint>,
        checker: Arc<Checker>,
        common: &Arc<Common>,
        place: Duration,
        mut memory: Memory,
    ) -> Post {
        memory.due = SystemTime::now() + place;
        let memory = Arc::new(Mutex::new(memory));
        let work = Work {
            checker: checker.name.clone(),
            check: id.clone(),
            interval: endpoint.interval,
            prober: self.prober(id, endpoint, &checker, common),
            memory: memory.clone(),
            in_flight: self.in_flight.clone(),
            figures: self.figures.clone(),
            votes: self.votes.clone(),
        };
        let task = tokio::spawn(work.run(place)).abort_handle();
        Post { checker, memory, task }
    }

    // Whoever is on the roster is at work, at every point where a panic could poison the lock.
    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn prober(&self, id: &CheckId, endpoint: &Arc<Endpoint>, checker: &Checker, common: &Arc<Common>) -> Prober {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return Prober::Scripted(script.part(id));
        }
        Prober::new(id, endpoint, checker, common)
    }
}

/// A roster on its way to another.
struct Moves {
    before: BTreeMap<CheckId, Posting>,
    posts: BTreeMap<CheckId, Posting>,
    vacant: Vec<Vacancy>,
}

/// A post to be filled, by a checker that may know the check.
struct Vacancy {
    check: CheckId,
    checker: Arc<Checker>,
    memory: Option<Arc<Mutex<Memory>>>,
}

impl Moves {
    /// Keeps the posts at a check that stay as they are; all others of its checkers are vacant.
    fn settle<'a>(
        &mut self,
        id: &CheckId,
        endpoint: &Endpoint,
        checkers: impl Iterator<Item = &'a Arc<Checker>>,
        same_surroundings: bool,
    ) {
        let before = self.before.remove(id);
        let same = same_surroundings && before.as_ref().is_some_and(|before| asks_alike(&before.endpoint, endpoint));
        let (endpoint, mut posts) = match before {
            Some(before) if *before.endpoint == *endpoint => (before.endpoint, before.posts),
            Some(before) => (Arc::new(endpoint.clone()), before.posts),
            None => (Arc::new(endpoint.clone()), Vec::new()),
        };
        let mut kept = Vec::new();
        for checker in checkers {
            let post = posts.iter().position(|post| post.checker.name == checker.name).map(|at| posts.swap_remove(at));
            match post {
                Some(post) if same && *post.checker == **checker => kept.push(post),
                // The former checker is retired here, before its memory is handed on.
                post => self.vacant.push(Vacancy {
                    check: id.clone(),
                    checker: checker.clone(),
                    memory: post.map(|post| post.memory.clone()),
                }),
            }
        }
        self.posts.insert(id.clone(), Posting { endpoint, posts: kept });
    }
}

/// The checkers that probe an endpoint: those of its Regions, or all when none is there (C-1).
pub fn checkers_of<'a, C: AsRef<Checker>>(
    endpoint: &'a Endpoint,
    checkers: &'a [C],
) -> impl Iterator<Item = &'a C> + use<'a, C> {
    let any = checkers.iter().any(|checker| checker.as_ref().serves(&endpoint.regions));
    checkers.iter().filter(move |checker| !any || checker.as_ref().serves(&endpoint.regions))
}

/// Whether both are asked in the same way; who asks and what votes add up to is not the probes' affair.
fn asks_alike(one: &Endpoint, other: &Endpoint) -> bool {
    let Endpoint { healthy_percent, degraded_percent, .. } = *one;
    one == other
        || *one == Endpoint { healthy_percent, degraded_percent, regions: one.regions.clone(), ..other.clone() }
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

//! Followers of alarms: one task per check that another system decides, voting as checkers do (C-26's role).
//!
//! A follower is the one voter of its check. What it finds is a value, a status or nothing; nothing means what the
//! alarm's `missing` says. Disabled checks are not followed. What may be asked and read is the operator's to say: zone
//! files may be another's.

mod alertmanager;
mod file;
mod follower;
mod memory;
mod prometheus;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::model::check::{ALARM, Alarm, CheckKind, Source, Status};
use crate::model::fleet::{Plan, Targets};
use crate::model::{CheckId, HealthCheck};
use crate::probe::{Vote, clip, offset};
use crate::web::{Trouble, Web};
use follower::{Follower, lock};
use memory::{Look, Memory, Push};

/// Looks under way at one time.
const LOOKS: usize = 256;
/// First looks are spread over this, or a millisecond for each when there are more, but over no more than the interval.
const SPREAD: Duration = Duration::from_secs(1);

/// The followers at work. Dropping it stops them.
#[derive(Debug)]
pub struct Followers {
    posts: Mutex<BTreeMap<CheckId, Post>>,
    votes: mpsc::Sender<Vote>,
    web: Web,
    looks: Arc<Semaphore>,
}

/// A follower's place at a check; once it is given up the follower votes no more and stops.
#[derive(Debug)]
struct Post {
    alarm: Alarm,
    bounds: Arc<Bounds>,
    memory: Arc<Mutex<Memory>>,
    pushed: Arc<Notify>,
    task: AbortHandle,
}

/// What followers may ask and read.
#[derive(Debug, PartialEq, Eq)]
struct Bounds {
    targets: Targets,
    /// The directories whose files may be read; `None` for any.
    folders: Option<Vec<Arc<str>>>,
}

impl Drop for Post {
    fn drop(&mut self) {
        lock(&self.memory).retired = true;
        self.task.abort();
    }
}

impl Followers {
    /// Nobody followed yet; votes go to `votes`, requests out by `web`, which nobody else asks by.
    pub fn start(votes: mpsc::Sender<Vote>, web: Web) -> Self {
        Self { posts: Mutex::default(), votes, web, looks: Arc::new(Semaphore::new(LOOKS)) }
    }

    /// Follows these checks' alarms and no others; must run within a tokio runtime.
    ///
    /// An unchanged alarm keeps its task and what it knows; a changed one starts a new task from the status it had;
    /// what is gone or disabled stops at once. A plan that allows something else starts all of them anew.
    pub fn reconcile(&self, checks: &[HealthCheck], plan: &Plan) {
        self.web.restrict(&plan.targets);
        let folders = plan.file_folders().map(<[_]>::to_vec);
        let bounds = Arc::new(Bounds { targets: plan.targets.clone(), folders });
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *posts);
        let wanted: Vec<_> = checks.iter().filter_map(followed).collect();
        let newcomers = wanted.len().saturating_sub(before.len());
        let spread = SPREAD.max(Duration::from_millis(newcomers as u64));
        for (id, alarm) in wanted {
            let post = match before.remove(id) {
                Some(post) if post.alarm == *alarm && post.bounds == bounds => post,
                Some(post) => {
                    let memory = post.memory.clone();
                    let under = post.alarm.clone();
                    drop(post);
                    let memory = lock(&memory).under(&under, alarm);
                    self.post(id, alarm, &bounds, spread, memory)
                }
                None => self.post(id, alarm, &bounds, spread, Memory::default()),
            };
            posts.insert(id.clone(), post);
        }
    }

    /// Takes a script's word on a check, good for its interval; false when no such check is followed by pushes.
    pub fn push(&self, check: &CheckId, status: Status, reason: &str) -> bool {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(post) = posts.get(check).filter(|post| post.alarm.source == Source::Push) else { return false };
        lock(&post.memory).pushed = Some(Push { status, reason: clip(reason), at: Instant::now() });
        post.pushed.notify_one();
        true
    }

    /// Begins anew with whoever ended without having been told to; how many did.
    pub fn tend(&self) -> usize {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended = 0;
        for (id, post) in posts.iter_mut().filter(|(_, post)| post.task.is_finished() && !self.votes.is_closed()) {
            let memory = lock(&post.memory).under(&post.alarm, &post.alarm);
            *post = self.post(id, &post.alarm, &post.bounds, post.alarm.interval, memory);
            ended += 1;
        }
        ended
    }

    fn post(&self, id: &CheckId, alarm: &Alarm, bounds: &Arc<Bounds>, spread: Duration, memory: Memory) -> Post {
        let (memory, pushed) = (Arc::new(Mutex::new(memory)), Arc::new(Notify::new()));
        let follower = Follower {
            check: id.clone(),
            alarm: alarm.clone(),
            bounds: bounds.clone(),
            web: self.web.clone(),
            memory: memory.clone(),
            pushed: pushed.clone(),
            looks: self.looks.clone(),
            votes: self.votes.clone(),
        };
        let place = offset(id, ALARM, spread.min(alarm.interval));
        let task = tokio::spawn(follower.run(place)).abort_handle();
        Post { alarm: alarm.clone(), bounds: bounds.clone(), memory, pushed, task }
    }
}

/// The alarm of a check that is to be followed.
fn followed(check: &HealthCheck) -> Option<(&CheckId, &Alarm)> {
    match &check.kind {
        CheckKind::Alarm(alarm) if !check.disabled => Some((&check.id, alarm)),
        CheckKind::Alarm(_) | CheckKind::Endpoint(_) | CheckKind::Calculated { .. } | CheckKind::Given { .. } => None,
    }
}

/// The status that a file's word means.
fn status(word: &str) -> Option<Status> {
    match word.to_ascii_lowercase().as_str() {
        "up" | "healthy" => Some(Status::Healthy),
        "down" | "unhealthy" => Some(Status::Unhealthy),
        _ => None,
    }
}

/// What it means that a server gave no answer.
fn unanswered(trouble: Trouble) -> Look {
    match trouble {
        Trouble::Ours(why) => Look::NotMade(why),
        Trouble::Theirs(why) => Look::Nothing(format!("the server was not reached: {}", clip(&why))),
    }
}

//! What votes add up to: the board on which the verdict of every check forms, with all that is known of it.
//!
//! ```text
//!  votes of checkers ─► quorum (C-20) ─► latch (manual failback) ─► Verdict ─► control writes the health table
//!  age of votes ──────────┘                                          transitions ─► slow start, history, webhooks
//! ```
//!
//! Pure of I/O: whoever holds the board brings votes and time to it and carries its verdicts on.

mod ballot;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

pub use ballot::{Ballot, Cast, Standing};

use crate::model::check::{ALARM, CheckKind, FULL_SHARE, Status};
use crate::model::fleet::{Checker, Plan};
use crate::model::{CheckId, HealthCheck};
use crate::probe::{Vote, checkers_of};
use crate::snapshot::health::Transition;

/// What the votes on a check say now: sent when the first view stands, and at every change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The check.
    pub check: CheckId,
    /// Its raw status, before `disabled`, `inverted` and the operator's word (§5.6).
    pub raw: Status,
    /// The share of their weight its records have while it is healthy: less than [`FULL_SHARE`] when degraded.
    pub share: u8,
    /// What decided it, in the words of §5.8.
    pub reason: String,
}

/// What is known of one check.
#[derive(Clone, Debug)]
pub struct View {
    /// The check.
    pub check: Arc<HealthCheck>,
    /// The votes on it, and what they add up to.
    pub ballot: Ballot,
    /// Held unhealthy until the operator says failback.
    pub latched: bool,
    /// When its effective status last changed, and why; `None` when it has not since the start.
    pub turned: Option<(SystemTime, String)>,
    /// How far its slow start is, in percent; `None` when it is not in one.
    pub slow_start: Option<u8>,
}

/// Every check with the votes on it.
#[derive(Debug)]
pub struct Board {
    entries: Mutex<BTreeMap<CheckId, Entry>>,
}

#[derive(Debug)]
struct Entry {
    check: Arc<HealthCheck>,
    ballot: Ballot,
    latched: bool,
    told: Option<(Status, u8)>,
    turned: Option<(SystemTime, String)>,
    rising: Option<Instant>,
}

impl Board {
    /// An empty board.
    pub fn new() -> Self {
        Self { entries: Mutex::default() }
    }

    /// Makes the board one of these checks: what is known of those that stay is kept, votes of checkers that no
    /// longer look are dropped. Returns the verdicts that the new definitions change.
    pub fn reconcile(&self, checks: &[HealthCheck], plan: &Plan) -> Vec<Verdict> {
        let mut entries = self.entries();
        let mut before = std::mem::take(&mut *entries);
        let mut verdicts = Vec::new();
        for check in checks {
            let mut entry = before.remove(&check.id).unwrap_or_else(|| Entry::new(check));
            entry.ballot.call(voters(check, &plan.checkers), percent(check, plan.healthy_percent), patience(check));
            if !check.recovery.manual_failback {
                entry.latched = false;
            }
            entry.check = Arc::new(check.clone());
            verdicts.extend(entry.weigh("its definition changed"));
            entries.insert(check.id.clone(), entry);
        }
        verdicts
    }

    /// Counts a vote; the verdict if it is news. Votes on checks that are gone, or of checkers that are not
    /// called, count for nothing.
    pub fn vote(&self, vote: Vote) -> Option<Verdict> {
        let mut entries = self.entries();
        let entry = entries.get_mut(&vote.check)?;
        let reason = vote.report.to_string();
        entry.ballot.cast(vote).then(|| entry.weigh(&reason)).flatten()
    }

    /// Lets votes grow old; the verdicts that changes.
    pub fn age(&self) -> Vec<Verdict> {
        let now = Instant::now();
        let aged =
            |entry: &mut Entry| entry.ballot.age(now).then(|| entry.weigh("checkers stopped reporting")).flatten();
        self.entries().values_mut().filter_map(aged).collect()
    }

    /// Notes that effective statuses changed; those that came back slowly start to rise.
    pub fn turned(&self, transitions: &[Transition], reason: &str) {
        let mut entries = self.entries();
        for Transition { check, to } in transitions {
            let Some(entry) = entries.get_mut(check) else { continue };
            entry.turned = Some((SystemTime::now(), reason.to_owned()));
            let slowly = to.is_healthy() && entry.check.recovery.slow_start.is_some();
            entry.rising = slowly.then(Instant::now);
        }
    }

    /// The shares of checks in slow start, [`FULL_SHARE`] once for those whose time is over.
    pub fn rise(&self) -> Vec<(CheckId, u8)> {
        let mut shares = Vec::new();
        for (id, entry) in self.entries().iter_mut() {
            let (Some(since), over) = (entry.rising, entry.check.recovery.slow_start) else { continue };
            let risen = over.map_or(1.0, |over| since.elapsed().as_secs_f64() / over.as_secs_f64().max(0.001));
            if risen >= 1.0 {
                entry.rising = None;
            }
            shares.push((id.clone(), (risen.min(1.0) * f64::from(FULL_SHARE)).max(1.0) as u8));
        }
        shares
    }

    /// Lets a latched check obey its votes again; `None` when there is no such check, false when nothing held it.
    pub fn fail_back(&self, check: &CheckId) -> Option<(bool, Option<Verdict>)> {
        let mut entries = self.entries();
        let entry = entries.get_mut(check)?;
        let held = std::mem::replace(&mut entry.latched, false);
        Some((held, entry.weigh("the operator said failback")))
    }

    /// Holds these checks unhealthy, as they were before a restart; the verdicts that changes.
    pub fn latch(&self, held: &[CheckId]) -> Vec<Verdict> {
        let mut entries = self.entries();
        let mut verdicts = Vec::new();
        for id in held {
            let Some(entry) = entries.get_mut(id).filter(|entry| entry.check.recovery.manual_failback) else {
                continue;
            };
            entry.latched = true;
            verdicts.extend(entry.weigh("held since before the restart, until failback"));
        }
        verdicts
    }

    /// The checks held unhealthy until failback.
    pub fn latched(&self) -> Vec<CheckId> {
        self.entries().iter().filter(|(_, entry)| entry.latched).map(|(id, _)| id.clone()).collect()
    }

    /// Checks that are probed or followed and of which not every voter has reported yet.
    pub fn awaited(&self) -> usize {
        self.entries().values().filter(|entry| !entry.check.disabled && entry.ballot.awaits()).count()
    }

    /// What is known of one check.
    pub fn view(&self, check: &CheckId) -> Option<View> {
        self.entries().get(check).map(Entry::view)
    }

    /// What is known of every check, by id.
    pub fn views(&self) -> Vec<View> {
        self.entries().values().map(Entry::view).collect()
    }

    // An entry is whole at every point where a panic could poison the lock.
    fn entries(&self) -> MutexGuard<'_, BTreeMap<CheckId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

impl Entry {
    fn new(check: &HealthCheck) -> Self {
        Self {
            check: Arc::new(check.clone()),
            ballot: Ballot::default(),
            latched: false,
            told: None,
            turned: None,
            rising: None,
        }
    }

    /// What the votes and the latch make of the check, if that is news.
    fn weigh(&mut self, reason: &str) -> Option<Verdict> {
        let voted = self.ballot.standing()?;
        self.ballot.remember(voted.raw);
        if voted.raw == Status::Unhealthy && self.check.recovery.manual_failback {
            self.latched = true;
        }
        let raw = if self.latched { Status::Unhealthy } else { voted.raw };
        let cap = degraded_share(&self.check);
        let (raw, share) = match voted.degraded {
            true if cap == 0 => (Status::Unhealthy, FULL_SHARE),
            true => (raw, cap),
            false => (raw, FULL_SHARE),
        };
        let news = self.told != Some((raw, share));
        self.told = Some((raw, share));
        news.then(|| Verdict { check: self.check.id.clone(), raw, share, reason: reason.to_owned() })
    }

    fn view(&self) -> View {
        let slow_start = self.rising.zip(self.check.recovery.slow_start).map(|(since, over)| {
            (since.elapsed().as_secs_f64() / over.as_secs_f64().max(0.001) * 100.0).clamp(0.0, 100.0) as u8
        });
        View {
            check: self.check.clone(),
            ballot: self.ballot.clone(),
            latched: self.latched,
            turned: self.turned.clone(),
            slow_start,
        }
    }
}

fn degraded_share(check: &HealthCheck) -> u8 {
    let CheckKind::Endpoint(endpoint) = &check.kind else { return FULL_SHARE };
    let share = u16::from(endpoint.degraded_percent.min(100)) * u16::from(FULL_SHARE) / 100;
    if endpoint.degraded_percent == 0 { 0 } else { share.max(1) as u8 }
}

/// Who may vote on a check.
fn voters(check: &HealthCheck, checkers: &[Checker]) -> Vec<Arc<str>> {
    match &check.kind {
        _ if check.disabled => Vec::new(),
        CheckKind::Endpoint(endpoint) => checkers_of(endpoint, checkers).map(|checker| checker.name.clone()).collect(),
        CheckKind::Alarm(_) => vec![ALARM.into()],
        CheckKind::Calculated { .. } | CheckKind::Given { .. } => Vec::new(),
    }
}

fn percent(check: &HealthCheck, otherwise: u8) -> u8 {
    match &check.kind {
        CheckKind::Endpoint(endpoint) => endpoint.healthy_percent.unwrap_or(otherwise),
        CheckKind::Alarm(_) | CheckKind::Calculated { .. } | CheckKind::Given { .. } => otherwise,
    }
}

/// How long a vote is good for: three intervals and the probes between them (C-22); an alarm's watcher tells in
/// time by itself.
fn patience(check: &HealthCheck) -> Option<Duration> {
    let CheckKind::Endpoint(endpoint) = &check.kind else { return None };
    Some((endpoint.interval + endpoint.connect_timeout * 2 + endpoint.response_timeout * 2) * 3)
}

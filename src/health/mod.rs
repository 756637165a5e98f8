//! What votes add up to: the board on which the verdict of every check forms, with all that is known of it.
//!
//! ```text
//!  votes of checkers ─► quorum (C-20) ─► Verdict ─► control writes the health table, where checks are held (latches)
//!  age of votes ──────────┘                          transitions ─► slow start, history, webhooks
//! ```
//!
//! The board is pure of I/O: whoever holds it brings votes and time to it and carries its verdicts on. Beside it are
//! the operator's words and what is kept on disk: overrides and latches (`keeper`), the `history` of transitions.

mod ballot;
pub mod event;
pub mod history;
pub mod keeper;
pub mod overrides;
mod spoken;
pub mod stamp;
#[cfg(test)]
mod tests;
pub mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub use ballot::{Ballot, Cast, Standing};

use crate::model::check::{ALARM, CheckKind, FULL_SHARE, Status};
use crate::model::fleet::{Checker, Plan};
use crate::model::{CheckId, HealthCheck};
use crate::probe::{Known, Vote, checkers_of};
use crate::snapshot::health::Finding;
use stamp::Stamp;
use turn::Turn;

/// What the votes on a check say now: sent when the first view stands, and at every change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The check.
    pub check: CheckId,
    /// What they add up to, before latch, `disabled`, `inverted` and the operator's word (§5.6).
    pub finding: Finding,
    /// What decided it, in the words of §5.8.
    pub reason: String,
}

/// What is known of one check.
#[derive(Clone, Debug)]
pub struct View {
    /// The check.
    pub check: Arc<HealthCheck>,
    /// The votes on it, and what they add up to.
    pub ballot: Arc<Ballot>,
    /// When its effective status last changed, and on what evidence; `None` when it has not since the start.
    pub turned: Option<(Stamp, Arc<Turn>)>,
    /// How far its slow start is, in percent; `None` when it is not in one.
    pub slow_start: Option<u8>,
}

/// Every check with the votes on it.
#[derive(Debug)]
pub struct Board {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<CheckId, Entry>,
    /// Those whose slow start has a clock.
    rising: BTreeSet<CheckId>,
}

#[derive(Debug)]
struct Entry {
    check: Arc<HealthCheck>,
    /// Shared with views of it, and written to a copy while there is one.
    ballot: Arc<Ballot>,
    /// What the table was told, and whether it was proven.
    told: (Finding, bool),
    turned: Option<(Stamp, Arc<Turn>)>,
    rising: Option<Instant>,
}

impl Board {
    /// An empty board.
    pub fn new() -> Self {
        Self { state: Mutex::default() }
    }

    /// Makes the board one of these checks: what is known of those that stay is kept, votes of checkers that no
    /// longer look are dropped. Returns the verdicts that the new definitions change.
    pub fn reconcile(&self, checks: &[HealthCheck], plan: &Plan) -> Vec<Verdict> {
        let mut state = self.state();
        let State { entries, rising } = &mut *state;
        let mut before = std::mem::take(entries);
        let mut verdicts = Vec::new();
        for check in checks {
            let kept = before.remove(&check.id).filter(|entry| check.kind.continues(&entry.check.kind));
            let mut entry = kept.unwrap_or_else(|| Entry::new(check));
            let (voters, percent) = (voters(check, &plan.checkers), percent(check, plan.healthy_percent));
            Arc::make_mut(&mut entry.ballot).call(voters, percent, patience(check));
            entry.check = Arc::new(check.clone());
            verdicts.extend(entry.weigh(|_| "its definition changed".to_owned()));
            entries.insert(check.id.clone(), entry);
        }
        rising.retain(|id| entries.get(id).is_some_and(|entry| entry.rising.is_some()));
        verdicts
    }

    /// Counts a vote; the verdict if it is news. Votes on checks that are gone, or of checkers that are not
    /// called, count for nothing.
    pub fn vote(&self, vote: Vote) -> Option<Verdict> {
        let mut state = self.state();
        let entry = state.entries.get_mut(&vote.check)?;
        let voter = vote.checker.clone();
        if !Arc::make_mut(&mut entry.ballot).cast(vote) {
            return None;
        }
        entry.weigh(|ballot| ballot.words_of(&voter))
    }

    /// Lets votes grow old; the verdicts that changes.
    pub fn age(&self) -> Vec<Verdict> {
        let now = Instant::now();
        let aged = |entry: &mut Entry| {
            let is_due = entry.ballot.is_due(now) && Arc::make_mut(&mut entry.ballot).age(now);
            is_due.then(|| entry.weigh(|_| "checkers stopped reporting".to_owned())).flatten()
        };
        self.state().entries.values_mut().filter_map(aged).collect()
    }

    /// Notes that an effective status changed; the clock of a slow start, should one follow, begins now.
    pub fn turned(&self, at: Stamp, turn: &Arc<Turn>) {
        let mut state = self.state();
        let State { entries, rising } = &mut *state;
        let Some(entry) = entries.get_mut(&turn.check) else { return };
        entry.turned = Some((at, turn.clone()));
        entry.rising = (turn.to.is_healthy() && entry.check.recovery.slow_start.is_some()).then(Instant::now);
        if entry.rising.is_some() {
            rising.insert(turn.check.clone());
        }
    }

    /// The shares that time gives the checks which the health table holds in slow start: [`FULL_SHARE`] when theirs
    /// is over. What is not among `rising` is in none.
    pub fn rise(&self, rising: &[CheckId]) -> Vec<(CheckId, u8)> {
        let mut state = self.state();
        if rising.is_empty() && state.rising.is_empty() {
            return Vec::new();
        }
        let State { entries, rising: clocked } = &mut *state;
        let before = std::mem::replace(clocked, rising.iter().cloned().collect());
        for id in before.difference(clocked) {
            if let Some(entry) = entries.get_mut(id) {
                entry.rising = None;
            }
        }
        // One that is not on the board has nobody to lift it again.
        let share = |id: &CheckId| entries.get_mut(id).map_or(FULL_SHARE, Entry::rise);
        let shares: Vec<u8> = rising.iter().map(share).collect();
        rising.iter().cloned().zip(shares).collect()
    }

    /// What is known of checks that somebody has seen, for voters that are called later.
    pub fn known(&self) -> BTreeMap<CheckId, Known> {
        let state = self.state();
        state.entries.iter().filter_map(|(id, entry)| Some((id.clone(), entry.ballot.known()?))).collect()
    }

    /// Checks that are probed or followed and of which not every voter has reported yet.
    pub fn awaited(&self) -> usize {
        self.state().entries.values().filter(|entry| !entry.check.disabled && entry.ballot.awaits()).count()
    }

    /// What is known of one check.
    pub fn view(&self, check: &CheckId) -> Option<View> {
        self.state().entries.get(check).map(Entry::view)
    }

    /// What is known of every check, by id.
    pub fn views(&self) -> Vec<View> {
        self.state().entries.values().map(Entry::view).collect()
    }

    // An entry is whole at every point where a panic could poison the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            ballot: Arc::new(Ballot::new(check.kind.start())),
            told: (Finding { raw: check.kind.start(), share: FULL_SHARE, seen: false }, false),
            turned: None,
            rising: None,
        }
    }

    /// What the votes make of the check, if that is news.
    fn weigh(&mut self, reason: impl FnOnce(&Ballot) -> String) -> Option<Verdict> {
        let voted = self.ballot.standing()?;
        if !self.ballot.remembers(&voted) {
            Arc::make_mut(&mut self.ballot).remember(&voted);
        }
        let finding = match (voted.degraded, degraded_share(&self.check)) {
            (true, 0) => Finding { raw: Status::Unhealthy, share: FULL_SHARE, seen: true },
            (true, share) => Finding { raw: voted.raw, share, seen: voted.seen },
            (false, _) => Finding { raw: voted.raw, share: FULL_SHARE, seen: voted.seen },
        };
        let (_, proven) = self.told;
        let tells = (finding, proven || voted.proven);
        if std::mem::replace(&mut self.told, tells) == tells {
            return None;
        }
        Some(Verdict { check: self.check.id.clone(), finding, reason: reason(&self.ballot) })
    }

    /// How far it has come in its slow start, which begins now if nobody has seen it begin.
    fn rise(&mut self) -> u8 {
        let since = *self.rising.get_or_insert_with(Instant::now);
        let share = self.risen(since) * f64::from(FULL_SHARE);
        share.max(1.0) as u8
    }

    /// The part of its slow start that is over, 0 to 1.
    fn risen(&self, since: Instant) -> f64 {
        let over = self.check.recovery.slow_start.unwrap_or_default();
        (since.elapsed().as_secs_f64() / over.as_secs_f64().max(0.001)).min(1.0)
    }

    fn view(&self) -> View {
        let slow_start = self.rising.map(|since| (self.risen(since) * 100.0) as u8);
        View { check: self.check.clone(), ballot: self.ballot.clone(), turned: self.turned.clone(), slow_start }
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

/// How long a vote is good for: three intervals and the probes between them, or three looks of a follower (C-22).
fn patience(check: &HealthCheck) -> Option<Duration> {
    match &check.kind {
        CheckKind::Endpoint(endpoint) => {
            Some((endpoint.interval + endpoint.connect_timeout * 2 + endpoint.response_timeout * 2) * 3)
        }
        CheckKind::Alarm(alarm) => Some(alarm.rhythm() * 3),
        CheckKind::Calculated { .. } | CheckKind::Given { .. } => None,
    }
}

//! The votes on one check: who voted what, how old it is, and what they add up to (C-20 … C-23).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::stamp::Stamp;
use crate::model::check::{Status, quorum};
use crate::probe::{Known, Outcome, Report, Vote};

/// The votes on one check.
#[derive(Clone, Debug)]
pub struct Ballot {
    casts: BTreeMap<Arc<str>, Cast>,
    percent: u8,
    patience: Option<Duration>,
    /// The last status that the votes stood for, or what is supposed before (C-18): who has not seen for itself
    /// is counted for it.
    last: Status,
    /// What was wrong all the same when the votes last said so.
    worn: Option<Arc<str>>,
    /// Whether a voter ever saw the check for itself.
    known: bool,
    /// No vote grows too old before this.
    fresh: Option<Instant>,
}

/// One voter's place on the ballot.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Its latest vote; `None` before the first (C-37).
    pub vote: Option<Arc<Vote>>,
    /// Its latest vote whose probe failed.
    pub failure: Option<Arc<Vote>>,
    /// Whether its vote counts no more: it cannot tell, or has not been heard of for too long (C-22).
    pub unknown: bool,
    /// Votes heard.
    pub probes: u64,
    /// Those whose probe failed.
    pub failures: u64,
    /// Since when it is called.
    pub called: Stamp,
    /// When it was last heard of, or called.
    heard: Instant,
}

/// What the votes add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status by quorum; the last one known while nobody can tell.
    pub raw: Status,
    /// Voters that hold it healthy, those not heard of yet among them (C-18).
    pub healthy: usize,
    /// Voters that count.
    pub total: usize,
    /// Whether too few of the healthy find nothing wrong, by the same quorum.
    pub degraded: bool,
    /// Whether enough voters have seen for themselves to say so, rather than its being assumed (C-18).
    pub proven: bool,
    /// Whether it is unhealthy and a voter that counts saw it so: not what is to hold while nothing is known.
    pub seen: bool,
}

impl Ballot {
    /// A ballot without voters, on a check of this status until there is a vote.
    pub(super) fn new(supposed: Status) -> Self {
        Self {
            casts: BTreeMap::new(),
            percent: 0,
            patience: None,
            last: supposed,
            worn: None,
            known: false,
            fresh: None,
        }
    }

    /// Calls these voters, and no others; a vote counts for `patience`, or for ever.
    pub(super) fn call(&mut self, voters: Vec<Arc<str>>, percent: u8, patience: Option<Duration>) {
        let mut before = std::mem::take(&mut self.casts);
        self.casts = voters
            .into_iter()
            .map(|name| {
                let cast = before.remove(&name).unwrap_or_else(Cast::new);
                (name, cast)
            })
            .collect();
        (self.percent, self.patience, self.fresh) = (percent, patience, None);
    }

    /// Takes a vote; false when its voter is not called. One that is told again only shows that its voter is there.
    pub(super) fn cast(&mut self, vote: Vote) -> bool {
        let Some(cast) = self.casts.get_mut(&vote.checker) else { return false };
        cast.heard = Instant::now();
        cast.unknown = vote.status.is_none();
        if cast.vote.as_deref() == Some(&vote) {
            return true;
        }
        let vote = Arc::new(vote);
        self.known |= vote.proven && vote.seen;
        cast.probes += 1;
        if vote.report.outcome.status() == Some(Status::Unhealthy) {
            cast.failures += 1;
            cast.failure = Some(vote.clone());
        }
        cast.vote = Some(vote);
        true
    }

    /// Lets votes grow old; whether one did.
    pub(super) fn age(&mut self, now: Instant) -> bool {
        let Some(patience) = self.patience else { return false };
        let mut aged = false;
        let mut oldest = now;
        for cast in self.casts.values_mut() {
            let old = now.saturating_duration_since(cast.heard) > patience;
            aged |= old && !cast.unknown;
            cast.unknown |= old;
            if !old {
                oldest = oldest.min(cast.heard);
            }
        }
        self.fresh = Some(oldest + patience);
        aged
    }

    /// What the votes add up to; `None` while there is nobody to vote.
    pub fn standing(&self) -> Option<Standing> {
        if self.casts.is_empty() {
            return None;
        }
        let counted = || self.casts.values().filter(|cast| !cast.unknown);
        let holding = || counted().filter(|cast| self.holds(cast).is_healthy());
        let (healthy, total) = (holding().count(), counted().count());
        let raw = match total {
            0 => self.last,
            _ => quorum(healthy, total, self.percent),
        };
        let degraded = match (total, healthy) {
            (0, _) => self.worn.is_some(),
            (_, 0) => false,
            _ => {
                let whole = holding().filter(|cast| self.wrong(cast).is_none()).count();
                !quorum(whole, healthy, self.percent).is_healthy()
            }
        };
        let seen = raw == Status::Unhealthy && counted().any(Cast::saw_it_down);
        Some(Standing { raw, healthy, total, degraded, proven: self.is_proven(raw), seen })
    }

    /// What a voter is counted for: what it holds and has seen for itself, else what is known without it (C-18).
    pub fn holds(&self, cast: &Cast) -> Status {
        cast.proven().unwrap_or(self.last)
    }

    /// What is wrong by a voter with a check that is healthy all the same.
    fn wrong<'a>(&'a self, cast: &'a Cast) -> Option<&'a Arc<str>> {
        let vote = cast.vote.as_ref().filter(|vote| vote.proven);
        vote.map_or(self.worn.as_ref(), |vote| vote.degraded.as_ref())
    }

    /// What is wrong all the same, in words.
    pub fn worn(&self) -> Option<&Arc<str>> {
        let kept = self.worn.as_ref()?;
        self.casts.values().find_map(|cast| self.wrong(cast)).or(Some(kept))
    }

    /// What a voter that is called later may begin with; `None` while nobody has seen anything.
    pub(super) fn known(&self) -> Option<Known> {
        self.known.then(|| Known { status: self.last, degraded: self.worn.clone() })
    }

    /// Whether what is kept is what the votes stand for.
    pub(super) fn remembers(&self, standing: &Standing) -> bool {
        self.last == standing.raw && self.worn.is_some() == standing.degraded
    }

    /// Keeps what the votes stand for, for when nobody can tell any more.
    pub(super) fn remember(&mut self, standing: &Standing) {
        let worn = self.casts.values().find_map(|cast| self.wrong(cast)).cloned();
        (self.last, self.worn) = (standing.raw, worn.filter(|_| standing.degraded));
    }

    /// Whether the votes of those who have seen for themselves decide alone, whatever the others will say.
    fn is_proven(&self, raw: Status) -> bool {
        let called = self.casts.len();
        let seen = |status| self.casts.values().filter(|cast| cast.has_seen(status)).count();
        match raw {
            Status::Healthy => quorum(seen(Status::Healthy), called, self.percent).is_healthy(),
            Status::Unhealthy => !quorum(called - seen(Status::Unhealthy), called, self.percent).is_healthy(),
        }
    }

    /// Whether a vote may have grown too old by now.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.patience.is_some() && self.fresh.is_none_or(|until| now > until)
    }

    /// What a voter's latest probe found, in words.
    pub(super) fn words_of(&self, voter: &str) -> String {
        self.casts.get(voter).and_then(Cast::report).map(ToString::to_string).unwrap_or_default()
    }

    /// Whether somebody called has not reported yet; one that cannot tell has.
    pub fn awaits(&self) -> bool {
        self.casts.values().any(|cast| cast.vote.is_none())
    }

    /// Every voter with its vote, by name.
    pub fn casts(&self) -> impl Iterator<Item = (&Arc<str>, &Cast)> {
        self.casts.iter()
    }

    /// The percentage that must be exceeded (C-20).
    pub fn percent(&self) -> u8 {
        self.percent
    }
}

impl Cast {
    fn new() -> Self {
        let (called, heard) = (Stamp::now(), Instant::now());
        Self { vote: None, failure: None, unknown: false, probes: 0, failures: 0, called, heard }
    }

    /// What the voter holds and has seen for itself.
    fn proven(&self) -> Option<Status> {
        self.vote.as_ref().filter(|vote| vote.proven).and_then(|vote| vote.status)
    }

    fn has_seen(&self, status: Status) -> bool {
        !self.unknown && self.proven() == Some(status)
    }

    fn saw_it_down(&self) -> bool {
        self.vote.as_ref().is_some_and(|vote| vote.seen && vote.status == Some(Status::Unhealthy))
    }

    fn report(&self) -> Option<&Report> {
        self.vote.as_ref().map(|vote| &vote.report)
    }

    /// How the latest probe ended.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.report().map(|report| &report.outcome)
    }
}

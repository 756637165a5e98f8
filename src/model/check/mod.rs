//! Health checks as the operator defines them, and the pure counting that turns outcomes into a status.

mod alarm;
mod count;
mod endpoint;
mod pattern;
mod status;
mod words;

use std::fmt;
use std::mem::discriminant;
use std::sync::Arc;
use std::time::Duration;

pub use alarm::{ALARM, Alarm, Bound, Comparison, Missing, Source, judge};
pub use count::{Threshold, Thresholds, quorum};
pub use endpoint::{Endpoint, Protocol, Tls};
pub use pattern::Pattern;
pub use status::{FULL_SHARE, Status, Word};
pub use words::Words;

use super::At;

/// The id of a health check: a UUID in Route 53 (C-34), any word in our files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckId(pub Arc<str>);

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Its id.
    pub id: CheckId,
    /// What decides its raw status.
    pub kind: CheckKind,
    /// Turns the status round, after `disabled` (§5.6).
    pub inverted: bool,
    /// Counts as healthy and is not probed (C-24).
    pub disabled: bool,
    /// The operator's word in the file, above what probes say; `None` obeys them.
    pub forced: Option<Status>,
    /// How it comes back after it was unhealthy.
    pub recovery: Recovery,
    /// Where it is written.
    pub at: At,
}

/// How a check comes back, and what being degraded costs: extensions of ours, all off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Once unhealthy, its raw status stays so until the operator says `failback`.
    pub manual_failback: bool,
    /// Weights of its records rise from next to nothing to their full value over this time.
    pub slow_start: Option<Duration>,
}

/// What decides a check's raw status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// Probes of an endpoint.
    Endpoint(Endpoint),
    /// At least `threshold` of `children` healthy (C-25).
    Calculated {
        /// At most 255 checks, none of them calculated.
        children: Vec<CheckId>,
        /// 0..=256; 0 is always healthy.
        threshold: u16,
    },
    /// What another system says of it (CLOUDWATCH_METRIC's role, C-26).
    Alarm(Alarm),
    /// A state nobody here can measure (RECOVERY_CONTROL, C-27): it stays as given until forced.
    Given {
        /// The state to assume.
        status: Status,
    },
}

impl CheckKind {
    /// The raw status while nothing is known (C-18, C-26, C-27).
    pub fn start(&self) -> Status {
        match self {
            Self::Given { status } => *status,
            Self::Alarm(alarm) => alarm.missing.status(None),
            Self::Endpoint(_) | Self::Calculated { .. } => Status::Healthy,
        }
    }

    /// Whether what is known of a check of `before` is known of this one too: an endpoint that moved is still the
    /// same service, and another query is asked from the status that the one before left.
    pub fn continues(&self, before: &Self) -> bool {
        discriminant(self) == discriminant(before)
    }
}

impl HealthCheck {
    /// A check of this kind with nothing else said of it.
    pub fn new(id: CheckId, kind: CheckKind, at: At) -> Self {
        Self { id, kind, inverted: false, disabled: false, forced: None, recovery: Recovery::default(), at }
    }

    /// The status that steers answers, given what the probes or children say (§5.6, C-24).
    ///
    /// ```text
    ///  raw ──► disabled? healthy ──► inverted? turned round ──► forced in the file? ──► override? ──► effective
    /// ```
    pub fn effective(&self, raw: Status, word: Option<Word>) -> Status {
        if let Some(imposed) = self.imposed(word) {
            return imposed;
        }
        let status = if self.disabled { Status::Healthy } else { raw };
        if self.inverted { status.inverse() } else { status }
    }

    /// The status that the operator imposes, by an override or else in the file; an override to obey is above the file.
    pub fn imposed(&self, word: Option<Word>) -> Option<Status> {
        word.map_or(self.forced, Word::status)
    }
}

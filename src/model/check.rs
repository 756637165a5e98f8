//! Health checks as the operator defines them, and the pure counting that turns outcomes into a status.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    /// The operator's word, above everything else; `None` obeys the probes.
    pub forced: Option<Status>,
    /// Where it is written.
    pub at: At,
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
    /// A state nobody here can measure (CLOUDWATCH_METRIC, RECOVERY_CONTROL): it stays as given until forced.
    Given {
        /// The state to assume.
        status: Status,
    },
}

/// An endpoint and how it is probed (§5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is asked.
    pub protocol: Protocol,
    /// Address literal or name to resolve at each probe (C-6).
    pub host: Arc<str>,
    /// 1..=65535.
    pub port: u16,
    /// From the response of one probe to the sending of the next (C-4); 1 s and up.
    pub interval: Duration,
    /// Time to connect: 4 s for HTTP (C-10), 10 s for TCP (C-9).
    pub connect_timeout: Duration,
    /// Time from connected to status line: 2 s (C-10).
    pub response_timeout: Duration,
    /// Consecutive contrary outcomes that flip a checker, 1..=10 (C-17).
    pub threshold: u8,
}

/// How an endpoint is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A connection is enough (C-9).
    Tcp,
    /// A GET answered with 2xx or 3xx (C-10).
    Http {
        /// Path and query, beginning with `/`.
        path: Arc<str>,
        /// The Host header's name when the endpoint is given by address (C-15).
        host_header: Option<Arc<str>>,
        /// A string that must lie within the first 5120 bytes of the body (C-12).
        search: Option<Arc<str>>,
    },
}

/// Healthy or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Status {
    Unhealthy,
    Healthy,
}

impl Status {
    /// From a truth value: true is healthy.
    pub fn from_healthy(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Unhealthy }
    }

    /// Whether it is healthy.
    pub fn is_healthy(self) -> bool {
        self == Self::Healthy
    }

    /// The other one.
    pub fn inverse(self) -> Self {
        Self::from_healthy(!self.is_healthy())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unhealthy => "unhealthy",
            Self::Healthy => "healthy",
        })
    }
}

impl HealthCheck {
    /// The status that steers answers, given what the probes or children say (§5.6, C-24).
    ///
    /// ```text
    ///  raw ──► disabled? healthy ──► inverted? turned round ──► forced? the operator's word ──► effective
    /// ```
    pub fn effective(&self, raw: Status) -> Status {
        if let Some(word) = self.forced {
            return word;
        }
        let status = if self.disabled { Status::Healthy } else { raw };
        if self.inverted { status.inverse() } else { status }
    }
}

/// One checker's view of an endpoint: flips after `needed` consecutive contrary outcomes (C-17).
///
/// ```text
///            contrary × needed
///   healthy ────────────────────► unhealthy
///      ▲                              │
///      └──────────────────────────────┘
///            contrary × needed            an agreeing outcome resets the run
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    status: Status,
    needed: u8,
    run: u8,
}

impl Threshold {
    /// A fresh checker: healthy until shown otherwise (C-18).
    pub fn new(needed: u8) -> Self {
        Self { status: Status::Healthy, needed: needed.max(1), run: 0 }
    }

    /// Counts one outcome; `Some` when the status flips.
    pub fn observe(&mut self, outcome: Status) -> Option<Status> {
        if outcome == self.status {
            self.run = 0;
            return None;
        }
        self.run += 1;
        if self.run < self.needed {
            return None;
        }
        self.run = 0;
        self.status = outcome;
        Some(outcome)
    }

    /// What the checker holds now.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The same view under another threshold; the run starts afresh.
    pub fn with_needed(&self, needed: u8) -> Self {
        Self { status: self.status, needed: needed.max(1), run: 0 }
    }
}

/// Whether enough of `total` checkers are healthy: more than `percent` of them (C-20, C-21).
pub fn quorum(healthy: usize, total: usize, percent: u8) -> Status {
    Status::from_healthy(healthy * 100 > total * usize::from(percent))
}

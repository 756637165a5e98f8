//! Counting: outcomes in a row make a checker's view (C-17), views make a verdict (C-20).

use super::Status;

/// Consecutive contrary outcomes that turn a checker: Route 53 has one number for both ways (C-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Failures that make it unhealthy, 1..=10.
    pub down: u8,
    /// Successes that make it healthy again, 1..=10.
    pub up: u8,
}

impl Thresholds {
    /// The same number both ways, as in Route 53.
    pub fn both(number: u8) -> Self {
        Self { down: number, up: number }
    }
}

/// One checker's view of an endpoint: flips after so many consecutive contrary outcomes (C-17).
///
/// ```text
///            failures × down
///   healthy ────────────────────► unhealthy
///      ▲                              │
///      └──────────────────────────────┘
///            successes × up               an agreeing outcome resets the run
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    status: Status,
    needed: Thresholds,
    run: u8,
}

impl Threshold {
    /// A fresh checker: healthy until shown otherwise (C-18).
    pub fn new(needed: Thresholds) -> Self {
        Self::starting(Status::Healthy, needed)
    }

    /// A checker that starts from a status known otherwise.
    pub fn starting(status: Status, needed: Thresholds) -> Self {
        Self { status, needed, run: 0 }
    }

    /// Counts one outcome; `Some` when the status flips.
    pub fn observe(&mut self, outcome: Status) -> Option<Status> {
        if outcome == self.status {
            self.run = 0;
            return None;
        }
        self.run += 1;
        let needed = match outcome {
            Status::Healthy => self.needed.up,
            Status::Unhealthy => self.needed.down,
        };
        if self.run < needed {
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

    /// The same view under other thresholds; the run starts afresh.
    pub fn with_needed(&self, needed: Thresholds) -> Self {
        Self::starting(self.status, needed)
    }
}

/// Whether enough of `total` checkers are healthy: more than `percent` of them (C-20, C-21).
pub fn quorum(healthy: usize, total: usize, percent: u8) -> Status {
    Status::from_healthy(healthy * 100 > total * usize::from(percent))
}

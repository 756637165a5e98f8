//! What is true at the moment of asking and counted elsewhere, as plain data.

use std::sync::Arc;
use std::time::Duration;

/// What is true at the moment of asking and not counted here.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// Zones served.
    pub zones: u64,
    /// How often a world was taken into use, the first included.
    pub serial: u64,
    /// Seconds since the world in use was loaded.
    pub age: f64,
    /// TCP connections open now, accepted and evicted since the start.
    pub connections: [u64; 3],
    /// What went wrong at the sockets since the start, by kind.
    pub troubles: Vec<(&'static str, u64)>,
    /// Every check and what it steers by.
    pub checks: Vec<CheckState>,
    /// Every webhook and what became of its messages.
    pub webhooks: Vec<WebhookState>,
    /// The fleet at work.
    pub probes: Probes,
}

/// One health check's state.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckState {
    /// Its id.
    pub id: Arc<str>,
    /// The status that steers answers.
    pub healthy: bool,
    /// The part of their weight its records have, 0 to 1.
    pub share: f64,
    /// Percentage of the checkers that can tell which hold it healthy (C-38); `None` where nobody votes or can tell.
    pub percent: Option<f64>,
    /// Children that are healthy, of a calculated check (C-38).
    pub children: Option<u64>,
    /// Each checker that can tell, and whether it holds the endpoint healthy.
    pub checkers: Vec<(Arc<str>, bool)>,
}

/// The probes of the whole fleet.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// Under way now.
    pub in_flight: u64,
    /// Due and waiting for their turn.
    pub overdue: u64,
    /// Those since the start that counted neither way.
    pub uncounted: u64,
    /// How late probes began.
    pub lateness: Durations,
    /// How long they took, by the name of the phase.
    pub phases: Vec<(&'static str, Durations)>,
}

/// Durations by bucket.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    /// Upper bounds of the buckets and how many fell into each, not cumulated.
    pub buckets: Vec<(Duration, u64)>,
    /// How many were longer than every bound.
    pub beyond: u64,
    /// All of them together.
    pub sum: Duration,
}

/// What became of one webhook's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookState {
    /// Its name.
    pub name: Arc<str>,
    /// Messages by outcome: sent, failed, dropped.
    pub outcomes: [u64; 3],
    /// Messages that wait.
    pub waiting: u64,
}

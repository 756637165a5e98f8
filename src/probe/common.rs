//! What all probes of a fleet share: where they may go, who finds names, TLS, and a voice for trouble of our own.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::finder::Finder;
use super::tls::Kit;
use crate::model::CheckId;
use crate::model::fleet::{Plan, Targets};

/// How often trouble of our own is told at most.
const EVERY: Duration = Duration::from_secs(10);

/// What probes share while the plan says so.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) targets: Targets,
    pub(super) finder: Finder,
    pub(super) kit: Kit,
    resolver: Option<SocketAddr>,
    trouble: Mutex<Trouble>,
}

#[derive(Debug, Default)]
struct Trouble {
    told: Option<Instant>,
    since: u64,
}

impl Common {
    /// What probes under this plan share.
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            targets: plan.targets.clone(),
            finder: Finder::new(plan.resolver),
            kit: Kit::new(),
            resolver: plan.resolver,
            trouble: Mutex::default(),
        }
    }

    /// Whether probes under this plan may share it.
    pub(super) fn serves(&self, plan: &Plan) -> bool {
        self.targets == plan.targets && self.resolver == plan.resolver
    }

    /// Logs that a probe could not be made, not too often.
    pub(super) fn tell(&self, check: &CheckId, error: &str) {
        if let Some(untold) = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).due(Instant::now()) {
            tracing::error!(%check, error, untold, "probes cannot be made; their checks become unknown, not unhealthy");
        }
    }
}

impl Trouble {
    /// How many were kept quiet since the last time, when it is time to speak again.
    fn due(&mut self, now: Instant) -> Option<u64> {
        if self.told.is_some_and(|told| now.duration_since(told) < EVERY) {
            self.since += 1;
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_at_once_and_then_not_too_often() {
        let mut trouble = Trouble::default();
        let now = Instant::now();
        assert_eq!(trouble.due(now), Some(0));
        assert_eq!([trouble.due(now), trouble.due(now + EVERY / 2)], [None; 2]);
        assert_eq!(trouble.due(now + EVERY), Some(2));
    }
}

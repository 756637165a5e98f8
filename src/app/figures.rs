//! Health as metrics see it: what the table, the board and the fleet know, made plain.

use std::time::Duration;

use crate::health::{Board, View};
use crate::metrics::{CheckState, Durations, Probes};
use crate::model::HealthCheck;
use crate::model::check::{CheckKind, FULL_SHARE};
use crate::probe::{BUCKETS, Figures, Histogram};
use crate::snapshot::World;

/// Every check of the world in use.
pub(super) fn checks(world: &World, board: &Board) -> Vec<CheckState> {
    let views = board.views();
    let checks = &world.snapshot.checks;
    let view = |check: &HealthCheck| {
        let at = views.binary_search_by(|view| view.check.id.cmp(&check.id)).ok()?;
        views.get(at)
    };
    checks
        .iter()
        .map(|(slot, check)| {
            let view = view(check);
            let standing = view.and_then(|view| view.ballot.standing()).filter(|standing| standing.total > 0);
            CheckState {
                id: check.id.0.clone(),
                healthy: world.health.status(slot).is_healthy(),
                share: f64::from(world.health.share(slot)) / f64::from(FULL_SHARE),
                percent: standing.map(|standing| standing.healthy as f64 / standing.total as f64 * 100.0),
                children: children(world, check),
                checkers: view.map_or_else(Vec::new, checkers),
            }
        })
        .collect()
}

fn children(world: &World, check: &HealthCheck) -> Option<u64> {
    let CheckKind::Calculated { children, .. } = &check.kind else { return None };
    let healthy = |slot| world.health.status(slot).is_healthy();
    Some(children.iter().filter(|id| world.snapshot.checks.slot(id).is_some_and(healthy)).count() as u64)
}

/// Checkers that have looked and can tell.
fn checkers(view: &View) -> Vec<(std::sync::Arc<str>, bool)> {
    let told = view.ballot.casts().filter(|(_, cast)| !cast.unknown && cast.vote.is_some());
    told.map(|(name, cast)| (name.clone(), view.ballot.holds(cast).is_healthy())).collect()
}

/// The fleet at work.
pub(super) fn probes(figures: &Figures) -> Probes {
    let phases = [
        ("lookup", &figures.lookup),
        ("connect", &figures.connect),
        ("tls", &figures.tls),
        ("first_byte", &figures.first_byte),
        ("body", &figures.body),
        ("whole", &figures.whole),
    ];
    Probes {
        in_flight: figures.in_flight(),
        overdue: figures.overdue(),
        uncounted: figures.uncounted(),
        lateness: durations(&figures.lateness),
        phases: phases.map(|(name, histogram)| (name, durations(histogram))).into(),
    }
}

fn durations(histogram: &Histogram) -> Durations {
    let counts = histogram.counts();
    let buckets = BUCKETS.iter().zip(counts).map(|(bound, count)| (Duration::from_millis(*bound), count)).collect();
    Durations { buckets, beyond: counts[BUCKETS.len()], sum: histogram.sum() }
}

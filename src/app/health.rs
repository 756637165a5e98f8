//! Health as the operator is shown it, as JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::watch::Watch;
use crate::health::{Cast, View};
use crate::model::check::{CheckKind, FULL_SHARE};
use crate::model::fleet::Plan;
use crate::probe::Phases;
use crate::snapshot::World;

/// Every check: its status, what decides it, the votes on it.
pub(super) fn checks(world: &World, watch: &Watch, plan: &Plan) -> Value {
    let views = watch.board.views();
    let checks: Vec<_> = views.iter().filter_map(|view| check(world, view, plan)).collect();
    json!({ "ok": true, "checks": checks })
}

/// One check; `None` for one that the world in use does not have.
pub(super) fn check(world: &World, view: &View, plan: &Plan) -> Option<Value> {
    let check = &view.check;
    let slot = world.snapshot.checks.slot(&check.id)?;
    let kind = match &check.kind {
        CheckKind::Endpoint(_) => "endpoint",
        CheckKind::Calculated { .. } => "calculated",
        CheckKind::Alarm(_) => "alarm",
        CheckKind::Given { .. } => "given",
    };
    let standing = view.ballot.standing();
    let casts: Vec<_> = view.ballot.casts().collect();
    let sum = |count: fn(&Cast) -> u64| casts.iter().map(|(_, cast)| count(cast)).sum::<u64>();
    let last_failure = casts.iter().filter_map(|(_, cast)| cast.failure.as_ref()).max_by_key(|vote| vote.at);
    let votes: Vec<_> = casts.iter().map(|(name, cast)| vote(name, cast, view, plan)).collect();
    Some(json!({
        "id": &*check.id.0,
        "kind": kind,
        "status": world.health.status(slot).to_string(),
        "raw": world.health.raw(slot).to_string(),
        "share": f64::from(world.health.share(slot)) / f64::from(FULL_SHARE),
        "decided": standing.is_none_or(|standing| standing.proven),
        "degraded": standing.is_some_and(|standing| standing.degraded),
        "disabled": check.disabled,
        "inverted": check.inverted,
        "forced": world.health.word(slot).or(check.forced).map(|status| status.to_string()),
        "latched": view.latched,
        "slow_start_percent": view.slow_start,
        "since": view.turned.as_ref().map(|(at, _)| seconds(*at)),
        "reason": view.turned.as_ref().map(|(_, reason)| reason.clone()),
        "healthy_votes": standing.map(|standing| standing.healthy),
        "counted_votes": standing.map(|standing| standing.total),
        "healthy_percent": standing.map(|_| view.ballot.percent()),
        "probes": standing.map(|_| sum(|cast| cast.probes)),
        "failures": standing.map(|_| sum(|cast| cast.failures)),
        "last_failure": last_failure.map(|vote| vote.report.to_string()),
        "votes": votes,
    }))
}

fn vote(name: &str, cast: &Cast, view: &View, plan: &Plan) -> Value {
    let region = plan.checkers.iter().find(|checker| *checker.name == *name).and_then(|checker| checker.region.clone());
    let status = match cast.unknown {
        true => "unknown".to_owned(),
        false => cast.holds().to_string(),
    };
    let next = match (&cast.vote, &view.check.kind) {
        (Some(vote), CheckKind::Endpoint(endpoint)) => Some(seconds(vote.at + endpoint.interval)),
        _ => None,
    };
    let vote = cast.vote.as_ref();
    json!({
        "checker": name,
        "region": region.as_deref(),
        "status": status,
        "proven": vote.is_some_and(|vote| vote.proven),
        "contrary": vote.map(|vote| vote.contrary.0),
        "threshold": vote.map(|vote| vote.contrary.1),
        "at": vote.map(|vote| seconds(vote.at)),
        "outcome": vote.map(|vote| vote.report.to_string()),
        "degraded": vote.and_then(|vote| vote.report.degraded.as_deref()),
        "milliseconds": vote.map(|vote| phases(vote.report.took, &vote.report.phases)),
        "next": next,
        "probes": cast.probes,
        "failures": cast.failures,
        "last_failure": cast.failure.as_ref().map(|vote| vote.report.to_string()),
        "last_failure_at": cast.failure.as_ref().map(|vote| seconds(vote.at)),
    })
}

/// What a probe and its parts took, in milliseconds.
pub(super) fn phases(took: Duration, phases: &Phases) -> Value {
    let millis = |took: Duration| (took.as_secs_f64() * 1e6).round() / 1e3;
    let Phases { lookup, connect, tls, first_byte, body } = phases;
    json!({
        "whole": millis(took),
        "lookup": lookup.map(millis),
        "connect": connect.map(millis),
        "tls": tls.map(millis),
        "first_byte": first_byte.map(millis),
        "body": body.map(millis),
    })
}

/// Seconds since 1970, with milliseconds.
pub(super) fn seconds(at: SystemTime) -> f64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as f64 / 1e3
}

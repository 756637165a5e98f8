//! Health as the operator is shown it, as JSON and in words.

use std::sync::Arc;

use serde_json::{Value, json};

use super::watch::Watch;
use crate::health::overrides::{Override, Overrides};
use crate::health::stamp::Stamp;
use crate::health::turn::{Child, Seen, children, count};
use crate::health::{Cast, View};
use crate::model::check::{CheckKind, FULL_SHARE, Pattern};
use crate::model::fleet::Plan;
use crate::model::{CheckId, HealthCheck};
use crate::snapshot::World;

/// What a check is shown from.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) watch: &'a Watch,
    pub(super) plan: &'a Plan,
    pub(super) overrides: Overrides,
}

impl Scene<'_> {
    /// Every check that is meant: its status, what decides it, the votes on it.
    pub(super) fn checks(&self, pattern: Option<&Pattern>) -> Value {
        let is_meant = |view: &&View| pattern.is_none_or(|pattern| pattern.matches(&view.check.id));
        let views = self.watch.board.views();
        let checks: Vec<_> = views.iter().filter(is_meant).filter_map(|view| self.check(view)).collect();
        json!({ "ok": true, "now": Stamp::now(), "checks": checks })
    }

    /// One check; `None` for one that the world in use does not have.
    pub(super) fn check(&self, view: &View) -> Option<Value> {
        let check = &view.check;
        let slot = self.world.snapshot.checks.slot(&check.id)?;
        let health = &self.world.health;
        let standing = view.ballot.standing();
        let casts: Vec<_> = view.ballot.casts().collect();
        let sum = |count: fn(&Cast) -> u64| casts.iter().map(|(_, cast)| count(cast)).sum::<u64>();
        let last_failure = casts.iter().filter_map(|(_, cast)| cast.failure.as_ref()).max_by_key(|vote| vote.at);
        let next = casts.iter().filter_map(|(name, _)| self.next(check, name)).min();
        let votes: Vec<_> = casts.iter().map(|(name, cast)| self.vote(view, name, cast)).collect();
        Some(json!({
            "id": &*check.id.0,
            "kind": kind(check),
            "status": health.status(slot).to_string(),
            "raw": health.raw(slot).to_string(),
            "share": f64::from(health.share(slot)) / f64::from(FULL_SHARE),
            "decided": standing.is_none_or(|standing| standing.proven),
            "degraded": standing.is_some_and(|standing| standing.degraded),
            "degraded_reason": view.ballot.worn().filter(|_| standing.is_some_and(|standing| standing.degraded)),
            "disabled": check.disabled,
            "inverted": check.inverted,
            "forced": check.imposed(health.word(slot)).map(|status| status.to_string()),
            "override": self.overrides.of(&check.id),
            "latched": health.is_held(slot),
            "slow_start_percent": view.slow_start.filter(|_| health.share(slot) < FULL_SHARE),
            "since": view.turned.as_ref().map(|(at, _)| at),
            "reason": view.turned.as_ref().map(|(_, turn)| &turn.reason),
            "cause": view.turned.as_ref().map(|(_, turn)| turn.cause),
            "healthy_votes": standing.map(|standing| standing.healthy),
            "counted_votes": standing.map(|standing| standing.total),
            "healthy_percent": standing.map(|_| view.ballot.percent()),
            "children": self.children(view),
            "needs": needs(check),
            "probes": standing.map(|_| sum(|cast| cast.probes)),
            "failures": standing.map(|_| sum(|cast| cast.failures)),
            "last_failure": last_failure.map_or_else(|| spotless(check, &casts), |vote| Some(vote.report.to_string())),
            "last_failure_at": last_failure.map(|vote| Stamp::from(vote.at)),
            "next": next,
            "votes": votes,
        }))
    }

    /// What stands behind a check's status, in words.
    pub(super) fn words(&self, check: &CheckId) -> Option<String> {
        let view = self.watch.board.view(check)?;
        let slot = self.world.snapshot.checks.slot(check)?;
        let is_healthy = self.world.health.status(slot).is_healthy();
        let mut words = Vec::new();
        match (&view.check.kind, view.ballot.standing()) {
            (CheckKind::Calculated { threshold, .. }, _) => words.push(count(&self.children(&view), *threshold)),
            (CheckKind::Given { status }, _) => words.push(format!("given as {status}")),
            (CheckKind::Endpoint(_), Some(standing)) => {
                let (healthy, total, percent) = (standing.healthy, standing.total, view.ballot.percent());
                words.push(format!("{healthy} of {total} checkers healthy, needs more than {percent} %"));
                words.extend(self.votes(&view));
                if !standing.proven {
                    words.push("not every checker has looked yet".to_owned());
                }
            }
            (CheckKind::Alarm(_), Some(_)) => {
                let said = view.ballot.casts().find_map(|(_, cast)| cast.vote.as_ref());
                words.push(said.map_or_else(|| "nothing heard yet".to_owned(), |vote| vote.report.to_string()));
            }
            (CheckKind::Endpoint(_) | CheckKind::Alarm(_), None) => {}
        }
        let last = view.ballot.casts().filter_map(|(_, cast)| cast.failure.as_ref()).max_by_key(|vote| vote.at);
        if let (false, CheckKind::Endpoint(_), Some(vote)) = (is_healthy, &view.check.kind, last) {
            words.push(format!("last failure: {}", failure(&vote.report.to_string())));
        }
        words.extend(flags(&view, self.world.health.is_held(slot)));
        words.extend(self.overrides.of(check).map(override_words));
        Some(words.join("; "))
    }

    /// What each checker is counted for, on one line; `None` where one would say no more than the count.
    fn votes(&self, view: &View) -> Option<String> {
        let told: Vec<_> = view
            .ballot
            .casts()
            .map(|(name, cast)| {
                let seen = Seen::new(name, cast, &view.ballot, self.plan);
                let supposed = if seen.proven || cast.unknown { "" } else { ", not looked yet" };
                format!("{name} {}{supposed}", seen.status)
            })
            .collect();
        (told.len() > 1).then(|| told.join(", "))
    }

    /// What a checker is counted for, with what it counts.
    fn vote(&self, view: &View, name: &Arc<str>, cast: &Cast) -> Value {
        let seen = Seen::new(name, cast, &view.ballot, self.plan);
        let last_failure = seen.last_failure.clone().or_else(|| spotless(&view.check, &[(name, cast)]));
        let mut shown = json!(seen);
        if let Some(object) = shown.as_object_mut() {
            let vote = cast.vote.as_ref();
            object.insert("contrary".to_owned(), json!(vote.map(|vote| vote.contrary.0)));
            object.insert("threshold".to_owned(), json!(vote.map(|vote| vote.contrary.1)));
            object.insert("last_failure".to_owned(), json!(last_failure));
            object.insert("next".to_owned(), json!(self.next(&view.check, name)));
            object.insert("probes".to_owned(), json!(cast.probes));
            object.insert("failures".to_owned(), json!(cast.failures));
        }
        shown
    }

    /// When a checker looks next, about.
    fn next(&self, check: &HealthCheck, checker: &str) -> Option<Stamp> {
        self.watch.fleet.due(&check.id, checker).map(Stamp::from)
    }

    fn children(&self, view: &View) -> Vec<Child> {
        let checks = &self.world.snapshot.checks;
        children(view, |check| checks.slot(check).map(|slot| self.world.health.status(slot)))
    }
}

/// What else bears on a check.
fn flags(view: &View, is_held: bool) -> Vec<String> {
    let check = &view.check;
    let told = [
        (check.disabled, "disabled".to_owned()),
        (check.inverted, "inverted".to_owned()),
        (is_held, "held unhealthy until failback".to_owned()),
        (view.ballot.standing().is_some_and(|standing| standing.degraded), "degraded".to_owned()),
        (
            check.forced.is_some(),
            format!("forced {} in its file", check.forced.map_or("", |to| if to.is_healthy() { "up" } else { "down" })),
        ),
        (view.slow_start.is_some(), format!("slow start at {} %", view.slow_start.unwrap_or_default())),
    ];
    told.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
}

fn override_words(word: &Override) -> String {
    let until = word.expires.map_or_else(|| "until cleared".to_owned(), |expires| format!("until {expires}"));
    format!("override {} by {} {until}: {}", word.word, word.owner, word.reason)
}

/// A failure without the word that says it is one.
fn failure(report: &str) -> &str {
    report.strip_prefix("Failure: ").unwrap_or(report)
}

fn kind(check: &HealthCheck) -> &'static str {
    match &check.kind {
        CheckKind::Endpoint(_) => "endpoint",
        CheckKind::Calculated { .. } => "calculated",
        CheckKind::Alarm(_) => "alarm",
        CheckKind::Given { .. } => "given",
    }
}

fn needs(check: &HealthCheck) -> Option<u16> {
    match &check.kind {
        CheckKind::Calculated { threshold, .. } => Some(*threshold),
        CheckKind::Endpoint(_) | CheckKind::Alarm(_) | CheckKind::Given { .. } => None,
    }
}

/// What C-36 says of an endpoint that has not failed, since the last of its checkers began to look.
fn spotless(check: &HealthCheck, casts: &[(&Arc<str>, &Cast)]) -> Option<String> {
    let CheckKind::Endpoint(_) = &check.kind else { return None };
    let since = casts.iter().map(|(_, cast)| cast.called).max()?;
    Some(format!(
        "The health check endpoint has not failed since the Waymark health checker for this endpoint restarted at {since}"
    ))
}

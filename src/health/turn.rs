//! A change of a check's effective status, with the evidence it rests on.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stamp::Stamp;
use super::{Ballot, Cast, View, spoken};
use crate::model::CheckId;
use crate::model::check::{CheckKind, Status};
use crate::model::fleet::Plan;
use crate::probe::{Phases, Report};

/// What made a check turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// What checkers vote, or that they stopped.
    Votes,
    /// The checks that a calculated one counts.
    Children,
    /// Another definition of it.
    Definition,
    /// An operator's word, or that it was taken back.
    Override,
    /// The end of an operator's word.
    Expiry,
    /// The operator's failback.
    Failback,
    /// What was known before a restart.
    Restart,
}

/// A change of a check's effective status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The check.
    #[serde(with = "spoken")]
    pub check: CheckId,
    /// What it was.
    #[serde(with = "spoken")]
    pub from: Status,
    /// What it is.
    #[serde(with = "spoken")]
    pub to: Status,
    /// What kind of thing made it turn.
    pub cause: Cause,
    /// What made it turn, in words.
    pub reason: String,
    /// What each of its checkers held, and saw last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Seen>,
    /// What the checks were that it counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Child>,
}

/// What a checker held, and saw last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Who.
    pub checker: Arc<str>,
    /// Its Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Arc<str>>,
    /// `healthy`, `unhealthy`, or `unknown`.
    pub status: String,
    /// Whether probes had shown it (C-18).
    pub proven: bool,
    /// When its last probe ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Stamp>,
    /// What that found, in the words of §5.8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What is wrong with it all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<Arc<str>>,
    /// What it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<Millis>,
    /// What its last failure was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Stamp>,
}

/// What a probe and its parts took, in milliseconds (C-38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Millis {
    /// From the start to the outcome.
    pub whole: f64,
    /// Looking the name up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<f64>,
    /// Until the connection stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<f64>,
    /// The TLS handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<f64>,
    /// From the request to the first byte of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<f64>,
    /// Reading the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<f64>,
}

/// A check that another counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Its id.
    #[serde(with = "spoken")]
    pub check: CheckId,
    /// Its effective status.
    #[serde(with = "spoken")]
    pub status: Status,
}

impl Turn {
    /// The turn of a check, with what `view` knows of it now; `status` tells the status of the checks it counts.
    pub fn new(
        view: &View,
        plan: &Plan,
        to: Status,
        cause: Cause,
        reason: &str,
        status: impl Fn(&CheckId) -> Option<Status>,
    ) -> Self {
        let children = children(view, status);
        let reason = match (cause, &view.check.kind) {
            (Cause::Children, CheckKind::Calculated { threshold, .. }) => count(&children, *threshold),
            _ => reason.to_owned(),
        };
        let votes = view.ballot.casts().map(|(name, cast)| Seen::new(name, cast, &view.ballot, plan)).collect();
        Self { check: view.check.id.clone(), from: to.inverse(), to, cause, reason, votes, children }
    }
}

/// The checks that a calculated one counts, as they are; a child that is gone counts as unhealthy (C-25).
pub fn children(view: &View, status: impl Fn(&CheckId) -> Option<Status>) -> Vec<Child> {
    let CheckKind::Calculated { children, .. } = &view.check.kind else { return Vec::new() };
    let child = |id: &CheckId| Child { check: id.clone(), status: status(id).unwrap_or(Status::Unhealthy) };
    children.iter().map(child).collect()
}

/// How many of the children are healthy, in words.
pub fn count(children: &[Child], threshold: u16) -> String {
    let healthy = children.iter().filter(|child| child.status.is_healthy()).count();
    format!("{healthy} of {} children healthy, needs {threshold}", children.len())
}

impl Seen {
    /// What a checker is counted for on a ballot now.
    pub fn new(name: &Arc<str>, cast: &Cast, ballot: &Ballot, plan: &Plan) -> Self {
        let region = plan.checkers.iter().find(|checker| checker.name == *name);
        let status = match cast.unknown {
            true => "unknown".to_owned(),
            false => ballot.holds(cast).to_string(),
        };
        let vote = cast.vote.as_ref();
        Self {
            checker: name.clone(),
            region: region.and_then(|checker| checker.region.clone()),
            status,
            proven: vote.is_some_and(|vote| vote.proven),
            at: vote.map(|vote| vote.at.into()),
            outcome: vote.map(|vote| vote.report.to_string()),
            degraded: vote.and_then(|vote| vote.degraded.clone()),
            milliseconds: vote.map(|vote| Millis::of(&vote.report)),
            last_failure: cast.failure.as_ref().map(|vote| vote.report.to_string()),
            last_failure_at: cast.failure.as_ref().map(|vote| vote.at.into()),
        }
    }
}

impl Millis {
    /// What a probe took.
    pub fn of(report: &Report) -> Self {
        let millis = |took: Duration| (took.as_secs_f64() * 1e6).round() / 1e3;
        let Phases { lookup, connect, tls, first_byte, body } = report.phases;
        Self {
            whole: millis(report.took),
            lookup: lookup.map(millis),
            connect: connect.map(millis),
            tls: tls.map(millis),
            first_byte: first_byte.map(millis),
            body: body.map(millis),
        }
    }
}

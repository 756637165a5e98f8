//! What a webhook is told of one transition, in each of its forms.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::health::{Cast, View};
use crate::model::check::{CheckKind, Status};
use crate::model::fleet::WebhookForm;
use crate::model::{CheckId, moment};

/// Everything told of one transition.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Unique among all messages of all servers; the same at every webhook and attempt.
    pub(super) id: String,
    /// When the check turned.
    pub(super) at: SystemTime,
    /// The same on the clock that patience is measured by.
    pub(super) begun: Instant,
    /// The check.
    pub(super) check: CheckId,
    /// `endpoint`, `calculated`, `alarm` or `given`.
    pub(super) kind: &'static str,
    /// What it is now; it was the other.
    pub(super) to: Status,
    /// What decided it.
    pub(super) reason: String,
    /// Voters that hold it healthy, and voters that count; `None` where nobody votes.
    pub(super) counts: Option<(usize, usize)>,
    /// The votes, by voter.
    pub(super) votes: Vec<Voice>,
}

/// One vote as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Voice {
    /// Who voted.
    pub(super) checker: String,
    /// `healthy`, `unhealthy` or `unknown`.
    pub(super) status: String,
    /// What its latest probe found; `None` before the first.
    pub(super) outcome: Option<String>,
}

impl Message {
    pub(super) fn new(id: String, at: SystemTime, begun: Instant, view: &View, to: Status, reason: &str) -> Self {
        let voice = |(name, cast): (&Arc<str>, &Cast)| Voice {
            checker: name.to_string(),
            status: if cast.unknown { "unknown".to_owned() } else { cast.holds().to_string() },
            outcome: cast.vote.as_ref().map(|vote| vote.report.to_string()),
        };
        Self {
            id,
            at,
            begun,
            check: view.check.id.clone(),
            kind: match &view.check.kind {
                CheckKind::Endpoint(_) => "endpoint",
                CheckKind::Calculated { .. } => "calculated",
                CheckKind::Alarm(_) => "alarm",
                CheckKind::Given { .. } => "given",
            },
            to,
            reason: reason.to_owned(),
            counts: view.ballot.standing().map(|standing| (standing.healthy, standing.total)),
            votes: view.ballot.casts().map(voice).collect(),
        }
    }

    /// The body that is posted.
    pub(super) fn body(&self, form: WebhookForm) -> String {
        match form {
            WebhookForm::Json => self.json().to_string(),
            WebhookForm::Text => json!({ "text": self.text() }).to_string(),
        }
    }

    fn json(&self) -> Value {
        let millis = self.at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let vote = |Voice { checker, status, outcome }: &Voice| json!({ "checker": checker, "status": status, "outcome": outcome });
        let votes: Option<Value> = self.counts.map(|(healthy, counted)| {
            let each: Vec<_> = self.votes.iter().map(vote).collect();
            json!({ "healthy": healthy, "counted": counted, "each": each })
        });
        json!({
            "id": self.id,
            "time": moment::written(millis),
            "event": "transition",
            "check": &*self.check.0,
            "kind": self.kind,
            "from": self.to.inverse().to_string(),
            "to": self.to.to_string(),
            "reason": self.reason,
            "votes": votes,
            "server": { "name": "waymark", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn text(&self) -> String {
        let votes = match self.counts {
            Some((healthy, counted)) if counted > 1 => format!(" ({healthy} of {counted} checkers hold it healthy)"),
            _ => String::new(),
        };
        let text = format!("{} is {}: {}{votes}", self.check, self.to, self.reason);
        // In chats `<` begins mentions and links, and an endpoint has a say in these words.
        text.chars().map(|c| if c == '<' { '‹' } else { c }).filter(|c| !c.is_control()).collect()
    }
}

//! What a webhook is told of one turn, in each of its forms.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use crate::health::stamp::Stamp;
use crate::health::turn::Turn;
use crate::model::fleet::WebhookForm;

/// Everything told of one turn.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Unique among all messages of all servers; the same at every webhook and attempt.
    pub(super) id: String,
    /// When the check turned.
    pub(super) at: Stamp,
    /// The same on the clock that patience is measured by.
    pub(super) begun: Instant,
    /// The turn.
    pub(super) turn: Arc<Turn>,
}

/// The JSON form: as the history has it, with who tells it and an id.
#[derive(Serialize)]
struct Told<'a> {
    id: &'a str,
    at: Stamp,
    event: &'static str,
    #[serde(flatten)]
    turn: &'a Turn,
    server: Server,
}

#[derive(Serialize)]
struct Server {
    name: &'static str,
    version: &'static str,
}

impl Message {
    /// The body that is posted.
    pub(super) fn body(&self, form: WebhookForm) -> Result<String, serde_json::Error> {
        match form {
            WebhookForm::Json => {
                let server = Server { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
                let (id, at, turn) = (&*self.id, self.at, &*self.turn);
                serde_json::to_string(&Told { id, at, event: "turned", turn, server })
            }
            WebhookForm::Text => Ok(json!({ "text": self.text() }).to_string()),
        }
    }

    fn text(&self) -> String {
        let Turn { check, to, reason, votes, .. } = &*self.turn;
        let healthy = votes.iter().filter(|seen| seen.status == "healthy").count();
        let votes = match votes.len() {
            0 | 1 => String::new(),
            count => format!(" ({healthy} of {count} checkers hold it healthy)"),
        };
        let text = format!("{check} is {to}: {reason}{votes}");
        // In chats `<` begins mentions and links, and an endpoint has a say in these words.
        text.chars().map(|c| if c == '<' { '‹' } else { c }).filter(|c| !c.is_control()).collect()
    }
}

//! What the history is made of: turns of checks and words of operators, one JSON object a line.

use serde::{Deserialize, Serialize};

use super::overrides::Override;
use super::spoken;
use super::stamp::Stamp;
use super::turn::Turn;
use crate::model::CheckId;
use crate::model::check::Pattern;

/// An event and when it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Stamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// A server began, with so much kept from before.
    Started {
        /// Its version.
        version: String,
        /// Overrides in force.
        overrides: usize,
        /// Checks held unhealthy until failback.
        latched: usize,
    },
    /// A check's effective status changed.
    Turned(Turn),
    /// An operator's word was set.
    Override(Override),
    /// An operator's word was taken back.
    Clear {
        /// The word.
        cleared: Override,
        /// Who took it back.
        owner: String,
    },
    /// An operator's word came to its end.
    Expiry(Override),
    /// An operator let a check obey its votes again.
    Failback {
        /// The check.
        #[serde(with = "spoken")]
        check: CheckId,
        /// Who.
        owner: String,
    },
    /// Turns that could not be written in time, or at all.
    Lost {
        /// How many.
        turns: u64,
    },
}

impl Event {
    /// Whether it tells of a check among those meant; what concerns every check always does.
    pub fn concerns(&self, pattern: &Pattern) -> bool {
        let said = |word: &Override| word.pattern.meets(pattern);
        match self {
            Self::Started { .. } | Self::Lost { .. } => true,
            Self::Turned(turn) => pattern.matches(&turn.check),
            Self::Failback { check, .. } => pattern.matches(check),
            Self::Override(word) | Self::Expiry(word) | Self::Clear { cleared: word, .. } => said(word),
        }
    }
}

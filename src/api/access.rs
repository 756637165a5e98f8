//! The keys that requests are signed with, and what their holders may.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::model::fleet::Secret;
use crate::route53::{ApiError, Code, Rights};

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What requests name it by: the access key id.
    pub id: String,
    /// What requests are signed with: the secret access key.
    pub secret: Secret,
    /// What the operator calls its holder.
    pub name: Arc<str>,
    /// What its holder may.
    pub rights: Rights,
}

/// Who is let in.
#[derive(Debug)]
pub enum Access {
    /// Whoever reaches the listener; they may everything.
    Open,
    /// Who shows one of these keys; reloads exchange them.
    Keys(ArcSwap<Vec<Key>>),
}

impl Access {
    /// Access by these keys.
    pub fn by_keys(keys: Vec<Key>) -> Self {
        Self::Keys(ArcSwap::from_pointee(keys))
    }

    /// Takes other keys into use.
    pub fn exchange(&self, keys: Vec<Key>) {
        if let Self::Keys(held) = self {
            held.store(Arc::new(keys));
        }
    }

    /// The key of this id, once access is by keys.
    pub(super) fn find(&self, id: &str) -> Result<Key, ApiError> {
        let keys = match self {
            Self::Open => None,
            Self::Keys(keys) => Some(keys.load()),
        };
        let found = keys.and_then(|keys| keys.iter().find(|key| key.id == id).cloned());
        found.ok_or_else(|| {
            ApiError::new(Code::InvalidClientTokenId, "The security token included in the request is invalid.")
        })
    }
}

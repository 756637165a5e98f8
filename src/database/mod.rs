//! Where what API clients make is kept: keys with JSON documents, changed by batches, each of which gets a revision.
//!
//! ```text
//!  apply(writes, audit, expected) ─► one transaction ─► on disk ─► revision      watch(from) ─► what each batch did
//! ```
//!
//! A batch is there whole or not at all, and it is durable before its revision is told. Nothing here knows what the
//! documents mean: `account` makes and reads them.

mod sqlite;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::model::Problem;

pub use sqlite::{FILE, Sqlite};

/// How many batches a store has taken: 0 while it has taken none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One document set or taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which document: words with slashes between, as `rrset/Z1/www.example.com./A/blue`.
    pub key: String,
    /// JSON text; `None` deletes, also what is not there.
    pub value: Option<String>,
}

impl Write {
    /// The document of `key` becomes `value`.
    pub fn set(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: Some(value.into()) }
    }

    /// The document of `key` goes.
    pub fn delete(key: impl Into<String>) -> Self {
        Self { key: key.into(), value: None }
    }
}

/// Who made a batch, when, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The access key's id, or the operator's name.
    pub who: String,
    /// The operation, as `ChangeResourceRecordSets`.
    pub operation: String,
    /// The id of the request, as the client got it in `x-amzn-RequestId`.
    pub request: String,
    /// Milliseconds since the Unix epoch.
    pub at: i64,
    /// The ids of the hosted zones the batch touched.
    pub zones: Vec<String>,
}

/// What a batch did to one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which document.
    pub key: String,
    /// Its JSON text before; `None` where there was none.
    pub before: Option<String>,
    /// Its JSON text after; `None` where it is gone.
    pub after: Option<String>,
}

/// One batch, as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The batch's number.
    pub revision: Revision,
    /// Who, when, by what.
    pub audit: Audit,
    /// What it did, in the order of its writes.
    pub changes: Vec<Change>,
}

/// Every document by key, and the revision they are of.
pub type Loaded = (Revision, Vec<(String, String)>);

/// A place that keeps documents. One process writes; whoever else keeps a copy follows by [`Store::watch`].
pub trait Store: Send {
    /// Every document there is, ordered by key.
    ///
    /// # Errors
    /// The store cannot be read.
    fn load(&self) -> Result<Loaded, StoreError>;

    /// Carries out a batch, whole or not at all; it is durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where `expected` is not the last revision, or the store cannot be written. The batch has
    /// not happened then; only one whose fate the store itself cannot tell may be found whole after a restart.
    fn apply(&mut self, writes: &[Write], audit: &Audit, expected: Revision) -> Result<Revision, StoreError>;

    /// Every batch after `from`, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    fn watch(&self, from: Revision) -> Result<Vec<Entry>, StoreError>;

    /// The batches after `from` that touched a zone, by the id in [`Audit::zones`], in order; only the `last` of them where
    /// that is given.
    ///
    /// # Errors
    /// The store cannot be read.
    fn history(&self, zone: &str, from: Revision, last: Option<u64>) -> Result<Vec<Entry>, StoreError>;
}

/// Why a store did not do what it was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Someone else was first.
    #[error("revision {expected} was to be the last and {last} is; read the store again and judge the change anew")]
    Conflict {
        /// What the caller took for the last revision.
        expected: Revision,
        /// What it is.
        last: Revision,
    },
    /// The store is not as it must be.
    #[error("{problem}")]
    Trouble {
        /// What kind of trouble it is.
        trouble: Trouble,
        /// What is wrong with which file, and how to mend it.
        problem: Problem,
    },
}

/// What can be wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room for more; it goes on once there is.
    Full,
    /// It can be read and not written.
    ReadOnly,
    /// Another process holds it.
    Busy,
    /// Its bytes are not what was written.
    Corrupt,
    /// A newer version of Waymark wrote it.
    Newer,
    /// Something else wrote it.
    Foreign,
    /// The system refused for another reason.
    Failed,
}

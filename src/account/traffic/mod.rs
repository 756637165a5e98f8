//! Traffic policies: documents, what they compile to, versions and instances (spec §6).
//!
//! ```text
//!  document (JSON) ── parse ─► Document: checked, every reference known ── group ─► RecordGroup with a Tree
//!  policy: versions, kept; instance: which version stands at which name ── a record set of its zone shows it
//! ```

mod compile;
mod document;
pub mod instance;
mod json;
mod place;
pub mod policy;
mod rule;
#[cfg(test)]
#[allow(clippy::needless_pass_by_value, reason = "what json! makes is given away")]
mod tests;

pub use compile::Origin;
pub use document::{Document, Endpoint, Format, Kind, Link, Reference, Rule};

//! Traffic policies: documents, what they compile to, versions and instances (spec §6).
//!
//! ```text
//!  document (JSON) ── parse ─► Document: checked, every reference known ── group ─► RecordGroup with a Tree
//! ```

mod compile;
mod document;
mod json;
mod place;
mod rule;
#[cfg(test)]
mod tests;

pub use compile::Instance;
pub use document::{Document, Endpoint, Format, Kind, Link, Reference, Rule};

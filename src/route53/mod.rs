//! The Route 53 API of 2013-04-01 as values: structures, operations and their routes, errors; XML in and out.
//!
//! No behaviour. `types.rs`, `shapes.rs` and `operations.rs` are written by `tools/route53/generate.py` from the
//! model; the structures serialise to the JSON that the AWS CLI prints. A request is found by [`Operation::find`]
//! and read by [`read()`] into the structure of its operation; what that answers, [`write()`] turns into XML.

mod caller;
mod element;
mod error;
mod operation;
#[rustfmt::skip]
#[allow(missing_docs, reason = "the names are the model's own")]
mod operations;
mod read;
mod shape;
#[rustfmt::skip]
mod shapes;
#[cfg(test)]
mod tests;
#[rustfmt::skip]
#[allow(missing_docs, reason = "the names are the model's own")]
mod types;
mod write;

pub use caller::{Caller, Rights};
pub use element::{DEEPEST, Element, MOST};
pub use error::ApiError;
pub use operation::{Asked, Input, Method, Route, parameters};
pub use operations::{Code, Operation};
pub use read::read;
pub use shape::{Form, Member, Place, Shape, bare_id};
pub use types::*;
pub use write::{Answer, write};

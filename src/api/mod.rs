//! The Route 53 API over HTTP: who sent a request, which operation it asks for, what came of it; one file for the
//! operations of each subject.
//!
//! ```text
//!  http ─► head: a key, a moment ─► body ─► signature ─► route ─► rights ─► operation (on a thread that may wait) ─► XML
//! ```
//!
//! Whatever goes wrong is told in Route 53's XML, also where there is no such path.

#![allow(clippy::needless_pass_by_value, reason = "an operation is given its request, whatever it needs of it")]

mod access;
pub mod answer;
pub mod beside;
mod call;
pub mod checks;
pub mod cidr;
mod credentials;
pub mod delegation;
mod dispatch;
pub mod dnssec;
pub mod geo;
pub mod http;
pub mod limits;
pub mod protections;
pub mod query_logging;
pub mod records;
mod respond;
pub mod sigv4;
pub mod tags;
#[cfg(test)]
mod tests;
mod throttle;
pub mod traffic;
pub mod traffic_instances;
pub mod vpc;
pub mod zones;

pub use access::{Access, Key};
pub use call::Call;
pub use credentials::Own;
pub use dispatch::dispatch;
pub use respond::{Api, Operations, Scheme};
pub use throttle::Throttle;

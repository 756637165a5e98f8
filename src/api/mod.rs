//! The Route 53 API over HTTP: who sent a request, which operation it asks for, what came of it; one file for the
//! operations of each subject.
//!
//! ```text
//!  http ─► head: a key, a moment ─► body ─► signature ─► route ─► rights ─► operation (on a thread that may wait) ─► XML
//! ```
//!
//! Whatever goes wrong is told in Route 53's XML, also where there is no such path.

mod access;
#[allow(clippy::needless_pass_by_value, reason = "every operation is given its request")]
pub mod answer;
mod call;
mod credentials;
mod dispatch;
pub mod http;
#[allow(clippy::needless_pass_by_value, reason = "every operation is given its request")]
pub mod records;
mod respond;
pub mod sigv4;
#[cfg(test)]
mod tests;
#[allow(clippy::needless_pass_by_value, reason = "every operation is given its request")]
pub mod traffic;
#[allow(clippy::needless_pass_by_value, reason = "every operation is given its request")]
pub mod traffic_instances;
#[allow(clippy::needless_pass_by_value, reason = "every operation is given its request")]
pub mod zones;

pub use access::{Access, Key};
pub use call::Call;
pub use credentials::Own;
pub use dispatch::dispatch;
pub use respond::{Api, Operations, Scheme};

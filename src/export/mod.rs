//! Hosted zones as text: the record sets that the AWS CLI lists, and files that `store` reads back.
//!
//! ```text
//!  HostedZone ─► whole ─┬─► record_sets ─► json   account dump, as the AWS CLI prints it
//!   (+ compiled)        ├─► toml                  our own format, with what the zone refers to
//!                       └─► master                master file: values alone
//! ```
//!
//! What a format cannot say is left out and told of in warnings, never in silence.

mod order;
mod records;
#[cfg(test)]
mod tests;
mod whole;

pub use order::listed;
pub use records::record_sets;
pub use whole::whole;

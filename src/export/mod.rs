//! Hosted zones as text: the record sets that the AWS CLI lists, and files that `store` reads back.
//!
//! ```text
//!  HostedZone ─► whole ─┬─► record_sets ─► json   account dump, as the AWS CLI prints it
//!   (+ compiled)        ├─► toml                  our own format, with what the zone refers to
//!                       └─► master                master file: values alone
//! ```
//!
//! What a format cannot say is left out and told of as a loss, never in silence.

mod checks;
mod config;
mod json;
mod loss;
mod master;
mod native;
mod records;
mod referred;
#[cfg(test)]
mod tests;

use crate::model::{CidrCollection, HealthCheck, HostedZone};
use crate::route53::ResourceRecordSet;

pub use crate::snapshot::whole;
pub use config::health_check_config;
pub use json::losses;
pub use records::record_sets;

/// The formats zones are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own zone format.
    Toml,
    /// A master file (RFC 1035 §5).
    Zone,
    /// An account dump, as the AWS CLI prints it.
    Json,
}

/// A zone as the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The text.
    pub text: String,
    /// What of the zone it does not say, a clause each.
    pub losses: Vec<String>,
}

/// A zone and what its records may refer to.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The zone, whole.
    pub zone: &'a HostedZone,
    /// Health checks, those of its records among them.
    pub checks: &'a [HealthCheck],
    /// CIDR collections, those of its records among them.
    pub collections: &'a [CidrCollection],
    /// Its record sets as the API keeps them, where it made the zone: they say more than the model does.
    pub records: Option<Vec<ResourceRecordSet>>,
}

/// A zone in a format, with those of the checks and collections that it refers to, where the format can say them.
pub fn export(subject: Subject<'_>, format: Format) -> Exported {
    let Subject { zone, checks, collections, records } = subject;
    let referred = referred::Referred::by(zone, checks, collections);
    match format {
        Format::Toml => native::print(zone, &referred),
        Format::Zone => master::print(zone),
        Format::Json => json::print(zone, records, &referred),
    }
}

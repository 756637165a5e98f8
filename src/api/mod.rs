//! The Route 53 API over HTTP: one file for the operations of each subject.

pub mod answer;
pub mod checks;
pub mod cidr;
pub mod delegation;
pub mod dnssec;
pub mod geo;
pub mod limits;
pub mod protections;
pub mod query_logging;
pub mod records;
pub mod tags;
pub mod vpc;
pub mod zones;

//! Record sets: what they are found by, and how batches of changes are judged.

mod batch;
mod same;
mod structure;

use super::order;
use crate::model::Name;
use crate::route53::ResourceRecordSet;

pub use batch::change;

/// By the health check that a record set names, and by the location of a CIDR collection it serves.
pub(super) fn index(record: &ResourceRecordSet, id: &str) -> Vec<String> {
    let checked = record.health_check_id.iter().map(|check| checked(check, id));
    let located = record.cidr_routing_config.iter();
    let located = located.map(|config| format!("located/{}/{}/{id}", config.collection_id, config.location_name));
    checked.chain(located).collect()
}

/// What a record set or a traffic policy instance is found by that names a health check.
pub(super) fn checked(check: &str, id: &str) -> String {
    format!("checked/{check}/{id}")
}

/// The id of the document of a record set: its zone and its place in the listing (I-18).
pub fn id(zone: &str, name: &Name, rtype: &str, set: Option<&str>) -> String {
    format!("{zone}/{}", order::record(name, rtype, set))
}

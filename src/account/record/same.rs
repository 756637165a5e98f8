//! Whether a record set is the one that a DELETE describes (I-6).

use std::collections::BTreeSet;

use crate::model::rdata::{canonical, parse_route53};
use crate::model::{Name, RecordType};
use crate::route53::{AliasTarget, GeoProximityLocation, ResourceRecordSet, bare_id};

/// Whether every setting is equal, however it is written: values as a set, names with or without their final dot.
pub(super) fn same(one: &ResourceRecordSet, other: &ResourceRecordSet) -> bool {
    let rest = |set: &ResourceRecordSet| ResourceRecordSet {
        name: String::new(),
        resource_records: None,
        alias_target: None,
        geo_proximity_location: None,
        multi_value_answer: set.multi_value_answer.filter(|answers| *answers),
        ..set.clone()
    };
    rest(one) == rest(other)
        && values(one) == values(other)
        && one.alias_target.as_ref().map(alias) == other.alias_target.as_ref().map(alias)
        && one.geo_proximity_location.as_ref().map(place) == other.geo_proximity_location.as_ref().map(place)
}

/// The values as the wire has them; what is none of its type as it is written.
fn values(set: &ResourceRecordSet) -> BTreeSet<Vec<u8>> {
    let rtype: Option<RecordType> = set.r#type.parse().ok();
    let value = |value: &str| {
        let read = rtype.and_then(|rtype| Some(canonical(rtype, &parse_route53(rtype, value).ok()?).into_owned()));
        read.unwrap_or_else(|| value.as_bytes().to_vec())
    };
    set.resource_records.iter().flatten().map(|record| value(&record.value)).collect()
}

fn alias(target: &AliasTarget) -> (&str, Option<Name>, bool) {
    (bare_id(&target.hosted_zone_id), Name::parse_route53(&target.dns_name).ok(), target.evaluate_target_health)
}

fn place(place: &GeoProximityLocation) -> GeoProximityLocation {
    GeoProximityLocation { bias: Some(place.bias.unwrap_or(0)), ..place.clone() }
}

//! What a change must have whatever the zone holds (I-10, P-2).

use crate::route53::{Change, ResourceRecordSet};

const FORMS: &str = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
const POLICIES: &str = "[Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or \
                        CidrRoutingConfig]";

/// What is wrong with the form of the changes of a batch, all of it in one message.
pub(super) fn fault(changes: &[Change]) -> Option<String> {
    let faults: Vec<String> = changes.iter().flat_map(faults).collect();
    (!faults.is_empty()).then(|| format!("Invalid request: {}", faults.join(", ")))
}

fn faults(change: &Change) -> impl Iterator<Item = String> {
    let set = &change.resource_record_set;
    let form = count(forms(set)).map(|found| format!("Expected exactly one of {FORMS}, but found {found}"));
    let policies = policies(set);
    let policy = match (set.set_identifier.is_some(), policies) {
        (false, 0) | (true, 1) => None,
        (false, 1) => Some("Missing field 'SetIdentifier'".to_owned()),
        (_, policies) => count(policies).map(|found| format!("Expected exactly one of {POLICIES}, but found {found}")),
    };
    let whose = format!(
        " in Change with [Action={}, Name={}, Type={}, SetIdentifier={}]",
        change.action,
        set.name,
        set.r#type,
        set.set_identifier.as_deref().unwrap_or("null"),
    );
    form.into_iter().chain(policy).map(move |fault| fault + &whose)
}

fn count(found: usize) -> Option<&'static str> {
    match found {
        0 => Some("none"),
        1 => None,
        _ => Some("more than one"),
    }
}

/// How many things a record set says it answers with.
fn forms(set: &ResourceRecordSet) -> usize {
    let (alias, instance) = (set.alias_target.is_some(), set.traffic_policy_instance_id.is_some());
    let values = match (set.ttl.is_some(), set.resource_records.is_some()) {
        (ttl, records) if alias || instance => ttl || records,
        (ttl, records) => ttl && records,
    };
    usize::from(alias) + usize::from(instance) + usize::from(values)
}

/// How many policies it says it has.
fn policies(set: &ResourceRecordSet) -> usize {
    let given = [
        set.weight.is_some(),
        set.region.is_some(),
        set.failover.is_some(),
        set.geo_location.is_some(),
        set.multi_value_answer == Some(true),
        set.geo_proximity_location.is_some(),
        set.cidr_routing_config.is_some(),
    ];
    given.into_iter().filter(|given| *given).count()
}

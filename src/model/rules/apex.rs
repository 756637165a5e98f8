//! What must stand at the zone's apex (Z-18).

use super::alias::GroupKey;
use crate::model::{HostedZone, Problem, RecordGroup, RecordType, Routing, Target};

/// Z-18: exactly one SOA, at the apex; at least one NS there.
pub(super) fn check(zone: &HostedZone, problems: &mut Vec<Problem>) {
    check_apex(zone, problems);
    check_groups(zone, &zone.groups, problems);
}

/// What must be there.
pub(super) fn check_apex(zone: &HostedZone, problems: &mut Vec<Problem>) {
    let apex = |rtype| zone.groups.get(&(zone.name.clone(), rtype));
    let soa_values = apex(RecordType::SOA).map_or(0, |group| match &group.routing {
        Routing::Simple(one) => match &one.target {
            Target::Values { rdata, .. } => rdata.len(),
            _ => 1,
        },
        _ => 1,
    });
    if soa_values != 1 {
        problems.push(Problem::error(
            apex(RecordType::SOA).map_or(&zone.at, |group| &group.at),
            "A HostedZone must contain exactly one SOA record.",
            format!("give {} one SOA record, or none at all for the default", zone.name),
        ));
    }
    if apex(RecordType::NS).is_none() {
        problems.push(Problem::error(
            &zone.at,
            "A HostedZone must contain at least one NS record for the zone itself.",
            format!("give {} its name servers", zone.name),
        ));
    }
}

/// What must not be elsewhere.
pub(super) fn check_groups<'a>(
    zone: &HostedZone,
    groups: impl IntoIterator<Item = (&'a GroupKey, &'a RecordGroup)>,
    problems: &mut Vec<Problem>,
) {
    for ((name, rtype), group) in groups {
        if *rtype == RecordType::SOA && *name != zone.name {
            problems.push(Problem::error(
                &group.at,
                format!("SOA record at {name}, but only the apex {} holds one", zone.name),
                "remove it, or make the name a zone of its own",
            ));
        }
    }
}

//! Zones with all their records: a plain zone of a file is kept in its compiled form alone.

use std::borrow::Cow;

use super::zone::{Data, NodeIndex, Zone};
use crate::model::{Candidate, HostedZone, Rdata, RecordGroup, Routing, Target};

/// The zone with all its groups; those that were left out are read from `compiled`, its compiled form. What is in the
/// compiled form alone has no line of its own: it is said to be where the zone is.
pub fn whole<'a>(zone: &'a HostedZone, compiled: &Zone) -> Cow<'a, HostedZone> {
    if zone.left_out == 0 {
        return Cow::Borrowed(zone);
    }
    let mut zone = zone.clone();
    zone.left_out = 0;
    for node in 0..compiled.node_count() as NodeIndex {
        let name = compiled.name_at(node);
        for entry in compiled.entries(node) {
            let rrset = match entry.data() {
                Data::Rrset(rrset) => rrset,
                // Of a zone that is made to change, groups keep what they were compiled from.
                Data::Group(number) => {
                    if let Some(group) = &compiled.group(number).source {
                        zone.groups.insert((name.clone(), entry.rtype), RecordGroup::clone(group));
                    }
                    continue;
                }
            };
            let rdata = compiled.values(rrset, name.wire()).map(|value| Rdata(value.into())).collect();
            let target = Target::Values { ttl: compiled.type_and_ttl(rrset).1, rdata };
            let candidate = Candidate { id: "".into(), key: (), check: None, target, at: zone.at.clone() };
            let group = RecordGroup { routing: Routing::Simple(candidate), at: zone.at.clone() };
            zone.groups.entry((name.clone(), entry.rtype)).or_insert(group);
        }
    }
    Cow::Owned(zone)
}

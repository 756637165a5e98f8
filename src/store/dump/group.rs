//! Record sets of one name and type made into a group: one policy for all of them (P-3, P-30, P-55).

use std::collections::BTreeMap;

use super::record::{Policy, RecordSet};
use crate::model::{Candidate, Name, Problem, RecordGroup, RecordType, Routing};

/// The groups of a zone; record sets that do not fit theirs are noted and left out.
pub(super) fn assemble(
    records: Vec<RecordSet>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<(Name, RecordType), RecordGroup> {
    let mut groups: BTreeMap<(Name, RecordType), RecordGroup> = BTreeMap::new();
    for record in records {
        match groups.entry((record.name.clone(), record.rtype)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                let at = record.at.clone();
                entry.insert(RecordGroup { routing: begin(record), at });
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                if let Err(problem) = join(&mut entry.get_mut().routing, record) {
                    problems.push(*problem);
                }
            }
        }
    }
    groups
}

fn candidate<K>(record: RecordSet, key: K) -> Candidate<K> {
    let RecordSet { id, check, target, at, .. } = record;
    Candidate { id, key, check, target, at }
}

/// Takes the key out of a record set, leaving a simple one.
fn key(record: &mut RecordSet) -> Policy {
    std::mem::replace(&mut record.policy, Policy::Simple)
}

fn begin(mut record: RecordSet) -> Routing {
    match key(&mut record) {
        Policy::Simple => Routing::Simple(candidate(record, ())),
        Policy::Weighted(weight) => Routing::Weighted(vec![candidate(record, weight)]),
        Policy::Latency(region) => Routing::Latency(vec![candidate(record, region)]),
        Policy::Primary => Routing::Failover { primary: Some(candidate(record, ()).into()), secondary: None },
        Policy::Secondary => Routing::Failover { primary: None, secondary: Some(candidate(record, ()).into()) },
        Policy::Geolocation(area) => Routing::Geolocation(vec![candidate(record, area)]),
        Policy::Geoproximity(anchor) => Routing::Geoproximity(vec![candidate(record, anchor)]),
        Policy::IpBased(collection, location) => {
            Routing::IpBased { collection, candidates: vec![candidate(record, location)] }
        }
        Policy::Multivalue => Routing::Multivalue(vec![candidate(record, ())]),
    }
}

fn join(routing: &mut Routing, mut record: RecordSet) -> Result<(), Box<Problem>> {
    match (routing, key(&mut record)) {
        (Routing::Weighted(many), Policy::Weighted(weight)) => many.push(candidate(record, weight)),
        (Routing::Latency(many), Policy::Latency(region)) => many.push(candidate(record, region)),
        (Routing::Failover { primary: side @ None, .. }, Policy::Primary)
        | (Routing::Failover { secondary: side @ None, .. }, Policy::Secondary) => {
            *side = Some(candidate(record, ()).into())
        }
        (Routing::Geolocation(many), Policy::Geolocation(area)) => many.push(candidate(record, area)),
        (Routing::Geoproximity(many), Policy::Geoproximity(anchor)) => many.push(candidate(record, anchor)),
        (Routing::IpBased { collection, candidates }, Policy::IpBased(other, location)) if *collection == other => {
            candidates.push(candidate(record, location));
        }
        (Routing::Multivalue(many), Policy::Multivalue) => many.push(candidate(record, ())),
        (routing, policy) => return Err(Box::new(refuse(routing, &record, &policy))),
    }
    Ok(())
}

/// Why a record set does not belong to its group, in Route 53's words where they are known (P-3, I-5).
fn refuse(routing: &Routing, record: &RecordSet, policy: &Policy) -> Problem {
    let name = record.name.to_route53();
    let plain = format!("RRSet with DNS name {name}, type {}", record.rtype);
    let named = format!("{plain}, SetIdentifier {}", record.id);
    let other = |kind: &str| format!("{named} cannot be created as a {kind} set exists with the same name and type.");
    let what = match (routing, policy) {
        (Routing::Simple(_), Policy::Simple) => {
            format!(
                "Tried to create resource record set [name='{name}', type='{}'] but it already exists",
                record.rtype
            )
        }
        (Routing::Failover { .. }, Policy::Primary | Policy::Secondary) => {
            let side = if matches!(policy, Policy::Primary) { "PRIMARY" } else { "SECONDARY" };
            format!(
                "{named}, failover {side} cannot be created because a failover RRSet with the same name, type and \
                 failover type already exists."
            )
        }
        (Routing::IpBased { collection, .. }, Policy::IpBased(own, _)) => format!(
            "{named} cannot be created because it uses CIDR collection {own} while the other RRSets of the same name \
             and type use {collection}."
        ),
        (_, Policy::Simple) | (Routing::Simple(_), _) => {
            format!("{plain} cannot be created as other RRSets exist with the same name and type.")
        }
        (_, Policy::Weighted(_)) => other("non-weighted"),
        (_, Policy::Latency(_)) => other("non-latency"),
        (_, Policy::Primary | Policy::Secondary) => other("non-failover"),
        (_, Policy::Geolocation(_)) => other("non-geolocation"),
        (_, Policy::Geoproximity(_)) => other("non-geoproximity"),
        (_, Policy::IpBased(..)) => other("non-CIDR"),
        (_, Policy::Multivalue) => {
            format!(
                "{named} cannot be created because a non multivalue answer rrset exists with the same name and type."
            )
        }
    };
    let mend = match (routing, policy) {
        (Routing::Simple(_), Policy::Simple) => "keep one of them, with the values of both".to_owned(),
        (Routing::Failover { .. }, Policy::Primary | Policy::Secondary) => "keep one of each side".to_owned(),
        (Routing::IpBased { collection, .. }, Policy::IpBased(..)) => {
            format!("use collection {collection} for all of them")
        }
        _ => format!("the records before it have {} routing: use one policy for all of them", routing.name()),
    };
    Problem::error(&record.at, what, mend)
}

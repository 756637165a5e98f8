//! One group: its policy fits its type, its records fit each other, and what they refer to exists.

use std::collections::BTreeSet;

use super::near::suggest;
use super::values::value_faults;
use super::{Known, Subject, location};
use crate::model::check::CheckId;
use crate::model::routing::{CandidateRef, LocationName, PolicyName};
use crate::model::{Candidate, Problem, RecordType, Routing, Target};

/// The largest TTL in seconds (N-22, RFC 2181 §8).
pub(super) const MAX_TTL: u32 = 2_147_483_647;
/// The longest SetIdentifier in characters (§2.6).
pub(super) const MAX_SET_IDENTIFIER: usize = 128;

/// Whether records of a type shape the tree or sign it, and so answer every client alike (§2.4, RFC 6672, RFC 4034).
pub(super) fn is_simple_only(rtype: RecordType) -> bool {
    use RecordType as T;
    matches!(rtype, T::NS | T::SOA | T::DS | T::DNAME | T::DNSKEY | T::RRSIG | T::NSEC | T::NSEC3 | T::NSEC3PARAM)
        || matches!(rtype, T::CDS | T::CDNSKEY | T::CSYNC | T::ZONEMD | T::KEY | T::SIG | T::NXT)
}

/// §2.4, P-2, N-22…N-25, A-12, A-13, C-33, and the keys of each policy.
pub(super) fn check(subject: &Subject<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let candidates = subject.group.routing.candidates();
    let policy = subject.group.routing.name();
    if candidates.is_empty() {
        problems.push(Problem::error(
            &subject.group.at,
            format!("{} has {policy} routing but no records", subject.rrset("")),
            "give it at least one record",
        ));
    }
    check_policy(subject, policy, problems);
    if policy != PolicyName::Simple {
        check_identifiers(subject, &candidates, problems);
    }
    for candidate in &candidates {
        check_reference(subject, candidate, known, problems);
        if let Target::Values { ttl, .. } | Target::Provider { ttl, .. } = candidate.target {
            check_ttl(subject, candidate, *ttl, problems);
        }
        if let Target::Values { rdata, .. } = candidate.target {
            let faults = value_faults(subject.rtype, rdata, &subject.rrset(candidate.id));
            problems.extend(faults.into_iter().map(|(what, mend)| Problem::error(candidate.at, what, mend)));
        }
    }
    match &subject.group.routing {
        Routing::Simple(_) | Routing::Tree(_) => {}
        Routing::Weighted(_) => check_weighted_ttls(subject, &candidates, problems),
        Routing::Multivalue(_) => note_multivalue_ttls(subject, &candidates, problems),
        Routing::Failover { primary, .. } => {
            if let Some(primary) = primary {
                check_primary(subject, primary, problems);
            }
        }
        Routing::Latency(many) => location::check_regions(subject, many, problems),
        Routing::Geolocation(many) => location::check_areas(subject, many, problems),
        Routing::Geoproximity(many) => location::check_anchors(subject, many, problems),
        Routing::IpBased { collection, candidates } => {
            check_locations(subject, collection, candidates, known, problems);
        }
    }
}

/// §2.4: which policies a type may have.
fn check_policy(subject: &Subject<'_>, policy: PolicyName, problems: &mut Vec<Problem>) {
    if policy != PolicyName::Simple && is_simple_only(subject.rtype) {
        problems.push(Problem::error(
            &subject.group.at,
            format!("{} cannot have {policy} routing", subject.rrset("")),
            format!("{} records answer every client alike: give them simple routing", subject.rtype),
        ));
    }
    if policy == PolicyName::Multivalue && subject.rtype == RecordType::CNAME {
        problems.push(Problem::error(
            &subject.group.at,
            format!("{} cannot have multivalue routing", subject.rrset("")),
            "a CNAME has one target per answer: use weighted routing",
        ));
    }
}

/// P-2, §2.6: 1–128 characters, unique in the group.
fn check_identifiers(subject: &Subject<'_>, candidates: &[CandidateRef<'_>], problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for candidate in candidates {
        let length = candidate.id.chars().count();
        if length == 0 || length > MAX_SET_IDENTIFIER {
            problems.push(Problem::error(
                candidate.at,
                format!("{} has a SetIdentifier of {length} characters", subject.rrset("")),
                format!("use 1 to {MAX_SET_IDENTIFIER} characters"),
            ));
        }
        if !seen.insert(candidate.id) {
            problems.push(Problem::error(
                candidate.at,
                format!(
                    "Tried to create resource record set [name='{}', type='{}', set-identifier='{}'] but it already \
                     exists",
                    subject.name.to_route53(),
                    subject.rtype,
                    candidate.id
                ),
                "give each record of the group its own identifier",
            ));
        }
    }
}

/// C-33: a health check that is named must exist.
fn check_reference(
    subject: &Subject<'_>,
    candidate: &CandidateRef<'_>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(CheckId(check)) = candidate.check.filter(|check| !known.has_check(&check.0)) else { return };
    problems.push(Problem::error(
        candidate.at,
        format!("{} refers to health check {check:?}, which does not exist", subject.rrset(candidate.id)),
        suggest(check, known.checks(), "define the check, or remove the reference"),
    ));
}

fn check_ttl(subject: &Subject<'_>, candidate: &CandidateRef<'_>, ttl: u32, problems: &mut Vec<Problem>) {
    if ttl > MAX_TTL {
        problems.push(Problem::error(
            candidate.at,
            format!("{} has TTL {ttl}, which is not in 0..={MAX_TTL}", subject.rrset(candidate.id)),
            "use seconds, a day is 86400",
        ));
    }
}

fn ttl_of(target: &Target) -> Option<u32> {
    match target {
        Target::Values { ttl, .. } => Some(*ttl),
        _ => None,
    }
}

/// N-23: one TTL for all records of a weighted group.
fn check_weighted_ttls(subject: &Subject<'_>, candidates: &[CandidateRef<'_>], problems: &mut Vec<Problem>) {
    let Some(first) = candidates.iter().find_map(|candidate| ttl_of(candidate.target)) else { return };
    for candidate in candidates {
        if ttl_of(candidate.target).is_some_and(|ttl| ttl != first) {
            problems.push(Problem::error(
                candidate.at,
                format!(
                    "{} cannot be created as weighted sets must contain the same TTL.",
                    subject.rrset(candidate.id)
                ),
                format!("give it TTL {first} as the others"),
            ));
        }
    }
}

/// N-25: an answer merged of several records carries their smallest TTL.
fn note_multivalue_ttls(subject: &Subject<'_>, candidates: &[CandidateRef<'_>], problems: &mut Vec<Problem>) {
    let ttls: BTreeSet<u32> = candidates.iter().filter_map(|candidate| ttl_of(candidate.target)).collect();
    if let (Some(least), true) = (ttls.first(), ttls.len() > 1) {
        problems.push(Problem::warning(
            &subject.group.at,
            format!("{} has records of different TTLs; answers carry the least of those picked", subject.rrset("")),
            format!("give all of them TTL {least}"),
        ));
    }
}

/// a primary that can never fail would hide its secondary for ever.
fn check_primary(subject: &Subject<'_>, primary: &Candidate<()>, problems: &mut Vec<Problem>) {
    if primary.check.is_some() {
        return;
    }
    match &primary.target {
        Target::Values { .. } => problems.push(Problem::error(
            &primary.at,
            "A non-alias primary ResourceRecordSet must have an associated health check. No changes made.",
            format!("give the primary of {} {} a check", subject.name, subject.rtype),
        )),
        Target::Alias { evaluate, .. } | Target::Rule { evaluate, .. } | Target::Provider { evaluate, .. } => {
            if !evaluate {
                problems.push(Problem::error(
                    &primary.at,
                    format!(
                        "{} cannot be a primary without EvaluateTargetHealth set to true or an associated health \
                         check as a secondary would never be returned.",
                        subject.rrset(&primary.id)
                    ),
                    "let the alias evaluate its target's health, or give it a check",
                ));
            }
        }
    }
}

/// P-53, P-55: the collection and its locations exist, each location serves one record.
fn check_locations(
    subject: &Subject<'_>,
    collection: &str,
    candidates: &[Candidate<LocationName>],
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let found = known.collection(collection);
    if found.is_none() {
        problems.push(Problem::error(
            &subject.group.at,
            format!("{} refers to CIDR collection {collection:?}, which does not exist", subject.rrset("")),
            suggest(collection, known.collections(), "define the collection"),
        ));
    }
    let mut seen = BTreeSet::new();
    for candidate in candidates {
        let name = match &candidate.key {
            LocationName::Default => "*",
            LocationName::Named(name) => name,
        };
        if let (LocationName::Named(name), Some(found)) = (&candidate.key, found)
            && !found.contains(name)
        {
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{} refers to CIDR location {name:?}, which collection {collection:?} does not have",
                    subject.rrset(&candidate.id)
                ),
                suggest(name, found.iter().map(|known| &**known), "add the location to the collection"),
            ));
        }
        if !seen.insert(name) {
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{} cannot be created because a CIDR RRSet with the same name, type and location {name:?} already \
                     exists.",
                    subject.rrset(&candidate.id)
                ),
                "one record per location",
            ));
        }
    }
}

//! Owner names: inside the zone, no wildcard delegations, CNAME and DNAME alone where they must be.

use crate::model::{HostedZone, Name, Problem, RecordGroup, RecordType};

/// Types that stand beside a CNAME by right: they speak of it or sign it (RFC 4035 §2.5, RFC 2181 §10.1).
const BESIDE_CNAME: [RecordType; 5] =
    [RecordType::RRSIG, RecordType::NSEC, RecordType::KEY, RecordType::SIG, RecordType::NXT];

/// N-8, N-13, N-26, N-27, types that are no data (RFC 6895 §3.1), DNAME's neighbours (RFC 6672 §2.3–2.4).
pub(super) fn check(zone: &HostedZone, problems: &mut Vec<Problem>) {
    let mut rest = zone.groups.iter().peekable();
    while let Some(((name, rtype), group)) = rest.next() {
        let mut here = vec![(*rtype, group)];
        while let Some(((_, rtype), group)) = rest.next_if(|((next, _), _)| next == name) {
            here.push((*rtype, group));
        }
        check_name(zone, name, &here, problems);
    }
}

fn check_name(zone: &HostedZone, name: &Name, here: &[(RecordType, &RecordGroup)], problems: &mut Vec<Problem>) {
    for (rtype, group) in here {
        if !name.is_within(&zone.name) {
            problems.push(Problem::error(
                &group.at,
                format!(
                    "RRSet with DNS name {} is not permitted in zone {}",
                    name.to_route53(),
                    zone.name.to_route53()
                ),
                "put it into the zone it lies in; in .toml and .zone files a name without final dot is relative to the zone",
            ));
        }
        if *rtype == RecordType::NS && name.is_wildcard() {
            problems.push(Problem::error(
                &group.at,
                format!("NS record at the wildcard {name}"),
                "delegate each name by itself; a wildcard cannot be a zone cut",
            ));
        }
        if rtype.is_meta() {
            problems.push(Problem::error(
                &group.at,
                format!("{rtype} record at {name}: {rtype} exists in questions only"),
                "remove it",
            ));
        }
    }
    if let Some((_, cname)) = here.iter().find(|(rtype, _)| *rtype == RecordType::CNAME) {
        check_cname(zone, name, cname, here, problems);
    }
    if let Some((_, dname)) = here.iter().find(|(rtype, _)| *rtype == RecordType::DNAME) {
        let cut = here.iter().any(|(rtype, _)| *rtype == RecordType::NS);
        if cut && *name != zone.name {
            problems.push(Problem::warning(
                &dname.at,
                format!("DNAME record at {name}, which is delegated by its NS records and so never answers"),
                "keep one of the two (RFC 6672 §2.3)",
            ));
        }
    }
}

/// N-26 at the apex, N-27 elsewhere; the later of two in a file is the one refused.
fn check_cname(
    zone: &HostedZone,
    name: &Name,
    cname: &RecordGroup,
    here: &[(RecordType, &RecordGroup)],
    problems: &mut Vec<Problem>,
) {
    let (owner, apex) = (name.to_route53(), zone.name.to_route53());
    if *name == zone.name {
        problems.push(Problem::error(
            &cname.at,
            format!("RRSet of type CNAME with DNS name {owner} is not permitted at apex in zone {apex}"),
            "use an alias record of each type you need, such as A and AAAA",
        ));
        return;
    }
    for (rtype, other) in here.iter().filter(|(rtype, _)| *rtype != RecordType::CNAME && !BESIDE_CNAME.contains(rtype))
    {
        let (new, old, at) = match other.at < cname.at {
            true => (RecordType::CNAME, *rtype, &cname.at),
            false => (*rtype, RecordType::CNAME, &other.at),
        };
        problems.push(Problem::error(
            at,
            format!(
                "RRSet of type {new} with DNS name {owner} is not permitted because a conflicting RRSet of type  \
                 {old} with the same DNS name already exists in zone {apex}"
            ),
            "a CNAME stands alone at its name: remove one of them, or make the CNAME an alias",
        ));
    }
}

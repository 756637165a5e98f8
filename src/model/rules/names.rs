//! Owner names: inside the zone, no wildcard delegations, CNAME, DNAME and DS only where they may stand.

use std::collections::BTreeSet;

use crate::model::{HostedZone, Name, Problem, RecordGroup, RecordType};

/// Types that stand beside a CNAME by right: they speak of it or sign it (RFC 4035 §2.5, RFC 2181 §10.1).
const BESIDE_CNAME: [RecordType; 5] =
    [RecordType::RRSIG, RecordType::NSEC, RecordType::KEY, RecordType::SIG, RecordType::NXT];

/// Names below a DNAME told of one by one; a large zone may have them all there.
const MOST_HIDDEN: usize = 100;

/// N-8, N-13, N-26, N-27, types that are no data (RFC 6895 §3.1), DNAME's neighbours (RFC 6672 §2.3–2.4), DS at the
/// parent's side of a cut (RFC 4035 §2.4).
pub(super) fn check(zone: &HostedZone, problems: &mut Vec<Problem>) {
    let dnames = zone.groups.keys().filter(|(_, rtype)| *rtype == RecordType::DNAME).map(|(name, _)| name).collect();
    let mut hidden = 0;
    let mut rest = zone.groups.iter().peekable();
    while let Some(((name, rtype), group)) = rest.next() {
        let mut here = vec![(*rtype, group)];
        while let Some(((_, rtype), group)) = rest.next_if(|((next, _), _)| next == name) {
            here.push((*rtype, group));
        }
        check_name(zone, name, &here, problems);
        if let Some(above) = dname_above(zone, name, &dnames) {
            hidden += 1;
            if hidden <= MOST_HIDDEN {
                let (rtype, group) = here[0];
                problems.push(hidden_by(&above, name, rtype, group));
            }
        }
    }
    if hidden > MOST_HIDDEN {
        let what = format!("{} more names of zone {} are hidden by a DNAME", hidden - MOST_HIDDEN, zone.name);
        problems.push(Problem::error(&zone.at, what, "mend those told of first (RFC 6672 §2.4)"));
    }
}

/// The same of some names, where no DNAME came.
pub(super) fn check_names<'a>(zone: &HostedZone, names: impl Iterator<Item = &'a Name>, problems: &mut Vec<Problem>) {
    for name in names.collect::<BTreeSet<_>>() {
        let all = (name.clone(), RecordType(0))..=(name.clone(), RecordType(u16::MAX));
        let here: Vec<_> = zone.groups.range(all).map(|((_, rtype), group)| (*rtype, group)).collect();
        let Some((rtype, group)) = here.first() else { continue };
        check_name(zone, name, &here, problems);
        let mut above = name.parent();
        while let Some(at) = above.filter(|at| at.is_within(&zone.name)) {
            let key = (at, RecordType::DNAME);
            if zone.groups.contains_key(&key) {
                problems.push(hidden_by(&key.0, name, *rtype, group));
                break;
            }
            above = key.0.parent();
        }
    }
}

fn hidden_by(above: &Name, name: &Name, rtype: RecordType, group: &RecordGroup) -> Problem {
    let what = format!("{rtype} record of {name}: {above} has a DNAME, which hides it");
    Problem::error(&group.at, what, "move it or the DNAME (RFC 6672 §2.4)")
}

fn dname_above(zone: &HostedZone, name: &Name, dnames: &BTreeSet<&Name>) -> Option<Name> {
    let mut above = name.parent().filter(|_| !dnames.is_empty());
    while let Some(name) = above.filter(|name| name.is_within(&zone.name)) {
        if dnames.contains(&name) {
            return Some(name);
        }
        above = name.parent();
    }
    None
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
        if matches!(*rtype, RecordType::NS | RecordType::DNAME) && name.is_wildcard() {
            problems.push(Problem::error(
                &group.at,
                format!("{rtype} record of {name}: it cannot be a wildcard"),
                "write the names out (RFC 4592 §4.2, §4.4)",
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
    let find = |wanted| here.iter().find(|(rtype, _)| *rtype == wanted).map(|(_, group)| &group.at);
    let (at_apex, cut) = (*name == zone.name, find(RecordType::NS).is_some());
    if let Some(dname) = find(RecordType::DNAME).filter(|_| cut && !at_apex) {
        let what = format!("{name} has a DNAME and is delegated");
        problems.push(Problem::error(dname, what, "move the DNAME to the apex of the child zone (RFC 6672 §2.3)"));
    }
    match find(RecordType::DS) {
        Some(ds) if at_apex => {
            let what = format!("DS record of {name}: it belongs to the parent zone");
            problems.push(Problem::error(ds, what, "move it there (RFC 4035 §2.4)"));
        }
        Some(ds) if !cut => {
            let what = format!("DS record of {name}, where no delegation is");
            problems.push(Problem::warning(ds, what, "add the NS records (RFC 4035 §2.4)"));
        }
        _ => {}
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

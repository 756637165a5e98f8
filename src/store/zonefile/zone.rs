//! Records → zone: sorted, grouped, duplicates dropped, TTLs levelled (RFC 2181 §5).

use std::collections::HashSet;
use std::sync::Arc;

use super::entry::Read;
use super::{INHERIT, Record, Report, rules};
use crate::model::rdata::{canonical, print};
use crate::model::routing::{Candidate, Routing, Target};
use crate::model::{At, HostedZone, Name, Rdata, RecordGroup, RecordType, Visibility, ZoneId};

/// Sets of this many records or fewer are searched for duplicates one by one.
const FEW: usize = 16;

/// One group, before it goes into the zone.
pub(super) struct Set {
    pub(super) owner: Name,
    pub(super) rtype: RecordType,
    pub(super) ttl: u32,
    pub(super) rdata: Vec<Rdata>,
    pub(super) at: At,
}

/// The zone of these records; `None` when no SOA says which it is.
pub(super) fn assemble(read: Read, whole: &At, report: &mut Report<'_>) -> Option<HostedZone> {
    let Read { files, mut records, failed } = read;
    let Some(soa) = records.iter().find(|record| record.rtype == RecordType::SOA) else {
        if !failed.contains(&RecordType::SOA) {
            report.error(whole, "the zone has no SOA record", "add one at the apex: @ SOA …");
        }
        return None;
    };
    let apex = soa.owner.clone();
    let at = At::new(files[soa.file as usize].clone(), soa.line);
    let minimum = soa.rdata.0.last_chunk().map_or(0, |octets| u32::from_be_bytes(*octets)).min(super::MAX_TTL);
    records.retain(|record| {
        let inside = record.owner.is_within(&apex);
        if !inside {
            let what = format!("{} record of {}: the owner is outside zone {apex}", record.rtype, record.owner);
            let mend = "names without a trailing dot are completed with the origin";
            report.error(&At::new(files[record.file as usize].clone(), record.line), what, mend);
        }
        inside
    });
    records.iter_mut().filter(|record| record.ttl == INHERIT).for_each(|record| record.ttl = minimum);
    records.sort_by(|a, b| {
        a.prefix.cmp(&b.prefix).then_with(|| a.owner.cmp(&b.owner)).then_with(|| a.rtype.cmp(&b.rtype))
    });
    let mut sets = group(records, &files, report);
    rules::judge(&apex, &mut sets, &failed, &at, report);
    let id: Arc<str> = "".into();
    let groups = sets.into_iter().map(|Set { owner, rtype, ttl, rdata, at }| {
        let target = Target::Values { ttl, rdata };
        let candidate = Candidate { id: id.clone(), key: (), check: None, target, at: at.clone() };
        ((owner, rtype), RecordGroup { routing: Routing::Simple(candidate), at })
    });
    Some(HostedZone {
        id: ZoneId(zone_id(&apex).into()),
        comment: String::new(),
        visibility: Visibility::Public { listeners: Vec::new() },
        groups: groups.collect(),
        dnssec: None,
        signing: None,
        left_out: 0,
        name: apex,
        at,
    })
}

/// The zone's name without its last dot.
fn zone_id(apex: &Name) -> String {
    let mut text = apex.to_string();
    if text.len() > 1 {
        text.pop();
    }
    text
}

fn group(records: Vec<Record>, files: &[Arc<str>], report: &mut Report<'_>) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::with_capacity(records.len());
    let mut seen: HashSet<Box<[u8]>> = HashSet::new();
    for Record { owner, rtype, ttl, rdata, file, line, .. } in records {
        let at = At::new(files[file as usize].clone(), line);
        let Some(set) = sets.last_mut().filter(|set| set.rtype == rtype && set.owner == owner) else {
            seen.clear();
            sets.push(Set { owner, rtype, ttl, rdata: vec![rdata], at });
            continue;
        };
        if is_duplicate(set, &rdata, &mut seen) {
            let what = format!("{rtype} record of {owner} is given twice: {}", print(rtype, &rdata));
            report.warning(&at, what, "remove one (RFC 2181 §5)");
            continue;
        }
        let signatures = matches!(rtype, RecordType::RRSIG | RecordType::SIG);
        if set.ttl != ttl && !signatures {
            let kept = set.ttl.min(ttl);
            let what = format!("{rtype} records of {owner} have the TTLs {} and {ttl}; {kept} is served", set.ttl);
            report.warning(&at, what, "give them one TTL (RFC 2181 §5.2)");
        }
        set.ttl = set.ttl.min(ttl);
        set.rdata.push(rdata);
    }
    sets
}

fn is_duplicate(set: &Set, rdata: &Rdata, seen: &mut HashSet<Box<[u8]>>) -> bool {
    let new = canonical(set.rtype, rdata);
    if set.rdata.len() < FEW {
        return set.rdata.iter().any(|old| canonical(set.rtype, old) == new);
    }
    if seen.is_empty() {
        seen.extend(set.rdata.iter().map(|old| canonical(set.rtype, old).into()));
    }
    !seen.insert(new.into())
}

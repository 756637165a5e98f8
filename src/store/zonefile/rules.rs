//! What a zone must be as a whole, refused or warned of as Knot does.

use std::collections::HashSet;

use super::Report;
use super::zone::Set;
use crate::model::rdata::{doubt, targets};
use crate::model::{At, Name, RecordType};

type T = RecordType;

/// Reports what is wrong with the sorted sets, and takes out SOA records that are not the zone's and sets that the
/// model's rules would refuse a second time.
pub(super) fn judge(apex: &Name, sets: &mut Vec<Set>, failed: &[RecordType], soa: &At, report: &mut Report<'_>) {
    sets.retain(|set| {
        let stray = set.rtype == T::SOA && set.owner != *apex;
        if stray {
            let what = format!("SOA record of {}: the zone is {apex}", set.owner);
            report.error(&set.at, what, "one file holds one zone; remove it");
        }
        !stray
    });
    let mut refused = HashSet::new();
    for node in sets.chunk_by(|a, b| a.owner == b.owner) {
        judge_node(apex, node, report, &mut refused);
    }
    let find = |owner: &[u8], rtype: RecordType| {
        sets.binary_search_by(|set| set.owner.wire().cmp(owner).then_with(|| set.rtype.cmp(&rtype))).ok()
    };
    if find(apex.wire(), T::NS).is_none() && !failed.contains(&T::NS) {
        report.error(soa, format!("zone {apex} has no NS record at its apex"), "add the zone's name servers: @ NS …");
    }
    // A missing address may be one that could not be read.
    let addresses_failed = failed.contains(&T::A) || failed.contains(&T::AAAA);
    for set in sets.iter().filter(|set| matches!(set.rtype, T::NS | T::MX | T::SRV)) {
        judge_targets(apex, set, find, addresses_failed, report);
    }
    sets.retain(|set| refused.is_empty() || !refused.contains(&(set.owner.clone(), set.rtype)));
}

/// Which types may stand side by side at one name.
fn judge_node(apex: &Name, node: &[Set], report: &mut Report<'_>, refused: &mut HashSet<(Name, RecordType)>) {
    let owner = &node[0].owner;
    for set in node {
        match set.rtype {
            T::SOA if set.rdata.len() > 1 => {
                report.error(&set.at, format!("zone {apex} has several SOA records"), "keep one (RFC 1035 §5.2)");
            }
            T::CNAME if !judge_cname(node, set, report) => {
                refused.insert((owner.clone(), set.rtype));
            }
            _ => {}
        }
        for doubt in set.rdata.iter().filter_map(|rdata| doubt(set.rtype, rdata)) {
            report.warning(&set.at, format!("{} record of {owner}: {doubt}", set.rtype), "compute it anew");
        }
    }
}

/// Whether a CNAME stands alone, but for what signs it (RFC 1034 §3.6.2, RFC 2181 §10.1, RFC 4035 §2.5).
fn judge_cname(node: &[Set], cname: &Set, report: &mut Report<'_>) -> bool {
    let owner = &cname.owner;
    let is_one = cname.rdata.len() == 1;
    if !is_one {
        report.error(&cname.at, format!("{owner} has several CNAME records"), "keep one (RFC 2181 §10.1)");
    }
    let allowed = [T::CNAME, T::RRSIG, T::NSEC, T::SIG, T::NXT, T::KEY];
    let other = node.iter().find(|set| !allowed.contains(&set.rtype));
    if let Some(other) = other {
        let what = format!("{owner} has a CNAME and a {} record ({})", other.rtype, other.at);
        report.error(&cname.at, what, "a CNAME stands alone (RFC 1034 §3.6.2)");
    }
    is_one && other.is_none()
}

/// Targets that are aliases, and name servers whose addresses are missing (RFC 1034 §4.2.1, RFC 2181 §10.3).
fn judge_targets(
    apex: &Name,
    set: &Set,
    find: impl Fn(&[u8], RecordType) -> Option<usize>,
    addresses_failed: bool,
    report: &mut Report<'_>,
) {
    let Set { owner, rtype, .. } = set;
    for rdata in &set.rdata {
        for target in targets(*rtype, rdata) {
            let Ok(name) = Name::from_wire(target) else { continue };
            if !name.is_within(apex) {
                continue;
            }
            if find(name.wire(), T::CNAME).is_some() {
                let what = format!("{rtype} record of {owner}: its target {name} is a CNAME");
                report.warning(&set.at, what, "name the host itself (RFC 2181 §10.3)");
                continue;
            }
            let addressed = |name: &Name| find(name.wire(), T::A).is_some() || find(name.wire(), T::AAAA).is_some();
            let needs_glue = *rtype == T::NS && name.is_within(owner) && !addresses_failed;
            if needs_glue && !addressed(&name) && !from_wildcard(apex, owner, &name, addressed) {
                let what = format!("NS record of {owner}: its server {name} has no address here");
                report.warning(&set.at, what, "add its A or AAAA records (RFC 1034 §4.2.1)");
            }
        }
    }
}

/// Whether a wildcard gives a name server of the apex its address.
fn from_wildcard(apex: &Name, owner: &Name, name: &Name, addressed: impl Fn(&Name) -> bool) -> bool {
    if owner != apex {
        return false;
    }
    let mut above = name.parent();
    while let Some(name) = above.filter(|name| name.is_within(apex)) {
        if name.child(b"*").is_ok_and(|wildcard| addressed(&wildcard)) {
            return true;
        }
        above = name.parent();
    }
    false
}

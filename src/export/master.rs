//! A zone as a master file: its values, and as comments what such a file cannot say (RFC 1035 §5).

use std::fmt::Write;

use super::{Exported, loss};
use crate::model::{HostedZone, Name, RecordGroup, RecordType, Routing, Target, Visibility, rdata};

pub(super) fn print(zone: &HostedZone) -> Exported {
    let mut text = String::new();
    let mut losses = Vec::new();
    // Writing to a String does not fail.
    let _ = writeln!(text, "; zone {} as it is served, without what a master file cannot say", zone.id.0);
    for line in zone.comment.lines() {
        let _ = writeln!(text, "; {line}");
    }
    // Whoever reads it names the zone after its apex.
    let own = zone.name.to_string();
    if *zone.id.0 != *own.strip_suffix('.').filter(|own| !own.is_empty()).unwrap_or(&own) {
        losses.push(format!("the zone's id, {}", zone.id.0));
    }
    match &zone.visibility {
        Visibility::Public { listeners } if listeners.is_empty() => {}
        Visibility::Public { .. } => losses.push("the listeners at which the zone is served".to_owned()),
        Visibility::Private { .. } => losses.push("the views that see the zone".to_owned()),
    }
    losses.extend(loss::signing(zone));
    let mut groups: Vec<_> = zone.groups.iter().collect();
    // The SOA record first, as readers of such files expect it.
    groups.sort_by_cached_key(|((name, rtype), _)| (*rtype != RecordType::SOA, name.listed(), rtype.to_string()));
    for ((name, rtype), group) in groups {
        match record(name, *rtype, group, &mut text) {
            None => {}
            Some(what) => {
                let _ = writeln!(text, "; left out: {name} {rtype}, {what}");
                losses.push(loss::of(name, *rtype, what));
            }
        }
    }
    Exported { text, losses }
}

/// Writes a group's records; what is lost of it.
fn record(name: &Name, rtype: RecordType, group: &RecordGroup, text: &mut String) -> Option<String> {
    let one = match &group.routing {
        Routing::Simple(one) => one,
        Routing::Tree(tree) => return Some(loss::tree(tree)),
        policy => return Some(format!("{} routing", policy.name())),
    };
    match &one.target {
        Target::Values { ttl, rdata } => {
            for rdata in rdata {
                let _ = writeln!(text, "{name} {ttl} IN {rtype} {}", rdata::print(rtype, rdata));
            }
            one.check.as_ref().map(|check| format!("its health check {check}"))
        }
        Target::Alias { to, .. } => Some(format!("an alias to {to}")),
        Target::Provider { of, .. } => Some(format!("an alias to {of}")),
        // Only inside a tree.
        Target::Rule { .. } => None,
    }
}

//! Zones below zones that are here too: what the parent must say of them (Z-23).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::overlap;
use crate::model::{HostedZone, Name, Problem, RecordType, Visibility};

/// Z-23: a public zone below another that a resolver may ask as well is delegated there. Private zones need no
/// delegation: among them the longest name answers (Z-27).
pub(super) fn check(zones: &[Arc<HostedZone>], problems: &mut Vec<Problem>) {
    let mut public: BTreeMap<&Name, Vec<&HostedZone>> = BTreeMap::new();
    for zone in zones.iter().filter(|zone| matches!(zone.visibility, Visibility::Public { .. })) {
        public.entry(&zone.name).or_default().push(zone);
    }
    for child in public.values().flatten() {
        let mut above = child.name.parent();
        while let Some(name) = above {
            let same_name = public.get(&name).into_iter().flatten();
            let parents: Vec<_> = same_name.filter(|parent| overlap(parent, child).is_some()).collect();
            for parent in parents.iter().filter(|parent| !leads_to(parent, &child.name)) {
                problems.push(Problem::warning(
                    &child.at,
                    format!(
                        "zone {} is not delegated by zone {} ({}): resolvers are never sent to it, and its DS does not \
                         exist",
                        child.name, parent.name, parent.at
                    ),
                    format!("give {} in zone {} the NS records of the zone's name servers", child.name, parent.name),
                ));
            }
            above = if parents.is_empty() { name.parent() } else { None };
        }
    }
}

/// Whether a referral is given at the name, or at one above it.
fn leads_to(parent: &HostedZone, name: &Name) -> bool {
    let mut at = Some(name.clone());
    while let Some(name) = at.filter(|name| *name != parent.name) {
        let key = (name, RecordType::NS);
        if parent.groups.contains_key(&key) {
            return true;
        }
        at = key.0.parent();
    }
    false
}

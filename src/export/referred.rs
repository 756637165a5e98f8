//! What a zone's records refer to beyond the zone.

use std::collections::BTreeSet;

use crate::model::check::CheckKind;
use crate::model::{CheckId, CidrCollection, HealthCheck, HostedZone, Routing};

/// Checks and collections that a zone needs beside it, in the order of their ids.
pub(super) struct Referred<'a> {
    pub(super) checks: Vec<&'a HealthCheck>,
    pub(super) collections: Vec<&'a CidrCollection>,
}

impl<'a> Referred<'a> {
    /// Those that `zone` names, and the children of calculated checks (C-25).
    pub(super) fn by(zone: &HostedZone, checks: &'a [HealthCheck], collections: &'a [CidrCollection]) -> Self {
        let mut wanted: BTreeSet<&CheckId> = BTreeSet::new();
        let mut named = BTreeSet::new();
        for group in zone.groups.values() {
            wanted.extend(group.routing.candidates().iter().filter_map(|candidate| candidate.check));
            if let Routing::IpBased { collection, .. } = &group.routing {
                named.insert(collection);
            }
        }
        let parents = checks.iter().filter(|check| wanted.contains(&check.id));
        let children = parents.flat_map(|check| match &check.kind {
            CheckKind::Calculated { children, .. } => &children[..],
            CheckKind::Endpoint(_) | CheckKind::Alarm(_) | CheckKind::Given { .. } => &[],
        });
        let children: Vec<_> = children.collect();
        wanted.extend(children);
        let mut checks: Vec<_> = checks.iter().filter(|check| wanted.contains(&check.id)).collect();
        let mut collections: Vec<_> = collections.iter().filter(|collection| named.contains(&collection.id)).collect();
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        collections.sort_by(|a, b| a.id.cmp(&b.id));
        Self { checks, collections }
    }
}

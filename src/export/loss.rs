//! What a format cannot say of a record group.

use crate::model::tree::Tree;
use crate::model::{HostedZone, Name, RecordGroup, RecordType, Target};

/// `name type: what`.
pub(super) fn of(name: &Name, rtype: RecordType, what: impl std::fmt::Display) -> String {
    format!("{name} {rtype}: {what}")
}

/// That a file says how a zone is signed.
pub(super) fn signing(zone: &HostedZone) -> Option<String> {
    zone.dnssec.as_ref().map(|_| "how the zone is signed, [dnssec]".to_owned())
}

/// What stands behind the one record of a traffic policy instance.
pub(super) fn tree(tree: &Tree) -> String {
    format!("what traffic policy instance {} made", tree.instance())
}

/// What provider answers for, among a group's aliases; in the zone itself these would read as aliases in it.
pub(super) fn ambiguous<'a>(group: &'a RecordGroup, zone: &'a Name) -> impl Iterator<Item = &'a str> {
    group.routing.candidates().into_iter().filter_map(move |candidate| match candidate.target {
        Target::Provider { of, .. } => {
            let within = Name::parse(of, Some(&Name::root())).is_ok_and(|name| name.is_within(zone));
            within.then_some(&**of)
        }
        Target::Values { .. } | Target::Alias { .. } | Target::Rule { .. } => None,
    })
}

//! Private zones: who may see them and what they may not hold (Z-24, Z-32).

use super::alias::GroupKey;
use super::near::suggest;
use super::{Known, Subject};
use crate::model::Visibility;
use crate::model::view::ViewId;
use crate::model::{HostedZone, Problem, RecordGroup, Routing};

/// Z-24: at least one view, each of them known, none twice. Z-32: no IP-based routing.
pub(super) fn check(zone: &HostedZone, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let Visibility::Private { views } = &zone.visibility else { return };
    if views.is_empty() {
        problems.push(Problem::error(
            &zone.at,
            format!("private zone {} is tied to no view, so nobody could ask it", zone.name),
            "name at least one view (what Route 53 calls a VPC)",
        ));
    }
    for (index, ViewId(view)) in views.iter().enumerate() {
        if !known.has_view(view) {
            problems.push(Problem::error(
                &zone.at,
                format!("private zone {} is tied to view {view:?}, which does not exist", zone.name),
                suggest(view, known.views(), &format!("define [view.{view:?}] in waymark.toml")),
            ));
        }
        if views[..index].iter().any(|earlier| earlier.0 == *view) {
            problems.push(Problem::error(
                &zone.at,
                format!("private zone {} is tied to view {view:?} twice", zone.name),
                "name it once",
            ));
        }
    }
    check_groups(zone, &zone.groups, problems);
}

/// Z-32 for some groups.
pub(super) fn check_groups<'a>(
    zone: &HostedZone,
    groups: impl IntoIterator<Item = (&'a GroupKey, &'a RecordGroup)>,
    problems: &mut Vec<Problem>,
) {
    if !matches!(zone.visibility, Visibility::Private { .. }) {
        return;
    }
    let parts = groups.into_iter().flat_map(|(key, group)| group.parts().map(move |group| (key, group)));
    for ((name, rtype), group) in parts {
        let Routing::IpBased { candidates, .. } = &group.routing else { continue };
        let subject = Subject { zone, name, rtype: *rtype, group };
        for candidate in candidates {
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{} cannot be created because CIDR RRSet is not supported with private hosted zone.",
                    subject.rrset(&candidate.id)
                ),
                "use another policy, or a zone per view",
            ));
        }
    }
}

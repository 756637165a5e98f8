//! A hosted zone as `get-hosted-zone` and `list-hosted-zones` print it, and the VPCs it is tied to (Z-1, Z-24).

use std::sync::Arc;

use super::node::{Fields, Node};
use super::record::{RecordSet, route53_name};
use crate::model::rules::account::zone_id_fault;
use crate::model::{At, HostedZone, Name, Problem, View, ViewId, Visibility, ZoneId};

/// A zone whose record sets are still being gathered.
#[derive(Debug)]
pub(super) struct Draft {
    /// `None` when no HostedZone part says it.
    pub(super) id: Option<Arc<str>>,
    pub(super) name: Name,
    pub(super) comment: String,
    pub(super) private: bool,
    pub(super) views: Vec<ViewId>,
    /// ResourceRecordSetCount.
    pub(super) count: Option<usize>,
    /// `None` until a list of record sets was met.
    pub(super) records: Option<Vec<RecordSet>>,
    /// Record sets read, those that cannot be served included.
    pub(super) seen: usize,
    pub(super) at: At,
}

/// A zone without its record sets; `None` if it has no id or no usable name.
pub(super) fn read(node: Node<'_>, problems: &mut Vec<Problem>) -> Option<Draft> {
    let mut fields = Fields::of(node, "hosted zone");
    let at = fields.at.clone();
    for key in ["Id", "Name"] {
        if fields.lacks(key) {
            fields.error(&at, format!("hosted zone without {key}"), "write it as the AWS CLI prints it");
        }
    }
    let id = fields.text("Id");
    let name = fields.text("Name").and_then(|text| {
        let name = route53_name(&text);
        name.map_err(|what| fields.error(&at, what, "write the zone's name as the AWS CLI prints it")).ok()
    });
    let count = fields.number("ResourceRecordSetCount", 0..=i64::MAX).and_then(|count| usize::try_from(count).ok());
    let (mut comment, mut private) = (String::new(), false);
    if let Some(mut config) = fields.object("Config") {
        comment = config.text("Comment").unwrap_or_default();
        private = config.truth("PrivateZone").unwrap_or(false);
        fields.absorb(config);
    }
    for key in ["CallerReference", "LinkedService", "Features"] {
        fields.take(key);
    }
    problems.extend(fields.finish());
    let id: Arc<str> = super::bare_id(&id?).into();
    if let Some(fault) = zone_id_fault(&id) {
        let what = format!("zone id {:?} {fault} (Z-6)", &*id);
        problems.push(Problem::error(&at, what, "write the id as the AWS CLI prints it"));
    }
    let id = Some(id);
    Some(Draft { id, name: name?, comment, private, views: Vec::new(), count, records: None, seen: 0, at })
}

/// Ties a zone to VPCs and returns a view for each: what its clients' networks are is for the configuration to say.
pub(super) fn tie(draft: &mut Draft, vpcs: Vec<Node<'_>>, problems: &mut Vec<Problem>) -> Vec<View> {
    let mut views = Vec::new();
    for node in vpcs {
        let mut fields = Fields::of(node, "VPC");
        let at = fields.at.clone();
        let region = fields.has("VPCRegion").then(|| super::location::region(&mut fields, "VPCRegion")).flatten();
        match fields.text("VPCId") {
            Some(id) => {
                let id = ViewId(id.into());
                draft.views.push(id.clone());
                views.push(View { id, networks: Vec::new(), listeners: Vec::new(), region, at });
            }
            None => fields.error(&at, "VPC without VPCId", "write it as get-hosted-zone prints it"),
        }
        problems.extend(fields.finish());
    }
    views
}

impl Draft {
    /// The zone, if its record sets were in the file; `fallback` is its id where nothing says one.
    pub(super) fn finish(self, fallback: &str, problems: &mut Vec<Problem>) -> Option<HostedZone> {
        let Self { id, name, comment, private, views, count, records, seen, at } = self;
        let list =
            |id: &str| format!("append what `aws route53 list-resource-record-sets --hosted-zone-id {id}` prints");
        let id = id.map_or_else(|| ZoneId::made_of(fallback), ZoneId);
        let Some(records) = records else {
            let what = format!("hosted zone {name} has no record sets in this file, so it is not served");
            problems.push(Problem::warning(&at, what, list(&id.0)));
            return None;
        };
        if let Some(count) = count.filter(|count| *count > seen) {
            let what = format!("hosted zone {name} counts {count} record sets, but only {seen} are in this file");
            problems.push(Problem::warning(&at, what, list(&id.0)));
        }
        if private && views.is_empty() {
            let what = format!("private hosted zone {name} comes without its VPCs");
            let mend = format!("use what `aws route53 get-hosted-zone --id {}` prints: it has them", id.0);
            problems.push(Problem::error(&at, what, mend));
            return None;
        }
        let visibility = match private {
            true => Visibility::Private { views },
            false => Visibility::Public { listeners: Vec::new() },
        };
        let groups = super::group::assemble(records, problems);
        Some(HostedZone { id, name, comment, visibility, groups, dnssec: None, signing: None, left_out: 0, at })
    }
}

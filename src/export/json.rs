//! A zone as an account dump: what `get-hosted-zone`, `list-resource-record-sets` and their like print, in one object.

use serde::Serialize;

use super::records::record_sets;
use super::referred::Referred;
use super::{Exported, health_check_config, loss};
use crate::model::routing::{Anchor, Site};
use crate::model::{HostedZone, RecordGroup, RecordType, Routing, Target, Visibility, rdata};
use crate::route53::{CidrBlockSummary, HealthCheck, HostedZoneConfig, ResourceRecordSet, VPC};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dump {
    hosted_zone: crate::route53::HostedZone,
    #[serde(rename = "VPCs", skip_serializing_if = "Vec::is_empty")]
    vpcs: Vec<VPC>,
    resource_record_sets: Vec<ResourceRecordSet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    health_checks: Vec<HealthCheck>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cidr_collections: Vec<Collection>,
}

/// A collection with its blocks inside, as no command prints it and `store` reads it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Collection {
    id: String,
    name: String,
    cidr_blocks: Vec<CidrBlockSummary>,
}

pub(super) fn print(zone: &HostedZone, records: Option<Vec<ResourceRecordSet>>, referred: &Referred<'_>) -> Exported {
    let mut losses = losses(zone);
    let vpcs = match &zone.visibility {
        Visibility::Public { .. } => Vec::new(),
        Visibility::Private { views } => {
            let vpc = |id: &str| VPC { vpc_id: Some(id.to_owned()), vpc_region: None };
            views.iter().map(|view| vpc(&view.0)).collect()
        }
    };
    let is_stored = |set: &ResourceRecordSet| {
        let rtype = set.r#type.parse().is_ok_and(|rtype| RecordType::ROUTE53.contains(&rtype));
        rtype && set.traffic_policy_instance_id.is_none()
    };
    let mut resource_record_sets = records.unwrap_or_else(|| record_sets(zone));
    resource_record_sets.retain(is_stored);
    let hosted_zone = crate::route53::HostedZone {
        id: format!("/hostedzone/{}", zone.id.0),
        name: zone.name.to_route53(),
        config: Some(HostedZoneConfig {
            comment: Some(zone.comment.clone()).filter(|comment| !comment.is_empty()),
            private_zone: Some(!vpcs.is_empty()),
        }),
        resource_record_set_count: i64::try_from(resource_record_sets.len()).ok(),
        ..crate::route53::HostedZone::default()
    };
    let health_checks = referred.checks.iter().filter_map(|check| {
        let (config, lost) = health_check_config(check);
        losses.extend(lost.into_iter().map(|what| format!("health check {}: {what}", check.id)));
        if config.is_none() {
            losses.push(format!("health check {}: Route 53 has none of its kind", check.id));
        }
        let id = check.id.0.as_ref().to_owned();
        config.map(|health_check_config| HealthCheck { id, health_check_config, ..HealthCheck::default() })
    });
    let health_checks = health_checks.collect();
    let collections = referred.collections.iter().map(|collection| {
        let blocks = collection.locations.iter().flat_map(|(location, blocks)| {
            let summary =
                |cidr_block| CidrBlockSummary { cidr_block, location_name: Some(location.as_ref().to_owned()) };
            let bare = blocks.is_empty().then(|| summary(None));
            bare.into_iter().chain(blocks.iter().map(move |block| summary(Some(block.to_string()))))
        });
        let id = collection.id.as_ref().to_owned();
        Collection { name: id.clone(), id, cidr_blocks: blocks.collect() }
    });
    let dump = Dump { hosted_zone, vpcs, resource_record_sets, health_checks, cidr_collections: collections.collect() };
    match serde_json::to_string_pretty(&dump) {
        Ok(text) => Exported { text: text + "\n", losses },
        Err(error) => Exported { text: String::new(), losses: vec![format!("all of it: {error}")] },
    }
}

/// What of a zone Route 53 has no words for, or would not take, a clause each; its checks and collections aside.
pub fn losses(zone: &HostedZone) -> Vec<String> {
    let of_groups = zone
        .groups
        .iter()
        .flat_map(|((name, rtype), group)| lost(*rtype, group).into_iter().map(|what| loss::of(name, *rtype, what)));
    let mut losses: Vec<String> = of_groups.collect();
    if matches!(&zone.visibility, Visibility::Public { listeners } if !listeners.is_empty()) {
        losses.push("the listeners at which the zone is served".to_owned());
    }
    losses.extend(loss::signing(zone));
    losses
}

/// What of a group Route 53 has no words for, or would not take.
fn lost(rtype: RecordType, group: &RecordGroup) -> Vec<String> {
    if !RecordType::ROUTE53.contains(&rtype) {
        return vec!["Route 53 does not store the type".to_owned()];
    }
    if let Routing::Tree(tree) = &group.routing {
        return vec![loss::tree(tree)];
    }
    let mut lost = Vec::new();
    for candidate in group.routing.candidates() {
        if let Target::Values { rdata, .. } = candidate.target {
            let values = rdata.iter().map(|rdata| (rdata, rdata::print_route53(rtype, rdata)));
            let refused = values.filter(|(rdata, value)| rdata::parse_route53(rtype, value).as_ref() != Ok(*rdata));
            lost.extend(refused.map(|(_, value)| format!("Route 53 would not take the value {value}")));
        }
    }
    if let Routing::Geoproximity(many) = &group.routing {
        let fine = |degrees: f64| (degrees * 100.0).round() / 100.0 != degrees;
        let is_fine = |anchor: &Anchor| matches!(anchor.site, Site::Point(point) if fine(point.latitude) || fine(point.longitude));
        if many.iter().any(|candidate| is_fine(&candidate.key)) {
            lost.push("coordinates of more than two decimals".to_owned());
        }
    }
    lost
}

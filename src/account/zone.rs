//! A hosted zone as the API made it: its document, what it is found by, and the record sets it is born with.

use serde::{Deserialize, Serialize};

use super::{Draft, Reader, belongings, dnssec, filed, order, protections, refusal, traffic};
use crate::model::place::Region;
use crate::model::{HostedZone as Model, Name, View, ViewId, Visibility, ZoneId};
use crate::route53::{ApiError, Code, DelegationSet, HostedZone, ResourceRecord, ResourceRecordSet, VPC, bare_id};
use crate::snapshot::World;
use crate::store::Options;
use crate::store::defaults::{self, NS_TTL, SOA_NUMBERS, SOA_TTL};

/// A hosted zone without its record sets, as `get-hosted-zone` prints it; its own id is bare, `Z1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Zone {
    /// Id, name with a trailing dot, caller's reference, comment and kind; the number of record sets is not kept here.
    pub hosted_zone: HostedZone,
    /// The name servers it was given; with an id where they are a reusable set (Z-13).
    pub delegation_set: DelegationSet,
    /// The VPCs a private zone is tied to, in the order they came (Z-24).
    #[serde(rename = "VPCs", default, skip_serializing_if = "Vec::is_empty")]
    pub vpcs: Vec<VPC>,
}

pub(super) fn index(zone: &Zone, id: &str) -> Vec<String> {
    let place = order::zone(&zone.name(), id);
    let tied = zone.vpcs.iter().map(|vpc| format!("{}{place}", tied(vpc)));
    let set = zone.delegation_set.id.iter().map(|set| format!("delegated/{}/{id}", bare_id(set)));
    let own = [format!("name/{place}"), reference(&zone.hosted_zone.caller_reference)];
    own.into_iter().chain(tied).chain(set).collect()
}

/// Refuses the id of a zone that there is not, neither the API's nor a file's.
pub fn known(reader: Reader<'_>, world: &World, id: &str) -> Result<(), ApiError> {
    is_private(reader, world, id).map(drop)
}

/// Whether a zone, the API's or a file's, is private (Z-1); refuses the id of one that there is not.
pub fn is_private(reader: Reader<'_>, world: &World, id: &str) -> Result<bool, ApiError> {
    if let Some(zone) = reader.find::<Zone>(id) {
        return Ok(zone.is_private());
    }
    let zone = filed::find(world, id).ok_or_else(|| refusal::no_such_zone(id))?;
    Ok(matches!(zone.visibility, Visibility::Private { .. }))
}

/// What a zone is found by that was made with this CallerReference (Z-5).
pub fn reference(reference: &str) -> String {
    format!("reference/zone/{reference}")
}

/// What the words begin with that the zones of a VPC are found by; the zone's place by name follows.
pub fn tied(vpc: &VPC) -> String {
    format!("tied/{}/", vpc.vpc_id.as_deref().unwrap_or_default())
}

impl Zone {
    /// Its bare id.
    pub fn id(&self) -> &str {
        bare_id(&self.hosted_zone.id)
    }

    /// Its apex.
    pub fn name(&self) -> Name {
        Name::parse_route53(&self.hosted_zone.name).unwrap_or_else(|_| Name::root())
    }

    /// Whether it is private (Z-1).
    pub fn is_private(&self) -> bool {
        self.hosted_zone.config.as_ref().and_then(|config| config.private_zone) == Some(true)
    }

    /// As the API shows it, with `count` record sets.
    pub fn shown(&self, count: usize) -> HostedZone {
        HostedZone {
            id: format!("/hostedzone/{}", self.id()),
            resource_record_set_count: i64::try_from(count).ok(),
            ..self.hosted_zone.clone()
        }
    }

    /// As it is served, without its groups.
    pub(super) fn bare_model(&self) -> Model {
        let view = |vpc: &VPC| ViewId(vpc.vpc_id.as_deref().unwrap_or_default().into());
        Model {
            id: ZoneId(self.id().into()),
            name: self.name(),
            comment: self.hosted_zone.config.iter().find_map(|config| config.comment.clone()).unwrap_or_default(),
            visibility: match self.is_private() {
                true => Visibility::Private { views: self.vpcs.iter().map(view).collect() },
                false => Visibility::Public { listeners: Vec::new() },
            },
            groups: Default::default(),
            dnssec: None,
            signing: None,
            left_out: 0,
            at: filed::at(0),
        }
    }

    /// The record sets a zone is born with (Z-15, Z-16).
    pub fn defaults(&self, options: &Options) -> [ResourceRecordSet; 2] {
        let servers: Vec<String> = self
            .delegation_set
            .name_servers
            .iter()
            .map(|server| format!("{}.", server.trim_end_matches('.')))
            .collect();
        let numbers = SOA_NUMBERS.map(|number| number.to_string()).join(" ");
        let soa = format!("{} {} {numbers}", servers[0], defaults::hostmaster(options).to_route53());
        let set = |rtype: &str, ttl: u32, values: Vec<String>| ResourceRecordSet {
            name: self.hosted_zone.name.clone(),
            r#type: rtype.to_owned(),
            ttl: Some(ttl.into()),
            resource_records: Some(values.into_iter().map(|value| ResourceRecord { value }).collect()),
            ..ResourceRecordSet::default()
        };
        [set("NS", NS_TTL, servers), set("SOA", SOA_TTL, vec![soa])]
    }
}

/// The name servers of a zone that asked for none in particular, as DelegationSet prints them: without final dots (Z-10).
pub fn name_servers(name: &Name, is_private: bool, options: &Options) -> Vec<String> {
    let servers = defaults::name_servers(name, is_private, options);
    servers.iter().map(|server| server.to_route53().trim_end_matches('.').to_owned()).collect()
}

/// The view a VPC is: who is in it is for the configuration to say, under the VPC's id.
pub fn view(vpc: &VPC) -> View {
    View {
        id: ViewId(vpc.vpc_id.as_deref().unwrap_or_default().into()),
        networks: Vec::new(),
        listeners: Vec::new(),
        region: vpc.vpc_region.as_deref().and_then(Region::from_code),
        at: filed::at(0),
    }
}

/// Takes a zone away that holds nothing but SOA and NS at its apex (Z-8).
pub fn delete(draft: &mut Draft<'_>, zone: &Zone) -> Result<(), ApiError> {
    let within = format!("{}/", zone.id());
    let records: Vec<String> =
        draft.reader().list::<ResourceRecordSet>(&within, "").map(|(id, _)| id.to_owned()).take(3).collect();
    let has_instances = traffic::instance::list(draft.reader(), &within, &within).next().is_some();
    if records.len() > 2 || has_instances {
        let message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted.";
        return Err(ApiError::new(Code::HostedZoneNotEmpty, message));
    }
    if protections::count(draft.reader(), zone.id()) > 0 {
        let message = "The specified hosted zone contains resource record set protections and so cannot be deleted.";
        return Err(ApiError::new(Code::HostedZoneNotEmpty, message));
    }
    if dnssec::is_signed(draft.reader(), zone.id()) {
        let message = "The specified hosted zone is signed: disable DNSSEC signing before it is deleted.";
        return Err(ApiError::new(Code::HostedZoneNotEmpty, message));
    }
    belongings::forget(draft, zone.id());
    for id in records {
        draft.remove::<ResourceRecordSet>(&id);
    }
    draft.remove::<Zone>(zone.id());
    Ok(())
}

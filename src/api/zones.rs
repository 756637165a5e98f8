//! Hosted zones: made, shown, listed, deleted (Z-1…Z-27, I-21).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::beside::Beside;
use super::query_logging;
use crate::account::page::cut;
use crate::account::zone::{self, Zone};
use crate::account::{self, Account, Draft, Reader, delegation, filed_zones, lettered, order, refusal, vpc};
use crate::model::{HostedZone as Model, Name, ViewId, Visibility};
use crate::route53::{
    ApiError, Caller, Code, CreateHostedZoneRequest, CreateHostedZoneResponse, DelegationSet, DeleteHostedZoneRequest,
    DeleteHostedZoneResponse, GetHostedZoneCountRequest, GetHostedZoneCountResponse, GetHostedZoneRequest,
    GetHostedZoneResponse, HostedZone, HostedZoneConfig, LinkedService, ListHostedZonesByNameRequest,
    ListHostedZonesByNameResponse, ListHostedZonesRequest, ListHostedZonesResponse, ResourceRecordSet,
    UpdateHostedZoneCommentRequest, UpdateHostedZoneCommentResponse, VPC, bare_id,
};
use crate::snapshot::World;

/// The most zones of a page, and the usual (I-21).
const PAGE: usize = 100;
/// The record sets that no zone can be without: SOA and NS at its apex (Z-8, Z-18).
const REQUIRED: usize = 2;

/// Makes a zone with its SOA and NS record sets (Z-1, Z-2, Z-5, Z-7, Z-10).
pub fn create_hosted_zone(
    account: &Account,
    caller: &Caller,
    input: CreateHostedZoneRequest,
) -> Result<CreateHostedZoneResponse, ApiError> {
    let CreateHostedZoneRequest { name, vpc, caller_reference, hosted_zone_config, delegation_set_id } = input;
    let name = zone_name(&name)?;
    let HostedZoneConfig { comment, private_zone } = hosted_zone_config.unwrap_or_default();
    if vpc.is_none() && private_zone == Some(true) {
        return Err(ApiError::invalid_input("A private hosted zone needs a VPC: give VPCId and VPCRegion."));
    }
    account.transact(caller, "CreateHostedZone", |draft| {
        if draft.reader().indexed(&zone::reference(&caller_reference)).is_some() {
            let message = "A hosted zone has already been created with the specified caller reference.";
            return Err(ApiError::new(Code::HostedZoneAlreadyExists, message));
        }
        let most = draft.settings().quotas.hosted_zones;
        if draft.reader().count::<Zone>("") as u64 >= most {
            let message =
                format!("Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than {most} hosted zones.");
            return Err(ApiError::new(Code::TooManyHostedZones, message));
        }
        let delegation_set = match &vpc {
            Some(vpc) => private_servers(draft, &name, vpc, delegation_set_id.as_deref())?,
            None => public_servers(draft, &name, delegation_set_id.as_deref())?,
        };
        let id = lettered('Z');
        let zone = Zone {
            hosted_zone: HostedZone {
                id: id.clone(),
                name: name.to_route53(),
                caller_reference,
                config: Some(HostedZoneConfig { comment, private_zone: Some(vpc.is_some()) }),
                ..HostedZone::default()
            },
            delegation_set,
            vpcs: vpc.into_iter().collect(),
        };
        for set in zone.defaults(&draft.settings().options) {
            draft.put_record(&account::record::id(&id, &name, &set.r#type, None), set);
        }
        let answer = CreateHostedZoneResponse {
            hosted_zone: zone.shown(REQUIRED),
            change_info: draft.change(None),
            delegation_set: shown(&zone.delegation_set),
            vpc: zone.vpcs.first().cloned(),
            location: refusal::location("hostedzone", &id),
        };
        draft.put(&id, zone);
        Ok(answer)
    })
}

/// Z-2: no TLD, no leftmost `*`.
fn zone_name(text: &str) -> Result<Name, ApiError> {
    let refuse = |message: String| ApiError::new(Code::InvalidDomainName, message);
    let name = refusal::name(text).map_err(|error| refuse(error.message))?;
    if name.label_count() < 2 {
        return Err(refuse(format!("{} is reserved by AWS!", name.to_route53())));
    }
    if name.is_wildcard() {
        return Err(refuse(format!("The domain name {} is not valid: a zone is no wildcard.", name.to_route53())));
    }
    Ok(name)
}

/// Name servers of a public zone: those of a reusable set, or its own (Z-4, Z-10, Z-13; docs/decisions/0023).
fn public_servers(draft: &Draft<'_>, name: &Name, set: Option<&str>) -> Result<DelegationSet, ApiError> {
    let reader = draft.reader();
    let set = set.map(bare_id);
    if let Some(set) = set {
        let found = delegation::find(reader, set)?;
        let within = format!("delegated/{set}/");
        let zones = || reader.index(&within, "").filter_map(|(_, id)| reader.find::<Zone>(id));
        if let Some(other) = zones().find(|zone| related(&zone.name(), name)) {
            return Err(conflicting(name, &other.hosted_zone.name, &format!("delegation set {set}")));
        }
        let most = draft.settings().quotas.delegation_set_zones;
        if zones().count() as u64 >= most {
            let message =
                format!("Limits Exceeded: MAX_ZONES_BY_REUSABLE_DELEGATION_SET - {most} zones have set {set}.");
            return Err(ApiError::new(Code::LimitsExceeded, message));
        }
        if let Some(place) = public_of_name(draft, name) {
            return Err(conflicting(name, &place, "this server"));
        }
        return Ok(DelegationSet { id: Some(set.to_owned()), ..found.clone() });
    }
    if let Some(place) = public_of_name(draft, name) {
        let message = format!(
            "Route 53 has no more name servers for {}: this server already answers for it, as {place}, and has only \
             itself to give.",
            name.to_route53()
        );
        return Err(ApiError::new(Code::DelegationSetNotAvailable, message));
    }
    Ok(DelegationSet {
        name_servers: zone::name_servers(name, false, &draft.settings().options),
        ..DelegationSet::default()
    })
}

/// Where a public zone of this name is, if there is one: its id, and its file where it has one.
fn public_of_name(draft: &Draft<'_>, name: &Name) -> Option<String> {
    let reader = draft.reader();
    let within = format!("name/{} ", name.listed());
    let mut made = reader.index(&within, "").filter_map(|(_, id)| reader.find::<Zone>(id));
    if let Some(zone) = made.find(|zone| !zone.is_private()) {
        return Some(format!("hosted zone {}", zone.id()));
    }
    let is_public = |zone: &&Arc<Model>| zone.name == *name && matches!(zone.visibility, Visibility::Public { .. });
    filed_zones(draft.world()).find(is_public).map(|zone| format!("the zone of file {}", zone.at.file))
}

fn related(one: &Name, other: &Name) -> bool {
    one.is_within(other) || other.is_within(one)
}

fn conflicting(name: &Name, other: &str, whose: &str) -> ApiError {
    let name = name.to_route53();
    let message = format!(
        "Cannot create hosted zone {name}: it conflicts with {other}, which has the name servers of {whose} too."
    );
    ApiError::new(Code::ConflictingDomainExists, message)
}

/// Name servers of a private zone, and whether it may be tied to the VPC (Z-12, Z-24, Z-25).
fn private_servers(draft: &Draft<'_>, name: &Name, vpc: &VPC, set: Option<&str>) -> Result<DelegationSet, ApiError> {
    if set.is_some() {
        return Err(ApiError::invalid_input("A private hosted zone cannot have a reusable delegation set."));
    }
    vpc::check_tie(draft, name, vpc)?;
    Ok(DelegationSet {
        name_servers: zone::name_servers(name, true, &draft.settings().options),
        ..DelegationSet::default()
    })
}

/// A zone with its name servers, or its VPCs.
pub fn get_hosted_zone(
    account: &Account,
    _: &Caller,
    input: GetHostedZoneRequest,
) -> Result<GetHostedZoneResponse, ApiError> {
    let id = bare_id(&input.id);
    let world = account.world();
    account.read(|reader| match reader.find::<Zone>(id) {
        Some(zone) => Ok(GetHostedZoneResponse {
            hosted_zone: shown_zone(reader, zone),
            delegation_set: (!zone.is_private()).then(|| shown(&zone.delegation_set)),
            vpcs: zone.is_private().then(|| zone.vpcs.clone()),
        }),
        None => match account::find_filed(&world, id) {
            Some(zone) => Ok(filed(&world, &zone)),
            None => Err(refusal::no_such_zone(id)),
        },
    })
}

/// How many zones there are, those of files among them.
pub fn get_hosted_zone_count(
    account: &Account,
    _: &Caller,
    _: GetHostedZoneCountRequest,
) -> Result<GetHostedZoneCountResponse, ApiError> {
    let count = account.read(|reader| reader.count::<Zone>("")) + filed_zones(&account.world()).count();
    Ok(GetHostedZoneCountResponse { hosted_zone_count: i64::try_from(count).unwrap_or(i64::MAX) })
}

/// Zones by id (I-21).
pub fn list_hosted_zones(
    account: &Account,
    _: &Caller,
    input: ListHostedZonesRequest,
) -> Result<ListHostedZonesResponse, ApiError> {
    let page = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let set = input.delegation_set_id.as_deref().map(bare_id).filter(|set| !set.is_empty());
    let only_private = input.hosted_zone_type.as_deref() == Some("PrivateHostedZone");
    let marker = input.marker.unwrap_or_default();
    let from = bare_id(&marker);
    let world = account.world();
    account.read(|reader| {
        if let Some(set) = set {
            delegation::find(reader, set)?;
        }
        let is_asked = |zone: &Zone| {
            let has_set = set.is_none_or(|set| zone.delegation_set.id.as_deref().map(bare_id) == Some(set));
            has_set && (!only_private || zone.is_private())
        };
        let made = reader.list::<Zone>("", from).filter(|(_, zone)| is_asked(zone)).take(page + 1);
        let mut zones: BTreeMap<&str, HostedZone> = made.map(|(id, zone)| (id, shown_zone(reader, zone))).collect();
        let is_asked = |zone: &Model| {
            let is_private = matches!(zone.visibility, Visibility::Private { .. });
            &*zone.id.0 >= from && set.is_none() && (!only_private || is_private)
        };
        let mut filed: Vec<&Arc<Model>> = filed_zones(&world).filter(|zone| is_asked(zone)).collect();
        filed.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        zones.extend(filed.into_iter().take(page + 1).map(|zone| (&*zone.id.0, filed_shown(zone))));
        let (zones, next) = cut(zones.into_iter(), page);
        Ok(ListHostedZonesResponse {
            hosted_zones: zones.into_iter().map(|(_, zone)| zone).collect(),
            marker: marker.clone(),
            is_truncated: next.is_some(),
            next_marker: next.map(|(id, _)| id.to_owned()),
            max_items: page.to_string(),
        })
    })
}

/// Zones by name, the labels reversed (I-21).
pub fn list_hosted_zones_by_name(
    account: &Account,
    _: &Caller,
    input: ListHostedZonesByNameRequest,
) -> Result<ListHostedZonesByNameResponse, ApiError> {
    let page = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let from = match (&input.dns_name, &input.hosted_zone_id) {
        (None, Some(_)) => return Err(ApiError::invalid_input("HostedZoneId is given without DNSName.")),
        (None, None) => String::new(),
        (Some(name), id) => {
            let refuse = |error: ApiError| ApiError::new(Code::InvalidDomainName, error.message);
            let name = refusal::name(name).map_err(refuse)?;
            id.as_deref().map_or_else(|| name.listed(), |id| order::zone(&name, bare_id(id)))
        }
    };
    let world = account.world();
    let (hosted_zones, next) = account.read(|reader| {
        let made = reader.index("name/", &format!("name/{from}")).take(page + 1);
        let made = made
            .filter_map(|(word, id)| Some((word["name/".len()..].to_owned(), shown_zone(reader, reader.find(id)?))));
        let mut zones: BTreeMap<String, HostedZone> = made.collect();
        let mut filed: Vec<(String, &Arc<Model>)> = filed_zones(&world)
            .map(|zone| (order::zone(&zone.name, &zone.id.0), zone))
            .filter(|(place, _)| *place >= from)
            .collect();
        filed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        zones.extend(filed.into_iter().take(page + 1).map(|(place, zone)| (place, filed_shown(zone))));
        cut(zones.into_values(), page)
    });
    Ok(ListHostedZonesByNameResponse {
        hosted_zones,
        dns_name: input.dns_name,
        hosted_zone_id: input.hosted_zone_id,
        is_truncated: next.is_some(),
        next_dns_name: next.as_ref().map(|zone| zone.name.clone()),
        next_hosted_zone_id: next.map(|zone| bare_id(&zone.id).to_owned()),
        max_items: page.to_string(),
    })
}

/// Another comment, or none (Z-9).
pub fn update_hosted_zone_comment(
    account: &Account,
    caller: &Caller,
    input: UpdateHostedZoneCommentRequest,
) -> Result<UpdateHostedZoneCommentResponse, ApiError> {
    account.transact(caller, "UpdateHostedZoneComment", |draft| {
        let mut zone = Zone::clone(&*draft.zone(&input.id)?);
        let config = zone.hosted_zone.config.get_or_insert_default();
        config.comment = input.comment.filter(|comment| !comment.is_empty());
        let hosted_zone = shown_zone(draft.reader(), &zone);
        let id = zone.id().to_owned();
        draft.put(&id, zone);
        Ok(UpdateHostedZoneCommentResponse { hosted_zone })
    })
}

/// Takes a zone away that holds nothing but what it was born with (Z-8), and ends its query log with it.
pub fn delete_hosted_zone(
    account: &Account,
    beside: &Beside,
    caller: &Caller,
    input: DeleteHostedZoneRequest,
) -> Result<DeleteHostedZoneResponse, ApiError> {
    let gone = account.transact(caller, "DeleteHostedZone", |draft| {
        let zone = draft.zone(&input.id)?;
        zone::delete(draft, &zone)?;
        Ok(DeleteHostedZoneResponse { change_info: draft.change(None) })
    })?;
    query_logging::tell(account, &beside.logs);
    Ok(gone)
}

fn shown_zone(reader: Reader<'_>, zone: &Zone) -> HostedZone {
    zone.shown(reader.count::<ResourceRecordSet>(&format!("{}/", zone.id())))
}

/// A delegation set as zones show it: its id and reference where it is reusable (Z-13).
fn shown(set: &DelegationSet) -> DelegationSet {
    let id = set.id.as_deref().map(|id| format!("/delegationset/{}", bare_id(id)));
    DelegationSet { id, ..set.clone() }
}

/// A zone of a file as the API shows it: another service's, which clients of the API cannot change.
fn filed_shown(zone: &Model) -> HostedZone {
    let file = &zone.at.file;
    HostedZone {
        id: format!("/hostedzone/{}", zone.id.0),
        name: zone.name.to_route53(),
        caller_reference: file.to_string(),
        config: Some(HostedZoneConfig {
            comment: Some(zone.comment.clone()).filter(|comment| !comment.is_empty()),
            private_zone: Some(matches!(zone.visibility, Visibility::Private { .. })),
        }),
        resource_record_set_count: i64::try_from(account::filed_count(zone)).ok(),
        linked_service: Some(LinkedService {
            service_principal: Some("files.waymark".to_owned()),
            description: Some(format!("Defined in the file {file}.")),
        }),
        features: None,
    }
}

fn filed(world: &World, zone: &Model) -> GetHostedZoneResponse {
    let views = match &zone.visibility {
        Visibility::Private { views } => Some(views),
        Visibility::Public { .. } => None,
    };
    let vpc = |id: &ViewId| {
        let view = world.snapshot.catalog.views().iter().find(|view| view.id == *id);
        let region = view.and_then(|view| view.region);
        VPC { vpc_id: Some(id.0.to_string()), vpc_region: region.map(|region| region.code().to_owned()) }
    };
    GetHostedZoneResponse {
        hosted_zone: filed_shown(zone),
        delegation_set: views
            .is_none()
            .then(|| DelegationSet { name_servers: account::filed_servers(world, zone), ..DelegationSet::default() }),
        vpcs: views.map(|views| views.iter().map(vpc).collect()),
    }
}

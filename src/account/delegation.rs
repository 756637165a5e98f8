//! Reusable delegation sets: name servers that many zones share (Z-13).

use super::page::cut;
use super::zone::Zone;
use super::{Draft, Reader, ids, refusal};
use crate::route53::{
    ApiError, Code, CreateReusableDelegationSetRequest, CreateReusableDelegationSetResponse, DelegationSet,
    ListReusableDelegationSetsRequest, ListReusableDelegationSetsResponse, bare_id,
};
use crate::store::defaults::name_servers_drawn_from;

/// What its id is printed behind.
const PREFIX: &str = "/delegationset/";

pub(super) fn index(set: &DelegationSet, _: &str) -> Vec<String> {
    set.caller_reference.iter().map(|caller| reference(caller)).collect()
}

fn reference(reference: &str) -> String {
    format!("reference/delegationset/{reference}")
}

/// A set that there is; its id is printed with its prefix.
pub fn find<'a>(reader: Reader<'a>, id: &str) -> Result<&'a DelegationSet, ApiError> {
    let id = bare_id(id);
    let missing = || ApiError::new(Code::NoSuchDelegationSet, format!("No delegation set found with ID: {id}"));
    reader.find::<DelegationSet>(id).map(|set| &**set).ok_or_else(missing)
}

/// How many zones have the set.
pub fn zones(reader: Reader<'_>, id: &str) -> usize {
    reader.index(&format!("delegated/{}/", bare_id(id)), "").count()
}

/// Makes a set of name servers of its own, or one of those that a zone has already.
pub fn create(
    draft: &mut Draft<'_>,
    input: CreateReusableDelegationSetRequest,
) -> Result<CreateReusableDelegationSetResponse, ApiError> {
    let CreateReusableDelegationSetRequest { caller_reference, hosted_zone_id } = input;
    if draft.reader().indexed(&reference(&caller_reference)).is_some() {
        let what = format!("A delegation set with the caller reference {caller_reference} has already been created.");
        return Err(ApiError::new(Code::DelegationSetAlreadyCreated, what));
    }
    if draft.reader().count::<DelegationSet>("") as u64 >= draft.settings().quotas.delegation_sets {
        let what =
            "Limits Exceeded: MAX_REUSABLE_DELEGATION_SETS_BY_OWNER - Cannot create more reusable delegation sets.";
        return Err(ApiError::new(Code::LimitsExceeded, what));
    }
    let id = ids::lettered('N');
    let mut set = DelegationSet {
        id: Some(format!("{PREFIX}{id}")),
        caller_reference: Some(caller_reference),
        name_servers: Vec::new(),
    };
    match hosted_zone_id {
        Some(zone) => {
            let zone = promoted(draft, &zone)?;
            set.name_servers.clone_from(&zone.delegation_set.name_servers);
            let bare = zone.id().to_owned();
            draft.put(&bare, Zone { delegation_set: set.clone(), ..zone });
        }
        None => {
            let configured = &draft.settings().options.name_servers;
            let servers = match configured.is_empty() {
                true => name_servers_drawn_from(ids::number()),
                false => configured.clone(),
            };
            let printed = servers.iter().map(|server| server.to_route53().trim_end_matches('.').to_owned());
            set.name_servers = printed.collect();
        }
    }
    draft.put(&id, set.clone());
    Ok(CreateReusableDelegationSetResponse { location: refusal::location("delegationset", &id), delegation_set: set })
}

/// The zone whose name servers become reusable.
fn promoted(draft: &Draft<'_>, id: &str) -> Result<Zone, ApiError> {
    let id = bare_id(id);
    let Some(zone) = draft.reader().find::<Zone>(id) else {
        return Err(match draft.filed(id) {
            Some(zone) => refusal::filed(&zone),
            None => ApiError::new(Code::HostedZoneNotFound, format!("The specified hosted zone {id} can't be found.")),
        });
    };
    if zone.is_private() {
        let what = format!("Hosted zone {id} is private: private hosted zones have no delegation set of their own.");
        return Err(ApiError::new(Code::InvalidArgument, what));
    }
    if let Some(set) = &zone.delegation_set.id {
        let what = format!("The delegation set of hosted zone {id} has already been marked as reusable: {set}");
        return Err(ApiError::new(Code::DelegationSetAlreadyReusable, what));
    }
    Ok((**zone).clone())
}

/// Deletes a set that no zone has any more.
pub fn delete(draft: &mut Draft<'_>, id: &str) -> Result<(), ApiError> {
    find(draft.reader(), id)?;
    let id = bare_id(id);
    let zones = zones(draft.reader(), id);
    if zones > 0 {
        let what = format!("The delegation set {id} is in use by {zones} hosted zones, which must be deleted first.");
        return Err(ApiError::new(Code::DelegationSetInUse, what));
    }
    draft.remove::<DelegationSet>(id);
    Ok(())
}

/// A page of sets, by id; 100 unless told and at most.
pub fn list(
    reader: Reader<'_>,
    asked: ListReusableDelegationSetsRequest,
) -> Result<ListReusableDelegationSetsResponse, ApiError> {
    let most = refusal::page(asked.max_items.as_deref(), 100, 100)?;
    let marker = asked.marker.unwrap_or_default();
    let (page, next) = cut(reader.list::<DelegationSet>("", bare_id(&marker)), most);
    Ok(ListReusableDelegationSetsResponse {
        delegation_sets: page.into_iter().map(|(_, set)| (**set).clone()).collect(),
        marker,
        is_truncated: next.is_some(),
        next_marker: next.map(|(id, _)| id.to_owned()),
        max_items: most.to_string(),
    })
}

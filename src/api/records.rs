//! Record sets: changed in batches, listed in pages (I-3…I-22); what became of a change.

use std::borrow::Cow;

use crate::account::zone::Zone;
use crate::account::{self, Account, find_change, order, refusal};
use crate::export;
use crate::model::Name;
use crate::route53::{
    ApiError, Caller, ChangeResourceRecordSetsRequest, ChangeResourceRecordSetsResponse, GetChangeRequest,
    GetChangeResponse, ListResourceRecordSetsRequest, ListResourceRecordSetsResponse, ResourceRecordSet, bare_id,
};

/// The record sets of a page where nothing is asked, and the most (I-20, api.md fact 6).
const PAGE: (usize, usize) = (100, 300);

/// Carries out a batch of changes, all of it or nothing (I-3).
pub fn change_resource_record_sets(
    account: &Account,
    caller: &Caller,
    input: ChangeResourceRecordSetsRequest,
) -> Result<ChangeResourceRecordSetsResponse, ApiError> {
    let batch = input.change_batch;
    account.transact(caller, "ChangeResourceRecordSets", |draft| {
        account::record::change(draft, &input.hosted_zone_id, &batch.changes)?;
        Ok(ChangeResourceRecordSetsResponse { change_info: draft.change(batch.comment) })
    })
}

/// Lists record sets from a name, type and SetIdentifier on (I-18…I-20).
pub fn list_resource_record_sets(
    account: &Account,
    _: &Caller,
    input: ListResourceRecordSetsRequest,
) -> Result<ListResourceRecordSetsResponse, ApiError> {
    let page = refusal::page(input.max_items.as_deref(), PAGE.0, PAGE.1)?;
    let (rtype, set) = (input.start_record_type.as_deref(), input.start_record_identifier.as_deref());
    let from = match (&input.start_record_name, rtype, set) {
        (None, None, None) => String::new(),
        (Some(name), None, None) | (Some(name), Some(_), _) => order::start(&refusal::name(name)?, rtype, set),
        (None, _, _) => {
            return Err(ApiError::invalid_input("The input is not valid: a type or identifier needs a name."));
        }
        (Some(_), None, Some(_)) => {
            return Err(ApiError::invalid_input("The input is not valid: an identifier needs a type."));
        }
    };
    let id = bare_id(&input.hosted_zone_id);
    let mut sets = account.read(|reader| {
        reader.find::<Zone>(id)?;
        let (within, from) = (format!("{id}/"), format!("{id}/{from}"));
        let sets = reader.list::<ResourceRecordSet>(&within, &from).take(page + 1);
        Some(sets.map(|(_, set)| ResourceRecordSet::clone(set)).collect::<Vec<_>>())
    });
    if sets.is_none() {
        sets = filed(account, id, &from, page + 1);
    }
    let mut sets = sets.ok_or_else(|| refusal::no_such_zone(id))?;
    let next = sets.get(page).cloned();
    sets.truncate(page);
    Ok(ListResourceRecordSetsResponse {
        resource_record_sets: sets,
        is_truncated: next.is_some(),
        next_record_name: next.as_ref().map(|set| set.name.clone()),
        next_record_type: next.as_ref().map(|set| set.r#type.clone()),
        next_record_identifier: next.and_then(|set| set.set_identifier),
        max_items: page.to_string(),
    })
}

/// Record sets of a zone that a file defines, read off the world.
fn filed(account: &Account, id: &str, from: &str, most: usize) -> Option<Vec<ResourceRecordSet>> {
    let world = account.world();
    let snapshot = &world.snapshot;
    let zone = account::find_filed(&world, id)?;
    let compiled = snapshot.zones.iter().find(|compiled| compiled.id == zone.id);
    let zone = compiled.map_or(Cow::Borrowed(&*zone), |compiled| export::whole(&zone, compiled));
    let place = |set: &ResourceRecordSet| {
        let name = Name::parse_route53(&set.name).unwrap_or_else(|_| Name::root());
        order::record(&name, &set.r#type, set.set_identifier.as_deref())
    };
    let mut sets: Vec<_> = export::record_sets(&zone).into_iter().map(|set| (place(&set), set)).collect();
    sets.sort_by(|(one, _), (other, _)| one.cmp(other));
    let sets = sets.into_iter().skip_while(|(place, _)| place.as_str() < from);
    Some(sets.take(most).map(|(_, set)| set).collect())
}

/// What became of a change: PENDING, or INSYNC (I-15).
pub fn get_change(account: &Account, caller: &Caller, input: GetChangeRequest) -> Result<GetChangeResponse, ApiError> {
    let settings = account.settings();
    account.read(|reader| Ok(GetChangeResponse { change_info: find_change(reader, &settings, caller.at, &input.id)? }))
}

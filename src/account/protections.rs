//! Record sets that nobody may change until their protection is taken away (I-13, I-27).

use std::collections::BTreeSet;

use super::page::{cut, start, token};
use super::zone::{self, Zone};
use super::{Draft, Reader, order, refusal};
use crate::model::Name;
use crate::route53::{
    ApiError, Code, ListResourceRecordSetProtectionsRequest, ListResourceRecordSetProtectionsResponse, ProtectionError,
    ResourceRecordSetProtection, ResourceRecordSetProtectionConfig, ResourceRecordSetProtectionKey, bare_id,
};
use crate::snapshot::World;

/// The most entries of one request.
const MOST_OF_A_REQUEST: usize = 100;

pub(super) fn index(_: &ResourceRecordSetProtection, _: &str) -> Vec<String> {
    Vec::new()
}

/// The id of the document of a protection: its zone, and the place of its record sets in the listing.
fn id_of(zone: &str, name: &Name, rtype: &str) -> String {
    format!("{zone}/{}", order::group(name, rtype))
}

/// Why a record set may not be changed, where it is protected (I-13).
pub fn refused(reader: Reader<'_>, zone: &str, name: &Name, rtype: &str) -> Option<String> {
    let protection = reader.find::<ResourceRecordSetProtection>(&id_of(zone, name, rtype))?;
    let comment = protection.comment.as_deref().map(|comment| format!(": {comment}")).unwrap_or_default();
    let name = name.to_route53();
    Some(format!("RRSet with DNS name {name}, type {rtype} cannot be changed because it is protected{comment}"))
}

/// How many protections a zone has; one that has any cannot be deleted.
pub fn count(reader: Reader<'_>, zone: &str) -> usize {
    reader.count::<ResourceRecordSetProtection>(&format!("{zone}/"))
}

/// What is asked of one name and type.
struct Entry {
    name: String,
    rtype: String,
    comment: Option<String>,
}

/// Protects record sets, whether they are there or not; all or none.
pub fn create(
    draft: &mut Draft<'_>,
    zone: &str,
    protections: Vec<ResourceRecordSetProtectionConfig>,
) -> Result<(), ApiError> {
    let zone = draft.zone(zone)?;
    let entry = |ResourceRecordSetProtectionConfig { record_name: name, record_type: rtype, comment }| Entry {
        name,
        rtype,
        comment,
    };
    let entries: Vec<Entry> = protections.into_iter().map(entry).collect();
    let names = judged(&zone, &entries)?;
    let mut errors = Vec::new();
    for (entry, name) in entries.iter().zip(&names) {
        let id = id_of(zone.id(), name, &entry.rtype);
        if draft.reader().find::<ResourceRecordSetProtection>(&id).is_some() {
            let what = "A protection already exists for this name and type.";
            errors.push(error(entry, "ProtectionAlreadyExists", what));
        }
    }
    if errors.len() == entries.len() {
        let what = "A protection already exists for every name and type in the request.";
        return Err(ApiError { protections: errors, ..ApiError::new(Code::ProtectionAlreadyExists, what) });
    }
    if !errors.is_empty() {
        return Err(batch(errors));
    }
    let most = draft.settings().quotas.protections;
    if (count(draft.reader(), zone.id()) + entries.len()) as u64 > most {
        let what = format!("Limits Exceeded: a hosted zone has at most {most} resource record set protections.");
        return Err(ApiError::new(Code::LimitsExceeded, what));
    }
    for (entry, name) in entries.into_iter().zip(names) {
        let protection = ResourceRecordSetProtection {
            record_name: name.to_route53(),
            record_type: entry.rtype,
            comment: entry.comment,
        };
        let id = id_of(zone.id(), &name, &protection.record_type);
        draft.put(&id, protection);
    }
    Ok(())
}

/// Takes protections away; all or none.
pub fn delete(
    draft: &mut Draft<'_>,
    zone: &str,
    protections: Vec<ResourceRecordSetProtectionKey>,
) -> Result<(), ApiError> {
    let zone = draft.zone(zone)?;
    let entry =
        |ResourceRecordSetProtectionKey { record_name: name, record_type: rtype }| Entry { name, rtype, comment: None };
    let entries: Vec<Entry> = protections.into_iter().map(entry).collect();
    let names = judged(&zone, &entries)?;
    let ids: Vec<_> = entries.iter().zip(&names).map(|(entry, name)| id_of(zone.id(), name, &entry.rtype)).collect();
    let is_missing = |id: &String| draft.reader().find::<ResourceRecordSetProtection>(id).is_none();
    let missing = entries
        .iter()
        .zip(&ids)
        .filter(|(_, id)| is_missing(id))
        .map(|(entry, _)| error(entry, "ProtectionNotFound", "No protection exists for this name and type."));
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        return Err(batch(missing));
    }
    for id in ids {
        draft.remove::<ResourceRecordSetProtection>(&id);
    }
    Ok(())
}

/// The names of entries that are sound; what is invalid is told before what exists or does not.
fn judged(zone: &Zone, entries: &[Entry]) -> Result<Vec<Name>, ApiError> {
    if entries.len() > MOST_OF_A_REQUEST {
        let what = format!(
            "1 validation error detected: Value at 'protections' failed to satisfy constraint: Member must have length \
             less than or equal to {MOST_OF_A_REQUEST}"
        );
        return Err(ApiError::invalid_input(what));
    }
    let apex = zone.name();
    let mut seen = BTreeSet::new();
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    for entry in entries {
        let invalid = |what: &str| error(entry, "InvalidInput", what);
        match refusal::name(&entry.name) {
            Err(refused) => errors.push(invalid(&refused.message)),
            Ok(name) if !name.is_within(&apex) => {
                errors.push(invalid(&format!("The name is not in the hosted zone {}.", apex.to_route53())));
            }
            Ok(name) if !seen.insert((name.clone(), &entry.rtype)) => {
                errors.push(invalid("The name and type appear more than once in the request."));
            }
            Ok(name) => names.push(name),
        }
    }
    if errors.is_empty() { Ok(names) } else { Err(batch(errors)) }
}

fn error(entry: &Entry, code: &str, message: &str) -> ProtectionError {
    ProtectionError {
        record_name: entry.name.clone(),
        record_type: entry.rtype.clone(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn batch(errors: Vec<ProtectionError>) -> ApiError {
    let what = "One or more entries in the request couldn't be processed, and nothing was changed.";
    ApiError { protections: errors, ..ApiError::new(Code::InvalidResourceRecordSetProtectionBatch, what) }
}

/// A page of a zone's protections, in the order of its record sets (I-18).
pub fn list(
    reader: Reader<'_>,
    world: &World,
    asked: &ListResourceRecordSetProtectionsRequest,
) -> Result<ListResourceRecordSetProtectionsResponse, ApiError> {
    let zone = bare_id(&asked.hosted_zone_id);
    zone::known(reader, world, zone)?;
    let most = refusal::page(asked.max_results.as_deref(), 100, 100)?;
    let list = format!("protected/{zone}");
    let begin = match (start(&list, asked.next_token.as_deref())?, &asked.start_record_name) {
        (Some(place), _) => place,
        (None, Some(name)) => order::start(&refusal::name(name)?, asked.start_record_type.as_deref(), None),
        (None, None) if asked.start_record_type.is_some() => {
            return Err(ApiError::invalid_input("Invalid parameter : a type to start from needs a name"));
        }
        (None, None) => String::new(),
    };
    let within = format!("{zone}/");
    let (page, next) = cut(reader.list::<ResourceRecordSetProtection>(&within, &format!("{within}{begin}")), most);
    Ok(ListResourceRecordSetProtectionsResponse {
        resource_record_set_protections: page.into_iter().map(|(_, protection)| (**protection).clone()).collect(),
        next_token: next.map(|(id, _)| token(&list, id.strip_prefix(&*within).unwrap_or(id))),
    })
}

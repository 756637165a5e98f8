//! What was done to a zone, and back to what its record sets were.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Kind, id_of};
use super::{Account, Document, Draft, Reader, delegation, protections, refusal, zone};
use crate::database::{Change, Entry, Revision, Write};
use crate::route53::{ApiError, Caller, Code, ResourceRecordSet};

/// What brings a zone back to an earlier revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The documents that differ from then.
    pub writes: Vec<Write>,
    /// Keys of record sets that traffic policy instances made, then or since: those go with their instances.
    pub left: Vec<String>,
}

/// There was no zone of the id at the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThere;

/// What brings the record sets of a zone back to what they were before `entries`, all that were taken since and touched
/// it; the zone too, where it is gone.
pub fn restore(entries: &[Entry], zone: &str) -> Result<Way, NotThere> {
    let (own, within) = (format!("zone/{zone}"), format!("rrset/{zone}/"));
    let mut spans: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for Change { key, before, after } in entries.iter().flat_map(|entry| &entry.changes) {
        if *key == own || key.starts_with(&within) {
            spans.entry(key).or_insert((before.as_deref(), None)).1 = after.as_deref();
        }
    }
    let mut way = Way::default();
    for (key, (then, now)) in spans {
        if key == own {
            match (then, now) {
                (None, _) => return Err(NotThere),
                (Some(then), None) => way.writes.push(Write::set(key, then)),
                // Its comment and its VPCs are no record sets.
                (Some(_), Some(_)) => {}
            }
        } else if then != now {
            match [then, now].into_iter().flatten().any(is_instances) {
                true => way.left.push(key.to_owned()),
                false => way.writes.push(Write { key: key.to_owned(), value: then.map(str::to_owned) }),
            }
        }
    }
    Ok(way)
}

fn is_instances(record: &str) -> bool {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    record.get("TrafficPolicyInstanceId").is_some_and(|id| !id.is_null())
}

/// What a document is called: `www.example.com. A blue`, or the first word of its key.
pub fn called(change: &Change) -> String {
    let text = change.after.as_deref().or(change.before.as_deref()).unwrap_or_default();
    match Document::read(&change.key, text) {
        Ok(Document::Record(record)) => {
            let set = record.set_identifier.iter().map(|set| format!(" {set}"));
            format!("{} {}{}", record.name, record.r#type, set.collect::<String>())
        }
        _ => change.key.split('/').next().unwrap_or_default().to_owned(),
    }
}

/// Whether a change is of a zone, of its record sets, or of what hangs on it.
pub fn concerns(change: &Change, zone: &str) -> bool {
    let Change { key, before, after } = change;
    let mut documents = [before, after].into_iter().flatten().filter_map(|text| Document::read(key, text).ok());
    documents.any(|document| document.zone(id_of(key)) == Some(zone))
}

impl Account {
    /// Brings the record sets of a zone that the API made back to what they were once `to` was taken, by a change like
    /// any other; what it did.
    pub fn roll_back(&self, caller: &Caller, id: &str, to: Revision) -> Result<Way, ApiError> {
        self.transact_beside(caller, "RollBack", |draft, store, last| {
            if to > last {
                let message = format!("Revision {to} is still to come: the last is {last}.");
                return Err(ApiError::new(Code::InvalidInput, message));
            }
            let entries = store.history(id, to, None).map_err(|error| refusal::not_kept(&error))?;
            let way = restore(&entries, id).map_err(|NotThere| {
                ApiError::new(Code::InvalidInput, format!("Hosted zone {id} was not there yet at revision {to}."))
            })?;
            take(draft, id, &way, to)?;
            Ok(way)
        })
    }
}

/// Refuses a zone that was gone where what it had is another's by now, or gone too (Z-5, Z-13).
fn free(now: Reader<'_>, zone: &zone::Zone) -> Result<(), ApiError> {
    let reference = &zone.hosted_zone.caller_reference;
    if let Some(other) = now.indexed(&zone::reference(reference)) {
        let message =
            format!("Hosted zone {} had the caller reference {reference}, which {other} has by now.", zone.id());
        return Err(ApiError::new(Code::HostedZoneAlreadyExists, message));
    }
    match &zone.delegation_set.id {
        Some(set) => delegation::find(now, set).map(drop),
        None => Ok(()),
    }
}

fn take(draft: &mut Draft<'_>, id: &str, way: &Way, to: Revision) -> Result<(), ApiError> {
    let broken = |error: super::BadDocument| ApiError::new(Code::InternalFailure, error.to_string());
    let (before, mut held) = (draft.before(), Vec::new());
    draft.restore(&way.writes).map_err(broken)?;
    if let (None, Some(zone)) = (before.find::<zone::Zone>(id), draft.reader().find::<zone::Zone>(id)) {
        free(before, zone)?;
    }
    for Write { key, .. } in &way.writes {
        let sets = [before.document(key), draft.reader().document(key)];
        for set in sets.into_iter().flatten().filter_map(ResourceRecordSet::of) {
            let name = refusal::name(&set.name)?;
            held.extend(protections::refused(draft.reader(), id, &name, &set.r#type));
        }
    }
    if !held.is_empty() {
        draft.blame(Code::InvalidChangeBatch);
        held.into_iter().for_each(|fault| draft.fault(fault));
    }
    if draft.reader().find::<zone::Zone>(id).is_none() {
        return Err(refusal::no_such_zone(id));
    }
    if !way.writes.is_empty() {
        draft.change(Some(format!("back to revision {to}")));
    }
    Ok(())
}

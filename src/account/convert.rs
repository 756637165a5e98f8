//! What a draft changes, as the world takes it: documents made into zones and groups by the reader of dumps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::dnssec::Opening;
use super::document::Document;
use super::documents::Reader;
use super::zone::{self, Zone};
use super::{Draft, Settings, checks, cidr, copies, dnssec, filed, order, traffic};
use crate::control::{Edit, ZoneEdit};
use crate::model::{At, HostedZone, Name, Problem, RecordGroup, RecordType, View, ViewId, ZoneId};
use crate::route53::ResourceRecordSet;
use crate::store::dump;

/// What the world is to take over of a draft; what cannot be is a problem.
pub(super) fn edit(draft: &Draft<'_>, problems: &mut Vec<Problem>) -> Edit {
    let mut edit = Edit::default();
    let mut groups: BTreeMap<&str, BTreeSet<(Name, RecordType)>> = BTreeMap::new();
    let mut vpcs: BTreeMap<ViewId, View> = BTreeMap::new();
    let mut signed = BTreeSet::new();
    for (key, now) in &draft.over.all {
        let before = draft.base.reader().document(key);
        vpcs.extend([before, now.as_ref()].into_iter().flatten().flat_map(views));
        match (before, now) {
            (Some(Document::Zone(zone)), None) => edit.zones.push((ZoneId(zone.id().into()), None)),
            (before, Some(Document::Zone(zone))) => {
                let is_same = |before: &Document| match before {
                    Document::Zone(before) => {
                        before.vpcs == zone.vpcs && before.hosted_zone.name == zone.hosted_zone.name
                    }
                    _ => false,
                };
                if !before.is_some_and(is_same) {
                    let whole = whole(draft.reader(), draft.settings(), zone, Opening::Change, problems);
                    edit.zones.push((ZoneId(zone.id().into()), Some(ZoneEdit::Whole(Arc::new(whole)))));
                }
            }
            (Some(Document::Record(record)), _) | (None, Some(Document::Record(record))) => {
                let zone = key.split('/').nth(1).unwrap_or_default();
                groups.entry(zone).or_default().extend(group_of(record));
            }
            (before, now) if [before, now.as_ref()].into_iter().flatten().any(signs) => {
                signed.extend(key.split('/').nth(1));
            }
            _ => {}
        }
    }
    for id in signed {
        let is_whole = edit.zones.iter().any(|(zone, _)| *zone.0 == *id);
        let matters = |reader| dnssec::is_signed(reader, id);
        if is_whole || !(matters(draft.before()) || matters(draft.reader())) {
            continue;
        }
        if let Some(zone) = draft.reader().find::<Zone>(id) {
            let whole = whole(draft.reader(), draft.settings(), zone, Opening::Change, problems);
            edit.zones.push((ZoneId(id.into()), Some(ZoneEdit::Whole(Arc::new(whole)))));
        }
    }
    for (id, changed) in groups {
        let is_whole = edit.zones.iter().any(|(zone, _)| *zone.0 == *id);
        let Some(zone) = draft.reader().find::<Zone>(id).filter(|_| !is_whole) else { continue };
        let changed = changed.into_iter().map(|key| (key.clone(), group(draft, zone, &key, problems))).collect();
        edit.zones.push((ZoneId(id.into()), Some(ZoneEdit::Groups(changed))));
    }
    for (id, view) in vpcs {
        let prefix = format!("tied/{}/", id.0);
        let is_tied = |reader: Reader<'_>| reader.index(&prefix, "").next().is_some();
        match (is_tied(draft.before()), is_tied(draft.reader())) {
            (false, true) => edit.views.push((id, Some(view))),
            (true, false) => edit.views.push((id, None)),
            _ => {}
        }
    }
    edit.checks = checks::edit(draft, problems);
    edit.collections = cidr::edit(draft);
    edit
}

/// What the world is to take over at the start.
pub(super) fn everything(reader: Reader<'_>, settings: &Settings, problems: &mut Vec<Problem>) -> Edit {
    let mut edit = Edit::default();
    let mut views = BTreeMap::new();
    for (id, zone) in reader.list::<Zone>("", "") {
        views.extend(zone.vpcs.iter().map(zone::view).map(|view| (view.id.clone(), Some(view))));
        let whole = whole(reader, settings, zone, Opening::Start, problems);
        edit.zones.push((ZoneId(id.into()), Some(ZoneEdit::Whole(Arc::new(whole)))));
    }
    edit.views.extend(views);
    edit.checks = checks::everything(reader, settings, problems);
    edit.collections = cidr::everything(reader);
    edit
}

/// What the world is to take over anew of zones with aliases beyond them, where providers changed.
pub(super) fn leaning(reader: Reader<'_>, settings: &Settings, problems: &mut Vec<Problem>) -> Edit {
    let mut edit = Edit::default();
    for (id, zone) in reader.list::<Zone>("", "") {
        let mut records = reader.list::<ResourceRecordSet>(&format!("{id}/"), "");
        let is_beyond = |record: &ResourceRecordSet| {
            record.traffic_policy_instance_id.is_some() || record.alias_target.iter().any(|to| to.hosted_zone_id != id)
        };
        if records.any(|(_, record)| is_beyond(record)) {
            let whole = whole(reader, settings, zone, Opening::Change, problems);
            edit.zones.push((ZoneId(id.into()), Some(ZoneEdit::Whole(Arc::new(whole)))));
        }
    }
    edit.checks = checks::leaning(reader, settings, problems);
    edit
}

/// The SOA records of signed zones whose serials rise, or have risen and fall, beside zones that are made anew anyway.
pub(super) fn rising(
    reader: Reader<'_>,
    (before, settings): (Option<&Settings>, &Settings),
    edit: &mut Edit,
    problems: &mut Vec<Problem>,
) {
    let is_raised = |settings: &Settings, zone| copies::is_raised(reader, settings, zone);
    for (id, _) in reader.list::<dnssec::Signing>("", "") {
        let Some(zone) = reader.find::<Zone>(id) else { continue };
        let is_whole = edit.zones.iter().any(|(zone, _)| *zone.0 == *id);
        if is_whole || !(before.is_none_or(|before| is_raised(before, zone)) || is_raised(settings, zone)) {
            continue;
        }
        let key = (zone.name(), RecordType::SOA);
        let within = format!("{id}/{}", order::group(&key.0, &key.1.to_string()));
        let records = reader.list::<ResourceRecordSet>(&within, "").map(|(_, record)| (filed::at(0), record));
        let soa = read(records.collect(), zone, (reader, settings), problems).remove(&key);
        edit.zones.push((ZoneId(id.into()), Some(ZoneEdit::Groups([(key, soa)].into_iter().collect()))));
    }
}

/// The views of the VPCs that a zone is tied to.
fn views(document: &Document) -> Vec<(ViewId, View)> {
    let Document::Zone(zone) = document else { return Vec::new() };
    zone.vpcs.iter().map(zone::view).map(|view| (view.id.clone(), view)).collect()
}

/// Whether a document is of how a zone is signed.
fn signs(document: &Document) -> bool {
    matches!(document, Document::Keys(_) | Document::Signing(_))
}

fn group_of(record: &ResourceRecordSet) -> Option<(Name, RecordType)> {
    Name::parse_route53(&record.name).ok().zip(record.r#type.parse().ok())
}

/// A zone with all its groups.
fn whole(
    reader: Reader<'_>,
    settings: &Settings,
    zone: &Zone,
    opening: Opening,
    problems: &mut Vec<Problem>,
) -> HostedZone {
    let mut model = zone.bare_model();
    let records =
        reader.list::<ResourceRecordSet>(&format!("{}/", zone.id()), "").map(|(_, record)| (filed::at(0), record));
    model.groups = read(records.collect(), zone, (reader, settings), problems);
    model.signing = dnssec::signing(reader, settings, zone.id(), opening, problems);
    model
}

/// One group of a zone, the record sets that this draft puts behind those that were there; `None` where it has none.
fn group(draft: &Draft<'_>, zone: &Zone, key: &(Name, RecordType), problems: &mut Vec<Problem>) -> Option<RecordGroup> {
    let within = format!("{}/{}", zone.id(), order::group(&key.0, &key.1.to_string()));
    let turn = |id: &str| draft.turns.get(id).copied().unwrap_or(0);
    let mut records: Vec<_> = draft
        .reader()
        .list::<ResourceRecordSet>(&within, "")
        .map(|(id, record)| (filed::at(turn(id)), record))
        .collect();
    records.sort_by_key(|(at, _)| at.line);
    read(records, zone, (draft.reader(), draft.settings()), problems).remove(key)
}

fn read(
    records: Vec<(At, &Arc<ResourceRecordSet>)>,
    zone: &Zone,
    (reader, settings): (Reader<'_>, &Settings),
    problems: &mut Vec<Problem>,
) -> BTreeMap<(Name, RecordType), RecordGroup> {
    let (made, records): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|(_, record)| record.traffic_policy_instance_id.is_some());
    let texts: Vec<(At, String)> = records
        .into_iter()
        // A structure of texts and numbers always has a text.
        .filter_map(|(at, record)| Some((at, serde_json::to_string(&**record).ok()?)))
        .collect();
    let texts = texts.iter().map(|(at, text)| (at.clone(), text.as_str()));
    let mut groups = dump::groups(texts, (zone.id(), &zone.name()), &settings.options, problems);
    traffic::instance::place_groups(&mut groups, &made, reader, settings, problems);
    copies::raise(&mut groups, zone, reader, settings);
    groups
}

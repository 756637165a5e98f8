//! What the control socket asks of the account: a zone's history, the way back, zones of files taken over.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::exported::{meant, one_of};
use crate::account::zone::Zone;
use crate::account::{self, Account, THE_API, past, timestamp};
use crate::control::socket::failed;
use crate::database::{Change, Entry, Revision};
use crate::export::{losses, record_sets, whole};
use crate::model::{self, HealthCheck, HostedZone, Name, Problem};
use crate::route53::{Caller, ResourceRecordSet, Rights, bare_id};
use crate::snapshot::World;

/// The operations here.
pub(super) const OPERATIONS: &[&str] = &["history", "rollback", "import"];

/// Carries out one of [`OPERATIONS`].
pub(super) fn perform(account: &Account, op: &str, request: &Value) -> Value {
    let done = match op {
        "history" => history(account, request),
        "rollback" => roll_back(account, request),
        "import" => import(account, request),
        _ => Err(failed(&format!("there is no operation {op:?}"), &[])),
    };
    done.unwrap_or_else(|refused| refused)
}

/// Record sets of a zone that the API made, as it keeps them.
pub(super) fn records(account: &Account, id: &str) -> Option<Vec<ResourceRecordSet>> {
    account.read(|reader| {
        reader.find::<Zone>(id)?;
        let sets = reader.list::<ResourceRecordSet>(&format!("{id}/"), "");
        Some(sets.map(|(_, set)| ResourceRecordSet::clone(set)).collect())
    })
}

fn history(account: &Account, request: &Value) -> Result<Value, Value> {
    let id = made(account, text(request, "zone")?)?;
    let from = Revision(request["from"].as_u64().unwrap_or_default());
    let entries = account.history(&id, from, request["last"].as_u64());
    let entries = entries.map_err(|error| failed(&error.to_string(), &[]))?;
    if entries.is_empty() && account.read(|reader| reader.find::<Zone>(&id).is_none()) {
        return Err(failed(&format!("the API never had a zone {id}"), &[]));
    }
    Ok(json!({ "ok": true, "zone": id, "entries": entries.iter().map(|entry| shown(entry, &id)).collect::<Vec<_>>() }))
}

fn shown(entry: &Entry, id: &str) -> Value {
    let Entry { revision, audit, changes } = entry;
    let document = |text: &Option<String>| -> Value {
        text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    let change = |change: &Change| json!({ "what": past::called(change), "before": document(&change.before), "after": document(&change.after) });
    let of_zone = changes.iter().filter(|change| past::concerns(change, id));
    json!({
        "revision": revision.0,
        "at": timestamp(audit.at),
        "who": audit.who,
        "operation": audit.operation,
        "request": audit.request,
        "changes": of_zone.map(change).collect::<Vec<_>>(),
    })
}

fn roll_back(account: &Account, request: &Value) -> Result<Value, Value> {
    let id = made(account, text(request, "zone")?)?;
    let to = request["to"].as_u64().ok_or_else(|| failed("`to` is no revision", &[]))?;
    let way = account.roll_back(&operator(request), &id, Revision(to));
    let way = way.map_err(|error| failed(&format!("nothing was changed: {}", error.message), &[]))?;
    Ok(json!({ "ok": true, "zone": id, "changed": way.writes.len(), "left": way.left }))
}

fn import(account: &Account, request: &Value) -> Result<Value, Value> {
    let world = account.world();
    let imported = match request["text"].as_str() {
        Some(file) => import_text(account, request, text(request, "file")?, file)?,
        None => {
            let index = meant(&world, text(request, "zone")?).map_err(|error| failed(&error, &[]))?;
            let zone = world.snapshot.source(index).ok_or_else(|| failed("the zone is gone", &[]))?;
            let zone = whole(zone, &world.snapshot.zones[index as usize]);
            if &*zone.at.file == THE_API {
                return Err(failed(&format!("zone {} is the API's already", zone.name), &[]));
            }
            vec![take(account, request, &world, &zone)?]
        }
    };
    Ok(json!({ "ok": true, "zones": imported }))
}

/// Zones of a file that is not among those served.
fn import_text(account: &Account, request: &Value, name: &str, text: &str) -> Result<Vec<Value>, Value> {
    let settings = account.settings();
    let refused = |problems: Vec<Problem>| failed("the file is not valid; nothing was imported", &problems);
    let loaded = crate::store::load_texts(&[(name, text)], &settings.options).map_err(refused)?;
    let world = account.world();
    let zones = &loaded.account.zones;
    if let Some(served) = zones.iter().find(|zone| account::find_filed(&world, &zone.id.0).is_some()) {
        let error =
            format!("a file among those served has a zone {0}; `waymark import {0}` takes that over", served.id.0);
        return Err(failed(&error, &[]));
    }
    let model::Account { checks, collections, views, .. } = &loaded.account;
    let views = views.iter().filter(|view| !settings.options.views.contains(view));
    let own: Vec<String> = (checks.iter().map(|check| check.id.0.to_string()))
        .chain(collections.iter().map(|collection| collection.id.to_string()))
        .chain(views.map(|view| view.id.0.to_string()))
        .collect();
    if !own.is_empty() {
        let error = format!(
            "the file defines checks, collections or views ({}), which stay the operator's: put the file among those \
             served, reload, and import its zone by name",
            own.join(", ")
        );
        return Err(failed(&error, &[]));
    }
    let mut imported: Vec<Value> = Vec::new();
    for zone in zones {
        match take(account, request, &world, zone) {
            Ok(taken) => imported.push(taken),
            Err(refused) if imported.is_empty() => return Err(refused),
            Err(refused) => {
                let before: Vec<_> = imported.iter().filter_map(|taken| taken["name"].as_str()).collect();
                let why = refused["error"].as_str().unwrap_or_default();
                return Err(failed(&format!("of {}, {why}; {} is the API's now", zone.name, before.join(", ")), &[]));
            }
        }
    }
    Ok(imported)
}

/// Takes a zone over, unless the API has no words for a part of it.
fn take(account: &Account, request: &Value, world: &World, zone: &HostedZone) -> Result<Value, Value> {
    let snapshot = &world.snapshot;
    let losses = losses(zone);
    if !losses.is_empty() {
        let error = format!("nothing was imported, as the API cannot keep all of {}: {}", zone.name, losses.join("; "));
        return Err(failed(&error, &[]));
    }
    let sets = record_sets(zone);
    let count = sets.len();
    let taken = account.import(&operator(request), zone, sets);
    taken.map_err(|error| failed(&format!("nothing was imported: {}", error.message), &[]))?;
    let named = |check: &&HealthCheck| {
        let mut candidates = zone.groups.values().flat_map(|group| group.routing.candidates());
        check.at.file == zone.at.file && candidates.any(|candidate| candidate.check == Some(&check.id))
    };
    let checks = snapshot.checks.iter().map(|(_, check)| check).filter(named).map(|check| check.id.0.to_string());
    let collections = snapshot.collections().iter().filter(|collection| collection.at.file == zone.at.file);
    let stays: Vec<String> = checks.chain(collections.map(|collection| collection.id.to_string())).collect();
    let name = zone.name.to_string();
    Ok(json!({ "zone": zone.id.0, "name": name, "file": zone.at.file, "records": count, "stays": stays }))
}

/// The id of a zone that the API made or had: by its id, or alone by its name.
fn made(account: &Account, asked: &str) -> Result<String, Value> {
    let is_there = |id: &str| account.read(|reader| reader.find::<Zone>(id).is_some());
    let by_id = |id: &str| is_there(id).then(|| id.to_owned());
    let by_name = |name: &Name| {
        let within = format!("name/{} ", name.listed());
        account.read(|reader| reader.index(&within, "").map(|(_, id)| (id.to_owned(), id.to_owned())).collect())
    };
    let found = one_of(asked, by_id, by_name).map_err(|error| failed(&error, &[]))?;
    // One that is gone is known by its id alone.
    Ok(found.unwrap_or_else(|| bare_id(asked).to_owned()))
}

fn text<'a>(request: &'a Value, key: &str) -> Result<&'a str, Value> {
    request[key].as_str().ok_or_else(|| failed(&format!("`{key}` is missing"), &[]))
}

/// Whoever sits at the server's own keyboard may do everything.
pub(super) fn operator(request: &Value) -> Caller {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Caller {
        who: request["owner"].as_str().unwrap_or("operator").into(),
        rights: Rights::ALL,
        request: account::uuid().into(),
        at: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Settings;
    use crate::account::tests::lab::{Lab, Shared};
    use crate::model::{At, View, ViewId};
    use crate::store::Options;

    #[test]
    fn a_file_is_not_imported_without_what_it_defines_beside_its_zone() {
        let view = |id: &str| View {
            id: ViewId(id.into()),
            networks: Vec::new(),
            listeners: Vec::new(),
            region: None,
            at: At::new("waymark.toml", 1),
        };
        let options = Options { views: vec![view("office")], ..Options::default() };
        let lab = Lab::with(Shared::new(), &[], Settings { options, ..Settings::default() });
        let import = |text: &str| {
            let text = format!("zone = \"example.com\"\n{text}");
            perform(&lab.account, "import", &json!({ "op": "import", "file": "t.toml", "text": text }))
        };
        let defined = [
            "[check.own]\ngiven = \"healthy\"\n",
            "[collection.own]\na = [\"192.0.2.0/24\"]\n",
            "[view.own]\nnetworks = [\"192.0.2.0/24\"]\n",
        ];
        for text in defined {
            let refused = import(text);
            let error = refused["error"].as_str().unwrap_or_default();
            assert!(error.starts_with("the file defines checks, collections or views (own), "), "{text}: {refused}");
        }
        assert_eq!(lab.dig("example.com", "SOA"), ["REFUSED"]);
        let taken = import("");
        assert_eq!((&taken["ok"], &taken["zones"][0]["name"]), (&json!(true), &json!("example.com.")), "{taken}");
        assert_eq!(lab.dig("example.com", "NS").len(), 4);
    }
}

//! `export` of the control socket: a zone of the world in use as the text of a file.

use serde_json::{Value, json};

use crate::control::socket::failed;
use crate::export::{Format, Subject, export as write, whole};
use crate::model::{HealthCheck, Name};
use crate::route53::ResourceRecordSet;
use crate::snapshot::World;

/// Answers a request for a zone, by its name or id, in a format; `records` are the record sets of a zone that the API made.
pub(crate) fn export(
    world: &World,
    request: &Value,
    records: &dyn Fn(&str) -> Option<Vec<ResourceRecordSet>>,
) -> Value {
    let format = match request["format"].as_str().unwrap_or("toml") {
        "toml" => Format::Toml,
        "zone" => Format::Zone,
        "json" => Format::Json,
        other => return failed(&format!("{other:?} is none of toml, zone and json"), &[]),
    };
    let snapshot = &world.snapshot;
    let index = match meant(world, request["zone"].as_str().unwrap_or_default()) {
        Ok(index) => index,
        Err(error) => return failed(&error, &[]),
    };
    let checks: Vec<HealthCheck> = snapshot.checks.iter().map(|(_, check)| HealthCheck::clone(check)).collect();
    let zone = snapshot.source(index).map(|source| whole(source, &snapshot.zones[index as usize]));
    let Some(zone) = zone else { return failed("the zone is gone", &[]) };
    let subject =
        Subject { zone: &zone, checks: &checks, collections: snapshot.collections(), records: records(&zone.id.0) };
    let exported = write(subject, format);
    json!({ "ok": true, "text": exported.text, "losses": exported.losses })
}

/// The number of the zone that has this id, or else alone this name.
pub(crate) fn meant(world: &World, text: &str) -> Result<u32, String> {
    let bare = text.trim_start_matches("/hostedzone/");
    if let Some((index, _)) = world.snapshot.zones.numbered().find(|(_, zone)| &*zone.id.0 == bare) {
        return Ok(index);
    }
    let name = Name::parse(text, Some(&Name::root())).map_err(|error| format!("{text:?} is no zone: {error}"))?;
    let named: Vec<_> = world.snapshot.zones.numbered().filter(|(_, zone)| zone.name == name).collect();
    match &named[..] {
        [] => Err(format!("there is no zone {name}")),
        [(index, _)] => Ok(*index),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, zone)| &*zone.id.0).collect();
            Err(format!("there are {} zones {name}; say which by its id: {}", several.len(), ids.join(", ")))
        }
    }
}

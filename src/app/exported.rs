//! `export` of the control socket: a zone of the world in use as the text of a file.

use serde_json::{Value, json};

use super::kept::records;
use crate::account::Account;
use crate::account::zone::Zone;
use crate::control::socket::failed;
use crate::export::{Format, Subject, export as write, whole};
use crate::model::{HealthCheck, Name};
use crate::route53::{ResourceRecordSet, bare_id};
use crate::snapshot::World;

/// What the API keeps of a zone that it made, where that says more than the world in use does.
pub(crate) struct Kept {
    /// By now: a comment changes without the zone being made anew.
    comment: String,
    records: Vec<ResourceRecordSet>,
}

/// What the account keeps of a zone; `None` where it did not make the zone.
pub(super) fn kept(account: &Account, id: &str) -> Option<Kept> {
    let comment = account.read(|reader| {
        let config = reader.find::<Zone>(id)?.hosted_zone.config.as_ref();
        Some(config.and_then(|config| config.comment.clone()).unwrap_or_default())
    })?;
    Some(Kept { comment, records: records(account, id)? })
}

/// Answers a request for a zone, by its name or id, in a format; `kept` is what the API keeps of a zone that it made.
pub(crate) fn export(world: &World, request: &Value, kept: &dyn Fn(&str) -> Option<Kept>) -> Value {
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
    let Some(mut zone) = zone else { return failed("the zone is gone", &[]) };
    let records = kept(&zone.id.0).map(|Kept { comment, records }| {
        // Zones are large, and their comments seldom change.
        if zone.comment != comment {
            zone.to_mut().comment = comment;
        }
        records
    });
    let subject = Subject { zone: &zone, checks: &checks, collections: snapshot.collections(), records };
    let exported = write(subject, format);
    json!({ "ok": true, "text": exported.text, "losses": exported.losses })
}

/// The number of the zone that has this id, or else alone this name.
pub(crate) fn meant(world: &World, text: &str) -> Result<u32, String> {
    let zones = || world.snapshot.zones.numbered();
    let by_id = |id: &str| zones().find(|(_, zone)| &*zone.id.0 == id).map(|(index, _)| index);
    let by_name = |name: &Name| {
        zones().filter(|(_, zone)| zone.name == *name).map(|(index, zone)| (zone.id.0.to_string(), index)).collect()
    };
    one_of(text, by_id, by_name)?.ok_or_else(|| format!("there is no zone {text}"))
}

/// The zone that has this id, or else alone this name; `by_name` finds pairs of id and zone.
pub(super) fn one_of<T>(
    text: &str,
    by_id: impl FnOnce(&str) -> Option<T>,
    by_name: impl FnOnce(&Name) -> Vec<(String, T)>,
) -> Result<Option<T>, String> {
    if let Some(zone) = by_id(bare_id(text)) {
        return Ok(Some(zone));
    }
    let Ok(name) = Name::parse(text, Some(&Name::root())) else { return Ok(None) };
    let mut named = by_name(&name);
    if named.len() > 1 {
        let ids: Vec<&str> = named.iter().map(|(id, _)| id.as_str()).collect();
        return Err(format!("there are {} zones {name}; say which by its id: {}", named.len(), ids.join(", ")));
    }
    Ok(named.pop().map(|(_, zone)| zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tests::lab::{Lab, caller};
    use crate::api::zones::{create_hosted_zone, update_hosted_zone_comment};
    use crate::route53::{CreateHostedZoneRequest, HostedZoneConfig, UpdateHostedZoneCommentRequest, bare_id};

    #[test]
    fn a_comment_is_written_as_it_is_by_now() {
        let lab = Lab::new();
        let config = HostedZoneConfig { comment: Some("the old one".to_owned()), private_zone: None };
        let request = CreateHostedZoneRequest {
            name: "example.com".to_owned(),
            caller_reference: "r".to_owned(),
            hosted_zone_config: Some(config),
            ..CreateHostedZoneRequest::default()
        };
        let made = create_hosted_zone(&lab.account, &caller(), request).unwrap();
        let id = bare_id(&made.hosted_zone.id).to_owned();
        let written = |format: &str| {
            let request = json!({ "zone": id, "format": format });
            let answer = export(&lab.control.world().load(), &request, &|id| kept(&lab.account, id));
            answer["text"].as_str().expect("a text").to_owned()
        };
        for format in ["toml", "zone", "json"] {
            assert!(written(format).contains("the old one"), "{format}: {}", written(format));
        }
        let request = UpdateHostedZoneCommentRequest { id: id.clone(), comment: Some("another".to_owned()) };
        update_hosted_zone_comment(&lab.account, &caller(), request).unwrap();
        for format in ["toml", "zone", "json"] {
            let text = written(format);
            assert!(text.contains("another") && !text.contains("the old one"), "{format}: {text}");
        }
    }
}

//! What the control socket asks of signed zones: how they are signed, what their parents are to publish, and the switch of
//! those that the API made.

use serde_json::{Value, json};

use super::exported::meant;
use super::kept::operator;
use crate::account::{Account, THE_API, dnssec};
use crate::control::socket::failed;
use crate::keys;
use crate::model::HostedZone;
use crate::model::signing::{Signing, ZoneKey, tag};
use crate::route53::ApiError;
use crate::snapshot::World;

/// Carries out `dnssec`: what its `do` says.
pub(super) fn perform(world: &World, account: Option<&Account>, request: &Value) -> Value {
    let done = match request["do"].as_str().unwrap_or_default() {
        "status" => status(world, request),
        "ds" => ds(world, request),
        word @ ("enable" | "disable") => switch(world, account, request, word == "enable"),
        other => Err(format!("{other:?} is none of status, ds, enable and disable")),
    };
    done.unwrap_or_else(|error| failed(&error, &[]))
}

/// The zone asked for, or every zone that is signed.
fn status(world: &World, request: &Value) -> Result<Value, String> {
    let zones: Vec<Value> = match request["zone"].as_str() {
        Some(asked) => vec![shown(world, meant(world, asked)?)],
        None => {
            let signed = world.snapshot.zones.numbered().filter(|(_, zone)| zone.signed.is_some());
            signed.map(|(index, _)| shown(world, index)).collect()
        }
    };
    Ok(json!({ "ok": true, "zones": zones }))
}

fn ds(world: &World, request: &Value) -> Result<Value, String> {
    let asked = request["zone"].as_str().unwrap_or_default();
    let zone = shown(world, meant(world, asked)?);
    let records = records(&zone);
    if records.is_empty() {
        return Err(format!(
            "zone {} is not signed; `waymark dnssec status` lists those that are",
            text(&zone["name"])
        ));
    }
    Ok(json!({ "ok": true, "zone": zone["zone"], "name": zone["name"], "ds": records }))
}

/// The DS records of a zone as it is shown.
fn records(zone: &Value) -> Vec<&Value> {
    let keys = zone["keys"].as_array().into_iter().flatten();
    keys.map(|key| &key["ds"]).filter(|record| !record.is_null()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn shown(world: &World, index: u32) -> Value {
    let Some(zone) = world.snapshot.source(index) else { return Value::Null };
    let keys = zone.signing.iter().flat_map(|signing| keys_of(zone, signing)).collect::<Vec<_>>();
    let line = zone.dnssec.as_ref().map(|wish| wish.at.to_string());
    json!({
        "zone": zone.id.0,
        "name": zone.name.to_string(),
        "file": zone.at.file,
        "said_at": line,
        "signed": zone.signing.is_some(),
        "cds": zone.signing.as_ref().is_some_and(|signing| !signing.cds.is_empty()),
        "keys": keys,
    })
}

fn keys_of(zone: &HostedZone, signing: &Signing) -> Vec<Value> {
    let name = &zone.name;
    let shown = |key: &ZoneKey, role: &str, is_entry: bool| {
        json!({
            "role": role,
            "tag": key.tag,
            "algorithm": key.algorithm.name(),
            "dnskey": format!("{name} IN DNSKEY {}", keys::dnskey(key)),
            "ds": is_entry.then(|| format!("{name} IN DS {}", keys::ds(key, name))),
        })
    };
    let entries = signing.entries.iter();
    let entries = entries.map(|key| shown(key, if signing.zone.contains(key) { "csk" } else { "ksk" }, true));
    let others = signing.zone.iter().filter(|key| !signing.entries.contains(key));
    let beside = signing.beside.iter();
    let beside = beside.map(|dnskey| json!({ "role": "published", "tag": tag(dnskey), "ds": null }));
    entries.chain(others.map(|key| shown(key, "zsk", false))).chain(beside).collect()
}

/// Has a zone of the API signed, or no longer; a zone of a file is what its file says.
fn switch(world: &World, account: Option<&Account>, request: &Value, on: bool) -> Result<Value, String> {
    let asked = request["zone"].as_str().unwrap_or_default();
    let index = meant(world, asked)?;
    let zone = world.snapshot.source(index).ok_or("the zone is gone")?;
    let Some(account) = account.filter(|_| &*zone.at.file == THE_API) else { return Err(filed(zone, on)) };
    let refused = |error: ApiError| format!("nothing was changed: {}", error.message);
    let caller = operator(request);
    let done = match on {
        true => account.transact(&caller, "EnableHostedZoneDNSSEC", |draft| dnssec::sign(draft, &zone.id.0)),
        false => account.transact(&caller, "DisableHostedZoneDNSSEC", |draft| dnssec::disable(draft, &zone.id.0)),
    };
    done.map_err(refused)?;
    let now = account.world();
    let zone = shown(&now, meant(&now, &zone.id.0)?);
    let warning = (!on).then_some("whoever still finds a DS record of it at the parent finds the zone bogus");
    Ok(json!({ "ok": true, "zone": zone["zone"], "name": zone["name"], "ds": records(&zone), "warning": warning }))
}

/// Why a zone of a file cannot be switched here.
fn filed(zone: &HostedZone, on: bool) -> String {
    let HostedZone { name, at, dnssec, .. } = zone;
    let is_toml = at.file.ends_with(".toml");
    let mend = match (dnssec, on) {
        (Some(wish), true) => format!("{} has it signed already", wish.at),
        (Some(wish), false) => format!("remove what stands at {}, once the parent has no DS record of it", wish.at),
        (None, true) if is_toml => format!("write [dnssec] into {}, and `waymark reload`", at.file),
        (None, true) => format!(
            "write [dnssec.zone.\"{}\"] into the configuration, and `waymark reload`",
            name.to_string().trim_end_matches('.')
        ),
        (None, false) => "and it is not signed".to_owned(),
    };
    format!("zone {name} is of a file, which says how it is signed: {mend}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Settings;
    use crate::account::tests::lab::{Lab, Shared, caller};
    use crate::api::zones::create_hosted_zone;
    use crate::route53::{CreateHostedZoneRequest, bare_id};

    #[test]
    fn zones_of_the_api_are_switched_and_those_of_files_are_not() {
        let state = tempfile::tempdir().unwrap();
        let settings = Settings { keys: state.path().join("keys"), ..Settings::default() };
        let files = [
            ("a.toml", "zone = \"filed.example\"\n"),
            ("b.test.zone", "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"),
            ("c.toml", "zone = \"said.example\"\n[dnssec]\n"),
        ];
        let lab = Lab::with(Shared::new(), &files, settings);
        let request = CreateHostedZoneRequest {
            name: "example.com".to_owned(),
            caller_reference: "r".to_owned(),
            ..CreateHostedZoneRequest::default()
        };
        let made = create_hosted_zone(&lab.account, &caller(), request).unwrap();
        let id = bare_id(&made.hosted_zone.id).to_owned();
        let ask = |what: &str, zone: &str| {
            perform(&lab.account.world(), Some(&lab.account), &json!({ "do": what, "zone": zone }))
        };
        let error = |what: &str, zone: &str| text(&ask(what, zone)["error"]).to_owned();
        assert_eq!(
            error("ds", "example.com"),
            "zone example.com. is not signed; `waymark dnssec status` lists those that are"
        );
        assert!(error("disable", "example.com").ends_with("doesn't have any DNSSEC resources."), "S-7");
        let done = ask("enable", "example.com");
        assert_eq!((&done["ok"], &done["zone"]), (&json!(true), &json!(id)), "{done}");
        let [ds] = &done["ds"].as_array().unwrap()[..] else { panic!("{done}") };
        assert!(text(ds).starts_with("example.com. IN DS ") && text(ds).contains(" 13 2 "), "S-7: {ds}");
        assert_eq!(
            (&ask("ds", &id)["ds"][0], &ask("enable", &id)["ds"][0]),
            (ds, ds),
            "one key, however often it is asked"
        );
        let shown = ask("status", "example.com");
        let roles: Vec<_> =
            shown["zones"][0]["keys"].as_array().unwrap().iter().map(|key| text(&key["role"])).collect();
        assert_eq!((roles, &shown["zones"][0]["file"]), (vec!["ksk", "zsk"], &json!("the API")));
        let all = perform(&lab.account.world(), None, &json!({ "do": "status" }));
        assert_eq!(all["zones"].as_array().map(Vec::len), Some(1), "{all}");
        let done = ask("disable", "example.com");
        assert!(done["ok"] == true && text(&done["warning"]).contains("bogus"), "{done}");
        assert_eq!(ask("status", "example.com")["zones"][0]["signed"], false);

        let of_file = |zone: &str| format!("zone {zone}. is of a file, which says how it is signed: ");
        for (what, zone, mend) in [
            ("enable", "filed.example", "write [dnssec] into a.toml, and `waymark reload`"),
            ("disable", "filed.example", "and it is not signed"),
            ("enable", "b.test", "write [dnssec.zone.\"b.test\"] into the configuration, and `waymark reload`"),
            ("enable", "said.example", "c.toml:2 has it signed already"),
            ("disable", "said.example", "remove what stands at c.toml:2, once the parent has no DS record of it"),
        ] {
            assert_eq!(error(what, zone), of_file(zone) + mend);
        }
        assert!(error("enable", "nowhere.example").contains("there is no zone"));
        assert!(error("sign", "example.com").contains("none of status, ds, enable and disable"));
    }
}

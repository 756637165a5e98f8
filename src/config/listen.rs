//! `listen`: where questions are taken, under which names, and who may speak for others there.

use std::sync::Arc;

use ipnet::IpNet;

use super::Listener;
use super::health::networks;
use crate::store::toml::Value;

/// An address, several, or a table of names with one or several each.
pub(super) fn listen(value: Value<'_, '_>) -> Vec<Listener> {
    let place = value.place();
    let mut found: Vec<Listener> = Vec::new();
    if value.is_table() {
        for value in value.table(format!("[{}]", place.key)).map(|mut table| table.rest()).unwrap_or_default() {
            named(value, &mut found);
        }
    } else {
        add(value, None, &[], &mut found);
    }
    if found.is_empty() && !place.has_errors() {
        place.error(format!("`{}` names no address", place.key), "write one, or remove the key for the default");
    }
    found
}

/// What stands under a name: addresses, or a table of them and the proxies in front of them.
fn named(value: Value<'_, '_>, found: &mut Vec<Listener>) {
    let name = value.key.clone();
    if !value.is_table() {
        return add(value, Some(&name), &[], found);
    }
    let Some(mut table) = value.table(format!("listener {:?}", &*name)) else { return };
    let proxies = table.take("proxies").map(|value| {
        if value.is_empty_array() {
            value.error("`proxies` names none", "write the addresses of the proxies, or remove it");
        }
        networks(value)
    });
    if let Some(value) = table.required("address", "\"10.0.0.1:53\"") {
        add(value, Some(&name), &proxies.unwrap_or_default(), found);
    }
    table.finish();
}

fn add(value: Value<'_, '_>, name: Option<&Arc<str>>, proxies: &[IpNet], found: &mut Vec<Listener>) {
    let place = value.place();
    for text in value.texts().unwrap_or_default() {
        match text.text.parse() {
            Ok(address) if found.iter().any(|listener| listener.address == address && address.port() != 0) => {
                place.moved(&text.at).error(format!("address {address} is listened at twice"), "name it once");
            }
            Ok(address) => {
                let plain = Listener::at(address);
                let name = name.cloned().unwrap_or(plain.name);
                found.push(Listener { name, address, proxies: proxies.into(), at: text.at });
            }
            Err(_) => {
                let mend = "write \"127.0.0.1:5353\" or \"[::1]:5353\"";
                place.moved(&text.at).error(format!("{:?} is no address with a port", text.text), mend);
            }
        }
    }
}

//! `[key.NAME]` and `[transfer]`: who may copy zones, who is told of changes, and what both sign with.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use super::health::secret;
use super::reading::section;
use crate::model::Name;
use crate::model::rdata::octets_of_base64;
use crate::model::transfer::{Algorithm, Grant, Key, Rule, Secondary, Transfers};
use crate::model::view::Block;
use crate::store::toml::{Place, Table, Text, Value, named};

/// What stands before a key's name among networks and addresses.
const KEY: &str = "key:";
/// The shortest secret, in octets; shorter ones can be tried out.
const SHORTEST: usize = 16;
/// The longest name of a key, in octets: it is in every signed message beside the question.
const LONGEST_NAME: usize = 128;

/// Reads `[key.NAME]`, `[transfer]` and `[transfer.zone.NAME]`.
pub(super) fn transfers(root: &mut Table<'_, '_>, folder: &Path) -> Transfers {
    let mut transfers = Transfers::default();
    let keys = named(root.take("key"), "key", |name, table| key(&name, table, folder));
    transfers.keys = keys.into_iter().flatten().map(|key| (key.name.clone(), key)).collect();
    let Some(mut table) = section(root, "transfer") else { return transfers };
    transfers.general = rule(&mut table, &transfers.keys);
    let at_once = table.integer("at_once", 1..=1000).and_then(|number| usize::try_from(number).ok());
    transfers.at_once = at_once.unwrap_or(transfers.at_once);
    let journal = table.take("journal").and_then(|value| value.bytes(0..=1 << 30));
    transfers.journal = journal.and_then(|octets| usize::try_from(octets).ok()).unwrap_or(transfers.journal);
    let keys = &transfers.keys;
    let zones = named(table.take("zone"), "transfer.zone", |name, mut table| {
        let rule = rule(&mut table, keys);
        let zone = match Name::parse(&name, Some(&Name::root())) {
            Ok(zone) => Some((zone, rule)),
            Err(error) => {
                table.error(format!("is no domain name: {error}"), "write [transfer.zone.\"example.org\"]");
                None
            }
        };
        table.finish();
        zone
    });
    transfers.zones = zones.into_iter().flatten().collect();
    table.finish();
    transfers
}

fn key(name: &Arc<str>, mut table: Table<'_, '_>, folder: &Path) -> Option<Key> {
    let parsed = Name::parse(name, Some(&Name::root())).ok().filter(|name| name.wire().len() <= LONGEST_NAME);
    if parsed.is_none() {
        let what = format!("is no domain name of at most {LONGEST_NAME} octets");
        table.error(what, "write [key.\"transfer.example.\"], as the other side calls it");
    }
    let algorithm = table.required("algorithm", "\"hmac-sha256\"").and_then(|value| value.word(&Algorithm::ALL));
    if !table.has("secret") && !table.has("secret_file") {
        table.error("has neither `secret` nor `secret_file`", "make one: openssl rand -base64 32");
    }
    let octets = secret(&mut table, ["secret", "secret_file"], folder).and_then(|(text, place)| {
        let octets = octets_of_base64(&text);
        match octets.as_ref().map(Vec::len) {
            None => place.error(format!("`{}` is not base64", place.key), "make one: openssl rand -base64 32"),
            Some(len) if len < SHORTEST => {
                let what = format!("`{}` has {len} octets, and fewer than {SHORTEST} can be tried out", place.key);
                place.error(what, "make one: openssl rand -base64 32");
            }
            Some(_) => {}
        }
        octets
    });
    table.finish();
    Some(Key::new(parsed?, algorithm?, &octets?))
}

fn rule(table: &mut Table<'_, '_>, keys: &BTreeMap<Name, Key>) -> Rule {
    let allow = table.take("allow").map(|value| each(value, |text, place| grant(text, place, keys)));
    let notify = table.take("notify").map(|value| each(value, |text, place| secondary(text, place, keys)));
    Rule { allow, notify }
}

fn each<'p, T>(value: Value<'p, '_>, read: impl Fn(&str, &Place<'p>) -> Option<T>) -> Vec<T> {
    let place = value.place();
    let texts = value.texts().unwrap_or_default();
    texts.into_iter().filter_map(|Text { text, at }| read(&text, &place.moved(&at))).collect()
}

/// A network, a key, or both.
fn grant(text: &str, place: &Place<'_>, keys: &BTreeMap<Name, Key>) -> Option<Grant> {
    let mut grant = Grant { network: None, key: None };
    for word in text.split_whitespace() {
        if let Some(name) = word.strip_prefix(KEY) {
            grant.key = Some(known(name, place, keys)?);
        } else if let (Some(block), None) = (block(word), grant.network) {
            grant.network = Some(block);
        } else {
            let what = format!("`allow` {text:?} is neither a network nor a key");
            place.error(what, "write \"192.0.2.0/24\", \"key:transfer.example.\", or both in one text");
            return None;
        }
    }
    if grant.network.is_none() && grant.key.is_none() {
        place.error("`allow` holds an empty text", "write [] for nobody");
        return None;
    }
    Some(grant)
}

/// A CIDR block, or an address standing for itself; bits behind the length must be clear.
fn block(word: &str) -> Option<Block> {
    let (address, len) = match word.split_once('/') {
        Some((address, len)) => (address, Some(len.parse::<u8>().ok()?)),
        None => (word, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let block = Block::new(address, len.unwrap_or(whole))?;
    // An address with bits behind the length is more often a slip than a wish.
    let is_clear = match (block, Block::new(address, whole)?) {
        (Block::V4 { address: masked, .. }, Block::V4 { address, .. }) => masked == address,
        (Block::V6 { address: masked, .. }, Block::V6 { address, .. }) => masked == address,
        _ => false,
    };
    is_clear.then_some(block)
}

/// An address with a port, and perhaps a key.
fn secondary(text: &str, place: &Place<'_>, keys: &BTreeMap<Name, Key>) -> Option<Secondary> {
    let (address, key) = match text.split_once(' ') {
        Some((address, key)) => (address, key.trim().strip_prefix(KEY)),
        None => (text, None),
    };
    let address = address.parse::<SocketAddr>().ok().filter(|_| text.contains(' ') == key.is_some());
    let Some(address) = address else {
        let what = format!("`notify` {text:?} is no address with a port");
        place.error(what, "write \"192.0.2.9:53\" or \"[2001:db8::1]:53 key:transfer.example.\"");
        return None;
    };
    let key = match key {
        Some(name) => Some(known(name, place, keys)?),
        None => None,
    };
    Some(Secondary { address, key })
}

fn known(name: &str, place: &Place<'_>, keys: &BTreeMap<Name, Key>) -> Option<Name> {
    let key = Name::parse(name, Some(&Name::root())).ok().filter(|name| keys.contains_key(name));
    if key.is_none() {
        place.error(format!("`{}` names key {name:?}, which does not exist", place.key), "define [key.\"NAME\"]");
    }
    key
}

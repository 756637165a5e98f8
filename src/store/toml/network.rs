//! `[view.NAME]` and `[collection.NAME]`: who is asking (Z-24, P-53).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::value::Place;
use super::{Table, Text, Value};
use crate::model::view::Block;
use crate::model::{CidrCollection, View, ViewId};

/// Reads one view: networks, listeners, or both.
pub(crate) fn view(name: Arc<str>, mut table: Table<'_, '_>) -> View {
    let networks = table.take("networks").map(blocks);
    let listeners = table.texts("listeners").unwrap_or_default();
    let region = table.take("region").and_then(super::policy::region);
    let at = table.at.clone();
    table.finish();
    let listeners = listeners.into_iter().map(|listener| listener.text.into()).collect();
    let networks = networks.unwrap_or_default().into_iter().map(|(block, _)| block).collect();
    View { id: ViewId(name), networks, listeners, region, at }
}

/// Reads one collection: locations and their blocks (P-53, P-54).
pub(super) fn collection(name: Arc<str>, mut table: Table<'_, '_>) -> CidrCollection {
    let at = table.at.clone();
    let mut locations = BTreeMap::new();
    let mut seen: BTreeMap<Block, Arc<str>> = BTreeMap::new();
    for value in table.rest() {
        let location = value.key.clone();
        let place = value.place();
        if &*location == "*" {
            place.error("location \"*\" is never listed: it is every other client (P-54)", "remove it");
            continue;
        }
        let mut own = Vec::new();
        for (block, at) in blocks(value) {
            let place = place.moved(&at);
            let longest = if matches!(block, Block::V4 { .. }) { 24 } else { 48 };
            if block.is_empty() || block.len() > longest {
                let what = format!("{block} is not of length 1 to {longest} (P-54)");
                place.error(what, if block.is_empty() { "use location \"*\" in the record" } else { "" });
            } else if let Some(other) = seen.insert(block, location.clone()) {
                place.error(format!("{block} is in location {other:?} already (P-53)"), "keep one of them");
            } else {
                own.push(block);
            }
        }
        locations.insert(location, own);
    }
    table.finish();
    CidrCollection { id: name, locations, at }
}

fn blocks(value: Value<'_, '_>) -> Vec<(Block, crate::model::At)> {
    let place = value.place();
    let texts = value.texts().unwrap_or_default();
    texts.into_iter().filter_map(|text| Some((block(&text, &place.moved(&text.at))?, text.at))).collect()
}

/// A CIDR block, or an address standing for itself; bits behind the length must be clear.
fn block(text: &Text, place: &Place<'_>) -> Option<Block> {
    let (address, len) = match text.text.split_once('/') {
        Some((address, len)) => (address, Some(len)),
        None => (&*text.text, None),
    };
    let parsed = address.parse::<IpAddr>().ok().and_then(|address| {
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let digits = |len: &str| !len.is_empty() && len.bytes().all(|byte| byte.is_ascii_digit());
        let len = match len {
            Some(len) => len.parse().ok().filter(|_| digits(len))?,
            None => whole,
        };
        Some((Block::new(address, len)?, Block::new(address, whole)?))
    });
    let Some((block, exact)) = parsed else {
        place.error(format!("{:?} is no CIDR block", text.text), "write \"192.0.2.0/24\" or \"2001:db8::/32\"");
        return None;
    };
    // An address with bits behind the length is more often a slip than a wish.
    let clear = match (block, exact) {
        (Block::V4 { address: a, .. }, Block::V4 { address: b, .. }) => a == b,
        (Block::V6 { address: a, .. }, Block::V6 { address: b, .. }) => a == b,
        _ => false,
    };
    if !clear {
        place.error(format!("{:?} has bits behind its length", text.text), format!("write \"{block}\""));
        return None;
    }
    Some(block)
}

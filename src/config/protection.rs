//! What `waymark.toml` says of who answers and whom: the server's identity, cookies, the rate limit.

use std::path::Path;

use super::Cookies;
use super::health::{networks, secret};
use crate::model::cookies::hex;
use crate::model::{CookieSecret, RateLimit};
use crate::store::toml::{Table, Value};

/// The most octets of an identity; it goes into every reply to who asks.
const LONGEST_NSID: usize = 128;
/// Answers a second where a rate limit does not say.
const RESPONSES: u32 = 200;

/// The identity: a text, or octets behind `0x` (RFC 5001 §2.3).
pub(super) fn nsid(value: Value<'_, '_>) -> Option<Vec<u8>> {
    let place = value.place();
    let text = value.text()?.text;
    let octets = match text.strip_prefix("0x") {
        None => Some(text.into_bytes()),
        Some(digits) => digits.as_bytes().chunks(2).map(hex).collect(),
    };
    match octets {
        Some(octets) if octets.len() <= LONGEST_NSID => return Some(octets),
        Some(octets) => {
            place.error(format!("`nsid` has {} octets, not 0..={LONGEST_NSID}", octets.len()), "shorten it");
        }
        None => place.error("`nsid` is not two hexadecimal digits for each octet", "write \"0xc0ffee\", or a text"),
    }
    None
}

/// Reads `[cookies]`; files of secrets lie relative to `folder`.
pub(super) fn cookies(mut table: Table<'_, '_>, folder: &Path, default: Cookies) -> Cookies {
    let enabled = table.boolean("enabled").unwrap_or(default.enabled);
    let require = table.boolean("require").unwrap_or(default.require);
    let rolls = ["previous", "previous_file", "next", "next_file"].iter().any(|key| table.has(key));
    if rolls && !table.has("secret") && !table.has("secret_file") {
        table.error("has another secret but no `secret`", "give the one in force: openssl rand -hex 16");
    }
    let mut read = |keys| {
        let (text, place) = secret(&mut table, keys, folder)?;
        let secret = CookieSecret::parse(text.strip_prefix("0x").unwrap_or(&text));
        if secret.is_none() {
            let what = format!("`{}` is not 32 hexadecimal digits", place.key);
            place.error(what, "make one: openssl rand -hex 16");
        }
        secret
    };
    let secret = read(["secret", "secret_file"]);
    let others = [read(["previous", "previous_file"]), read(["next", "next_file"])];
    table.finish();
    Cookies { enabled, secret, others, require }
}

/// Reads `[rate_limit]`; kinds that are not told share the limit of positive answers.
pub(super) fn rate_limit(mut table: Table<'_, '_>) -> RateLimit {
    let mut number = |key, most: i64, default| {
        table.integer(key, 0..=most).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    };
    let responses = number("responses", 1_000_000, RESPONSES);
    let [nodata, nxdomain, referrals, errors] =
        ["nodata", "nxdomain", "referrals", "errors"].map(|key| number(key, 1_000_000, responses));
    let (all, slip) = (number("all", 1_000_000, 0), number("slip", 10, 2));
    let window = table.integer("window", 1..=15).and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(1);
    let mut bits = |key, most: i64, default| {
        table.integer(key, 1..=most).and_then(|bits| u8::try_from(bits).ok()).unwrap_or(default)
    };
    let (ipv4_prefix, ipv6_prefix) = (bits("ipv4_prefix", 32, 24), bits("ipv6_prefix", 128, 56));
    let exempt = table.take("exempt").map(networks).unwrap_or_default();
    let dry_run = table.boolean("dry_run").unwrap_or(false);
    table.finish();
    RateLimit {
        responses,
        nodata,
        nxdomain,
        referrals,
        errors,
        all,
        window,
        slip,
        ipv4_prefix,
        ipv6_prefix,
        exempt,
        dry_run,
    }
}

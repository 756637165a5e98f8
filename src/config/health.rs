//! What `waymark.toml` says of health: who probes, what may be probed, where transitions are told, alarms of dumps.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::Health;
use crate::model::check::Pattern;
use crate::model::fleet::{Checker, Secret, Targets, Webhook, WebhookForm};
use crate::store::toml::{Place, Table, Text, Value, named, server};

/// Where name servers are asked.
const DNS_PORT: u16 = 53;
/// The most a secret may have, in bytes.
const MAX_SECRET: u64 = 4096;
/// How large the history of transitions may be.
const HISTORY: RangeInclusive<u64> = 1 << 16..=1 << 40;
/// How long the first answer may wait.
const WAITS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3600);

/// Reads `[health]`, `[checker.NAME]` and `[webhook.NAME]`; files of secrets lie relative to `folder`.
pub(super) fn health(root: &mut Table<'_, '_>, folder: &Path, mut health: Health) -> Health {
    if let Some(mut table) = super::reading::section(root, "health") {
        let percent = table.integer("healthy_percent", 0..=99).and_then(|percent| u8::try_from(percent).ok());
        health.plan.healthy_percent = percent.unwrap_or(health.plan.healthy_percent);
        let in_flight = table.integer("in_flight", 1..=65_536).and_then(|number| usize::try_from(number).ok());
        health.in_flight = in_flight.unwrap_or(health.in_flight);
        health.plan.resolver = table.take("resolver").and_then(resolver);
        health.plan.targets = targets(&mut table, &health.plan.targets);
        health.plan.alarm_files = table.take("alarm_files").map(folders).unwrap_or_default();
        health.history = table.take("history").and_then(|value| value.bytes(HISTORY)).unwrap_or(health.history);
        health.wait = match table.take("wait") {
            None => health.wait,
            Some(value) if value.is_false() => None,
            Some(value) => value.duration(WAITS),
        };
        let keys = ["push_token", "push_token_file"];
        health.plan.push_token = secret(&mut table, keys, folder).map(|(token, place)| {
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let what = format!("`{}` is not one word of visible ASCII", place.key);
                place.error(what, "make one: openssl rand -hex 24");
            }
            Secret(token)
        });
        table.finish();
    }
    let checkers = named(root.take("checker"), "checker", checker);
    if !checkers.is_empty() {
        health.plan.checkers = checkers;
    }
    health.plan.webhooks = named(root.take("webhook"), "webhook", |name, table| webhook(name, table, folder))
        .into_iter()
        .flatten()
        .collect();
    health
}

/// An address, with or without a port.
fn resolver(value: Value<'_, '_>) -> Option<SocketAddr> {
    let place = value.place();
    let text = value.text()?.text;
    let address = text.parse().ok().or_else(|| Some(SocketAddr::new(text.parse::<IpAddr>().ok()?, DNS_PORT)));
    if address.is_none() {
        place.error(format!("`resolver` {text:?} is no address"), "write \"127.0.0.1:53\"");
    }
    address
}

fn targets(table: &mut Table<'_, '_>, default: &Targets) -> Targets {
    let mut networks = |key| table.take(key).map(networks).unwrap_or_default();
    let (allow, deny) = (networks("allow"), networks("deny"));
    let special = table.boolean("allow_special_addresses").unwrap_or(default.special);
    Targets { allow, deny, special }
}

/// Directories, by paths that mean the same wherever the server was started.
fn folders(value: Value<'_, '_>) -> Vec<Arc<str>> {
    let place = value.place();
    let read = |Text { text, at }: Text| {
        if !text.starts_with('/') || text.contains('\0') {
            let what = format!("`alarm_files` {text:?} is no absolute path");
            place.moved(&at).error(what, "name a directory: \"/run/waymark\"");
            return None;
        }
        Some(text.into())
    };
    value.texts().unwrap_or_default().into_iter().filter_map(read).collect()
}

/// CIDR blocks, or addresses that stand for themselves; bits behind the length must be clear.
fn networks(value: Value<'_, '_>) -> Vec<IpNet> {
    let place = value.place();
    let key = place.key.clone();
    let read = |Text { text, at }: Text| {
        let place = place.moved(&at);
        let network = text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
        let Some(network) = network else {
            place.error(format!("`{key}` {text:?} is no CIDR block"), "write \"10.0.0.0/8\" or \"fd00::/8\"");
            return None;
        };
        if network.trunc() != network {
            let mend = format!("write \"{}\"", network.trunc());
            place.error(format!("`{key}` {text:?} has bits behind its length"), mend);
        }
        Some(network.trunc())
    };
    value.texts().unwrap_or_default().into_iter().filter_map(read).collect()
}

fn checker(name: Arc<str>, mut table: Table<'_, '_>) -> Checker {
    let region = table.take("region").and_then(|value| {
        let place = value.place();
        let text = value.text()?.text;
        if text.is_empty() || text.contains(char::is_whitespace) {
            place.error(format!("`region` {text:?} is not one word"), "write it as checks do: \"eu-west-1\"");
        }
        Some(text.into())
    });
    let source = table.take("source").and_then(|value| {
        let place = value.place();
        let text = value.text()?.text;
        let address = text.parse();
        if address.is_err() {
            place.error(format!("`source` {text:?} is no address"), "write one of this machine's: \"192.0.2.7\"");
        }
        address.ok()
    });
    table.finish();
    Checker { name, region, source }
}

fn webhook(name: Arc<str>, mut table: Table<'_, '_>, folder: &Path) -> Option<Webhook> {
    if !table.has("url") && !table.has("url_file") {
        table.error("has neither `url` nor `url_file`", "url = \"https://example.com/hook\"");
    }
    let url = secret(&mut table, ["url", "url_file"], folder).map(|(url, place)| {
        if let Err(wrong) = server(&url) {
            place.error(format!("`{}` {wrong}", place.key), "write \"https://example.com/hook\"");
        }
        Secret(url)
    });
    let authorization = secret(&mut table, ["authorization", "authorization_file"], folder).map(|(word, place)| {
        if !word.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            place.error(format!("`{}` is not all visible ASCII", place.key), "write \"Bearer TOKEN\"");
        }
        Secret(word)
    });
    let form = table.word("form", &[("json", WebhookForm::Json), ("text", WebhookForm::Text)]);
    let checks = table.take("checks").map(patterns).unwrap_or_default();
    table.finish();
    Some(Webhook { name, url: url?, authorization, form: form.unwrap_or(WebhookForm::Json), checks })
}

/// Ids of checks, `*` and `?` among them.
fn patterns(value: Value<'_, '_>) -> Vec<Pattern> {
    let place = value.place();
    if value.is_empty_array() {
        place.error("`checks` names none", "remove it to be told of all");
    }
    let texts = value.texts().unwrap_or_default();
    for text in texts.iter().filter(|text| text.text.is_empty()) {
        place.moved(&text.at).error("`checks` names a check without a name", "write \"web-*\", or \"*\" for all");
    }
    texts.into_iter().map(|text| Pattern(text.text.into())).collect()
}

/// The secret that is written under the first key or lies in the file that the second names, without blanks around
/// it. What it says is shown to nobody, mistakes included.
pub(super) fn secret<'p>(
    table: &mut Table<'p, '_>,
    [key, file_key]: [&'static str; 2],
    folder: &Path,
) -> Option<(Arc<str>, Place<'p>)> {
    let (written, file) = (table.take(key), table.take(file_key));
    let value = match (written, file) {
        (Some(_), Some(file)) => {
            file.error(format!("has both `{key}` and `{file_key}`"), "keep one of them");
            return None;
        }
        (written, file) => written.or(file)?,
    };
    let place = value.place();
    let text = value.text()?.text;
    let text = match &*place.key == file_key {
        false => text,
        true => match super::read(&folder.join(&text), MAX_SECRET) {
            Ok(text) => text,
            Err(what) => {
                place.error(format!("`{file_key}` {text:?} {what}"), "name a file that the server may read");
                return None;
            }
        },
    };
    let secret = text.trim();
    if secret.is_empty() {
        place.error(format!("`{}` holds nothing", place.key), "");
        return None;
    }
    Some((secret.into(), place))
}

//! The keys of `waymark.toml` and what they mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::api::api;
use super::dnssec::dnssec;
use super::health::health;
use super::listen::listen;
use super::protection::{cookies, nsid, rate_limit};
use super::tls::tls;
use super::transfer::transfers;
use super::{Config, EDGE, Log, LogFormat, QueryLog, Tcp};
use crate::model::{Chaos, Name, Problem};
use crate::policy::geoproximity::NegativeBias;
use crate::snapshot::{AnyMode, Behaviour};
use crate::store::toml::{Page, Table, Text, Value, alarm, each, named, provider, region, view};

/// A Rust duration in whole seconds.
const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// Reads a configuration text.
pub(super) fn read(file: &str, text: &str) -> Result<Config, Vec<Problem>> {
    let page = Page::new(file, text);
    let folder = Path::new(file).parent().map(Path::to_owned).unwrap_or_default();
    let config = page.parse(text).map(|root| config(root, &folder));
    let problems = page.into_problems();
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    }
}

fn config(mut root: Table<'_, '_>, folder: &Path) -> Config {
    let default = Config::default();
    let path = |text: Text| folder.join(text.text);
    let mut config = Config {
        listen: root.take("listen").map_or(default.listen, listen),
        http: root.take("http").map_or(default.http, http),
        workers: root.integer("workers", 1..=256).and_then(|workers| usize::try_from(workers).ok()),
        user: root.text("user").map(|user| user.text),
        zones: root.text("zones").map_or(default.zones, path),
        names_state: root.has("state"),
        state: root.text("state").map_or(default.state, path),
        geoip: root.text("geoip").map(path),
        asn: root.text("asn").map(path),
        latency: root.text("latency").map(path),
        ..Config::default()
    };
    config.store.name_servers = names(root.take("name_servers"));
    config.store.hostmaster = names(root.take("hostmaster")).into_iter().next();
    config.store.providers = each(root.take("provider")).into_iter().filter_map(provider).collect();
    config.store.views = named(root.take("view"), "view", view);
    if let Some(mut table) = section(&mut root, "dns") {
        config.tcp = tcp(&mut table, config.tcp);
        config.behaviour = dns(table, config.behaviour);
    }
    if let Some(table) = section(&mut root, "cookies") {
        config.cookies = cookies(table, folder, config.cookies);
    }
    config.behaviour.rate_limit = section(&mut root, "rate_limit").map(rate_limit);
    config.tls = section(&mut root, "tls").and_then(|table| tls(table, folder));
    if let Some(table) = section(&mut root, "geo") {
        config.behaviour = geo(table, config.behaviour);
    }
    config.health = health(&mut root, folder, config.health);
    config.behaviour.transfers = Arc::new(transfers(&mut root, folder));
    let (signatures, zones) = section(&mut root, "dnssec").map(dnssec).unwrap_or_default();
    config.store.dnssec = zones;
    config.behaviour.signatures = signatures.unwrap_or(config.behaviour.signatures);
    config.store.alarms = named(root.take("alarm"), "alarm", alarm).into_iter().flatten().collect();
    if let Some(mut table) = section(&mut root, "log") {
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        config.log = Log {
            level: table.text("level").map_or(config.log.level, |level| level.text),
            format: table.word("format", &formats).unwrap_or(config.log.format),
        };
        table.finish();
    }
    config.api = section(&mut root, "api").map(|table| api(table, folder));
    config.query_log = section(&mut root, "query_log").and_then(|table| query_log(table, folder));
    root.finish();
    config.store.listeners = Some(config.listener_names());
    config
}

/// The table of a section, `[key]` in messages.
pub(super) fn section<'p, 'i>(root: &mut Table<'p, 'i>, key: &'static str) -> Option<Table<'p, 'i>> {
    root.take(key)?.table(format!("[{key}]"))
}

/// An address, or `"off"`.
fn http(value: Value<'_, '_>) -> Option<std::net::SocketAddr> {
    let place = value.place();
    let text = value.text()?.text;
    if text == "off" {
        return None;
    }
    let address = text.parse();
    if address.is_err() {
        place.error(format!("`http` {text:?} is no address with a port"), "write \"127.0.0.1:5380\", or \"off\"");
    }
    address.ok()
}

fn names(value: Option<Value<'_, '_>>) -> Vec<Name> {
    let Some(value) = value else { return Vec::new() };
    let place = value.place();
    let texts = value.texts().unwrap_or_default();
    let read = |text: Text| match Name::parse(&text.text, Some(&Name::root())) {
        Ok(name) => Some(name),
        Err(error) => {
            let what = format!("`{}` {:?} is no domain name: {error}", place.key, text.text);
            place.moved(&text.at).error(what, "");
            None
        }
    };
    texts.into_iter().filter_map(read).collect()
}

fn tcp(table: &mut Table<'_, '_>, default: Tcp) -> Tcp {
    let mut count = |key, default| {
        table.integer(key, 1..=1_000_000).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    };
    let connections = count("tcp_connections", default.connections);
    let per_client = count("tcp_per_client", default.per_client);
    let idle = table.duration("tcp_idle", SECOND..=SECOND * 3600).unwrap_or(default.idle);
    Tcp { connections, per_client, idle }
}

fn dns(mut table: Table<'_, '_>, mut behaviour: Behaviour) -> Behaviour {
    let modes = [("rfc8482", AnyMode::Rfc8482), ("full", AnyMode::Full)];
    if let Some(chase) = table.boolean("cname_chase") {
        behaviour.cname_chase = chase;
    }
    if let Some(mode) = table.word("any", &modes) {
        behaviour.any = mode;
    }
    if let Some(authority_ns) = table.boolean("authority_ns") {
        behaviour.authority_ns = authority_ns;
    }
    if let Some(octets) = table.integer("udp_max", 512..=4096).and_then(|octets| u16::try_from(octets).ok()) {
        behaviour.udp_max = octets;
    }
    behaviour.nsid = table.take("nsid").and_then(nsid).unwrap_or_default();
    behaviour.chaos = Chaos { version: chaos(&mut table, "version"), id: chaos(&mut table, "id") };
    table.finish();
    behaviour
}

/// One character string (RFC 1035 §3.3).
fn chaos(table: &mut Table<'_, '_>, key: &'static str) -> Option<String> {
    let value = table.take(key)?;
    let place = value.place();
    let text = value.text()?.text;
    if text.len() > 255 {
        place.error(format!("`{key}` has {} octets, not 0..=255", text.len()), "shorten it");
        return None;
    }
    Some(text)
}

fn geo(mut table: Table<'_, '_>, default: Behaviour) -> Behaviour {
    let ways = [("divide", NegativeBias::Divide), ("multiply", NegativeBias::Multiply)];
    let negative_bias = table.word("negative_bias", &ways).unwrap_or(default.negative_bias);
    let server_location = table.take("server_location").and_then(region).unwrap_or(default.server_location);
    table.finish();
    Behaviour { negative_bias, server_location, ..default }
}

/// Edge locations are one word, since the log's fields are parted by spaces.
fn query_log(mut table: Table<'_, '_>, folder: &Path) -> Option<QueryLog> {
    let path = table.required("path", "\"query.log\", or \"-\" for standard output").and_then(Value::text);
    let edge_at = table.take("edge");
    let place = edge_at.as_ref().map(Value::place);
    let edge = edge_at.and_then(Value::text);
    if let (Some(edge), Some(place)) = (&edge, place)
        && (edge.text.is_empty() || edge.text.contains(char::is_whitespace))
    {
        place.error(format!("`edge` {:?} is not one word", edge.text), "write a short name, such as \"FRA1\"");
    }
    table.finish();
    let path = path?;
    let path = if path.text == "-" { PathBuf::from("-") } else { folder.join(path.text) };
    Some(QueryLog { path, edge: edge.map_or_else(|| EDGE.to_owned(), |edge| edge.text) })
}

//! Our own zone format: one hosted zone a file, with its checks, collections, views and providers.
//!
//! The whole format is told in `docs/zones.md`, whose every example a test loads. Reading goes on after a
//! mistake, so that a file with ten mistakes gives ten problems.

mod candidate;
mod check;
mod network;
pub(crate) mod page;
mod policy;
mod provider;
mod record;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Options, Provider, dnssec};
use crate::model::rules::account::zone_id_fault;
use crate::model::{CidrCollection, HealthCheck, HostedZone, Name, Problem, View, ViewId, Visibility, ZoneId};
pub(crate) use check::{TTL_RANGE, alarm, server};
pub(crate) use network::view;
pub(crate) use page::{Page, Table, Text};
pub(crate) use policy::region;
pub(crate) use provider::provider;
pub(crate) use value::{Place, Value, parse_duration};

/// TTL of records in a file that sets none, in seconds.
pub(crate) const DEFAULT_TTL: u32 = 300;

/// What a file defines.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// The zone, unless the file holds only what others refer to.
    pub(crate) zone: Option<HostedZone>,
    /// `[check.ID]`.
    pub(crate) checks: Vec<HealthCheck>,
    /// `[collection.NAME]`.
    pub(crate) collections: Vec<CidrCollection>,
    /// `[view.NAME]`.
    pub(crate) views: Vec<View>,
}

/// Reads a zone file; `options` must hold every provider, those of `providers` included.
pub(crate) fn load(file: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Parsed {
    let page = Page::new(file, text);
    let parsed = page.parse(text).map(|root| read(root, options)).unwrap_or_default();
    problems.extend(page.into_problems());
    parsed
}

/// The providers a file defines; its mistakes are left for `load` to report.
pub(crate) fn providers(file: &str, text: &str) -> Vec<Provider> {
    let page = Page::new(file, text);
    let Some(mut root) = page.parse(text) else { return Vec::new() };
    each(root.take("provider")).into_iter().filter_map(provider).collect()
}

fn read(mut root: Table<'_, '_>, options: &Options) -> Parsed {
    let checks = named(root.take("check"), "check", check::check);
    let collections = named(root.take("collection"), "collection", network::collection);
    let views = named(root.take("view"), "view", view);
    let providers = each(root.take("provider")).into_iter().filter_map(provider).count();
    let zone = zone(&mut root, options);
    let defined = checks.len() + collections.len() + views.len() + providers + usize::from(zone.is_some());
    if defined == 0 && !root.page().has_errors() {
        root.error("file defines nothing", "begin with the zone's name: zone = \"example.com\"");
    }
    root.finish();
    Parsed { zone, checks, collections, views }
}

/// The zone of the file. One with mistakes is returned too, so that what spans records is still checked.
fn zone(root: &mut Table<'_, '_>, options: &Options) -> Option<HostedZone> {
    let page = root.page();
    let named_at = root.at_of("zone");
    let name = root.text("zone");
    let parsed = name.as_ref().and_then(|name| zone_name(page, name));
    let id = root.text("id");
    if let Some(Text { text, at }) = &id
        && let Some(fault) = zone_id_fault(text)
    {
        page.error(at, format!("zone id {text:?} {fault} (Z-6)"), "write 1 to 64 characters without blanks");
    }
    let comment = root.text("comment").map(|text| text.text).unwrap_or_default();
    let ttl = root.seconds("ttl", TTL_RANGE).unwrap_or(DEFAULT_TTL);
    let visibility = visibility(root);
    let dnssec_at = root.at_of("dnssec");
    let dnssec = root.take("dnssec").and_then(|value| value.table("[dnssec]".to_owned())).map(dnssec::wish);
    if let (None, Some(at)) = (&named_at, dnssec_at) {
        page.error(&at, "[dnssec] without a zone", "begin with the zone's name: zone = \"example.com\"");
    }
    let records = each(root.take("record"));
    if named_at.is_none() && !records.is_empty() {
        root.error("records without a zone", "begin with the zone's name: zone = \"example.com\"");
    }
    // Without a name the records are read all the same, for their mistakes.
    let origin = parsed.clone().unwrap_or_else(Name::root);
    let frame = record::Frame { page, origin: &origin, named: parsed.is_some(), ttl, options };
    let mut groups = BTreeMap::new();
    for record in records {
        frame.record(record, &mut groups);
    }
    let name = parsed?;
    let id = id.map_or_else(|| default_id(&name, &visibility), |id| ZoneId(id.text.into()));
    let at = named_at.unwrap_or_else(|| page.whole());
    Some(HostedZone { id, name, comment, visibility, groups, dnssec, signing: None, left_out: 0, at })
}

fn zone_name(page: &Page, text: &Text) -> Option<Name> {
    match Name::parse(&text.text, Some(&Name::root())) {
        Ok(name) if name.is_wildcard() => {
            page.error(
                &text.at,
                format!("zone {:?} begins with a wildcard (Z-2)", text.text),
                "name the zone below it",
            );
            None
        }
        Ok(name) => Some(name),
        Err(error) => {
            page.error(&text.at, format!("zone {:?} is no domain name: {error}", text.text), "");
            None
        }
    }
}

/// Private when `views` is given (Z-24), else public at `listeners` or everywhere.
fn visibility(root: &mut Table<'_, '_>) -> Visibility {
    let listeners_at = root.at_of("listeners");
    let views = root.texts("views");
    let listeners = root.texts("listeners");
    if let (Some(_), Some(at)) = (&views, listeners_at) {
        root.page().error(&at, "a zone has `views` or `listeners`, not both", "list the listeners in the view");
    }
    match (views, listeners) {
        (Some(views), _) => {
            Visibility::Private { views: views.into_iter().map(|view| ViewId(view.text.into())).collect() }
        }
        (None, Some(listeners)) if listeners.is_empty() => {
            root.error("`listeners` is empty: nobody would see the zone", "name a listener, or remove the key");
            Visibility::Public { listeners: Vec::new() }
        }
        (None, listeners) => Visibility::Public {
            listeners: listeners.unwrap_or_default().into_iter().map(|listener| listener.text.into()).collect(),
        },
    }
}

/// The zone's name without its last dot, with who sees it behind an `@` unless all do.
fn default_id(name: &Name, visibility: &Visibility) -> ZoneId {
    let text = name.to_string();
    let bare = Some(text.trim_end_matches('.')).filter(|bare| !bare.is_empty()).unwrap_or(".");
    let who: Vec<&str> = match visibility {
        Visibility::Public { listeners } => listeners.iter().map(|listener| &**listener).collect(),
        Visibility::Private { views } => views.iter().map(|view| &*view.0).collect(),
    };
    if who.is_empty() { ZoneId::made_of(bare) } else { ZoneId::made_of(&format!("{bare}@{}", who.join("+"))) }
}

/// The tables of an array of tables.
pub(crate) fn each<'p, 'i>(value: Option<Value<'p, 'i>>) -> Vec<Value<'p, 'i>> {
    let Some(value) = value else { return Vec::new() };
    if value.is_table() {
        value.error(format!("`{}` is a table, and one of many", value.key), format!("write [[{}]]", value.key));
        return Vec::new();
    }
    value.items().unwrap_or_default()
}

/// What `read` makes of each table in a table of tables, whose keys are names.
pub(crate) fn named<'p, 'i, T>(
    value: Option<Value<'p, 'i>>,
    noun: &str,
    read: impl Fn(Arc<str>, Table<'p, 'i>) -> T,
) -> Vec<T> {
    let Some(value) = value else { return Vec::new() };
    if !value.is_table() {
        value.error(format!("`{noun}` has no name"), format!("write [{noun}.NAME]"));
        return Vec::new();
    }
    let Some(mut table) = value.table(String::new()) else { return Vec::new() };
    let mut found = Vec::new();
    for value in table.rest() {
        let name = value.key.clone();
        if !value.is_table() {
            value.error(format!("`{name}` stands in [{noun}], which holds only names"), format!("write [{noun}.NAME]"));
        } else if let Some(table) = value.table(format!("{noun} {name:?}")) {
            found.push(read(name, table));
        }
    }
    found
}

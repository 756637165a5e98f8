//! `[[record]]`: a name, a type, and one routing policy (P-3).

use std::collections::BTreeMap;

use super::page::labelled;
use super::{Page, Table, Value};
use crate::model::rules::suggest_among;
use crate::model::{At, Candidate, Name, RecordGroup, RecordType, Routing, Target};
use crate::store::Options;

/// What the records of a file have in common.
pub(super) struct Frame<'p> {
    pub(super) page: &'p Page,
    pub(super) origin: &'p Name,
    /// Whether `origin` is the zone's name and not a stand-in for a bad one.
    pub(super) named: bool,
    /// Seconds, where a record sets none.
    pub(super) ttl: u32,
    pub(super) options: &'p Options,
}

/// Groups by name and type.
pub(super) type Groups = BTreeMap<(Name, RecordType), RecordGroup>;

impl<'p> Frame<'p> {
    /// Reads one record into `groups`; a record with several types is written once for each.
    pub(super) fn record(&self, value: Value<'p, '_>, groups: &mut Groups) {
        let types: Vec<RecordType> = value.peek_all("type").iter().filter_map(|text| text.parse().ok()).collect();
        if types.is_empty() {
            // Without a type the rest is read for its mistakes; any text is a TXT value.
            self.group(value, None, "", groups);
            return;
        }
        let shown = types.iter().map(|rtype| format!(" {rtype}")).collect::<String>();
        for rtype in types {
            self.group(value.clone(), Some(rtype), &shown, groups);
        }
    }

    fn group(&self, value: Value<'p, '_>, rtype: Option<RecordType>, shown: &str, groups: &mut Groups) {
        let label = format!("record {:?}{shown}", value.peek("name").unwrap_or_default());
        let Some(mut table) = value.table(label) else { return };
        self.types(&mut table);
        let name = self.owner(&mut table);
        let routing = self.routing(&mut table, rtype.unwrap_or(RecordType::TXT));
        let (at, label) = (table.at.clone(), table.label.clone());
        table.finish();
        let (Some(name), Some(rtype)) = (name, rtype) else { return };
        let Some(routing) = routing.or_else(|| stand_in(rtype, &at)) else { return };
        let group = RecordGroup { routing, at: at.clone() };
        match groups.get(&(name.clone(), rtype)) {
            Some(before) => {
                let what = labelled(&label, &format!("already written at line {}", before.at.line));
                self.page.error(&at, what, "write all values of one name and type in one record (P-3)");
            }
            None => {
                groups.insert((name, rtype), group);
            }
        }
    }

    /// Checks `type`, whose meaning `record` has read ahead.
    fn types(&self, table: &mut Table<'p, '_>) {
        let example = "type = \"A\", or any other record type";
        let Some(types) = table.take("type") else { return table.error("has no `type`", example) };
        if types.is_empty_array() {
            types.error("`type` is empty", example);
        }
        for text in types.texts().unwrap_or_default() {
            let mend = || suggest_among(&text.text, RecordType::ROUTE53.iter().filter_map(|rtype| rtype.name()));
            if let Err(error) = text.text.parse::<RecordType>() {
                self.page.error(&text.at, labelled(&table.label, &error.to_string()), mend());
            }
        }
    }

    fn owner(&self, table: &mut Table<'p, '_>) -> Option<Name> {
        if !table.has("name") {
            table.error("has no `name`", "name = \"www\", or name = \"@\" for the zone itself");
        }
        let text = table.text("name")?;
        let name = self.name(&text.text, &text.at, &table.label)?;
        if self.named && !name.is_within(self.origin) {
            let what = labelled(&table.label, &format!("{name} is not in the zone {} (N-8)", self.origin));
            self.page.error(&text.at, what, "leave the last dot off to write a name relative to the zone");
            return None;
        }
        Some(name)
    }

    /// A name relative to the zone unless it ends in a dot.
    pub(super) fn name(&self, text: &str, at: &At, label: &str) -> Option<Name> {
        match Name::parse(text, Some(self.origin)) {
            Ok(name) => {
                self.warn_doubled(text, at, label);
                Some(name)
            }
            Err(error) => {
                self.page.error(at, labelled(label, &format!("{text:?} is no domain name: {error}")), "");
                None
            }
        }
    }

    /// Warns of the oldest slip of zone files: the zone's name written out, its last dot forgotten.
    pub(super) fn warn_doubled(&self, text: &str, at: &At, label: &str) {
        if text.ends_with('.') || self.origin.label_count() < 2 {
            return;
        }
        let Ok(absolute) = Name::parse(text, Some(&Name::root())) else { return };
        if absolute.is_within(self.origin) {
            let what = format!("{text:?} is relative to the zone and means {text}.{}", self.origin);
            self.page.warning(at, labelled(label, &what), format!("write \"{text}.\" for the name as it stands"));
        }
    }
}

/// Something in place of a record with mistakes, so that nothing complains of its absence.
fn stand_in(rtype: RecordType, at: &At) -> Option<Routing> {
    if matches!(rtype, RecordType::NS | RecordType::SOA | RecordType::DS) {
        // These refuse the form the stand-in has.
        return None;
    }
    Some(Routing::Simple(Candidate { id: "".into(), key: (), check: None, target: nothing(), at: at.clone() }))
}

/// The target of a record with mistakes.
pub(super) fn nothing() -> Target {
    Target::Provider { of: "".into(), ttl: 0, rdata: Vec::new(), check: None, evaluate: true }
}

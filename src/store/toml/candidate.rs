//! One record set: its id, its check, and what it answers with (P-2, A-1).

use std::sync::Arc;

use super::page::labelled;
use super::record::{Frame, nothing};
use super::{TTL_RANGE, Table, Text, Value};
use crate::model::{Candidate, CheckId, Rdata, RecordType, Target, rdata};
use crate::store::provider::unmapped;

/// How a candidate without `id` is called.
pub(super) enum Naming {
    /// By what the policy says of it.
    Known(Arc<str>),
    /// By its only value, else it must have an `id`.
    ByValue,
    /// It has none: simple routing (P-2).
    None,
}

impl<'p> Frame<'p> {
    /// Reads a table of a policy: `key` takes out what the policy needs to know.
    pub(super) fn candidate<'i, K>(
        &self,
        value: Value<'p, 'i>,
        rtype: RecordType,
        noun: &str,
        key: impl Fn(&mut Table<'p, 'i>) -> Option<(K, Naming)>,
    ) -> Option<Candidate<K>> {
        let label = match value.peek("id") {
            Some(id) => format!("{}, {noun} {id:?}", value.label()),
            None => format!("{}, {noun}", value.label()),
        };
        let mut table = value.table(label)?;
        let id = table.text("id").map(|id| id.text);
        let read = key(&mut table);
        let (key, naming) = match read {
            Some((key, naming)) => (Some(key), naming),
            None => (None, Naming::Known("?".into())),
        };
        let candidate = self.rest(&mut table, rtype, id, naming);
        table.finish();
        let Candidate { id, key: (), check, target, at } = candidate;
        Some(Candidate { id, key: key?, check, target, at })
    }

    /// Reads check and target, shared by all policies; the table is left for the caller to finish.
    pub(super) fn rest(
        &self,
        table: &mut Table<'p, '_>,
        rtype: RecordType,
        id: Option<String>,
        naming: Naming,
    ) -> Candidate<()> {
        let check = table.text("check").map(|check| CheckId(check.text.into()));
        let only = table.only_text(&["value", "values", "alias"]);
        let id = match (id, naming) {
            (Some(id), Naming::None) => {
                table.error(format!("`id` {id:?} on a simple record (P-2)"), "remove it");
                "".into()
            }
            (Some(id), _) => id.into(),
            (None, Naming::Known(id)) => id,
            (None, Naming::None) => "".into(),
            (None, Naming::ByValue) => only.map(Arc::from).unwrap_or_else(|| {
                table.error("has no `id`", "id = \"a name of your choice\"");
                self.page.stand_in().into()
            }),
        };
        let target = self.target(table, rtype).unwrap_or_else(nothing);
        Candidate { id, key: (), check, target, at: table.at.clone() }
    }

    /// Values or an alias; `None` after a mistake.
    fn target(&self, table: &mut Table<'p, '_>, rtype: RecordType) -> Option<Target> {
        let given: Vec<_> = ["value", "values", "alias"].into_iter().filter(|key| table.has(key)).collect();
        let ttl_at = table.at_of("ttl");
        let ttl = table.seconds("ttl", TTL_RANGE);
        let evaluate_at = table.at_of("evaluate");
        let evaluate = table.boolean("evaluate");
        let value = table.text("value").map(|value| vec![value]);
        let values = table.texts("values");
        let alias = table.text("alias");
        match given[..] {
            [] => {
                table.error("has neither `value`, `values` nor `alias`", "value = \"192.0.2.1\", or alias = \"www\"");
                return None;
            }
            [_] => {}
            _ => {
                table.error(format!("has `{}`: one answer too many", given.join("` and `")), "keep one of them");
                return None;
            }
        }
        if let Some(alias) = alias {
            if let Some(at) = ttl_at {
                let what = labelled(&table.label, "an alias has no `ttl`: its target's counts (A-1, A-4)");
                self.page.error(&at, what, "remove it");
            }
            return self.alias(&alias, rtype, evaluate.unwrap_or(false), &table.label);
        }
        if let Some(at) = evaluate_at {
            let what = labelled(&table.label, "`evaluate` without an alias");
            self.page.error(&at, what, "remove it, or write `alias` instead of values");
        }
        let texts = value.or(values)?;
        if texts.is_empty() {
            table.error("`values` is empty", "write at least one value");
            return None;
        }
        let rdata: Vec<_> = texts.iter().map(|text| self.value(text, rtype, &table.label)).collect();
        let rdata: Option<Vec<_>> = rdata.into_iter().collect();
        Some(Target::Values { ttl: ttl.unwrap_or(self.ttl), rdata: rdata? })
    }

    fn alias(&self, text: &Text, rtype: RecordType, evaluate: bool, label: &str) -> Option<Target> {
        let to = self.name(&text.text, &text.at, label)?;
        if !self.named || to.is_within(self.origin) {
            return Some(Target::Alias { to, evaluate });
        }
        let target = self.options.external(&to, rtype, evaluate).unwrap_or_else(|| unmapped(&to, evaluate));
        if matches!(&target, Target::Provider { rdata, .. } if rdata.is_empty()) {
            let what = format!("no provider gives {rtype} values for {to}: the answer is empty, and not healthy");
            let mend = format!("add [[provider]] name = \"{to}\" with {rtype} = [\"…\"] (A-2)");
            self.page.warning(&text.at, labelled(label, &what), mend);
        }
        Some(target)
    }

    fn value(&self, text: &Text, rtype: RecordType, label: &str) -> Option<Rdata> {
        if is_text(rtype) && !is_master_form(&text.text) {
            return Some(character_strings(&text.text));
        }
        match rdata::parse(rtype, &text.text, Some(self.origin)) {
            Ok(rdata) => {
                if names_a_host(rtype)
                    && let Some(host) = text.text.split_whitespace().next_back()
                {
                    self.warn_doubled(host, &text.at, label);
                }
                Some(rdata)
            }
            Err(error) => {
                self.page.error(&text.at, labelled(label, &format!("value {:?}: {error}", text.text)), "");
                None
            }
        }
    }
}

fn is_text(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::TXT | RecordType::SPF)
}

/// Whether a text value is written as in a master file: in quotes, or as `\#` and hex (RFC 3597 §5).
fn is_master_form(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('"') || text.starts_with("\\# ")
}

/// Types whose value ends in a domain name.
fn names_a_host(rtype: RecordType) -> bool {
    use RecordType as T;
    matches!(rtype, T::CNAME | T::DNAME | T::NS | T::PTR | T::MX | T::SRV)
}

/// A text without quotes, taken as it stands and cut into strings of at most 255 octets (RFC 1035 §3.3.14).
fn character_strings(text: &str) -> Rdata {
    let mut wire = Vec::with_capacity(text.len() + text.len() / 255 + 1);
    if text.is_empty() {
        wire.push(0);
    }
    for part in text.as_bytes().chunks(255) {
        wire.push(part.len() as u8);
        wire.extend_from_slice(part);
    }
    Rdata(wire.into())
}

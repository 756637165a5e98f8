//! `[[provider]]`: what stands in for alias targets outside every zone.

use std::collections::BTreeMap;

use super::page::labelled;
use super::{TTL_RANGE, Text, Value};
use crate::model::rules::value_faults;
use crate::model::{CheckId, Name, RecordType, rdata};
use crate::store::{Pattern, Provider};

/// Seconds of a provider that sets none.
const PROVIDER_TTL: u32 = 60;

/// Reads one provider; keys that are record types hold its values.
pub(crate) fn provider(value: Value<'_, '_>) -> Option<Provider> {
    let label = format!("provider {:?}", value.peek("name").unwrap_or("?"));
    let mut table = value.table(label)?;
    let page = table.page();
    let at = table.at.clone();
    let name = table.required("name", "\"lb.example.net\", or \"*.elb.amazonaws.com\"").and_then(Value::text);
    let ttl = table.seconds("ttl", TTL_RANGE).unwrap_or(PROVIDER_TTL);
    let check = table.text("check").map(|check| CheckId(check.text.into()));
    let is_type = |key: &str| key.bytes().all(|byte| !byte.is_ascii_lowercase()) && key.parse::<RecordType>().is_ok();
    let mut values = BTreeMap::new();
    for value in table.take_where(is_type) {
        let Ok(rtype) = value.key.parse::<RecordType>() else { continue };
        let at = value.at.clone();
        let parse = |text: &Text| {
            let parsed = rdata::parse(rtype, &text.text, Some(&Name::root()));
            let say = |error| format!("{rtype} value {:?}: {error}", text.text);
            parsed.map_err(|error| page.error(&text.at, labelled(&table.label, &say(error)), "")).ok()
        };
        let texts = value.texts();
        let rdata: Vec<_> = texts.iter().flatten().filter_map(parse).collect();
        if texts.is_some_and(|texts| texts.len() == rdata.len()) {
            for (what, mend) in value_faults(rtype, &rdata, &rtype.to_string()) {
                page.error(&at, labelled(&table.label, &what), mend);
            }
        }
        if values.insert(rtype, rdata).is_some() {
            page.error(&at, labelled(&table.label, &format!("{rtype} is given twice")), "write all values in one key");
        }
    }
    if values.is_empty() {
        table.error("gives no values", "A = [\"192.0.2.1\"], or any other record type");
    }
    let label = table.label.clone();
    table.finish();
    let name = name?;
    match Name::parse(&name.text, Some(&Name::root())) {
        Ok(parsed) => Some(Provider { pattern: Pattern::new(parsed), ttl, values, check, at }),
        Err(error) => {
            page.error(&name.at, labelled(&label, &format!("{:?} is no domain name: {error}", name.text)), "");
            None
        }
    }
}

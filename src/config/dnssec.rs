//! `[dnssec.zone.NAME]`: how zones are signed whose files cannot say it, master files and account dumps.

use std::collections::BTreeMap;

use crate::model::Name;
use crate::model::signing::Wish;
use crate::store::dnssec::wish;
use crate::store::toml::{Table, named};

/// Reads `[dnssec]`.
pub(super) fn dnssec(mut table: Table<'_, '_>) -> BTreeMap<Name, Wish> {
    let zones = named(table.take("zone"), "dnssec.zone", |name, table| match Name::parse(&name, Some(&Name::root())) {
        Ok(name) => Some((name, wish(table))),
        Err(error) => {
            table.error(format!("is no domain name: {error}"), "write [dnssec.zone.\"example.org\"]");
            None
        }
    });
    table.finish();
    zones.into_iter().flatten().collect()
}

//! `[dnssec]`: how much is signed for questions, and `[dnssec.zone.NAME]`: how zones are signed whose files cannot say it,
//! master files and account dumps.

use std::collections::BTreeMap;

use crate::model::Name;
use crate::model::signing::Wish;
use crate::store::dnssec::wish;
use crate::store::toml::{Table, named};

/// Reads `[dnssec]`: the signatures that a worker makes in a second for names as they are asked, where it says, and zones.
pub(super) fn dnssec(mut table: Table<'_, '_>) -> (Option<u32>, BTreeMap<Name, Wish>) {
    let signatures = table.integer("signatures", 0..=1_000_000).and_then(|count| u32::try_from(count).ok());
    let zones = named(table.take("zone"), "dnssec.zone", |name, table| match Name::parse(&name, Some(&Name::root())) {
        Ok(name) => Some((name, wish(table))),
        Err(error) => {
            table.error(format!("is no domain name: {error}"), "write [dnssec.zone.\"example.org\"]");
            None
        }
    });
    table.finish();
    (signatures, zones.into_iter().flatten().collect())
}

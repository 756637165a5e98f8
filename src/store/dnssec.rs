//! How zones of files are to be signed: `[dnssec]` in a zone's own file, or the configuration for those of other files.
//!
//! Keys are none of this room's affair: whoever loads the files puts them in.

use std::sync::Arc;

use super::Options;
use super::toml::Table;
use crate::model::signing::{Algorithm, Wish};
use crate::model::{Account, HostedZone, Problem, RecordType, Visibility};

/// What is made of the keys, and so is nobody else's to write into a zone that is signed.
const MADE: [RecordType; 5] =
    [RecordType::DNSKEY, RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3, RecordType::NSEC3PARAM];
/// The same where the parent is told of the keys.
const TOLD: [RecordType; 2] = [RecordType::CDS, RecordType::CDNSKEY];

/// Reads `algorithm`, `keys` and `cds`.
pub(crate) fn wish(mut table: Table<'_, '_>) -> Wish {
    let algorithms = [("ecdsap256sha256", Algorithm::EcdsaP256), ("ed25519", Algorithm::Ed25519)];
    let wish = Wish {
        algorithm: table.word("algorithm", &algorithms).unwrap_or(Algorithm::EcdsaP256),
        is_single: table.word("keys", &[("split", false), ("csk", true)]).unwrap_or_default(),
        cds: table.boolean("cds").unwrap_or_default(),
        at: table.at.clone(),
    };
    table.finish();
    wish
}

/// Notes how a zone is to be signed that the configuration speaks of, and what stands in the way of it.
pub(super) fn settle(zone: &mut HostedZone, options: &Options, problems: &mut Vec<Problem>) {
    let is_public = matches!(zone.visibility, Visibility::Public { .. });
    match (&zone.dnssec, options.dnssec.get(&zone.name)) {
        (Some(own), Some(other)) => {
            let what = format!("how zone {} is signed is said here and at {}", zone.name, other.at);
            problems.push(Problem::error(&own.at, what, "keep one of them"));
        }
        (None, Some(wish)) if is_public => zone.dnssec = Some(wish.clone()),
        _ => {}
    }
    let Some(wish) = &zone.dnssec else { return };
    if !is_public {
        problems.push(private(zone, wish));
    }
    let told = if wish.cds { &TOLD[..] } else { &[] };
    let is_made = |rtype: &RecordType| MADE.contains(rtype) || told.contains(rtype);
    for ((name, rtype), group) in zone.groups.iter().filter(|((_, rtype), _)| is_made(rtype)) {
        let what =
            format!("{name} {rtype}: zone {} is signed here, and {rtype} records are made of its keys", zone.name);
        problems.push(Problem::error(
            &group.at,
            what,
            "remove the record, or [dnssec] to serve the zone as it was signed",
        ));
    }
}

fn private(zone: &HostedZone, wish: &Wish) -> Problem {
    let what = format!("zone {} is private, and only public zones are signed (S-1)", zone.name);
    Problem::error(&wish.at, what, "remove [dnssec]")
}

/// Gives a zone that was read again the keys that it had: they are the same for the same wish.
pub(super) fn keep_keys(zone: &mut HostedZone, before: &[Arc<HostedZone>]) {
    let same = |old: &&Arc<HostedZone>| old.id == zone.id && old.name == zone.name && old.dnssec == zone.dnssec;
    zone.signing = before.iter().find(same).and_then(|old| old.signing.clone());
}

/// Every zone that the configuration wants signed must be there.
pub(super) fn check(account: &Account, options: &Options, problems: &mut Vec<Problem>) {
    for (name, wish) in &options.dnssec {
        let named: Vec<_> = account.zones.iter().filter(|zone| zone.name == *name).collect();
        if let Some(first) = named.first().filter(|_| named.iter().all(|zone| zone.dnssec.is_none())) {
            problems.push(private(first, wish));
        }
        if named.is_empty() {
            let what = format!("zone {name} is to be signed, and no file has it");
            problems.push(Problem::warning(&wish.at, what, "one of the API is signed by `waymark dnssec enable`"));
        }
    }
}

//! Reads geo databases and the operator's latency table into one [`Geography`].
//!
//! The only room that knows MaxMind DB files. A database is flattened at load: each record is decoded once into
//! a location, each network becomes a range of addresses; afterwards the file is not needed. Whatever is wrong
//! with a file is a [`Problem`]; nothing here ends the process.

mod database;
mod flatten;
mod layout;

use std::path::{Path, PathBuf};

use crate::model::{Account, At, Problem, RecordGroup};
use crate::policy::latency::LatencyTable;
use crate::snapshot::geography::Geography;

/// The database that is compiled in.
const EMBEDDED: &[u8] = include_bytes!("../../geoip/default.mmdb");

/// What DB-IP's licence asks to be shown wherever a location of the embedded database is.
pub const ATTRIBUTION: &str = "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0; modified (reduced)";

/// The largest latency table, in bytes.
const LARGEST_TABLE: u64 = 16 << 20;

/// Where geography is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A MaxMind DB file with locations; none means the embedded one.
    pub database: Option<PathBuf>,
    /// A MaxMind DB file with AS numbers, for `asn:` rows of the latency table.
    pub asn: Option<PathBuf>,
    /// The operator's latency table (`docs/latency.md`).
    pub latency: Option<PathBuf>,
}

/// Whether any group of the account asks where a client is; if none does, geography need not be loaded.
pub fn is_needed(account: &Account) -> bool {
    let groups = account.zones.iter().flat_map(|zone| zone.groups.values());
    groups.flat_map(RecordGroup::parts).any(|group| group.routing.asks_for_places())
}

/// What opening the files that `options` name shows to be wrong with them: all that is read of them while no group
/// asks where a client is.
pub fn check(options: &Options) -> Vec<Problem> {
    let open = |path: &PathBuf| database::read(path).and_then(|bytes| database::parse(&bytes, &name(path)).map(drop));
    let databases = [&options.database, &options.asn].into_iter().flatten();
    databases.filter_map(|path| open(path).err()).chain(table(options).err().unwrap_or_default()).collect()
}

/// Reads everything `options` name; all problems of all files are reported.
pub fn load(options: &Options) -> Result<Geography, Vec<Problem>> {
    let world = match &options.database {
        Some(path) => database::read(path).and_then(|bytes| world(&bytes, &name(path))),
        None => world(EMBEDDED, "embedded"),
    };
    let asns = options.asn.as_deref().map(|path| {
        let bytes = database::read(path)?;
        let database = database::parse(&bytes, &name(path))?;
        flatten::flatten(&database, layout::asn).map_err(|what| database::damaged(&database.at, &what))
    });
    let latency = table(options);

    let mut problems = Vec::new();
    let mut keep = |problem: Problem| problems.push(problem);
    let world = world.map_err(&mut keep).ok();
    let asns = asns.transpose().map_err(&mut keep).ok();
    let latency = latency.map_err(|bad| bad.into_iter().for_each(&mut keep)).ok();
    match (world, asns, latency) {
        (Some(world), Some(asns), Some(latency)) if problems.is_empty() => {
            Ok(world.with_latency(latency, asns.as_ref()))
        }
        _ => Err(problems),
    }
}

/// A database as a world of places.
fn world(bytes: &[u8], name: &str) -> Result<Geography, Problem> {
    let database = database::parse(bytes, name)?;
    let mut locations = layout::Locations::default();
    let map = flatten::flatten(&database, |found| locations.number(found))
        .map_err(|what| database::damaged(&database.at, &what))?;
    if locations.is_empty() {
        let what = format!("the database ({}) has no locations Waymark can read", database.kind());
        return Err(Problem::error(&database.at, what, "give a City or Country database; see docs/geo.md"));
    }
    Ok(Geography::new(locations.into_vec(), map, database.describe()))
}

/// The operator's latency table, without rows that no database could tell; an empty one where none is named.
fn table(options: &Options) -> Result<LatencyTable, Vec<Problem>> {
    let Some(path) = &options.latency else { return Ok(LatencyTable::default()) };
    let table = read_table(path)?;
    let by_as = table.asns().next();
    match by_as {
        Some(asn) if options.asn.is_none() => {
            let what = format!("the latency table has rows by AS (asn:AS{asn}) and there is no database of AS numbers");
            let mend = "name an ASN database, or take the asn: rows out";
            Err(vec![Problem::error(&At::new(name(path), 0), what, mend)])
        }
        _ => Ok(table),
    }
}

fn read_table(path: &Path) -> Result<LatencyTable, Vec<Problem>> {
    let at = At::new(name(path), 0);
    let refuse = |what: String, mend: &str| vec![Problem::error(&at, what, mend)];
    let unreadable = |error: std::io::Error| refuse(format!("cannot read the latency table: {error}"), "");
    // Asked before opening: opening a FIFO would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(refuse(
            "the latency table is not a regular file".to_owned(),
            "name a file of rows; see docs/latency.md",
        ));
    }
    let size = metadata.len();
    if size > LARGEST_TABLE {
        let what = format!("the latency table is {size} bytes long, more than {LARGEST_TABLE}");
        return Err(refuse(what, "use country, asn or continent rows"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("the latency table is not UTF-8 text".to_owned(), ""))?;
    LatencyTable::parse(&name(path), &text)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;

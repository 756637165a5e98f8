//! Opening MaxMind DB files, and what they say of themselves.

use std::path::Path;

use maxminddb::Reader;

use crate::model::{At, Problem};

/// Whom to credit, by a word in the database's kind or description: each licence asks for its line.
const CREDITS: [(&str, &str); 5] = [
    ("IP Geolocation by DB-IP (https://db-ip.com), City Lite", super::ATTRIBUTION),
    ("DBIP", "IP Geolocation by DB-IP (https://db-ip.com)"),
    ("DB-IP", "IP Geolocation by DB-IP (https://db-ip.com)"),
    ("GeoLite2", "GeoLite2 data created by MaxMind (https://www.maxmind.com)"),
    ("ipinfo", "IP address data powered by IPinfo (https://ipinfo.io)"),
];

/// The largest file that is read, in bytes; the largest sold today is under 1 GB.
const LARGEST: u64 = 4 << 30;

/// An open database.
pub(super) struct Database<'a> {
    /// The whole file.
    pub(super) bytes: &'a [u8],
    /// Its records by address.
    pub(super) reader: Reader<&'a [u8]>,
    /// The file's name.
    pub(super) at: At,
}

/// Reads a file whole: a map of it could change under us.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let at = At::new(path.display().to_string(), 0);
    let unreadable = |error: std::io::Error| {
        Problem::error(&at, format!("cannot read the geo database: {error}"), "check the path and its permissions")
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        let what = format!("the geo database is not a file of at most {LARGEST} bytes");
        return Err(Problem::error(&at, what, "name a .mmdb file"));
    }
    std::fs::read(path).map_err(unreadable)
}

/// A database from the bytes of its file.
pub(super) fn parse<'a>(bytes: &'a [u8], name: &str) -> Result<Database<'a>, Problem> {
    let at = At::new(name, 0);
    if let Some(packed) = packing(bytes) {
        return Err(Problem::error(&at, format!("the geo database is packed ({packed})"), "unpack it first"));
    }
    match Reader::from_source(bytes) {
        Ok(reader) => Ok(Database { bytes, reader, at }),
        Err(error) => Err(damaged(&at, &error.to_string())),
    }
}

/// A file that is not, or no longer, a database.
pub(super) fn damaged(at: &At, what: &str) -> Problem {
    let mend = "download it again; it must be a MaxMind DB file (.mmdb)";
    Problem::error(at, format!("the geo database cannot be used: {what}"), mend)
}

fn packing(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 3] = [(b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"\x28\xb5\x2f\xfd", "zstd")];
    known.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| name)
}

impl Database<'_> {
    /// The kind of database, as its maker calls it.
    pub(super) fn kind(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// File, kind, date of build and whom to credit, for people.
    pub(super) fn describe(&self) -> String {
        let metadata = self.reader.metadata();
        let credit = CREDITS.iter().find(|(mark, _)| {
            metadata.database_type.contains(mark) || metadata.description.values().any(|text| text.contains(mark))
        });
        let credit = credit.map_or_else(String::new, |(_, credit)| format!("; {credit}"));
        format!("{}: {} of {}{credit}", self.at, self.kind(), date(metadata.build_epoch))
    }
}

/// Seconds since 1970 as a date (proleptic Gregorian, days counted from 1 March of year 0).
fn date(epoch: u64) -> String {
    let days = epoch / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_builds() {
        let known = [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_780_617_600, "2026-06-05"),
            (1_798_675_199, "2026-12-30"),
            (4_107_542_399, "2100-02-28"),
            (4_107_542_400, "2100-03-01"),
        ];
        for (epoch, expected) in known {
            assert_eq!(date(epoch), expected);
        }
        assert!(date(u64::MAX).len() >= 10, "a nonsensical date is still only text");
    }
}

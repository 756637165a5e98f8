//! The operator's latency table: rows `selector,region,milliseconds[,note]`, or a square matrix of Regions.
//!
//! Per Region the most telling row wins: longest CIDR block, then ASN, subdivision, country, part of the world,
//! continent, `*`. Rows by a view's Region serve private zones. One bad line refuses the file.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use super::Why;
use crate::model::place::{Continent, Country, Macro, Place, Region, Subdivision};
use crate::model::view::Block;
use crate::model::{At, Problem};

/// The most rows a table may have.
const MOST_ROWS: usize = 100_000;

/// The longest round trip that makes sense, in milliseconds.
const LONGEST_MS: f64 = 5000.0;

/// Which clients a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    /// Clients in a CIDR block.
    Block(Block),
    /// Clients of views in a Region (Z-34).
    Region(Region),
    /// An autonomous system.
    Asn(u32),
    /// A subdivision of a country.
    Subdivision(Country, Subdivision),
    /// A country.
    Country(Country),
    /// A part of the world, `macro` in `geoip/countries.csv`.
    Macro(Macro),
    /// A continent.
    Continent(Continent),
    /// Everyone.
    All,
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(block) => write!(f, "cidr:{block}"),
            Self::Region(region) => write!(f, "region:{}", region.code()),
            Self::Asn(asn) => write!(f, "asn:AS{asn}"),
            Self::Subdivision(country, subdivision) => {
                write!(f, "subdivision:{}-{}", country.code(), subdivision.code())
            }
            Self::Country(country) => write!(f, "country:{}", country.code()),
            Self::Macro(area) => write!(f, "macro:{}", area.code()),
            Self::Continent(continent) => write!(f, "continent:{}", continent.code()),
            Self::All => f.write_str("*"),
        }
    }
}

/// The operator's latency rows (`docs/latency.md`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LatencyTable {
    /// CIDR rows; [`Place::blocks`] holds indexes into them.
    blocks: Vec<(Block, Region, f64)>,
    rows: BTreeMap<(Selector, Region), f64>,
}

impl LatencyTable {
    /// From the text of a table; every bad line is reported, and one refuses the whole.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut reading = Reading { at: At::new(file, 0), ..Reading::default() };
        let mut columns: Option<Vec<Option<Region>>> = None;
        for (number, line) in (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).lines()) {
            let cells: Vec<_> = line.split('#').next().unwrap_or_default().split(',').map(str::trim).collect();
            let at = reading.at.line(number);
            if reading.rows > MOST_ROWS {
                let what = format!("the latency table has more than {MOST_ROWS} rows");
                reading.problems.push(Problem::error(&at, what, "use country, asn or continent rows"));
                break;
            }
            match (&columns, &cells[..]) {
                (_, [""]) => {}
                (None, ["selector", "region", ..]) if reading.rows == 0 => {}
                (None, ["region", regions @ ..]) if reading.rows == 0 => {
                    columns = Some(regions.iter().map(|code| reading.region(&at, code)).collect());
                }
                (None, [selector, region, ms, ..]) => reading.row(&at, selector, region, ms),
                (None, _) => reading.problem(
                    &at,
                    format!("\"{}\" is not a row of a latency table", line.trim()),
                    "write selector,region,milliseconds",
                ),
                (Some(columns), [from, cells @ ..]) => reading.matrix_row(&at, from, columns, cells),
                (Some(_), []) => {}
            }
        }
        if reading.problems.is_empty() { Ok(reading.table) } else { Err(reading.problems) }
    }

    /// The measured milliseconds from `place` to `region`, and by which row.
    pub fn measured(&self, place: &Place, region: Region) -> Option<(f64, Why)> {
        let block = place.blocks.iter().filter_map(|row| self.blocks.get(*row as usize));
        let mut block = block.filter(|(_, to, _)| *to == region);
        let longest = block.next().map(|(block, _, ms)| (*ms, Why::Row(Selector::Block(*block))));
        longest.or_else(|| {
            let ms = |selector: Selector| Some((*self.rows.get(&(selector, region))?, Why::Row(selector)));
            if self.rows.is_empty() { None } else { selectors(place).find_map(ms) }
        })
    }

    /// The CIDR rows' blocks, by the index that [`Place::blocks`] uses; a block has one row per Region.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        self.blocks.iter().map(|(block, ..)| *block)
    }

    /// The autonomous systems rows ask for.
    pub fn asns(&self) -> impl Iterator<Item = u32> {
        self.rows.keys().filter_map(|(selector, _)| match selector {
            Selector::Asn(asn) => Some(*asn),
            _ => None,
        })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.blocks.len() + self.rows.len()
    }

    /// Whether the operator measured nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The selectors that hold a place, the most telling first.
fn selectors(place: &Place) -> impl Iterator<Item = Selector> {
    let location = &place.location;
    let country = location.country;
    [
        place.region.map(Selector::Region),
        place.asn.map(Selector::Asn),
        country.zip(location.subdivision).map(|(country, subdivision)| Selector::Subdivision(country, subdivision)),
        country.map(Selector::Country),
        country.and_then(Country::row).map(|row| Selector::Macro(row.macro_area)),
        location.continent.map(Selector::Continent),
        Some(Selector::All),
    ]
    .into_iter()
    .flatten()
}

/// What has been read so far.
struct Reading {
    at: At,
    rows: usize,
    table: LatencyTable,
    seen: BTreeMap<(Selector, Region), u32>,
    problems: Vec<Problem>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            at: At::new("", 0),
            rows: 0,
            table: LatencyTable::default(),
            seen: BTreeMap::new(),
            problems: Vec::new(),
        }
    }
}

impl Reading {
    fn problem(&mut self, at: &At, what: String, mend: &str) {
        self.problems.push(Problem::error(at, what, mend));
    }

    fn region(&mut self, at: &At, code: &str) -> Option<Region> {
        let region = Region::from_code(code);
        if region.is_none() {
            self.problem(at, format!("\"{code}\" is not a Region"), "use a code such as eu-west-1");
        }
        region
    }

    fn ms(&mut self, at: &At, text: &str) -> Option<f64> {
        let ms = text.parse().ok().filter(|ms| *ms > 0.0 && *ms <= LONGEST_MS);
        if ms.is_none() {
            let what = format!("\"{text}\" is not a round trip in milliseconds");
            self.problem(at, what, &format!("write a number above 0 and up to {LONGEST_MS}"));
        }
        ms
    }

    fn row(&mut self, at: &At, selector: &str, region: &str, ms: &str) {
        let clients = parse_selector(selector);
        if let Err((what, mend)) = &clients {
            self.problem(at, what.clone(), mend);
        }
        let (region, ms) = (self.region(at, region), self.ms(at, ms));
        if let (Ok(clients), Some(region), Some(ms)) = (clients, region, ms) {
            self.keep(at, clients, region, ms);
        }
    }

    fn matrix_row(&mut self, at: &At, from: &str, columns: &[Option<Region>], cells: &[&str]) {
        let from = self.region(at, from);
        if cells.len() != columns.len() {
            let what = format!("the row has {} cells and the heading {}", cells.len(), columns.len());
            self.problem(at, what, "write one cell per Region of the heading; leave a cell empty to skip it");
            return;
        }
        for (column, cell) in columns.iter().zip(cells) {
            // The way to oneself is never asked for, and exports print it as 0 or as a blank.
            if column.is_none() || *column == from || matches!(*cell, "" | "-") {
                continue;
            }
            if let (Some(ms), Some(from), Some(to)) = (self.ms(at, cell), from, *column) {
                self.keep(at, Selector::Region(from), to, ms);
            }
        }
    }

    fn keep(&mut self, at: &At, clients: Selector, region: Region, ms: f64) {
        self.rows += 1;
        if let Some(earlier) = self.seen.insert((clients, region), at.line) {
            let what = format!("the row repeats line {earlier}: same clients, same Region {}", region.code());
            self.problem(at, what, "keep one of them");
            return;
        }
        if let Selector::Block(block) = clients {
            self.table.blocks.push((block, region, ms));
        } else {
            self.table.rows.insert((clients, region), ms);
        }
    }
}

type Clause = (String, &'static str);

/// A selector as written; the error says what is wrong and how to mend it.
fn parse_selector(text: &str) -> Result<Selector, Clause> {
    if text == "*" {
        return Ok(Selector::All);
    }
    let (kind, value) = text.split_once(':').unwrap_or((text, ""));
    let bad = |what: &str, mend| (format!("\"{value}\" is not {what}"), mend);
    match kind {
        "cidr" => parse_block(value).map(Selector::Block),
        "asn" => {
            let digits = value.strip_prefix("AS").or(value.strip_prefix("as")).unwrap_or(value);
            digits.parse().ok().map(Selector::Asn).ok_or_else(|| bad("an AS number", "write asn:AS64500"))
        }
        "subdivision" => value
            .split_once('-')
            .and_then(|(country, code)| {
                let (country, code) = (Country::from_code(country)?, Subdivision::from_code(code)?);
                let known = country.subdivisions().next().is_none() || code.row(country).is_some();
                known.then_some(Selector::Subdivision(country, code))
            })
            .ok_or_else(|| bad("a subdivision", "write its ISO 3166-2 code, as in subdivision:US-CA")),
        "country" => Country::from_code(value)
            .map(Selector::Country)
            .ok_or_else(|| bad("a country", "write its ISO 3166-1 code in capitals, as in country:BR")),
        "macro" => Macro::from_code(value)
            .map(Selector::Macro)
            .ok_or_else(|| bad("a part of the world", "see the column macro of geoip/countries.csv")),
        "continent" => Continent::from_code(value)
            .map(Selector::Continent)
            .ok_or_else(|| bad("a continent", "write AF, AN, AS, EU, NA, OC or SA")),
        "region" => Region::from_code(value)
            .map(Selector::Region)
            .ok_or_else(|| bad("a Region", "use a code such as region:eu-west-1")),
        _ => Err((
            format!("\"{text}\" is not a selector"),
            "start it with cidr:, asn:, subdivision:, country:, macro:, continent: or region:, or write *",
        )),
    }
}

fn parse_block(text: &str) -> Result<Block, Clause> {
    let parsed = text.split_once('/').and_then(|(address, len)| {
        let address: IpAddr = address.parse().ok()?;
        Some((address, Block::new(address, len.parse().ok()?)?))
    });
    let (address, block) =
        parsed.ok_or_else(|| (format!("\"{text}\" is not a CIDR block"), "write it as in cidr:203.0.113.0/24"))?;
    let first = match block {
        Block::V4 { address, .. } => IpAddr::from(std::net::Ipv4Addr::from_bits(address)),
        Block::V6 { address, .. } => IpAddr::from(std::net::Ipv6Addr::from_bits(address)),
    };
    if first != address {
        return Err((format!("\"{text}\" has bits set after its length"), "write the first address of the block"));
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Location;

    fn region(code: &str) -> Region {
        Region::from_code(code).unwrap()
    }

    fn ms(table: &LatencyTable, place: &Place, to: &str) -> Option<f64> {
        table.measured(place, region(to)).map(|(ms, _)| ms)
    }

    const EVERY_KIND: &str = "\u{feff}# measured in spring
selector,region,rtt_ms,note
cidr:203.0.113.0/24,eu-central-1,12,office
cidr:203.0.0.0/16,eu-central-1,13
cidr:203.0.0.0/16,eu-west-1,14

asn:AS4713,ap-northeast-1,6            # needs an ASN database
asn:4714,ap-northeast-1,7
subdivision:US-CA,us-west-1,9
country:US,us-west-1,14.5
country:US,us-east-1,15
macro:NA,us-east-1,16
macro:NA,us-east-2,17
continent:NA,us-east-2,18
continent:NA,sa-east-1,95
region:us-west-2,eu-central-1,25
*,sa-east-1,150
*,af-south-1,300
";

    #[test]
    fn the_most_telling_row_wins() {
        let table = LatencyTable::parse("latency.csv", EVERY_KIND).unwrap();
        assert_eq!(table.len(), 15);
        let california = Location::new(None, Country::from_code("US"), Subdivision::from_code("CA"), None);
        let mut place = Place { location: california, ..Place::default() };
        assert_eq!(ms(&table, &place, "us-west-1"), Some(9.0), "subdivision before country");
        assert_eq!(ms(&table, &place, "us-east-1"), Some(15.0), "country before macro");
        assert_eq!(ms(&table, &place, "us-east-2"), Some(17.0), "macro before continent");
        assert_eq!(ms(&table, &place, "sa-east-1"), Some(95.0), "continent before *");
        assert_eq!(ms(&table, &place, "af-south-1"), Some(300.0), "*");
        assert_eq!(ms(&table, &place, "eu-central-1"), None, "no row: the estimate decides");
        place.region = Some(region("us-west-2"));
        assert_eq!(ms(&table, &place, "eu-central-1"), Some(25.0), "Z-34: rows by the view's Region");
        place.blocks = vec![0, 1, 2];
        assert_eq!(ms(&table, &place, "eu-central-1"), Some(12.0), "the longest block");
        assert_eq!(ms(&table, &place, "eu-west-1"), Some(14.0), "per Region: a shorter block may be the longest");
        assert_eq!(ms(&table, &place, "us-west-1"), Some(9.0), "per Region: no block row for it");
        place.asn = Some(4714);
        assert_eq!(ms(&table, &place, "ap-northeast-1"), Some(7.0), "asn");
        assert_eq!(table.asns().collect::<Vec<_>>(), [4713, 4714]);
        assert_eq!(ms(&table, &Place::default(), "af-south-1"), Some(300.0), "* holds who is nowhere too");
    }

    #[test]
    fn a_matrix_is_rows_by_region() {
        let text = "region,us-east-1,eu-west-1, ap-south-1\nus-east-1,0,70.5,190\neu-west-1,71,,-\n";
        let table = LatencyTable::parse("matrix.csv", text).unwrap();
        assert_eq!(table.len(), 3, "neither the diagonal nor empty cells are rows");
        let view = Place::of_region(region("us-east-1"));
        assert_eq!(ms(&table, &view, "eu-west-1"), Some(70.5));
        assert_eq!(ms(&table, &Place::of_region(region("eu-west-1")), "ap-south-1"), None);
    }

    #[test]
    fn every_bad_line_is_reported() {
        let bad = [
            ("cidr:203.0.113.7/24,eu-west-1,12", "203.0.113.7/24"),
            ("cidr:203.0.113.0/33,eu-west-1,12", "203.0.113.0/33"),
            ("asn:ASX,eu-west-1,12", "ASX"),
            ("subdivision:US-ZZ,eu-west-1,12", "US-ZZ"),
            ("country:us,eu-west-1,12", "\"us\""),
            ("macro:XX,eu-west-1,12", "XX"),
            ("continent:ZZ,eu-west-1,12", "ZZ"),
            ("region:us-east-9,eu-west-1,12", "us-east-9"),
            ("planet:EARTH,eu-west-1,12", "planet:EARTH"),
            ("*,eu-west-9,12", "eu-west-9"),
            ("*,eu-west-1,0", "\"0\""),
            ("*,eu-west-1,5000.1", "5000.1"),
            ("*,eu-west-1,NaN", "NaN"),
            ("*,eu-west-1", "*,eu-west-1"),
            ("*,us-east-1,5", ""),
            ("*,us-east-1,6", "line 15"),
        ];
        let text: String = bad.iter().map(|(line, _)| format!("{line}\n")).collect();
        let problems = LatencyTable::parse("latency.csv", &text).unwrap_err();
        assert_eq!(problems.len(), bad.len() - 1, "{problems:#?}");
        let lines = problems.iter().map(|problem| problem.at.line);
        for (problem, line) in problems.iter().zip(lines) {
            let named = bad[line as usize - 1].1;
            assert!(problem.what.contains(named) && !problem.mend.is_empty(), "{problem}");
            assert!(problem.is_error() && &*problem.at.file == "latency.csv");
        }
        let both = LatencyTable::parse("latency.csv", "country:XX,eu-west-9,-1\n").unwrap_err();
        assert_eq!(both.len(), 3, "three faults in one line");
    }

    #[test]
    fn a_bad_matrix_names_cells() {
        let text = "region,us-east-1,eu-moon-1\nus-east-1,0,7\neu-west-1,x,7\neu-west-1,7\n";
        let problems = LatencyTable::parse("matrix.csv", text).unwrap_err();
        let lines: Vec<_> = problems.iter().map(|problem| problem.at.line).collect();
        assert_eq!(lines, [1, 3, 4], "{problems:#?}");
    }
}

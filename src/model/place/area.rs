//! The areas a geolocation record may serve, and their codes (P-35, P-42).

use std::fmt;

/// A continent as Route 53 names it (P-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Continent {
    Africa,
    Antarctica,
    Asia,
    Europe,
    NorthAmerica,
    Oceania,
    SouthAmerica,
}

impl Continent {
    const CODES: [(Self, &'static str); 7] = [
        (Self::Africa, "AF"),
        (Self::Antarctica, "AN"),
        (Self::Asia, "AS"),
        (Self::Europe, "EU"),
        (Self::NorthAmerica, "NA"),
        (Self::Oceania, "OC"),
        (Self::SouthAmerica, "SA"),
    ];

    /// From its two-letter code, upper case.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(continent, _)| *continent)
    }

    /// Its two-letter code.
    pub fn code(self) -> &'static str {
        Self::CODES[self as usize].1
    }

    /// All of them, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::CODES.iter().map(|(continent, _)| *continent)
    }

    /// Its English name, as ListGeoLocations prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Africa => "Africa",
            Self::Antarctica => "Antarctica",
            Self::Asia => "Asia",
            Self::Europe => "Europe",
            Self::NorthAmerica => "North America",
            Self::Oceania => "Oceania",
            Self::SouthAmerica => "South America",
        }
    }
}

/// A country by its ISO 3166-1 alpha-2 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(pub(super) [u8; 2]);

impl Country {
    /// Its two-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Whether Route 53 takes it in a geolocation record; BV, CX, EH and HM it does not (P-37).
    pub fn is_supported(self) -> bool {
        !matches!(&self.0, b"BV" | b"CX" | b"EH" | b"HM")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A subdivision code without its country, as in ISO 3166-2 after the dash: `WA`, `30`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subdivision([u8; 3]);

impl Subdivision {
    /// From a code of one to three characters.
    pub fn from_code(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        if bytes.is_empty() || bytes.len() > 3 || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let mut padded = [0; 3];
        padded[..bytes.len()].copy_from_slice(bytes);
        Some(Self(padded))
    }

    /// Its code.
    pub fn code(&self) -> &str {
        let len = self.0.iter().position(|byte| *byte == 0).unwrap_or(3);
        std::str::from_utf8(&self.0[..len]).unwrap_or("?")
    }
}

impl fmt::Debug for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The location a geolocation record serves (P-35), the least specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Area {
    Default,
    Continent(Continent),
    Country(Country),
    Subdivision(Country, Subdivision),
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Continent(continent) => write!(f, "continent {}", continent.code()),
            Self::Country(country) => write!(f, "country {}", country.code()),
            Self::Subdivision(country, subdivision) => write!(f, "{}-{}", country.code(), subdivision.code()),
        }
    }
}

//! Record types by number, with the names people write (RFC 3597 `TYPEnnn` for the rest).

use std::fmt;
use std::str::FromStr;

/// A DNS record type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(pub u16);

macro_rules! types {
    ($($name:ident = $number:literal),* $(,)?) => {
        #[allow(missing_docs, reason = "the names are the field's own")]
        impl RecordType { $(pub const $name: Self = Self($number);)* }
        const NAMES: &[(&str, u16)] = &[$((stringify!($name), $number)),*];
    };
}

types! {
    A = 1, NS = 2, MD = 3, MF = 4, CNAME = 5, SOA = 6, MB = 7, MG = 8, MR = 9, NULL = 10, WKS = 11, PTR = 12,
    HINFO = 13, MINFO = 14, MX = 15, TXT = 16, RP = 17, AFSDB = 18, X25 = 19, ISDN = 20, RT = 21, NSAP = 22,
    SIG = 24, KEY = 25, PX = 26, GPOS = 27, AAAA = 28, LOC = 29, NXT = 30, EID = 31, NIMLOC = 32, SRV = 33,
    ATMA = 34, NAPTR = 35, KX = 36, CERT = 37, A6 = 38, DNAME = 39, SINK = 40, OPT = 41, APL = 42, DS = 43,
    SSHFP = 44, IPSECKEY = 45, RRSIG = 46, NSEC = 47, DNSKEY = 48, DHCID = 49, NSEC3 = 50, NSEC3PARAM = 51,
    TLSA = 52, SMIMEA = 53, HIP = 55, NINFO = 56, RKEY = 57, TALINK = 58, CDS = 59, CDNSKEY = 60,
    OPENPGPKEY = 61, CSYNC = 62, ZONEMD = 63, SVCB = 64, HTTPS = 65, SPF = 99, NID = 104, L32 = 105,
    L64 = 106, LP = 107, EUI48 = 108, EUI64 = 109, TKEY = 249, TSIG = 250, IXFR = 251, AXFR = 252,
    MAILB = 253, MAILA = 254, ANY = 255, URI = 256, CAA = 257, AVC = 258, DLV = 32769,
}

impl RecordType {
    /// The 17 types Route 53 stores (N-16).
    pub const ROUTE53: [Self; 17] = [
        Self::A,
        Self::AAAA,
        Self::CAA,
        Self::CNAME,
        Self::DS,
        Self::HTTPS,
        Self::MX,
        Self::NAPTR,
        Self::NS,
        Self::PTR,
        Self::SOA,
        Self::SPF,
        Self::SRV,
        Self::SSHFP,
        Self::SVCB,
        Self::TLSA,
        Self::TXT,
    ];

    /// Types that only make sense in a question or in the pseudo-section, never as zone data (RFC 6895 §3.1).
    pub fn is_meta(self) -> bool {
        self == Self::OPT || self.0 == 0 || (128..=255).contains(&self.0)
    }

    /// The usual name, if the type has one here.
    pub fn name(self) -> Option<&'static str> {
        NAMES.iter().find(|(_, number)| *number == self.0).map(|(name, _)| *name)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => f.pad(&format!("TYPE{}", self.0)),
        }
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no record type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownType(pub String);

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no record type", self.0)
    }
}

impl std::error::Error for UnknownType {}

impl FromStr for RecordType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let upper = text.to_ascii_uppercase();
        if let Some((_, number)) = NAMES.iter().find(|(name, _)| *name == upper) {
            return Ok(Self(*number));
        }
        match upper.strip_prefix("TYPE").map(str::parse) {
            Some(Ok(number)) => Ok(Self(number)),
            _ => Err(UnknownType(text.to_owned())),
        }
    }
}

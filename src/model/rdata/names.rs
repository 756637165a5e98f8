//! Where the names inside record data are: for compression, for additional data, for comparison.

use std::borrow::Cow;
use std::ops::Range;

use super::Rdata;
use super::schema::{Field, fields};
use super::wire::Wire;
use crate::model::RecordType;

/// Where the embedded names lie that a server may compress.
pub fn names(rtype: RecordType, rdata: &Rdata) -> impl Iterator<Item = Range<usize>> {
    let (skip, count) = compressible(rtype);
    spans(&rdata.0, skip).take(count)
}

/// Octets before the embedded names that a server may compress, and how many there are: only RFC 1035's own types have
/// any (RFC 3597 §4).
pub fn compressible(rtype: RecordType) -> (usize, usize) {
    use RecordType as T;
    match rtype {
        T::NS | T::MD | T::MF | T::CNAME | T::MB | T::MG | T::MR | T::PTR => (0, 1),
        T::SOA | T::MINFO => (0, 2),
        T::MX => (2, 1),
        _ => (0, 0),
    }
}

/// The names whose addresses belong in the additional section: MX, NS, SRV, SVCB and HTTPS, AFSDB, RT, KX, MB, and
/// NAPTR with flag A (RFC 1035 §3.3, RFC 1183, RFC 2230, RFC 2782, RFC 3403 §4.1, RFC 9460 §4.1). A root target means
/// none (RFC 7505), except that of a ServiceMode SVCB, given as the root: it stands for the owner itself.
pub fn targets(rtype: RecordType, rdata: &Rdata) -> impl Iterator<Item = &[u8]> {
    use RecordType as T;
    let wire = &rdata.0[..];
    let skip = match rtype {
        T::NS | T::MB => Some(0),
        T::MX | T::AFSDB | T::RT | T::KX | T::SVCB | T::HTTPS => Some(2),
        T::SRV => Some(6),
        T::NAPTR => naptr_replacement(wire),
        _ => None,
    };
    let owner_means = matches!(rtype, T::SVCB | T::HTTPS) && !wire.starts_with(&[0, 0]);
    skip.and_then(|skip| spans(wire, skip).next())
        .map(move |span| &wire[span])
        .filter(move |name| owner_means || name.len() > 1)
        .into_iter()
}

/// Record data with the names lowered that comparison folds (RFC 4034 §6.2): equal means duplicate (RFC 2181 §5).
pub fn canonical(rtype: RecordType, rdata: &Rdata) -> Cow<'_, [u8]> {
    use RecordType as T;
    let folds =
        matches!(
            rtype,
            T::NS | T::MD | T::MF | T::CNAME | T::SOA | T::MB | T::MG | T::MR | T::PTR | T::MINFO | T::MX | T::RP
        ) || matches!(rtype, T::AFSDB | T::RT | T::SIG | T::RRSIG | T::PX | T::NAPTR | T::KX | T::SRV | T::DNAME);
    if !folds || !rdata.0.iter().any(u8::is_ascii_uppercase) {
        return Cow::Borrowed(&rdata.0);
    }
    let mut folded = rdata.0.to_vec();
    let mut wire = Wire::new(&rdata.0);
    for field in fields(rtype).unwrap_or_default() {
        let start = rdata.0.len() - wire.rest.len();
        let read = match field {
            Field::Name => wire.name().map(|name| folded[start..start + name.len()].make_ascii_lowercase()),
            Field::Text => wire.string().map(drop),
            Field::U8 | Field::Algorithm => wire.u8().map(drop),
            Field::U16 | Field::Type => wire.u16().map(drop),
            Field::U32 | Field::Seconds | Field::Time => wire.u32().map(drop),
            _ => None,
        };
        if read.is_none() {
            break;
        }
    }
    Cow::Owned(folded)
}

/// The names that follow one another from `start`.
fn spans(wire: &[u8], start: usize) -> impl Iterator<Item = Range<usize>> {
    let mut reader = Wire::new(wire.get(start..).unwrap_or_default());
    let len = wire.len();
    std::iter::from_fn(move || {
        let at = len - reader.rest.len();
        let name = reader.name()?;
        Some(at..at + name.len())
    })
}

fn naptr_replacement(wire: &[u8]) -> Option<usize> {
    let mut reader = Wire::new(wire.get(4..)?);
    let flags = reader.string()?;
    reader.string()?;
    reader.string()?;
    flags.eq_ignore_ascii_case(b"a").then_some(wire.len() - reader.rest.len())
}

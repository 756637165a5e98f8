//! Record data as uncompressed wire bytes, and the text forms in and out of it.
//!
//! One table (`schema`) says which fields each type has; `read`, `print` and `check` walk it for text → wire,
//! wire → text and wire validation. Two dialects are spoken and never guessed between: master files
//! (RFC 1035 §5.1, decimal escapes, relative names) and Route 53 values (octal escapes, absolute names,
//! its own value rules). The room knows nothing of zones, files or queries.

mod address_list;
mod bitmap;
mod check;
mod coding;
mod error;
mod hip;
mod loc;
mod names;
mod print;
mod read;
mod relay;
mod route53;
mod schema;
mod svcb;
pub mod time;
pub mod token;
mod wire;
mod wks;

pub use error::{Fault, RdataError};
pub use names::{canonical, compressible, names, targets};
pub use token::Token;

use super::{Name, RecordType};
use error::Bad;

/// The most octets one record's data may have (RFC 1035 §3.2.1).
pub const MAX_RDATA: usize = 65_535;

/// The RDATA of one record: uncompressed wire bytes, names inside keep their letter case; at most 65,535 octets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rdata(pub Box<[u8]>);

/// The octets that a base64 text stands for (RFC 4648 §4).
pub fn octets_of_base64(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    coding::unbase64([text.as_bytes()].into_iter(), &mut octets)?;
    Some(octets)
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Decimal `\DDD`, relative names, `\#`, TTL units.
    Master,
    /// Octal `\ooo`, absolute names only (N-3, N-9).
    Route53,
}

/// A value in master-file syntax: decimal `\DDD`, relative names completed with `origin`, `\# n hex` for any type
/// (RFC 1035 §5.1, RFC 3597 §5).
pub fn parse(rtype: RecordType, text: &str, origin: Option<&Name>) -> Result<Rdata, RdataError> {
    let bad = |bad: Bad| bad.of(rtype);
    let tokens = token::split(text.as_bytes(), Dialect::Master).map_err(bad)?;
    let mut out = Vec::new();
    encode(rtype, &tokens, origin.map(Name::wire), &mut out)?;
    Ok(Rdata(out.into()))
}

/// The same from tokens already cut, with the origin in wire form; `out` is cleared first and holds the wire bytes.
pub fn encode(
    rtype: RecordType,
    tokens: &[Token<'_>],
    origin: Option<&[u8]>,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    out.clear();
    read::read(rtype, tokens, Dialect::Master, origin, out).map_err(|bad| bad.of(rtype))
}

/// A value in Route 53's syntax: octal escapes, absolute names, the 17 types of N-16 with the value rules of §2.3.
pub fn parse_route53(rtype: RecordType, value: &str) -> Result<Rdata, RdataError> {
    let bad = |bad: Bad| RdataError { rtype, fault: bad.fault, value: value.into() };
    route53::check_text(rtype, value).map_err(bad)?;
    let tokens = token::split(value.trim().as_bytes(), Dialect::Route53).map_err(bad)?;
    let mut out = Vec::new();
    route53::check_tokens(rtype, &tokens).map_err(bad)?;
    read::read(rtype, &tokens, Dialect::Route53, Some(&[0]), &mut out).map_err(bad)?;
    route53::check_wire(rtype, &out).map_err(|fault| RdataError { rtype, fault, value: value.into() })?;
    Ok(Rdata(out.into()))
}

/// The value as a master file writes it: absolute names, decimal escapes; `\# n hex` for types without a form
/// (RFC 3597 §5).
pub fn print(rtype: RecordType, rdata: &Rdata) -> String {
    print::print(rtype, &rdata.0, Dialect::Master).unwrap_or_else(|| print::generic(&rdata.0))
}

/// The value as Route 53 writes it: absolute names, octal escapes (N-3, N-5).
pub fn print_route53(rtype: RecordType, rdata: &Rdata) -> String {
    print::print(rtype, &rdata.0, Dialect::Route53).unwrap_or_else(|| print::generic(&rdata.0))
}

/// Uncompressed wire bytes, checked field by field against the type; unknown types take any bytes (RFC 3597 §3).
pub fn from_wire(rtype: RecordType, bytes: &[u8]) -> Result<Rdata, RdataError> {
    check::check(rtype, bytes).map_err(|fault| RdataError { rtype, fault, value: print::generic(bytes).into() })?;
    Ok(Rdata(bytes.into()))
}

/// What is valid and yet surely a mistake, in words: a digest without the length its type fixes (RFC 4509, RFC 6594,
/// RFC 6698, RFC 8976).
pub fn doubt(rtype: RecordType, rdata: &Rdata) -> Option<&'static str> {
    check::doubt(rtype, &rdata.0)
}

#[cfg(test)]
mod tests;

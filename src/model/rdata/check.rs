//! Whether wire bytes are data of a type: the schema walked without writing anything.

use super::error::Fault;
use super::schema::{Field, fields};
use super::wire::Wire;
use super::{MAX_RDATA, address_list, bitmap, hip, loc, relay, svcb, wks};
use crate::model::RecordType;

/// Whether `bytes` are record data of the type; any bytes are for types without fields (RFC 3597 §3).
pub(super) fn check(rtype: RecordType, bytes: &[u8]) -> Result<(), Fault> {
    if rtype.is_meta() {
        return Err(Fault::NoForm);
    }
    if bytes.len() > MAX_RDATA {
        return Err(Fault::TooLong);
    }
    let mut wire = Wire::new(bytes);
    for field in fields(rtype).unwrap_or(&[]) {
        check_field(*field, &mut wire)?;
    }
    if fields(rtype).is_some() && !wire.is_empty() {
        return Err(Fault::Wire);
    }
    Ok(())
}

fn check_field(field: Field, wire: &mut Wire<'_>) -> Result<(), Fault> {
    let read = match field {
        Field::U8 | Field::Algorithm => wire.u8().map(drop),
        Field::U16 | Field::Type | Field::CertType => wire.u16().map(drop),
        Field::U32 | Field::Seconds | Field::Time => wire.u32().map(drop),
        Field::Ipv4 => wire.take(4).map(drop),
        Field::Ipv6 => wire.take(16).map(drop),
        Field::Name => wire.name().map(drop),
        Field::Text => wire.string().map(drop),
        Field::OptionalText if wire.is_empty() => Some(()),
        Field::OptionalText => wire.string().map(drop),
        Field::Texts => strings(wire),
        Field::LongText { empty: false } if wire.is_empty() => return Err(Fault::Rule("the text is empty")),
        Field::LongText { .. } => wire.take(wire.rest.len()).map(drop),
        Field::Tag => return check_tag(wire),
        Field::Hex | Field::Base64 | Field::Nsap => (!wire.all().is_empty()).then_some(()),
        Field::Key => wire.take(wire.rest.len()).map(drop),
        Field::Salt => wire.string().map(drop),
        Field::Hash => wire.string().filter(|hash| !hash.is_empty()).map(drop),
        Field::Types => return bitmap::check(wire),
        Field::Eui(octets) => wire.take(octets).map(drop),
        Field::Node => wire.take(8).map(drop),
        Field::Location => return loc::check(wire),
        Field::AddressList => return address_list::check(wire),
        Field::Services => return wks::check(wire),
        Field::Gateway => return relay::check_gateway(wire),
        Field::Relay => return relay::check_relay(wire),
        Field::Hip => return hip::check(wire),
        Field::Params => return svcb::check(wire),
    };
    read.ok_or(Fault::Wire)
}

/// One or more character-strings (RFC 1035 §3.3.14).
fn strings(wire: &mut Wire<'_>) -> Option<()> {
    wire.string()?;
    while !wire.is_empty() {
        wire.string()?;
    }
    Some(())
}

fn check_tag(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let tag = wire.string().ok_or(Fault::Wire)?;
    let valid = !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric);
    if valid { Ok(()) } else { Err(Fault::Tag) }
}

/// What is allowed and yet surely a mistake: a digest without the length its type fixes.
pub(super) fn doubt(rtype: RecordType, bytes: &[u8]) -> Option<&'static str> {
    use RecordType as T;
    let expected = match (rtype, bytes) {
        // RFC 3658, RFC 4509, RFC 5933, RFC 6605.
        (T::DS | T::CDS | T::DLV, [_, _, _, 1, ..]) => 24,
        (T::DS | T::CDS | T::DLV, [_, _, _, 2 | 3, ..]) => 36,
        (T::DS | T::CDS | T::DLV, [_, _, _, 4, ..]) => 52,
        // RFC 4255 §3.1.2, RFC 6594.
        (T::SSHFP, [_, 1, ..]) => 22,
        (T::SSHFP, [_, 2, ..]) => 34,
        // RFC 6698 §2.1.3.
        (T::TLSA | T::SMIMEA, [_, _, 1, ..]) => 35,
        (T::TLSA | T::SMIMEA, [_, _, 2, ..]) => 67,
        // RFC 8976 §2.2.3.
        (T::ZONEMD, [_, _, _, _, _, 1, ..]) => 54,
        (T::ZONEMD, [_, _, _, _, _, 2, ..]) => 70,
        _ => return None,
    };
    (bytes.len() != expected).then_some("the digest does not have the length of its type")
}

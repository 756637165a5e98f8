//! IPSECKEY (RFC 4025) and AMTRELAY (RFC 8777): a field whose form another field decides.

use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::Reader;
use super::wire::Wire;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Gateway type, algorithm, gateway, key.
pub(super) fn read_gateway(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let kind = reader.number("a gateway type", 3)? as u8;
    let algorithm = reader.u8("an algorithm")?;
    reader.out.extend_from_slice(&[kind, algorithm]);
    address(reader, kind)?;
    reader.base64("")
}

/// Discovery bit, relay type, relay.
pub(super) fn read_relay(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let discovery = reader.number("a discovery bit", 1)? as u8;
    let kind = reader.number("a relay type", 3)? as u8;
    reader.out.push(discovery << 7 | kind);
    address(reader, kind)
}

fn address(reader: &mut Reader<'_, '_>, kind: u8) -> Result<(), Bad> {
    match kind {
        1 => reader.ipv4(),
        2 => reader.ipv6(),
        3 => reader.name(),
        _ => match reader.plain("a dot")? {
            b"." => Ok(()),
            other => Err(Bad::new(Fault::Rule("no gateway, yet something other than a dot"), other)),
        },
    }
}

pub(super) fn check_gateway(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let kind = wire.u8().ok_or(Fault::Wire)?;
    let algorithm = wire.u8().ok_or(Fault::Wire)?;
    skip(wire, kind).ok_or(Fault::Wire)?;
    if algorithm == 0 && !wire.is_empty() {
        return Err(Fault::Wire);
    }
    wire.all();
    Ok(())
}

pub(super) fn check_relay(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let kind = wire.u8().ok_or(Fault::Wire)?;
    skip(wire, kind & 0x7f).ok_or(Fault::Wire)
}

fn skip(wire: &mut Wire<'_>, kind: u8) -> Option<()> {
    match kind {
        0 => Some(()),
        1 => wire.take(4).map(drop),
        2 => wire.take(16).map(drop),
        3 => wire.name().map(drop),
        _ => None,
    }
}

pub(super) fn print_gateway(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    let kind = wire.u8()?;
    printer.word(kind);
    printer.word(wire.u8()?);
    print_address(wire, printer, kind)?;
    printer.base64(wire.all());
    Some(())
}

pub(super) fn print_relay(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    let octet = wire.u8()?;
    printer.word(octet >> 7);
    printer.word(octet & 0x7f);
    print_address(wire, printer, octet & 0x7f)
}

fn print_address(wire: &mut Wire<'_>, printer: &mut Printer, kind: u8) -> Option<()> {
    match kind {
        0 => printer.word('.'),
        1 => printer.word(Ipv4Addr::from(wire.array()?)),
        2 => printer.word(Ipv6Addr::from(wire.array::<16>()?)),
        3 => printer.name(wire.name()?),
        _ => return None,
    }
    Some(())
}

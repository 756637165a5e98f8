//! HIP (RFC 8005 §5): host identity tag, public key, rendezvous servers.

use super::coding;
use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::Reader;
use super::wire::Wire;

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let algorithm = reader.u8("an algorithm")?;
    let (mut tag, mut key) = (Vec::new(), Vec::new());
    let text = reader.plain("a host identity tag")?;
    coding::unhex([text].into_iter(), &mut tag).ok_or_else(|| Bad::new(Fault::Hex, text))?;
    let tag_len = u8::try_from(tag.len()).map_err(|_| Bad::new(Fault::StringTooLong, text))?;
    let text = reader.plain("a public key")?;
    coding::unbase64([text].into_iter(), &mut key).ok_or_else(|| Bad::new(Fault::Base64, text))?;
    let key_len = u16::try_from(key.len()).map_err(|_| Bad::new(Fault::TooLong, text))?;
    reader.out.extend_from_slice(&[tag_len, algorithm]);
    reader.out.extend_from_slice(&key_len.to_be_bytes());
    reader.out.append(&mut tag);
    reader.out.append(&mut key);
    while reader.more() {
        reader.name()?;
    }
    Ok(())
}

fn parts<'a>(wire: &mut Wire<'a>) -> Option<(u8, &'a [u8], &'a [u8])> {
    let tag_len = wire.u8()?;
    let algorithm = wire.u8()?;
    let key_len = wire.u16()?;
    let tag = wire.take(usize::from(tag_len))?;
    let key = wire.take(usize::from(key_len))?;
    Some((algorithm, tag, key))
}

pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let (_, tag, key) = parts(wire).ok_or(Fault::Wire)?;
    if tag.is_empty() || key.is_empty() {
        return Err(Fault::Wire);
    }
    while !wire.is_empty() {
        wire.name().ok_or(Fault::Wire)?;
    }
    Ok(())
}

pub(super) fn print(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    let (algorithm, tag, key) = parts(wire)?;
    printer.word(algorithm);
    printer.hex(tag);
    printer.base64(key);
    while !wire.is_empty() {
        printer.name(wire.name()?);
    }
    Some(())
}

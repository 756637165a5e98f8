//! LOC (RFC 1876): latitude, longitude, altitude, size and precisions.

use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::{Reader, decimal};
use super::wire::Wire;

/// Thousandths of an arc second in a degree.
const DEGREE: u32 = 3_600_000;
/// Where both equator and prime meridian lie.
const MIDDLE: u32 = 1 << 31;
/// Centimetres below the WGS 84 spheroid where altitude begins.
const BASE: i64 = 10_000_000;

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let latitude = angle(reader, [b'N', b'S'], 90)?;
    let longitude = angle(reader, [b'E', b'W'], 180)?;
    let text = reader.plain("an altitude")?;
    let altitude = centimetres(text)
        .and_then(|cm| u32::try_from(cm + BASE).ok())
        .ok_or_else(|| Bad::new(Fault::Rule("no altitude in -100000.00m..=42849672.95m"), text))?;
    let mut sizes = [0x12, 0x16, 0x13];
    for size in &mut sizes {
        let Some(text) = reader.optional()? else { break };
        *size = centimetres(text)
            .and_then(power)
            .ok_or_else(|| Bad::new(Fault::Rule("no size in 0.00m..=90000000.00m"), text))?;
    }
    reader.out.push(0);
    reader.out.extend_from_slice(&sizes);
    for number in [latitude, longitude, altitude] {
        reader.out.extend_from_slice(&number.to_be_bytes());
    }
    Ok(())
}

/// Degrees, perhaps minutes, perhaps seconds, then one of two hemispheres.
fn angle(reader: &mut Reader<'_, '_>, hemispheres: [u8; 2], most: u32) -> Result<u32, Bad> {
    const OUT: &str = "no degrees, minutes and seconds with a hemisphere";
    let mut total = 0u32;
    for part in 0..4 {
        let text = reader.plain("degrees and a hemisphere")?;
        let bad = || Bad::new(Fault::Rule(OUT), text);
        if let [letter] = text
            && let Some(side) = hemispheres.iter().position(|side| *side == letter.to_ascii_uppercase())
        {
            return match part {
                0 => Err(bad()),
                _ if total > most * DEGREE => Err(bad()),
                _ if side == 0 => Ok(MIDDLE + total),
                _ => Ok(MIDDLE - total),
            };
        }
        total += match part {
            0 => decimal(text, most).ok_or_else(bad)? * DEGREE,
            1 => decimal(text, 59).ok_or_else(bad)? * 60_000,
            2 => fixed(text, 3).and_then(|n| u32::try_from(n).ok()).filter(|n| *n < 60_000).ok_or_else(bad)?,
            _ => return Err(bad()),
        };
    }
    Err(Bad::new(Fault::Rule(OUT), b""))
}

/// `-12.5m` or `12` in centimetres.
fn centimetres(text: &[u8]) -> Option<i64> {
    let text = text.strip_suffix(b"m").or_else(|| text.strip_suffix(b"M")).unwrap_or(text);
    match text.strip_prefix(b"-") {
        Some(text) => fixed(text, 2).map(|cm| -cm),
        None => fixed(text, 2),
    }
}

/// A decimal fraction with up to `places` digits behind the point, as a multiple of the last place.
fn fixed(text: &[u8], places: usize) -> Option<i64> {
    let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &b""[..]),
    };
    if fraction.len() > places || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let mut number = if whole.is_empty() { 0 } else { i64::from(decimal(whole, u32::MAX)?) };
    for at in 0..places {
        let digit = fraction.get(at).copied().unwrap_or(b'0');
        number = number * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    Some(number)
}

/// Mantissa and exponent of a number of centimetres, a nibble each; further digits are cut off.
fn power(cm: i64) -> Option<u8> {
    let mut mantissa = u64::try_from(cm).ok()?;
    let mut exponent = 0;
    while mantissa > 9 {
        mantissa /= 10;
        exponent += 1;
    }
    (cm <= 9_000_000_000).then_some((mantissa as u8) << 4 | exponent)
}

pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let version = wire.u8().ok_or(Fault::Wire)?;
    let sizes: [u8; 3] = wire.array().ok_or(Fault::Wire)?;
    let latitude = wire.u32().ok_or(Fault::Wire)?;
    let longitude = wire.u32().ok_or(Fault::Wire)?;
    wire.u32().ok_or(Fault::Wire)?;
    let sized = sizes.iter().all(|size| size >> 4 <= 9 && size & 15 <= 9);
    let placed = latitude.abs_diff(MIDDLE) <= 90 * DEGREE && longitude.abs_diff(MIDDLE) <= 180 * DEGREE;
    if version == 0 && sized && placed { Ok(()) } else { Err(Fault::Wire) }
}

pub(super) fn print(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    wire.u8()?;
    let sizes: [u8; 3] = wire.array()?;
    for hemispheres in [['N', 'S'], ['E', 'W']] {
        let number = wire.u32()?;
        let off = number.abs_diff(MIDDLE);
        let seconds = off % 60_000;
        let side = hemispheres[usize::from(number < MIDDLE)];
        printer.word(format_args!(
            "{} {} {}.{:03} {side}",
            off / DEGREE,
            off / 60_000 % 60,
            seconds / 1000,
            seconds % 1000
        ));
    }
    let altitude = i64::from(wire.u32()?) - BASE;
    let sign = if altitude < 0 { "-" } else { "" };
    printer.word(format_args!("{sign}{}.{:02}m", altitude.abs() / 100, altitude.abs() % 100));
    for size in sizes {
        let cm = u64::from(size >> 4) * 10u64.pow(u32::from(size & 15));
        match cm % 100 {
            0 if cm > 0 => printer.word(format_args!("{}m", cm / 100)),
            rest => printer.word(format_args!("{}.{rest:02}m", cm / 100)),
        }
    }
    Some(())
}

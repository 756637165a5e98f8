//! The rules Route 53 adds to values (spec §2.3), beyond what the type's fields say.

use super::error::{Bad, Fault};
use super::svcb;
use super::token::Token;
use super::wire::Wire;
use crate::model::RecordType;

/// The most characters of one value (spec §2.6).
const MAX_VALUE: usize = 4000;

/// What can be said before the value is cut into tokens.
pub(super) fn check_text(rtype: RecordType, value: &str) -> Result<(), Bad> {
    if !RecordType::ROUTE53.contains(&rtype) {
        return Err(Bad::new(Fault::NoForm, value.as_bytes()));
    }
    if value.chars().count() > MAX_VALUE {
        return Err(Bad::new(Fault::ValueTooLong, value.as_bytes()));
    }
    Ok(())
}

/// Where quotation marks must stand (N-18), which SvcParams may be named, and how a priority is refused.
pub(super) fn check_tokens(rtype: RecordType, tokens: &[Token<'_>]) -> Result<(), Bad> {
    use RecordType as T;
    let demanded: &[usize] = match rtype {
        T::TXT | T::SPF => {
            return match tokens.iter().find(|token| !token.quoted) {
                Some(bare) => Err(Bad::new(Fault::Unquoted, bare.text)),
                None => Ok(()),
            };
        }
        T::CAA => &[2],
        T::NAPTR => &[2, 3, 4],
        T::SVCB | T::HTTPS => return svcb::check_route53(tokens),
        _ => return Ok(()),
    };
    match demanded.iter().filter_map(|at| tokens.get(*at)).find(|token| !token.quoted) {
        Some(bare) => Err(Bad::new(Fault::Unquoted, bare.text)),
        None => Ok(()),
    }
}

/// What can be said of the wire form.
pub(super) fn check_wire(rtype: RecordType, bytes: &[u8]) -> Result<(), Fault> {
    use RecordType as T;
    match (rtype, bytes) {
        (T::CAA, [flags, ..]) if flags & 128 == 0 => check_tag(&bytes[1..]),
        (T::SSHFP, [0 | 5 | 7..=255, ..]) => Err(Fault::Rule("the algorithm is none of 1, 2, 3, 4, 6")),
        (T::SSHFP, [_, 0 | 3..=255, ..]) => Err(Fault::Rule("the fingerprint type is neither 1 nor 2")),
        (T::TLSA, [4..=255, ..]) => Err(Fault::Rule("the certificate usage is not in 0..=3")),
        (T::TLSA, [_, 2..=255, ..]) => Err(Fault::Rule("the selector is neither 0 nor 1")),
        (T::TLSA, [_, _, 3..=255, ..]) => Err(Fault::Rule("the matching type is not in 0..=2")),
        (T::NAPTR, _) => check_naptr(bytes).unwrap_or(Err(Fault::Wire)),
        _ => Ok(()),
    }
}

fn check_tag(tag_and_value: &[u8]) -> Result<(), Fault> {
    let tag = Wire::new(tag_and_value).string().ok_or(Fault::Wire)?.to_ascii_lowercase();
    match &tag[..] {
        b"issue" | b"issuewild" | b"iodef" => Ok(()),
        _ => Err(Fault::TagNotAllowed),
    }
}

fn check_naptr(bytes: &[u8]) -> Option<Result<(), Fault>> {
    let mut wire = Wire::new(bytes.get(4..)?);
    let flags = wire.string()?;
    wire.string()?;
    let regexp = wire.string()?;
    let replacement = wire.name()?;
    Some(match flags {
        [] | [b'A' | b'P' | b'S' | b'U' | b'a' | b'p' | b's' | b'u'] => match (regexp.is_empty(), replacement) {
            (false, [_, _, ..]) => Err(Fault::Rule("regexp and replacement exclude each other")),
            _ => Ok(()),
        },
        _ => Err(Fault::Rule("the flags are none of A, P, S, U")),
    })
}

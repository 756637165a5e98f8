//! TSIG: messages signed with a shared key (RFC 8945). Pure: what time it is, is told.
//!
//! ```text
//!  request ─► read ─► verify ─► Signer ─► sign(reply) ─► sign(next) …     each digest covers the one before
//! ```

mod record;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ring::hmac;
use subtle::ConstantTimeEq;

pub use record::{BADKEY, BADSIG, BADTIME, BADTRUNC, Signature, expand, last_record};
use record::{Record, write};

use crate::model::Name;
use crate::model::transfer::{Algorithm, Key};

/// How far the clocks of both sides may be apart, in seconds (RFC 8945 §10).
const FUDGE: u16 = 300;
/// Octets of a message's header.
const HEADER: usize = 12;
/// The least a MAC may be cut to, in octets, whatever its algorithm (RFC 8945 §5.2.2.1).
const LEAST_MAC: usize = 10;

/// Why a signed message is not believed.
#[derive(Debug)]
pub enum Refusal {
    /// No key of that name for that algorithm is known (RFC 8945 §5.2.1).
    UnknownKey,
    /// The record or its MAC has a form that no TSIG has (RFC 8945 §5.2, §5.2.2.1).
    Malformed,
    /// The MAC is another: told unsigned (RFC 8945 §5.2.2).
    WrongMac,
    /// The MAC is right; its time is too far off or too much of it is cut: told signed (RFC 8945 §5.2.3, §5.2.4).
    Told(Signer),
}

/// Signs messages of one exchange, each leaning on the one before.
#[derive(Debug)]
pub struct Signer {
    key: Key,
    /// The MAC before, with its length in front; empty for the first message of an exchange.
    prior: Vec<u8>,
    /// A reply to the request, or the request: its digest covers all of its TSIG record, the ones that follow only times.
    first: bool,
    error: u16,
    /// When the request says it was signed, which BADTIME gives back.
    asked: Option<u64>,
}

/// Believes a request whose TSIG record begins at `at`, or not; `now` in seconds since 1970.
pub fn verify(packet: &[u8], at: usize, keys: &BTreeMap<Name, Key>, now: u64) -> Result<Signer, Refusal> {
    let signature = Signature::read(packet, at).ok_or(Refusal::Malformed)?;
    let known = keys.get(&signature.key).filter(|key| key.algorithm.wire() == signature.algorithm.wire());
    let Some(key) = known else { return Err(Refusal::UnknownKey) };
    check(packet, at, &signature, key, &[], now)
}

fn check(
    packet: &[u8],
    at: usize,
    signature: &Signature<'_>,
    key: &Key,
    prior: &[u8],
    now: u64,
) -> Result<Signer, Refusal> {
    let whole = algorithm(key.algorithm).digest_algorithm().output_len();
    let cut = signature.mac.len();
    if cut > whole || cut < LEAST_MAC.max(whole / 2) {
        return Err(Refusal::Malformed);
    }
    let mut message = packet.get(..at).ok_or(Refusal::Malformed)?.to_vec();
    restore(&mut message, signature.original_id);
    let record =
        Record { key, time: signature.time, fudge: signature.fudge, error: signature.error, other: signature.other };
    let mac = digest(key, &[prior, &message, &record.variables()]);
    if !bool::from(mac.as_ref()[..cut].ct_eq(signature.mac)) {
        return Err(Refusal::WrongMac);
    }
    let signer = |error| Signer {
        key: key.clone(),
        prior: counted(signature.mac),
        first: true,
        error,
        asked: (error == BADTIME).then_some(signature.time),
    };
    // In this order (RFC 8945 §5.2).
    if now.abs_diff(signature.time) > u64::from(signature.fudge) {
        return Err(Refusal::Told(signer(BADTIME)));
    }
    if cut < whole {
        return Err(Refusal::Told(signer(BADTRUNC)));
    }
    Ok(signer(0))
}

impl Signer {
    /// Signs a request of our own.
    pub fn of_request(key: Key) -> Self {
        Self { key, prior: Vec::new(), first: true, error: 0, asked: None }
    }

    /// The key's name.
    pub fn key(&self) -> &Name {
        &self.key.name
    }

    /// The error that the next message tells of; 0 for none.
    pub fn error(&self) -> u16 {
        self.error
    }

    /// The most octets that signing adds to a message.
    pub fn octets(&self) -> usize {
        let mac = algorithm(self.key.algorithm).digest_algorithm().output_len();
        self.key.name.wire().len() + 10 + self.key.algorithm.wire().len() + 16 + mac + 6
    }

    /// Signs the message in the first `len` octets of `out`; how long it is then, or `None` where there is no room.
    pub fn sign(&mut self, out: &mut [u8], len: usize, now: u64) -> Option<usize> {
        let now_octets = now.to_be_bytes();
        let record = Record {
            key: &self.key,
            time: self.asked.unwrap_or(now),
            fudge: FUDGE,
            error: self.error,
            other: if self.error == BADTIME { &now_octets[2..] } else { &[] },
        };
        let message = out.get(..len)?;
        let covered = if self.first { record.variables() } else { record.times().to_vec() };
        let mac = digest(&self.key, &[&self.prior, message, &covered]);
        let end = write(out, len, &record, mac.as_ref())?;
        self.prior = counted(mac.as_ref());
        self.first = false;
        Some(end)
    }

    /// Whether `reply`, to the request signed last, is signed as it should be and in time.
    pub fn believes(&self, reply: &[u8], at: usize, now: u64) -> bool {
        let Some(signature) = Signature::read(reply, at) else { return false };
        signature.key == self.key.name
            && signature.algorithm.wire() == self.key.algorithm.wire()
            && check(reply, at, &signature, &self.key, &self.prior, now).is_ok()
    }
}

/// Writes a TSIG record without MAC behind the first `len` octets, as BADSIG wants it (RFC 8945 §5.3.2).
pub fn tell(out: &mut [u8], len: usize, key: &Key, signature: &Signature<'_>, error: u16) -> Option<usize> {
    write(out, len, &Record { key, time: signature.time, fudge: signature.fudge, error, other: &[] }, &[])
}

/// A message as it was signed: the id it had, and its TSIG record not counted (RFC 8945 §4.3.2).
fn restore(message: &mut [u8], original_id: [u8; 2]) {
    if let Some([i1, i2, .., c1, c2]) = message.first_chunk_mut::<HEADER>() {
        [*i1, *i2] = original_id;
        [*c1, *c2] = u16::from_be_bytes([*c1, *c2]).wrapping_sub(1).to_be_bytes();
    }
}

/// The packet without its last record, which begins at `at` and is its TSIG record.
pub fn stripped(packet: &[u8], at: usize) -> Vec<u8> {
    let mut rest = packet.get(..at).unwrap_or(packet).to_vec();
    let id = rest.first_chunk().copied().unwrap_or_default();
    restore(&mut rest, id);
    rest
}

fn counted(mac: &[u8]) -> Vec<u8> {
    [&(mac.len() as u16).to_be_bytes(), mac].concat()
}

fn algorithm(algorithm: Algorithm) -> hmac::Algorithm {
    match algorithm {
        Algorithm::HmacSha256 => hmac::HMAC_SHA256,
        Algorithm::HmacSha384 => hmac::HMAC_SHA384,
        Algorithm::HmacSha512 => hmac::HMAC_SHA512,
    }
}

fn digest(key: &Key, parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm(key.algorithm), key.secret()));
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

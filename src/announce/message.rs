//! The NOTIFY message and its answer (RFC 1996 §3.6, §4.7).

use std::hash::{BuildHasher, RandomState};

use crate::model::Name;
use crate::model::transfer::Key;
use crate::tsig::{Signer, last_record};

/// Octets of a message's header.
const HEADER: usize = 12;
/// NOTIFY with AA.
const ASKED: u8 = 4 << 3 | 0x04;
/// The opcode, and QR.
const OPCODE: u8 = 0xf8;

/// A message that was sent.
pub(super) struct Notice {
    packet: Vec<u8>,
    signer: Option<Signer>,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Yes,
    /// The code it was refused with.
    No(u8),
}

impl Notice {
    /// A message about a zone with its SOA record, TTL and data, under an id of its own; signed where there is a key.
    pub(super) fn new(zone: &Name, soa: Option<&(u32, Vec<u8>)>, key: Option<&Key>, now: u64) -> Option<Self> {
        // Its keys come from the operating system: nobody can tell the next id from the last.
        let id = RandomState::new().hash_one(now) as u16;
        let [i1, i2] = id.to_be_bytes();
        let mut packet = vec![i1, i2, ASKED, 0, 0, 1, 0, u8::from(soa.is_some()), 0, 0, 0, 0];
        packet.extend_from_slice(zone.wire());
        packet.extend_from_slice(&[0, 6, 0, 1]);
        if let Some((ttl, data)) = soa {
            packet.extend_from_slice(&[0xc0, HEADER as u8, 0, 6, 0, 1]);
            packet.extend_from_slice(&ttl.to_be_bytes());
            packet.extend_from_slice(&(data.len() as u16).to_be_bytes());
            packet.extend_from_slice(data);
        }
        let mut signer = key.cloned().map(Signer::of_request);
        if let Some(signer) = &mut signer {
            let len = packet.len();
            packet.resize(len + signer.octets(), 0);
            let end = signer.sign(&mut packet, len, now)?;
            packet.truncate(end);
        }
        Some(Self { packet, signer })
    }

    pub(super) fn packet(&self) -> &[u8] {
        &self.packet
    }

    /// What `answer` says; `None` where it is no answer to this message, or not signed as it should be.
    pub(super) fn heard(&mut self, answer: &[u8], now: u64) -> Option<Heard> {
        let header = answer.first_chunk::<HEADER>()?;
        if header[..2] != self.packet[..2] || header[2] & OPCODE != 0x80 | ASKED & OPCODE {
            return None;
        }
        if let Some(signer) = &self.signer {
            let at = last_record(answer)?;
            // A refusal of the signature itself comes unsigned and could be anyone's (RFC 8945 §5.4).
            if !signer.believes(answer, at, now) {
                return None;
            }
        }
        Some(match header[3] & 0x0f {
            0 => Heard::Yes,
            rcode => Heard::No(rcode),
        })
    }
}

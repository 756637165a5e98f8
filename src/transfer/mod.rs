//! Zones copied out: AXFR (RFC 5936) and IXFR (RFC 1995) as a sequence of messages, each made when it is wanted.
//!
//! ```text
//!  question + right ─► Transfer { world, where it is } ─► next message ─► … ─► done
//! ```
//!
//! A transfer holds the world it began with and one RRset's order, so that what it costs does not depend on the zone; of
//! a signed zone also the order of its names, of which each is told the next.
//! Pure: what time it is, is told.

mod page;
mod signed;
mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::model::{Name, RecordType};
use crate::snapshot::World;
use crate::snapshot::journal::is_newer;
use crate::snapshot::qname::Qname;
use crate::snapshot::zone::Zone;
use crate::tsig::Signer;
use page::{HEADER, Page};
use source::{Changes, Source};

/// Messages are filled up to here, so that every name in them can be pointed at (RFC 1035 §4.1.4).
const FULL: usize = 16 << 10;
/// The authoritative-answer bit, in the header's third octet.
const AA: u8 = 0x04;

/// Who asks for a copy, of what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The number of the zone whose apex is asked for.
    pub zone: u32,
    /// The zone is private, and this the asker's view.
    pub private: bool,
    /// The view the asker is in.
    pub view: Option<u16>,
    /// The serial the asker has; `None` asks for all.
    pub has: Option<u32>,
    /// The refusal that would have been sent: its id, flags, question and additional records begin the copy.
    pub refusal: &'a [u8],
    /// Octets of the question's name.
    pub name_len: usize,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole zone.
    Axfr,
    /// What changed.
    Ixfr,
    /// The SOA record: the asker has the newest version, or has to ask again over a stream.
    Current,
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it was sent.
    Done,
    /// The client went, or took too long.
    Cut,
    /// Too many others were under way.
    Declined,
}

/// A zone on its way to a client.
#[derive(Debug)]
pub struct Transfer {
    world: Arc<World>,
    zone: u32,
    kind: Kind,
    frame: Frame,
    source: Source,
    signer: Option<Signer>,
    /// Messages made so far.
    pub messages: u64,
    /// Octets of them.
    pub octets: u64,
    done: bool,
}

/// What every message begins with, and what ends the first.
#[derive(Debug)]
struct Frame {
    head: [u8; HEADER],
    question: Box<[u8]>,
    additional: Box<[u8]>,
}

/// Why a transfer does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A record is longer than any message.
    TooLong,
    /// A key of the zone cannot be used.
    Unsigned,
}

impl Transfer {
    /// Begins a copy for someone who may have it.
    pub fn begin(world: Arc<World>, asked: &Asked<'_>, signer: Option<Signer>) -> Option<Self> {
        let (index, zone) = (asked.zone, world.snapshot.zones.get(asked.zone as usize)?);
        let serial = zone.serial();
        let journal = world.snapshot.journal(index)?;
        // Signatures come and go without a change, so what changed is not all that a copy of a signed zone lacks.
        let changes = asked.has.filter(|_| zone.signed.is_none()).and_then(|has| journal.since(has));
        let (kind, source) = match (asked.has, changes) {
            (Some(has), _) if has == serial || is_newer(has, serial) => (Kind::Current, Source::current()),
            (Some(_), Some(changes)) => (Kind::Ixfr, Source::Changes(Changes::new(changes.to_vec()))),
            _ => (Kind::Axfr, Source::whole(zone, asked.view, asked.private)),
        };
        let frame = Frame::of(asked)?;
        Some(Self { world, zone: index, kind, frame, source, signer, messages: 0, octets: 0, done: false })
    }

    /// The zone that is copied.
    pub fn zone(&self) -> &Zone {
        &self.world.snapshot.zones[self.zone as usize]
    }

    /// The world it is copied from.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The zone's number in it.
    pub fn zone_index(&self) -> u32 {
        self.zone
    }

    /// What is sent.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The name of the key it is signed with.
    pub fn key(&self) -> Option<&Name> {
        self.signer.as_ref().map(Signer::key)
    }

    /// Whether every message has been made.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Writes the next message; its length. `now` in seconds since 1970.
    pub fn next(&mut self, out: &mut [u8], now: u64) -> Result<usize, Failure> {
        let is_first = self.messages == 0;
        let additional: &[u8] = if is_first { &self.frame.additional } else { &[] };
        let reserved = additional.len() + self.signer.as_ref().map_or(0, Signer::octets);
        let most = out.len().checked_sub(reserved).ok_or(Failure::TooLong)?;
        let zone = &self.world.snapshot.zones[self.zone as usize];
        let mut page =
            Page::new(out, &self.frame.question, most, FULL.saturating_sub(reserved)).ok_or(Failure::TooLong)?;
        self.done = self.source.fill(&self.world, self.zone, zone, now as u32, &mut page)?;
        let (mut len, answers) = (page.at, page.answers);
        if answers == 0 {
            return Err(Failure::TooLong);
        }
        out[..HEADER].copy_from_slice(&self.frame.head);
        out[6..8].copy_from_slice(&answers.to_be_bytes());
        out[len..len + additional.len()].copy_from_slice(additional);
        len += additional.len();
        if !is_first {
            out[10..12].fill(0);
        }
        self.finish(out, len, now)
    }

    /// Writes a message that says the server cannot do it now; its length.
    pub fn decline(&mut self, out: &mut [u8], rcode: u8, now: u64) -> Result<usize, Failure> {
        self.done = true;
        let parts: [&[u8]; 3] = [&self.frame.head, &self.frame.question, &self.frame.additional];
        let whole = parts.concat();
        let len = whole.len();
        out.get_mut(..len).ok_or(Failure::TooLong)?.copy_from_slice(&whole);
        out[2] &= !AA;
        out[3] = rcode;
        self.finish(out, len, now)
    }

    fn finish(&mut self, out: &mut [u8], len: usize, now: u64) -> Result<usize, Failure> {
        let len = match &mut self.signer {
            Some(signer) => signer.sign(out, len, now).ok_or(Failure::TooLong)?,
            None => len,
        };
        self.messages += 1;
        self.octets += len as u64;
        Ok(len)
    }

    /// The whole answer in one datagram: what changed where that fits, else the SOA record, upon which the client asks
    /// over a stream (RFC 1995 §2).
    pub fn datagram(mut self, out: &mut [u8], now: u64) -> Result<(usize, Self), Failure> {
        let signer = self.signer.take();
        if self.kind != Kind::Axfr {
            let room = out.len().saturating_sub(signer.as_ref().map_or(0, Signer::octets));
            if let Ok(len) = self.next(&mut out[..room], now)
                && self.done
            {
                self.signer = signer;
                self.messages = 0;
                let len = self.finish(out, len, now)?;
                return Ok((len, self));
            }
        }
        (self.kind, self.source, self.signer) = (Kind::Current, Source::current(), signer);
        (self.messages, self.octets) = (0, 0);
        let len = self.next(out, now)?;
        Ok((len, self))
    }
}

impl Frame {
    fn of(asked: &Asked<'_>) -> Option<Self> {
        let mut head = *asked.refusal.first_chunk::<HEADER>()?;
        let (question, additional) = asked.refusal[HEADER..].split_at_checked(asked.name_len + 4)?;
        head[2] |= AA;
        head[3] = 0;
        Some(Self { head, question: question.into(), additional: additional.into() })
    }
}

/// The serial in the authority section of an IXFR question, which ends at `at` (RFC 1995 §3).
pub fn held_serial(packet: &[u8], at: usize) -> Option<u32> {
    let mut name = [0; 255];
    let (_, end) = crate::tsig::expand(packet, at, &mut name)?;
    let (&[t1, t2, _, _, _, _, _, _, l1, l2], data) = packet.get(end..)?.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    if RecordType(u16::from_be_bytes([t1, t2])) != RecordType::SOA || length > data.len() {
        return None;
    }
    let start = packet.len() - data.len();
    let (_, end) = crate::tsig::expand(packet, start, &mut name)?;
    let (_, end) = crate::tsig::expand(packet, end, &mut name)?;
    (end + 20 == start + length).then_some(())?;
    packet.get(end..)?.first_chunk().map(|serial| u32::from_be_bytes(*serial))
}

/// The zone whose apex is `name` for whoever asks from there: its number, whether it is private, and the view.
pub fn find(world: &World, name: &Qname, listener: u16, source: std::net::IpAddr) -> Option<(u32, bool, Option<u16>)> {
    let catalog = &world.snapshot.catalog;
    let view = catalog.view(listener, source.to_canonical());
    let hit = catalog.find(name, listener, view).filter(|hit| hit.apex == 0)?;
    Some((hit.zone, hit.private, view))
}

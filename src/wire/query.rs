//! Reading one query: header, question, the OPT record; everything else is skipped with its bounds checked.

use super::edns::Edns;
use super::rcode;
use crate::answer::Subnet;
use crate::dnssec::NXNAME;
use crate::model::RecordType;
use crate::snapshot::qname::Qname;

/// Octets of the header.
pub(super) const HEADER: usize = 12;

/// Class IN (RFC 1035 §3.2.4).
pub(super) const IN: u16 = 1;
/// The counts of a query with one question and nothing else, as one number.
const ONE_QUESTION: u64 = 1 << 48;
/// The same with one additional record.
const AND_ADDITIONAL: u64 = ONE_QUESTION | 1;
/// How an OPT record begins: the root, the type (RFC 6891 §6.1.2).
const OPT_HEAD: [u8; 3] = [0, 0, 41];

/// A query with one question.
pub(super) struct Query<'p> {
    /// Octets of the name.
    name_len: usize,
    /// The type asked.
    pub(super) rtype: RecordType,
    /// The class asked.
    pub(super) class: u16,
    has_edns: bool,
    edns: Edns<'p>,
    /// Where the TSIG record begins in the packet, of a query signed with a key nobody here has.
    pub(super) signature: Option<usize>,
    /// The authority section holds records, as IXFR needs (RFC 1995 §3).
    pub(super) has_authority: bool,
}

impl<'p> Query<'p> {
    /// One that is not read yet.
    pub(super) fn empty() -> Self {
        Self {
            name_len: 0,
            rtype: RecordType(0),
            class: 0,
            has_edns: false,
            edns: Edns::default(),
            signature: None,
            has_authority: false,
        }
    }

    /// The OPT record.
    #[inline]
    pub(super) fn edns(&self) -> Option<&Edns<'p>> {
        self.has_edns.then_some(&self.edns)
    }

    /// The subnet that steers; none for /0, which opts out (P-9).
    #[inline]
    pub(super) fn subnet(&self) -> Option<Subnet> {
        self.edns.steering
    }

    /// Whether nothing but records of the class IN and at most a client subnet is asked for.
    #[inline]
    pub(super) fn is_ordinary(&self) -> bool {
        let is_special = matches!(self.rtype, RecordType::AXFR | RecordType::IXFR | NXNAME);
        self.class == IN && !is_special && self.signature.is_none() && !self.edns.is_unusual
    }

    /// Where the question ends in the packet.
    pub(super) fn question_end(&self) -> usize {
        HEADER + self.name_len + 4
    }
}

/// Why a packet gets no real answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault<'p> {
    /// It gets none at all: too short for a header, or itself a response.
    Silence,
    /// A bare header with this code.
    Header(u16),
    /// It asks for nothing, unless for a cookie (RFC 7873 §5.4).
    NoQuestion(Edns<'p>),
}

/// Reads a packet into `query`, which is empty, and its question's name into `name`: in place, as what is returned by
/// value is copied more than once on its way.
#[inline(always)]
pub(super) fn read<'p>(packet: &'p [u8], name: &mut Qname, query: &mut Query<'p>) -> Result<(), Fault<'p>> {
    let Some(header) = packet.first_chunk::<HEADER>() else { return Err(Fault::Silence) };
    if header[2] & 0x80 != 0 {
        return Err(Fault::Silence);
    }
    if header[2] & 0x78 != 0 {
        return Err(Fault::Header(rcode::NOTIMP));
    }
    let formerr = Fault::Header(rcode::FORMERR);
    let [_, _, _, _, counts @ ..] = *header;
    let counts = u64::from_be_bytes(counts);
    if counts >> 48 != 1 {
        return Err(without_question(packet, header).map_or(formerr, Fault::NoQuestion));
    }
    name.fill(&packet[HEADER..]).ok_or(formerr)?;
    let at = HEADER + name.len();
    let [t1, t2, c1, c2] = *packet.get(at..).and_then(<[u8]>::first_chunk).ok_or(formerr)?;
    (query.rtype, query.class) = (RecordType(u16::from_be_bytes([t1, t2])), u16::from_be_bytes([c1, c2]));
    query.name_len = name.len();
    let rest = &packet[at + 4..];
    let read = match rest.split_first_chunk::<11>() {
        None if counts == ONE_QUESTION && rest.is_empty() => Some(()),
        Some(([r, t1, t2, c1, c2, ttl @ .., l1, l2], data))
            if counts == AND_ADDITIONAL
                && [*r, *t1, *t2] == OPT_HEAD
                && data.len() == usize::from(u16::from_be_bytes([*l1, *l2])) =>
        {
            query.has_edns = true;
            query.edns.fill(u16::from_be_bytes([*c1, *c2]), *ttl, data).ok()
        }
        _ => records(packet, at + 4, counts, query),
    };
    read.ok_or(formerr)
}

/// Reads the records behind the question, which ends at `at`, whatever they are; `None` where they are malformed.
#[inline(never)]
fn records<'p>(packet: &'p [u8], at: usize, counts: u64, query: &mut Query<'p>) -> Option<()> {
    let [_, answers, authority, additional] = [48, 32, 16, 0].map(|shift| (counts >> shift) as u16);
    query.has_authority = authority > 0;
    let mut cursor = Cursor { packet, at };
    for _ in 0..u32::from(answers) + u32::from(authority) {
        let record = cursor.record()?;
        if matches!(record.rtype, RecordType::OPT | RecordType::TSIG) {
            return None;
        }
    }
    for left in (0..additional).rev() {
        let start = cursor.at;
        let record = cursor.record()?;
        match record.rtype {
            RecordType::OPT if query.has_edns || !record.at_root => return None,
            RecordType::OPT => {
                query.has_edns = true;
                query.edns.fill(record.class, record.ttl, record.data).ok()?;
            }
            RecordType::TSIG if left > 0 || !is_signature(record.data) => return None,
            RecordType::TSIG => query.signature = Some(start),
            _ => {}
        }
    }
    (cursor.at == packet.len()).then_some(())
}

/// The OPT record of a packet that holds nothing else.
#[cold]
fn without_question<'p>(packet: &'p [u8], header: &[u8; HEADER]) -> Option<Edns<'p>> {
    let mut cursor = Cursor { packet, at: HEADER };
    let record = (header[4..] == [0, 0, 0, 0, 0, 0, 0, 1]).then(|| cursor.record())??;
    let is_opt = record.at_root && record.rtype == RecordType::OPT && cursor.at == packet.len();
    let mut edns = Edns::default();
    edns.fill(record.class, record.ttl, record.data).ok().filter(|()| is_opt).map(|()| edns)
}

/// Whether the bytes are TSIG data: algorithm, time, fudge, MAC, original id, error, other data (RFC 8945 §4.2).
fn is_signature(data: &[u8]) -> bool {
    let mut cursor = Cursor { packet: data, at: 0 };
    let mut read = || {
        cursor.skip_name()?;
        cursor.take(8)?;
        let mac = cursor.u16()?;
        cursor.take(usize::from(mac) + 4)?;
        let other = cursor.u16()?;
        cursor.take(usize::from(other))
    };
    read().is_some() && cursor.at == data.len()
}

/// Walks a message's records.
pub(super) struct Cursor<'p> {
    pub(super) packet: &'p [u8],
    pub(super) at: usize,
}

/// One record of a message.
pub(super) struct Record<'p> {
    at_root: bool,
    pub(super) rtype: RecordType,
    class: u16,
    pub(super) ttl: [u8; 4],
    pub(super) data: &'p [u8],
}

impl<'p> Cursor<'p> {
    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    #[inline]
    fn take(&mut self, len: usize) -> Option<&'p [u8]> {
        let bytes = self.packet.get(self.at..self.at + len)?;
        self.at += len;
        Some(bytes)
    }

    /// The record at the cursor, which moves behind it; none where the message ends or is malformed.
    #[inline]
    pub(super) fn record(&mut self) -> Option<Record<'p>> {
        let at_root = *self.packet.get(self.at)? == 0;
        match at_root {
            true => self.at += 1,
            false => self.skip_name()?,
        }
        let [t1, t2, c1, c2, ttl @ .., l1, l2] = *self.packet.get(self.at..)?.first_chunk::<10>()?;
        self.at += 10;
        let data = self.take(usize::from(u16::from_be_bytes([l1, l2])))?;
        let (rtype, class) = (RecordType(u16::from_be_bytes([t1, t2])), u16::from_be_bytes([c1, c2]));
        Some(Record { at_root, rtype, class, ttl, data })
    }

    /// Passes over a name; pointers are not followed but must point back (RFC 1035 §4.1.4).
    pub(super) fn skip_name(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            let len = *self.packet.get(self.at)?;
            match len {
                0 => {
                    self.at += 1;
                    return Some(());
                }
                1..=63 => self.at += 1 + usize::from(len),
                0xc0.. => {
                    let target = self.u16()? & 0x3fff;
                    return (usize::from(target) < start && usize::from(target) >= HEADER).then_some(());
                }
                _ => return None,
            }
            if self.at - start > 255 {
                return None;
            }
        }
    }
}

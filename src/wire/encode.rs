//! Writing a reply: RRsets copied from the zone's arena, owners as pointers, truncation by whole RRset.

use std::ops::Range;

use super::query::{HEADER, IN};
use super::respond::Turn;
use super::sign::Missing;
use crate::answer::{Owner, Section, Sections, Serve};
use crate::dnssec::{Origin, Set};
use crate::model::RecordType;
use crate::policy::Entropy;
use crate::snapshot::qname::Qname;
use crate::snapshot::rrset::{RECORD_HEAD, Rrset, TO_OWNER, Wire};
use crate::snapshot::signed::Signed;
use crate::snapshot::zone::Zone;

/// The most records one RRset can have and still fit a message: 12 octets each, 65,535 in all.
const MOST_RECORDS: usize = 5461;
/// Octets of a record of type A; most are, and so many are copied in a step.
const ADDRESS: usize = RECORD_HEAD + 4;
/// The highest offset a compression pointer reaches (RFC 1035 §4.1.4).
const FURTHEST: usize = 0x3fff;

/// Where a name is in the message: its labels at `at`, the last `tail_len` octets of it at `tail`.
#[derive(Clone, Copy)]
struct Written {
    at: usize,
    /// Octets uncompressed.
    len: usize,
    tail: usize,
    tail_len: usize,
}

/// A reply being written behind its header and question.
pub(super) struct Encoder<'o> {
    /// The message as far as records may reach.
    out: &'o mut [u8],
    /// Where the next record goes.
    pub(super) at: usize,
    question_len: usize,
    zone_len: usize,
    current: Written,
    /// Where the answer section's records for the current name begin.
    answers_from: usize,
    /// Where the RRset being put begins, and how many records of it are put.
    set: (usize, u16),
    last_rdata: usize,
    /// Where the ending of the target of the CNAME put last is, and its octets; none where it is written whole.
    tail: (usize, usize),
    /// The RRset put last into answer or authority: its targets are owners in the additional section.
    naming: Range<usize>,
    /// Records per section.
    pub(super) counts: [u16; 3],
    /// Something required did not fit.
    pub(super) truncated: bool,
    /// When it is, in seconds since 1970 modulo 2³²: signatures that hold now are wanted.
    pub(super) now: u32,
    /// How many signatures may be made for this question alone; `None` for as many as it takes.
    pub(super) spare: Option<u16>,
    /// Signatures made just now, and those among them for this question alone.
    pub(super) signed: u16,
    pub(super) spent: u16,
    /// Something was not signed.
    pub(super) missing: Option<Missing>,
}

impl<'o> Encoder<'o> {
    /// An encoder behind a question of `question_len` name octets; records end at `limit`.
    #[inline]
    pub(super) fn new(out: &'o mut [u8], question_len: usize, limit: usize, turn: &Turn) -> Self {
        let question_end = HEADER + question_len + 4;
        let limit = limit.min(out.len());
        Self {
            out: &mut out[..limit],
            at: question_end,
            question_len,
            zone_len: 1,
            current: Written { at: HEADER, len: question_len, tail: 0, tail_len: 0 },
            answers_from: question_end,
            set: (question_end, 0),
            last_rdata: 0,
            tail: (0, 0),
            naming: 0..0,
            counts: [0; 3],
            truncated: false,
            now: turn.now,
            spare: turn.spare,
            signed: 0,
            spent: 0,
            missing: None,
        }
    }

    /// A record of any class at the current name.
    pub(super) fn put_made(&mut self, class: u16, rtype: RecordType, ttl: u32, rdata: &[u8]) {
        self.set = (self.at, 0);
        self.put_at(Section::Answer, pointer(self.current.at), class, rtype, ttl, rdata);
    }

    /// A record whose owner is written somewhere, of the set being put.
    fn put_at(&mut self, section: Section, owner: u16, class: u16, rtype: RecordType, ttl: u32, rdata: &[u8]) {
        if self.truncated {
            return;
        }
        let mut head = [0; RECORD_HEAD];
        head[..2].copy_from_slice(&owner.to_be_bytes());
        head[2..4].copy_from_slice(&rtype.0.to_be_bytes());
        head[4..6].copy_from_slice(&class.to_be_bytes());
        head[6..10].copy_from_slice(&ttl.to_be_bytes());
        head[10..].copy_from_slice(&(rdata.len() as u16).to_be_bytes());
        let done = self.write(&head).and_then(|()| {
            self.last_rdata = self.at;
            self.write(rdata)
        });
        match done {
            Some(()) => {
                self.counts[section as usize] += 1;
                self.set.1 += 1;
            }
            None => self.take_back(section, true),
        }
    }

    /// Whether the set put last has no records, or was taken back.
    pub(super) fn is_nothing_put(&self) -> bool {
        self.set.1 == 0
    }

    /// So many more records of the set being put, in a section.
    pub(super) fn count(&mut self, section: Section, records: u16) {
        self.counts[section as usize] += records;
        self.set.1 += records;
    }

    /// Begins a set at the current name; the pointer to that.
    pub(super) fn begin(&mut self) -> u16 {
        self.set = (self.at, 0);
        pointer(self.current.at)
    }

    /// Room for a record of so many octets; none where it does not fit.
    pub(super) fn room(&mut self, octets: usize) -> Option<&mut [u8]> {
        let start = self.at;
        let room = self.out.get_mut(start..start + octets)?;
        self.at = start + octets;
        Some(room)
    }

    /// The pointer to the owner of the set put last; none where that is written out beyond what pointers reach.
    pub(super) fn set_owner(&self) -> Option<u16> {
        match self.out.get(self.set.0..self.set.0 + 2) {
            Some(&[high, low]) if high >= 0xc0 => Some(u16::from_be_bytes([high, low])),
            _ => (self.set.0 <= FURTHEST).then(|| pointer(self.set.0)),
        }
    }

    /// Takes the set being put back: what was put before stays, whole RRsets all of it, and nothing follows where it is
    /// `required` (RFC 2181 §9).
    pub(super) fn take_back(&mut self, section: Section, required: bool) {
        let (start, put) = self.set;
        self.counts[section as usize] -= put;
        self.truncated |= required;
        self.at = start;
        self.set.1 = 0;
        // What it named is written over.
        self.naming = 0..0;
    }

    fn apex_pointer(&self) -> u16 {
        pointer(HEADER + self.question_len - self.zone_len)
    }

    /// The pointer that writes an owner, or `None` when it must be written out.
    fn owner_pointer(&self, owner: Owner<'_>) -> Option<u16> {
        let Written { at, len, tail, tail_len } = self.current;
        match owner {
            Owner::Current => Some(pointer(at)),
            Owner::Suffix(suffix) if suffix <= self.zone_len => Some(pointer(HEADER + self.question_len - suffix)),
            Owner::Suffix(suffix) if suffix <= tail_len => Some(pointer(tail + tail_len - suffix)),
            Owner::Suffix(suffix) => Some(pointer(at + len - suffix)),
            Owner::Name(_) => None,
        }
    }

    /// Writes an RRset of one record without pointers; how many records that makes, or `None` when it did not fit.
    #[inline]
    fn put_lone(&mut self, record: &[u8], pointer: u16, ttl: Option<u32>, distinct: bool) -> Option<u16> {
        let start = self.at;
        let end = start + record.len();
        let room = self.out.get_mut(start..end)?;
        match (<&mut [u8; ADDRESS]>::try_from(&mut *room), record.try_into()) {
            (Ok(room), Ok(record)) => *room = record,
            _ => room.copy_from_slice(record),
        }
        room[..2].copy_from_slice(&pointer.to_be_bytes());
        if let Some(ttl) = ttl {
            room[6..10].copy_from_slice(&ttl.to_be_bytes());
        }
        self.at = end;
        if distinct && self.repeats_answer(start, start + RECORD_HEAD) {
            self.at = start;
            return Some(0);
        }
        self.last_rdata = start + RECORD_HEAD;
        Some(1)
    }

    /// Writes any RRset, in random order where `shuffle` is given.
    #[inline(never)]
    fn put_several(
        &mut self,
        zone: &Zone,
        rrset: Rrset,
        owner: Owner<'_>,
        ttl: Option<u32>,
        shuffle: Option<&mut Entropy>,
        distinct: bool,
    ) -> Option<u16> {
        let wire = zone.wire(rrset);
        let count = wire.starts.len();
        // Without this, looking for owners would cost more the more of them do not fit.
        if !distinct && self.at + wire.records.len() > self.out.len() {
            return None;
        }
        let how = (ttl, distinct);
        match shuffle {
            Some(entropy) if count > 1 && count <= 16 => {
                let order = permutation::<16>(count, entropy);
                self.put_records(&wire, owner, how, order[..count].iter().map(|at| usize::from(*at)))
            }
            Some(entropy) if count > 16 => {
                let order = permutation::<MOST_RECORDS>(count, entropy);
                let count = count.min(MOST_RECORDS);
                self.put_records(&wire, owner, how, order[..count].iter().map(|at| usize::from(*at)))
            }
            _ => self.put_records(&wire, owner, how, 0..count),
        }
    }

    /// Writes records of an RRset in some order; how many, or `None` when one did not fit.
    #[inline]
    fn put_records(
        &mut self,
        wire: &Wire<'_>,
        owner: Owner<'_>,
        how: (Option<u32>, bool),
        order: impl Iterator<Item = usize>,
    ) -> Option<u16> {
        let (ttl, distinct) = how;
        let mut owner_pointer = match owner {
            Owner::Name(name) => self.named(name),
            _ => self.owner_pointer(owner),
        };
        let mut written = 0;
        for index in order {
            let range = wire.record(index);
            let record = wire.records.get(range.clone())?;
            let start = self.at;
            let body = match (owner_pointer, owner) {
                (Some(pointer), _) => {
                    self.write(record)?;
                    self.out[start..start + 2].copy_from_slice(&pointer.to_be_bytes());
                    start + 2
                }
                (None, Owner::Name(name)) => {
                    self.write_name(name)?;
                    owner_pointer = (start <= FURTHEST).then(|| pointer(start));
                    let body = self.at;
                    self.write(&record[2..])?;
                    body
                }
                (None, Owner::Current | Owner::Suffix(_)) => return None,
            };
            if !wire.pointers.is_empty() {
                self.fill_pointers(wire, &range, body, owner_pointer)?;
            }
            if distinct && self.repeats_answer(start, body + RECORD_HEAD - 2) {
                self.at = start;
                continue;
            }
            if let Some(ttl) = ttl {
                self.out[body + 4..body + 8].copy_from_slice(&ttl.to_be_bytes());
            }
            self.last_rdata = body + RECORD_HEAD - 2;
            written += 1;
        }
        Some(written)
    }

    /// Puts pointers where the record in `range`, written at `body` without its owner, wants them.
    fn fill_pointers(
        &mut self,
        wire: &Wire<'_>,
        range: &Range<usize>,
        body: usize,
        owner_pointer: Option<u16>,
    ) -> Option<()> {
        let apex_pointer = self.apex_pointer();
        for fix in wire.pointers_of(range) {
            let at = body + fix - range.start - 2;
            let to = if self.out[at..at + 2] == TO_OWNER { owner_pointer? } else { apex_pointer };
            self.out[at..at + 2].copy_from_slice(&to.to_be_bytes());
        }
        Some(())
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.at + bytes.len();
        self.out.get_mut(self.at..end)?.copy_from_slice(bytes);
        self.at = end;
        Some(())
    }

    /// A name within the zone: its labels, then a pointer to the apex.
    fn write_name(&mut self, name: &[u8]) -> Option<()> {
        if self.zone_len <= 2 {
            return self.write(name);
        }
        self.write(&name[..name.len() - self.zone_len])?;
        self.write(&self.apex_pointer().to_be_bytes())
    }

    /// The pointer to a name where the RRset put last names it in its data.
    fn named(&self, name: &[u8]) -> Option<u16> {
        let mut at = self.naming.start;
        while at < self.naming.end && at <= FURTHEST {
            let head = self.out.get(at..at + RECORD_HEAD)?;
            let (rtype, len) = (u16::from_be_bytes([head[2], head[3]]), u16::from_be_bytes([head[10], head[11]]));
            let target = at + RECORD_HEAD + before_target(RecordType(rtype))?;
            if target <= FURTHEST && self.spells(target, name) {
                return Some(pointer(target));
            }
            at += RECORD_HEAD + usize::from(len);
        }
        None
    }

    /// Whether the name at `at` in the message is this one, letter case aside.
    fn spells(&self, mut at: usize, name: &[u8]) -> bool {
        let mut rest = name;
        while let Some(&len) = self.out.get(at) {
            if len >= 0xc0 {
                // Pointers written here lead back, so there is an end to them.
                at = usize::from(u16::from_be_bytes([len, self.out[at + 1]])) & FURTHEST;
                continue;
            }
            let label = 1 + usize::from(len);
            match (self.out.get(at..at + label), rest.split_at_checked(label)) {
                (Some(written), Some((asked, after))) if written.eq_ignore_ascii_case(asked) => rest = after,
                _ => return false,
            }
            if len == 0 {
                return rest.is_empty();
            }
            at += label;
        }
        false
    }

    /// Whether the answer section holds, before `end`, the type and rdata of the record just written there (P-65).
    fn repeats_answer(&self, end: usize, rdata: usize) -> bool {
        let (rtype, written) = (&self.out[end + 2..end + 4], &self.out[rdata..self.at]);
        let mut at = self.answers_from;
        while at + RECORD_HEAD <= end {
            let len = usize::from(u16::from_be_bytes([self.out[at + 10], self.out[at + 11]]));
            let held = at + RECORD_HEAD..at + RECORD_HEAD + len;
            let is_same_type = self.out[at + 2..at + 4] == *rtype;
            at = held.end;
            if is_same_type && self.out.get(held).is_some_and(|held| held == written) {
                return true;
            }
        }
        false
    }
}

impl Sections for Encoder<'_> {
    fn zone(&mut self, zone: &Zone, _: &Qname) {
        self.zone_len = zone.name.wire().len();
    }

    fn put(&mut self, section: Section, zone: &Zone, rrset: Rrset, owner: Owner<'_>, required: bool, how: Serve<'_>) {
        if self.truncated {
            return;
        }
        let Serve { ttl, shuffle, goes_on, distinct } = how;
        if !goes_on {
            self.set = (self.at, 0);
        }
        let written = match (zone.lone(rrset), self.owner_pointer(owner)) {
            (Some(record), Some(pointer)) => self.put_lone(record, pointer, ttl, distinct),
            _ => self.put_several(zone, rrset, owner, ttl, shuffle, distinct),
        };
        match written {
            Some(written) => {
                self.set.1 += written;
                self.counts[section as usize] += written;
                // Behind the name servers of a cut come keys, which name nothing.
                let is_first = self.counts[Section::Authority as usize] == self.set.1;
                if section == Section::Answer || section == Section::Authority && is_first {
                    self.naming = self.set.0..self.at;
                }
            }
            None => self.take_back(section, required),
        }
    }

    fn made(&mut self, section: Section, owner: Owner<'_>, rtype: RecordType, ttl: u32, rdata: &[u8], goes_on: bool) {
        if !goes_on {
            self.set = (self.at, 0);
        }
        let owner = self.owner_pointer(owner).unwrap_or(pointer(self.current.at));
        self.put_at(section, owner, IN, rtype, ttl, rdata);
    }

    fn sign(&mut self, section: Section, signed: &Signed, set: &Set<'_>, origin: Origin, required: bool) {
        self.put_signatures(section, signed, set, origin, required);
    }

    fn signatures(&mut self, signed: &Signed, set: &Set<'_>, origin: Origin) {
        self.put_signatures_alone(signed, set, origin);
    }

    fn substituted(&mut self, prefix: &[u8], target_len: usize, ttl: u32) {
        let tail = self.last_rdata;
        let mut rdata = [0; 257];
        let len = prefix.len();
        rdata[..len].copy_from_slice(prefix);
        rdata[len..len + 2].copy_from_slice(&pointer(tail).to_be_bytes());
        self.put_made(IN, RecordType::CNAME, ttl, &rdata[..len + 2]);
        self.tail = (tail, target_len);
    }

    fn advance(&mut self, len: usize) {
        let (tail, tail_len) = std::mem::take(&mut self.tail);
        self.current = Written { at: self.last_rdata, len, tail, tail_len };
        self.answers_from = self.at;
    }
}

/// Octets of data before the target of a record whose owner is a pointer; none for types without one.
fn before_target(rtype: RecordType) -> Option<usize> {
    match rtype {
        RecordType::NS => Some(0),
        RecordType::MX => Some(2),
        RecordType::SRV => Some(6),
        _ => None,
    }
}

fn pointer(at: usize) -> u16 {
    0xc000 | (at & FURTHEST) as u16
}

/// A uniformly random order of `0..count`.
fn permutation<const N: usize>(count: usize, entropy: &mut Entropy) -> [u16; N] {
    let mut order = [0; N];
    for seen in 0..count.min(N) {
        let at = entropy.below(seen as u32 + 1) as usize;
        order[seen] = order[at];
        order[at] = seen as u16;
    }
    order
}

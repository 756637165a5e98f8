//! A signed zone as it is copied: every set with its signatures, and the chain of its names (RFC 4035 §2).
//!
//! ```text
//!  names in canonical order ─► this one, drawn ─► records, RRSIG … ─► NSEC: types drawn here, the next name drawn ─► …
//! ```
//! Each name is drawn once, and the next before the one it follows is told of it, so that health that turns meanwhile
//! never parts the chain from the records.

use super::Failure;
use super::page::{HEAD, Page};
use super::source::{Draw, Drawn, Stage, put, put_soa};
use crate::dnssec::{Listed, Records, Set, in_order, nsec_to};
use crate::model::RecordType;
use crate::model::name::MAX_NAME;
use crate::model::signing::ZoneKey;
use crate::snapshot::World;
use crate::snapshot::rrset::{Rrset, name_len};
use crate::snapshot::signed::{KEYS_TTL, Rrsets, Signed};
use crate::snapshot::zone::{Cover, NodeIndex, Zone};

/// Class IN (RFC 1035 §3.2.4).
const IN: u16 = 1;
/// Octets of a bitmap of every type there can be (RFC 4034 §4.1.2).
const BITMAP: usize = 256 * 34;
/// Octets of SVCB data before its name (RFC 9460 §2.2).
const PRIORITY: usize = 2;

/// Every record of a signed zone, and how far its copy has come.
#[derive(Debug)]
pub(super) struct SignedRecords {
    draw: Draw,
    stage: Stage,
    /// Names that the zone speaks for, or that it delegates, in canonical order: those still to come from `at` on.
    chain: Box<[NodeIndex]>,
    at: usize,
    /// Names that a cut or DNAME hides; they follow the others, unsigned.
    hidden: Vec<NodeIndex>,
    name: Name,
    next: Option<Name>,
    /// The data of the NSEC record of `name`.
    denial: Vec<u8>,
    /// What of `name` is still to be put, the next one last.
    queue: Vec<Item>,
}

/// A name and what it holds.
#[derive(Debug, Default)]
struct Name {
    node: NodeIndex,
    sets: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    rtype: RecordType,
    drawn: Drawn,
    is_signed: bool,
    /// The data of its records where that is not as the zone has it; else none.
    folded: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
enum Item {
    Record {
        set: usize,
        record: usize,
    },
    Key(usize),
    Denial,
    /// Of these records, by the key of this number among those that sign them.
    Signature(Of, usize),
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Set(usize),
    Keys,
    Denial,
}

impl SignedRecords {
    pub(super) fn new(zone: &Zone, signed: &Signed, draw: Draw) -> Self {
        let nodes = (0..zone.node_count() as NodeIndex).filter(|node| !zone.entries(*node).is_empty());
        let (chain, hidden): (Vec<_>, _) = nodes.partition(|node| match zone.node(*node).cover() {
            Cover::Nothing => true,
            Cover::Cut(cut) => cut == *node,
            Cover::Dname(_) => false,
        });
        signed.signatures.make_room_for_copies(chain.len());
        let chain = in_order(chain.into_iter(), zone.name.wire().len(), |node| zone.node_name(node));
        let (stage, denial, queue) = (Stage::Opening, Vec::new(), Vec::new());
        Self { draw, stage, chain, at: 0, hidden, name: Name::default(), next: None, denial, queue }
    }

    /// Puts as many records on the page as fit; whether there are no more.
    pub(super) fn fill(
        &mut self,
        world: &World,
        index: u32,
        zone: &Zone,
        now: u32,
        page: &mut Page<'_>,
    ) -> Result<bool, Failure> {
        let Some(signed) = &zone.signed else { return Err(Failure::Unsigned) };
        if self.stage == Stage::Opening {
            if !put_soa(zone, page) {
                return Ok(false);
            }
            self.next = self.draw_next(world, index, zone);
            self.go_on(world, index, zone, signed);
        }
        while self.stage == Stage::Middle {
            while let Some(item) = self.queue.last() {
                if !self.put(*item, zone, signed, now, page)? {
                    return Ok(false);
                }
                self.queue.pop();
            }
            self.go_on(world, index, zone, signed);
        }
        Ok(put_soa(zone, page))
    }

    /// Comes to the next name that has records.
    fn go_on(&mut self, world: &World, index: u32, zone: &Zone, signed: &Signed) {
        self.stage = Stage::Middle;
        if let Some(name) = self.next.take() {
            self.name = name;
            self.next = self.draw_next(world, index, zone);
            self.line_up(zone, signed);
        } else if let Some(node) = self.hidden.pop() {
            self.name = self.draw(world, index, zone, node);
            self.line_up_sets(signed);
        } else {
            self.stage = Stage::Closing;
        }
        self.queue.reverse();
    }

    /// The next name of the chain; one whose policies answer nobody from nowhere is none.
    fn draw_next(&mut self, world: &World, index: u32, zone: &Zone) -> Option<Name> {
        while let Some(node) = self.chain.get(self.at) {
            let name = self.draw(world, index, zone, *node);
            self.at += 1;
            if !name.sets.is_empty() {
                return Some(name);
            }
        }
        None
    }

    fn draw(&self, world: &World, index: u32, zone: &Zone, node: NodeIndex) -> Name {
        let cover = zone.node(node).cover();
        let mut sets = Vec::new();
        for entry in zone.entries(node) {
            // What the zone would say of its own signing is ours to say.
            if is_made(entry.rtype, node) {
                continue;
            }
            let drawn = self.draw.draw(world, index, zone, node, entry);
            let Some(first) = drawn.rrsets.first().filter(|_| !drawn.records.is_empty()) else { continue };
            let (rtype, _) = zone.type_and_ttl(*first);
            // Of a cut only its keys are the zone's own (RFC 4035 §2.2).
            let is_signed = match cover {
                Cover::Nothing => true,
                Cover::Cut(cut) => cut == node && rtype == RecordType::DS,
                Cover::Dname(_) => false,
            };
            let folded = if is_signed { folded(zone, node, rtype, &drawn) } else { Vec::new() };
            sets.push(Held { rtype, drawn, is_signed, folded });
        }
        sets.sort_by_key(|set| set.rtype.0);
        Name { node, sets }
    }

    /// Lines up what the name holds, its keys where it is the apex, and its link of the chain.
    fn line_up(&mut self, zone: &Zone, signed: &Signed) {
        self.line_up_sets(signed);
        let mut queue = std::mem::take(&mut self.queue);
        let signatures = |of, rtype| (0..signed.keys(rtype).len()).map(move |key| Item::Signature(of, key));
        let is_apex = self.name.node == 0;
        if is_apex {
            queue.extend((0..signed.signing.published().count()).map(Item::Key));
            queue.extend(signatures(Of::Keys, RecordType::DNSKEY));
        }
        queue.push(Item::Denial);
        queue.extend(signatures(Of::Denial, RecordType::NSEC));
        self.queue = queue;
        let told = |set: &&Held| set.is_signed || set.rtype == RecordType::NS;
        let held = self.name.sets.iter().filter(told).map(|set| set.rtype);
        let always = [RecordType::RRSIG, RecordType::NSEC, RecordType::DNSKEY];
        let next = self.next.as_ref().map_or(0, |next| next.node);
        self.denial.resize(MAX_NAME + BITMAP, 0);
        let len = nsec_to(zone.node_name(next), held, &always[..2 + usize::from(is_apex)], &mut self.denial);
        self.denial.truncate(len.unwrap_or(0));
    }

    fn line_up_sets(&mut self, signed: &Signed) {
        for (set, held) in self.name.sets.iter().enumerate() {
            // The zone's SOA record is first and last (RFC 5936 §2.2), and its signatures are here.
            if held.rtype != RecordType::SOA {
                self.queue.extend((0..held.drawn.records.len()).map(|record| Item::Record { set, record }));
            }
            if held.is_signed {
                let keys = signed.keys(held.rtype).len();
                self.queue.extend((0..keys).map(|key| Item::Signature(Of::Set(set), key)));
            }
        }
    }

    /// Puts one record; whether it fits.
    fn put(&self, item: Item, zone: &Zone, signed: &Signed, now: u32, page: &mut Page<'_>) -> Result<bool, Failure> {
        let owner = zone.node_name(self.name.node);
        Ok(match item {
            Item::Record { set, record } => {
                let Held { rtype, drawn, folded, .. } = &self.name.sets[set];
                let (rrset, place) = drawn.records[record];
                match folded.get(record) {
                    Some(data) => put_made(owner, *rtype, ttl_of(zone, drawn), &[data], page),
                    None => put(zone, self.name.node, rrset, place, drawn.ttl, page),
                }
            }
            Item::Key(at) => {
                let data = signed.signing.published().nth(at).map_or(&[][..], |key| key);
                put_made(owner, RecordType::DNSKEY, KEYS_TTL, &[data], page)
            }
            Item::Denial => put_made(owner, RecordType::NSEC, denial_ttl(zone), &[&self.denial], page),
            Item::Signature(Of::Set(set), key) => {
                let Held { rtype, drawn, folded, .. } = &self.name.sets[set];
                let data: Vec<&[u8]> = folded.iter().map(Vec::as_slice).collect();
                let (as_it_is, as_made) = (Rrsets { zone, rrsets: &drawn.rrsets, owner }, Listed(&data));
                let records: &dyn Records = if data.is_empty() { &as_it_is } else { &as_made };
                let (ttl, is_made) = (ttl_of(zone, drawn), drawn.rrsets.len() > 1 || !data.is_empty());
                let set = Set { owner, apex: zone.name.wire(), rtype: *rtype, ttl, records };
                put_signature(&set, is_made, signed, key, now, page)?
            }
            Item::Signature(Of::Keys, key) => {
                let data: Vec<&[u8]> = signed.signing.published().map(|key| &**key).collect();
                let (records, rtype) = (Listed(&data), RecordType::DNSKEY);
                let set = Set { owner, apex: zone.name.wire(), rtype, ttl: KEYS_TTL, records: &records };
                put_signature(&set, false, signed, key, now, page)?
            }
            Item::Signature(Of::Denial, key) => {
                let data: [&[u8]; 1] = [&self.denial];
                let (records, rtype) = (Listed(&data), RecordType::NSEC);
                let set = Set { owner, apex: zone.name.wire(), rtype, ttl: denial_ttl(zone), records: &records };
                put_signature(&set, true, signed, key, now, page)?
            }
        })
    }
}

/// Types that signing makes.
fn is_made(rtype: RecordType, node: NodeIndex) -> bool {
    matches!(rtype, RecordType::RRSIG | RecordType::NSEC) || (rtype == RecordType::DNSKEY && node == 0)
}

/// The TTL of all records of a set.
fn ttl_of(zone: &Zone, drawn: &Drawn) -> u32 {
    let own = drawn.rrsets.first().map_or(0, |rrset| zone.type_and_ttl(*rrset).1);
    drawn.ttl.unwrap_or(own)
}

/// The data of records whose names are signed as they are written (RFC 6840 §5.1), folded: Knot folds them whoever signed
/// them, and its answers would not hold. Empty for other types.
fn folded(zone: &Zone, node: NodeIndex, rtype: RecordType, drawn: &Drawn) -> Vec<Vec<u8>> {
    if !matches!(rtype, RecordType::SVCB | RecordType::HTTPS) {
        return Vec::new();
    }
    let fold = |(rrset, record): &(Rrset, u16)| {
        let mut data = zone.values(*rrset, zone.node_name(node)).nth(usize::from(*record)).unwrap_or_default();
        if let Some(rest) = data.get_mut(PRIORITY..) {
            let len = name_len(rest);
            rest[..len].make_ascii_lowercase();
        }
        data
    };
    drawn.records.iter().map(fold).collect()
}

/// That of negative answers (RFC 9077 §3).
fn denial_ttl(zone: &Zone) -> u32 {
    zone.type_and_ttl(zone.negative_soa).1
}

fn put_signature(
    set: &Set<'_>,
    made: bool,
    signed: &Signed,
    key: usize,
    now: u32,
    page: &mut Page<'_>,
) -> Result<bool, Failure> {
    let key: &ZoneKey = signed.keys(set.rtype).get(key).ok_or(Failure::Unsigned)?;
    let signature = signed.signatures.for_copies(key, set, made, now).ok_or(Failure::Unsigned)?;
    let head = set.head(key, signature.inception, signature.expiration);
    Ok(put_made(set.owner, RecordType::RRSIG, set.ttl, &[&head, set.apex, &signature.octets], page))
}

/// Puts a record that signing made; names in it are never compressed (RFC 4034 §3.1.7, §4.1.1).
fn put_made(owner: &[u8], rtype: RecordType, ttl: u32, data: &[&[u8]], page: &mut Page<'_>) -> bool {
    let len: usize = data.iter().map(|piece| piece.len()).sum();
    let mut record = Vec::with_capacity(HEAD + len);
    record.extend(rtype.0.to_be_bytes());
    record.extend(IN.to_be_bytes());
    record.extend(ttl.to_be_bytes());
    record.extend((len as u16).to_be_bytes());
    data.iter().for_each(|piece| record.extend_from_slice(piece));
    page.put(owner, &record, None, std::iter::empty())
}

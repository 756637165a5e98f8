//! Where a transfer's records come from, and how far it has come.

use std::sync::Arc;

use super::Failure;
use super::page::{HEAD, Page, Pointer};
use super::signed::SignedRecords;
use crate::answer::{Chosen, choose};
use crate::model::RecordType;
use crate::snapshot::World;
use crate::snapshot::journal::Delta;
use crate::snapshot::rrset::{Rrset, TO_OWNER, Wire, name_len};
use crate::snapshot::zone::{Entry, NodeIndex, Zone};

/// Records in order, the zone's SOA record first and last (RFC 5936 §2.2, RFC 1995 §4).
#[derive(Debug)]
pub(super) enum Source {
    Records(Records),
    Signed(Box<SignedRecords>),
    Changes(Changes),
    Current,
}

/// Every record of a zone.
#[derive(Debug)]
pub(super) struct Records {
    draw: Draw,
    stage: Stage,
    node: NodeIndex,
    entry: usize,
    /// What is left of the data being sent: RRset and record, the next one last.
    queue: Vec<(Rrset, u16)>,
    ttl: Option<u32>,
}

/// For whom what a policy picks is drawn, and what the draws are made from.
#[derive(Debug)]
pub(super) struct Draw {
    view: Option<u16>,
    private: bool,
    seed: u64,
}

/// What some data of a zone is copied as.
#[derive(Debug)]
pub(super) struct Drawn {
    /// The RRsets it is made of.
    pub(super) rrsets: Vec<Rrset>,
    /// The TTL all of them are served with, where they differ.
    pub(super) ttl: Option<u32>,
    /// The records, each once: RRset and record.
    pub(super) records: Vec<(Rrset, u16)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Opening,
    Middle,
    Closing,
}

/// What changed, version by version.
#[derive(Debug)]
pub(super) struct Changes {
    deltas: Vec<Arc<Delta>>,
    stage: Stage,
    delta: usize,
    /// What came, rather than what is gone.
    adding: bool,
    at: usize,
}

impl Source {
    pub(super) fn current() -> Self {
        Self::Current
    }

    /// The whole zone, for whoever is in `view`.
    pub(super) fn whole(zone: &Zone, view: Option<u16>, private: bool) -> Self {
        let draw = Draw { view, private, seed: mix(u64::from(zone.serial()), zone.name.wire()) };
        match &zone.signed {
            Some(signed) => Self::Signed(Box::new(SignedRecords::new(zone, signed, draw))),
            None => Self::Records(Records::new(draw)),
        }
    }

    /// Puts as many records on the page as fit; whether there are no more. `now` in seconds since 1970 modulo 2³².
    pub(super) fn fill(
        &mut self,
        world: &World,
        index: u32,
        zone: &Zone,
        now: u32,
        page: &mut Page<'_>,
    ) -> Result<bool, Failure> {
        match self {
            Self::Records(records) => Ok(records.fill(world, index, zone, page)),
            Self::Signed(records) => records.fill(world, index, zone, now, page),
            Self::Changes(changes) => Ok(changes.fill(zone, page)),
            Self::Current => Ok(put_soa(zone, page)),
        }
    }
}

impl Draw {
    /// What some data at a node is copied as.
    pub(super) fn draw(&self, world: &World, index: u32, zone: &Zone, node: NodeIndex, entry: &Entry) -> Drawn {
        let seed = mix(self.seed ^ u64::from(entry.rtype.0), zone.node_name(node));
        let Chosen { rrsets, ttl, repeats } = choose(world, index, self.view, self.private, entry.data(), seed);
        let all = |rrset| (0..zone.wire(rrset).starts.len() as u16).map(move |record| (rrset, record));
        let mut records: Vec<_> = rrsets.iter().copied().flat_map(all).collect();
        if repeats {
            let mut seen = std::collections::HashSet::new();
            records.retain(|(rrset, record)| seen.insert(data(zone, *rrset, *record)));
        }
        Drawn { rrsets, ttl, records }
    }
}

impl Records {
    fn new(draw: Draw) -> Self {
        Self { draw, stage: Stage::Opening, node: 0, entry: 0, queue: Vec::new(), ttl: None }
    }

    fn fill(&mut self, world: &World, index: u32, zone: &Zone, page: &mut Page<'_>) -> bool {
        if self.stage == Stage::Opening {
            if !put_soa(zone, page) {
                return false;
            }
            self.stage = Stage::Middle;
        }
        while self.stage == Stage::Middle {
            while let Some(&(rrset, record)) = self.queue.last() {
                if !put(zone, self.node, rrset, record, self.ttl, page) {
                    return false;
                }
                self.queue.pop();
            }
            self.go_on(world, index, zone);
        }
        put_soa(zone, page)
    }

    /// Comes to the next data that has records.
    fn go_on(&mut self, world: &World, index: u32, zone: &Zone) {
        loop {
            while self.entry >= zone.entries(self.node).len() {
                if self.node as usize + 1 >= zone.node_count() {
                    self.stage = Stage::Closing;
                    return;
                }
                (self.node, self.entry) = (self.node + 1, 0);
            }
            let entry = zone.entries(self.node)[self.entry];
            self.entry += 1;
            if self.node == 0 && entry.rtype == RecordType::SOA {
                continue;
            }
            let drawn = self.draw.draw(world, index, zone, self.node, &entry);
            (self.queue, self.ttl) = (drawn.records, drawn.ttl);
            self.queue.reverse();
            if !self.queue.is_empty() {
                return;
            }
        }
    }
}

impl Changes {
    pub(super) fn new(deltas: Vec<Arc<Delta>>) -> Self {
        Self { deltas, stage: Stage::Opening, delta: 0, adding: false, at: 0 }
    }

    fn fill(&mut self, zone: &Zone, page: &mut Page<'_>) -> bool {
        if self.stage == Stage::Opening {
            if !put_soa(zone, page) {
                return false;
            }
            self.stage = Stage::Middle;
        }
        while let Some(delta) = self.deltas.get(self.delta) {
            let octets = if self.adding { &delta.added } else { &delta.removed };
            while let Some(rest) = octets.get(self.at..).filter(|rest| !rest.is_empty()) {
                let (owner, rest) = rest.split_at(name_len(rest));
                let len = HEAD + usize::from(u16::from_be_bytes([rest[HEAD - 2], rest[HEAD - 1]]));
                if !page.put(owner, &rest[..len], None, std::iter::empty()) {
                    return false;
                }
                self.at += owner.len() + len;
            }
            self.at = 0;
            self.delta += usize::from(self.adding);
            self.adding = !self.adding;
        }
        put_soa(zone, page)
    }
}

pub(super) fn put_soa(zone: &Zone, page: &mut Page<'_>) -> bool {
    let soa = zone.entry(0, RecordType::SOA).and_then(|_| zone.plain(0, RecordType::SOA));
    let Some(rrset) = soa else { return false };
    let wire = zone.wire(rrset);
    put_wire(&wire, zone.name.wire(), 0, None, page)
}

pub(super) fn put(
    zone: &Zone,
    node: NodeIndex,
    rrset: Rrset,
    record: u16,
    ttl: Option<u32>,
    page: &mut Page<'_>,
) -> bool {
    let wire = zone.wire(rrset);
    put_wire(&wire, zone.node_name(node), usize::from(record), ttl, page)
}

fn put_wire(wire: &Wire<'_>, owner: &[u8], record: usize, ttl: Option<u32>, page: &mut Page<'_>) -> bool {
    let range = wire.record(record);
    // What stands for the owner is left out.
    let body = range.start + 2;
    let pointers = wire.pointers_of(&range).map(|at| {
        let stands = &wire.records[at..at + 2];
        (at - body, if *stands == TO_OWNER { Pointer::Owner } else { Pointer::Apex })
    });
    page.put(owner, &wire.records[body..range.end], ttl, pointers)
}

/// A record's data; two of a zone are the same when their bytes are.
fn data(zone: &Zone, rrset: Rrset, record: u16) -> Vec<u8> {
    // Only servers of cuts lean on their owner, and no group is a cut.
    let mut values = zone.values(rrset, zone.name.wire());
    values.nth(usize::from(record)).unwrap_or_default()
}

/// FNV-1a over `octets`, from `seed` on.
fn mix(seed: u64, octets: &[u8]) -> u64 {
    octets
        .iter()
        .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3))
}

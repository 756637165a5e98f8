//! One worker's counters for one snapshot, and what counters of several shards add up to by name.
//!
//! A cell has one writer, so counting is a plain load, add and store. Types and result codes nobody would
//! look for share one "other" cell, which bounds the table whatever is asked.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::model::routing::PolicyName;
use crate::model::{Name, RecordType};
use crate::snapshot::Snapshot;
use crate::snapshot::row::Row;
use crate::snapshot::zone::{Group, Zone};
use crate::wire::Transport;

/// Record types with a cell of their own, by number; the last cell is for all others.
pub(super) const TYPES: [(u16, &str); 24] = [
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (12, "PTR"),
    (15, "MX"),
    (16, "TXT"),
    (28, "AAAA"),
    (33, "SRV"),
    (35, "NAPTR"),
    (39, "DNAME"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (52, "TLSA"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (251, "IXFR"),
    (252, "AXFR"),
    (255, "ANY"),
    (257, "CAA"),
];
/// Result codes with a cell of their own; the last cell is for all others.
pub(super) const RCODES: [(u16, &str); 8] = [
    (0, "NOERROR"),
    (1, "FORMERR"),
    (2, "SERVFAIL"),
    (3, "NXDOMAIN"),
    (4, "NOTIMP"),
    (5, "REFUSED"),
    (16, "BADVERS"),
    (23, "BADCOOKIE"),
];
pub(super) const TRANSPORTS: [&str; 6] = ["udp", "tcp", "dot", "doh", "doq", "doh3"];
/// The name of the last cell.
pub(super) const OTHER: &str = "other";

const TYPE_CELLS: usize = TYPES.len() + 1;
const RCODE_CELLS: usize = RCODES.len() + 1;
const WHOLE: usize = TRANSPORTS.len() * TYPE_CELLS * RCODE_CELLS;
const PER_MEMBER: usize = 2;

/// The cell of each type and result code by number.
const TYPE_CELL: [u8; 258] = cells_of(&TYPES);
const RCODE_CELL: [u8; 24] = cells_of(&RCODES);

/// Numbers to their places in `table`; those that are not in it to the place behind its end.
const fn cells_of<const N: usize>(table: &[(u16, &str)]) -> [u8; N] {
    let mut cells = [table.len() as u8; N];
    let mut at = 0;
    while at < table.len() {
        cells[table[at].0 as usize] = at as u8;
        at += 1;
    }
    cells
}

/// One worker's counters; what a snapshot shares with the one before goes on counting where it did.
#[derive(Debug)]
pub(super) struct Shard {
    snapshot: Arc<Snapshot>,
    /// Transports by types by result codes, and at the end the silences.
    whole: Arc<[AtomicU64]>,
    speaks: Speaks,
    /// Those of zones by their numbers, so many in a piece: types, then transports by result codes.
    zones: Vec<OnceLock<Arc<[AtomicU64]>>>,
    /// Those of the members of zones that have any.
    members: Row<Option<Arc<Members>>, 8>,
}

/// What a worker's clients speak: zones have no counters at it for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Speaks {
    Udp,
    Tcp,
    Encrypted,
}

impl Speaks {
    /// Its transports, by their places in [`TRANSPORTS`].
    fn transports(self) -> Range<usize> {
        match self {
            Self::Udp => 0..1,
            Self::Tcp => 1..2,
            Self::Encrypted => 2..TRANSPORTS.len(),
        }
    }

    /// Counters of one zone.
    fn per_zone(self) -> usize {
        TYPE_CELLS + self.transports().len() * RCODE_CELLS
    }

    /// Counters of as many zones as there are in a piece.
    fn piece(self) -> Arc<[AtomicU64]> {
        cells(ZONES * self.per_zone())
    }

    /// The counters of the zone under a number, in the piece that has them.
    fn zone(self, piece: &[AtomicU64], number: u32) -> &[AtomicU64] {
        let len = self.per_zone();
        let at = number as usize % ZONES * len;
        piece.get(at..at + len).unwrap_or_default()
    }
}

/// Zones whose counters are in one piece.
const ZONES: usize = 256;
/// Members whose counters are in one piece.
const MEMBERS: usize = 256;

/// The counters of one zone's members by their numbers, so many in a piece.
#[derive(Clone, Debug, Default)]
struct Members(Vec<Arc<[AtomicU64]>>);

/// A zone's series: its id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ZoneKey {
    pub(super) id: Arc<str>,
    pub(super) name: String,
}

/// A record's series within its zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MemberKey {
    pub(super) zone: ZoneKey,
    pub(super) name: String,
    pub(super) rtype: RecordType,
    pub(super) policy: PolicyName,
    pub(super) candidate: Arc<str>,
}

/// Sums by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    /// (transport, type, rcode), as indices into their tables.
    pub(super) whole: BTreeMap<(usize, usize, usize), u64>,
    /// Packets that got no answer.
    pub(super) silences: u64,
    /// (zone, transport, rcode).
    pub(super) zones: BTreeMap<(ZoneKey, usize, usize), u64>,
    /// (zone, type).
    pub(super) zone_types: BTreeMap<(ZoneKey, usize), u64>,
    /// Picks by policy, and those of them made with nothing healthy.
    pub(super) policies: BTreeMap<PolicyName, [u64; 2]>,
    /// The same by record, for records that have others beside them.
    pub(super) members: BTreeMap<MemberKey, [u64; 2]>,
}

impl Totals {
    /// Adds other sums to these.
    pub(super) fn add(&mut self, other: &Self) {
        fn sum<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
            from.iter().for_each(|(key, count)| *into.entry(key.clone()).or_default() += count);
        }
        fn sum_pairs<K: Ord + Clone>(into: &mut BTreeMap<K, [u64; 2]>, from: &BTreeMap<K, [u64; 2]>) {
            for (key, counts) in from {
                let into = into.entry(key.clone()).or_default();
                into.iter_mut().zip(counts).for_each(|(into, count)| *into += count);
            }
        }
        let Self { whole, silences, zones, zone_types, policies, members } = other;
        sum(&mut self.whole, whole);
        self.silences += silences;
        sum(&mut self.zones, zones);
        sum(&mut self.zone_types, zone_types);
        sum_pairs(&mut self.policies, policies);
        sum_pairs(&mut self.members, members);
    }
}

impl Members {
    fn of(members: u32) -> Option<Arc<Self>> {
        let mut cells = Self::default();
        cells.grow(members as usize);
        (members > 0).then(|| Arc::new(cells))
    }

    /// Room for so many members.
    fn grow(&mut self, members: usize) {
        for from in (0..members).step_by(MEMBERS) {
            let len = (members - from).min(MEMBERS) * PER_MEMBER;
            match self.0.get_mut(from / MEMBERS) {
                Some(piece) if piece.len() >= len => {}
                Some(piece) => {
                    let counted = |at: usize| piece.get(at).map_or(0, |cell| cell.load(Ordering::Relaxed));
                    *piece = (0..len).map(|at| AtomicU64::new(counted(at))).collect();
                }
                None => self.0.push(cells(len)),
            }
        }
    }

    fn member(&self, number: u32) -> &[AtomicU64] {
        let (piece, at) = (number as usize / MEMBERS, number as usize % MEMBERS * PER_MEMBER);
        self.0.get(piece).and_then(|piece| piece.get(at..at + PER_MEMBER)).unwrap_or_default()
    }

    fn add_to(&self, zone: &Zone, totals: &mut Totals) {
        if self.0.iter().any(|piece| counted(piece).next().is_some()) {
            zone.groups().for_each(|(_, group)| self.add_group(zone, group, totals));
        }
    }

    /// Adds one group's picks up by name; its cells lie as it numbers its members.
    fn add_group(&self, zone: &Zone, group: &Group, totals: &mut Totals) {
        let policy = group.policy.name();
        for (number, member) in (group.counter..).zip(&group.members) {
            let [picks, last_resort] = self.member(number) else { continue };
            let [picks, last_resort] = [picks, last_resort].map(|cell| cell.load(Ordering::Relaxed));
            if picks == 0 {
                continue;
            }
            let sum = |into: &mut [u64; 2]| {
                into[0] += picks;
                into[1] += last_resort;
            };
            sum(totals.policies.entry(policy).or_default());
            if policy != PolicyName::Simple {
                let name =
                    Name::from_wire(zone.node_name(group.node)).map_or_else(|_| String::new(), |name| name.to_string());
                let key = MemberKey {
                    zone: ZoneKey::of(zone),
                    name,
                    rtype: group.rtype,
                    policy,
                    candidate: member.id.clone(),
                };
                sum(totals.members.entry(key).or_default());
            }
        }
    }
}

impl Shard {
    pub(super) fn new(snapshot: Arc<Snapshot>, speaks: Speaks) -> Self {
        let members = |number| snapshot.zones.get(number).and_then(|zone| Members::of(zone.members));
        let members = (0..snapshot.zones.numbers()).map(members).collect();
        let mut shard = Self { whole: cells(WHOLE + 1), speaks, zones: Vec::new(), members, snapshot };
        shard.grow();
        shard
    }

    /// Room for all zones.
    fn grow(&mut self) {
        let pieces = self.snapshot.zones.numbers().div_ceil(ZONES);
        // Over UDP nothing is allocated while queries are answered; over the others, which have few, what is not asked
        // for takes no room.
        let piece = || match self.speaks {
            Speaks::Udp => OnceLock::from(self.speaks.piece()),
            Speaks::Tcp | Speaks::Encrypted => OnceLock::new(),
        };
        self.zones.resize_with(pieces.max(self.zones.len()), piece);
    }

    /// The counters of the zone under a number; none where nothing was counted for it or those beside it.
    fn zone(&self, number: u32) -> &[AtomicU64] {
        let piece = self.zones.get(number as usize / ZONES).and_then(OnceLock::get);
        piece.map_or(&[], |piece| self.speaks.zone(piece, number))
    }

    /// The counters of the zone under a number, to count with.
    fn zone_to_count(&self, number: u32) -> &[AtomicU64] {
        let piece = self.zones.get(number as usize / ZONES);
        piece.map_or(&[], |piece| self.speaks.zone(piece.get_or_init(|| self.speaks.piece()), number))
    }

    fn members(&self, number: u32) -> Option<&Members> {
        self.members.get(number)?.as_deref()
    }

    /// The shard that goes on from this one for another snapshot. What was counted for zones and records that are gone,
    /// or are numbered anew, is added to `finished`; nobody but the caller counts meanwhile.
    pub(super) fn after(&self, snapshot: Arc<Snapshot>, finished: &mut Totals) -> Self {
        let mut members = self.members.draft();
        while members.len() < snapshot.zones.numbers() {
            members.push(None);
        }
        for number in self.snapshot.zones.differences(&snapshot.zones) {
            let (old, new) = (self.snapshot.zones.get(number as usize), snapshot.zones.get(number as usize));
            let goes_on = old.zip(new).filter(|(old, new)| old.id == new.id && old.name == new.name);
            if let (None, Some(old)) = (goes_on, old) {
                self.add_zone(number, old, finished);
                self.zone(number).iter().for_each(|cell| cell.store(0, Ordering::Relaxed));
            }
            let counted = self.members(number).zip(old);
            let regrouped = goes_on.and_then(|(old, new)| old.regrouped(new));
            *members.at_mut(number) = match (counted, regrouped, new) {
                (Some((counted, old)), Some(groups), Some(new)) => {
                    for group in groups {
                        counted.add_group(old, group, finished);
                        let cells =
                            (group.counter..).take(group.members.len()).flat_map(|member| counted.member(member));
                        cells.for_each(|cell| cell.store(0, Ordering::Relaxed));
                    }
                    let mut cells = counted.clone();
                    cells.grow(new.members as usize);
                    Some(Arc::new(cells))
                }
                (counted, _, new) => {
                    counted.into_iter().for_each(|(counted, old)| counted.add_to(old, finished));
                    new.and_then(|new| Members::of(new.members))
                }
            };
        }
        let (whole, zones, members) = (self.whole.clone(), self.zones.clone(), members.finish());
        let mut shard = Self { whole, speaks: self.speaks, zones, members, snapshot };
        shard.grow();
        shard
    }

    pub(super) fn count(
        &self,
        zone: Option<u32>,
        rtype: RecordType,
        rcode: u16,
        transport: Transport,
        picks: &[(u32, bool)],
    ) {
        let rtype = TYPE_CELL.get(usize::from(rtype.0)).map_or(TYPES.len(), |cell| usize::from(*cell));
        let rcode = RCODE_CELL.get(usize::from(rcode)).map_or(RCODES.len(), |cell| usize::from(*cell));
        let transport = match transport {
            Transport::Udp => 0,
            Transport::Tcp => 1,
            Transport::Dot => 2,
            Transport::Doh => 3,
            Transport::Doq => 4,
            Transport::Doh3 => 5,
        };
        add(&self.whole, (transport * TYPE_CELLS + rtype) * RCODE_CELLS + rcode);
        let Some(zone) = zone else { return };
        let cells = self.zone_to_count(zone);
        add(cells, rtype);
        let own = transport.wrapping_sub(self.speaks.transports().start);
        debug_assert!(own < self.speaks.transports().len(), "a worker counts what its clients speak");
        add(cells, TYPE_CELLS.wrapping_add(own.wrapping_mul(RCODE_CELLS)).wrapping_add(rcode));
        if picks.is_empty() {
            return;
        }
        let Some(members) = self.members(zone) else { return };
        for (counter, last_resort) in picks {
            let member = members.member(*counter);
            add(member, 0);
            if *last_resort {
                add(member, 1);
            }
        }
    }

    pub(super) fn count_silence(&self) {
        add(&self.whole, WHOLE);
    }

    pub(super) fn add_to(&self, totals: &mut Totals) {
        for (at, count) in counted(&self.whole) {
            if at == WHOLE {
                totals.silences += count;
                continue;
            }
            let key = (at / RCODE_CELLS / TYPE_CELLS, at / RCODE_CELLS % TYPE_CELLS, at % RCODE_CELLS);
            *totals.whole.entry(key).or_default() += count;
        }
        for (number, zone) in self.snapshot.zones.numbered() {
            self.add_zone(number, zone, totals);
            self.members(number).into_iter().for_each(|members| members.add_to(zone, totals));
        }
    }

    /// Adds up what was counted for the zone under a number.
    fn add_zone(&self, number: u32, zone: &Zone, totals: &mut Totals) {
        let mut key = None;
        for (at, count) in counted(self.zone(number)) {
            let key = key.get_or_insert_with(|| ZoneKey::of(zone)).clone();
            match at.checked_sub(TYPE_CELLS) {
                None => *totals.zone_types.entry((key, at)).or_default() += count,
                Some(at) => {
                    let transport = self.speaks.transports().start + at / RCODE_CELLS;
                    *totals.zones.entry((key, transport, at % RCODE_CELLS)).or_default() += count;
                }
            }
        }
    }
}

impl ZoneKey {
    fn of(zone: &Zone) -> Self {
        Self { id: zone.id.0.clone(), name: zone.name.to_string() }
    }
}

fn cells(count: usize) -> Arc<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

fn add(cells: &[AtomicU64], at: usize) {
    if let Some(cell) = cells.get(at) {
        cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

fn counted(cells: &[AtomicU64]) -> impl Iterator<Item = (usize, u64)> {
    cells.iter().map(|cell| cell.load(Ordering::Relaxed)).enumerate().filter(|(_, count)| *count != 0)
}

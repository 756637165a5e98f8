//! One worker's counters for one snapshot, and what counters of several shards add up to by name.
//!
//! A cell has one writer, so counting is a plain load, add and store. Types and result codes nobody would
//! look for share one "other" cell, which bounds the table whatever is asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::routing::PolicyName;
use crate::model::{Name, RecordType};
use crate::snapshot::Snapshot;
use crate::snapshot::zone::Zone;
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
const PER_ZONE: usize = TRANSPORTS.len() * RCODE_CELLS + TYPE_CELLS;
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

type Cells = Box<[AtomicU64]>;

#[derive(Debug)]
pub(super) struct Shard {
    snapshot: Arc<Snapshot>,
    /// Transports by types by result codes, and at the end the silences.
    whole: Cells,
    zones: Cells,
    members: Cells,
    /// Where each zone's members begin.
    first_member: Box<[u32]>,
}

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

impl Shard {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        let mut members = 0;
        let first_member = snapshot
            .zones
            .iter()
            .map(|zone| {
                let first = members;
                members += zone.members;
                first
            })
            .collect();
        Self {
            whole: cells(WHOLE + 1),
            zones: cells(snapshot.zones.len() * PER_ZONE),
            members: cells(members as usize * PER_MEMBER),
            first_member,
            snapshot,
        }
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
        let Some(zone) = zone.map(|zone| zone as usize) else { return };
        add(&self.zones, zone * PER_ZONE + transport * RCODE_CELLS + rcode);
        add(&self.zones, zone * PER_ZONE + TRANSPORTS.len() * RCODE_CELLS + rtype);
        let Some(first) = self.first_member.get(zone) else { return };
        for (counter, last_resort) in picks {
            let member = (first + counter) as usize * PER_MEMBER;
            add(&self.members, member);
            if *last_resort {
                add(&self.members, member + 1);
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
        for (zone, cells) in self.snapshot.zones.iter().zip(self.zones.chunks_exact(PER_ZONE)) {
            let mut key = None;
            for (at, count) in counted(cells) {
                let key = key.get_or_insert_with(|| ZoneKey::of(zone)).clone();
                match at.checked_sub(TRANSPORTS.len() * RCODE_CELLS) {
                    Some(rtype) => *totals.zone_types.entry((key, rtype)).or_default() += count,
                    None => *totals.zones.entry((key, at / RCODE_CELLS, at % RCODE_CELLS)).or_default() += count,
                }
            }
        }
        for (zone, first) in self.snapshot.zones.iter().zip(&self.first_member) {
            let first = *first as usize * PER_MEMBER;
            let cells = &self.members[first..first + zone.members as usize * PER_MEMBER];
            add_members(zone, cells, totals);
        }
    }
}

/// Adds one zone's picks up by name; its cells lie as its groups number their members.
fn add_members(zone: &Zone, cells: &[AtomicU64], totals: &mut Totals) {
    if counted(cells).next().is_none() {
        return;
    }
    for (_, group) in zone.groups() {
        let policy = group.policy.name();
        let cells = cells.chunks_exact(PER_MEMBER).skip(group.counter as usize);
        for (member, cells) in group.members.iter().zip(cells) {
            let [picks, last_resort] = [0, 1].map(|at| cells[at].load(Ordering::Relaxed));
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

impl ZoneKey {
    fn of(zone: &Zone) -> Self {
        Self { id: zone.id.0.clone(), name: zone.name.to_string() }
    }
}

fn cells(count: usize) -> Cells {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

fn add(cells: &Cells, at: usize) {
    if let Some(cell) = cells.get(at) {
        cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

fn counted(cells: &[AtomicU64]) -> impl Iterator<Item = (usize, u64)> {
    cells.iter().map(|cell| cell.load(Ordering::Relaxed)).enumerate().filter(|(_, count)| *count != 0)
}

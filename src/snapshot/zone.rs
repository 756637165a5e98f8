//! A hosted zone compiled: names to nodes, nodes to RRsets and groups, everything a query needs decided.
//!
//! ```text
//!  names ──► Node ──► Entry(type) ──► Rrset                    plain data, one copy
//!              │                  └─► Group ──► Member ──► Rrset | another entry (alias)
//!              └─ cover: the zone cut or DNAME above; wildcard: the `*` child
//! ```
//! A zone that is made to change is in pieces that its versions share ([`super::row`]); numbers of nodes and groups
//! that are gone are free for others, and what they led to stays until the zone is compiled anew.

use std::sync::Arc;

use super::health::Slot;
use super::qname::Qname;
use super::row::Row;
use super::rrset::{Arena, RECORD_HEAD, Rrset, TO_OWNER, Wire};
use super::signed::Signed;
use super::steering::Steering;
use super::table::NameTable;
use crate::model::routing::PolicyName;
use crate::model::{Name, RecordGroup, RecordType, ZoneId};

/// A node's index; the apex is 0.
pub type NodeIndex = u32;

/// Octets in which each worker counts a member's picks.
const COUNTS: usize = 2 * size_of::<u64>();

/// No node.
pub const NO_NODE: NodeIndex = u32::MAX;

/// A compiled zone.
#[derive(Debug)]
pub struct Zone {
    /// Its id.
    pub id: ZoneId,
    /// Its apex.
    pub name: Name,
    /// The SOA as negative answers carry it: TTL = min(SOA TTL, MINIMUM) (Q-13).
    pub negative_soa: Rrset,
    /// How it is signed, if it is.
    pub signed: Option<Signed>,
    /// The range of `Group::counter`: how many members all groups have together, those that are gone among them.
    pub members: u32,
    pub(super) names: NameTable,
    pub(super) nodes: Row<Node, 11>,
    /// How many children each node has, where the zone is made to change.
    pub(super) children: Row<u32, 12>,
    pub(super) entries: Row<Entry, 16>,
    pub(super) groups: Row<Arc<Group>, 8>,
    /// A group's number that is free.
    pub(super) free_group: u32,
    pub(super) targets: Row<(Rrset, Arc<[NodeIndex]>), 9>,
    pub(super) cnames: Row<(Rrset, Arc<[u8]>), 9>,
    pub(super) arena: Arena,
    /// The same as long as numbers of groups and counters mean the same.
    pub(super) numbering: Option<Arc<()>>,
    /// Octets it took when it was compiled whole; `None` where it is never to change.
    pub(super) room: Option<usize>,
}

/// A name that exists: it has records, or names below it have (RFC 4592 §2.2.2).
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Its only entry, so that most look-ups end here; of several, where they begin in the zone's `entries`.
    pub(super) entry: Entry,
    pub(super) cover: PackedCover,
    /// The `*` child, or [`NO_NODE`].
    pub wildcard: NodeIndex,
}

impl Node {
    /// The cut or DNAME that hides this name.
    #[inline]
    pub fn cover(&self) -> Cover {
        self.cover.unpack()
    }
}

/// What hides a name, the topmost winning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing: the zone answers for it.
    Nothing,
    /// At or below a zone cut (RFC 1034 §4.2.1, Q-8).
    Cut(NodeIndex),
    /// Below a DNAME (RFC 6672 §2.3).
    Dname(NodeIndex),
}

/// A [`Cover`] in the room of an index, as there are as many as names.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackedCover(u32);

impl PackedCover {
    const NOTHING: u32 = u32::MAX;
    const DNAME: u32 = 1 << 31;

    pub(super) fn pack(cover: Cover) -> Self {
        Self(match cover {
            Cover::Nothing => Self::NOTHING,
            Cover::Cut(node) => node,
            Cover::Dname(node) => node | Self::DNAME,
        })
    }

    #[inline]
    pub(super) fn unpack(self) -> Cover {
        match self.0 {
            Self::NOTHING => Cover::Nothing,
            node if node & Self::DNAME == 0 => Cover::Cut(node),
            node => Cover::Dname(node & !Self::DNAME),
        }
    }
}

/// The data of one type at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The type.
    pub rtype: RecordType,
    /// In a node, how many entries it has: it is here because there is room.
    count: u16,
    /// [`Data`] in the room of an index: with the highest bit a group, without it an RRset.
    packed: u32,
}

impl Entry {
    const GROUP: u32 = 1 << 31;

    pub(super) fn new(rtype: RecordType, data: Data) -> Self {
        let packed = match data {
            Data::Rrset(Rrset(place)) => place,
            Data::Group(group) => group | Self::GROUP,
        };
        Self { rtype, count: 1, packed }
    }

    /// What a node keeps of its several entries: how many, and where they begin.
    pub(super) fn extent(&self) -> (u32, usize) {
        (self.packed, usize::from(self.count))
    }

    /// What stands in a node without entries, or with several that begin at `start`.
    pub(super) fn several(start: u32, count: u16) -> Self {
        Self { rtype: RecordType(0), count, packed: start }
    }

    /// Where the data is.
    #[inline]
    pub fn data(&self) -> Data {
        match self.packed {
            place if place & Self::GROUP == 0 => Data::Rrset(Rrset(place)),
            group => Data::Group(group & !Self::GROUP),
        }
    }
}

/// Plain records, or a group to pick from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// An RRset.
    Rrset(Rrset),
    /// Index of a group.
    Group(u32),
}

/// A record group compiled.
#[derive(Debug)]
pub struct Group {
    /// The node it is at.
    pub node: NodeIndex,
    /// Its type.
    pub rtype: RecordType,
    /// How members are picked.
    pub policy: Policy,
    /// The record sets, in the policy's order.
    pub members: Box<[Member]>,
    /// The number of its first member among all members of the zone.
    pub counter: u32,
    /// Two members share a value, so a merged answer must drop repeats (P-65).
    pub repeats: bool,
    /// Its place in the tree of a traffic policy; 0 for the group that the node's entry names.
    pub rule: u16,
    /// What it was compiled from, with the rest of its tree, where the zone does not keep that.
    pub source: Option<Arc<RecordGroup>>,
}

impl Group {
    /// What stands under a number that is free; `next` is another such number.
    pub(super) fn gone(next: u32) -> Self {
        let (rtype, policy) = (RecordType(0), Policy::Simple);
        Self {
            node: NO_NODE,
            rtype,
            policy,
            members: Box::default(),
            counter: next,
            repeats: false,
            rule: 0,
            source: None,
        }
    }
}

/// How members of a group are picked.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names are Route 53's")]
pub enum Policy {
    Simple,
    Weighted(Box<[u8]>),
    Failover,
    Multivalue,
    Latency(Arc<Steering>),
    Geolocation(Arc<Steering>),
    Geoproximity(Arc<Steering>),
    IpBased(Arc<Steering>),
}

impl Policy {
    /// The orders by which it looks at the client; `None` for policies that do not.
    pub fn steering(&self) -> Option<&Steering> {
        match self {
            Self::Simple | Self::Weighted(_) | Self::Failover | Self::Multivalue => None,
            Self::Latency(steering)
            | Self::Geolocation(steering)
            | Self::Geoproximity(steering)
            | Self::IpBased(steering) => Some(steering),
        }
    }

    /// The policy's name.
    pub fn name(&self) -> PolicyName {
        match self {
            Self::Simple => PolicyName::Simple,
            Self::Weighted(_) => PolicyName::Weighted,
            Self::Failover => PolicyName::Failover,
            Self::Multivalue => PolicyName::Multivalue,
            Self::Latency(_) => PolicyName::Latency,
            Self::Geolocation(_) => PolicyName::Geolocation,
            Self::Geoproximity(_) => PolicyName::Geoproximity,
            Self::IpBased(_) => PolicyName::IpBased,
        }
    }
}

/// A record set of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// SetIdentifier.
    pub id: Arc<str>,
    /// Its health check.
    pub check: Option<Slot>,
    /// What it answers with.
    pub target: MemberTarget,
}

/// What a member answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberTarget {
    /// Its own values.
    Rrset(Rrset),
    /// Whatever the target's data answers (A-3).
    Alias {
        /// The target.
        to: Data,
        /// EvaluateTargetHealth.
        evaluate: bool,
    },
    /// Values of a provider, with the check that speaks for it when evaluated (A-2).
    Provider {
        /// The values.
        rrset: Rrset,
        /// The provider's check, where EvaluateTargetHealth is on.
        check: Option<Slot>,
    },
    /// A target that is not there: not healthy, NODATA (A-14).
    Nothing,
}

/// Where a name is in a zone.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// The name exists.
    Exact(NodeIndex),
    /// It does not; this is its closest encloser (RFC 4592 §3.3.1).
    Below(NodeIndex),
}

impl Zone {
    /// Looks a name of this zone up; `apex_label` is the label of `name` at which the apex begins.
    #[inline]
    pub fn find(&self, name: &Qname, apex_label: usize) -> Found {
        let found = self.names.longest(name, (0, apex_label), |node, label| {
            Some(if label == 0 { Found::Exact(node) } else { Found::Below(node) })
        });
        found.unwrap_or(Found::Below(0))
    }

    /// The node's name in wire form.
    pub fn node_name(&self, node: NodeIndex) -> &[u8] {
        self.names.name(node)
    }

    /// The node's name.
    pub fn name_at(&self, node: NodeIndex) -> Name {
        Name::from_wire(self.node_name(node)).unwrap_or_else(|_| Name::root())
    }

    /// The node and type that some data belongs to.
    pub fn owner(&self, data: Data) -> Option<(NodeIndex, RecordType)> {
        if let Data::Group(index) = data {
            let group = self.group(index);
            return Some((group.node, group.rtype));
        }
        (0..self.nodes.len() as NodeIndex).find_map(|node| {
            let entry = self.entries(node).iter().find(|entry| entry.data() == data)?;
            Some((node, entry.rtype))
        })
    }

    /// The uncompressed values of an RRset, which is `owner`'s.
    pub fn values<'a>(&'a self, rrset: Rrset, owner: &'a [u8]) -> impl Iterator<Item = Vec<u8>> {
        let wire = self.wire(rrset);
        (0..wire.starts.len()).map(move |index| {
            let range = wire.record(index);
            let mut value = Vec::with_capacity(range.len());
            let mut at = range.start + RECORD_HEAD;
            for fix in wire.pointers_of(&range) {
                value.extend_from_slice(&wire.records[at..fix]);
                let is_owner = wire.records[fix..fix + 2] == TO_OWNER;
                value.extend_from_slice(if is_owner { owner } else { self.name.wire() });
                at = fix + 2;
            }
            value.extend_from_slice(&wire.records[at..range.end]);
            value
        })
    }

    /// A node.
    #[inline]
    pub fn node(&self, node: NodeIndex) -> &Node {
        self.nodes.at(node)
    }

    /// The groups of this zone that are gone from a later version of it, or count under other numbers there; `None`
    /// where all numbers may mean something else.
    pub fn regrouped<'a>(&'a self, new: &Self) -> Option<Vec<&'a Group>> {
        let (old, now) = self.numbering.as_ref().zip(new.numbering.as_ref())?;
        if !Arc::ptr_eq(old, now) {
            return None;
        }
        let moved = |number: &u32| match (self.groups.get(*number), new.groups.get(*number)) {
            (Some(old), Some(new)) => old.node != NO_NODE && (old.node, old.counter) != (new.node, new.counter),
            (old, _) => old.is_some(),
        };
        let differ = self.groups.differences(&new.groups, Arc::ptr_eq);
        Some(differ.into_iter().filter(moved).map(|number| self.group(number)).collect())
    }

    /// Whether it is made to change, group by group.
    pub fn is_made(&self) -> bool {
        self.room.is_some()
    }

    /// About how many octets names, records and what is counted of members take, those that are gone among them.
    pub(super) fn octets(&self) -> usize {
        let entries = self.entries.len() * size_of::<Entry>();
        self.names.octets() + self.arena.octets() + entries + self.members as usize * COUNTS
    }

    /// How many numbers of nodes there are; free ones lead to nothing.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// All data at a node, by type.
    #[inline]
    pub fn entries(&self, node: NodeIndex) -> &[Entry] {
        let Node { entry, .. } = self.nodes.at(node);
        match usize::from(entry.count) {
            0 => &[],
            1 => std::slice::from_ref(entry),
            count => &self.entries.from(entry.packed)[..count],
        }
    }

    /// The data of one type at a node.
    pub fn entry(&self, node: NodeIndex, rtype: RecordType) -> Option<Data> {
        self.entries(node).iter().find(|entry| entry.rtype == rtype).map(Entry::data)
    }

    /// The CNAME at a node, and the data of one other type.
    #[inline]
    pub fn cname_and(&self, node: NodeIndex, rtype: RecordType) -> (Option<Data>, Option<Data>) {
        let (mut cname, mut wanted) = (None, None);
        for entry in self.entries(node) {
            if entry.rtype == RecordType::CNAME {
                cname = Some(entry.data());
            } else if entry.rtype == rtype {
                wanted = Some(entry.data());
            }
        }
        (cname, wanted)
    }

    /// The RRset of one type at a node that needs no picking; a simple record is answered whatever its check (P-16).
    pub fn plain(&self, node: NodeIndex, rtype: RecordType) -> Option<Rrset> {
        match self.entry(node, rtype)? {
            Data::Rrset(rrset) => Some(rrset),
            Data::Group(group) => match self.group(group) {
                Group { policy: Policy::Simple, members, .. } => match members.first()?.target {
                    MemberTarget::Rrset(rrset) => Some(rrset),
                    MemberTarget::Alias { .. } | MemberTarget::Provider { .. } | MemberTarget::Nothing => None,
                },
                _ => None,
            },
        }
    }

    /// The type of an RRset's records, and their TTL in seconds.
    #[inline]
    pub fn type_and_ttl(&self, rrset: Rrset) -> (RecordType, u32) {
        self.arena.type_and_ttl(rrset)
    }

    /// A group.
    #[inline]
    pub fn group(&self, index: u32) -> &Group {
        self.groups.at(index)
    }

    /// All groups with their numbers.
    pub fn groups(&self) -> impl Iterator<Item = (u32, &Group)> {
        let groups = (0..).zip(self.groups.iter().map(|group| &**group));
        groups.filter(|(_, group)| group.node != NO_NODE)
    }

    /// The bytes of an RRset.
    #[inline]
    pub fn wire(&self, rrset: Rrset) -> Wire<'_> {
        self.arena.wire(rrset)
    }

    /// The bytes of an RRset of one record in which no names are cut short; `None` for any other.
    #[inline]
    pub fn lone(&self, rrset: Rrset) -> Option<&[u8]> {
        self.arena.lone(rrset)
    }

    /// The nodes whose addresses go with an RRset (Q-12).
    pub fn additional(&self, rrset: Rrset) -> &[NodeIndex] {
        self.targets.find_by(&rrset, |(index, _)| *index).map_or(&[], |(_, nodes)| nodes)
    }

    /// The folded target of a CNAME or DNAME RRset.
    pub fn canonical_target(&self, rrset: Rrset) -> Option<&[u8]> {
        self.cnames.find_by(&rrset, |(index, _)| *index).map(|(_, name)| &**name)
    }
}

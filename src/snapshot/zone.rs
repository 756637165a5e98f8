//! A hosted zone compiled: names to nodes, nodes to RRsets and groups, everything a query needs decided.
//!
//! ```text
//!  names ──► Node ──► Entry(type) ──► Rrset                    plain data, one copy
//!              │                  └─► Group ──► Member ──► Rrset | another entry (alias)
//!              └─ cover: the zone cut or DNAME above; wildcard: the `*` child
//! ```

use std::sync::Arc;

use super::health::Slot;
use super::qname::Qname;
use super::rrset::{Arena, RECORD_HEAD, Rrset, Wire};
use super::standing::Dependencies;
use super::steering::Steering;
use super::table::NameTable;
use crate::model::routing::PolicyName;
use crate::model::{Name, RecordType, ZoneId};

/// A node's index; parents come before children, the apex is 0.
pub type NodeIndex = u32;

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
    /// How many members all groups have together; the range of `Group::counter`.
    pub members: u32,
    pub(super) names: NameTable,
    pub(super) nodes: Box<[Node]>,
    pub(super) entries: Box<[Entry]>,
    pub(super) rrsets: Box<[Rrset]>,
    pub(super) groups: Box<[Group]>,
    pub(super) dependencies: Dependencies,
    pub(super) targets: Box<[(u32, Box<[NodeIndex]>)]>,
    pub(super) cnames: Box<[(u32, Box<[u8]>)]>,
    pub(super) arena: Arena,
}

/// A name that exists: it has records, or names below it have (RFC 4592 §2.2.2).
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub(super) entries: (u32, u16),
    /// The cut or DNAME that hides this name.
    pub cover: Cover,
    /// The `*` child, or [`NO_NODE`].
    pub wildcard: NodeIndex,
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

/// The data of one type at a node.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The type.
    pub rtype: RecordType,
    /// Where the data is.
    pub data: Data,
}

/// Plain records, or a group to pick from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Index of an RRset.
    Rrset(u32),
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
    Rrset(u32),
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
        rrset: u32,
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
            let entry = self.entries(node).iter().find(|entry| entry.data == data)?;
            Some((node, entry.rtype))
        })
    }

    /// The uncompressed values of an RRset.
    pub fn values(&self, rrset: &Rrset) -> impl Iterator<Item = Vec<u8>> {
        let wire = self.wire(rrset);
        (0..usize::from(rrset.count)).map(move |index| {
            let range = wire.record(index);
            let mut value = Vec::with_capacity(range.len());
            let mut at = range.start + RECORD_HEAD;
            for fix in wire.pointers_of(&range) {
                value.extend_from_slice(&wire.records[at..fix]);
                value.extend_from_slice(self.name.wire());
                at = fix + 2;
            }
            value.extend_from_slice(&wire.records[at..range.end]);
            value
        })
    }

    /// A node.
    #[inline]
    pub fn node(&self, node: NodeIndex) -> &Node {
        &self.nodes[node as usize]
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// All data at a node, by type.
    #[inline]
    pub fn entries(&self, node: NodeIndex) -> &[Entry] {
        let (start, count) = self.nodes[node as usize].entries;
        &self.entries[start as usize..start as usize + usize::from(count)]
    }

    /// The data of one type at a node.
    pub fn entry(&self, node: NodeIndex, rtype: RecordType) -> Option<Data> {
        self.entries(node).iter().find(|entry| entry.rtype == rtype).map(|entry| entry.data)
    }

    /// The CNAME at a node, and the data of one other type.
    #[inline]
    pub fn cname_and(&self, node: NodeIndex, rtype: RecordType) -> (Option<Data>, Option<Data>) {
        let (mut cname, mut wanted) = (None, None);
        for entry in self.entries(node) {
            if entry.rtype == RecordType::CNAME {
                cname = Some(entry.data);
            } else if entry.rtype == rtype {
                wanted = Some(entry.data);
            }
        }
        (cname, wanted)
    }

    /// The RRset of one type at a node that needs no picking; a simple record is answered whatever its check (P-16).
    pub fn plain(&self, node: NodeIndex, rtype: RecordType) -> Option<&Rrset> {
        let index = match self.entry(node, rtype)? {
            Data::Rrset(index) => index,
            Data::Group(group) => match self.group(group) {
                Group { policy: Policy::Simple, members, .. } => match members.first()?.target {
                    MemberTarget::Rrset(index) => index,
                    MemberTarget::Alias { .. } | MemberTarget::Provider { .. } | MemberTarget::Nothing => return None,
                },
                _ => return None,
            },
        };
        Some(self.rrset(index))
    }

    /// An RRset.
    #[inline]
    pub fn rrset(&self, index: u32) -> &Rrset {
        &self.rrsets[index as usize]
    }

    /// A group.
    #[inline]
    pub fn group(&self, index: u32) -> &Group {
        &self.groups[index as usize]
    }

    /// All groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many RRsets there are.
    pub fn rrset_count(&self) -> usize {
        self.rrsets.len()
    }

    /// The bytes of an RRset.
    #[inline]
    pub fn wire(&self, rrset: &Rrset) -> Wire<'_> {
        self.arena.wire(rrset)
    }

    /// The bytes of an RRset of one record in which no names are cut short; `None` for any other.
    #[inline]
    pub fn lone(&self, rrset: &Rrset) -> Option<&[u8]> {
        self.arena.lone(rrset)
    }

    /// The nodes whose addresses go with an RRset (Q-12).
    pub fn additional(&self, rrset: u32) -> &[NodeIndex] {
        match self.targets.binary_search_by_key(&rrset, |(index, _)| *index) {
            Ok(at) => &self.targets[at].1,
            Err(_) => &[],
        }
    }

    /// The folded target of a CNAME or DNAME RRset.
    pub fn canonical_target(&self, rrset: u32) -> Option<&[u8]> {
        self.cnames.binary_search_by_key(&rrset, |(index, _)| *index).ok().map(|at| &*self.cnames[at].1)
    }
}

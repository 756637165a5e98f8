//! Who watches an answer come about: nobody, counters, or a trace for `explain`.
//!
//! The answer path tells every step; a witness that ignores a step costs nothing, because the path is
//! compiled for each kind of witness.

use super::pick::Location;
use crate::snapshot::rrset::Rrset;
use crate::snapshot::standing::Verdict;
use crate::snapshot::zone::{Group, NodeIndex, Zone};

/// A step on the way to an answer.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The zone that answers, and the client's view.
    Zone {
        /// Its index in the snapshot.
        index: u32,
        /// The zone.
        zone: &'a Zone,
        /// The view, by index, where the client is in one.
        view: Option<u16>,
    },
    /// The name that is answered from.
    Node {
        /// The node.
        node: NodeIndex,
        /// How it was found.
        how: Match,
    },
    /// A group is evaluated for this client.
    Group {
        /// The group.
        group: &'a Group,
        /// What steered the order, where the policy looks at the client.
        steered: Option<Location>,
    },
    /// A member was looked at for its health.
    Considered {
        /// Its group.
        group: &'a Group,
        /// Its index.
        member: usize,
        /// Why it is or is not healthy.
        verdict: Verdict,
        /// The share of its weight that its own check leaves it: 0 when that fails, 255 for all of it.
        share: u8,
    },
    /// A member was picked.
    Picked {
        /// Its group.
        group: &'a Group,
        /// Its index.
        member: usize,
        /// Nothing in the group was healthy (H-12).
        last_resort: bool,
    },
    /// The group holds nothing for this client (P-40, P-59).
    NoCandidate {
        /// The group.
        group: &'a Group,
    },
    /// A CNAME or DNAME leads on.
    Follows {
        /// The owner's RRset.
        rrset: Rrset,
    },
}

/// How a name was matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The name itself.
    Exact,
    /// A wildcard at the closest encloser (RFC 4592).
    Wildcard,
    /// Nothing: the node is the closest encloser.
    NoSuchName,
    /// The node is a zone cut at or above the name.
    Cut,
    /// The node is a DNAME above the name.
    Dname,
}

/// Watches an answer come about.
pub trait Witness {
    /// Whether it wants to see every member considered, also where nothing depends on it any more.
    const CURIOUS: bool = false;

    /// A step was taken.
    fn saw(&mut self, event: Event<'_>);
}

/// Nobody watches.
impl Witness for () {
    #[inline(always)]
    fn saw(&mut self, _: Event<'_>) {}
}

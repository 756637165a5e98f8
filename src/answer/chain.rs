//! Where CNAMEs and DNAMEs have led on the way to an answer.

use crate::snapshot::qname::Qname;
use crate::snapshot::zone::{NO_NODE, NodeIndex};

/// The most CNAMEs and DNAMEs followed in one answer; as many as alias hops.
const MOST_LINKS: usize = 16;

/// A chain of CNAMEs and DNAMEs.
pub(super) struct Chain {
    /// Hash and length of the names it has led through: one met again is a loop.
    seen: [(u32, usize); MOST_LINKS],
    /// The DNAMEs it has led through.
    pub(super) dnames: [NodeIndex; MOST_LINKS],
    pub(super) links: usize,
    /// Where it has come to.
    pub(super) at: Qname,
}

impl Chain {
    pub(super) fn from(name: &Qname) -> Self {
        let mut seen = [(0, 0); MOST_LINKS];
        seen[0] = (name.hash(0), name.len());
        Self { seen, dnames: [NO_NODE; MOST_LINKS], links: 0, at: name.clone() }
    }

    /// Notes that the DNAME at `owner` leads on; whether it did before.
    pub(super) fn leads_by(&mut self, owner: NodeIndex) -> bool {
        let again = self.dnames[..self.links].contains(&owner);
        self.dnames[self.links] = owner;
        again
    }

    /// Notes that the chain comes to `name`; whether it may, being neither a loop nor too long.
    pub(super) fn comes_to(&mut self, name: &Qname) -> bool {
        let met = (name.hash(0), name.len());
        if self.seen[..=self.links].contains(&met) || self.links + 1 == MOST_LINKS {
            return false;
        }
        self.links += 1;
        self.seen[self.links] = met;
        self.at = name.clone();
        true
    }
}

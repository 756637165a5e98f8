//! What changed between versions of a zone, remembered for those who copy it piece by piece (RFC 1995).
//!
//! Only zones without groups and signatures have a journal: what a group answers is no part of a version, and when
//! something is signed neither.

use std::sync::Arc;

use super::rrset::Rrset;
use super::zone::{Data, MemberTarget, NodeIndex, Zone};
use crate::model::RecordType;

/// Octets of SOA data behind its two names: serial, refresh, retry, expire, minimum.
const NUMBERS: usize = 20;

/// The last changes of a zone, oldest first; each leads to where the next begins, and the last to the zone as it is.
#[derive(Clone, Debug, Default)]
pub struct Journal(Box<[Arc<Delta>]>);

/// What leads from one version to the next. Records are whole, uncompressed, one behind the other.
#[derive(Debug)]
pub struct Delta {
    /// The serial it leads from.
    pub from: u32,
    /// The serial it leads to.
    pub to: u32,
    /// The SOA record before, and every record that is gone.
    pub removed: Box<[u8]>,
    /// The SOA record after, and every record that came.
    pub added: Box<[u8]>,
}

/// What a zone's next version does to its journal.
#[derive(Debug)]
pub enum Turn {
    /// It goes on.
    Journal(Journal),
    /// Records or keys differ under the same serial, or an older one: nobody who copies the zone will know.
    Unnoticed,
}

impl Journal {
    /// The changes that lead from `serial` to the zone as it is; `None` when they are not all here.
    pub fn since(&self, serial: u32) -> Option<&[Arc<Delta>]> {
        let at = self.0.iter().position(|delta| delta.from == serial)?;
        Some(&self.0[at..])
    }

    /// Whether no change is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Octets of all changes.
    pub fn octets(&self) -> usize {
        self.0.iter().map(|delta| delta.octets()).sum()
    }

    /// The journal after `old` became `new`, in no more than `most` octets.
    pub fn turn(&self, old: &Zone, new: &Zone, most: usize) -> Turn {
        let (from, to) = (old.serial(), new.serial());
        let is_next = is_newer(to, from);
        // What signatures change between versions is known to nobody before they are made.
        let is_signed = old.signed.is_some() || new.signed.is_some();
        if is_next && (most == 0 || is_signed || old.picks() || new.picks()) {
            return Turn::Journal(Self::default());
        }
        let (before, after) = (records(old), records(new));
        let (removed, added) = (missing(&before, &after), missing(&after, &before));
        if !is_next {
            // Another number in the SOA record under its old serial is unnoticed too.
            let signing = |zone: &Zone| zone.signed.as_ref().map(|signed| signed.signing.clone());
            let same = removed.is_empty() && added.is_empty() && soa(old) == soa(new) && signing(old) == signing(new);
            return if same { Turn::Journal(self.clone()) } else { Turn::Unnoticed };
        }
        let whole = |soa: Vec<u8>, rest: Vec<&[u8]>| [&soa[..], &rest.concat()].concat().into_boxed_slice();
        let delta = Delta { from, to, removed: whole(soa(old), removed), added: whole(soa(new), added) };
        let mut deltas: Vec<_> = self.0.iter().cloned().chain([Arc::new(delta)]).collect();
        while deltas.iter().map(|delta| delta.octets()).sum::<usize>() > most {
            deltas.remove(0);
        }
        Turn::Journal(Self(deltas.into()))
    }
}

impl Delta {
    fn octets(&self) -> usize {
        self.removed.len() + self.added.len()
    }
}

impl Zone {
    /// The serial of its SOA record.
    pub fn serial(&self) -> u32 {
        let soa = self
            .plain(0, RecordType::SOA)
            .and_then(|soa| self.values(soa, self.name.wire()).next())
            .unwrap_or_default();
        let serial = soa.len().checked_sub(NUMBERS).and_then(|at| soa[at..].first_chunk().copied());
        serial.map_or(0, u32::from_be_bytes)
    }

    /// Whether anything in it is picked rather than plain.
    pub fn picks(&self) -> bool {
        self.groups().next().is_some()
    }
}

/// Whether serial `a` comes after `b` (RFC 1982 §3.2).
pub fn is_newer(a: u32, b: u32) -> bool {
    a != b && a.wrapping_sub(b) < 1 << 31
}

/// All records but the SOA record, in an order of their own; values of groups' members count like plain ones.
fn records(zone: &Zone) -> Vec<Box<[u8]>> {
    let mut found = Vec::new();
    for node in 0..zone.node_count() as NodeIndex {
        for entry in zone.entries(node).iter().filter(|entry| entry.rtype != RecordType::SOA) {
            match entry.data() {
                Data::Rrset(rrset) => put(zone, node, rrset, &mut found),
                Data::Group(group) => {
                    for member in &zone.group(group).members {
                        if let MemberTarget::Rrset(rrset) = member.target {
                            put(zone, node, rrset, &mut found);
                        }
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn put(zone: &Zone, node: NodeIndex, rrset: Rrset, found: &mut Vec<Box<[u8]>>) {
    let (rtype, ttl) = zone.type_and_ttl(rrset);
    let owner = zone.node_name(node);
    found.extend(zone.values(rrset, owner).map(|value| record(owner, rtype, ttl, &value)));
}

fn soa(zone: &Zone) -> Vec<u8> {
    let soa = zone.plain(0, RecordType::SOA);
    let value = soa.and_then(|soa| zone.values(soa, zone.name.wire()).next()).unwrap_or_default();
    let ttl = soa.map_or(0, |rrset| zone.type_and_ttl(rrset).1);
    record(zone.name.wire(), RecordType::SOA, ttl, &value).into_vec()
}

/// A record of class IN on the wire, uncompressed.
fn record(owner: &[u8], rtype: RecordType, ttl: u32, value: &[u8]) -> Box<[u8]> {
    let (rtype, ttl, len) = (rtype.0.to_be_bytes(), ttl.to_be_bytes(), (value.len() as u16).to_be_bytes());
    [owner, &rtype, &[0, 1], &ttl, &len, value].concat().into()
}

/// What of sorted `these` is not among sorted `those`.
fn missing<'a>(these: &'a [Box<[u8]>], those: &[Box<[u8]>]) -> Vec<&'a [u8]> {
    these.iter().filter(|record| those.binary_search(record).is_err()).map(|record| &**record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::compile;
    use crate::snapshot::geography::Geography;
    use crate::snapshot::{Behaviour, Ground};
    use crate::store;

    #[test]
    fn servers_of_a_cut_are_remembered_whole() {
        let text = "zone = \"example.com\"\n[[record]]\nname = \"sub\"\ntype = \"NS\"\n\
                    values = [\"ns1.sub\", \"ns2\"]\n";
        let account = store::load_texts(&[("zone.toml", text)], &store::Options::default()).expect("a zone").account;
        let geography = Arc::new(Geography::nowhere());
        let ground = Ground { listeners: vec!["one".into()], geography, behaviour: Behaviour::default() };
        let snapshot = compile(&account, &ground, None).expect("zones").snapshot;
        let held = records(&snapshot.zones[0]);
        let ends = |value: &[u8]| held.iter().any(|record| record.ends_with(value));
        assert!(ends(b"\x03ns1\x03sub\x07example\x03com\0") && ends(b"\x03ns2\x07example\x03com\0"), "{held:?}");
        assert!(!ends(b"\x03ns1\x07example\x03com\0"));
    }

    #[test]
    fn serials_wrap() {
        for (a, b, newer) in [(2, 1, true), (1, 2, false), (1, 1, false), (0, u32::MAX, true), (5, 4_294_967_290, true)]
        {
            assert_eq!(is_newer(a, b), newer, "RFC 1982 §3.2: {a} after {b}");
        }
        assert!(!is_newer(0, 1 << 31) && !is_newer(1 << 31, 0), "undefined is not newer");
    }
}

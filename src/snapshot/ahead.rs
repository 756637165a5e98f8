//! Signing ahead of questions: every set that a zone answers with at its own names, each candidate of each policy too.

use super::rrset::Rrset;
use super::signed::{KEYS_TTL, Rrsets};
use super::zone::{Cover, Data, MemberTarget, NodeIndex, Zone};
use crate::dnssec::{Listed, Renewed, Set};
use crate::model::RecordType;

impl Zone {
    /// Signs what is not signed yet or not for long any more, by the clock of `now` in seconds since 1970 modulo 2³²;
    /// nothing where the zone is not signed. It takes some 30 µs for a signature that is made.
    pub fn sign_ahead(&self, now: u32) -> Renewed {
        let Some(signed) = &self.signed else { return Renewed::default() };
        let mut sets = 0;
        self.each_set(|_, _| sets += 1);
        let keys: Vec<&[u8]> = signed.signing.published().map(|key| &**key).collect();
        signed.signatures.renew((sets + 1) * signed.signing.zone.len(), now, |sign| {
            let (owner, rtype, ttl) = (self.name.wire(), RecordType::DNSKEY, KEYS_TTL);
            let set = Set { owner, apex: owner, rtype, ttl, records: &Listed(&keys) };
            signed.keys(rtype).iter().for_each(|key| sign(key, &set));
            self.each_set(|owner, rrset| {
                let (rtype, ttl) = self.type_and_ttl(rrset);
                let records = Rrsets { zone: self, rrsets: &[rrset], owner };
                let set = Set { owner, apex: self.name.wire(), rtype, ttl, records: &records };
                signed.keys(rtype).iter().for_each(|key| sign(key, &set));
            });
        })
    }

    /// Tells the sets that are answered with one RRset under a name of the zone.
    fn each_set(&self, mut tell: impl FnMut(&[u8], Rrset)) {
        tell(self.name.wire(), self.negative_soa);
        let mut found = Vec::new();
        for node in 0..self.node_count() as NodeIndex {
            let cover = self.node(node).cover();
            let is_cut = cover == Cover::Cut(node);
            // What a cut or a DNAME hides is never answered, and a wildcard under names of its own only.
            if cover != Cover::Nothing && !is_cut {
                continue;
            }
            let entries = self.entries(node).iter().filter(|entry| !is_cut || entry.rtype == RecordType::DS);
            for entry in entries {
                found.clear();
                self.gather(entry.data(), &mut Vec::new(), &mut found);
                found.sort_unstable();
                found.dedup();
                found.iter().for_each(|rrset| tell(self.node_name(node), *rrset));
            }
        }
    }

    /// The RRsets that some data may be answered with; `seen` are groups that were looked into.
    fn gather(&self, data: Data, seen: &mut Vec<u32>, found: &mut Vec<Rrset>) {
        let group = match data {
            Data::Rrset(rrset) => return found.push(rrset),
            Data::Group(number) if seen.contains(&number) => return,
            Data::Group(number) => {
                seen.push(number);
                self.group(number)
            }
        };
        for member in &group.members {
            match member.target {
                MemberTarget::Rrset(rrset) | MemberTarget::Provider { rrset, .. } => found.push(rrset),
                MemberTarget::Alias { to, .. } => self.gather(to, seen, found),
                MemberTarget::Nothing => {}
            }
        }
    }
}

//! Answers of signed zones: signatures behind what is put, keys, and the proof of what is not there.

use std::sync::Arc;

use super::{Answered, Chain, Owner, Resolution, Section, Sections, Witness};
use crate::answer::pick::Picked;
use crate::dnssec::{Listed, NXNAME, Origin, Set, nsec};
use crate::model::RecordType;
use crate::model::signing::MOST_ENTRIES;
use crate::snapshot::qname::Qname;
use crate::snapshot::rrset::Rrset;
use crate::snapshot::signed::{KEYS_TTL, Rrsets};
use crate::snapshot::zone::{Cover, NO_NODE, NodeIndex};

/// Octets of the data of an NSEC record: the longest name, and 256 windows of every type there can be.
const DENIAL: usize = 256 * 34 + 256;
/// What is said of the zone's keys at its apex.
const KEYS: [RecordType; 3] = [RecordType::DNSKEY, RecordType::CDS, RecordType::CDNSKEY];
/// What every name of a signed zone has.
const ALWAYS: [RecordType; 2] = [RecordType::RRSIG, RecordType::NSEC];

/// The name that is answered now.
fn current<'a>(chain: &'a Option<Chain>, question: &'a Qname) -> &'a Qname {
    chain.as_ref().map_or(question, |chain| &chain.at)
}

impl<S: Sections, W: Witness> Resolution<'_, '_, S, W> {
    /// Signs what was picked, as one set (S-15).
    pub(super) fn sign_picked(&mut self, picked: &Picked) {
        let (Some(signed), Some(first)) = (self.signed, picked.rrsets().first()) else { return };
        let zone = self.picker.zone;
        let (rtype, own) = zone.type_and_ttl(*first);
        let ttl = match picked {
            Picked::Merged(merged) => merged.ttl.unwrap_or(own),
            Picked::Nothing | Picked::One(_) => own,
        };
        let origin = if picked.rrsets().len() > 1 { self.drawn() } else { self.origin };
        let owner = current(&self.chain, self.question.name).wire();
        let records = Rrsets { zone, rrsets: picked.rrsets(), owner };
        let set = Set { owner, apex: zone.name.wire(), rtype, ttl, records: &records };
        self.sections.sign(Section::Answer, signed, &set, origin, true);
    }

    /// Where one of many sets comes from that the name at hand has.
    fn drawn(&self) -> Origin {
        if self.origin == Origin::Zone { Origin::Draw } else { Origin::Question }
    }

    /// Signs an RRset at a name of the zone.
    pub(super) fn sign_rrset(&mut self, section: Section, rrset: Rrset, owner: &[u8], required: bool) {
        let Some(signed) = self.signed else { return };
        let zone = self.picker.zone;
        let (rtype, ttl) = zone.type_and_ttl(rrset);
        let records = Rrsets { zone, rrsets: &[rrset], owner };
        let set = Set { owner, apex: zone.name.wire(), rtype, ttl, records: &records };
        self.sections.sign(section, signed, &set, Origin::Zone, required);
    }

    /// Signs records made up at the current name.
    pub(super) fn sign_made(&mut self, section: Section, rtype: RecordType, ttl: u32, data: &[&[u8]]) {
        let Some(signed) = self.signed else { return };
        let owner = current(&self.chain, self.question.name).wire();
        let records = Listed(data);
        let set = Set { owner, apex: self.picker.zone.name.wire(), rtype, ttl, records: &records };
        let origin = if KEYS.contains(&rtype) { Origin::Zone } else { self.drawn() };
        self.sections.sign(section, signed, &set, origin, true);
    }

    /// Whether what is asked for is at every name of a signed zone.
    pub(super) fn asks_for_made(&self) -> bool {
        ALWAYS.contains(&self.question.rtype)
    }

    /// What a signed zone has besides its records: its keys, the proof of what there is, and signatures (S-8).
    pub(super) fn serve_made(&mut self, node: NodeIndex) -> Option<Answered> {
        let zone = self.picker.zone;
        let signed = zone.signed.as_ref()?;
        let signing = &signed.signing;
        match self.question.rtype {
            RecordType::DNSKEY if node == 0 => Some(self.serve_keys(signing.published())),
            RecordType::CDS if node == 0 && !signing.cds.is_empty() => Some(self.serve_keys(signing.cds.iter())),
            RecordType::CDNSKEY if node == 0 && !signing.cds.is_empty() => {
                Some(self.serve_keys(signing.entries.iter().map(|key| &key.dnskey)))
            }
            RecordType::RRSIG => {
                // Those of one set are enough of an answer (RFC 8482 §4.1).
                let plain = zone.entries(node).iter().find_map(|entry| zone.plain(node, entry.rtype));
                let Some(rrset) = plain else { return Some(self.prove_asked(node, &[])) };
                let (rtype, ttl) = zone.type_and_ttl(rrset);
                let owner = current(&self.chain, self.question.name).wire();
                let records = Rrsets { zone, rrsets: &[rrset], owner };
                let set = Set { owner, apex: zone.name.wire(), rtype, ttl, records: &records };
                self.sections.signatures(signed, &set, self.origin);
                Some(Answered::Records)
            }
            RecordType::NSEC => Some(self.prove_asked(node, &[])),
            _ => None,
        }
    }

    /// What the zone says of its keys.
    fn serve_keys<'k>(&mut self, keys: impl Iterator<Item = &'k Arc<[u8]>>) -> Answered {
        let rtype = self.question.rtype;
        let mut data: [&[u8]; MOST_KEYS] = [&[]; MOST_KEYS];
        let mut count = 0;
        for (key, place) in keys.zip(&mut data) {
            *place = key;
            self.sections.made(Section::Answer, Owner::Current, rtype, KEYS_TTL, key, count > 0);
            count += 1;
        }
        self.sign_made(Section::Answer, rtype, KEYS_TTL, &data[..count]);
        Answered::Records
    }

    /// The keys of a zone below, signed, or the proof that it has none (S-16).
    pub(super) fn sign_cut(&mut self, cut: NodeIndex) {
        let zone = self.picker.zone;
        let name = zone.node_name(cut);
        let owner = Owner::Suffix(name.len());
        match zone.plain(cut, RecordType::DS) {
            Some(keys) => {
                self.sections.put(Section::Authority, zone, keys, owner, true, super::Serve::plainly());
                self.sign_rrset(Section::Authority, keys, name, true);
            }
            None => self.prove(Section::Authority, owner, cut, &[], Some(RecordType::DS)),
        }
    }

    /// The proof itself is asked for, or what signs it.
    pub(super) fn prove_asked(&mut self, node: NodeIndex, beside: &[RecordType]) -> Answered {
        self.prove(Section::Answer, Owner::Current, node, beside, None);
        Answered::Records
    }

    /// That there is no such name (RFC 9824 §3.2, S-12).
    pub(super) fn prove_no_name(&mut self) {
        if self.signed.is_some() {
            self.prove(Section::Authority, Owner::Current, NO_NODE, &[NXNAME], None);
        }
    }

    /// That the name has no records of the type asked (RFC 9824 §3.1, S-13).
    pub(super) fn prove_no_data(&mut self) {
        if self.signed.is_some() {
            self.prove(Section::Authority, Owner::Current, self.node, &[], Some(self.question.rtype));
        }
    }

    /// An NSEC record that names the types of a node but `missing`, and `beside`.
    fn prove(
        &mut self,
        section: Section,
        owner: Owner<'_>,
        node: NodeIndex,
        beside: &[RecordType],
        missing: Option<RecordType>,
    ) {
        let zone = self.picker.zone;
        let is_there = (node as usize) < zone.node_count();
        // Of a cut it is the cut's own, whatever name below it is asked for.
        let is_own = is_there && (self.origin == Origin::Zone || matches!(owner, Owner::Suffix(_)));
        let origin = if is_own { Origin::Draw } else { Origin::Question };
        let is_cut = is_there && zone.node(node).cover() == Cover::Cut(node);
        let is_told = |rtype: &RecordType| {
            // A CNAME that answers nobody now would say that all other types are elsewhere.
            Some(*rtype) != missing
                && !(missing.is_some() && *rtype == RecordType::CNAME)
                && (!is_cut || matches!(*rtype, RecordType::NS | RecordType::DS))
        };
        let entries = if is_there { zone.entries(node) } else { &[] };
        let held = entries.iter().map(|entry| entry.rtype).filter(is_told);
        let mut always = [RecordType::RRSIG; 6];
        always[..2].copy_from_slice(&ALWAYS);
        let is_announced = zone.signed.as_ref().is_some_and(|signed| !signed.signing.cds.is_empty());
        let keys = KEYS[..if is_announced { KEYS.len() } else { 1 }].iter().copied().filter(|_| node == 0);
        let more = keys.chain(beside.iter().copied()).filter(is_told);
        let count = always[2..].iter_mut().zip(more).map(|(place, rtype)| *place = rtype).count();
        let mut data = [0; DENIAL];
        let name = match owner {
            Owner::Name(name) => name,
            Owner::Current => current(&self.chain, self.question.name).wire(),
            Owner::Suffix(_) => zone.node_name(node),
        };
        let apex = zone.name.wire().len();
        let len = nsec(name, apex, held, &always[..2 + count], &mut data).unwrap_or(0);
        let data = &data[..len];
        let (_, ttl) = zone.type_and_ttl(zone.negative_soa);
        let (records, apex) = (Listed(&[data]), zone.name.wire());
        let set = Set { owner: name, apex, rtype: RecordType::NSEC, ttl, records: &records };
        if let Some(signed) = zone.signed.as_ref()
            && section == Section::Answer
            && self.question.rtype == RecordType::RRSIG
        {
            self.sections.signatures(signed, &set, origin);
            return;
        }
        self.sections.made(section, owner, RecordType::NSEC, ttl, data, false);
        if let Some(signed) = self.signed {
            self.sections.sign(section, signed, &set, origin, true);
        }
    }
}

/// More keys than are published of a zone: its key-signing keys, and its zone keys before, now and next.
const MOST_KEYS: usize = MOST_ENTRIES + 8;

//! The centre: which records answer a question, by RFC 1034 §4.3.2 and the routing policies.
//!
//! A total function of world, question, client and chance. It writes into [`Sections`], which the wire
//! encoder, the explanations and the tests implement, and tells a [`Witness`] every step.

mod chain;
mod copy;
mod pick;
mod question;
mod sign;
mod witness;

pub use crate::snapshot::standing::Verdict;
pub use copy::{Chosen, choose};
pub use pick::{Location, check_of};
pub use question::{Client, Question, Subnet};
pub use witness::{Event, Match, Witness};

use crate::dnssec::{NXNAME, Origin, Set};
use crate::model::RecordType;
use crate::model::name::MAX_NAME;
use crate::policy::Entropy;
use crate::snapshot::qname::Qname;
use crate::snapshot::rrset::{Rrset, host_at};
use crate::snapshot::signed::Signed;
use crate::snapshot::zone::{Cover, Data, Found, NO_NODE, NodeIndex, Zone};
use crate::snapshot::{AnyMode, World};
use chain::Chain;
use pick::{Picked, Picker};

/// The TTL of what answers ANY (RFC 8482 §4.2 leaves it open).
const ANY_TTL: u32 = 3600;
/// CPU "RFC8482", empty OS (RFC 8482 §4.2).
const ANY_HINFO: &[u8] = b"\x07RFC8482\x00";

/// The outcome of a question besides its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What kind of answer it is.
    pub result: Answered,
    /// It is told by proof that there is no such name, not by its code (RFC 9824 §2).
    pub compact: bool,
    /// The authoritative-answer bit: of the first owner (RFC 1034 §4.3.2, Q-17).
    pub authoritative: bool,
    /// Leading bits of the client subnet the answer depended on (RFC 7871 §7.2.1).
    pub scope: u8,
    /// The zone that answered.
    pub zone: Option<u32>,
    /// Its node that the last owner's answer was found at: the name's own, a wildcard, a zone cut, a DNAME, or the
    /// closest there is.
    pub node: NodeIndex,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum Answered {
    Records,
    NoData,
    Referral,
    NxDomain,
    /// No zone for the name here.
    Refused,
    /// A DNAME would make a name longer than 255 octets (RFC 6672 §2.2).
    YxDomain,
}

/// A section of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum Section {
    Answer,
    Authority,
    Additional,
}

/// Whose records they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// The name being answered: the question's, or the last CNAME's target.
    Current,
    /// The ending of that name with this many octets.
    Suffix(usize),
    /// Another name in wire form, within the zone.
    Name(&'a [u8]),
}

/// Receives the records of an answer, section by section in order.
pub trait Sections {
    /// The zone that answers; told before any record.
    fn zone(&mut self, zone: &Zone, name: &Qname);

    /// An RRset; `required` ones that do not fit truncate the answer, others are left out.
    fn put(&mut self, section: Section, zone: &Zone, rrset: Rrset, owner: Owner<'_>, required: bool, how: Serve<'_>);

    /// A record made up for this answer; it is one set with what was put before where it `goes_on`.
    fn made(&mut self, section: Section, owner: Owner<'_>, rtype: RecordType, ttl: u32, rdata: &[u8], goes_on: bool);

    /// Signs the set put last; without its signature a `required` set is not served.
    fn sign(&mut self, section: Section, signed: &Signed, set: &Set<'_>, origin: Origin, required: bool);

    /// The signatures of a set of the current name that is not put: they are what is asked for.
    fn signatures(&mut self, signed: &Signed, set: &Set<'_>, origin: Origin);

    /// The CNAME that the DNAME put last stands for: `prefix` in front of its target of `target_len` octets.
    fn substituted(&mut self, prefix: &[u8], target_len: usize, ttl: u32);

    /// The CNAME put last leads on: its target, `len` octets long, is the current name now.
    fn advance(&mut self, len: usize);
}

/// How an RRset is served.
pub struct Serve<'a> {
    /// A TTL other than its own (N-25).
    pub ttl: Option<u32>,
    /// Where the random order of its records comes from; `None` keeps the order.
    pub shuffle: Option<&'a mut Entropy>,
    /// It is one RRset with what was put before: both are served, or neither (P-63, RFC 2181 §9).
    pub goes_on: bool,
    /// Leave out values already in the section (P-65).
    pub distinct: bool,
}

impl Serve<'_> {
    /// As it is.
    pub fn plainly() -> Self {
        Self { ttl: None, shuffle: None, goes_on: false, distinct: false }
    }
}

/// Answers a question of class IN.
pub fn answer<S: Sections, W: Witness>(
    world: &World,
    question: &Question<'_>,
    client: &Client,
    entropy: &mut Entropy,
    sections: &mut S,
    witness: &mut W,
) -> Outcome {
    let refused = Outcome {
        result: Answered::Refused,
        compact: false,
        authoritative: false,
        scope: 0,
        zone: None,
        node: NO_NODE,
    };
    let catalog = &world.snapshot.catalog;
    let view = catalog.view(client.listener, client.source);
    let Some(mut hit) = catalog.find(question.name, client.listener, view) else { return refused };
    if question.rtype == RecordType::DS && hit.apex == 0 {
        // DS belongs to the parent's side of the cut (RFC 4035 §3.1.4.1).
        hit = catalog.parent(question.name, hit, client.listener, view).unwrap_or(hit);
    }
    let (index, apex) = (hit.zone, hit.apex);
    let zone = &world.snapshot.zones[index as usize];
    witness.saw(Event::Zone { index, zone, view });
    sections.zone(zone, question.name);
    // In a private zone the view says where its clients are, and a client subnet says nothing (Z-34).
    let regarded;
    let client = if hit.private {
        regarded = Client { subnet: None, ..*client };
        &regarded
    } else {
        client
    };
    let standings = world.standings.of(index);
    let picker = Picker { world, zone, standings, client, view, private: hit.private, entropy, witness, scope: 0 };
    let signed = zone.signed.as_ref().filter(|_| question.dnssec_ok);
    let mut resolution = Resolution {
        picker,
        sections,
        question,
        signed,
        origin: Origin::Zone,
        authoritative: true,
        chain: None,
        node: NO_NODE,
    };
    let result = resolution.resolve(question.name, apex);
    let Resolution { picker, authoritative, node, .. } = resolution;
    let compact = signed.is_some() && result == Answered::NxDomain;
    Outcome { result, compact, authoritative, scope: picker.scope, zone: Some(index), node }
}

struct Resolution<'w, 'c, S, W> {
    picker: Picker<'w, 'c, W>,
    sections: &'c mut S,
    question: &'c Question<'c>,
    /// The zone's keys, where signatures are wanted of it.
    signed: Option<&'w Signed>,
    /// Where what is answered comes from: a wildcard's records are made for the question.
    origin: Origin,
    authoritative: bool,
    /// Where CNAMEs and DNAMEs have led; none for most questions.
    chain: Option<Chain>,
    /// The node that the name at hand was found at.
    node: NodeIndex,
}

impl<'w, S: Sections, W: Witness> Resolution<'w, '_, S, W> {
    /// Answers for one name of the zone; called again for each link of a chain.
    fn resolve(&mut self, name: &Qname, apex: usize) -> Answered {
        let zone = self.picker.zone;
        let (node, how) = match zone.find(name, apex) {
            Found::Exact(node) => match zone.node(node).cover() {
                Cover::Nothing => (node, Match::Exact),
                Cover::Cut(cut) if cut == node && self.question.rtype == RecordType::DS => (node, Match::Exact),
                Cover::Cut(cut) => return self.refer(cut),
                Cover::Dname(owner) => return self.substitute(owner, name),
            },
            Found::Below(encloser) => {
                let above = zone.node(encloser);
                match above.cover() {
                    Cover::Cut(cut) => return self.refer(cut),
                    Cover::Dname(owner) => return self.substitute(owner, name),
                    Cover::Nothing if zone.entry(encloser, RecordType::DNAME).is_some() => {
                        return self.substitute(encloser, name);
                    }
                    Cover::Nothing if above.wildcard != NO_NODE => (above.wildcard, Match::Wildcard),
                    Cover::Nothing => (encloser, Match::NoSuchName),
                }
            }
        };
        self.node = node;
        self.origin = if how == Match::Wildcard { Origin::Question } else { Origin::Zone };
        self.picker.witness.saw(Event::Node { node, how });
        match how {
            Match::NoSuchName if self.asks_for_made() && self.signed.is_some() => self.prove_asked(NO_NODE, &[NXNAME]),
            Match::NoSuchName => {
                self.deny();
                self.prove_no_name();
                Answered::NxDomain
            }
            _ => self.serve(node),
        }
    }

    /// Answers from a node: CNAME first, then the type asked (§8.2 steps 4 and 5).
    fn serve(&mut self, node: NodeIndex) -> Answered {
        let zone = self.picker.zone;
        let rtype = self.question.rtype;
        match zone.cname_and(node, rtype) {
            (Some(data), _) if rtype == RecordType::CNAME || rtype == RecordType::ANY => self.put_answer(data, rtype),
            // What signs a CNAME stands beside it (RFC 4035 §2.5).
            (Some(_), _) if self.asks_for_made() && zone.signed.is_some() => {
                self.serve_made(node).unwrap_or_else(|| self.no_data())
            }
            (Some(data), _) => self.follow(data),
            (None, _) if rtype == RecordType::ANY => self.put_any(node),
            (None, _) if self.led_here(node, rtype) => self.end_chain(),
            (None, Some(data)) => self.put_answer(data, rtype),
            (None, None) => self.serve_made(node).unwrap_or_else(|| self.no_data()),
        }
    }

    fn chain(&mut self) -> &mut Chain {
        let question = self.question;
        self.chain.get_or_insert_with(|| Chain::from(question.name))
    }

    /// Whether this is a DNAME that led here, and so in the answer already.
    fn led_here(&self, node: NodeIndex, rtype: RecordType) -> bool {
        rtype == RecordType::DNAME
            && self.chain.as_ref().is_some_and(|chain| chain.dnames[..chain.links].contains(&node))
    }

    fn put_answer(&mut self, data: Data, rtype: RecordType) -> Answered {
        let picked = self.picker.pick(data);
        if picked.is_empty() {
            return self.no_data();
        }
        self.put_picked(&picked);
        self.put_authority_and_additional(&picked, rtype);
        Answered::Records
    }

    #[inline(always)]
    fn put_picked(&mut self, picked: &Picked) {
        match picked {
            Picked::Nothing => {}
            Picked::One(rrset) => self.put_one(*rrset, None, false, false),
            Picked::Merged(merged) => {
                for (at, rrset) in merged.rrsets().iter().enumerate() {
                    self.put_one(*rrset, merged.ttl, at > 0, merged.repeats);
                }
            }
        }
        if self.signed.is_some() {
            self.sign_picked(picked);
        }
    }

    #[inline(always)]
    fn put_one(&mut self, rrset: Rrset, ttl: Option<u32>, goes_on: bool, distinct: bool) {
        let how = Serve { ttl, shuffle: Some(&mut *self.picker.entropy), goes_on, distinct };
        self.sections.put(Section::Answer, self.picker.zone, rrset, Owner::Current, true, how);
    }

    /// Every group at the name over TCP, each after selection; one HINFO over UDP unless switched (Q-20, RFC 8482).
    fn put_any(&mut self, node: NodeIndex) -> Answered {
        let zone = self.picker.zone;
        if zone.entries(node).is_empty() {
            return self.no_data();
        }
        if self.question.datagram && self.picker.world.snapshot.behaviour.any == AnyMode::Rfc8482 {
            self.sections.made(Section::Answer, Owner::Current, RecordType::HINFO, ANY_TTL, ANY_HINFO, false);
            self.sign_made(Section::Answer, RecordType::HINFO, ANY_TTL, &[ANY_HINFO]);
            return Answered::Records;
        }
        let mut empty = true;
        for entry in zone.entries(node) {
            if self.led_here(node, entry.rtype) {
                empty = false;
                continue;
            }
            let picked = self.picker.pick(entry.data());
            empty &= picked.is_empty();
            self.put_picked(&picked);
        }
        if empty { self.no_data() } else { Answered::Records }
    }

    /// A CNAME in the way: it is put, and its target answered when it lies in this zone.
    fn follow(&mut self, data: Data) -> Answered {
        let picked = self.picker.pick(data);
        let Some(&rrset) = picked.rrsets().first() else { return self.no_data() };
        self.put_picked(&picked);
        self.picker.witness.saw(Event::Follows { rrset });
        let zone = self.picker.zone;
        let target = zone.canonical_target(rrset).and_then(Qname::read);
        match target {
            Some(target) => self.go_on(&target),
            None => self.end_chain(),
        }
    }

    /// Goes on at the target of the CNAME put last, unless it is another zone's or the chain has been there.
    fn go_on(&mut self, target: &Qname) -> Answered {
        let apex_name = self.picker.zone.name.wire();
        let apex = (0..=target.labels()).find(|label| target.suffix(*label).len() == apex_name.len());
        let Some(apex) = apex.filter(|apex| target.suffix(*apex) == apex_name) else { return self.end_chain() };
        let Picker { world, client, view, .. } = &self.picker;
        let closest = world.snapshot.catalog.find(target, client.listener, *view);
        if closest.is_some_and(|closest| closest.apex < apex || closest.private != self.picker.private) {
            // A zone below this one is here too: what this one lacks there proves nothing.
            return self.end_chain();
        }
        if !self.picker.world.snapshot.behaviour.cname_chase || !self.chain().comes_to(target) {
            return self.end_chain();
        }
        self.sections.advance(target.len());
        self.resolve(target, apex)
    }

    /// A DNAME above the name: it is put with the CNAME it stands for (RFC 6672 §3.1).
    fn substitute(&mut self, owner: NodeIndex, name: &Qname) -> Answered {
        let zone = self.picker.zone;
        self.node = owner;
        self.picker.witness.saw(Event::Node { node: owner, how: Match::Dname });
        let Some(Data::Rrset(rrset)) = zone.entry(owner, RecordType::DNAME) else { return self.no_data() };
        let owner_name = zone.node_name(owner);
        let (_, ttl) = zone.type_and_ttl(rrset);
        // An RRset is in a message once, however often a chain comes by.
        let again = self.chain().leads_by(owner);
        if !again {
            let owner = Owner::Suffix(owner_name.len());
            self.sections.put(Section::Answer, zone, rrset, owner, true, Serve::plainly());
            self.sign_rrset(Section::Answer, rrset, owner_name, true);
        }
        let prefix = &name.wire()[..name.len() - owner_name.len()];
        let target = zone.canonical_target(rrset).unwrap_or(&[0]);
        let mut bytes = [0; MAX_NAME];
        let Some(joined) = bytes.get_mut(..prefix.len() + target.len()) else { return Answered::YxDomain };
        joined[..prefix.len()].copy_from_slice(prefix);
        joined[prefix.len()..].copy_from_slice(target);
        self.picker.witness.saw(Event::Follows { rrset });
        if again {
            self.sections.made(Section::Answer, Owner::Current, RecordType::CNAME, ttl, joined, false);
        } else {
            self.sections.substituted(prefix, target.len(), ttl);
        }
        let within = |label: usize, target: &Qname| target.suffix(label) == owner_name;
        match (Qname::read(target), Qname::read(joined)) {
            // A DNAME that leads below itself leads nowhere else.
            (Some(target), _) if (0..=target.labels()).any(|label| within(label, &target)) => self.end_chain(),
            (_, Some(name)) if self.question.rtype != RecordType::CNAME => self.go_on(&name),
            _ => self.end_chain(),
        }
    }

    /// The next link is for the resolver to ask.
    fn end_chain(&mut self) -> Answered {
        self.put_authority();
        Answered::Records
    }

    /// The name lies in somebody else's zone: their name servers and what glue we have (Q-10, RFC 9471).
    fn refer(&mut self, cut: NodeIndex) -> Answered {
        let zone = self.picker.zone;
        self.node = cut;
        self.picker.witness.saw(Event::Node { node: cut, how: Match::Cut });
        // Only the first owner's authority counts.
        self.authoritative = self.chain.as_ref().is_some_and(|chain| chain.links > 0);
        let Some(Data::Rrset(index)) = zone.entry(cut, RecordType::NS) else { return self.no_data() };
        let cut_name = zone.node_name(cut);
        let owner = Owner::Suffix(cut_name.len());
        self.sections.put(Section::Authority, zone, index, owner, true, Serve::plainly());
        if self.signed.is_some() {
            self.sign_cut(cut);
        }
        // Glue without which the child cannot be reached at all is required; of siblings it is welcome.
        for in_domain in [true, false] {
            for &target in zone.additional(index) {
                if (zone.node(target).cover() == Cover::Cut(cut)) == in_domain {
                    self.put_addresses(target, in_domain);
                }
            }
        }
        Answered::Referral
    }

    fn put_authority_and_additional(&mut self, picked: &Picked, rtype: RecordType) {
        let zone = self.picker.zone;
        if rtype != RecordType::NS {
            self.put_authority();
        }
        if host_at(rtype).is_none() {
            return;
        }
        for (at, rrset) in picked.rrsets().iter().enumerate() {
            // Several picked RRsets may name one host; its addresses are put once (RFC 2181 §5).
            let before = &picked.rrsets()[..at];
            let named_before = |target| before.iter().any(|before| zone.additional(*before).contains(target));
            for target in zone.additional(*rrset).iter().filter(|target| !named_before(target)).copied() {
                if rtype == RecordType::NS || zone.node(target).cover() == Cover::Nothing {
                    self.put_addresses(target, false);
                }
            }
        }
    }

    /// The apex NS set beside a positive answer, where it is wanted.
    fn put_authority(&mut self) {
        let zone = self.picker.zone;
        if self.picker.world.snapshot.behaviour.authority_ns
            && let Some(ns) = zone.plain(0, RecordType::NS)
        {
            let owner = Owner::Suffix(zone.name.wire().len());
            self.sections.put(Section::Authority, zone, ns, owner, false, Serve::plainly());
            self.sign_rrset(Section::Authority, ns, zone.name.wire(), false);
        }
    }

    /// Addresses of a target of NS, MX or SRV, where they need no picking.
    fn put_addresses(&mut self, target: NodeIndex, required: bool) {
        let zone = self.picker.zone;
        for rtype in [RecordType::A, RecordType::AAAA] {
            if let Some(addresses) = zone.plain(target, rtype) {
                let owner = Owner::Name(zone.node_name(target));
                self.sections.put(Section::Additional, zone, addresses, owner, required, Serve::plainly());
                // What lies below a cut is another's to sign.
                if self.signed.is_some() && zone.node(target).cover() == Cover::Nothing {
                    self.sign_rrset(Section::Additional, addresses, zone.node_name(target), false);
                }
            }
        }
    }

    fn no_data(&mut self) -> Answered {
        self.deny();
        self.prove_no_data();
        Answered::NoData
    }

    /// The SOA of a negative answer (Q-13, RFC 2308 §3).
    fn deny(&mut self) {
        let zone = self.picker.zone;
        let owner = Owner::Suffix(zone.name.wire().len());
        self.sections.put(Section::Authority, zone, zone.negative_soa, owner, true, Serve::plainly());
        self.sign_rrset(Section::Authority, zone.negative_soa, zone.name.wire(), true);
    }
}

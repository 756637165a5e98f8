//! A packet and who sent it → the reply's bytes: the one entrance to the answer path.

use std::net::IpAddr;

use super::cookie::Proof;
use super::edns::{self, Edns};
use super::encode::Encoder;
use super::options::Options;
use super::query::{self, Fault, HEADER, IN, Query};
use super::sign::Missing;
use super::{chaos, rcode, tsig};
use crate::answer::{Answered, Client, Outcome, Question, Subnet, Witness, answer};
use crate::dnssec::NXNAME;
use crate::model::RecordType;
use crate::policy::Entropy;
use crate::snapshot::qname::Qname;
use crate::snapshot::zone::{NO_NODE, NodeIndex};
use crate::snapshot::{Behaviour, World};

const CHAOS: u16 = 3;
const ANY_CLASS: u16 = 255;
/// Without EDNS a datagram carries this much (RFC 1035 §4.2.1).
const PLAIN_DATAGRAM: u16 = 512;

/// Who sent a packet, where to, and how.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The source address; IPv4-mapped ones as IPv4.
    pub source: IpAddr,
    /// The listener's index in [`crate::snapshot::Ground::listeners`].
    pub listener: u16,
    /// How it came.
    pub transport: Transport,
}

/// How a packet came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Transport {
    Udp,
    Tcp,
    Dot,
    Doh,
    Doq,
    Doh3,
}

impl Transport {
    /// Whether nobody on the way can read along: RFC 7858, RFC 8484, RFC 9250.
    pub fn is_encrypted(self) -> bool {
        !matches!(self, Self::Udp | Self::Tcp)
    }
}

/// What one query has of its own, its chance and its time; a bare number is its chance alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    /// Its chance.
    pub seed: u64,
    /// When it is, in seconds since 1970 modulo 2³² (RFC 9018 §4.3).
    pub now: u32,
    /// How long its connection may be idle, in units of 100 ms (RFC 7828 §3.1); `None` where there is none to keep.
    pub idle: Option<u16>,
    /// How many signatures may be made for its question alone; `None` for as many as it takes. Who gets none over UDP is
    /// told to come back over TCP, and there that it cannot be served now.
    pub spare: Option<u16>,
}

impl From<u64> for Turn {
    fn from(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }
}

/// What was replied, for metrics, logs and limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Octets of the reply.
    pub len: usize,
    /// The zone that answered, by index.
    pub zone: Option<u32>,
    /// The type asked; 0 where no question was understood.
    pub rtype: RecordType,
    /// The response code, extended bits included.
    pub rcode: u16,
    /// Octets of the question's name, which begins at octet 12 of the packet; 0 where none was understood.
    pub name_len: u8,
    /// The client subnet of the query and the scope of the reply.
    pub subnet: Option<(Subnet, u8)>,
    /// The reply was cut (TC).
    pub truncated: bool,
    /// How the question ended; `None` where it was not looked up.
    pub result: Option<Answered>,
    /// The node of the zone that the reply is about; all names that a wildcard covers share one.
    pub node: NodeIndex,
    /// Signatures that were made when it was asked for; those that were kept are not counted.
    pub signed: u16,
    /// Those among them that were made for its question alone.
    pub spent: u16,
    /// What the query's cookie proves.
    pub proof: Proof,
    /// Where the reply's OPT record begins, and its octets; none where that is 0.
    pub opt: (u16, u16),
}

/// Replies to a packet; `None` means silence.
///
/// The same world, packet, peer and turn give the same bytes. `out` must hold 4,096 octets for UDP and 65,535
/// otherwise.
pub fn respond<W: Witness>(
    world: &World,
    packet: &[u8],
    peer: &Peer,
    turn: impl Into<Turn>,
    out: &mut [u8],
    witness: &mut W,
) -> Option<Reply> {
    respond_with(&mut Qname::default(), world, packet, peer, turn, out, witness)
}

/// The same with room for the name asked: whoever keeps it does not pay for clearing it with every query.
#[inline(always)]
pub fn respond_with<W: Witness>(
    name: &mut Qname,
    world: &World,
    packet: &[u8],
    peer: &Peer,
    turn: impl Into<Turn>,
    out: &mut [u8],
    witness: &mut W,
) -> Option<Reply> {
    let turn = &turn.into();
    let mut query = Query::empty();
    match query::read(packet, name, &mut query) {
        Ok(()) => Some(reply(world, packet, name, &query, peer, turn, out, witness)),
        Err(Fault::Silence) => None,
        Err(Fault::Header(code)) => header_only(packet, code, out),
        Err(Fault::NoQuestion(edns)) => unasked(world, packet, &edns, peer, turn, out),
    }
}

/// Where the TSIG record of a well-formed query begins; for replies that may have to be signed.
pub fn signature(packet: &[u8]) -> Option<usize> {
    let mut query = Query::empty();
    query::read(packet, &mut Qname::default(), &mut query).ok()?;
    query.signature
}

/// The most octets of a reply to this packet.
pub fn room(world: &World, packet: &[u8], peer: &Peer) -> usize {
    let mut query = Query::empty();
    match query::read(packet, &mut Qname::default(), &mut query) {
        Ok(()) => whole(world, &query, peer),
        Err(_) => HEADER,
    }
}

/// The reply to a packet that has no meaning: FORMERR with nothing else.
pub fn formerr(packet: &[u8], out: &mut [u8]) -> Option<Reply> {
    header_only(packet, rcode::FORMERR, out)
}

/// The reply to a packet whose answering failed: SERVFAIL with nothing else.
pub fn servfail(packet: &[u8], out: &mut [u8]) -> Option<Reply> {
    header_only(packet, rcode::SERVFAIL, out)
}

fn header_only(packet: &[u8], code: u16, out: &mut [u8]) -> Option<Reply> {
    let asked = packet.first_chunk::<HEADER>().filter(|header| header[2] & 0x80 == 0)?;
    let out = out.first_chunk_mut::<HEADER>()?;
    *out = [asked[0], asked[1], 0x80 | asked[2] & 0x79, code as u8 & 0x0f, 0, 0, 0, 0, 0, 0, 0, 0];
    Some(Reply {
        len: HEADER,
        zone: None,
        rtype: RecordType(0),
        rcode: code,
        name_len: 0,
        subnet: None,
        truncated: false,
        result: None,
        node: NO_NODE,
        signed: 0,
        spent: 0,
        proof: Proof::None,
        opt: (0, 0),
    })
}

/// The reply to a query without a question: a cookie to who asks for one, FORMERR to everyone else (RFC 7873 §5.4).
#[cold]
fn unasked(world: &World, packet: &[u8], edns: &Edns<'_>, peer: &Peer, turn: &Turn, out: &mut [u8]) -> Option<Reply> {
    let behaviour = &world.snapshot.behaviour;
    let mut options = Options::default();
    // What is malformed leaves nothing to give.
    let _ = options.fill(edns, behaviour, peer, turn);
    let code = match options.proof {
        Proof::None => return header_only(packet, rcode::FORMERR, out),
        Proof::Client | Proof::Valid => rcode::NOERROR,
        Proof::Wrong => rcode::BADCOOKIE,
    };
    let opt_len = edns.reply_len(&options);
    let reply = header_only(packet, code, out)?;
    edns.write(out.get_mut(HEADER..HEADER + opt_len)?, behaviour.udp_max, code, 0, &options);
    out[11] = 1;
    Some(Reply { len: HEADER + opt_len, proof: options.proof, opt: (HEADER as u16, opt_len as u16), ..reply })
}

#[allow(clippy::too_many_arguments, reason = "what respond is given, and what was read of it")]
#[inline(always)]
fn reply<W: Witness>(
    world: &World,
    packet: &[u8],
    name: &Qname,
    query: &Query<'_>,
    peer: &Peer,
    turn: &Turn,
    out: &mut [u8],
    witness: &mut W,
) -> Reply {
    let behaviour = &world.snapshot.behaviour;
    let whole = whole(world, query, peer);
    let mut options = Options::default();
    let is_ordinary = query.is_ordinary();
    let settled = if is_ordinary { None } else { early(world, name, query, peer, turn, &mut options) };
    let opt_len = query.edns().map_or(0, |edns| edns.reply_len(&options));
    let whole = whole.min(out.len());
    let limit = whole.saturating_sub(opt_len);
    let question_end = query.question_end();
    out[HEADER..question_end].copy_from_slice(&packet[HEADER..question_end]);
    let mut encoder = Encoder::new(out, name.len(), limit, turn);
    let mut verdict = Verdict::of_nothing();
    match settled {
        Some(code) => verdict.code = code,
        None if !is_ordinary && query.class == CHAOS => verdict = identify(behaviour, name, query, &mut encoder),
        None if !is_ordinary && query.class != IN && query.class != ANY_CLASS => verdict.code = rcode::REFUSED,
        None => {
            let datagram = peer.transport == Transport::Udp;
            let edns = query.edns();
            let dnssec_ok = edns.is_some_and(|edns| edns.dnssec_ok);
            let question = Question { name, rtype: query.rtype, datagram, dnssec_ok };
            let client = Client { source: peer.source, subnet: query.subnet(), listener: peer.listener };
            let outcome = answer(world, &question, &client, &mut Entropy::new(turn.seed), &mut encoder, witness);
            verdict = Verdict::of(outcome);
            if outcome.compact && edns.is_none_or(|edns| !edns.compact_ok) {
                // The proof says it: who does not know how reads that there is no data (RFC 9824 §2).
                verdict.code = rcode::NOERROR;
            }
            // Nobody here knows every class (RFC 1035 §6.2).
            verdict.authoritative &= query.class == IN;
        }
    }
    let Encoder { mut at, mut counts, mut truncated, signed, spent, missing, .. } = encoder;
    match missing {
        None => {}
        // What cannot be signed would be taken for forged.
        Some(Missing::OutOfReach) => {
            (at, counts, truncated) = (question_end, [0; 3], false);
            verdict = Verdict { code: rcode::SERVFAIL, ..Verdict::of_nothing() };
        }
        Some(Missing::NotNow) => {
            // Over a stream there is nowhere else to come to.
            truncated = peer.transport == Transport::Udp;
            (at, counts) = (question_end, [0; 3]);
            verdict.code = if truncated { rcode::NOERROR } else { rcode::SERVFAIL };
        }
    }
    let mut len = at;
    if let Some(edns) = query.edns() {
        edns.write(&mut out[at..at + opt_len], behaviour.udp_max, verdict.code, verdict.scope, &options);
        len += opt_len;
        if !is_ordinary && edns.wants_padding && peer.transport.is_encrypted() && query.signature.is_none() {
            len += edns::pad(&mut out[at..whole], opt_len, len);
        }
    }
    let [answers, authority, records_additional] = counts.map(u64::from);
    let mut additional = records_additional + u64::from(query.edns().is_some());
    if !is_ordinary
        && let Some(signature) = query.signature.filter(|_| verdict.code == rcode::NOTAUTH)
        && let Some(refusal) = out.get_mut(len..whole).and_then(|room| tsig::refuse(packet, signature, room))
    {
        len += refusal;
        additional += 1;
    }
    let flags = u8::from(verdict.authoritative) << 2 | u8::from(truncated) << 1 | packet[2] & 0x01;
    out[..4].copy_from_slice(&[packet[0], packet[1], 0x80 | flags, verdict.code as u8 & 0x0f]);
    out[4..HEADER].copy_from_slice(&(1 << 48 | answers << 32 | authority << 16 | additional).to_be_bytes());
    Reply {
        len,
        zone: verdict.zone,
        rtype: query.rtype,
        rcode: verdict.code,
        name_len: name.len() as u8,
        subnet: query.subnet().map(|subnet| (subnet, verdict.scope)),
        truncated,
        result: verdict.result,
        node: verdict.node,
        signed,
        spent,
        proof: options.proof,
        opt: (at as u16, opt_len as u16),
    }
}

/// Whether the client takes cookies and must show ours before it is answered (RFC 7873 §5.2.3).
fn lacks_cookie(options: &Options<'_>, behaviour: &Behaviour, peer: &Peer) -> bool {
    matches!(options.proof, Proof::Client | Proof::Wrong)
        && peer.transport == Transport::Udp
        && behaviour.cookies.as_ref().is_some_and(|cookies| cookies.require)
}

/// The most octets of the reply.
#[inline]
fn whole(world: &World, query: &Query<'_>, peer: &Peer) -> usize {
    match (peer.transport, query.edns()) {
        // What is carried in a stream of its own, or in one datagram after another, is never cut.
        (Transport::Tcp | Transport::Dot | Transport::Doh | Transport::Doq | Transport::Doh3, _) => {
            usize::from(u16::MAX)
        }
        (Transport::Udp, None) => usize::from(PLAIN_DATAGRAM),
        (Transport::Udp, Some(edns)) => {
            usize::from(edns.payload.min(world.snapshot.behaviour.udp_max).max(PLAIN_DATAGRAM))
        }
    }
}

struct Verdict {
    code: u16,
    authoritative: bool,
    scope: u8,
    zone: Option<u32>,
    result: Option<Answered>,
    node: NodeIndex,
}

impl Verdict {
    fn of_nothing() -> Self {
        Self { code: rcode::NOERROR, authoritative: false, scope: 0, zone: None, result: None, node: NO_NODE }
    }

    fn of(outcome: Outcome) -> Self {
        let Outcome { result, authoritative, scope, zone, node, .. } = outcome;
        let code = match result {
            Answered::Records | Answered::NoData | Answered::Referral => rcode::NOERROR,
            Answered::NxDomain => rcode::NXDOMAIN,
            Answered::Refused => rcode::REFUSED,
            Answered::YxDomain => rcode::YXDOMAIN,
        };
        Self { code, authoritative, scope, zone, result: Some(result), node }
    }
}

/// The code of what is settled before any zone is looked at; what the reply carries besides is put into `options`.
#[cold]
fn early<'w>(
    world: &'w World,
    name: &Qname,
    query: &Query<'_>,
    peer: &Peer,
    turn: &Turn,
    options: &mut Options<'w>,
) -> Option<u16> {
    let behaviour = &world.snapshot.behaviour;
    let is_malformed = match query.edns() {
        Some(edns) if edns.has_options => options.fill(edns, behaviour, peer, turn).is_err(),
        _ => false,
    };
    match query.edns() {
        // Before anything else is made of it (RFC 8945 §5.2).
        _ if query.signature.is_some() => Some(rcode::NOTAUTH),
        Some(edns) if edns.version != 0 => Some(rcode::BADVERS),
        // P-9; the reply keeps question and OPT, as RFC 6891 §7 wants of every reply to a query with OPT.
        Some(edns) if edns.subnet_malformed => Some(rcode::FORMERR),
        // A type that no name has, in proofs alone (RFC 9824 §3.5).
        _ if is_malformed || query.rtype == NXNAME => Some(rcode::FORMERR),
        _ if lacks_cookie(options, behaviour, peer) => Some(rcode::BADCOOKIE),
        _ => transfer(world, name, query, peer),
    }
}

/// What CHAOS questions get: who and what this is, where it is told (T038).
#[cold]
fn identify(behaviour: &Behaviour, name: &Qname, query: &Query<'_>, encoder: &mut Encoder<'_>) -> Verdict {
    let nothing = Verdict::of_nothing();
    match chaos::text(&behaviour.chaos, name.wire()) {
        Some(text) if query.rtype == RecordType::TXT || query.rtype == RecordType::ANY => {
            let mut rdata = [0; 256];
            let len = chaos::rdata(text, &mut rdata);
            encoder.put_made(CHAOS, RecordType::TXT, 0, &rdata[..len]);
            Verdict { authoritative: true, ..nothing }
        }
        _ => Verdict { code: rcode::REFUSED, ..nothing },
    }
}

/// Transfers are refused here, and how depends on how they are asked for; what is REFUSED is looked at again where
/// someone may have it (`edge`).
fn transfer(world: &World, name: &Qname, query: &Query<'_>, peer: &Peer) -> Option<u16> {
    if !matches!(query.rtype, RecordType::AXFR | RecordType::IXFR) {
        return None;
    }
    match (query.rtype, peer.transport) {
        (RecordType::IXFR, _) if !query.has_authority => Some(rcode::FORMERR),
        // There is no AXFR over UDP (RFC 5936 §4.2).
        (RecordType::AXFR, Transport::Udp) => Some(rcode::NOTIMP),
        (RecordType::AXFR | RecordType::IXFR, _) => {
            let catalog = &world.snapshot.catalog;
            let view = catalog.view(peer.listener, peer.source);
            let hit = catalog.find(name, peer.listener, view);
            // Another server's zone, or no zone's apex: RFC 5936 §2.2.1.
            Some(if hit.is_some_and(|hit| hit.apex == 0) { rcode::REFUSED } else { rcode::NOTAUTH })
        }
        _ => None,
    }
}

//! The second look at what `wire` turned down: signed queries whose key is known, and transfers that someone may have.
//!
//! Nothing here is on an ordinary query's way.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Recorder;
use crate::model::RecordType;
use crate::snapshot::World;
use crate::snapshot::qname::Qname;
use crate::transfer::{Asked, Ending, Transfer, find, held_serial};
use crate::tsig::{self, BADSIG, Refusal, Signature, Signer};
use crate::wire::{Peer, Proof, Reply, Transport, Turn, formerr, rcode, respond, room, signature};

/// Octets of a message's header.
const HEADER: usize = 12;
/// Octets that a reply without records may have more than its question: OPT with what is put into it.
const LEAST: usize = 256;
/// Class IN (RFC 1035 §3.2.4).
const CLASS_IN: [u8; 2] = [0, 1];

/// Whether a reply is one that a second look may change.
#[inline]
pub(super) fn concerns(world: &World, reply: &Reply) -> bool {
    let is_transfer = matches!(reply.rtype, RecordType::AXFR | RecordType::IXFR);
    (reply.rcode == rcode::NOTAUTH || is_transfer) && !world.snapshot.behaviour.transfers.are_off()
}

/// Seconds since 1970, as TSIG counts them.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// What a query gets that `first` would have turned down; a transfer over a stream is put into `begun`, and then there is
/// no reply yet.
#[cold]
pub(super) fn look_again<R: Recorder>(
    world: &Arc<World>,
    (packet, peer, turn): (&[u8], &Peer, Turn),
    first: Reply,
    out: &mut [u8],
    recorder: &mut R,
    begun: &mut Option<Box<Transfer>>,
) -> Reply {
    let now = now();
    let Some(at) = signature(packet) else {
        return or_transfer(world, (packet, peer), first, None, out, recorder, begun).0;
    };
    let keys = &world.snapshot.behaviour.transfers.keys;
    match tsig::verify(packet, at, keys, now) {
        Ok(signer) => signed(world, (packet, at, peer, turn), signer, now, out, recorder, begun).unwrap_or(first),
        Err(Refusal::UnknownKey) => first,
        Err(Refusal::Malformed) => formerr(packet, out).unwrap_or(first),
        Err(Refusal::WrongMac) => refused(packet, at, first, out, |out, len, signature| {
            tsig::tell(out, len, keys.get(&signature.key)?, signature, BADSIG)
        }),
        Err(Refusal::Told(mut signer)) => refused(packet, at, first, out, |out, len, _| signer.sign(out, len, now)),
    }
}

/// Answers what was signed as if it had not been, and signs the answer.
fn signed<R: Recorder>(
    world: &Arc<World>,
    (packet, at, peer, turn): (&[u8], usize, &Peer, Turn),
    mut signer: Signer,
    now: u64,
    out: &mut [u8],
    recorder: &mut R,
    begun: &mut Option<Box<Transfer>>,
) -> Option<Reply> {
    let plain = tsig::stripped(packet, at);
    // Question and OPT come back whole, however little room the client leaves for them and the signature.
    let least = at + LEAST;
    let most = room(world, packet, peer).saturating_sub(signer.octets()).max(least).min(out.len() - signer.octets());
    let reply = respond(world, &plain, peer, turn, &mut out[..most], recorder)?;
    // A signature says who asks better than a cookie does.
    let reply = Reply { proof: Proof::Valid, ..reply };
    let (mut reply, signer) = match reply.rtype {
        RecordType::AXFR | RecordType::IXFR => {
            or_transfer(world, (&plain, peer), reply, Some(signer), out, recorder, begun)
        }
        _ => {
            let len = signer.sign(out, reply.len, now)?;
            return Some(Reply { len, ..reply });
        }
    };
    if let Some(mut signer) = signer {
        reply.len = signer.sign(out, reply.len, now)?;
    }
    Some(reply)
}

/// A transfer where the client may have one, else `first`; the signer comes back where it was not used.
fn or_transfer<R: Recorder>(
    world: &Arc<World>,
    (packet, peer): (&[u8], &Peer),
    first: Reply,
    signer: Option<Signer>,
    out: &mut [u8],
    recorder: &mut R,
    begun: &mut Option<Box<Transfer>>,
) -> (Reply, Option<Signer>) {
    let question_end = HEADER + usize::from(first.name_len) + 4;
    let name = packet.get(HEADER..).and_then(Qname::read);
    let found =
        name.filter(|_| first.rcode == rcode::REFUSED && packet.get(question_end - 2..question_end) == Some(&CLASS_IN));
    let found = found.and_then(|name| find(world, &name, peer.listener, peer.source));
    let Some((zone, private, view)) = found else { return (first, signer) };
    // One message answers one request there (RFC 8484 §4.2), or one stream is for one question (RFC 9250 §4.2).
    if matches!(peer.transport, Transport::Doh | Transport::Doq | Transport::Doh3) {
        return (first, signer);
    }
    let apex = &world.snapshot.zones[zone as usize].name;
    let transfers = &world.snapshot.behaviour.transfers;
    if !transfers.admit(apex, peer.source, signer.as_ref().map(Signer::key)) {
        return (first, signer);
    }
    let has = match first.rtype {
        RecordType::IXFR => match held_serial(packet, question_end) {
            Some(serial) => Some(serial),
            None => return (formerr(packet, out).unwrap_or(first), None),
        },
        _ => None,
    };
    let refusal = out[..first.len].to_vec();
    let asked = Asked { zone, private, view, has, refusal: &refusal, name_len: usize::from(first.name_len) };
    let Some(transfer) = Transfer::begin(world.clone(), &asked, signer) else { return (first, None) };
    let reply = Reply { rcode: rcode::NOERROR, zone: Some(zone), len: 0, ..first };
    if peer.transport != Transport::Udp {
        *begun = Some(Box::new(transfer));
        return (reply, None);
    }
    let most = room(world, packet, peer).min(out.len());
    match transfer.datagram(&mut out[..most], now()) {
        Ok((len, transfer)) => {
            recorder.transferred(&transfer, peer, Ending::Done);
            // The refusal's OPT record has moved behind the answers; behind it is a signature, which is never cut.
            let opt = match transfer.key() {
                None => ((len - usize::from(first.opt.1)) as u16, first.opt.1),
                Some(_) => (0, 0),
            };
            (Reply { len, opt, ..reply }, None)
        }
        Err(_) => {
            // What was begun is no answer.
            out[..refusal.len()].copy_from_slice(&refusal);
            (first, None)
        }
    }
}

/// The refusal in `out` with another TSIG record in place of the one that says the key is not known.
fn refused(
    packet: &[u8],
    at: usize,
    first: Reply,
    out: &mut [u8],
    write: impl FnOnce(&mut [u8], usize, &Signature<'_>) -> Option<usize>,
) -> Reply {
    let Some(signature) = Signature::read(packet, at) else { return first };
    let [e1, e2] = tsig::BADKEY.to_be_bytes();
    let Some(base) =
        first.len.checked_sub(signature.bare_len()).filter(|_| out[..first.len].ends_with(&[e1, e2, 0, 0]))
    else {
        return first;
    };
    let counted = u16::from_be_bytes([out[10], out[11]]);
    out[10..12].copy_from_slice(&counted.saturating_sub(1).to_be_bytes());
    match write(out, base, &signature) {
        Some(len) => Reply { len, ..first },
        None => {
            out[10..12].copy_from_slice(&counted.to_be_bytes());
            first
        }
    }
}

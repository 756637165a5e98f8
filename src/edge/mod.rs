//! Sockets: queries come in, answers go out.
//!
//! Every transport hands a packet to a [`Responder`] and sends what it returns; what an answer is, is known
//! to `wire` alone, and what becomes of the figures to whoever implements [`Recorder`]. Nothing here knows
//! configuration, metrics or logs of queries.

mod allowance;
pub mod connection;
pub mod encrypted;
pub mod http;
mod keyed;
pub mod listen;
mod moment;
pub mod proxy;
mod rate_limit;
mod seats;
pub mod tcp;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transfer_tests;
pub mod trouble;
pub mod udp;
mod wildcard;

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use arc_swap::{ArcSwap, Cache};

use crate::answer::Witness;
use crate::policy::Entropy;
use crate::snapshot::World;
use crate::snapshot::qname::Qname;
use crate::transfer::{Ending, Transfer};
use crate::wire::{Peer, Reply, Transport, Turn, respond_with, servfail};

pub use allowance::Allowance;
pub use moment::Moment;
use proxy::Proxies;
pub use rate_limit::{Action, Kind, Limited, RateLimiter};
pub use seats::{Figures, Gate, Limits, Seats, Taken};
use trouble::Troubles;

/// For how many milliseconds a worker saves up signatures that it may make for names as they are asked.
const SAVED: u64 = 250;
/// The most octets a DNS message has, and what an answer buffer for TCP holds (RFC 1035 §4.2.2).
pub const LARGEST_MESSAGE: usize = 65_535;

/// What the sockets of one address have in common.
#[derive(Clone, Debug, Default)]
pub struct Door {
    /// The number of the listener, by which the world knows what is asked there; it changes with its name.
    pub listener: Arc<AtomicU16>,
    /// Who speaks for others there; `None` where everyone speaks for themselves.
    pub proxies: Option<Arc<Proxies>>,
    /// Where trouble is counted.
    pub troubles: Arc<Troubles>,
}

impl Door {
    fn number(&self) -> u16 {
        self.listener.load(Ordering::Relaxed)
    }
}

/// Whoever counts and logs answers; one per worker thread, so that nothing is shared on the query path.
pub trait Recorder: Witness {
    /// The answers that follow come from this world.
    fn enter(&mut self, world: &Arc<World>);
    /// A reply is ready to be sent.
    fn answered(&mut self, world: &World, packet: &[u8], peer: &Peer, reply: &Reply);
    /// Nothing is sent: the packet deserved silence.
    fn kept_silent(&mut self, peer: &Peer);
    /// Answering this packet panicked; the client gets SERVFAIL.
    fn panicked(&mut self, peer: &Peer);
    /// The reply is over a rate limit; where it is sent all the same, [`Self::answered`] follows.
    fn limited(&mut self, _: &Peer, _: &Limited) {}
    /// A transfer ended; rare, so that whoever only counts queries need not care.
    fn transferred(&mut self, _transfer: &Transfer, _peer: &Peer, _ending: Ending) {}
}

/// Answers packets of one worker from the world of the moment.
pub struct Responder<R> {
    world: Cache<Arc<ArcSwap<World>>, Arc<World>>,
    entered: usize,
    entropy: Entropy,
    /// What the queries of one moment have in common; each gets a seed of its own.
    turn: Turn,
    /// Milliseconds since 1970.
    millis: u64,
    limiter: Arc<RateLimiter>,
    allowance: Allowance,
    recorder: R,
    /// Room for the name asked.
    name: Qname,
}

impl<R: Recorder> Responder<R> {
    /// A responder over the world behind `world`, seeded by the operating system.
    pub fn new(world: Arc<ArcSwap<World>>, recorder: R) -> Self {
        // RandomState draws its keys from the operating system once per thread and counts on from there.
        let seed = RandomState::new().hash_one(std::thread::current().id());
        let (world, entropy) = (Cache::new(world), Entropy::new(seed));
        let (turn, limiter, name) = (Turn::default(), Arc::default(), Qname::default());
        let allowance = Allowance::saved_for(SAVED);
        Self { world, entered: 0, entropy, turn, millis: 0, limiter, allowance, recorder, name }
    }

    /// The same, counting together with all that share `limiter`.
    pub fn sharing(self, limiter: Arc<RateLimiter>) -> Self {
        Self { limiter, ..self }
    }

    /// The packets that follow came at this moment.
    pub fn begin(&mut self, moment: Moment) {
        let Self { world, entered, limiter, recorder, .. } = self;
        let most = Self::current(world, entered, limiter, recorder).snapshot.behaviour.signatures;
        let spare = Some(self.allowance.left(most, moment.millis));
        self.turn = Turn { seed: 0, now: moment.seconds(), idle: moment.idle, spare };
        self.millis = moment.millis;
    }

    /// Lets go of a world that is no longer current; for idle times, so that old worlds do not linger.
    pub fn refresh(&mut self) {
        Self::current(&mut self.world, &mut self.entered, &self.limiter, &mut self.recorder);
    }

    /// The length of the answer written to `out`, which holds what [`crate::wire::respond`] asks for, or `None` for
    /// silence.
    pub fn answer(&mut self, packet: &[u8], peer: &Peer, out: &mut [u8]) -> Option<usize> {
        self.answer_or_begin(packet, peer, out, &mut None)
    }

    /// The same; over a stream, a transfer that is asked for is put into `begun`, to be sent in place of an answer.
    fn answer_or_begin(
        &mut self,
        packet: &[u8],
        peer: &Peer,
        out: &mut [u8],
        begun: &mut Option<Box<Transfer>>,
    ) -> Option<usize> {
        let Self { world, entered, entropy, turn, millis, limiter, allowance, recorder, name } = self;
        let world = Self::current(world, entered, limiter, recorder);
        let seed = entropy.bits();
        let turn_now = Turn { seed, ..*turn };
        let answered = catch_unwind(AssertUnwindSafe(|| {
            let Some(mut reply) = respond_with(name, world, packet, peer, turn_now, out, recorder) else {
                recorder.kept_silent(peer);
                return None;
            };
            if reply.spent > 0 {
                turn.spare = Some(allowance.spend(reply.spent));
            }
            // Handed on by value, so that of most replies only what is counted is ever put together.
            if keyed::concerns(world, &reply) {
                reply = keyed::look_again(world, (packet, peer, turn_now), reply, out, recorder, begun);
                if begun.is_some() {
                    recorder.answered(world, packet, peer, &reply);
                    return None;
                }
            }
            if let Some(limit) = &world.snapshot.behaviour.rate_limit
                && peer.transport == Transport::Udp
            {
                let mut limited = reply;
                if !limiter.passes(limit, peer, &mut limited, out, (*millis, entropy), recorder) {
                    return None;
                }
                reply = limited;
            }
            recorder.answered(world, packet, peer, &reply);
            Some(reply.len)
        }));
        match answered {
            Ok(length) => length,
            Err(_) => {
                recorder.panicked(peer);
                servfail(packet, out).map(|reply| reply.len)
            }
        }
    }

    // The cache keeps the world entered alive until this call, so an equal address means the same world.
    fn current<'a>(
        cache: &'a mut Cache<Arc<ArcSwap<World>>, Arc<World>>,
        entered: &mut usize,
        limiter: &RateLimiter,
        recorder: &mut R,
    ) -> &'a Arc<World> {
        let world = cache.load();
        let address = Arc::as_ptr(world).addr();
        if address != *entered {
            *entered = address;
            // The thread takes its place among the readers of any `ArcSwap`, so that no query has to.
            drop(ArcSwap::from_pointee(()).load());
            recorder.enter(world);
            if world.snapshot.behaviour.rate_limit.is_some() {
                limiter.prepare();
            }
        }
        world
    }
}

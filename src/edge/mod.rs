//! Sockets: queries come in, answers go out.
//!
//! Every transport hands a packet to a [`Responder`] and sends what it returns; what an answer is, is known
//! to `wire` alone, and what becomes of the figures to whoever implements [`Recorder`]. Nothing here knows
//! configuration, metrics or logs of queries.

mod connection;
pub mod encrypted;
pub mod http;
pub mod listen;
mod seats;
pub mod tcp;
#[cfg(test)]
mod tests;
pub mod udp;

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::{ArcSwap, Cache};

use crate::answer::Witness;
use crate::policy::Entropy;
use crate::snapshot::World;
use crate::wire::{Peer, Reply, respond, servfail};

pub use seats::{Figures, Limits, Seats};

/// The most octets a DNS message has, and what an answer buffer for TCP holds (RFC 1035 §4.2.2).
pub const LARGEST_MESSAGE: usize = 65_535;

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
}

/// Answers packets of one worker from the world of the moment.
pub struct Responder<R> {
    world: Cache<Arc<ArcSwap<World>>, Arc<World>>,
    entered: usize,
    entropy: Entropy,
    recorder: R,
}

impl<R: Recorder> Responder<R> {
    /// A responder over the world behind `world`, seeded by the operating system.
    pub fn new(world: Arc<ArcSwap<World>>, recorder: R) -> Self {
        // RandomState draws its keys from the operating system once per thread and counts on from there.
        let seed = RandomState::new().hash_one(std::thread::current().id());
        Self { world: Cache::new(world), entered: 0, entropy: Entropy::new(seed), recorder }
    }

    /// Lets go of a world that is no longer current; for idle times, so that old worlds do not linger.
    pub fn refresh(&mut self) {
        Self::current(&mut self.world, &mut self.entered, &mut self.recorder);
    }

    /// The length of the answer written to `out`, which holds what [`respond`] asks for, or `None` for silence.
    pub fn answer(&mut self, packet: &[u8], peer: &Peer, out: &mut [u8]) -> Option<usize> {
        let Self { world, entered, entropy, recorder } = self;
        let world = Self::current(world, entered, recorder);
        let seed = entropy.bits();
        let answered = catch_unwind(AssertUnwindSafe(|| match respond(world, packet, peer, seed, out, recorder) {
            Some(reply) => {
                recorder.answered(world, packet, peer, &reply);
                Some(reply.len)
            }
            None => {
                recorder.kept_silent(peer);
                None
            }
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
        recorder: &mut R,
    ) -> &'a World {
        let world = cache.load();
        let address = Arc::as_ptr(world).addr();
        if address != *entered {
            *entered = address;
            // The thread takes its place among the readers of any `ArcSwap`, so that no query has to.
            drop(ArcSwap::from_pointee(()).load());
            recorder.enter(world);
        }
        world
    }
}

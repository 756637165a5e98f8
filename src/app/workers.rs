//! The threads that answer at one address, one per socket of UDP and of TCP, and those of encrypted transports.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

use super::encrypted::Encrypted;
use super::limits::Notices;
use super::recording::Recording;
use crate::edge::listen::Bound;
use crate::edge::trouble::Troubles;
use crate::edge::{Door, RateLimiter, Responder, Seats, encrypted, tcp, udp};
use crate::log::query::QueryLog;
use crate::log::zones::ZoneLogs;
use crate::metrics::{Registry, Speaks};
use crate::snapshot::World;

/// How much handshakes, which cost thousands of answers each, give way to plain answers where processors are short.
const YIELDING: i32 = 5;

/// The threads at work.
pub(super) struct Workers {
    threads: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    tell: watch::Sender<bool>,
}

/// What every worker is given.
pub(super) struct Crew {
    pub(super) world: Arc<ArcSwap<World>>,
    pub(super) registry: Arc<Registry>,
    pub(super) seats: Arc<Seats>,
    pub(super) log: Option<QueryLog>,
    pub(super) zone_logs: Option<Arc<ZoneLogs>>,
    pub(super) limiter: Arc<RateLimiter>,
    pub(super) notices: Notices,
    /// Where a thread that ends before it is told to says so.
    pub(super) fallen: mpsc::Sender<String>,
}

impl Workers {
    /// Puts a thread to each worker's encrypted sockets.
    pub(super) fn encrypted(encrypted: Encrypted, troubles: &Arc<Troubles>, crew: &Crew) -> io::Result<Self> {
        let (tell, told) = watch::channel(false);
        let mut workers = Self { threads: Vec::new(), stop: Arc::default(), tell };
        let Encrypted { workers: sockets, terms, .. } = encrypted;
        for (at, sockets) in sockets.into_iter().enumerate() {
            let (responder, seats, troubles) =
                (crew.responder(Speaks::Encrypted), crew.seats.clone(), troubles.clone());
            let (terms, told) = (terms.clone(), told.clone());
            workers.spawn(format!("encrypted-{at}"), &crew.fallen, move || {
                // Where the system does not allow it, all are equal.
                let _ = rustix::process::nice(YIELDING);
                encrypted::serve(sockets, terms, responder, seats, &troubles, told)
            })?;
        }
        Ok(workers)
    }

    /// Puts a thread to each socket of `bound`.
    pub(super) fn start(bound: &Bound, door: &Door, crew: &Crew) -> io::Result<Self> {
        let (tell, told) = watch::channel(false);
        let mut workers = Self { threads: Vec::new(), stop: Arc::default(), tell };
        match workers.begin(bound, door, crew, &told) {
            Ok(()) => Ok(workers),
            Err(error) => {
                drop(workers.end());
                Err(error)
            }
        }
    }

    fn begin(&mut self, bound: &Bound, door: &Door, crew: &Crew, told: &watch::Receiver<bool>) -> io::Result<()> {
        let number = door.listener.load(Ordering::Relaxed);
        for (at, socket) in bound.udp.iter().enumerate() {
            let (socket, door, stop) = (socket.try_clone()?, door.clone(), self.stop.clone());
            let mut responder = crew.responder(Speaks::Udp);
            self.spawn(format!("udp-{number}-{at}"), &crew.fallen, move || {
                udp::serve(&socket, &door, &mut responder, &stop)
            })?;
        }
        for (at, listener) in bound.tcp.iter().enumerate() {
            let (listener, door, told) = (listener.try_clone()?, door.clone(), told.clone());
            let (responder, seats) = (crew.responder(Speaks::Tcp), crew.seats.clone());
            self.spawn(format!("tcp-{number}-{at}"), &crew.fallen, move || {
                tcp::serve(listener, door, responder, seats, told)
            })?;
        }
        Ok(())
    }

    fn spawn(
        &mut self,
        name: String,
        fallen: &mpsc::Sender<String>,
        work: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        let (fallen, stop, called) = (fallen.clone(), self.stop.clone(), name.clone());
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(work));
            if !stop.load(Ordering::Relaxed) {
                let why = match ended {
                    Ok(Ok(())) => "it returned".to_owned(),
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "it panicked".to_owned(),
                };
                // Nobody listens only when the server is ending anyway.
                let _ = fallen.blocking_send(format!("worker {called} ended: {why}"));
            }
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Tells all threads to take no more, to answer what is under way, and to end; the threads.
    pub(super) fn end(self) -> Vec<JoinHandle<()>> {
        self.stop.store(true, Ordering::Relaxed);
        self.tell.send_replace(true);
        self.threads
    }
}

impl Crew {
    fn responder(&self, speaks: Speaks) -> Responder<Recording> {
        let logs = (self.log.clone(), self.zone_logs.clone());
        let recording = Recording::new((&self.registry, speaks), logs, self.notices.clone());
        Responder::new(self.world.clone(), recording).sharing(self.limiter.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_ends_by_itself_says_so_and_one_that_was_told_to_does_not() {
        let (fallen, mut falls) = mpsc::channel(4);
        let (tell, told) = watch::channel(false);
        let mut workers = Workers { threads: Vec::new(), stop: Arc::default(), tell };
        workers.spawn("a".to_owned(), &fallen, || panic!("as the test wants it")).unwrap();
        assert_eq!(falls.blocking_recv().as_deref(), Some("worker a ended: it panicked"));
        workers.spawn("b".to_owned(), &fallen, || Err(io::ErrorKind::NotConnected.into())).unwrap();
        assert_eq!(falls.blocking_recv().as_deref(), Some("worker b ended: not connected"));
        workers
            .spawn("c".to_owned(), &fallen, move || {
                while !*told.borrow() {
                    std::thread::yield_now();
                }
                Ok(())
            })
            .unwrap();
        for thread in workers.end() {
            let _ = thread.join();
        }
        drop(fallen);
        assert_eq!(falls.blocking_recv(), None);
    }
}

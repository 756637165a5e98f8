//! The threads that answer: one per socket for UDP, one per worker for TCP, one more for what is encrypted.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

use super::encrypted::Encrypted;
use super::recording::Recording;
use crate::edge::listen::Bound;
use crate::edge::{Responder, Seats, encrypted, tcp, udp};
use crate::log::query::QueryLog;
use crate::metrics::Registry;
use crate::snapshot::World;

/// How long draining may take altogether.
const PATIENCE: Duration = Duration::from_secs(8);

/// How much handshakes, which cost thousands of answers each, give way to plain answers where processors are short.
const YIELDING: i32 = 5;

/// The threads at work.
pub(super) struct Workers {
    threads: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    tell: watch::Sender<bool>,
}

/// What every worker is given.
pub(super) struct Kit {
    pub(super) world: Arc<ArcSwap<World>>,
    pub(super) registry: Arc<Registry>,
    pub(super) seats: Arc<Seats>,
    pub(super) log: Option<QueryLog>,
}

impl Workers {
    /// Puts a thread to each socket of `bound` (listener number and sockets). A thread that ends before it is
    /// told to says so on `fallen`.
    pub(super) fn start(
        bound: Vec<(u16, Bound)>,
        encrypted: Option<Encrypted>,
        kit: &Kit,
        fallen: &mpsc::Sender<String>,
    ) -> io::Result<Self> {
        let (tell, told) = watch::channel(false);
        let mut workers = Self { threads: Vec::new(), stop: Arc::default(), tell };
        let mut listeners: Vec<Vec<_>> = Vec::new();
        for (number, bound) in bound {
            for (at, socket) in bound.udp.into_iter().enumerate() {
                let (mut responder, stop) = (kit.responder(), workers.stop.clone());
                workers.spawn(format!("udp-{number}-{at}"), fallen, move || {
                    udp::serve(&socket, number, &mut responder, &stop)
                })?;
            }
            for (at, listener) in bound.tcp.into_iter().enumerate() {
                if listeners.len() <= at {
                    listeners.push(Vec::new());
                }
                listeners[at].push((number, listener));
            }
        }
        for (at, listeners) in listeners.into_iter().enumerate() {
            let (responder, seats, told) = (kit.responder(), kit.seats.clone(), told.clone());
            workers.spawn(format!("tcp-{at}"), fallen, move || tcp::serve(listeners, responder, seats, told))?;
        }
        let Some(Encrypted { workers: encrypted, terms, .. }) = encrypted else { return Ok(workers) };
        for (at, sockets) in encrypted.into_iter().enumerate() {
            let (responder, seats) = (kit.responder(), kit.seats.clone());
            let (terms, told) = (terms.clone(), told.clone());
            workers.spawn(format!("encrypted-{at}"), fallen, move || {
                // Where the system does not allow it, all are equal.
                let _ = rustix::process::nice(YIELDING);
                encrypted::serve(sockets, terms, responder, seats, told)
            })?;
        }
        Ok(workers)
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

    /// Stops taking queries, answers what is under way, and waits for all threads, but not for ever.
    pub(super) async fn drain(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tell.send_replace(true);
        let threads = self.threads;
        let all = tokio::task::spawn_blocking(move || {
            for thread in threads {
                // A panic in a worker has been logged by the hook.
                let _ = thread.join();
            }
        });
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("some clients did not take their answers in time");
        }
    }
}

impl Kit {
    fn responder(&self) -> Responder<Recording> {
        Responder::new(self.world.clone(), Recording::new(&self.registry, self.log.clone()))
    }
}

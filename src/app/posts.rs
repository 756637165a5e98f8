//! The addresses served: what is bound where, who works there, and how a reload changes it.
//!
//! ```text
//!  plan: names get numbers ─► world compiled ─► bind what is new ─► swap ─► put workers to it ─► let the old go
//!                                                  └─ any failure: all new sockets closed, the reload refused
//! ```
//!
//! A name keeps its number as long as the process lives, so whatever world a query meets knows its listener. An
//! address that only changes its name or its proxies hands its sockets on, so that none of its queries is lost.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::workers::{Crew, Workers};
use crate::config::{Config, Listener};
use crate::edge::Door;
use crate::edge::listen::{BindError, Bound, bind};
use crate::edge::proxy::Proxies;
use crate::edge::trouble::Troubles;
use crate::model::Problem;

/// Descriptors that the runtime of a thread waits with.
const WAITING: usize = 3;
/// How long draining may take altogether.
const PATIENCE: Duration = Duration::from_secs(8);

/// All addresses of one server.
pub(super) struct Posts {
    workers: usize,
    pub(super) troubles: Arc<Troubles>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// Names of listeners by number; none is ever taken off.
    names: Vec<Arc<str>>,
    posts: Vec<Post>,
    /// What the configuration read last asks for.
    wanted: Vec<Listener>,
    /// Sockets that systemd passed, kept for as long as the process lives.
    passed: Vec<Bound>,
    /// Who puts workers to sockets; `None` before the first world.
    crew: Option<Crew>,
    /// Workers of encrypted transports.
    kept: Option<Workers>,
    /// Workers that were told to end.
    leaving: Vec<JoinHandle<()>>,
}

/// One address served.
struct Post {
    listener: Listener,
    bound: Bound,
    /// Its number, which all workers at its sockets look at, those that are leaving included.
    number: Arc<AtomicU16>,
    workers: Option<Workers>,
}

/// What a reload will change: sockets bound anew, and which posts stay.
pub(super) struct Change {
    fresh: Vec<Post>,
    stays: Vec<bool>,
}

impl Posts {
    /// Posts at nothing yet, of so many workers for each address and transport.
    pub(super) fn new(workers: usize, passed: Vec<Bound>) -> Self {
        Self { workers, troubles: Arc::default(), table: Mutex::new(Table { passed, ..Table::default() }) }
    }

    /// Gives names that have no number yet one each, in their order.
    pub(super) fn know(&self, names: &[Arc<str>]) {
        let mut table = self.table();
        for name in names {
            if !table.names.contains(name) {
                table.names.push(name.clone());
            }
        }
    }

    /// Holds workers that no reload changes, until the end.
    pub(super) fn keep(&self, workers: Option<Workers>) {
        self.table().kept = workers;
    }

    /// Notes which listeners are wanted; the names that a world must know, by number.
    pub(super) fn plan(&self, wanted: &[Listener]) -> Vec<Arc<str>> {
        let mut table = self.table();
        for listener in wanted {
            if !table.names.contains(&listener.name) {
                table.names.push(listener.name.clone());
            }
        }
        table.wanted = wanted.to_vec();
        table.names.clone()
    }

    /// Binds the first listeners; the first that cannot be.
    pub(super) fn open(&self, listeners: &[Listener]) -> Result<(), BindError> {
        self.plan(listeners);
        let mut table = self.table();
        for listener in listeners {
            if let Some(post) = table.bind(listener, self.workers, &[])? {
                table.posts.push(post);
            }
        }
        Ok(())
    }

    /// Binds what is wanted and not served yet; every problem, and then nothing is bound.
    pub(super) fn bind(&self) -> Result<Change, Vec<Problem>> {
        let table = self.table();
        let (mut stays, mut fresh, mut problems) = (vec![false; table.posts.len()], Vec::new(), Vec::new());
        for wanted in &table.wanted {
            let same = |(at, post): (usize, &Post)| post.listener == *wanted && !stays[at];
            if let Some(at) = table.posts.iter().enumerate().position(same) {
                stays[at] = true;
                continue;
            }
            match table.bind(wanted, self.workers, &fresh) {
                Ok(Some(post)) => fresh.push(post),
                Ok(None) => {}
                Err(error) => problems.push(Problem::error(&wanted.at, error.to_words(), mend(&error))),
            }
        }
        if problems.is_empty() { Ok(Change { fresh, stays }) } else { Err(problems) }
    }

    /// Carries a change out, once the world that knows its listeners is in use.
    pub(super) fn carry_out(&self, Change { fresh, stays }: Change) {
        let mut table = self.table();
        let Table { names, posts, crew, leaving, .. } = &mut *table;
        let begun = fresh.into_iter().filter_map(|mut post| {
            if let Some(crew) = crew {
                match post.work(names, crew, &self.troubles) {
                    Ok(()) => tracing::info!(address = %post.bound.address, listener = %post.listener.name, "listens"),
                    Err(error) => {
                        tracing::error!(%error, address = %post.bound.address, "cannot start a worker thread; reload again");
                        return None;
                    }
                }
            }
            Some(post)
        });
        let begun: Vec<_> = begun.collect();
        leaving.retain(|thread| !thread.is_finished());
        let old = std::mem::take(posts);
        for (post, stays) in old.into_iter().zip(stays) {
            if stays {
                posts.push(post);
                continue;
            }
            tracing::info!(address = %post.bound.address, listener = %post.listener.name, "no longer listens");
            leaving.extend(post.workers.into_iter().flat_map(Workers::end));
        }
        posts.extend(begun);
    }

    /// Puts workers to every socket, and to those of later reloads.
    pub(super) fn work(&self, crew: Crew) -> std::io::Result<()> {
        let mut table = self.table();
        let Table { names, posts, .. } = &mut *table;
        for post in posts {
            post.work(names, &crew, &self.troubles)?;
        }
        table.crew = Some(crew);
        Ok(())
    }

    /// Where questions are taken.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.table().posts.iter().map(|post| post.bound.address).collect()
    }

    /// How many file descriptors its workers take: each socket twice, and what a thread of TCP waits with.
    pub(super) fn descriptors(&self) -> u32 {
        let of = |post: &Post| 2 * post.bound.udp.len() + (2 + WAITING) * post.bound.tcp.len();
        self.table().posts.iter().map(of).sum::<usize>() as u32
    }

    /// Stops taking queries, answers what is under way, and waits for all threads, but not for ever.
    pub(super) async fn drain(&self) {
        let threads = {
            let mut table = self.table();
            table.crew = None;
            let mut threads = std::mem::take(&mut table.leaving);
            let workers = std::mem::take(&mut table.posts).into_iter().filter_map(|post| post.workers);
            let workers: Vec<_> = workers.chain(table.kept.take()).collect();
            threads.extend(workers.into_iter().flat_map(Workers::end));
            threads
        };
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

    // Every step leaves the table whole.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// A post for a listener: those that were passed, those that are there already, or new ones; `None` where
    /// nobody asked for the address and the machine does not have it.
    fn bind(&self, listener: &Listener, workers: usize, fresh: &[Post]) -> Result<Option<Post>, BindError> {
        let address = listener.address;
        let post = |bound, number| Some(Post { listener: listener.clone(), bound, number, workers: None });
        if let Some(same) = self.posts.iter().find(|post| post.bound.address == address) {
            return same.bound.share(workers).map(|bound| post(bound, same.number.clone()));
        }
        if let Some(passed) = self.passed.iter().find(|bound| bound.address == address) {
            return passed.share(workers).map(|bound| post(bound, Arc::default()));
        }
        // The kernel lets sockets of one address and of all addresses side by side where both ask for it.
        let overlaps = |post: &Post| {
            let other = post.bound.address;
            let all = other.ip().is_unspecified() || address.ip().is_unspecified();
            other.port() == address.port() && other.is_ipv4() == address.is_ipv4() && all
        };
        match bind(address, workers, !self.posts.iter().chain(fresh).any(overlaps)) {
            Ok(bound) => Ok(post(bound, Arc::default())),
            // Nobody asked for IPv6, and not every machine has it.
            Err(error) if self.wanted == Config::default().listen && address.is_ipv6() && error.is_absent() => {
                tracing::info!(%address, "no IPv6 here");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Post {
    fn work(&mut self, names: &[Arc<str>], crew: &Crew, troubles: &Arc<Troubles>) -> std::io::Result<()> {
        let Listener { name, proxies, .. } = &self.listener;
        let number = names.iter().position(|known| known == name).unwrap_or_default() as u16;
        self.number.store(number, Ordering::Relaxed);
        let proxies = (!proxies.is_empty()).then(|| Arc::new(Proxies::new(proxies.clone())));
        let door = Door { listener: self.number.clone(), proxies, troubles: troubles.clone() };
        self.workers = Some(Workers::start(&self.bound, &door, crew)?);
        Ok(())
    }
}

/// How to mend an address that cannot be bound.
fn mend(error: &BindError) -> &'static str {
    if error.is_absent() {
        "write an address of this machine, or take it out of `listen`"
    } else if error.is_taken() {
        "stop whoever has it (ss -lnptu tells), or write another"
    } else if error.is_forbidden() {
        "the running server may not bind it, having given up root or never having been it: restart it, let systemd pass the socket, or give it CAP_NET_BIND_SERVICE"
    } else {
        ""
    }
}

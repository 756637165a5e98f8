//! NOTIFY: secondaries are told that a zone changed, until they say that they heard (RFC 1996).
//!
//! ```text
//!  world ─► look: which serials are new ─► one task for a zone and secondary ─► datagram ─► answer, or again later
//! ```
//!
//! A zone that changes again meanwhile is told of once, in its newest version. Knows neither metrics nor configuration.

mod message;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::UdpSocket;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::model::transfer::{Key, Secondary, Transfers};
use crate::model::{Name, RecordType, ZoneId};
use crate::snapshot::World;
use crate::snapshot::zone::Zone;
use crate::snapshot::zones::Zones;
use message::{Heard, Notice};

/// How long the first message waits for its answer; each one after it twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait (RFC 1996 §3.6 suggests it).
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Messages to one secondary about one version; refresh times do the rest.
const ATTEMPTS: u32 = 12;
/// Messages to one secondary under way at one time; of one that is silent, others need not take notice.
const AT_ONCE: usize = 32;

/// What came of telling a secondary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It heard.
    Heard,
    /// It answered that it does not care; its answer's code says why.
    Refused(u8),
    /// It never answered.
    Silent,
}

/// Whoever counts and logs what came of it: zone, secondary, serial, outcome.
pub type Witness = dyn Fn(&Name, SocketAddr, u32, Outcome) + Send + Sync;

/// Tells secondaries.
pub struct Announcer {
    runtime: Handle,
    /// Where queries are taken by now: secondaries know their primary by its address.
    listening: Box<Listening>,
    witness: Arc<Witness>,
    told: Mutex<Known>,
}

/// Where queries are taken.
pub type Listening = dyn Fn() -> Vec<SocketAddr> + Send + Sync;

/// What secondaries were told.
#[derive(Default)]
struct Known {
    zones: BTreeMap<ZoneId, Told>,
    /// The zones it looked at last, and what was said of transfers then.
    seen: Option<(Arc<Transfers>, Zones)>,
    /// How many messages may still be sent to each secondary.
    turns: BTreeMap<SocketAddr, Arc<Semaphore>>,
}

/// What was last told of a zone.
struct Told {
    serial: u32,
    secondaries: Vec<Secondary>,
    tasks: Vec<AbortHandle>,
}

impl Announcer {
    /// An announcer that works on `runtime`.
    pub fn new(runtime: Handle, listening: Box<Listening>, witness: Arc<Witness>) -> Self {
        Self { runtime, listening, witness, told: Mutex::default() }
    }

    /// Tells the secondaries of every zone whose serial is not the one they were told last; zones that are as they were
    /// when it looked last are passed over.
    pub fn look(&self, world: &World) {
        let (transfers, zones) = (&world.snapshot.behaviour.transfers, &world.snapshot.zones);
        // Nothing is half done when a panic elsewhere poisons it.
        let mut known = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, seen) = known.seen.replace((transfers.clone(), zones.clone())).unzip();
        let seen = seen.unwrap_or_default();
        let numbers = zones.differences(&seen);
        let at = |zones: &Zones, number: &u32| zones.get(*number as usize).cloned();
        let mut new: Vec<_> = numbers.iter().filter_map(|number| at(zones, number)).collect();
        // Zones that are gone: nobody need hear of them any more.
        let stays: BTreeSet<&ZoneId> = new.iter().map(|zone| &zone.id).collect();
        for old in numbers.iter().filter_map(|number| at(&seen, number)).filter(|old| !stays.contains(&old.id)) {
            let told = known.zones.remove(&old.id);
            told.iter().flat_map(|told| &told.tasks).for_each(AbortHandle::abort);
        }
        // Where other secondaries are to be told, any zone may be due.
        if before.is_none_or(|before| before != *transfers) {
            new = zones.iter().cloned().collect();
        }
        self.tell(&mut known, world, &new, |_, told, secondaries, serial| {
            told.is_none_or(|told| told.serial != serial || told.secondaries != secondaries)
        });
    }

    /// Tells the secondaries of the zones called `name`, whatever they know; how many zones and secondaries there are.
    pub fn again(&self, world: &World, name: &Name) -> (usize, usize) {
        let mut known = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let named: Vec<_> = world.snapshot.zones.iter().filter(|zone| zone.name == *name).cloned().collect();
        self.tell(&mut known, world, &named, |_, _, _, _| true)
    }

    fn tell(
        &self,
        known: &mut Known,
        world: &World,
        zones: &[Arc<Zone>],
        is_due: impl Fn(&Name, Option<&Told>, &[Secondary], u32) -> bool,
    ) -> (usize, usize) {
        let transfers = &world.snapshot.behaviour.transfers;
        let Known { zones: told, turns, .. } = known;
        let mut due = (0, 0);
        let listening = if zones.is_empty() { Vec::new() } else { (self.listening)() };
        for zone in zones {
            let secondaries = transfers.told(&zone.name);
            let old = told.remove(&zone.id);
            if secondaries.is_empty() {
                due.0 += usize::from(is_due(&zone.name, None, secondaries, 0));
                old.into_iter().for_each(|old| old.tasks.iter().for_each(AbortHandle::abort));
                continue;
            }
            let serial = zone.serial();
            if !is_due(&zone.name, old.as_ref(), secondaries, serial) {
                told.extend(old.map(|old| (zone.id.clone(), old)));
                continue;
            }
            old.into_iter().for_each(|old| old.tasks.iter().for_each(AbortHandle::abort));
            due = (due.0 + 1, due.1 + secondaries.len());
            let soa = zone
                .plain(0, RecordType::SOA)
                .and_then(|soa| Some((zone.type_and_ttl(soa).1, zone.values(soa).next()?)));
            let mut task = |secondary: &Secondary| {
                let key = secondary.key.as_ref().and_then(|name| transfers.keys.get(name));
                let telling = Telling {
                    zone: zone.name.clone(),
                    serial,
                    soa: soa.clone(),
                    to: secondary.address,
                    from: source(&listening, secondary.address),
                    key: key.cloned(),
                };
                let turns = turns.entry(secondary.address).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
                let (witness, at_once) = (self.witness.clone(), turns.clone());
                let task = self.runtime.spawn(async move {
                    let outcome = telling.tell(&at_once).await;
                    witness(&telling.zone, telling.to, telling.serial, outcome);
                });
                task.abort_handle()
            };
            let tasks = secondaries.iter().map(&mut task).collect();
            told.insert(zone.id.clone(), Told { serial, secondaries: secondaries.to_vec(), tasks });
        }
        // Those that nobody waits at can be made again.
        turns.retain(|_, turns| Arc::strong_count(turns) > 1);
        due
    }
}

/// One secondary being told of one version of a zone.
struct Telling {
    zone: Name,
    serial: u32,
    soa: Option<(u32, Vec<u8>)>,
    to: SocketAddr,
    from: SocketAddr,
    key: Option<Key>,
}

impl Telling {
    async fn tell(&self, at_once: &Semaphore) -> Outcome {
        let mut wait = FIRST_WAIT;
        for _ in 0..ATTEMPTS {
            let begun = tokio::time::Instant::now();
            // The semaphore is never closed, so a permit always comes.
            let permit = at_once.acquire().await.ok();
            match timeout(wait, self.ask()).await {
                Ok(Some(Heard::Yes)) => return Outcome::Heard,
                Ok(Some(Heard::No(rcode))) => return Outcome::Refused(rcode),
                Ok(None) | Err(_) => drop(permit),
            }
            // An error comes at once, and asking at once again would not help.
            sleep(wait.saturating_sub(begun.elapsed())).await;
            wait = LONGEST_WAIT.min(wait * 2);
        }
        Outcome::Silent
    }

    /// Sends one message and waits for its answer; `None` where it cannot be sent or nobody is there.
    async fn ask(&self) -> Option<Heard> {
        let socket = match UdpSocket::bind(self.from).await {
            Ok(socket) => socket,
            // The address is not this machine's any more.
            Err(_) => UdpSocket::bind(anywhere(self.to)).await.ok()?,
        };
        socket.connect(self.to).await.ok()?;
        let mut notice = Notice::new(&self.zone, self.soa.as_ref(), self.key.as_ref(), now())?;
        socket.send(notice.packet()).await.ok()?;
        let mut answer = [0; 4096];
        loop {
            let len = socket.recv(&mut answer).await.ok()?;
            if let Some(heard) = notice.heard(&answer[..len], now()) {
                return Some(heard);
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// An address of ours that a secondary there may know us by; any where none fits.
fn source(listening: &[SocketAddr], to: SocketAddr) -> SocketAddr {
    let fits = |ip: IpAddr| ip.is_ipv4() == to.is_ipv4() && ip.is_loopback() == to.ip().is_loopback();
    let own = listening.iter().map(SocketAddr::ip).find(|ip| !ip.is_unspecified() && fits(*ip));
    own.map_or_else(|| anywhere(to), |ip| SocketAddr::new(ip, 0))
}

fn anywhere(to: SocketAddr) -> SocketAddr {
    if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() }
}

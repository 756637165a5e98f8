//! Counting: what was answered, from where, by which record.
//!
//! Each worker counts alone in its own shard, sized by the snapshot it answers from, and changes shards
//! when the snapshot changes; the [`Registry`] adds shards up when asked, and keeps what finished shards
//! counted under names rather than indices, so that no figure ever falls.

mod events;
mod health;
mod moment;
mod render;
mod shard;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::CheckId;
use crate::model::RecordType;
use crate::model::check::Status;
use crate::snapshot::Snapshot;
use crate::wire::Transport;

pub use events::Events;
pub use moment::{CheckState, Durations, Moment, Probes, WebhookState};
pub use shard::Speaks;
use shard::{Shard, Totals};

/// Picks remembered until their reply is known; more in one reply go uncounted.
const PICKS: usize = 128;

/// All figures of one server.
#[derive(Debug, Default)]
pub struct Registry {
    shards: Mutex<Shards>,
    /// Queries whose answering panicked.
    pub panics: Counter,
    /// Reloads that brought a new world.
    pub reloads: Counter,
    /// Reloads refused, the old world kept.
    pub refusals: Counter,
    /// Query log lines dropped because the log could not keep up.
    pub unlogged: Counter,
    /// Replies over a rate limit.
    pub limited: Limited,
    /// Signatures by when they were made: `asked` for a question, `ahead` of any; `failed` where a key was out of reach.
    pub signatures: Signatures,
    /// Zone transfers by kind and outcome.
    pub transfers: Events<2>,
    /// Messages to secondaries by outcome.
    pub notifies: Events<1>,
    /// Requests of the API by operation and code; `OK` is the code of those that succeeded.
    pub api: Events<2>,
    /// Requests of the API that did not prove who sent them.
    pub api_strangers: Counter,
    transitions: Mutex<BTreeMap<(Arc<str>, bool), u64>>,
}

/// Signatures of signed zones.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the names are the label's values")]
pub struct Signatures {
    pub asked: Counter,
    pub ahead: Counter,
    pub failed: Counter,
}

/// Replies over a rate limit, by what became of them.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the names are the label's values")]
pub struct Limited {
    pub dropped: Counter,
    pub cut: Counter,
    pub bad_cookie: Counter,
    pub would_drop: Counter,
    pub would_cut: Counter,
}

/// What workers count by now, and what those counted that are gone.
#[derive(Debug, Default)]
struct Shards {
    places: Vec<Arc<Mutex<Place>>>,
    finished: Totals,
}

/// What one worker counts, behind a lock of its own: who adds all up keeps it waiting for no longer than its own sums take.
#[derive(Debug, Default)]
struct Place {
    live: Option<Arc<Shard>>,
    finished: Totals,
}

impl Place {
    /// Adds up what was counted here.
    fn add_to(&self, totals: &mut Totals) {
        totals.add(&self.finished);
        self.live.iter().for_each(|shard| shard.add_to(totals));
    }
}

/// A count that only rises.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So many more.
    pub fn add_all(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One worker's hand on the registry.
#[derive(Debug)]
pub struct Tally {
    registry: Arc<Registry>,
    place: Arc<Mutex<Place>>,
    speaks: Speaks,
    shard: Option<Arc<Shard>>,
    picks: [(u32, bool); PICKS],
    picked: usize,
}

impl Registry {
    /// Notes that a check changed its effective status.
    pub fn turned(&self, check: &CheckId, to: Status) {
        *lock(&self.transitions).entry((check.0.clone(), to.is_healthy())).or_default() += 1;
    }

    /// Everything counted so far, in Prometheus' text format.
    pub fn render(&self, moment: &Moment) -> String {
        render::render(&self.totals(), &lock(&self.transitions), self, moment)
    }

    fn totals(&self) -> Totals {
        // No worker ends meanwhile, so nobody's counts are added up twice or not at all.
        let shards = lock(&self.shards);
        let mut totals = shards.finished.clone();
        for place in &shards.places {
            lock(place).add_to(&mut totals);
        }
        totals
    }
}

impl Tally {
    /// A place for one more worker, whose clients speak this.
    pub fn new(registry: Arc<Registry>, speaks: Speaks) -> Self {
        let place = Arc::<Mutex<Place>>::default();
        lock(&registry.shards).places.push(place.clone());
        Self { registry, place, speaks, shard: None, picks: [(0, false); PICKS], picked: 0 }
    }

    /// Counts for `snapshot` from now on.
    pub fn enter(&mut self, snapshot: &Arc<Snapshot>) {
        let mut place = lock(&self.place);
        // Under the lock, so that what moves to `finished` is added up once.
        let shard = Arc::new(match &self.shard {
            Some(old) => old.after(snapshot.clone(), &mut place.finished),
            None => Shard::new(snapshot.clone(), self.speaks),
        });
        place.live = Some(shard.clone());
        drop(place);
        self.shard = Some(shard);
        self.picked = 0;
    }

    /// A record was picked for the reply to come; `counter` is its group's first plus its place in the group.
    pub fn picked(&mut self, counter: u32, last_resort: bool) {
        if let Some(slot) = self.picks.get_mut(self.picked) {
            *slot = (counter, last_resort);
            self.picked += 1;
        }
    }

    /// A reply from the zone of this index, or from none.
    pub fn answered(&mut self, zone: Option<u32>, rtype: RecordType, rcode: u16, transport: Transport) {
        if let Some(shard) = &self.shard {
            shard.count(zone, rtype, rcode, transport, &self.picks[..self.picked]);
        }
        self.picked = 0;
    }

    /// No reply came of it.
    pub fn silent(&mut self) {
        if let Some(shard) = &self.shard {
            shard.count_silence();
        }
        self.picked = 0;
    }

    /// A reply was made and not sent.
    pub fn withheld(&mut self) {
        self.picked = 0;
    }

    /// Answering panicked.
    pub fn panicked(&mut self) {
        self.registry.panics.add();
        self.picked = 0;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let mut shards = lock(&self.registry.shards);
        let Shards { places, finished } = &mut *shards;
        places.retain(|place| !Arc::ptr_eq(place, &self.place));
        lock(&self.place).add_to(finished);
    }
}

// Counts are whole after every single step, so a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Who is connected: seats for TCP connections, shared by all threads, so that no client takes them all.
//!
//! A newcomer always gets a seat. When its client has too many, or everyone together, the connection that
//! has been of no use for longest gives its seat up: idle ones, those that send a message a byte at a time
//! and those that never read all go before one that asks and is answered (RFC 7766 §6.2.2, §6.2.3).
//!
//! What a connection is told (to finish, to leave) is one byte that it loads; deadlines are looked through ten times a
//! second for all connections together, so that a question costs no timer.

use std::collections::HashMap;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

/// How often deadlines are looked through.
pub(super) const LOOK: Duration = Duration::from_millis(100);
/// From one look to the next there may be so much; where there was more, nobody could be heard meanwhile.
const STALL: Duration = Duration::from_millis(500);

/// What a TCP client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Silence after which a connection is closed.
    pub idle: Duration,
    /// From a message's first octet to its last.
    pub message: Duration,
    /// How long a batch of answers may wait to be read.
    pub write: Duration,
    /// The same of a transfer's messages: a secondary works on what it gets.
    pub transfer: Duration,
    /// Connections of everyone together, at least 1.
    pub connections: usize,
    /// Connections of one IPv4 address or IPv6 /64, at least 1.
    pub per_client: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(10),
            message: Duration::from_secs(5),
            write: Duration::from_secs(5),
            transfer: Duration::from_secs(30),
            connections: 800,
            per_client: 100,
        }
    }
}

/// How many connections there are and were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Open now.
    pub open: u64,
    /// Accepted since the start.
    pub accepted: u64,
    /// Ended to make room since the start.
    pub evicted: u64,
}

/// Where connections come in: a listener of one worker. Only its own are told when it closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate(u32);

/// The seats of one server.
#[derive(Debug)]
pub struct Seats {
    limits: Limits,
    since: Instant,
    /// Milliseconds since then, as of the last look at deadlines.
    clock: AtomicU64,
    /// Counts whenever a connection is of use: the lower its count, the longer a connection has been of none.
    uses: AtomicU64,
    gates: AtomicU32,
    /// Transfers under way.
    transfers: AtomicUsize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    by_client: HashMap<u64, Vec<Arc<Seat>>>,
    /// Gates that are closing or gone: whoever is still on the way in through them has to finish.
    closed: Vec<Gate>,
    figures: Figures,
}

#[derive(Debug)]
struct Seat {
    client: u64,
    gate: Gate,
    useful: AtomicU64,
    /// When its connection has to leave, unless it moves on.
    deadline: AtomicU64,
    notice: AtomicU8,
    /// Wakes the connection; the table's lock may be held meanwhile, for a waker only marks a task.
    waker: Mutex<Option<Waker>>,
}

/// What a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Notice {
    /// Nothing.
    Stay,
    /// Its listener is closing: answer what was asked.
    Finish,
    /// Its time is over, or its seat is wanted.
    Leave,
}

impl Seat {
    fn tell(&self, notice: Notice) {
        self.notice.fetch_max(notice as u8, Ordering::Relaxed);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*waker {
            waker.wake_by_ref();
        }
    }
}

/// A taken seat; dropping it frees the seat.
#[derive(Debug)]
pub struct Taken {
    seats: Arc<Seats>,
    seat: Arc<Seat>,
    /// It is one of those with a transfer under way.
    transferring: bool,
}

impl Seats {
    /// Empty seats under `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            since: Instant::now(),
            clock: AtomicU64::new(0),
            uses: AtomicU64::new(0),
            gates: AtomicU32::new(0),
            transfers: AtomicUsize::new(0),
            table: Mutex::default(),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many connections there are and were.
    pub fn figures(&self) -> Figures {
        self.table().figures
    }

    /// A gate of its own for a listener.
    pub fn gate(&self) -> Gate {
        Gate(self.gates.fetch_add(1, Ordering::Relaxed))
    }

    /// Seats a connection from `source` through `gate`, at the cost of the least useful one if need be.
    pub fn take(self: &Arc<Self>, source: IpAddr, gate: Gate) -> Taken {
        let client = client(source);
        let mut table = self.table();
        let notice = if table.closed.contains(&gate) { Notice::Finish } else { Notice::Stay };
        let seat = Arc::new(Seat {
            client,
            gate,
            useful: AtomicU64::new(self.use_count()),
            deadline: AtomicU64::new(u64::MAX),
            notice: AtomicU8::new(notice as u8),
            waker: Mutex::default(),
        });
        if table.by_client.get(&client).is_some_and(|held| held.len() >= self.limits.per_client) {
            table.evict(Some(client));
        }
        if table.figures.open >= self.limits.connections as u64 {
            table.evict(None);
        }
        table.by_client.entry(client).or_default().push(seat.clone());
        table.figures.open += 1;
        table.figures.accepted += 1;
        drop(table);
        Taken { seats: self.clone(), seat, transferring: false }
    }

    /// Ends the least useful connection: there are no file descriptors left.
    pub(super) fn make_room(&self) {
        self.table().evict(None);
    }

    /// Looks at the clock, and tells those to leave whose deadline is over; every worker calls it every [`LOOK`], and one
    /// of them is enough.
    pub(super) fn look(&self) {
        let now = self.since.elapsed().as_millis() as u64;
        let passed = now.saturating_sub(self.clock.fetch_max(now, Ordering::Relaxed));
        if passed < LOOK.as_millis() as u64 / 2 || passed > STALL.as_millis() as u64 {
            return;
        }
        let table = self.table();
        let late = table.by_client.values().flatten().filter(|seat| seat.deadline.load(Ordering::Relaxed) <= now);
        late.for_each(|seat| seat.tell(Notice::Leave));
    }

    /// Tells all connections that came in by `gate` that it is closing.
    pub(super) fn close(&self, gate: Gate) {
        let mut table = self.table();
        table.closed.push(gate);
        let meant = table.by_client.values().flatten().filter(|seat| seat.gate == gate);
        meant.for_each(|seat| seat.tell(Notice::Finish));
    }

    fn use_count(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }

    /// Milliseconds since the start, up to [`LOOK`] ago.
    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    // The table is whole at every point where a panic could poison it.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn evict(&mut self, client: Option<u64>) {
        let held = match client {
            Some(client) => self.by_client.get(&client).map_or(&[][..], Vec::as_slice).iter().min_by_key(age),
            None => self.by_client.values().flatten().min_by_key(age),
        };
        if let Some(seat) = held.cloned() {
            self.remove(&seat);
            self.figures.evicted += 1;
            seat.tell(Notice::Leave);
        }
    }

    fn remove(&mut self, seat: &Arc<Seat>) {
        let Some(held) = self.by_client.get_mut(&seat.client) else { return };
        if let Some(at) = held.iter().position(|other| Arc::ptr_eq(other, seat)) {
            held.swap_remove(at);
            self.figures.open -= 1;
        }
        if held.is_empty() {
            self.by_client.remove(&seat.client);
        }
    }
}

fn age(seat: &&Arc<Seat>) -> u64 {
    seat.useful.load(Ordering::Relaxed)
}

impl Taken {
    /// The same connection on a seat of the client it turned out to be of.
    pub(super) fn move_to(self, source: IpAddr) -> Self {
        let taken = self.seats.take(source, self.seat.gate);
        // One connection is accepted once.
        taken.seats.table().figures.accepted -= 1;
        taken
    }

    /// The limits it is under.
    pub(super) fn limits(&self) -> &Limits {
        self.seats.limits()
    }

    /// Notes that a message was answered.
    pub(super) fn was_useful(&self) {
        self.seat.useful.store(self.seats.use_count(), Ordering::Relaxed);
    }

    /// What the connection is told by now.
    pub(super) fn notice(&self) -> Notice {
        match self.seat.notice.load(Ordering::Relaxed) {
            0 => Notice::Stay,
            1 => Notice::Finish,
            _ => Notice::Leave,
        }
    }

    /// Returns once the connection is told `notice` or more; of a connection's tasks only one may wait.
    pub(super) async fn told(&self, notice: Notice) {
        poll_fn(|context| {
            self.wake(context.waker());
            if self.notice() >= notice { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Whoever has something to tell wakes `waker`.
    pub(super) fn wake(&self, waker: &Waker) {
        *self.seat.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    /// The connection has to leave after `patience`, unless it sets another deadline before.
    pub(super) fn leave_after(&self, patience: Duration) {
        // The clock may be one look behind.
        let at = self.seats.now() + (patience + LOOK).as_millis() as u64;
        self.seat.deadline.store(at, Ordering::Relaxed);
    }
}

impl Taken {
    /// Whether its connection may send a zone, `most` being sent at one time; it may until it has.
    pub(super) fn may_transfer(&mut self, most: usize) -> bool {
        let one_more = |held: usize| (held < most).then_some(held + 1);
        self.transferring = self.transferring
            || self.seats.transfers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok();
        self.transferring
    }

    /// Its connection has sent a zone, or will not.
    pub(super) fn has_transferred(&mut self) {
        if std::mem::take(&mut self.transferring) {
            self.seats.transfers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.has_transferred();
        self.seats.table().remove(&self.seat);
    }
}

// An IPv6 host has a whole /64 to connect from; the top bits keep the families apart.
fn client(source: IpAddr) -> u64 {
    match source.to_canonical() {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => (v6.to_bits() >> 64) as u64 | 1 << 63,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_zones_are_sent_at_one_time() {
        let seats = seats(10, 10);
        let source = "192.0.2.1".parse().unwrap();
        let [mut first, mut second, mut third] = [(); 3].map(|()| seats.take(source, seats.gate()));
        assert!(first.may_transfer(2) && second.may_transfer(2) && first.may_transfer(2));
        assert!(!third.may_transfer(2));
        drop(first);
        assert!(third.may_transfer(2), "the first is gone");
        second.has_transferred();
        third.has_transferred();
        assert_eq!(seats.transfers.load(Ordering::Relaxed), 0);
    }

    fn seats(connections: usize, per_client: usize) -> Arc<Seats> {
        Arc::new(Seats::new(Limits { connections, per_client, ..Limits::default() }))
    }

    fn is_wanted(taken: &Taken) -> bool {
        taken.notice() == Notice::Leave
    }

    #[test]
    fn deadlines_are_kept_and_the_end_is_told_to_everyone_it_concerns() {
        let seats = seats(10, 10);
        let (gate, other) = (seats.gate(), seats.gate());
        let [early, late] = ["192.0.2.1", "192.0.2.2"].map(|source| seats.take(source.parse().unwrap(), gate));
        let elsewhere = seats.take("192.0.2.3".parse().unwrap(), other);
        early.leave_after(Duration::from_secs(3000));
        late.leave_after(Duration::from_secs(3600));
        let look_after = |passed: Duration| {
            let now = seats.since.elapsed() + Duration::from_secs(1);
            while seats.since.elapsed() < now {
                std::thread::yield_now();
            }
            seats.clock.store((seats.since.elapsed() - passed).as_millis() as u64, Ordering::Relaxed);
            seats.look();
        };
        look_after(LOOK);
        assert_eq!((early.notice(), late.notice()), (Notice::Stay, Notice::Stay));
        early.seat.deadline.store(0, Ordering::Relaxed);
        look_after(STALL * 2);
        assert_eq!(early.notice(), Notice::Stay, "after a stall everyone has a look's time to be heard");
        look_after(LOOK);
        assert_eq!((early.notice(), late.notice()), (Notice::Leave, Notice::Stay));
        seats.close(gate);
        let told = [&early, &late, &elsewhere].map(Taken::notice);
        assert_eq!(told, [Notice::Leave, Notice::Finish, Notice::Stay]);
        let [behind, beside] = [gate, other].map(|gate| seats.take("192.0.2.3".parse().unwrap(), gate).notice());
        assert_eq!((behind, beside), (Notice::Finish, Notice::Stay), "who comes in late finishes as well");
    }

    #[test]
    fn a_client_that_has_its_share_gives_up_its_own_least_useful() {
        let seats = seats(10, 2);
        let [one, two]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        let other = seats.take(two, Gate::default());
        let stale = seats.take(one, Gate::default());
        let busy = seats.take(one, Gate::default());
        busy.seat.useful.store(5, Ordering::Relaxed);
        stale.seat.useful.store(4, Ordering::Relaxed);
        other.seat.useful.store(1, Ordering::Relaxed);
        let newcomer = seats.take(one, Gate::default());
        assert!(is_wanted(&stale));
        assert!(!is_wanted(&busy) && !is_wanted(&other) && !is_wanted(&newcomer));
        assert_eq!(seats.figures(), Figures { open: 3, accepted: 4, evicted: 1 });
        drop(stale);
        assert_eq!(seats.figures().open, 3, "an evicted seat is not freed twice");
        drop((busy, other, newcomer));
        assert_eq!(seats.figures().open, 0);
    }

    #[test]
    fn a_full_house_evicts_across_clients_and_a_v6_client_is_its_64() {
        let seats = seats(2, 1);
        let [a, b, c]: [IpAddr; 3] =
            ["2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), "192.0.2.1".parse().unwrap()];
        let first = seats.take(a, Gate::default());
        let second = seats.take(b, Gate::default());
        assert!(is_wanted(&first), "both are of one /64");
        let third = seats.take(c, Gate::default());
        second.seat.useful.store(7, Ordering::Relaxed);
        third.seat.useful.store(3, Ordering::Relaxed);
        let fourth = seats.take("198.51.100.9".parse().unwrap(), Gate::default());
        assert!(is_wanted(&third) && !is_wanted(&second) && !is_wanted(&fourth));
    }
}

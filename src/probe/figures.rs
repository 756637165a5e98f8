//! What the fleet counts: probes waiting and under way, how late they began, how long their parts took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::outcome::Report;

/// Upper bounds of the histograms' buckets, in milliseconds; one more bucket takes the rest.
pub const BUCKETS: [u64; 14] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000, 6000, 10_000];

/// The fleet's counters.
#[derive(Debug, Default)]
pub struct Figures {
    waiting: AtomicU64,
    asking: AtomicU64,
    uncounted: AtomicU64,
    /// From when probes were due to when they began.
    pub lateness: Histogram,
    /// Looking names up.
    pub lookup: Histogram,
    /// Connecting.
    pub connect: Histogram,
    /// TLS handshakes.
    pub tls: Histogram,
    /// From request to first byte.
    pub first_byte: Histogram,
    /// Reading bodies.
    pub body: Histogram,
    /// Whole probes.
    pub whole: Histogram,
}

/// Durations by bucket.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; BUCKETS.len() + 1],
    microseconds: AtomicU64,
}

/// Counts one for as long as it lives.
#[derive(Debug)]
pub(super) struct Counted<'a>(&'a AtomicU64);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Figures {
    /// Probes that are due and wait for their turn.
    pub fn overdue(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Probes under way.
    pub fn in_flight(&self) -> u64 {
        self.asking.load(Ordering::Relaxed)
    }

    /// Probes that counted neither way.
    pub fn uncounted(&self) -> u64 {
        self.uncounted.load(Ordering::Relaxed)
    }

    pub(super) fn waiting(&self) -> Counted<'_> {
        count(&self.waiting)
    }

    pub(super) fn asking(&self, late: Duration) -> Counted<'_> {
        self.lateness.add(late);
        count(&self.asking)
    }

    pub(super) fn asked(&self, report: &Report) {
        self.whole.add(report.took);
        let phases = report.phases;
        let parts = [
            (&self.lookup, phases.lookup),
            (&self.connect, phases.connect),
            (&self.tls, phases.tls),
            (&self.first_byte, phases.first_byte),
            (&self.body, phases.body),
        ];
        for (histogram, took) in parts {
            if let Some(took) = took {
                histogram.add(took);
            }
        }
        if report.outcome.status().is_none() {
            self.uncounted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Histogram {
    fn add(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.partition_point(|bound| bound * 1000 < micros);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }

    /// How many fell into each bucket, not cumulated; the last is beyond every bound.
    pub fn counts(&self) -> [u64; BUCKETS.len() + 1] {
        std::array::from_fn(|at| self.counts[at].load(Ordering::Relaxed))
    }

    /// Their sum.
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.microseconds.load(Ordering::Relaxed))
    }
}

fn count(cell: &AtomicU64) -> Counted<'_> {
    cell.fetch_add(1, Ordering::Relaxed);
    Counted(cell)
}

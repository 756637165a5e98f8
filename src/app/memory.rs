//! Memory that a load needed and nobody holds any more goes back to the system, and huge pages are for what is large.
//!
//! The allocator (`main.rs`) asks for huge pages wherever it can have them. Compiled zones lie close together, and
//! look-ups among a million names cost less with them (docs/speed.md). Everything else is small and each thread's apart, or soon gone,
//! and would take 2 MiB for every few kilobytes. So they are there while zones are compiled, and not otherwise.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::prctl::set_thp_disable;

/// When, after a load: the allocator (`main.rs`) gives back what has been free for a second whenever a thread ends, and
/// the thread that loaded holds some of it for the ten seconds that tokio keeps it.
const SETTLED: [Duration; 2] = [Duration::from_millis(1500), Duration::from_secs(12)];

static WAITING: AtomicBool = AtomicBool::new(false);

/// Ordinary pages from now on.
pub(super) fn small_pages() {
    // Where the system knows of no huge pages there is nothing to forgo.
    let _ = set_thp_disable(true);
}

/// Huge pages from now on, also for what others take meanwhile, until the [`Load`] that calls for them ends.
pub(super) fn huge_pages() {
    let _ = set_thp_disable(false);
}

/// A load under way; it ends with ordinary pages.
pub(super) struct Load;

impl Drop for Load {
    fn drop(&mut self) {
        small_pages();
    }
}

/// Has what a load leaves behind given back a little later; once, however often it is asked for meanwhile.
pub(super) fn give_back() {
    if WAITING.swap(true, Ordering::Relaxed) {
        return;
    }
    let waiter = thread::Builder::new().name("give-back".to_owned()).spawn(|| {
        for pause in SETTLED {
            // Nobody waits for these: it is their end that counts.
            let _ = thread::Builder::new().spawn(move || thread::sleep(pause)).map(thread::JoinHandle::join);
        }
        WAITING.store(false, Ordering::Relaxed);
    });
    if waiter.is_err() {
        // Without a thread to spare the memory stays until another ends.
        WAITING.store(false, Ordering::Relaxed);
    }
}

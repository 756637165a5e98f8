//! Memory that a load needed and nobody holds any more goes back to the system.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// When, after a load: the allocator (`main.rs`) gives back what has been free for a second whenever a thread ends, and
/// the thread that loaded holds some of it for the ten seconds that tokio keeps it.
const SETTLED: [Duration; 2] = [Duration::from_millis(1500), Duration::from_secs(12)];

static WAITING: AtomicBool = AtomicBool::new(false);

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

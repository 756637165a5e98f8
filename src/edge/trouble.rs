//! What goes wrong at sockets, counted: the loops go on, and whoever watches says it in the log and the metrics.

use std::io;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Everything that went wrong at the sockets of one server since its start.
#[derive(Debug, Default)]
pub struct Troubles {
    /// TCP connections that could not be accepted: no file descriptors, no memory.
    pub accept: Trouble,
    /// Datagrams that could not be read, for a reason that says nothing about one client.
    pub receive: Trouble,
    /// Answers that could not be sent over UDP: full queues, no memory, no route, a firewall.
    pub send: Trouble,
    /// Datagrams and connections without a PROXY header that may be believed.
    pub unproxied: Trouble,
}

/// One kind of trouble.
#[derive(Debug, Default)]
pub struct Trouble {
    count: AtomicU64,
    last: AtomicI32,
}

impl Troubles {
    /// Every kind with its name in metrics.
    pub fn all(&self) -> [(&'static str, &Trouble); 4] {
        [("accept", &self.accept), ("receive", &self.receive), ("send", &self.send), ("proxy_header", &self.unproxied)]
    }
}

impl Trouble {
    /// One more, with what the system calls it (errno); 0 where it has no word for it.
    pub(super) fn note(&self, errno: i32) {
        self.last.store(errno, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// How often since the start.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// What the system called the last of them.
    pub fn last(&self) -> Option<io::Error> {
        let errno = self.last.load(Ordering::Relaxed);
        (errno != 0).then(|| io::Error::from_raw_os_error(errno))
    }
}

//! What a webhook has yet to be told: bounded, in order, the oldest dropped first.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Figures, Message};

/// The messages that wait at one webhook, and what became of those before.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    most: usize,
    arrived: Notify,
    sent: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The first is under way to its webhook.
    messages: VecDeque<Arc<Message>>,
    /// Whether one was dropped since one was last delivered.
    overflows: bool,
}

impl Queue {
    /// An empty queue of at most so many messages, 2 and up.
    pub(super) fn new(most: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            most: most.max(2),
            arrived: Notify::new(),
            sent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Adds a message; whether that began a run of dropped ones.
    pub(super) fn put(&self, message: Arc<Message>) -> bool {
        let mut waiting = self.waiting();
        let full = waiting.messages.len() >= self.most;
        if full && waiting.messages.remove(1).is_some() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        waiting.messages.push_back(message);
        self.arrived.notify_one();
        full && !std::mem::replace(&mut waiting.overflows, true)
    }

    /// The oldest message, waited for.
    pub(super) async fn first(&self) -> Arc<Message> {
        loop {
            let first = self.waiting().messages.front().cloned();
            match first {
                Some(message) => return message,
                None => self.arrived.notified().await,
            }
        }
    }

    /// The first message is done with.
    pub(super) fn done(&self, taken: bool) {
        let count = if taken { &self.sent } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        let mut waiting = self.waiting();
        waiting.messages.pop_front();
        waiting.overflows = false;
    }

    /// The first message, if there is one, has failed.
    pub(super) fn give_up(&self) {
        if !self.waiting().messages.is_empty() {
            self.done(false);
        }
    }

    /// What became of all, under the webhook's name.
    pub(super) fn figures(&self, webhook: &Arc<str>) -> Figures {
        let waiting = self.waiting().messages.len() as u64;
        let value = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (sent, failed, dropped) = (value(&self.sent), value(&self.failed), value(&self.dropped));
        Figures { webhook: webhook.clone(), sent, failed, dropped, waiting }
    }

    // A queue is whole at every point where a panic could poison the lock.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

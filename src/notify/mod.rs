//! Transitions told to webhooks: each has its own bounded queue, its own task and its order (C-39).
//!
//! ```text
//!  tell ─► queue of each webhook that wants it ─► courier: post, again and again until it is taken or too late
//! ```
//!
//! Nobody waits here: a full queue drops its oldest message and counts it. URLs and Authorization headers are
//! secrets and appear in no log.

mod courier;
mod message;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::health::stamp::Stamp;
use crate::health::turn::Turn;
use crate::model::fleet::Webhook;
use crate::web::Web;
use courier::Courier;
use message::Message;
use queue::Queue;

/// How patiently messages are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Messages that may wait at each webhook, 2 and up.
    pub waiting: usize,
    /// How long one attempt may take.
    pub limit: Duration,
    /// The pause after the first failed attempt; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How long after its transition a message is still tried again.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            waiting: 1024,
            limit: Duration::from_secs(10),
            first: Duration::from_secs(1),
            longest: Duration::from_secs(300),
            patience: Duration::from_secs(3600),
        }
    }
}

/// What became of a webhook's messages since it was first configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The webhook's name.
    pub webhook: Arc<str>,
    /// Messages taken.
    pub sent: u64,
    /// Messages refused, or given up on.
    pub failed: u64,
    /// Messages dropped because too many waited.
    pub dropped: u64,
    /// Messages that wait.
    pub waiting: u64,
}

/// The webhooks, each with what it has yet to be told. Dropping it stops them.
#[derive(Debug)]
pub struct Webhooks {
    hooks: Mutex<BTreeMap<Arc<str>, Hook>>,
    web: Web,
    settings: Settings,
    /// Sets this process's messages apart from those of others.
    origin: u64,
    told: AtomicU64,
}

#[derive(Debug)]
struct Hook {
    webhook: Webhook,
    queue: Arc<Queue>,
    task: AbortHandle,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Webhooks {
    /// No webhooks yet; messages go out by `web`.
    pub fn start(web: Web, settings: Settings) -> Self {
        // RandomState draws its keys from the operating system.
        let origin = RandomState::new().hash_one(SystemTime::now());
        Self { hooks: Mutex::default(), web, settings, origin, told: AtomicU64::new(0) }
    }

    /// Makes the webhooks these and no others; must run within a tokio runtime.
    ///
    /// What waits at one stays there as long as its name does; what waits at one that is gone is dropped.
    pub fn reconcile(&self, webhooks: &[Webhook]) {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *hooks);
        for webhook in webhooks {
            let hook = match before.remove(&webhook.name) {
                Some(hook) if hook.webhook == *webhook => hook,
                Some(hook) => self.hook(webhook, hook.queue.clone()),
                None => self.hook(webhook, Arc::new(Queue::new(self.settings.waiting))),
            };
            hooks.insert(webhook.name.clone(), hook);
        }
        for (name, hook) in before {
            tracing::info!(webhook = %name, untold = hook.queue.figures(&name).waiting, "webhook removed");
        }
    }

    /// Begins anew with couriers that ended without having been told to; how many did. The message one was at counts as
    /// failed: it may be what ended it.
    pub fn tend(&self) -> usize {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended = 0;
        for hook in hooks.values_mut().filter(|hook| hook.task.is_finished()) {
            hook.queue.give_up();
            *hook = self.hook(&hook.webhook, hook.queue.clone());
            ended += 1;
        }
        ended
    }

    /// Tells the webhooks that want it of a check's turn. Does not wait.
    pub fn tell(&self, at: Stamp, turn: &Arc<Turn>) {
        let hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        let wants = |hook: &&Hook| {
            hook.webhook.checks.is_empty() || hook.webhook.checks.iter().any(|pattern| pattern.matches(&turn.check))
        };
        let mut message = None;
        for hook in hooks.values().filter(wants) {
            let message = message.get_or_insert_with(|| Arc::new(self.message(at, turn)));
            if hook.queue.put(message.clone()) {
                tracing::warn!(webhook = %hook.webhook.name, "too many messages wait: the oldest are dropped");
            }
        }
    }

    /// What became of every webhook's messages.
    pub fn figures(&self) -> Vec<Figures> {
        let hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        hooks.iter().map(|(name, hook)| hook.queue.figures(name)).collect()
    }

    fn message(&self, at: Stamp, turn: &Arc<Turn>) -> Message {
        let number = self.told.fetch_add(1, Ordering::Relaxed);
        Message { id: format!("{:016x}-{number}", self.origin), at, begun: Instant::now(), turn: turn.clone() }
    }

    fn hook(&self, webhook: &Webhook, queue: Arc<Queue>) -> Hook {
        let courier = Courier {
            webhook: webhook.clone(),
            queue: queue.clone(),
            web: self.web.clone(),
            settings: self.settings,
            chance: RandomState::new(),
        };
        Hook { webhook: webhook.clone(), queue, task: tokio::spawn(courier.run()).abort_handle() }
    }
}

//! One webhook's courier: brings its messages in order, each until it is taken, refused or too late.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::queue::Queue;
use super::{Message, Settings};
use crate::model::fleet::Webhook;
use crate::web::{Taken, Trouble, Web};

#[derive(Debug)]
pub(super) struct Courier {
    pub(super) webhook: Webhook,
    pub(super) queue: Arc<Queue>,
    pub(super) web: Web,
    pub(super) settings: Settings,
    /// Where jitter comes from.
    pub(super) chance: RandomState,
}

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Taken,
    /// Trying again will not help, and why.
    Refused(String),
    /// It may be taken later, and why not now; how long to wait at the least.
    Later(String, Duration),
}

impl Courier {
    /// Brings messages for ever.
    pub(super) async fn run(self) {
        loop {
            let message = self.queue.first().await;
            let taken = self.bring(&message).await;
            self.queue.done(taken);
        }
    }

    /// Whether the message was taken in the end.
    async fn bring(&self, message: &Message) -> bool {
        let (webhook, id) = (&self.webhook.name, &message.id);
        let body = match message.body(self.webhook.form) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%webhook, id, %error, "a message cannot be written");
                return false;
            }
        };
        let authorization = self.webhook.authorization.as_ref().map(|secret| &*secret.0);
        let until = message.begun + self.settings.patience;
        let mut tries = 0;
        loop {
            let posted = self.web.post(&self.webhook.url.0, authorization, body.clone(), self.settings.limit).await;
            let (why, least) = match fate(posted) {
                Fate::Taken => {
                    tracing::debug!(%webhook, id, check = %message.turn.check, "webhook took a message");
                    return true;
                }
                Fate::Refused(why) => {
                    tracing::error!(%webhook, id, check = %message.turn.check, why, "webhook refused a message");
                    return false;
                }
                Fate::Later(why, least) => (why, least),
            };
            let chance = self.chance.hash_one((id, tries)) as f64 / u64::MAX as f64;
            let pause = pause(&self.settings, tries, chance).max(least.min(self.settings.longest));
            if Instant::now() + pause > until {
                tracing::error!(%webhook, id, check = %message.turn.check, why, "webhook took no message in time: given up");
                return false;
            }
            tracing::warn!(%webhook, id, check = %message.turn.check, why, again = ?pause, "webhook did not take a message");
            sleep(pause).await;
            tries += 1;
        }
    }
}

fn fate(posted: Result<Taken, Trouble>) -> Fate {
    match posted {
        Ok(Taken { code: 200..=299, .. }) => Fate::Taken,
        Ok(Taken { code: code @ (408 | 429 | 500..), retry_after }) => {
            Fate::Later(format!("HTTP {code}"), retry_after.unwrap_or_default())
        }
        Ok(Taken { code, .. }) => Fate::Refused(format!("HTTP {code}")),
        Err(Trouble::Ours(why) | Trouble::Theirs(why)) => Fate::Later(why, Duration::ZERO),
    }
}

/// The pause after so many failed attempts before this one; `chance` in 0..=1 takes up to half of it off, so that
/// many servers do not come back at once.
fn pause(settings: &Settings, tries: u32, chance: f64) -> Duration {
    let whole = settings.first.saturating_mul(2_u32.saturating_pow(tries)).min(settings.longest);
    whole.mul_f64(1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let settings = Settings::default();
        let whole: Vec<_> = (0..11).map(|tries| pause(&settings, tries, 0.0).as_secs()).collect();
        assert_eq!(whole, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(pause(&settings, 3, 1.0), Duration::from_secs(4), "jitter takes half at most");
        assert_eq!(pause(&settings, u32::MAX, 0.0), settings.longest);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let said = |code| fate(Ok(Taken { code, retry_after: None }));
        for code in [200, 202, 204] {
            assert_eq!(said(code), Fate::Taken, "{code}");
        }
        for code in [408, 429, 500, 502, 503, 599] {
            assert!(matches!(said(code), Fate::Later(_, Duration::ZERO)), "{code}");
        }
        for code in [101, 301, 307, 400, 401, 403, 404, 410, 422] {
            assert!(matches!(said(code), Fate::Refused(_)), "{code}");
        }
        let busy = fate(Ok(Taken { code: 429, retry_after: Some(Duration::from_secs(7)) }));
        assert_eq!(busy, Fate::Later("HTTP 429".to_owned(), Duration::from_secs(7)));
        let gone = fate(Err(Trouble::Theirs("Connection refused".to_owned())));
        assert!(matches!(gone, Fate::Later(_, Duration::ZERO)));
    }
}

//! Trouble at the sockets, said in the log: at once, and then once a minute while it lasts.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::edge::trouble::Troubles;

/// How often it is looked for trouble.
const LOOK: Duration = Duration::from_secs(1);
/// The same trouble is said no more often than this.
const QUIET: Duration = Duration::from_secs(60);

/// What has been said of each kind.
#[derive(Default)]
struct Said([(u64, Option<Instant>); 4]);

/// Watches for ever.
pub(super) async fn tell(troubles: Arc<Troubles>) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut said = Said::default();
    loop {
        let now = ticks.tick().await;
        let all = troubles.all();
        for (at, news) in said.news(now, all.map(|(_, trouble)| trouble.count())) {
            let (kind, trouble) = all[at];
            let last = trouble.last().map(|error| error.to_string()).unwrap_or_default();
            tracing::warn!(kind, count = news, last, "{}", words(kind));
        }
    }
}

impl Said {
    /// The kinds to speak of now, and how much there was since the last word.
    fn news(&mut self, now: Instant, counts: [u64; 4]) -> Vec<(usize, u64)> {
        let mut news = Vec::new();
        for (at, ((told, when), count)) in self.0.iter_mut().zip(counts).enumerate() {
            let is_quiet = when.is_some_and(|when| now.duration_since(when) < QUIET);
            if count > *told && !is_quiet {
                news.push((at, count - *told));
                (*told, *when) = (count, Some(now));
            }
        }
        news
    }
}

fn words(kind: &str) -> &'static str {
    match kind {
        "accept" => "TCP connections cannot be accepted; others are ended to make room",
        "receive" => "datagrams cannot be read",
        "send" => "answers cannot be sent",
        _ => "packets without a PROXY header from a trusted proxy are dropped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_at_once_and_then_once_a_minute_with_its_count() {
        let (start, mut said) = (Instant::now(), Said::default());
        let mut at = |seconds, accept, send| said.news(start + Duration::from_secs(seconds), [accept, 0, send, 0]);
        assert_eq!(at(0, 0, 0), []);
        assert_eq!(at(1, 3, 0), [(0, 3)]);
        assert_eq!(at(2, 50, 1), [(2, 1)], "one kind does not hush another");
        assert_eq!(at(60, 90, 1), []);
        assert_eq!(at(61, 100, 1), [(0, 97)]);
        assert_eq!(at(200, 100, 1), [], "what is over is not spoken of");
        assert_eq!(at(201, 101, 2), [(0, 1), (2, 1)]);
    }
}

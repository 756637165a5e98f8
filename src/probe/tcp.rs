//! TCP probes: a connection that stands in time is a success; it is closed at once (C-9).

use std::time::Duration;

use super::dial::{Dial, connect};
use super::outcome::{Notes, Outcome};

/// Connects once within `limit`.
pub(super) async fn ask<D: Dial>(dial: &D, limit: Duration, notes: &mut Notes) -> Result<Outcome, Outcome> {
    connect(dial, limit, notes).await?;
    Ok(Outcome::Connected)
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{After, opened};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn t271_connections_within_ten_seconds() {
        for (millis, expected) in [(9900, Ok(Outcome::Connected)), (10_100, Err(Outcome::ConnectTimedOut))] {
            let mut notes = Notes::default();
            let dial = After(Duration::from_millis(millis), opened(Vec::new()));
            assert_eq!(ask(&dial, Duration::from_secs(10), &mut notes).await, expected, "C-9 at {millis} ms");
        }
    }
}

//! When packets came, read off the clock once for all that came together.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When packets came, and what is told of their connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub millis: u64,
    /// How long the connection may be idle, in units of 100 ms (RFC 7828 §3.1); `None` where there is none.
    pub idle: Option<u16>,
}

impl Moment {
    /// Now, on no connection.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self { millis: since.map_or(0, |since| since.as_millis() as u64), idle: None }
    }

    /// The same on a connection that is ended after so much silence; as long as the option can say at most.
    pub fn on_connection(self, idle: Duration) -> Self {
        Self { idle: Some(u16::try_from(idle.as_millis() / 100).unwrap_or(u16::MAX)), ..self }
    }

    /// Seconds since 1970 modulo 2³².
    pub(super) fn seconds(&self) -> u32 {
        (self.millis / 1000) as u32
    }
}

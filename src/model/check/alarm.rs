//! Checks that follow another system's word: a query's value, an alert, a file, a script (C-26's role).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Status;

/// What the one voter of an alarm's check is called.
pub const ALARM: &str = "alarm";

/// A check whose raw status another system decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Who is asked, or tells.
    pub source: Source,
    /// From one look to the next, 1 s and up; for pushes, how long one is good for.
    pub interval: Duration,
    /// What holds while nothing is known.
    pub missing: Missing,
}

/// The least and the most that one look may take; the interval in between.
const LOOK: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(10));
/// How often what a push said is told again at the least.
const REMINDER: Duration = Duration::from_secs(60);

impl Alarm {
    /// How long one look may take.
    pub fn limit(&self) -> Duration {
        self.interval.clamp(LOOK.0, LOOK.1)
    }

    /// The longest from one vote of its follower to the next: one that is silent for longer is at work no more.
    pub fn rhythm(&self) -> Duration {
        match self.source {
            Source::Push => self.interval.min(REMINDER),
            Source::Prometheus { .. } | Source::Alertmanager { .. } | Source::File { .. } => {
                self.interval + self.limit()
            }
        }
    }
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value of an instant query of a Prometheus-compatible server, one value a look.
    Prometheus {
        /// The server, as `http://HOST:PORT` with an optional path before `/api/v1/query`.
        url: Arc<str>,
        /// PromQL that yields one sample or a scalar.
        query: Arc<str>,
        /// When a value breaches.
        breach: (Comparison, Bound),
        /// Unhealthy when each of the last so many values breaches, 1..=100.
        periods: u8,
    },
    /// Unhealthy while an alert with all these labels is firing and neither silenced nor inhibited.
    Alertmanager {
        /// The server, as `http://HOST:PORT` with an optional path before `/api/v2/alerts`.
        url: Arc<str>,
        /// Matchers as Alertmanager writes them: `alertname="HighCPU"`.
        matchers: Vec<Arc<str>>,
    },
    /// A file that says `up` or `down`, as gdnsd's extfile.
    File {
        /// Its path.
        path: Arc<str>,
    },
    /// A script that tells over HTTP.
    Push,
}

impl Source {
    /// The host that is asked over HTTP, without brackets.
    pub fn host(&self) -> Option<&str> {
        let (Self::Prometheus { url, .. } | Self::Alertmanager { url, .. }) = self else { return None };
        let rest = url.split_once("://").map_or(&**url, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next()?;
        match authority.strip_prefix('[') {
            Some(inside) => inside.split(']').next(),
            None => authority.split(':').next(),
        }
    }

    /// Whether what `before` was told is an answer to this one too: when a value breaches is our own affair.
    pub fn asks_as(&self, before: &Self) -> bool {
        match (before, self) {
            (
                Self::Prometheus { url, query, breach: _, periods: _ },
                Self::Prometheus { url: now, query: asked, breach: _, periods: _ },
            ) => (url, query) == (now, asked),
            (before, now) => before == now,
        }
    }
}

/// What holds while nothing is known (InsufficientDataHealthStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Missing {
    Healthy,
    Unhealthy,
    /// The last status that was known; healthy when none was (C-26).
    LastKnown,
}

/// How a value is compared with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// The bound of a comparison, not NaN.
#[derive(Clone, Copy, Debug)]
pub struct Bound(pub f64);

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.0.total_cmp(&other.0).is_eq()
    }
}

impl Eq for Bound {}

impl Comparison {
    /// Whether `value` breaches `bound`; NaN never does.
    pub fn breaches(self, value: f64, bound: Bound) -> bool {
        match self {
            Self::Above => value > bound.0,
            Self::AtLeast => value >= bound.0,
            Self::Below => value < bound.0,
            Self::AtMost => value <= bound.0,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        })
    }
}

/// What the last periods say: unhealthy when all breach, healthy when all are there and not all do, else nothing
/// (C-26).
pub fn judge(breaches: impl IntoIterator<Item = Option<bool>>) -> Option<Status> {
    let mut all = true;
    for breach in breaches {
        all &= breach?;
    }
    Some(Status::from_healthy(!all))
}

impl Missing {
    /// The status while nothing is known, after `last` was.
    pub fn status(self, last: Option<Status>) -> Status {
        match self {
            Self::Healthy => Status::Healthy,
            Self::Unhealthy => Status::Unhealthy,
            Self::LastKnown => last.unwrap_or(Status::Healthy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t293_two_periods_above_eighty() {
        let said = |values: [Option<f64>; 2], missing: Missing| {
            let breach = |value: f64| Comparison::Above.breaches(value, Bound(80.0));
            judge(values.map(|value| value.map(breach))).unwrap_or(missing.status(None))
        };
        assert_eq!(said([Some(81.0), Some(90.0)], Missing::LastKnown), Status::Unhealthy, "C-26");
        assert_eq!(said([Some(81.0), Some(70.0)], Missing::LastKnown), Status::Healthy, "C-26");
        assert_eq!(said([Some(81.0), None], Missing::Unhealthy), Status::Unhealthy, "C-26");
        assert_eq!(said([None, None], Missing::LastKnown), Status::Healthy, "C-26");
    }
}

//! What a follower remembers of an alarm, and what the alarm says after each look: pure, clock and I/O apart.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use crate::model::check::{Alarm, Bound, Comparison, Missing, Source, Status, judge};
use crate::probe::Outcome;

/// What one look found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Look {
    /// A value, to be held against the alarm's bound; not NaN.
    Value(f64),
    /// A status, and why.
    Says(Status, String),
    /// Nothing is known, and why; without a full stop.
    Nothing(String),
    /// It could not be looked, for a reason that lies with us; it counts neither way.
    NotMade(String),
}

/// What the alarm says after a look.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Saying {
    /// `None` when it cannot tell.
    pub(super) status: Option<Status>,
    /// Whether that status was seen, or is what the operator wants while nothing is.
    pub(super) proven: bool,
    /// Whether anything was ever seen of it.
    pub(super) seen: bool,
    /// How many values in a row say the contrary, and how many would turn the status.
    pub(super) contrary: (u8, u8),
    /// The same in words.
    pub(super) outcome: Outcome,
}

/// A status that a script told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Push {
    pub(super) status: Status,
    pub(super) reason: String,
    pub(super) at: Instant,
}

/// What a follower remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// The values of the last periods, the latest at the end; `None` for a missed one.
    values: VecDeque<Option<f64>>,
    /// The last status that was known.
    known: Option<Status>,
    /// The last that a script told.
    pub(super) pushed: Option<Push>,
    /// Whether its follower is to vote no more.
    pub(super) retired: bool,
}

impl Memory {
    /// What is kept when the alarm's definition changes: all of it where the same is asked, else the last known
    /// status, so that a new question does not flip the check before it has an answer.
    pub(super) fn under(&self, before: &Alarm, now: &Alarm) -> Self {
        let kept = if now.source.asks_as(&before.source) { self.clone() } else { Self::default() };
        Self { known: self.known, retired: false, ..kept }
    }

    /// Takes in a look; what the alarm says after it (C-26).
    pub(super) fn take(&mut self, alarm: &Alarm, look: Look) -> Saying {
        let seen = |status, contrary, words: String| Saying {
            status: Some(status),
            proven: true,
            seen: true,
            contrary,
            outcome: Outcome::Found { status: Some(status), words: words.into() },
        };
        match (look, &alarm.source) {
            (Look::NotMade(error), _) => {
                let outcome = Outcome::NotProbed { error };
                Saying { status: None, proven: false, seen: false, contrary: (0, 1), outcome }
            }
            (Look::Value(value), Source::Prometheus { breach, periods, .. }) => {
                self.keep(Some(value), *periods);
                match self.judged(*breach) {
                    Some(status) => {
                        self.known = Some(status);
                        seen(status, self.contrary(status, *breach, *periods), self.told(status, *breach))
                    }
                    None => self.missing(alarm.missing, &format!("{}, the latest being {value}", self.gaps(*periods))),
                }
            }
            (Look::Nothing(why), Source::Prometheus { periods, .. }) => {
                self.keep(None, *periods);
                self.missing(alarm.missing, &why)
            }
            (Look::Nothing(why), _) => self.missing(alarm.missing, &why),
            (Look::Says(status, why), _) => {
                self.known = Some(status);
                seen(status, (0, 1), why)
            }
            (Look::Value(value), _) => self.missing(alarm.missing, &format!("the value {value} has no bound")),
        }
    }

    fn keep(&mut self, value: Option<f64>, periods: u8) {
        self.values.push_back(value);
        while self.values.len() > usize::from(periods) {
            self.values.pop_front();
        }
        // Periods not yet seen are missing ones.
        while self.values.len() < usize::from(periods) {
            self.values.push_front(None);
        }
    }

    fn judged(&self, (comparison, bound): (Comparison, Bound)) -> Option<Status> {
        judge(self.values.iter().map(|value| value.map(|value| comparison.breaches(value, bound))))
    }

    fn contrary(&self, status: Status, (comparison, bound): (Comparison, Bound), periods: u8) -> (u8, u8) {
        let breaches = |value: &&Option<f64>| value.is_some_and(|value| comparison.breaches(value, bound));
        match status {
            Status::Healthy => (self.values.iter().rev().take_while(breaches).count() as u8, periods),
            Status::Unhealthy => (0, 1),
        }
    }

    fn told(&self, status: Status, (comparison, bound): (Comparison, Bound)) -> String {
        let latest = self.values.back().copied().flatten().unwrap_or(f64::NAN);
        match (self.values.len(), status) {
            (1, Status::Healthy) => format!("The value is {latest}, not {comparison} {}.", bound.0),
            (1, Status::Unhealthy) => format!("The value is {latest}, which is {comparison} {}.", bound.0),
            (count, Status::Healthy) => {
                format!("{count} values, the last {latest}, of which not all are {comparison} {}.", bound.0)
            }
            (count, Status::Unhealthy) => {
                format!("{count} values, the last {latest}, all of them {comparison} {}.", bound.0)
            }
        }
    }

    fn gaps(&self, periods: u8) -> String {
        let missing = self.values.iter().filter(|value| value.is_none()).count();
        format!("{missing} of the last {periods} values missing")
    }

    fn missing(&self, missing: Missing, why: &str) -> Saying {
        let status = missing.status(self.known);
        let policy = match (missing, self.known) {
            (Missing::LastKnown, Some(known)) => format!("the last known status, {known}, stays"),
            (Missing::LastKnown, None) => format!("{status}, as no status was ever known"),
            (Missing::Healthy | Missing::Unhealthy, _) => format!("missing data counts as {status}"),
        };
        let words: Arc<str> = format!("No data ({why}): {policy}.").into();
        let found = (missing == Missing::Unhealthy).then_some(Status::Unhealthy);
        Saying {
            status: Some(status),
            proven: missing != Missing::LastKnown || self.known.is_some(),
            seen: self.known.is_some(),
            contrary: (0, 1),
            outcome: Outcome::Found { status: found, words },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Report;
    use std::time::Duration;

    fn alarm(periods: u8, missing: Missing) -> Alarm {
        let breach = (Comparison::Above, Bound(80.0));
        let source = Source::Prometheus { url: "http://127.0.0.1:9090".into(), query: "load".into(), breach, periods };
        Alarm { source, interval: Duration::from_secs(10), missing }
    }

    fn look(value: Option<f64>) -> Look {
        value.map_or_else(|| Look::Nothing("the query has no sample".to_owned()), Look::Value)
    }

    /// What the alarm says after the last of these values, and its words.
    fn after(alarm: &Alarm, memory: &mut Memory, values: &[Option<f64>]) -> (Option<Status>, String) {
        let saying = values.iter().map(|value| memory.take(alarm, look(*value))).last().unwrap();
        (saying.status, Report::of(saying.outcome).to_string())
    }

    #[test]
    fn t293_two_periods_above_eighty() {
        let said = |values: &[_], missing| after(&alarm(2, missing), &mut Memory::default(), values);
        let (status, words) = said(&[Some(81.0), Some(90.0)], Missing::LastKnown);
        assert_eq!(status, Some(Status::Unhealthy), "T293");
        assert_eq!(words, "Failure: 2 values, the last 90, all of them > 80.");
        let (status, words) = said(&[Some(81.0), Some(70.0)], Missing::LastKnown);
        assert_eq!(status, Some(Status::Healthy), "T293");
        assert_eq!(words, "Success: 2 values, the last 70, of which not all are > 80.");
        let (status, words) = said(&[Some(81.0), None], Missing::Unhealthy);
        assert_eq!(status, Some(Status::Unhealthy), "T293");
        assert_eq!(words, "Failure: No data (the query has no sample): missing data counts as unhealthy.");
        let (status, words) = said(&[None, None], Missing::LastKnown);
        assert_eq!(status, Some(Status::Healthy), "T293");
        assert_eq!(words, "Unknown: No data (the query has no sample): healthy, as no status was ever known.");
    }

    #[test]
    fn the_last_known_status_stays_over_time() {
        let (alarm, mut memory) = (alarm(2, Missing::LastKnown), Memory::default());
        let mut say = |value| after(&alarm, &mut memory, &[value]);
        let (status, words) = say(Some(90.0));
        assert_eq!(status, Some(Status::Healthy), "C-26: one value of two is not all");
        assert!(words.contains("1 of the last 2 values missing, the latest being 90"), "{words}");
        assert_eq!(say(Some(90.0)).0, Some(Status::Unhealthy), "C-26");
        for _ in 0..300 {
            let (status, words) = say(None);
            assert_eq!(status, Some(Status::Unhealthy), "C-26");
            assert!(words.ends_with("the last known status, unhealthy, stays."), "{words}");
        }
        assert_eq!(say(Some(1.0)).0, Some(Status::Unhealthy), "C-26: the value before it is missing");
        assert_eq!(say(Some(1.0)).0, Some(Status::Healthy), "C-26");
        assert_eq!(say(None).0, Some(Status::Healthy), "C-26");
    }

    #[test]
    fn what_is_assumed_is_not_known() {
        let (alarm, mut memory) = (alarm(1, Missing::Unhealthy), Memory::default());
        assert_eq!(after(&alarm, &mut memory, &[None]).0, Some(Status::Unhealthy), "C-26");
        let lasting = Alarm { missing: Missing::LastKnown, ..alarm.clone() };
        let said = memory.take(&alarm, look(None));
        assert_eq!((said.proven, said.seen), (true, false), "the operator's word for it, and nobody saw it");
        let mut memory = memory.under(&alarm, &lasting);
        assert_eq!(after(&lasting, &mut memory, &[None]).0, Some(Status::Healthy), "C-26: no history");
        assert!(!memory.take(&lasting, look(None)).proven);
        assert!(memory.take(&lasting, look(Some(3.0))).proven);
        assert!(memory.take(&alarm, look(None)).seen, "data that went missing is another thing");
    }

    #[test]
    fn our_own_trouble_counts_neither_way() {
        let (alarm, mut memory) = (alarm(2, Missing::Unhealthy), Memory::default());
        after(&alarm, &mut memory, &[Some(1.0), Some(2.0)]);
        let saying = memory.take(&alarm, Look::NotMade("Too many open files (os error 24)".to_owned()));
        assert_eq!((saying.status, saying.outcome.status()), (None, None));
        assert_eq!(after(&alarm, &mut memory, &[Some(81.0)]).0, Some(Status::Healthy), "no period was missed");
    }

    #[test]
    fn what_was_told_is_kept_while_the_same_is_asked() {
        let (old, mut memory) = (alarm(2, Missing::LastKnown), Memory::default());
        after(&old, &mut memory, &[Some(81.0), Some(90.0)]);
        memory.retired = true;

        let slower = Alarm { interval: Duration::from_secs(60), ..old.clone() };
        let mut kept = memory.under(&old, &slower);
        assert_eq!((kept.retired, after(&slower, &mut kept, &[Some(99.0)]).0), (false, Some(Status::Unhealthy)));

        let longer = alarm(4, Missing::LastKnown);
        let (status, words) = after(&longer, &mut memory.under(&old, &longer), &[Some(1.0)]);
        assert_eq!(status, Some(Status::Unhealthy), "the last known");
        assert!(words.contains("1 of the last 4 values missing"), "{words}");
        let shorter = alarm(1, Missing::LastKnown);
        assert_eq!(after(&shorter, &mut memory.under(&old, &shorter), &[Some(1.0)]).0, Some(Status::Healthy));

        let mut other = old.clone();
        let Source::Prometheus { query, .. } = &mut other.source else { panic!("Prometheus") };
        *query = "memory".into();
        let (status, words) = after(&other, &mut memory.under(&old, &other), &[Some(1.0)]);
        assert_eq!(status, Some(Status::Unhealthy), "a new question starts from the status of the old one");
        assert!(words.contains("1 of the last 2 values missing"), "{words}");
    }

    #[test]
    fn values_that_breach_in_a_row_are_counted() {
        let (alarm, mut memory) = (alarm(3, Missing::LastKnown), Memory::default());
        let contrary = |value, memory: &mut Memory| memory.take(&alarm, Look::Value(value)).contrary;
        for value in [1.0, 81.0] {
            contrary(value, &mut memory);
        }
        assert_eq!(contrary(82.0, &mut memory), (2, 3));
        assert_eq!(contrary(83.0, &mut memory), (0, 1), "unhealthy: one value that does not breach turns it");
        assert_eq!(contrary(80.0, &mut memory), (0, 3), "80 is not > 80");
        assert_eq!(contrary(f64::INFINITY, &mut memory), (1, 3));
    }
}

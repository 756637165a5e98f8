//! Moments as they are written and shown: ISO 8601 in UTC with milliseconds (C-35).

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const FORM: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
/// The last moment that can be written: the end of the year 9999.
const LAST: Duration = Duration::from_millis(253_402_300_799_999);

/// A moment between 1970 and the year 9999, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(Duration);

/// A text that is no moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no moment such as 2026-11-25T04:33:15Z")]
pub struct BadStamp(String);

impl Stamp {
    /// The moment it is.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// So much later, but not after the last moment that can be written.
    pub fn after(self, time: Duration) -> Self {
        Self::cut(self.0.saturating_add(time))
    }

    /// So much earlier, but not before 1970.
    pub fn before(self, time: Duration) -> Self {
        Self::cut(self.0.saturating_sub(time))
    }

    /// How long after `earlier` it is; nothing when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    fn cut(since: Duration) -> Self {
        let since = since.min(LAST);
        Self(Duration::from_millis(since.as_millis() as u64))
    }
}

impl From<SystemTime> for Stamp {
    fn from(at: SystemTime) -> Self {
        Self::cut(at.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from(UNIX_EPOCH + self.0);
        f.pad(&moment.format(FORM).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Stamp {
    type Err = BadStamp;

    /// RFC 3339, in any offset.
    fn from_str(text: &str) -> Result<Self, BadStamp> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| BadStamp(text.to_owned()))?;
        let nanos = u128::try_from(moment.unix_timestamp_nanos()).unwrap_or_default();
        let millis = u64::try_from(nanos / 1_000_000).unwrap_or(u64::MAX);
        Ok(Self::cut(Duration::from_millis(millis)))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c35_moments_are_iso_8601_in_utc_with_milliseconds() {
        let stamp: Stamp = "2026-11-25T05:33:15.1239+01:00".parse().unwrap();
        assert_eq!(stamp.to_string(), "2026-11-25T04:33:15.123Z");
        assert_eq!(stamp.to_string().parse(), Ok(stamp));
        assert_eq!(Stamp::from(UNIX_EPOCH).to_string(), "1970-01-01T00:00:00.000Z");
        assert!("yesterday".parse::<Stamp>().is_err());
    }

    #[test]
    fn no_clock_is_too_wrong_to_be_written() {
        let last = Stamp::now().after(Duration::MAX);
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(last.after(Duration::from_secs(1)), last);
        assert_eq!(Stamp::from(UNIX_EPOCH - Duration::from_secs(9)), Stamp::from(UNIX_EPOCH));
        assert_eq!(Stamp::from(UNIX_EPOCH).since(last), Duration::ZERO);
    }
}

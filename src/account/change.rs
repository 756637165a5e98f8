//! Changes that were taken, for whoever asks what became of them (I-15).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::documents::Reader;
use super::refusal::no_such_change;
use super::{Draft, Settings, ids};
use crate::route53::{ApiError, ChangeInfo, bare_id};

/// How many changes are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 10_000;
/// What its id is printed behind.
const PREFIX: &str = "/change/";
const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A change as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Taken {
    /// Milliseconds since the Unix epoch.
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

pub(super) fn index(taken: &Taken, id: &str) -> Vec<String> {
    vec![format!("taken/{:014}/{id}", taken.at)]
}

impl Taken {
    fn shown(&self, id: &str, status: &str) -> ChangeInfo {
        ChangeInfo {
            id: format!("{PREFIX}{id}"),
            status: status.to_owned(),
            submitted_at: timestamp(self.at),
            comment: self.comment.clone(),
        }
    }
}

impl Draft<'_> {
    /// Remembers this draft as a change; what its answer says of it.
    pub fn change(&mut self, comment: Option<String>) -> ChangeInfo {
        if self.reader().count::<Taken>("") >= REMEMBERED {
            let oldest = self.reader().index("taken/", "").next().map(|(_, id)| id.to_owned());
            if let Some(id) = oldest {
                self.remove::<Taken>(&id);
            }
        }
        let (id, taken) = (ids::lettered('C'), Taken { at: self.caller().at, comment });
        let shown = taken.shown(&id, "PENDING");
        self.put(&id, taken);
        shown
    }
}

/// What became of a change: in force since it can be found, unless testers want it to take longer.
pub fn find(reader: Reader<'_>, settings: &Settings, now: i64, id: &str) -> Result<ChangeInfo, ApiError> {
    let id = bare_id(id);
    let taken = reader.find::<Taken>(id).ok_or_else(|| no_such_change(id))?;
    let waits = i64::try_from(settings.pending.as_millis()).unwrap_or(i64::MAX);
    let status = if now < taken.at.saturating_add(waits) { "PENDING" } else { "INSYNC" };
    Ok(taken.shown(id, status))
}

/// Milliseconds since the Unix epoch as the API writes them: `2026-11-28T05:00:00.000Z`.
pub fn timestamp(at: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(FORMAT).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i15_moments_have_milliseconds() {
        assert_eq!(timestamp(1_490_636_896_751), "2017-03-27T17:48:16.751Z");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
    }
}

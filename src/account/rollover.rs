//! The zone key changes by itself: the next one is published before it signs, the last one after it did (S-9,
//! RFC 6781 §4.1.1.1).
//!
//! ```text
//!  one key ── LIFE ─► next published ── PUBLISHED ─► next signs, last published ── RETIRED ─► one key
//! ```
//! Each step is a change as any other, kept before it is in force, so that a server that is killed goes on where it was.
//! A step is due by when the one before it was taken: a clock that jumps ahead brings one step, not several at once.

use std::fs;

use super::dnssec::{Signing, ZoneKeyFile, new_key};
use super::{Account, Draft};
use crate::route53::{ApiError, Caller, Rights};

const DAY: i64 = 24 * 3600 * 1000;
/// How long a key signs a zone, in milliseconds (S-9: 7 to 30 days).
const LIFE: i64 = 30 * DAY;
/// How long the next key is published before it signs: everyone who kept the keys has asked again, and secondaries too.
const PUBLISHED: i64 = DAY;
/// How long the last key stays published: the longest TTL (S-11), then a day for secondaries.
const RETIRED: i64 = 8 * DAY;

/// What is due of one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Publish,
    Change,
    Retire,
}

fn due(signing: &Signing, now: i64) -> Option<Step> {
    let is_over = |from: i64, lasts: i64| now.saturating_sub(from) >= lasts;
    match (&signing.next, &signing.last) {
        (_, Some(last)) => is_over(last.at, RETIRED).then_some(Step::Retire),
        (Some(next), None) => is_over(next.at, PUBLISHED).then_some(Step::Change),
        (None, None) => is_over(signing.now.at, LIFE).then_some(Step::Publish),
    }
}

/// Takes a step; `made` is the file of a key that was made for it.
fn take(draft: &mut Draft<'_>, zone: &str, step: Step, made: &mut Option<String>) -> Result<(), ApiError> {
    let now = draft.caller().at;
    let Some(mut signing) = draft.reader().find::<Signing>(zone).map(|signing| Signing::clone(signing)) else {
        return Ok(());
    };
    match step {
        Step::Publish => {
            let key = new_key(draft)?;
            *made = Some(key.file.clone());
            signing.next = Some(key);
        }
        Step::Change => {
            if let Some(next) = signing.next.take() {
                let last = std::mem::replace(&mut signing.now, ZoneKeyFile { at: now, ..next });
                signing.last = Some(ZoneKeyFile { at: now, ..last });
            }
        }
        Step::Retire => signing.last = None,
    }
    draft.put(zone, signing);
    Ok(())
}

impl Account {
    /// Takes the steps that are due at `now`, in milliseconds since 1970; what cannot be done is logged, and tried again
    /// the next time.
    pub fn roll_over(&self, now: i64) {
        let due: Vec<(String, Step)> = self.read(|reader| {
            let all = reader.list::<Signing>("", "");
            all.filter_map(|(zone, signing)| Some((zone.to_owned(), due(signing, now)?))).collect()
        });
        for (zone, step) in due {
            let caller = Caller { who: "waymark".into(), rights: Rights::ALL, request: "rollover".into(), at: now };
            let mut made = None;
            match self.transact(&caller, "RollOverZoneKey", |draft| take(draft, &zone, step, &mut made)) {
                Ok(()) => tracing::info!(zone, ?step, "a zone key rolls over"),
                Err(error) => {
                    tracing::error!(zone, ?step, code = ?error.code, error.message, "a zone key stays");
                    // Nobody knows it, and the next try makes another.
                    made.into_iter().for_each(|file| drop(fs::remove_file(self.settings().keys.join(file))));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s9_each_step_waits_for_the_one_before() {
        let key = |at| ZoneKeyFile { file: "k".to_owned(), public: String::new(), at };
        let waiting = |at| Some(key(at));
        let mut signing = Signing { now: key(5), next: None, last: None };
        assert_eq!((due(&signing, 4 + LIFE), due(&signing, 5 + LIFE)), (None, Some(Step::Publish)));
        signing.next = waiting(100 * DAY);
        assert_eq!(due(&signing, 100 * DAY), None, "the clock was ahead: the key is not known to anyone yet");
        assert_eq!(due(&signing, DAY), None, "the clock went back");
        assert_eq!(due(&signing, 101 * DAY), Some(Step::Change));
        (signing.last, signing.next) = (waiting(101 * DAY), None);
        assert_eq!((due(&signing, 109 * DAY - 1), due(&signing, 109 * DAY)), (None, Some(Step::Retire)));
        signing.next = waiting(0);
        assert_eq!(due(&signing, 108 * DAY), None, "one change at a time");
    }
}

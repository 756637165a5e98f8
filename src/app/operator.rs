//! What the operator asks of health over the control socket: overrides, failback, why.

use std::time::Duration;

use serde_json::{Value, json};

use super::health::Scene;
use super::watch::{Books, Watch};
use crate::control::Control;
use crate::control::socket::failed;
use crate::health::event::{Entry, Event};
use crate::health::history::{History, last_turn};
use crate::health::overrides::{Now, Override};
use crate::health::stamp::Stamp;
use crate::health::turn::Cause;
use crate::model::CheckId;
use crate::model::check::{Pattern, Word};

/// The operations here.
pub(super) const OPERATIONS: &[&str] = &["health", "why", "override", "overrides", "clear", "failback"];
/// The most overrides at one time.
const MOST: usize = 10_000;
/// The longest text of an override, in bytes.
const LONGEST: usize = 1000;
/// The longest an override may be set for.
const FOREVER: u64 = 100 * 366 * 86_400;
/// Checks that an answer names.
const NAMED: usize = 100;

/// The operator's side of a running server.
pub(super) struct Desk<'a> {
    pub(super) control: &'a Control,
    pub(super) watch: &'a Watch,
}

impl Desk<'_> {
    /// Carries out one of [`OPERATIONS`].
    pub(super) fn perform(&self, op: &str, request: &Value) -> Value {
        let done = match op {
            "health" => self.health(request),
            "why" => self.why(request),
            "override" => self.set(request),
            "overrides" => Ok(self.overrides()),
            "clear" => self.clear(request),
            "failback" => self.fail_back(request),
            _ => Err(format!("there is no operation {op:?}")),
        };
        done.unwrap_or_else(|error| failed(&error, &[]))
    }

    /// What stands behind a check's status, in words.
    pub(super) fn words(&self, check: &CheckId) -> Option<String> {
        self.with_scene(|scene| scene.words(check))
    }

    fn with_scene<T>(&self, show: impl FnOnce(&Scene<'_>) -> T) -> T {
        let (world, plan) = (self.control.world().load(), self.control.plan());
        let overrides = self.watch.books.keeper.overrides();
        show(&Scene { world: &world, watch: self.watch, plan: &plan, overrides })
    }

    fn health(&self, request: &Value) -> Result<Value, String> {
        let pattern = request["pattern"].as_str().map(|pattern| Pattern(pattern.into()));
        if let Some(pattern) = &pattern
            && self.meant(pattern).is_empty()
        {
            return Err(format!(
                "no health check matches {pattern:?}; `waymark health` lists them all",
                pattern = pattern.0
            ));
        }
        Ok(self.with_scene(|scene| scene.checks(pattern.as_ref())))
    }

    fn why(&self, request: &Value) -> Result<Value, String> {
        let id = CheckId(text(request, "check")?.into());
        let view = self.watch.board.view(&id).ok_or_else(|| unknown(&id))?;
        let check = self.with_scene(|scene| scene.check(&view)).ok_or_else(|| unknown(&id))?;
        let (last, is_kept) = match view.turned {
            Some((at, turn)) => (Some(Entry { at, event: Event::Turned((*turn).clone()) }), false),
            None => (
                last_turn(&self.watch.books.state, &id)
                    .map_err(|error| format!("the history cannot be read: {error}"))?,
                true,
            ),
        };
        Ok(json!({ "ok": true, "check": check, "last": last, "before_restart": is_kept && last.is_some() }))
    }

    fn overrides(&self) -> Value {
        let overrides = self.watch.books.keeper.overrides();
        let shown = |word: &Override| {
            let mut shown = json!(word);
            shown["checks"] = json!(self.meant(&word.pattern).len());
            shown
        };
        json!({ "ok": true, "overrides": overrides.iter().map(shown).collect::<Vec<_>>() })
    }

    fn set(&self, request: &Value) -> Result<Value, String> {
        let Books { keeper, history, .. } = &self.watch.books;
        let now = Now::read();
        let pattern = Pattern(text(request, "pattern")?.into());
        let word = text(request, "word")?;
        let word = Word::parse(word).ok_or_else(|| format!("{word:?} is not up, down or obey"))?;
        let (owner, reason) = (text(request, "owner")?.to_owned(), text(request, "reason")?.to_owned());
        let lasts = match &request["seconds"] {
            Value::Null => None,
            seconds => Some(seconds.as_u64().filter(|seconds| (1..=FOREVER).contains(seconds)).ok_or_else(|| {
                format!("an override lasts a whole number of seconds from 1 to {FOREVER}, not {seconds}")
            })?),
        };
        let meant = self.meant(&pattern);
        if meant.is_empty() && request["force"] != true {
            return Err(format!(
                "no health check matches {:?}; `waymark health` lists them, and --force keeps the word for checks to come",
                &*pattern.0
            ));
        }
        let overrides = keeper.overrides();
        if overrides.iter().count() >= MOST && !overrides.iter().any(|word| word.pattern == pattern) {
            return Err(format!("there are {MOST} overrides already; clear some, or use a pattern such as \"web-*\""));
        }
        let expires = lasts.map(|seconds| now.wall.after(Duration::from_secs(seconds)));
        let word = Override { pattern, word, owner, reason, set: now.wall, expires };
        let replaced = keeper.set(word.clone(), now, |words| {
            history.tell(Stamp::now(), Event::Override(word.clone()));
            let Override { pattern, owner, reason, .. } = &word;
            let until = expires.map(|expires| expires.to_string());
            tracing::warn!(%pattern, word = %word.word, owner, reason, until, checks = meant.len(), "override set");
            let why = format!("override {} by {owner}: {reason}", word.word);
            self.watch.obey(self.control, words, Cause::Override, &why, std::slice::from_ref(&word));
        });
        let replaced = replaced.map_err(|error| unkept("set", &error))?;
        Ok(json!({
            "ok": true,
            "override": word,
            "replaced": replaced,
            "matched": meant.len(),
            "checks": meant.iter().take(NAMED).map(|check| &*check.0).collect::<Vec<_>>(),
            "warning": unwritten(history),
        }))
    }

    fn clear(&self, request: &Value) -> Result<Value, String> {
        let Books { keeper, history, .. } = &self.watch.books;
        let pattern = Pattern(text(request, "pattern")?.into());
        let owner = text(request, "owner")?.to_owned();
        let said = keeper.overrides().iter().find(|word| word.pattern == pattern).cloned();
        let nothing = || format!("there is no override for {:?}; `waymark health overrides` lists them", &*pattern.0);
        let cleared = said.ok_or_else(nothing)?;
        let gone = keeper.clear(&pattern, |words| {
            let (at, event) = (Stamp::now(), Event::Clear { cleared: cleared.clone(), owner: owner.clone() });
            history.tell(at, event);
            tracing::warn!(%pattern, word = %cleared.word, owner, "override cleared");
            let why = format!("override {} by {} cleared by {owner}", cleared.word, cleared.owner);
            self.watch.obey(self.control, words, Cause::Override, &why, std::slice::from_ref(&cleared));
        });
        let gone = gone.map_err(|error| unkept("cleared", &error))?.ok_or_else(nothing)?;
        Ok(json!({ "ok": true, "cleared": gone, "warning": unwritten(history) }))
    }

    fn fail_back(&self, request: &Value) -> Result<Value, String> {
        let Books { keeper, history, .. } = &self.watch.books;
        let check = CheckId(text(request, "check")?.into());
        let owner = text(request, "owner")?.to_owned();
        self.watch.board.view(&check).ok_or_else(|| unknown(&check))?;
        if !self.control.is_held(&check) {
            return Ok(json!({ "ok": true, "held": false, "latched": false, "warning": null }));
        }
        tracing::warn!(%check, owner, "failback");
        history.tell(Stamp::now(), Event::Failback { check: check.clone(), owner });
        let held = self.watch.fail_back(self.control, &check).ok_or_else(|| unknown(&check))?;
        let kept = keeper.keep_latched(|| self.control.held());
        let unkept = kept
            .err()
            .map(|error| format!("after a restart the check would be held again, for that cannot be written: {error}"));
        let latched = self.control.is_held(&check);
        let warning = unkept.or_else(|| unwritten(history));
        Ok(json!({ "ok": true, "held": held, "latched": latched, "warning": warning }))
    }

    /// The checks that a pattern means now.
    fn meant(&self, pattern: &Pattern) -> Vec<CheckId> {
        let world = self.control.world().load();
        let ids = world.snapshot.checks.iter().map(|(_, check)| &check.id);
        let mut meant: Vec<_> = ids.filter(|id| pattern.matches(id)).cloned().collect();
        meant.sort();
        meant
    }
}

/// A text of a request, neither empty nor without bounds, on one line.
fn text<'a>(request: &'a Value, key: &str) -> Result<&'a str, String> {
    let text = request[key].as_str().unwrap_or_default().trim();
    match text {
        "" => Err(format!("`{key}` is missing")),
        _ if text.len() > LONGEST => Err(format!("`{key}` is longer than {LONGEST} bytes")),
        _ if text.contains(char::is_control) => Err(format!("`{key}` has control characters")),
        _ => Ok(text),
    }
}

fn unknown(check: &CheckId) -> String {
    format!("there is no health check {check}; `waymark health` lists them")
}

fn unkept(done: &str, error: &std::io::Error) -> String {
    format!(
        "nothing was {done}, for it could not be kept over a restart: {error}; mend the state directory and say it again"
    )
}

/// Waits for the history to tell of what was done.
fn unwritten(history: &History) -> Option<String> {
    let error = history.flush().err()?;
    Some(format!("done, but the history cannot be written: {error}"))
}

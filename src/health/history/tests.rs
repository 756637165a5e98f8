//! The history on disk: bounded, whole lines, asked by check and time.

use std::fs;
use std::io::Write;

use super::*;
use crate::health::overrides::Override;
use crate::health::turn::Cause;
use crate::model::CheckId;
use crate::model::check::{Pattern, Status, Word};

const EVERYTHING: Query = Query { pattern: None, since: None, until: None, limit: usize::MAX };

fn turn(check: &str, reason: &str) -> Arc<Turn> {
    Arc::new(Turn {
        check: CheckId(check.into()),
        from: Status::Healthy,
        to: Status::Unhealthy,
        cause: Cause::Votes,
        reason: reason.to_owned(),
        votes: Vec::new(),
        children: Vec::new(),
    })
}

fn said(pattern: &str) -> Event {
    let (owner, reason) = ("ann".to_owned(), "test".to_owned());
    let pattern = Pattern(pattern.into());
    Event::Override(Override { pattern, word: Word::Down, owner, reason, set: at(0), expires: None })
}

fn told(history: &History, at: Stamp, event: Event) -> Result<(), String> {
    history.tell(at, event);
    history.flush()
}

fn at(seconds: u64) -> Stamp {
    "2026-01-01T00:00:00Z".parse::<Stamp>().unwrap().after(Duration::from_secs(seconds))
}

fn reasons(found: &Found) -> Vec<String> {
    let reason = |entry: &Entry| match &entry.event {
        Event::Turned(turn) => turn.reason.clone(),
        Event::Override(word) => format!("override {}", word.pattern),
        Event::Lost { turns } => format!("lost {turns}"),
        other => panic!("{other:?}"),
    };
    found.entries.iter().map(reason).collect()
}

#[test]
fn events_are_found_by_check_and_time_the_latest_first_to_stay() {
    let state = tempfile::tempdir().unwrap();
    let history = History::start(state.path(), 1 << 20).unwrap();
    for second in 0..10 {
        history.turned(at(second), &turn(if second % 2 == 0 { "web-1" } else { "db" }, &second.to_string()));
    }
    told(&history, at(10), said("web-*")).unwrap();
    let ask = |query: Query| reasons(&find(state.path(), &query).unwrap());
    assert_eq!(ask(EVERYTHING).len(), 11);
    let web = Query { pattern: Some(Pattern("web-?".into())), ..EVERYTHING };
    assert_eq!(ask(web.clone()), ["0", "2", "4", "6", "8", "override web-*"]);
    assert_eq!(ask(Query { since: Some(at(4)), until: Some(at(6)), ..web.clone() }), ["4", "6"]);
    assert_eq!(ask(Query { limit: 2, ..web }), ["8", "override web-*"]);
    let last = last_turn(state.path(), &CheckId("db".into())).unwrap().unwrap();
    assert_eq!(last.at, at(9));
    assert_eq!(last_turn(state.path(), &CheckId("gone".into())).unwrap(), None);
    assert_eq!(ask(Query { pattern: Some(Pattern("web-1".into())), limit: 1, ..EVERYTHING }), ["override web-*"]);
}

#[test]
fn two_files_stay_within_the_budget_and_keep_the_latest() {
    let state = tempfile::tempdir().unwrap();
    let budget = 20_000;
    let history = History::start(state.path(), budget).unwrap();
    for second in 0..2000 {
        history.turned(at(second), &turn("web", &second.to_string()));
        if second % 100 == 0 {
            history.flush().unwrap();
            let size = |name| fs::metadata(state.path().join(name)).map_or(0, |file| file.len());
            assert!(size(FILE) + size(OLDER) <= budget);
        }
    }
    history.flush().unwrap();
    let found = find(state.path(), &EVERYTHING).unwrap();
    let kept = reasons(&found);
    assert!(kept.len() > 60, "{}", kept.len());
    let latest: Vec<_> = (2000 - kept.len()..2000).map(|second| second.to_string()).collect();
    assert_eq!((kept, found.unreadable), (latest, 0), "none is missing between the oldest and the latest");
}

#[test]
fn half_a_line_is_not_glued_to_the_next() {
    let state = tempfile::tempdir().unwrap();
    let history = History::start(state.path(), 1 << 20).unwrap();
    told(&history, at(0), said("first")).unwrap();
    drop(history);
    let torn = r#"{"at":"2026-01-01T00:00:01.000Z","event":"turned","check":"we"#;
    fs::OpenOptions::new().append(true).open(state.path().join(FILE)).unwrap().write_all(torn.as_bytes()).unwrap();
    assert_eq!(reasons(&find(state.path(), &EVERYTHING).unwrap()), ["override first"], "half a line is no event");
    let history = History::start(state.path(), 1 << 20).unwrap();
    told(&history, at(2), said("second")).unwrap();
    let found = find(state.path(), &EVERYTHING).unwrap();
    assert_eq!((reasons(&found), found.unreadable), (vec!["override first".into(), "override second".into()], 0));
    assert!(!fs::read_to_string(state.path().join(FILE)).unwrap().contains(torn));
}

#[test]
fn a_disk_that_takes_nothing_loses_no_word_and_counts_turns() {
    let state = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", state.path().join(FILE)).unwrap();
    let history = History::start(state.path(), 1 << 20).unwrap();
    history.turned(at(0), &turn("web", "never seen"));
    let refused = told(&history, at(1), said("kept")).unwrap_err();
    assert!(refused.contains("No space left"), "{refused}");
    fs::remove_file(state.path().join(FILE)).unwrap();
    told(&history, at(2), said("next")).unwrap();
    let events = reasons(&find(state.path(), &EVERYTHING).unwrap());
    assert_eq!(events, ["lost 1", "override kept", "override next"]);
}

#[test]
fn nonsense_in_the_file_is_passed_over_and_counted() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(find(state.path(), &EVERYTHING).unwrap(), Found::default(), "no file yet");
    let long = "x".repeat(3 << 20);
    let good = serde_json::to_string(&Entry { at: at(0), event: said("good") }).unwrap();
    fs::write(state.path().join(FILE), format!("nonsense\n{long}\n\u{0}\n{good}\n{good}")).unwrap();
    let found = find(state.path(), &EVERYTHING).unwrap();
    assert_eq!((reasons(&found), found.unreadable), (vec!["override good".into()], 3));
}

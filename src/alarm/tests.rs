//! Followers on a paused clock: files and pushes over time, and what a reload keeps and stops.

use std::path::Path;
use std::time::SystemTime;

use tokio::time::{advance, timeout};

use super::*;
use crate::model::At;
use crate::model::check::Missing;

const INTERVAL: Duration = Duration::from_secs(30);
/// On a paused clock, no more than the order of things.
const PATIENCE: Duration = Duration::from_secs(3600);

fn named(id: &str) -> CheckId {
    CheckId(id.into())
}

fn check(id: &str, source: Source, missing: Missing) -> HealthCheck {
    let alarm = Alarm { source, interval: INTERVAL, missing };
    HealthCheck::new(named(id), CheckKind::Alarm(alarm), At::new("test.toml", 1))
}

fn file(path: &Path) -> Source {
    Source::File { path: path.to_str().unwrap().into() }
}

fn followers() -> (Followers, mpsc::Receiver<Vote>) {
    let (votes, heard) = mpsc::channel(16);
    (Followers::start(votes, Web::new().unwrap()), heard)
}

fn reconcile(followers: &Followers, checks: &[HealthCheck]) {
    followers.reconcile(checks, &Plan::default());
}

/// The next vote: who, its status, its words.
async fn next(heard: &mut mpsc::Receiver<Vote>) -> (CheckId, Option<Status>, String) {
    let vote = timeout(PATIENCE, heard.recv()).await.expect("a vote in time").expect("a voter");
    assert_eq!(&*vote.checker, ALARM);
    assert!(vote.at <= SystemTime::now());
    (vote.check, vote.status, vote.report.to_string())
}

async fn silent(heard: &mut mpsc::Receiver<Vote>, long: Duration) -> bool {
    timeout(long, heard.recv()).await.is_err()
}

#[tokio::test(start_paused = true)]
async fn a_file_is_looked_at_each_interval() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web");
    let (followers, mut heard) = followers();
    reconcile(&followers, &[check("web", file(&path), Missing::LastKnown)]);
    let begun = Instant::now();
    let (id, status, words) = next(&mut heard).await;
    assert_eq!((id, status), (named("web"), Some(Status::Healthy)), "C-26: nothing known");
    assert!(words.starts_with("Unknown: No data (the file cannot be read: No such file"), "{words}");
    assert!(begun.elapsed() <= SPREAD, "the first look is soon");

    let looked = Instant::now();
    std::fs::write(&path, "down for repairs\n").unwrap();
    let (_, status, words) = next(&mut heard).await;
    assert_eq!((status, &*words), (Some(Status::Unhealthy), "Failure: The file says down: for repairs"));
    assert!(looked.elapsed() >= INTERVAL && looked.elapsed() < INTERVAL * 2);

    std::fs::remove_file(&path).unwrap();
    for _ in 0..20 {
        let (_, status, words) = next(&mut heard).await;
        assert_eq!(status, Some(Status::Unhealthy), "C-26");
        assert!(words.ends_with("the last known status, unhealthy, stays."), "{words}");
    }
    std::fs::write(&path, "up").unwrap();
    assert_eq!(next(&mut heard).await.1, Some(Status::Healthy));
}

#[tokio::test(start_paused = true)]
async fn a_push_is_good_for_its_interval() {
    let (followers, mut heard) = followers();
    reconcile(&followers, &[check("job", Source::Push, Missing::Unhealthy)]);
    let (_, status, words) = next(&mut heard).await;
    assert_eq!(status, Some(Status::Unhealthy));
    assert_eq!(words, "Failure: No data (nobody pushed yet): missing data counts as unhealthy.");
    let told = next(&mut heard).await;
    assert_eq!((told.1, told.2), (status, words), "C-22: told again, or it would be taken for gone");

    let pushed = Instant::now();
    assert!(followers.push(&named("job"), Status::Healthy, " backup\ndone "));
    let (_, status, words) = next(&mut heard).await;
    assert_eq!((status, &*words), (Some(Status::Healthy), "Success: Pushed: backup done"));
    assert_eq!(pushed.elapsed(), Duration::ZERO, "at once");

    advance(INTERVAL / 2).await;
    let pushed = Instant::now();
    assert!(followers.push(&named("job"), Status::Healthy, ""));
    assert_eq!(next(&mut heard).await.2, "Success: Pushed as healthy.");
    let (_, status, words) = next(&mut heard).await;
    assert!(pushed.elapsed() >= INTERVAL, "the second push began the interval anew");
    assert_eq!(status, Some(Status::Unhealthy));
    assert!(words.contains("the last push, healthy, is too old"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn only_push_checks_take_pushes() {
    let (followers, mut heard) = followers();
    let disabled = HealthCheck { disabled: true, ..check("off", Source::Push, Missing::Healthy) };
    let folder = tempfile::tempdir().unwrap();
    reconcile(&followers, &[disabled, check("file", file(folder.path()), Missing::Healthy)]);
    for id in ["off", "file", "nobody"] {
        assert!(!followers.push(&named(id), Status::Healthy, ""), "{id}");
    }
    assert_eq!(next(&mut heard).await.0, named("file"), "a disabled check is not followed (C-24)");
}

#[tokio::test(start_paused = true)]
async fn a_reload_keeps_what_is_unchanged_and_stops_what_is_gone() {
    let (followers, mut heard) = followers();
    let job = check("job", Source::Push, Missing::LastKnown);
    let gone = check("gone", Source::Push, Missing::LastKnown);
    reconcile(&followers, &[job.clone(), gone]);
    for _ in 0..2 {
        next(&mut heard).await;
    }
    followers.push(&named("job"), Status::Unhealthy, "full");
    assert_eq!(next(&mut heard).await.1, Some(Status::Unhealthy));

    reconcile(&followers, std::slice::from_ref(&job));
    assert!(!followers.push(&named("gone"), Status::Healthy, ""));
    assert!(silent(&mut heard, INTERVAL / 2).await, "the same task goes on");
    let (id, status, words) = next(&mut heard).await;
    assert_eq!((id, status), (named("job"), Some(Status::Unhealthy)));
    assert!(words.contains("too old"), "{words}");

    // Changed: a new task, from the last known status.
    followers.push(&named("job"), Status::Unhealthy, "full");
    next(&mut heard).await;
    let folder = tempfile::tempdir().unwrap();
    reconcile(&followers, &[check("job", file(&folder.path().join("absent")), Missing::LastKnown)]);
    let (_, status, words) = next(&mut heard).await;
    assert_eq!(status, Some(Status::Unhealthy), "{words}");
    assert!(words.contains("the file cannot be read"), "{words}");

    reconcile(&followers, &[]);
    assert!(silent(&mut heard, INTERVAL * 10).await, "what is gone is not followed");
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_ended_by_itself_begins_again_with_what_it_knew() {
    let (followers, mut heard) = followers();
    reconcile(&followers, &[check("job", Source::Push, Missing::LastKnown)]);
    next(&mut heard).await;
    followers.push(&named("job"), Status::Unhealthy, "full");
    assert_eq!(next(&mut heard).await.1, Some(Status::Unhealthy));
    assert_eq!(followers.tend(), 0);
    followers.posts.lock().unwrap()[&named("job")].task.abort();
    assert!(silent(&mut heard, INTERVAL * 10).await, "it is dead");
    assert_eq!(followers.tend(), 1);
    let (_, status, words) = next(&mut heard).await;
    assert_eq!(status, Some(Status::Unhealthy), "{words}");
    assert!(words.contains("too old"), "the push was remembered: {words}");
    assert_eq!(followers.tend(), 0);
}

#[tokio::test(start_paused = true)]
async fn c8_what_may_no_longer_be_read_is_read_no_more_and_the_last_status_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web");
    std::fs::write(&path, "down").unwrap();
    let (followers, mut heard) = followers();
    let web = [check("web", file(&path), Missing::LastKnown)];
    reconcile(&followers, &web);
    assert_eq!(next(&mut heard).await.1, Some(Status::Unhealthy));
    std::fs::write(&path, "up").unwrap();
    let plan = Plan { alarm_files: vec!["/nowhere".into()], ..Plan::default() };
    followers.reconcile(&web, &plan);
    let (_, status, words) = next(&mut heard).await;
    assert_eq!(status, Some(Status::Unhealthy), "{words}");
    assert!(words.contains("it lies below none of `alarm_files`"), "{words}");
    let targets = Targets { special: false, ..Targets::default() };
    let named = vec![folder.path().to_str().unwrap().into()];
    followers.reconcile(&web, &Plan { targets, alarm_files: named, ..Plan::default() });
    assert_eq!(next(&mut heard).await.1, Some(Status::Healthy));
}

//! The fleet on a paused clock with scripted endpoints.
//! Worked cases of spec §10.14 here: T260, T261, T262, T285, T298.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::time::{Instant, advance, sleep, timeout};

use super::*;
use crate::model::At;
use crate::model::check::{Protocol, Status, Thresholds};

/// One act of a script.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Succeeds after this long.
    Up(Duration),
    /// Succeeds at once, and something is wrong all the same.
    Worn,
    /// Fails at once.
    Down,
    /// Says nothing of the endpoint.
    Unknown,
    /// Panics.
    Panic,
}

/// What every endpoint does, and what it was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<Stage>>);

#[derive(Debug, Default)]
struct Stage {
    acts: HashMap<CheckId, VecDeque<Act>>,
    asked: Vec<(CheckId, Instant)>,
    now: usize,
    most: usize,
}

/// One endpoint's part in a script: its last act repeats.
#[derive(Debug)]
pub(super) struct Part(CheckId, Script);

impl Script {
    pub(super) fn part(&self, id: &CheckId) -> Part {
        Part(id.clone(), self.clone())
    }

    pub(crate) fn set(&self, id: &str, acts: impl IntoIterator<Item = Act>) {
        self.0.lock().unwrap().acts.insert(named(id), acts.into_iter().collect());
    }

    fn asked(&self, id: &str) -> Vec<Instant> {
        let stage = self.0.lock().unwrap();
        stage.asked.iter().filter(|(asked, _)| *asked == named(id)).map(|(_, at)| *at).collect()
    }
}

impl Part {
    pub(super) async fn play(&self) -> Report {
        let act = {
            let mut stage = self.1.0.lock().unwrap();
            stage.asked.push((self.0.clone(), Instant::now()));
            stage.now += 1;
            stage.most = stage.most.max(stage.now);
            let acts = stage.acts.entry(self.0.clone()).or_default();
            if acts.len() > 1 { acts.pop_front() } else { acts.front().cloned() }
        };
        let act = act.unwrap_or(Act::Up(Duration::ZERO));
        let degraded = matches!(act, Act::Worn).then(|| "it expires soon".into());
        let outcome = match act {
            Act::Up(after) => {
                sleep(after).await;
                Outcome::Connected
            }
            Act::Worn => Outcome::Connected,
            Act::Down => Outcome::Refused,
            Act::Unknown => Outcome::NotProbed { error: "too many open files".to_owned() },
            Act::Panic => panic!("scripted"),
        };
        self.1.0.lock().unwrap().now -= 1;
        Report { degraded, ..Report::of(outcome) }
    }
}

pub(crate) const UP: Act = Act::Up(Duration::ZERO);
const INTERVAL: Duration = Duration::from_secs(10);

fn named(id: &str) -> CheckId {
    CheckId(id.into())
}

fn check(id: &str, threshold: u8) -> HealthCheck {
    let thresholds = Thresholds::both(threshold);
    let endpoint = Endpoint { interval: INTERVAL, thresholds, ..Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80) };
    HealthCheck::new(named(id), CheckKind::Endpoint(endpoint), At::new("test.toml", 1))
}

fn changed(mut check: HealthCheck, change: impl FnOnce(&mut Endpoint)) -> HealthCheck {
    if let CheckKind::Endpoint(endpoint) = &mut check.kind {
        change(endpoint);
    }
    check
}

/// Votes as they come, and the status they last stood for.
struct Heard {
    votes: mpsc::Receiver<Vote>,
    last: Option<Status>,
}

fn fleet() -> (Fleet, Script, Heard) {
    bounded(1024, 64)
}

fn bounded(waiting: usize, in_flight: usize) -> (Fleet, Script, Heard) {
    let (sender, votes) = mpsc::channel(waiting);
    let script = Script::default();
    let fleet = Fleet::scripted(sender, in_flight, script.clone());
    (fleet, script, Heard { votes, last: None })
}

fn reconcile(fleet: &Fleet, checks: &[HealthCheck]) {
    fleet.reconcile(checks, &Settings::default());
}

/// A vote that takes a place in the channel.
fn filler() -> Vote {
    Vote {
        checker: "local".into(),
        check: named("filler"),
        status: None,
        proven: false,
        seen: false,
        degraded: None,
        contrary: (0, 1),
        at: SystemTime::now(),
        report: Report::of(Outcome::Connected),
    }
}

/// Lets every task that can run do so, then moves the clock on.
async fn pass(time: Duration) {
    sleep(time).await;
    settle().await;
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// The probes a check had made when the status of its votes was next another.
async fn next(heard: &mut Heard, script: &Script, id: &str) -> (usize, Status) {
    loop {
        let vote = timeout(Duration::from_secs(3600), heard.votes.recv()).await.expect("a vote comes").unwrap();
        assert_eq!((&vote.check, &*vote.checker), (&named(id), "local"));
        let Some(status) = vote.status.filter(|_| vote.proven) else { continue };
        if heard.last.replace(status) != Some(status) {
            return (script.asked(id).len(), status);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn t260_t261_three_in_a_row_flip_and_flip_back() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [UP, Act::Down, Act::Down, UP, Act::Down, Act::Down, Act::Down, UP, UP, Act::Down, UP, UP, UP]);
    reconcile(&fleet, &[check("web", 3)]);
    assert_eq!(next(&mut heard, &script, "web").await, (1, Status::Healthy), "the first view is told");
    assert_eq!(next(&mut heard, &script, "web").await, (7, Status::Unhealthy));
    assert_eq!(next(&mut heard, &script, "web").await, (13, Status::Healthy));
}

#[tokio::test(start_paused = true)]
async fn t262_threshold_one_flips_on_the_first_failure() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down]);
    reconcile(&fleet, &[check("web", 1)]);
    let vote = heard.votes.recv().await.unwrap();
    assert_eq!(script.asked("web").len(), 1);
    assert_eq!((vote.status, vote.proven, vote.contrary), (Some(Status::Unhealthy), true, (0, 1)));
    assert_eq!(vote.report.to_string(), "Failure: Connection refused.");
}

#[tokio::test(start_paused = true)]
async fn what_is_known_of_a_check_takes_a_whole_run_to_turn() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [UP, UP, UP, UP]);
    let known = Known { status: Status::Unhealthy, degraded: None };
    let settings = Settings { known: [(named("web"), known)].into(), first_decides: true, ..Settings::default() };
    fleet.reconcile(&[check("web", 3)], &settings);
    assert_eq!(next(&mut heard, &script, "web").await, (3, Status::Healthy), "C-17: one success is not three");
}

#[tokio::test(start_paused = true)]
async fn c17_degraded_takes_a_run_of_probes_that_say_so() {
    let (fleet, script, mut heard) = fleet();
    let acts = [Act::Worn, Act::Worn, UP, Act::Worn, Act::Worn, Act::Down, Act::Worn, UP, UP, UP];
    script.set("web", acts);
    reconcile(&fleet, &[check("web", 3)]);
    let mut told = Vec::new();
    while told.len() < 10 {
        told.push(heard.votes.recv().await.unwrap().degraded.is_some());
    }
    let run = [false, false, false, false, false, false, true, true, true, false];
    assert_eq!(told, run, "three in a row begin and end it, and a failure says nothing of it");
}

#[tokio::test(start_paused = true)]
async fn the_next_look_is_known_before_the_first() {
    let (fleet, script, _heard) = fleet();
    reconcile(&fleet, &[check("web", 3)]);
    let due = fleet.due(&named("web"), "local").expect("a checker looks");
    assert!(script.asked("web").is_empty());
    pass(Duration::from_millis(1100)).await;
    assert_eq!(script.asked("web").len(), 1);
    assert!(fleet.due(&named("web"), "local").expect("a checker looks") > due, "an interval after it");
    assert_eq!((fleet.due(&named("web"), "nobody"), fleet.due(&named("other"), "local")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn t298_the_interval_counts_from_the_response() {
    let (fleet, script, _heard) = fleet();
    script.set("slow", [Act::Up(Duration::from_secs(5))]);
    reconcile(&fleet, &[check("slow", 3)]);
    pass(Duration::from_secs(60)).await;
    let asked = script.asked("slow");
    assert!(asked.len() >= 3);
    for pair in asked.windows(2) {
        assert_eq!((pair[1] - pair[0]).as_millis() / 100, 150, "C-4: 5 s of probe and 10 s of interval");
    }
}

#[tokio::test(start_paused = true)]
async fn t285_nothing_is_told_before_the_first_probe() {
    let (fleet, _script, mut heard) = fleet();
    reconcile(&fleet, &[check("web", 3)]);
    assert!(heard.votes.try_recv().is_err(), "C-37");
}

#[tokio::test(start_paused = true)]
async fn first_probes_are_spread_within_a_second_and_the_same_at_every_start() {
    let checks: Vec<_> = (0..100).map(|at| check(&format!("web-{at}"), 3)).collect();
    let mut starts = Vec::new();
    for _ in 0..2 {
        let (fleet, script, _heard) = fleet();
        let begun = Instant::now();
        reconcile(&fleet, &checks);
        pass(Duration::from_millis(1100)).await;
        let offsets: Vec<_> = checks.iter().map(|check| script.asked(&check.id.0)[0] - begun).collect();
        assert!(offsets.iter().all(|offset| *offset <= Duration::from_millis(1001)));
        let mut tenths = [0; 11];
        offsets.iter().for_each(|offset| tenths[offset.as_millis() as usize / 100] += 1);
        assert!(tenths.iter().all(|count| *count < 30), "bunched: {tenths:?}");
        starts.push(offsets);
    }
    assert_eq!(starts[0], starts[1]);
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_check_keeps_view_and_schedule_through_reloads() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down]);
    reconcile(&fleet, &[check("web", 3)]);
    pass(Duration::from_secs(12)).await;
    assert_eq!(script.asked("web").len(), 2);
    for _ in 0..50 {
        reconcile(&fleet, &[check("web", 3), check("other", 3)]);
        reconcile(&fleet, &[check("web", 3)]);
    }
    assert_eq!(next(&mut heard, &script, "web").await, (3, Status::Unhealthy), "two failures were remembered");
    let asked = script.asked("web");
    assert_eq!((asked[2] - asked[1]).as_millis() / 100, 100, "the schedule went on");
}

#[tokio::test(start_paused = true)]
async fn a_changed_endpoint_is_asked_anew_from_the_status_it_had() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down]);
    reconcile(&fleet, &[check("web", 1)]);
    assert_eq!(next(&mut heard, &script, "web").await, (1, Status::Unhealthy));
    reconcile(&fleet, &[changed(check("web", 2), |endpoint| endpoint.port = 81)]);
    script.set("web", [UP]);
    assert_eq!(next(&mut heard, &script, "web").await, (3, Status::Healthy), "two successes by the new threshold");
}

#[tokio::test(start_paused = true)]
async fn removed_and_disabled_checks_are_not_probed() {
    let (fleet, script, _heard) = fleet();
    let calculated =
        HealthCheck { kind: CheckKind::Calculated { children: vec![named("gone")], threshold: 1 }, ..check("sum", 1) };
    reconcile(&fleet, &[check("gone", 3), check("off", 3), check("held", 3), calculated]);
    pass(Duration::from_secs(5)).await;
    let off = HealthCheck { disabled: true, ..check("off", 3) };
    let held = HealthCheck { forced: Some(Status::Unhealthy), ..check("held", 3) };
    reconcile(&fleet, &[off, held]);
    let counts = ["gone", "off", "sum"].map(|id| script.asked(id).len());
    assert_eq!(counts, [1, 1, 0]);
    pass(Duration::from_secs(100)).await;
    assert_eq!(["gone", "off", "sum"].map(|id| script.asked(id).len()), counts, "C-24");
    assert!(script.asked("held").len() > 5, "a forced check is still watched");
}

#[tokio::test(start_paused = true)]
async fn a_probe_under_way_ends_with_its_check() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Up(Duration::from_secs(5))]);
    reconcile(&fleet, &[check("web", 1)]);
    pass(Duration::from_secs(2)).await;
    assert_eq!(script.asked("web").len(), 1);
    reconcile(&fleet, &[]);
    pass(Duration::from_secs(60)).await;
    assert!(heard.votes.try_recv().is_err());
    assert_eq!(script.asked("web").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_check_disabled_and_enabled_again_tells_its_first_view_again() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down, UP]);
    reconcile(&fleet, &[check("web", 1)]);
    assert_eq!(next(&mut heard, &script, "web").await, (1, Status::Unhealthy));
    reconcile(&fleet, &[HealthCheck { disabled: true, ..check("web", 1) }]);
    reconcile(&fleet, &[check("web", 1)]);
    assert_eq!(next(&mut heard, &script, "web").await, (2, Status::Healthy), "or the listener keeps what it had");
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_of_the_endpoint_counts_neither_way() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [UP, Act::Down, Act::Unknown, Act::Panic, Act::Unknown, Act::Down]);
    reconcile(&fleet, &[check("web", 2)]);
    assert_eq!(next(&mut heard, &script, "web").await, (1, Status::Healthy));
    assert_eq!(next(&mut heard, &script, "web").await, (6, Status::Unhealthy), "and a panic ends no checker");
    settle().await;
    assert_eq!(fleet.figures().uncounted(), 3);
}

#[tokio::test(start_paused = true)]
async fn probes_under_way_are_bounded() {
    let (fleet, script, _heard) = bounded(1024, 3);
    let checks: Vec<_> = (0..20).map(|at| check(&format!("slow-{at}"), 3)).collect();
    checks.iter().for_each(|check| script.set(&check.id.0, [Act::Up(Duration::from_secs(2))]));
    reconcile(&fleet, &checks);
    pass(Duration::from_secs(120)).await;
    assert_eq!(script.0.lock().unwrap().most, 3);
    assert!(checks.iter().all(|check| script.asked(&check.id.0).len() >= 2), "everyone gets a turn");
}

#[tokio::test(start_paused = true)]
async fn a_view_not_yet_told_survives_a_change_of_its_check() {
    let (fleet, script, mut heard) = bounded(1, 64);
    script.set("web", [Act::Down]);
    fleet.votes.send(filler()).await.unwrap();
    reconcile(&fleet, &[check("web", 1)]);
    pass(Duration::from_secs(2)).await;
    assert_eq!(script.asked("web").len(), 1);
    reconcile(&fleet, &[changed(check("web", 1), |endpoint| endpoint.port = 81)]);
    assert_eq!(heard.votes.recv().await.unwrap().check, named("filler"));
    assert_eq!(next(&mut heard, &script, "web").await, (2, Status::Unhealthy), "told by the checker that followed");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_fleet_stops_it() {
    let (fleet, script, _heard) = fleet();
    reconcile(&fleet, &[check("web", 3)]);
    pass(Duration::from_secs(2)).await;
    drop(fleet);
    advance(Duration::from_secs(100)).await;
    settle().await;
    assert_eq!(script.asked("web").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_retired_checker_tells_nothing() {
    let (fleet, script, mut heard) = bounded(1, 64);
    script.set("web", [Act::Down]);
    fleet.votes.send(filler()).await.unwrap();
    reconcile(&fleet, &[check("web", 1)]);
    pass(Duration::from_secs(2)).await;
    heard.votes.recv().await.unwrap();
    reconcile(&fleet, &[]);
    settle().await;
    assert!(heard.votes.try_recv().is_err(), "the line came free before the check went, its checker had not run since");
}

/// How many of the checks fire in each of the ten seconds that follow.
fn seconds(script: &Script, since: Instant) -> [usize; 10] {
    let mut seconds = [0; 10];
    for (_, at) in &script.0.lock().unwrap().asked {
        seconds[((*at - since).as_millis() as usize / 1000).min(9)] += 1;
    }
    seconds
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_checks_fire_evenly_at_the_start_and_after_a_reload_that_changes_them_all() {
    let (fleet, script, mut heard) = bounded(50_000, 20_000);
    let checks: Vec<_> = (0..10_000).map(|at| check(&format!("web-{at}"), 3)).collect();
    let even = |seconds: [usize; 10]| assert!(seconds.iter().all(|count| (800..1200).contains(count)), "{seconds:?}");
    let begun = Instant::now();
    reconcile(&fleet, &checks);
    pass(Duration::from_millis(9_999)).await;
    even(seconds(&script, begun));
    while heard.votes.try_recv().is_ok() {}

    script.0.lock().unwrap().asked.clear();
    let changed: Vec<_> = checks
        .iter()
        .map(|check| changed(check.clone(), |endpoint| endpoint.thresholds = Thresholds::both(2)))
        .collect();
    let begun = Instant::now();
    reconcile(&fleet, &changed);
    pass(Duration::from_millis(9_999)).await;
    even(seconds(&script, begun));
    assert!(fleet.figures().lateness.counts()[1..].iter().all(|count| *count == 0), "each in its time");
}

#[tokio::test(start_paused = true)]
async fn what_the_votes_add_up_to_is_not_the_probes_affair() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down]);
    reconcile(&fleet, &[check("web", 3)]);
    pass(Duration::from_secs(12)).await;
    let percent = changed(check("web", 3), |endpoint| {
        (endpoint.healthy_percent, endpoint.degraded_percent, endpoint.regions) =
            (Some(50), 0, vec!["eu-west-1".into()]);
    });
    reconcile(&fleet, &[percent]);
    assert_eq!(next(&mut heard, &script, "web").await, (3, Status::Unhealthy), "two failures were remembered");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_delays_no_other() {
    let (fleet, script, _heard) = bounded(1024, 64);
    let checks: Vec<_> = (0..40).map(|at| check(&format!("web-{at}"), 3)).collect();
    checks[..20].iter().for_each(|check| script.set(&check.id.0, [Act::Up(Duration::from_secs(3600))]));
    reconcile(&fleet, &checks);
    pass(Duration::from_secs(60)).await;
    assert!(checks[20..].iter().all(|check| script.asked(&check.id.0).len() >= 6));
    assert_eq!((fleet.figures().in_flight(), fleet.figures().overdue()), (20, 0));
    assert_eq!(fleet.figures().lateness.counts()[1..], [0; BUCKETS.len()]);
}

#[tokio::test(start_paused = true)]
async fn a_probe_cut_short_gives_its_turn_back() {
    let (fleet, script, mut heard) = bounded(1024, 8);
    let checks: Vec<_> = (0..20).map(|at| check(&format!("web-{at}"), 3)).collect();
    checks.iter().for_each(|check| script.set(&check.id.0, [Act::Up(Duration::from_secs(30))]));
    for _ in 0..5 {
        reconcile(&fleet, &checks);
        pass(Duration::from_secs(2)).await;
        assert_eq!((fleet.figures().in_flight(), fleet.figures().overdue()), (8, 12));
        assert_eq!(fleet.in_flight.available_permits(), 0);
        reconcile(&fleet, &[]);
        settle().await;
        assert_eq!((fleet.figures().in_flight(), fleet.figures().overdue()), (0, 0));
        assert_eq!(fleet.in_flight.available_permits(), 8);
    }
    assert!(heard.votes.try_recv().is_err(), "none of them ended");
}

#[tokio::test(start_paused = true)]
async fn a_checker_that_ended_by_itself_is_posted_again_with_what_it_knew() {
    let (fleet, script, mut heard) = fleet();
    script.set("web", [Act::Down]);
    reconcile(&fleet, &[check("web", 1)]);
    assert_eq!(next(&mut heard, &script, "web").await, (1, Status::Unhealthy));
    assert_eq!(fleet.tend(), 0);
    fleet.roster().posts[&named("web")].posts[0].task.abort();
    settle().await;
    assert_eq!(fleet.tend(), 1);
    script.set("web", [UP]);
    assert_eq!(next(&mut heard, &script, "web").await, (2, Status::Healthy));
    assert_eq!(fleet.tend(), 0);
}

#[tokio::test(start_paused = true)]
async fn checkers_of_a_region_come_and_go_alone() {
    let (fleet, script, mut heard) = fleet();
    let checker = |name: &str| Checker { name: name.into(), region: None, source: None };
    let plan = |names: &[&str]| Settings {
        plan: Plan { checkers: names.iter().map(|name| checker(name)).collect(), ..Plan::default() },
        ..Settings::default()
    };
    fleet.reconcile(&[check("web", 3)], &plan(&["a", "b"]));
    pass(Duration::from_secs(25)).await;
    let before = script.asked("web").len();
    assert!(before >= 4, "both ask: {before}");
    fleet.reconcile(&[check("web", 3)], &plan(&["b", "c"]));
    while heard.votes.try_recv().is_ok() {}
    pass(Duration::from_secs(60)).await;
    let mut told = BTreeMap::new();
    while let Ok(vote) = heard.votes.try_recv() {
        *told.entry(vote.checker.to_string()).or_insert(0) += 1;
    }
    assert_eq!(told.keys().collect::<Vec<_>>(), ["b", "c"], "the one that left votes no more (C-3)");
}

#[test]
fn a_post_is_small() {
    let work = |work: Work| size_of_val(&work.run(Duration::ZERO));
    let (fleet, ..) = fleet();
    let (sender, _votes) = mpsc::channel(1);
    let endpoint = Arc::new(Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80));
    let task = work(Work {
        checker: "local".into(),
        check: named("web"),
        interval: INTERVAL,
        prober: Prober::new(&named("web"), &endpoint, &Checker::local(), &Arc::new(Common::new(&Plan::default()))),
        memory: Arc::new(Mutex::new(Memory::new(Thresholds::both(3), false))),
        in_flight: fleet.in_flight.clone(),
        figures: fleet.figures.clone(),
        votes: sender,
    });
    let post = size_of::<Post>() + size_of::<Mutex<Memory>>();
    assert!(task + post < 2048, "10,000 checks of 16 checkers are 160,000 of these: {task} and {post} bytes");
}

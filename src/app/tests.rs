//! The watch over health with everything that takes part in it, on a paused clock.

mod steering;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, SystemTime};

use rustix::process::{Signal, getpid, kill_process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Signals;
use super::watch::{Books, Watch, Webs, kept_up};
use crate::control::{Control, Edit, Gathered, Source};
use crate::health::event::Event;
use crate::health::history::{History, Query, find};
use crate::health::keeper::Keeper;
use crate::health::overrides::{Now, Override};
use crate::health::stamp::Stamp;
use crate::health::turn::Cause;
use crate::metrics::Registry;
use crate::model::check::{FULL_SHARE, Pattern, Status, Word};
use crate::model::fleet::Plan;
use crate::model::{CheckId, Problem};
use crate::probe::tests::Script;
use crate::probe::{Fleet, Outcome, Report, Vote};
use crate::snapshot::geography::Geography;
use crate::snapshot::{Behaviour, Ground};
use crate::store;

/// Gives the zone files it is sent.
struct Scripted(std::sync::mpsc::Receiver<String>);

impl Source for Scripted {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let text = self.0.recv().expect("a script");
        let loaded = store::load_texts(&[("zone.toml", &text)], &store::Options::default())?;
        let geography = Arc::new(Geography::nowhere());
        let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
        Ok(Gathered { account: loaded.account, ground, plan: Plan::default(), warnings: loaded.warnings })
    }
}

/// Two endpoints nobody asks in the time of a test, and one check of them both.
fn zone(keys: &str) -> String {
    format!(
        "zone = \"example.com\"\n\
         [check.web]\ntcp = \"127.0.0.1:9\"\ninterval = \"1d\"\nslow_start = 100\n{keys}\n\
         [check.sum]\ncalculated = [\"web\"]\nat_least = 1\nslow_start = 10\n\
         [[record]]\nname = \"www\"\ntype = \"A\"\nweighted = [{{ id = \"a\", weight = 1, value = \"192.0.2.1\", check = \"web\" }}]\n"
    )
}

/// A watch at work, and the hands that move it.
struct Stage {
    control: Arc<Control>,
    watch: Arc<Watch>,
    votes: mpsc::Sender<Vote>,
    script: Sender<String>,
    _state: tempfile::TempDir,
}

impl Stage {
    fn start(keys: &str) -> Self {
        Self::of(zone(keys), None)
    }

    /// A watch over this zone, whose endpoints follow a script where there is one.
    fn of(zone: String, endpoints: Option<Script>) -> Self {
        let (script, source) = channel();
        script.send(zone).unwrap();
        let (control, _) = Control::start(Box::new(Scripted(source)), Edit::default()).expect("a world");
        let state = tempfile::tempdir().expect("a folder");
        let keeper = Keeper::open(state.path(), Now::read()).expect("nothing is kept yet");
        let history = History::start(state.path(), 1 << 20).expect("a thread");
        let books = Books { state: state.path().into(), keeper, history };
        let webs = Webs::new().expect("a client");
        let (mut watch, _) = Watch::new(1, false, Arc::new(Registry::default()), books, webs);
        let (votes, mut heard) = mpsc::channel(16);
        if let Some(endpoints) = endpoints {
            watch.fleet = Fleet::scripted(votes.clone(), 64, endpoints);
        }
        let (control, watch) = (Arc::new(control), Arc::new(watch));
        watch.reconcile(&control);
        let (at_work, by) = (watch.clone(), control.clone());
        tokio::spawn(async move { at_work.listen(&by, &mut heard).await });
        Self { control, watch, votes, script, _state: state }
    }

    async fn vote(&self, status: Status) {
        self.votes.send(vote(status)).await.expect("the watch listens");
        pass(1).await;
    }

    fn reload(&self, keys: &str) {
        self.script.send(zone(keys)).unwrap();
        self.watch.reload(&self.control, || Ok(())).expect("taken");
    }

    /// Says a word of the check `web`, in place of all others.
    fn obey(&self, word: Word) {
        let (pattern, set) = (Pattern("web".into()), Stamp::now());
        let (owner, reason) = ("ann".to_owned(), "a test".to_owned());
        let said = Override { pattern: pattern.clone(), word, owner, reason, set, expires: None };
        self.watch.obey(&self.control, vec![(pattern, word)], Cause::Override, "the operator said so", &[said]);
    }

    /// The share of a check in percent, rounded down.
    fn share(&self, check: &str) -> u32 {
        let world = self.control.world().load();
        let slot = world.snapshot.checks.slot(&id(check)).expect("the check");
        u32::from(world.health.share(slot)) * 100 / u32::from(FULL_SHARE)
    }
}

fn vote(status: Status) -> Vote {
    let outcome = if status.is_healthy() { Outcome::Connected } else { Outcome::Refused };
    Vote {
        checker: "local".into(),
        check: id("web"),
        status: Some(status),
        proven: true,
        seen: true,
        degraded: None,
        contrary: (0, 3),
        at: SystemTime::now(),
        report: Report::of(outcome),
    }
}

fn id(check: &str) -> CheckId {
    CheckId(check.into())
}

/// Lets time pass, and what it brings about come about.
async fn pass(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Whether a share is what a ramp has there, give or take a tick of it.
fn about(share: u32, expected: u32) -> bool {
    share.abs_diff(expected) <= 3
}

#[tokio::test(start_paused = true)]
async fn the_first_healthy_verdict_comes_at_once() {
    let stage = Stage::start("");
    assert_eq!(stage.share("web"), 100, "C-18");
    stage.vote(Status::Healthy).await;
    assert_eq!((stage.share("web"), stage.share("sum")), (100, 100));
    let stage = Stage::start("inverted = true");
    assert_eq!((stage.share("web"), stage.share("sum")), (0, 0), "C-23");
    stage.vote(Status::Unhealthy).await;
    assert_eq!((stage.share("web"), stage.share("sum")), (100, 100), "it was only supposed to be unhealthy");
}

#[tokio::test(start_paused = true)]
async fn what_recovers_starts_slowly() {
    let stage = Stage::start("");
    stage.vote(Status::Unhealthy).await;
    assert_eq!((stage.share("web"), stage.share("sum")), (0, 0));
    stage.vote(Status::Healthy).await;
    assert!(stage.control.world().load().health.rising(&stage.control.world().load().snapshot.checks).count() == 2);
    pass(1_000).await;
    assert!(about(stage.share("web"), 1) && about(stage.share("sum"), 10), "{}", stage.share("sum"));
    pass(24_000).await;
    assert!(about(stage.share("web"), 25), "{}", stage.share("web"));
    assert_eq!(stage.share("sum"), 100, "its own is over");
    let shown = stage.watch.board.view(&id("web")).and_then(|view| view.slow_start).expect("it is in slow start");
    assert!(about(u32::from(shown), 25));
    stage.vote(Status::Unhealthy).await;
    assert_eq!(stage.share("web"), 0);
    stage.vote(Status::Healthy).await;
    pass(10_000).await;
    assert!(about(stage.share("web"), 10), "from the beginning again: {}", stage.share("web"));
    pass(91_000).await;
    assert_eq!(stage.share("web"), 100);
    assert_eq!(stage.watch.board.view(&id("web")).and_then(|view| view.slow_start), None);
}

#[tokio::test(start_paused = true)]
async fn a_reload_leaves_a_slow_start_where_it_is() {
    let stage = Stage::start("");
    stage.vote(Status::Unhealthy).await;
    stage.vote(Status::Healthy).await;
    pass(50_000).await;
    let before = stage.share("web");
    assert!(about(before, 50), "{before}");
    stage.reload("threshold = 2");
    assert_eq!(stage.share("web"), before);
    pass(20_000).await;
    assert!(about(stage.share("web"), 70), "{}", stage.share("web"));
    stage.reload("forced = \"down\"");
    assert_eq!(stage.share("web"), 0);
    pass(5_000).await;
    stage.reload("");
    pass(20_000).await;
    assert!(
        about(stage.share("web"), 20),
        "what a definition takes out comes back slowly, too: {}",
        stage.share("web")
    );
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_lets_back_in_starts_slowly() {
    let stage = Stage::start("");
    stage.obey(Word::Down);
    pass(1_000).await;
    assert_eq!(stage.share("web"), 0);
    stage.obey(Word::Obey);
    pass(30_000).await;
    assert!(about(stage.share("web"), 30), "{}", stage.share("web"));
    stage.obey(Word::Up);
    assert_eq!(stage.share("web"), 100, "up is the whole weight");
    pass(10_000).await;
    assert_eq!(stage.share("web"), 100);
    stage.obey(Word::Obey);
    pass(1_000).await;
    assert!(about(stage.share("web"), 41), "the slow start went on meanwhile: {}", stage.share("web"));
}

#[tokio::test(start_paused = true)]
async fn a_latched_check_starts_slowly_after_failback() {
    let stage = Stage::start("failback = \"manual\"");
    stage.vote(Status::Unhealthy).await;
    stage.vote(Status::Healthy).await;
    pass(60_000).await;
    assert_eq!(stage.share("web"), 0, "held");
    assert_eq!(stage.watch.fail_back(&stage.control, &id("web")), Some(true));
    pass(40_000).await;
    assert!(about(stage.share("web"), 40), "{}", stage.share("web"));
}

#[tokio::test]
async fn a_reload_that_is_asked_for_while_nothing_is_loaded_is_remembered() {
    let mut signals = Signals::new().expect("signals");
    let mut arrived = signal(SignalKind::hangup()).expect("signals");
    assert!(!signals.take_reload());
    kill_process(getpid(), Signal::HUP).expect("a signal to ourselves");
    tokio::select! {
        () = signals.told_to_end() => panic!("nobody said so"),
        () = async {
            arrived.recv().await;
            tokio::task::yield_now().await;
        } => {}
    }
    assert_eq!([signals.take_reload(), signals.take_reload()], [true, false]);
}

#[tokio::test]
async fn a_task_that_panics_begins_again() {
    let begun = Arc::new(AtomicUsize::new(0));
    let task = || {
        let begun = begun.clone();
        async move { assert_eq!(begun.fetch_add(1, Ordering::SeqCst), 2, "not yet") }
    };
    kept_up("a task", task).await;
    assert_eq!(begun.load(Ordering::SeqCst), 3);
}

/// A zone in which a reload turns many checks, the last of them one that is voted on.
fn turned_round(inverted: bool) -> String {
    let given: String =
        (0..200).map(|at| format!("[check.a-{at}]\ngiven = \"healthy\"\ninverted = {inverted}\n")).collect();
    let web = zone(&format!("inverted = {inverted}"));
    web.replacen("[check.web]", &format!("{given}[check.web]"), 1)
}

/// Votes flip a check and reloads turn its meaning round, both as fast as they can: whatever the order was, each
/// transition that is told of turns it from what the one before made of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transitions_of_votes_and_of_reloads_are_told_in_the_order_they_came() {
    const ROUNDS: usize = 100;
    let stage = Stage::start("");
    stage.script.send(turned_round(false)).unwrap();
    stage.watch.reload(&stage.control, || Ok(())).expect("taken");
    let mut flips = 0;
    for round in 0..ROUNDS {
        stage.script.send(turned_round(round % 2 == 0)).unwrap();
        let (watch, control) = (stage.watch.clone(), stage.control.clone());
        let runtime = tokio::runtime::Handle::current();
        let reload = std::thread::spawn(move || {
            let _inside = runtime.enter();
            watch.reload(&control, || Ok(())).expect("taken");
        });
        while !reload.is_finished() {
            flips += 1;
            stage.votes.send(vote(Status::from_healthy(flips % 2 == 0))).await.expect("the watch listens");
        }
        reload.join().expect("a reload");
        stage.watch.books.history.flush().expect("it is written");
    }
    let everything = Query { pattern: Some(Pattern("web".into())), since: None, until: None, limit: usize::MAX };
    let found = find(&stage.watch.books.state, &everything).expect("a history");
    let turns: Vec<_> = found
        .entries
        .iter()
        .map(|entry| match &entry.event {
            Event::Turned(turn) => turn.to,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(turns.len() > ROUNDS, "{}", turns.len());
    let doubled = turns.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!(doubled, 0, "of {}", turns.len());
}

//! The watch over health: the fleet and the followers vote, the board weighs, the health table is written.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use crate::alarm::Followers;
use crate::control::{Control, Edit, Prepared, Refusal, ReloadReport};
use crate::health::event::Event;
use crate::health::history::History;
use crate::health::keeper::Keeper;
use crate::health::overrides::{Now, Override};
use crate::health::stamp::Stamp;
use crate::health::turn::{Cause, Turn};
use crate::health::{Board, Verdict};
use crate::metrics::Registry;
use crate::model::check::{Pattern, Status, Word};
use crate::model::{CheckId, Problem};
use crate::notify::{self, Webhooks};
use crate::probe::{Fleet, Settings, Vote};
use crate::snapshot::health::Transition;
use crate::web::{NoClient, Web};

/// Votes that may wait to be weighed.
const VOTES: usize = 4096;
/// How often slow starts rise, votes grow old, and it is seen to that every checker, follower and courier is at work.
const RISE: Duration = Duration::from_millis(250);
const AGE: Duration = Duration::from_secs(1);
const ROUND: Duration = Duration::from_secs(5);

/// How often it is looked for overrides that end and latches to keep.
const KEEP: Duration = Duration::from_millis(250);

/// Everything that knows of health beside the table that answers are steered by.
pub(super) struct Watch {
    pub(super) board: Board,
    pub(super) fleet: Fleet,
    pub(super) books: Books,
    followers: Followers,
    pub(super) webhooks: Webhooks,
    registry: Arc<Registry>,
    first_decides: bool,
    /// Held from what is done to the board until the health table has it and everyone is told, so that all know the same
    /// order.
    turning: Mutex<()>,
    /// Latches may have changed.
    news: Notify,
    /// Why latches could not be kept, told once.
    trouble: Mutex<Option<String>>,
}

/// What is kept on disk.
pub(super) struct Books {
    /// The directory it is in.
    pub(super) state: PathBuf,
    pub(super) keeper: Keeper,
    pub(super) history: History,
}

/// What other systems are asked and told by: alarms are bound to the plan's targets, webhooks are the operator's own.
pub(super) struct Webs {
    pub(super) alarms: Web,
    pub(super) webhooks: Web,
}

impl Webs {
    pub(super) fn new() -> Result<Self, NoClient> {
        Ok(Self { alarms: Web::new()?, webhooks: Web::new()? })
    }
}

impl Watch {
    /// A watch over nothing yet, and where its votes arrive.
    pub(super) fn new(
        in_flight: usize,
        first_decides: bool,
        registry: Arc<Registry>,
        books: Books,
        webs: Webs,
    ) -> (Self, mpsc::Receiver<Vote>) {
        let (votes, heard) = mpsc::channel(VOTES);
        let (fleet, followers) = (Fleet::start(votes.clone(), in_flight), Followers::start(votes, webs.alarms));
        let webhooks = Webhooks::start(webs.webhooks, notify::Settings::default());
        let watch = Self {
            board: Board::new(),
            fleet,
            books,
            followers,
            webhooks,
            registry,
            first_decides,
            turning: Mutex::default(),
            news: Notify::new(),
            trouble: Mutex::default(),
        };
        (watch, heard)
    }

    /// Begins with what was kept over the restart in force.
    pub(super) fn begin(&self, control: &Control) {
        let Books { keeper, history, .. } = &self.books;
        let now = Now::read();
        if let Err(error) = keeper.expire(now, |_, over| self.tell_ended(now, over)) {
            tracing::error!(%error, "overrides that ended meanwhile cannot be taken off the disk; tried again");
        }
        let (overrides, latched) = (keeper.overrides(), keeper.latched());
        let (version, words) = (env!("CARGO_PKG_VERSION").to_owned(), overrides.words());
        history.tell(now.wall, Event::Started { version, overrides: words.len(), latched: latched.len() });
        self.reconcile(control);
        let patterns = words.iter().map(|(pattern, _)| pattern.clone()).collect();
        let transitions = control.obey(control.consider(words, patterns));
        let is_own = |check: &CheckId| overrides.of(check).is_some();
        self.note(control, &transitions, Cause::Restart, "an override is kept over the restart", is_own);
        let transitions = control.hold(&latched);
        let is_own = |check: &CheckId| latched.contains(check);
        let reason = "held since before the restart, until failback";
        self.note(control, &transitions, Cause::Restart, reason, is_own);
    }

    /// Reads everything anew and takes it into use, or reports every problem and leaves the old world alone. What else
    /// may fail is done `last`, when everything is known to be sound.
    pub(super) fn reload<T>(
        &self,
        control: &Control,
        last: impl FnOnce() -> Result<T, Vec<Problem>>,
    ) -> Result<(ReloadReport, T), Vec<Problem>> {
        let prepared = control.prepare()?;
        let done = last()?;
        let report = self.swap(control, prepared);
        self.reconcile(control);
        Ok((report, done))
    }

    /// Takes what a client changed into use once `persist` has kept it.
    pub(super) fn edit<E>(
        &self,
        control: &Control,
        edit: Edit,
        persist: impl FnOnce() -> Result<(), E>,
    ) -> Result<ReloadReport, Refusal<E>> {
        let of_checks = !edit.checks.is_empty();
        let prepared = control.prepare_edit(edit).map_err(Refusal::Problems)?;
        persist().map_err(Refusal::Persist)?;
        let report = self.swap(control, prepared);
        if of_checks {
            self.reconcile(control);
        }
        Ok(report)
    }

    fn swap(&self, control: &Control, prepared: Prepared<'_>) -> ReloadReport {
        // A vote that came between would be told of before the transitions it came after.
        let _turning = lock(&self.turning);
        let report = control.swap(prepared);
        self.note(control, &report.transitions, Cause::Definition, "its definition changed", |_| true);
        report
    }

    /// Watches over the checks of the world in use and no others.
    pub(super) fn reconcile(&self, control: &Control) {
        let world = control.world().load();
        let checks: Vec<_> = world.snapshot.checks.iter().map(|(_, check)| check.clone()).collect();
        let plan = control.plan();
        self.weigh(control, Cause::Definition, |board| board.reconcile(&checks, &plan));
        let (first_decides, known) = (self.first_decides, self.board.known());
        let settings = Settings { plan: (*plan).clone(), first_decides, known, ..Settings::default() };
        self.fleet.reconcile(&checks, &settings);
        self.followers.reconcile(&checks, &plan);
        self.webhooks.reconcile(&plan.webhooks);
    }

    /// Weighs every vote as it comes, and what time alone changes.
    pub(super) async fn listen(&self, control: &Control, heard: &mut mpsc::Receiver<Vote>) {
        let ticking = |every| {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        let (mut rises, mut ages, mut rounds) = (ticking(RISE), ticking(AGE), ticking(ROUND));
        loop {
            tokio::select! {
                vote = heard.recv() => {
                    let Some(vote) = vote else { return };
                    self.weigh(control, Cause::Votes, |board| board.vote(vote));
                }
                _ = ages.tick() => self.weigh(control, Cause::Votes, Board::age),
                _ = rounds.tick() => {
                    let tended = [
                        ("checkers", self.fleet.tend()),
                        ("followers of alarms", self.followers.tend()),
                        ("couriers of webhooks", self.webhooks.tend()),
                    ];
                    for (who, ended) in tended.into_iter().filter(|(_, ended)| *ended > 0) {
                        tracing::error!(ended, "{who} ended by themselves and begin again");
                    }
                }
                _ = rises.tick() => {
                    for (check, share) in self.board.rise(&control.rising()) {
                        control.rise(&check, share);
                    }
                }
            }
        }
    }

    /// Waits until there may be something to keep or to end.
    pub(super) async fn until_due(&self) {
        let tick = tokio::time::sleep(KEEP);
        tokio::select! {
            () = tick => {}
            () = self.news.notified() => {}
        }
    }

    /// Ends overrides whose time is over and keeps which checks are latched; may wait for the disk.
    pub(super) fn keep(&self, control: &Control) {
        let keeper = &self.books.keeper;
        let now = Now::read();
        let ended = keeper.expire(now, |words, over| {
            self.tell_ended(now, over);
            let reason = over.iter().map(|word| format!("override {} by {} ended", word.word, word.owner));
            self.obey(control, words, Cause::Expiry, &reason.collect::<Vec<_>>().join(", "), over);
        });
        let kept = keeper.keep_latched(|| control.held());
        let trouble = ended.and(kept).err().map(|error| error.to_string());
        let mut told = lock(&self.trouble);
        if *told != trouble {
            match &trouble {
                Some(trouble) => tracing::error!(%trouble, "overrides and latches cannot be kept on disk; tried again"),
                None => tracing::info!("overrides and latches are kept on disk again"),
            }
            *told = trouble;
        }
    }

    fn tell_ended(&self, now: Now, over: &[Override]) {
        for word in over {
            let Override { pattern, owner, reason, .. } = word;
            tracing::info!(%pattern, word = %word.word, owner, reason, "override ended");
            self.books.history.tell(now.wall, Event::Expiry(word.clone()));
        }
    }

    /// Takes the operator's words into force; `changed` are those that came or went.
    pub(super) fn obey(
        &self,
        control: &Control,
        words: Vec<(Pattern, Word)>,
        cause: Cause,
        reason: &str,
        changed: &[Override],
    ) {
        let considered = control.consider(words, changed.iter().map(|word| word.pattern.clone()).collect());
        let _turning = lock(&self.turning);
        let transitions = control.obey(considered);
        let is_own = |check: &CheckId| changed.iter().any(|word| word.pattern.matches(check));
        self.note(control, &transitions, cause, reason, is_own);
    }

    /// Lets a check that is held unhealthy obey its votes again; false when nothing held it, `None` when there is none.
    pub(super) fn fail_back(&self, control: &Control, check: &CheckId) -> Option<bool> {
        let _turning = lock(&self.turning);
        let (held, transitions) = control.fail_back(check)?;
        let is_own = |turned: &CheckId| turned == check;
        self.note(control, &transitions, Cause::Failback, "the operator said failback", is_own);
        Some(held)
    }

    /// Takes a script's word on a check; false when no such check is followed by pushes.
    pub(super) fn push(&self, check: &CheckId, status: Status, reason: &str) -> bool {
        self.followers.push(check, status, reason)
    }

    /// Tells everyone of effective statuses that changed, under the lock that they were changed under. Of those that are not `is_own` their children are the cause.
    fn note(
        &self,
        control: &Control,
        transitions: &[Transition],
        cause: Cause,
        reason: &str,
        is_own: impl Fn(&CheckId) -> bool,
    ) {
        if transitions.is_empty() {
            return;
        }
        let (at, plan, world) = (Stamp::now(), control.plan(), control.world().load());
        let checks = &world.snapshot.checks;
        let status = |check: &CheckId| checks.slot(check).map(|slot| world.health.status(slot));
        for Transition { check, to } in transitions {
            let Some(view) = self.board.view(check) else { continue };
            let cause = if is_own(check) { cause } else { Cause::Children };
            let turn = Arc::new(Turn::new(&view, &plan, *to, cause, reason, status));
            self.board.turned(at, &turn);
            self.books.history.turned(at, &turn);
            self.registry.turned(check, *to);
            self.webhooks.tell(at, &turn);
            tracing::info!(check = %check, status = %to, reason = turn.reason, "health check turned {to}");
        }
    }

    /// Carries out the verdicts that something done to the board brings.
    fn weigh<V: IntoIterator<Item = Verdict>>(&self, control: &Control, cause: Cause, act: impl FnOnce(&Board) -> V) {
        let _turning = lock(&self.turning);
        for verdict in act(&self.board) {
            let transitions = control.report(&verdict.check, verdict.finding);
            self.note(control, &transitions, cause, &verdict.reason, |check| *check == verdict.check);
            // A latch that turns nothing is found at the next tick; thousands of first verdicts are no news.
            if !transitions.is_empty() {
                self.news.notify_one();
            }
        }
    }
}

/// Runs a task to its end, and from the beginning again when it panics: what it was at is lost, the rest goes on.
pub(super) async fn kept_up<F>(what: &str, begin: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    while let Err(error) = tokio::spawn(begin()).await {
        if !error.is_panic() {
            return;
        }
        tracing::error!(%error, "{what} panicked and begins again");
    }
}

// What is guarded is replaced whole, so a panic leaves the old behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

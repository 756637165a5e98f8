//! The watch over health: the fleet and the followers vote, the board weighs, the health table is written.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use crate::alarm::Followers;
use crate::control::Control;
use crate::health::{Board, Verdict};
use crate::metrics::Registry;
use crate::model::CheckId;
use crate::model::check::Status;
use crate::notify::{self, Webhooks};
use crate::probe::{Fleet, Settings, Vote};
use crate::snapshot::health::Transition;
use crate::web::Web;

/// Votes that may wait to be weighed.
const VOTES: usize = 4096;
/// How often votes grow old and slow starts rise.
const TICK: Duration = Duration::from_millis(250);

/// Everything that knows of health beside the table that answers are steered by.
pub(super) struct Watch {
    pub(super) board: Board,
    pub(super) fleet: Fleet,
    followers: Followers,
    pub(super) webhooks: Webhooks,
    registry: Arc<Registry>,
    first_decides: bool,
}

impl Watch {
    /// A watch over nothing yet, and where its votes arrive.
    pub(super) fn new(
        in_flight: usize,
        first_decides: bool,
        registry: Arc<Registry>,
        web: Web,
    ) -> (Self, mpsc::Receiver<Vote>) {
        let (votes, heard) = mpsc::channel(VOTES);
        let (fleet, followers) = (Fleet::start(votes.clone(), in_flight), Followers::start(votes, web.clone()));
        let webhooks = Webhooks::start(web, notify::Settings::default());
        (Self { board: Board::new(), fleet, followers, webhooks, registry, first_decides }, heard)
    }

    /// Watches over the checks of the world in use and no others.
    pub(super) fn reconcile(&self, control: &Control) {
        let world = control.world().load();
        let checks: Vec<_> = world.snapshot.checks.iter().map(|(_, check)| check.clone()).collect();
        let plan = control.plan();
        for verdict in self.board.reconcile(&checks, &plan) {
            self.carry_out(control, &verdict);
        }
        let settings = Settings { plan: (*plan).clone(), first_decides: self.first_decides, ..Settings::default() };
        self.fleet.reconcile(&checks, &settings);
        self.followers.reconcile(&checks);
        self.webhooks.reconcile(&plan.webhooks);
    }

    /// Weighs every vote as it comes, and what time alone changes.
    pub(super) async fn listen(&self, control: &Control, mut heard: mpsc::Receiver<Vote>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                vote = heard.recv() => {
                    let Some(vote) = vote else { return };
                    if let Some(verdict) = self.board.vote(vote) {
                        self.carry_out(control, &verdict);
                    }
                }
                _ = ticks.tick() => {
                    for verdict in self.board.age() {
                        self.carry_out(control, &verdict);
                    }
                    for (check, share) in self.board.rise() {
                        control.rise(&check, share);
                    }
                }
            }
        }
    }

    /// Lets a check that is held unhealthy obey its votes again; false when nothing held it, `None` when there is none.
    pub(super) fn fail_back(&self, control: &Control, check: &CheckId) -> Option<bool> {
        let (held, verdict) = self.board.fail_back(check)?;
        if let Some(verdict) = verdict {
            self.carry_out(control, &verdict);
        }
        Some(held)
    }

    /// Takes a script's word on a check; false when no such check is followed by pushes.
    pub(super) fn push(&self, check: &CheckId, status: Status, reason: &str) -> bool {
        self.followers.push(check, status, reason)
    }

    /// Tells everyone of effective statuses that changed.
    pub(super) fn note(&self, transitions: &[Transition], reason: &str) {
        self.board.turned(transitions, reason);
        for Transition { check, to } in transitions {
            self.registry.turned(check, *to);
            if let Some(view) = self.board.view(check) {
                self.webhooks.tell(&view, *to, reason);
            }
            tracing::info!(check = %check, status = %to, reason, "health check turned {to}");
        }
    }

    fn carry_out(&self, control: &Control, verdict: &Verdict) {
        let transitions = control.report(&verdict.check, verdict.raw, verdict.share);
        self.note(&transitions, &verdict.reason);
    }
}

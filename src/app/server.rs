//! A running server as its operator sees it: reload, verdicts, pages, what the control socket can ask.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sd_notify::NotifyState;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::operator::{Desk, OPERATIONS};
use super::posts::Posts;
use super::watch::{Watch, kept_up};
use super::{dnssec, exported, figures, kept, memory, push};
use crate::account::Account;
use crate::announce::Announcer;
use crate::control::socket::{Operations, failed, problem};
use crate::control::{Control, Edit, Refusal, ReloadReport};
use crate::edge::Seats;
use crate::edge::http::{Pages, Pushed};
use crate::health::View;
use crate::metrics::{Moment, Registry, WebhookState};
use crate::model::fleet::Plan;
use crate::model::{CheckId, Name, Problem};
use crate::notify::Figures;
use crate::probe::Vote;
use crate::snapshot::World;

const LOADING: u8 = 0;
const SERVING: u8 = 1;
const DRAINING: u8 = 2;

/// Explains an answer of a world: request in, answer out, both as the control socket speaks; what is known of a check
/// is told in words.
pub type Explain = fn(&World, &Value, &dyn Fn(&CheckId) -> Option<String>) -> Value;

/// What outlives every reload.
pub(super) struct Server {
    stage: AtomicU8,
    core: OnceLock<Core>,
    pub(super) registry: Arc<Registry>,
    pub(super) seats: Arc<Seats>,
    posts: Arc<Posts>,
    http: Option<SocketAddr>,
    /// Where encrypted transports are, in words.
    encrypted: Option<String>,
    explain: Explain,
    announcer: Announcer,
    /// What clients of the API made, where there is an API.
    account: OnceLock<Arc<Account>>,
}

struct Core {
    control: Control,
    watch: Watch,
    /// Held through reload and reconcile, so that the fleet ends up with the checks of the last world.
    reloading: Mutex<()>,
}

impl Server {
    /// A server that has its sockets and no world yet.
    pub(super) fn new(
        registry: Arc<Registry>,
        seats: Arc<Seats>,
        posts: Arc<Posts>,
        (http, encrypted): (Option<SocketAddr>, Option<String>),
        explain: Explain,
        announcer: Announcer,
    ) -> Self {
        let (stage, core, account) = (AtomicU8::new(LOADING), OnceLock::new(), OnceLock::new());
        Self { stage, core, registry, seats, posts, http, encrypted, explain, announcer, account }
    }

    /// Takes the first world and the watch over its health.
    pub(super) fn open(&self, control: Control, watch: Watch) {
        let core = self.core.get_or_init(|| Core { control, watch, reloading: Mutex::default() });
        core.watch.begin(&core.control);
    }

    /// Checks of which nobody has reported yet.
    pub(super) fn awaited(&self) -> usize {
        self.core.get().map_or(0, |core| core.watch.board.awaited())
    }

    /// What is known of a check.
    pub(super) fn view(&self, check: &CheckId) -> Option<View> {
        self.core.get().and_then(|core| core.watch.board.view(check))
    }

    /// How health is watched over.
    pub(super) fn plan(&self) -> Arc<Plan> {
        self.core.get().map_or_else(Arc::default, |core| core.control.plan())
    }

    /// Ready from now on: queries are answered.
    pub(super) fn serving(&self) {
        self.stage.store(SERVING, Ordering::Release);
        self.announce();
    }

    /// Tells secondaries of zones that changed, once there is someone to answer them.
    fn announce(&self) {
        if let Some(core) = self.core.get().filter(|_| self.ready().is_ok()) {
            self.announcer.look(&core.control.world().load());
        }
    }

    /// No longer ready: load balancers and resolvers go elsewhere.
    pub(super) fn close(&self) {
        self.stage.store(DRAINING, Ordering::Release);
    }

    /// Takes the account of the API, whose zones follow what a reload brings.
    pub(super) fn tend(&self, account: Arc<Account>) {
        let _ = self.account.set(account);
    }

    /// Reads everything anew; what is wrong is logged, counted and returned.
    pub(super) fn reload(&self) -> Result<ReloadReport, Vec<Problem>> {
        let outcome = self.reload_files();
        if let Some(account) = self.account.get().filter(|_| outcome.is_ok()) {
            account.renew();
        }
        outcome
    }

    fn reload_files(&self) -> Result<ReloadReport, Vec<Problem>> {
        let Some(core) = self.core.get() else { return Err(Vec::new()) };
        let _reloading = core.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let _load = memory::Load;
        // One that is not ready yet has not said so, and must not say so by the way.
        let is_ready = self.ready().is_ok();
        if is_ready {
            notify(&[NotifyState::Reloading], true);
        }
        let outcome = core.watch.reload(&core.control, || self.posts.bind()).map(|(report, change)| {
            self.posts.carry_out(change);
            report
        });
        match &outcome {
            Ok(report) => {
                self.registry.reloads.add();
                log_report("reloaded", report);
                self.announce();
            }
            Err(problems) => {
                self.registry.refusals.add();
                for problem in problems {
                    tracing::error!("{problem}");
                }
                tracing::error!(problems = problems.len(), "reload refused; the old zones are still served");
            }
        }
        if is_ready {
            notify(&[NotifyState::Ready], false);
        }
        outcome
    }

    /// Takes what a client changed into use once `persist` has kept it; what was wrong is the client's to hear.
    pub(super) fn edit<E>(
        &self,
        edit: Edit,
        persist: impl FnOnce() -> Result<(), E>,
    ) -> Result<ReloadReport, Refusal<E>> {
        let Some(core) = self.core.get() else { return Err(Refusal::Problems(Vec::new())) };
        let _reloading = core.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let report = core.watch.edit(&core.control, edit, persist)?;
        let ReloadReport { serial, changed, duration, .. } = &report;
        tracing::debug!(serial, changed, duration = ?round(*duration), "edited");
        self.announce();
        Ok(report)
    }

    /// Writes what the votes add up to, until nobody votes any more.
    pub(super) async fn listen(self: Arc<Self>, heard: mpsc::Receiver<Vote>) {
        let heard = Arc::new(tokio::sync::Mutex::new(heard));
        kept_up("the watch over health", || {
            let (server, heard) = (self.clone(), heard.clone());
            async move {
                if let Some(core) = server.core.get() {
                    core.watch.listen(&core.control, &mut *heard.lock().await).await;
                }
            }
        })
        .await;
    }

    /// Ends overrides in time and keeps on disk what is to outlive a restart; for ever.
    pub(super) async fn keep(self: Arc<Self>) {
        while let Some(core) = self.core.get() {
            core.watch.until_due().await;
            let server = self.clone();
            let kept =
                tokio::task::spawn_blocking(move || server.core.get().map(|core| core.watch.keep(&core.control)));
            if kept.await.is_err() {
                tracing::error!("keeping overrides and latches panicked; tried again");
            }
        }
    }

    /// Waits until the history is on disk, but not for ever.
    pub(super) fn finish(&self) {
        if let Some(core) = self.core.get() {
            // Trouble is logged by the writer.
            let _ = core.watch.books.history.flush();
        }
    }
}

impl Pages for Server {
    fn metrics(&self) -> String {
        let figures = self.seats.figures();
        let mut moment = Moment { connections: [figures.open, figures.accepted, figures.evicted], ..Moment::default() };
        moment.troubles = self.posts.troubles.all().map(|(kind, trouble)| (kind, trouble.count())).into();
        if let Some(core) = self.core.get() {
            let (world, in_use) = (core.control.world().load(), core.control.in_use());
            moment.zones = world.snapshot.zones.len() as u64;
            moment.serial = in_use.serial;
            moment.age = in_use.since.elapsed().as_secs_f64();
            moment.checks = figures::checks(&world, &core.watch.board);
            moment.probes = figures::probes(core.watch.fleet.figures());
            let webhook = |figures: Figures| WebhookState {
                name: figures.webhook,
                outcomes: [figures.sent, figures.failed, figures.dropped],
                waiting: figures.waiting,
            };
            moment.webhooks = core.watch.webhooks.figures().into_iter().map(webhook).collect();
        }
        self.registry.render(&moment)
    }

    fn ready(&self) -> Result<(), &'static str> {
        match self.stage.load(Ordering::Acquire) {
            SERVING => Ok(()),
            DRAINING => Err("draining"),
            _ => Err("loading"),
        }
    }

    fn push(&self, check: &CheckId, authorization: Option<&[u8]>, body: &[u8]) -> Pushed {
        match self.core.get() {
            Some(core) => push::push(&core.control, &core.watch, check, authorization, body),
            None => Pushed::Loading,
        }
    }
}

impl Operations for Server {
    fn perform(&self, op: &str, request: &Value) -> Value {
        let Some(core) = self.core.get() else { return failed("the server is still loading", &[]) };
        match op {
            "reload" => match self.reload() {
                Ok(report) => describe(&report),
                Err(problems) => failed("reload refused; the old zones are still served", &problems),
            },
            "explain" => {
                let desk = Desk { control: &core.control, watch: &core.watch };
                (self.explain)(&core.control.world().load(), request, &|check| desk.words(check))
            }
            "export" => {
                let account = self.account.get();
                let kept = |id: &str| account.and_then(|account| exported::kept(account, id));
                exported::export(&core.control.world().load(), request, &kept)
            }
            "dnssec" => dnssec::perform(&core.control.world().load(), self.account.get().map(AsRef::as_ref), request),
            _ if kept::OPERATIONS.contains(&op) => match self.account.get() {
                Some(account) => kept::perform(account, op, request),
                None => failed("the server has no API; say [api] listen in its configuration", &[]),
            },
            "notify" => {
                let name = request["zone"].as_str().and_then(|zone| Name::parse(zone, Some(&Name::root())).ok());
                let Some(name) = name else { return failed("`zone` is no domain name", &[]) };
                match self.announcer.again(&core.control.world().load(), &name) {
                    (0, _) => failed(&format!("there is no zone {name}"), &[]),
                    (_, 0) => failed(&format!("no secondaries are told of {name}; see [transfer] `notify`"), &[]),
                    (_, secondaries) => json!({ "ok": true, "secondaries": secondaries }),
                }
            }
            _ if OPERATIONS.contains(&op) => Desk { control: &core.control, watch: &core.watch }.perform(op, request),
            "status" => {
                let (world, in_use) = (core.control.world().load(), core.control.in_use());
                json!({
                    "ok": true,
                    "ready": self.ready().is_ok(),
                    "listening": { "dns": self.posts.addresses(), "encrypted": self.encrypted, "http": self.http },
                    "zones": world.snapshot.zones.len(),
                    "serial": in_use.serial,
                    "age_seconds": in_use.since.elapsed().as_secs_f64(),
                    "geography": world.snapshot.geography.source,
                })
            }
            _ => {
                let others = [OPERATIONS, kept::OPERATIONS].concat().join(", ");
                failed(
                    &format!(
                        "there is no operation {op:?}; there are reload, explain, export, dnssec, notify, status, {others}"
                    ),
                    &[],
                )
            }
        }
    }
}

/// Logs what taking a world into use brought.
pub(super) fn log_report(what: &str, report: &ReloadReport) {
    for warning in &report.warnings {
        tracing::warn!("{warning}");
    }
    let ReloadReport { serial, zones, records, changed, warnings, duration, .. } = report;
    tracing::info!(serial, zones, records, changed, warnings = warnings.len(), duration = ?round(*duration), "{what}");
    memory::give_back();
}

/// Tells systemd, where it asked to be told.
pub(super) fn notify(state: &[NotifyState<'_>], with_time: bool) {
    let mut state = state.to_vec();
    if with_time && let Ok(time) = NotifyState::monotonic_usec_now() {
        state.push(time);
    }
    if let Err(error) = sd_notify::notify(&state) {
        tracing::debug!(%error, "cannot notify systemd");
    }
}

fn describe(report: &ReloadReport) -> Value {
    json!({
        "ok": true,
        "serial": report.serial,
        "zones": report.zones,
        "records": report.records,
        "changed": report.changed,
        "warnings": report.warnings.iter().map(problem).collect::<Vec<_>>(),
        "milliseconds": report.duration.as_secs_f64() * 1000.0,
    })
}

fn round(duration: Duration) -> Duration {
    Duration::from_micros(duration.as_micros() as u64)
}

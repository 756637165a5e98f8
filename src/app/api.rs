//! The Route 53 API as part of the server: its sockets, its keys, the account it changes, and its end.

use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;

use super::server::Server;
use super::{Certificates, Failure};
use crate::account::{Account, Opened, Persist, Settings};
use crate::api::beside::Beside;
use crate::api::{Access, Api, Call, Key, Own, Throttle, dispatch, http, query_logging};
use crate::config::{self, ApiKey, Config};
use crate::control::Edit;
use crate::database::Sqlite;
use crate::edge::encrypted::acceptor;
use crate::edge::listen::{BindError, bind_tcp};
use crate::log::zones::ZoneLogs;
use crate::metrics::Registry;
use crate::model::Problem;
use crate::route53::Rights;
use crate::snapshot::World;

/// How often it is looked what is due by the clock.
const LOOK: Duration = Duration::from_secs(60);
/// Seconds of a day.
const DAY: u64 = 24 * 3600;
/// The variables that give the key pair of whoever runs the server.
const GIVEN: [&str; 2] = ["WAYMARK_ACCESS_KEY_ID", "WAYMARK_SECRET_ACCESS_KEY"];

/// The API with its sockets, before there is a world.
pub(super) struct Desk {
    sockets: Vec<TcpListener>,
    own: Option<Own>,
    access: Arc<Access>,
    acceptor: Option<TlsAcceptor>,
    certificates: Option<Arc<Certificates>>,
    throttle: Option<Throttle>,
    /// The account, once it is served.
    account: Arc<OnceLock<Arc<Account>>>,
    /// The query logs of zones that clients want.
    logs: Arc<ZoneLogs>,
}

/// The API once it has an account to change.
pub(super) struct Entrance {
    desk: Desk,
    account: Arc<Account>,
    server: Arc<Server>,
}

/// What follows the configuration at every reload.
pub(super) struct Follower {
    own: Option<Key>,
    access: Arc<Access>,
    account: Arc<OnceLock<Arc<Account>>>,
}

/// The API while it is served.
pub(super) struct Served {
    stop: watch::Sender<bool>,
    serving: Vec<JoinHandle<std::io::Result<()>>>,
}

/// Takes the API's addresses.
pub(super) fn bind(config: &config::Api) -> Result<Vec<TcpListener>, BindError> {
    config.listen.iter().map(|address| bind_tcp(*address)).collect()
}

impl Desk {
    /// Reads keys and certificate, or makes them.
    pub(super) fn open(
        sockets: Vec<TcpListener>,
        config: &config::Api,
        state: &Path,
        logs: Arc<ZoneLogs>,
    ) -> Result<Self, Failure> {
        let (own, access) = match config.is_open {
            true => (None, Access::Open),
            false => {
                let [id, secret] = GIVEN.map(|name| std::env::var(name).ok());
                let given = Own::given(id, secret).map_err(Failure::Invalid)?;
                let own = given.map_or_else(|| Own::kept(state), Ok).map_err(Failure::Invalid)?;
                let keys = keys(Some(&own.key), &config.keys);
                (Some(own), Access::by_keys(keys))
            }
        };
        let certificates = config.certificate.as_ref().map(|certificate| {
            let certificates = Arc::new(Certificates::default());
            let problems = certificates.take(certificate, &config.listen);
            match problems.iter().any(Problem::is_error) {
                true => Err(Failure::Invalid(problems)),
                false => Ok(certificates),
            }
        });
        let certificates = certificates.transpose()?;
        let throttle = config.throttle.map(Throttle::new);
        let acceptor = certificates.as_ref().map(|certificates| acceptor(&certificates.identity, b"http/1.1"));
        Ok(Self {
            sockets,
            own,
            access: Arc::new(access),
            acceptor,
            certificates,
            throttle,
            account: Arc::default(),
            logs,
        })
    }

    /// What follows the configuration.
    pub(super) fn follower(&self) -> Follower {
        let own = self.own.as_ref().map(|own| own.key.clone());
        Follower { own, access: self.access.clone(), account: self.account.clone() }
    }

    /// Where the API is, and how it is asked with the AWS CLI.
    pub(super) fn shown(&self) -> String {
        let scheme = if self.acceptor.is_some() { "https" } else { "http" };
        let addresses = self.sockets.iter().filter_map(|socket| socket.local_addr().ok());
        let urls: Vec<String> = addresses.map(|address| format!("{scheme}://{address}")).collect();
        let file = self.own.as_ref().and_then(|own| own.file.as_deref());
        let whole = |file: &Path| std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let credentials = file.map(|file| format!("AWS_SHARED_CREDENTIALS_FILE={} ", whole(file).display()));
        let url = urls.first().map(String::as_str).unwrap_or_default();
        format!(
            "Route 53 API on {}; ask it:\n  {}AWS_ENDPOINT_URL_ROUTE_53={url} aws route53 list-hosted-zones\n",
            urls.join(", "),
            credentials.unwrap_or_default()
        )
    }

    /// Brings the account of `opened` to the API; from here on what is reloaded reaches it.
    pub(super) fn bring(
        self,
        opened: Opened,
        settings: Settings,
        world: &Arc<ArcSwap<World>>,
        server: &Arc<Server>,
    ) -> Entrance {
        let editor = server.clone();
        let swap = Box::new(move |edit: Edit, persist: Persist<'_>| editor.edit(edit, persist));
        let account = Arc::new(opened.serve(settings, world.clone(), swap));
        let _ = self.account.set(account.clone());
        query_logging::tell(&account, &self.logs);
        server.tend(account.clone());
        Entrance { desk: self, account, server: server.clone() }
    }
}

impl Entrance {
    /// Serves the API.
    pub(super) fn serve(self, registry: Arc<Registry>) -> Served {
        let Self { desk, account, server } = self;
        tracing::info!("{}", desk.shown().trim_end().replace("ask it:\n ", "ask it:"));
        tokio::spawn(tend_signed(account.clone()));
        let planner = server.clone();
        let beside = Beside {
            view: Box::new(move |check| server.view(check)),
            plan: Box::new(move || planner.plan()),
            logs: desk.logs,
        };
        let operations = Arc::new(move |call: &Call<'_>| dispatch(&account, &beside, call));
        let api = Arc::new(Api::new(desk.access, operations, registry).throttled(desk.throttle));
        if let Some(certificates) = desk.certificates {
            tokio::spawn(certificates.watch());
        }
        let (stop, stopping) = watch::channel(false);
        let serve = |socket| tokio::spawn(http::serve(socket, desk.acceptor.clone(), api.clone(), stopping.clone()));
        Served { stop, serving: desk.sockets.into_iter().map(serve).collect() }
    }
}

impl Served {
    /// Takes no more requests, and waits until those under way are answered or cut.
    pub(super) async fn end(self) {
        self.stop.send_replace(true);
        for serving in self.serving {
            // However one ended, the others are waited for.
            let _ = serving.await;
        }
    }
}

impl Follower {
    /// Takes up what a sound configuration says by now.
    pub(super) fn follow(&self, config: &Config) {
        let Some(api) = &config.api else { return };
        self.access.exchange(keys(self.own.as_ref(), &api.keys));
        if let Some(account) = self.account.get() {
            account.settle(settings(config, api));
        }
    }
}

/// The account as it was left.
pub(super) fn read(state: &Path) -> Result<Opened, Failure> {
    let what = |error: &dyn std::error::Error| Failure::Runtime { what: error.to_string(), source: None };
    let store = Sqlite::open(state).map_err(|error| what(&error))?;
    Opened::read(Box::new(store)).map_err(|error| what(&error))
}

/// What the account needs to know of the configuration.
pub(super) fn settings(config: &Config, api: &config::Api) -> Settings {
    Settings {
        options: config.store.clone(),
        quotas: api.quotas,
        pending: api.pending,
        keys: config.state.join("keys"),
        transfers: config.behaviour.transfers.clone(),
        today: today(since_1970()),
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The day, in days since 1970.
fn today(now: Duration) -> u32 {
    u32::try_from(now.as_secs() / DAY).unwrap_or(u32::MAX)
}

/// Does for signed zones what is due by the clock: serials rise from day to day, zone keys roll over.
async fn tend_signed(account: Arc<Account>) {
    let mut rounds = tokio::time::interval(LOOK);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let account = account.clone();
        // It writes to the disk.
        let round = tokio::task::spawn_blocking(move || {
            let now = since_1970();
            if account.settings().today != today(now) {
                account.pass(today(now));
                account.renew();
            }
            account.roll_over(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
        });
        if round.await.is_err() {
            tracing::error!("what is due of signed zones panicked; it is tried again in a minute");
        }
    }
}

fn keys(own: Option<&Key>, configured: &[ApiKey]) -> Vec<Key> {
    let key = |ApiKey { name, id, secret, may_write, zones }: &ApiKey| Key {
        id: id.clone(),
        secret: secret.clone(),
        name: name.clone(),
        rights: Rights { may_write: *may_write, zones: zones.clone() },
    };
    own.into_iter().cloned().chain(configured.iter().map(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Files;
    use crate::config::Overrides;
    use crate::control::Control;
    use crate::model::check::{CheckKind, Endpoint, Protocol};
    use crate::model::quotas::Quotas;
    use crate::model::{At, CheckId, CidrCollection, HealthCheck};

    #[test]
    fn what_a_refused_configuration_says_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (zones, config) = (folder.path().join("zones"), folder.path().join("waymark.toml"));
        std::fs::create_dir(&zones).expect("a folder");
        std::fs::write(zones.join("z.toml"), "zone = \"z.test\"\n").expect("a zone");
        std::fs::write(&config, "[api]\n").expect("a configuration");
        let flags = Overrides { config: Some(config.clone()), zones: Some(zones), ..Overrides::default() };
        let started = Config::load(&flags).expect("a configuration");
        let account: Arc<OnceLock<Arc<Account>>> = Arc::default();
        let follower = Follower { own: None, access: Arc::new(Access::Open), account: account.clone() };
        let endpoint = Endpoint::new(Protocol::Tcp, "10.0.0.1".into(), 80);
        let check = HealthCheck::new(CheckId("c".into()), CheckKind::Endpoint(endpoint), At::new("the API", 0));
        let made = Edit { checks: vec![(check.id.clone(), Some(check))], ..Edit::default() };
        let files = Files::new(flags, started).with_api(Some(follower));
        let (control, _) = Control::start(Box::new(files), made).expect("a world");
        let control = Arc::new(control);
        let store = Sqlite::in_memory().expect("a store");
        let opened = Opened::read(Box::new(store)).expect("no documents");
        let editor = control.clone();
        let swap = Box::new(move |edit: Edit, persist: Persist<'_>| editor.edit(edit, persist));
        let served = Arc::new(opened.serve(Settings::default(), control.world().clone(), swap));
        let _ = account.set(served.clone());
        let zones = || served.settings().quotas.hosted_zones;

        let text = "[api.limit]\nhosted_zones = 7\n";
        let refused = format!("{text}[health]\nallow_special_addresses = false\n");
        std::fs::write(&config, refused).expect("a configuration");
        control.reload().expect_err("the made check is not allowed");
        assert_eq!(zones(), Quotas::default().hosted_zones);
        // This takes a whole world into use, whose files are those of before.
        let collection = CidrCollection { id: "k".into(), locations: Default::default(), at: At::new("the API", 0) };
        let edit = Edit { collections: vec![("k".into(), Some(collection))], ..Edit::default() };
        control.edit(edit, || Ok::<_, ()>(())).expect("a collection");
        assert_eq!(zones(), Quotas::default().hosted_zones);
        std::fs::write(&config, text).expect("a configuration");
        control.reload().expect("nothing is wrong");
        assert_eq!(zones(), 7);
    }
}

//! Where a running server's input comes from: the configuration, the zone files and the geo database.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::Certificates;
use super::api::Follower;
use super::cookies::cookies;
use super::keys::Keys;
use super::memory;
use super::posts::Posts;
use crate::config::{Api, Config, Overrides, Tls};
use crate::control::{Gathered, Source};
use crate::model::{At, CookieSecret, HostedZone, Problem, rules};
use crate::snapshot::geography::Geography;
use crate::snapshot::{Behaviour, Ground};
use crate::{geo, store};

/// Files named by the command line and the configuration.
pub struct Files {
    flags: Overrides,
    started: Config,
    /// Where the listeners of the configuration are bound, where they are.
    posts: Option<Arc<Posts>>,
    loaded: Option<store::Loaded>,
    geography: Option<(Version, Arc<Geography>)>,
    /// What is used while nothing needs more, the same each time.
    nowhere: Arc<Geography>,
    /// Whether something that is in no file asks where clients are.
    asked: bool,
    /// Which files tell it.
    places: geo::Options,
    /// The geo files last opened and found sound, while nothing needed more of them.
    opened: Option<Version>,
    /// What cookies are made with where the configuration does not say.
    secret: Option<CookieSecret>,
    /// Whom to tell of the server's certificate.
    certificates: Option<Arc<Certificates>>,
    /// The keys of zones that are signed; `None` leaves them unsigned.
    keys: Option<Keys>,
    /// What of the API follows the configuration.
    api: Option<Follower>,
    /// The configuration that was gathered, until it is in use.
    gathered: Option<Config>,
}

/// Which geo files were read, and which version of them.
type Version = (Vec<Stamp>, geo::Options);

/// Which version of a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl Files {
    /// The files of a server started as `started`, of which `flags` is one half.
    pub fn new(flags: Overrides, started: Config) -> Self {
        Self {
            flags,
            started,
            posts: None,
            loaded: None,
            geography: None,
            nowhere: Arc::new(Geography::nowhere()),
            asked: false,
            places: geo::Options::default(),
            opened: None,
            secret: None,
            certificates: None,
            keys: None,
            api: None,
            gathered: None,
        }
    }

    /// The same where its listeners follow the configuration.
    pub(super) fn with(self, posts: Arc<Posts>) -> Self {
        Self { posts: Some(posts), ..self }
    }

    /// The same, keeping these certificates up to date.
    pub fn with_certificates(self, certificates: Arc<Certificates>) -> Self {
        Self { certificates: Some(certificates), ..self }
    }

    /// The same, signing the zones that are to be signed.
    pub fn with_keys(self) -> Self {
        let folder = self.started.names_state.then(|| self.started.state.join("keys"));
        Self { keys: Some(Keys::new(folder)), ..self }
    }

    /// The same, and the API follows them.
    pub(super) fn with_api(self, api: Option<Follower>) -> Self {
        Self { api, ..self }
    }

    fn geography(&mut self, options: &geo::Options) -> Result<Arc<Geography>, Vec<Problem>> {
        let version = version(options);
        if let Some((read, geography)) = &self.geography
            && *read == version
        {
            return Ok(geography.clone());
        }
        let geography = Arc::new(geo::load(options)?);
        self.geography = Some((version, geography.clone()));
        Ok(geography)
    }

    /// A file that is named must be sound also where it is not needed yet: the zone that needs it may come any day.
    fn unneeded(&mut self, options: &geo::Options) -> Result<Arc<Geography>, Vec<Problem>> {
        let version = version(options);
        if self.opened.as_ref() != Some(&version) {
            let problems = geo::check(options);
            if !problems.is_empty() {
                return Err(problems);
            }
            self.opened = Some(version);
        }
        Ok(self.nowhere.clone())
    }
}

impl Source for Files {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let config = Config::load(&self.flags)?;
        let loaded = store::load(&config.zones, &config.store, self.loaded.as_ref());
        // Reading a database takes seconds; a server whose records never ask for places does without.
        let needed = self.asked || loaded.as_ref().map_or(true, |loaded| loaded.asks_for_places);
        let options = geo_options(&config);
        self.places = options.clone();
        let geography = match &self.geography {
            None if !needed => self.unneeded(&options),
            _ => self.geography(&options),
        };
        // What the zones say must also fit what the configuration allows to be probed.
        let judged = loaded.as_ref().map(|loaded| rules::check_plan(&loaded.account, &config.health.plan));
        let judged = judged.unwrap_or_default();
        let certificates = self.certificates.as_ref().zip(config.tls.as_ref());
        let take =
            |(certificates, tls): (&Arc<Certificates>, &Tls)| certificates.take(&tls.certificate, &tls.addresses());
        let certificates = certificates.map(take).unwrap_or_default();
        let is_sound = |problems: &[Problem]| !problems.iter().any(Problem::is_error);
        let (loaded, geography) = match (loaded, geography) {
            (Ok(loaded), Ok(geography)) if is_sound(&judged) && is_sound(&certificates) => (loaded, geography),
            (loaded, geography) => {
                let of_zones = loaded.err().unwrap_or(judged);
                return Err(of_zones
                    .into_iter()
                    .chain(geography.err().unwrap_or_default())
                    .chain(certificates)
                    .collect());
            }
        };
        let mut loaded = loaded;
        if let Some(keys) = &mut self.keys {
            let mut forms = keys.sign(&loaded.account)?;
            // What is left of a plain zone alone is not enough to compile it with other keys.
            if forms.iter().any(|(zone, _)| zone.left_out > 0) {
                loaded = store::load(&config.zones, &config.store, None)?;
                forms = keys.sign(&loaded.account)?;
            }
            loaded.replace(&forms);
        }
        let mut warnings = certificates;
        warnings.extend(needs_restart(&self.started, &config, self.flags.config.as_deref()));
        warnings.extend(loaded.warnings.iter().cloned().chain(judged));
        let listeners = match &self.posts {
            Some(posts) => {
                // Zones may be for encrypted listeners that come with the next start.
                posts.know(&config.listener_names());
                posts.plan(&config.listen)
            }
            None => config.listener_names(),
        };
        self.gathered = self.api.is_some().then(|| config.clone());
        let behaviour = Behaviour { cookies: cookies(&config.cookies, &mut self.secret), ..config.behaviour };
        let ground = Ground { listeners, geography, behaviour };
        let account = loaded.account.clone();
        self.loaded = Some(loaded);
        // What was read is compiled next.
        memory::huge_pages();
        Ok(Gathered { account, ground, plan: config.health.plan, warnings })
    }

    fn places(&mut self) -> Result<Option<Arc<Geography>>, Vec<Problem>> {
        self.asked = true;
        let options = self.places.clone();
        self.geography(&options).map(Some)
    }

    fn taken(&mut self, forms: &[(Arc<HostedZone>, Arc<HostedZone>)]) {
        if let Some(loaded) = &mut self.loaded {
            loaded.replace(forms);
        }
    }

    fn in_use(&mut self) {
        if let Some((api, config)) = self.api.as_ref().zip(self.gathered.take()) {
            api.follow(&config);
        }
    }
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Self {
        let file = std::fs::metadata(path).ok();
        let modified = file.as_ref().and_then(|file| file.modified().ok());
        Self { path: path.to_owned(), size: file.as_ref().map_or(0, Metadata::len), modified }
    }
}

fn version(options: &geo::Options) -> Version {
    let named = [&options.database, &options.asn, &options.latency];
    (named.into_iter().flatten().map(|path| Stamp::of(path)).collect(), options.clone())
}

fn geo_options(config: &Config) -> geo::Options {
    geo::Options { database: config.geoip.clone(), asn: config.asn.clone(), latency: config.latency.clone() }
}

/// Sockets and logs are made at the start; a change of theirs is no mistake but has no effect yet.
fn needs_restart(started: &Config, now: &Config, file: Option<&Path>) -> Vec<Problem> {
    let at = At::new(file.unwrap_or(Path::new("waymark.toml")).display().to_string(), 0);
    let changed = [
        ("http", started.http != now.http),
        ("user", started.user != now.user),
        ("state", started.state != now.state),
        ("workers", started.workers != now.workers),
        ("[dns] tcp_*", started.tcp != now.tcp),
        ("[tls]", differ(started.tls.as_ref(), now.tls.as_ref(), Tls::needs_restart)),
        ("[api]", differ(started.api.as_ref(), now.api.as_ref(), Api::needs_restart)),
        ("[health] in_flight", started.health.in_flight != now.health.in_flight),
        ("[health] history", started.health.history != now.health.history),
        ("[health] wait", started.health.wait != now.health.wait),
        ("[log]", started.log != now.log),
        ("[query_log]", started.query_log != now.query_log),
    ];
    let changed = changed.into_iter().filter(|(_, changed)| *changed);
    changed.map(|(key, _)| Problem::warning(&at, format!("`{key}` changed"), "restart for it to take effect")).collect()
}

/// Whether a part came, went, or needs a start to become what it is now.
fn differ<T>(started: Option<&T>, now: Option<&T>, needs_restart: impl Fn(&T, &T) -> bool) -> bool {
    started.zip(now).map_or(started.is_some() != now.is_some(), |(started, now)| needs_restart(started, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "zone = \"z.test\"\n[check.db]\ntcp = \"10.0.0.1:5432\"\nregions = [\"home\"]\n[[record]]\n\
                        name = \"@\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\ncheck = \"db\"\n";

    /// What gathering says, warnings or errors, after the configuration is made `text`.
    fn said(files: &mut Files, text: &str) -> (bool, Vec<String>) {
        let path = files.flags.config.clone().expect("a configuration");
        std::fs::write(path, text).expect("a configuration is written");
        let gathered = files.gather();
        let ok = gathered.is_ok();
        let problems = gathered.map_or_else(|problems| problems, |gathered| gathered.warnings);
        (ok, problems.iter().map(ToString::to_string).collect())
    }

    fn files(folder: &Path) -> Files {
        std::fs::create_dir(folder.join("zones")).expect("a folder");
        std::fs::write(folder.join("zones/z.toml"), ZONE).expect("a zone");
        let path = folder.join("waymark.toml");
        std::fs::write(&path, "").expect("a configuration");
        let flags = Overrides { config: Some(path), zones: Some(folder.join("zones")), ..Overrides::default() };
        let started = Config::load(&flags).expect("an empty configuration");
        Files::new(flags, started)
    }

    #[test]
    fn only_what_needs_a_restart_is_warned_of_at_a_reload() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path());
        assert_eq!(said(&mut files, ""), (true, Vec::new()));
        let taken_up = "[health]\nhealthy_percent = 50\nresolver = \"127.0.0.1\"\ndeny = \"10.9.0.0/16\"\npush_token = \"t\"\n\
                        [checker.a]\nregion = \"home\"\n[webhook.a]\nurl = \"http://127.0.0.1/\"\n[alarm.a]\npush = true\n";
        assert_eq!(said(&mut files, taken_up), (true, Vec::new()));
        let (ok, warnings) = said(&mut files, "[health]\nin_flight = 7\nhistory = \"1MiB\"\nwait = 5\n");
        assert!(ok, "{warnings:?}");
        let keys = ["in_flight", "history", "wait"];
        assert_eq!(warnings.len(), keys.len(), "{warnings:?}");
        for (key, warning) in keys.iter().zip(&warnings) {
            assert!(
                warning.ends_with(&format!("`[health] {key}` changed; restart for it to take effect")),
                "{warning}"
            );
        }
    }

    #[test]
    fn a_named_geo_file_must_be_sound_though_no_zone_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path());
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("packed.mmdb"), b"\x1f\x8b\x08").unwrap();
        std::fs::write(path("noise.mmdb"), b"no database").unwrap();
        std::fs::write(path("bad.csv"), "country:BR,us-east-1,fast\n").unwrap();
        for (key, name, what) in [
            ("geoip", "gone.mmdb", "cannot read the geo database: No such file"),
            ("geoip", "packed.mmdb", "the geo database is packed (gzip); unpack it first"),
            ("asn", "noise.mmdb", "the geo database cannot be used: "),
            ("latency", "gone.csv", "cannot read the latency table: No such file"),
            ("latency", "bad.csv:1", "\"fast\" is not a round trip"),
        ] {
            let file = path(name.trim_end_matches(":1"));
            let (ok, problems) = said(&mut files, &format!("{key} = {file:?}\n"));
            assert!(!ok && problems.len() == 1, "{key} {name}: {problems:?}");
            assert!(problems[0].starts_with(&format!("{}: {what}", path(name))), "{problems:?}");
        }
        let sound = concat!(env!("CARGO_MANIFEST_DIR"), "/geoip/default.mmdb");
        assert_eq!(said(&mut files, &format!("geoip = {sound:?}\n")), (true, Vec::new()));
        assert!(files.geography.is_none(), "opened and no more");
    }

    #[test]
    fn a_plain_zone_is_kept_without_its_records_and_read_again_when_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let path = folder.path().join("zones/plain.test.zone");
        let text = "$TTL 60\n@ SOA ns hostmaster 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\nsub NS ns.sub\nsub A 192.0.2.9\n";
        std::fs::write(&path, text).unwrap();
        let (control, first) =
            crate::control::Control::start(Box::new(files), crate::control::Edit::default()).expect("two zones");
        let held = |control: &crate::control::Control| {
            let snapshot = control.world().load().snapshot.clone();
            let at = snapshot.zones.iter().position(|zone| &*zone.id.0 == "plain.test").expect("the zone");
            let compiled = std::ptr::from_ref(&snapshot.zones[at]).addr();
            (snapshot.source(at as u32).expect("its source").clone(), compiled)
        };
        let (source, compiled) = held(&control);
        assert_eq!(
            (source.groups.len(), source.left_out),
            (1, 4),
            "the delegations stay: other zones are judged by them"
        );
        assert!(first.warnings.iter().any(|warning| warning.to_string().contains("sub.plain.test")), "{first:?}");
        let again = control.reload().expect("nothing changed");
        assert_eq!((again.records, again.changed, again.warnings), (first.records, 0, first.warnings));
        assert_eq!(held(&control).1, compiled);
        // Another place for unknown clients: steered zones are compiled anew, this one need not be.
        let config = folder.path().join("waymark.toml");
        std::fs::write(config, "[geo]\nserver_location = \"eu-west-1\"\n").unwrap();
        control.reload().expect("another location");
        assert_eq!(held(&control).1, compiled);
        std::fs::write(&path, text.replace("192.0.2.1", "192.0.2.2")).unwrap();
        let changed = control.reload().expect("a changed record");
        assert_eq!((changed.records, changed.changed), (first.records, 1));
        assert_ne!(held(&control).1, compiled);
        std::fs::write(&path, text.replace("192.0.2.1", "192.0.2.256")).unwrap();
        control.reload().expect_err("no such address");
        assert_eq!(held(&control).0.left_out, 4, "what was there goes on");
        std::fs::write(&path, text).unwrap();
        assert_eq!(control.reload().expect("mended").changed, 1);
    }

    #[test]
    fn t295_c1_checks_are_held_against_the_plan() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path());
        let (ok, errors) = said(&mut files, "[health]\nallow_special_addresses = false\n");
        assert!(!ok && errors.len() == 1, "{errors:?}");
        let what =
            "z.toml:2: health check \"db\" probes 10.0.0.1, which is forbidden: it is restricted or private (C-8)";
        assert!(errors[0].contains(what), "{}", errors[0]);
        let (ok, warnings) = said(&mut files, "[checker.a]\nregion = \"mars\"\n");
        assert!(ok && warnings.len() == 1, "{warnings:?}");
        let what =
            "z.toml:2: warning: health check \"db\" names Region home, and no checker is there: all checkers probe it";
        assert!(warnings[0].contains(what), "{}", warnings[0]);
        assert_eq!(said(&mut files, "[checker.a]\nregion = \"home\"\n"), (true, Vec::new()));
    }
}

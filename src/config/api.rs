//! `[api]`: where the Route 53 API is served, and who may ask what.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::health::secret;
use super::tls::{Certificate, certificate};
use crate::model::Name;
use crate::model::fleet::Secret;
use crate::model::quotas::Quotas;
use crate::store::toml::{Place, Table, Text, Value, named};

/// How many characters an access key id may have; clients take no other.
const ID: std::ops::RangeInclusive<usize> = 16..=128;
/// The shortest secret, in characters; shorter ones can be tried out.
const SHORTEST: usize = 16;
/// How long a change may be said to be pending.
const PENDING: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3600);

/// The API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Where it is served; at least one address.
    pub listen: Vec<SocketAddr>,
    /// By which certificate; `None` for HTTP in the clear.
    pub certificate: Option<Certificate>,
    /// Whether whoever reaches it may everything.
    pub is_open: bool,
    /// The keys that are let in beside that of whoever runs the server, no two of one id.
    pub keys: Vec<ApiKey>,
    /// How long every change is said to be pending, for those who test their clients.
    pub pending: Duration,
    /// How many requests are let through in a second, for those who test their clients; `None` for all.
    pub throttle: Option<u32>,
    /// How much the account may hold.
    pub quotas: Quotas,
}

/// A key of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// What its holder is called in logs and in the audit trail.
    pub name: Arc<str>,
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// Whether its holder may change anything.
    pub may_write: bool,
    /// The zones its holder is held to, by id or by name with a dot at its end; `None` for everything.
    pub zones: Option<Arc<[Arc<str>]>>,
}

impl Default for Api {
    fn default() -> Self {
        let listen = vec![(Ipv4Addr::LOCALHOST, 5381).into()];
        Self {
            listen,
            certificate: None,
            is_open: false,
            keys: Vec::new(),
            pending: Duration::ZERO,
            throttle: None,
            quotas: Quotas::default(),
        }
    }
}

impl Api {
    /// An address by which others than this machine reach what is open to all.
    pub(super) fn exposed(&self) -> Option<SocketAddr> {
        self.listen.iter().copied().find(|address| self.is_open && !address.ip().is_loopback())
    }

    /// Whether a running server would have to start anew to become the other; keys it takes up at a reload.
    pub fn needs_restart(&self, other: &Self) -> bool {
        let Self { listen, certificate, is_open, keys: _, pending, throttle, quotas: _ } = other;
        (&self.listen, &self.certificate, &self.is_open, &self.pending, &self.throttle)
            != (listen, certificate, is_open, pending, throttle)
    }
}

/// Reads `[api]`, `[api.tls]`, `[api.limit]` and `[api.key.NAME]`; files lie relative to `folder`.
pub(super) fn api(mut table: Table<'_, '_>, folder: &Path) -> Api {
    let default = Api::default();
    let listen = table.take("listen").map_or(default.listen, listen);
    let is_open = table.word("auth", &[("on", false), ("off", true)]).unwrap_or(false);
    let pending = table.duration("pending", PENDING).unwrap_or(default.pending);
    let throttle = table.integer("throttle", 1..=1_000_000).and_then(|requests| u32::try_from(requests).ok());
    let certificate = table.take("tls").and_then(|value| value.table("[api.tls]".to_owned())).and_then(|mut table| {
        let certificate = certificate(&mut table, folder);
        table.finish();
        certificate
    });
    let mut quotas = Quotas::default();
    if let Some(mut table) = table.take("limit").and_then(|value| value.table("[api.limit]".to_owned())) {
        for (key, quota) in quotas.entries() {
            *quota = table.integer(key, 1..=i64::MAX).and_then(|most| u64::try_from(most).ok()).unwrap_or(*quota);
        }
        table.finish();
    }
    let mut keys: Vec<ApiKey> = Vec::new();
    let places = named(table.take("key"), "api.key", |name, table| key(name, table, folder));
    for (key, place) in places.into_iter().flatten() {
        match keys.iter().any(|other| other.id == key.id) {
            true => place.error(format!("access key id {:?} is that of another key", key.id), "give each its own"),
            false => keys.push(key),
        }
    }
    table.finish();
    Api { listen, certificate, is_open, keys, pending, throttle, quotas }
}

fn listen(value: Value<'_, '_>) -> Vec<SocketAddr> {
    let place = value.place();
    let mut found = Vec::new();
    for Text { text, at } in value.texts().unwrap_or_default() {
        match text.parse::<SocketAddr>() {
            Ok(address) if address.port() != 0 && found.contains(&address) => {
                place.moved(&at).error(format!("address {address} is listened at twice"), "name it once");
            }
            Ok(address) => found.push(address),
            Err(_) => {
                let what = format!("`listen` {text:?} is no address with a port");
                place.moved(&at).error(what, "write \"127.0.0.1:5381\"");
            }
        }
    }
    if found.is_empty() && !place.has_errors() {
        place.error("`listen` names no address", "write one, or remove [api]");
    }
    found
}

fn key<'p>(name: Arc<str>, mut table: Table<'p, '_>, folder: &Path) -> Option<(ApiKey, Place<'p>)> {
    let id = table.required("access_key_id", "\"CIKEY00000000001\"").and_then(|value| {
        let place = value.place();
        let text = value.text()?.text;
        let is_word = text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_');
        if ID.contains(&text.len()) && is_word {
            return Some((text, place));
        }
        let what = format!("`access_key_id` is not {} to {} letters, digits or _", ID.start(), ID.end());
        place.error(what, "make one: openssl rand -hex 10");
        None
    });
    if !table.has("secret") && !table.has("secret_file") {
        table.error("has neither `secret` nor `secret_file`", "make one: openssl rand -hex 20");
    }
    let secret = secret(&mut table, ["secret", "secret_file"], folder).and_then(|(text, place)| {
        let is_word = text.bytes().all(|octet| octet.is_ascii_graphic());
        if text.len() >= SHORTEST && is_word {
            return Some(Secret(text));
        }
        let what = format!("`{}` is not one word of at least {SHORTEST} visible ASCII characters", place.key);
        place.error(what, "make one: openssl rand -hex 20");
        None
    });
    let may_write = table.word("rights", &[("read", false), ("write", true)]).unwrap_or(true);
    let zones = table.take("zones").map(zones);
    table.finish();
    let (id, place) = id?;
    Some((ApiKey { name, id, secret: secret?, may_write, zones }, place))
}

/// Ids of zones as the API makes them, or names.
fn zones(value: Value<'_, '_>) -> Arc<[Arc<str>]> {
    let place = value.place();
    let read = |Text { text, at }: Text| -> Option<Arc<str>> {
        let is_id =
            text.starts_with('Z') && text.bytes().all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit());
        if is_id {
            return Some(text.into());
        }
        match Name::parse(&text, Some(&Name::root())) {
            Ok(name) => Some(name.to_string().into()),
            Err(error) => {
                let what = format!("`zones` {text:?} is neither the id nor the name of a zone: {error}");
                place.moved(&at).error(what, "write \"Z0123456789ABCDEFGHIJ\" or \"example.com\"");
                None
            }
        }
    };
    value.texts().unwrap_or_default().into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Overrides};

    fn read(text: &str) -> Result<Api, Vec<String>> {
        let told = |problems: Vec<_>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        Config::parse("w.toml", text).map(|config| config.api.expect("an API")).map_err(told)
    }

    #[test]
    fn an_api_is_read() {
        assert_eq!(read("[api]\n"), Ok(Api::default()));
        assert_eq!(Config::parse("w.toml", "").expect("an empty text").api, None);
        let text = "[api]\nlisten = [\"127.0.0.1:1\", \"[::1]:1\"]\nauth = \"off\"\npending = \"2s\"\nthrottle = 5\n[api.tls]\ncertificate = \"self-signed\"\n\
            [api.key.ci]\naccess_key_id = \"CIKEY00000000001\"\nsecret = \"0123456789abcdef\"\nrights = \"read\"\nzones = [\"Z1\", \"Example.com\"]\n[api.limit]\nhosted_zones = 10000\ntags = 1\n";
        let api = read(text).expect("an API");
        assert_eq!(api.quotas, Quotas { hosted_zones: 10_000, tags: 1, ..Quotas::default() });
        assert_eq!(api.listen.len(), 2);
        assert!(api.is_open && api.certificate == Some(Certificate::SelfSigned));
        assert_eq!((api.pending, api.throttle), (Duration::from_secs(2), Some(5)));
        let [key] = &api.keys[..] else { panic!("{api:?}") };
        assert_eq!(
            (&*key.name, &*key.id, &*key.secret.0, key.may_write),
            ("ci", "CIKEY00000000001", "0123456789abcdef", false)
        );
        assert_eq!(key.zones.as_deref(), Some(&["Z1".into(), "example.com.".into()][..]));
        assert!(!format!("{api:?}").contains("0123456789abcdef"), "secrets are shown to nobody");
    }

    #[test]
    fn what_is_wrong_is_told_all_at_once() {
        let text = "[api]\nlisten = \"here\"\nauth = \"none\"\npending = \"2h\"\n[api.key.a]\naccess_key_id = \"short\"\nsecret = \"short\"\n\
            zones = [\"a..b\"]\n[api.key.b]\nrights = \"all\"\n";
        let problems = read(text).expect_err("mistakes");
        let expected = [
            "w.toml:2: [api]: `listen` \"here\" is no address with a port",
            "w.toml:3: [api]: `auth` cannot be \"none\"",
            "w.toml:4: [api]: `pending`",
            "w.toml:6: api.key \"a\": `access_key_id` is not 16 to 128 letters",
            "w.toml:7: api.key \"a\": `secret` is not one word of at least 16",
            "w.toml:8: api.key \"a\": `zones` \"a..b\" is neither the id nor the name",
            "api.key \"b\": has no `access_key_id`",
            "api.key \"b\": has neither `secret` nor `secret_file`",
            "w.toml:10: api.key \"b\": `rights` cannot be \"all\"",
        ];
        for what in expected {
            assert!(problems.iter().any(|problem| problem.contains(what)), "{what}\n{problems:#?}");
        }
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        let twice = "[api.key.a]\naccess_key_id = \"CIKEY00000000001\"\nsecret = \"0123456789abcdef\"\n";
        let problems = read(&format!("{twice}{}", twice.replace(".a]", ".b]"))).expect_err("one id twice");
        assert!(problems[0].contains("\"CIKEY00000000001\" is that of another key"), "{problems:?}");
    }

    #[test]
    fn what_is_open_to_all_listens_at_loopback_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.toml");
        std::fs::write(&path, "[api]\nauth = \"off\"\n").expect("written");
        let flags = |api: &str| Overrides {
            config: Some(path.clone()),
            api: Some(api.parse().expect("an address")),
            ..Overrides::default()
        };
        assert_eq!(Config::load(&flags("[::1]:7")).expect("loopback").api.expect("an API").listen.len(), 1);
        let problems = Config::load(&flags("0.0.0.0:7")).expect_err("exposed");
        assert!(problems[0].to_string().contains("open to whoever reaches 0.0.0.0:7"), "{problems:?}");
        let flags = Overrides { api: Some(([0, 0, 0, 0], 7).into()), ..Overrides::default() };
        assert!(
            Config::default().with_overrides(&flags).api.is_some_and(|api| !api.is_open),
            "keys are needed without a word"
        );
    }
}

use super::*;
use crate::model::check::{Alarm, Missing, Pattern, Source};
use crate::model::fleet::{Checker, Secret, Targets, Webhook, WebhookForm};

fn problems(text: &str) -> Vec<String> {
    match Config::parse("etc/waymark.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn an_empty_file_is_no_file() {
    let mut nothing = Config::parse("waymark.toml", "").unwrap();
    assert_eq!(nothing.store.listeners.take(), Some(nothing.listener_names()));
    assert_eq!(nothing, Config::default());
    assert_eq!(&*nothing.listen[1].name, "[::1]:5353");
}

#[test]
fn paths_start_where_the_file_is() {
    let config =
        Config::parse("etc/waymark.toml", "zones = \"z\"\nstate = \"/var/lib/w\"\ngeoip = \"g.mmdb\"\n").unwrap();
    assert_eq!(config.zones, Path::new("etc/z"));
    assert_eq!(config.state, Path::new("/var/lib/w"));
    assert_eq!(config.geoip.as_deref(), Some(Path::new("etc/g.mmdb")));
}

#[test]
fn the_command_line_is_above_the_file() {
    let overrides = Overrides {
        listen: vec!["office=10.0.0.1:53".parse().unwrap()],
        http: "127.0.0.1:1".parse().ok(),
        zones: Some("elsewhere".into()),
        ..Overrides::default()
    };
    let config = Config::parse("waymark.toml", "zones = \"z\"\nstate = \"s\"\n").unwrap().with_overrides(&overrides);
    assert_eq!(config.zones, Path::new("elsewhere"));
    assert_eq!(config.state, Path::new("s"));
    assert_eq!(config.listen, overrides.listen);
    assert_eq!(config.http, overrides.http);
    assert_eq!(config.store.listeners, Some(vec!["office".into()]));
}

#[test]
fn listeners_may_have_names() {
    let text = "[listen]\nlan = [\"10.0.0.1:53\", \"[fd00::1]:53\"]\nworld = \"192.0.2.1:53\"\n";
    let names: Vec<_> = Config::parse("w", text).unwrap().listener_names();
    assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), ["lan", "world"]);
    for bad in ["127.0.0.1", "localhost:53", "=127.0.0.1:53", "a=b", ""] {
        assert!(bad.parse::<Listener>().is_err(), "{bad}");
    }
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = r#"listen = ["127.0.0.1:5353", "127.0.0.1:5353", "localhost"]
htpp = "off"
name_servers = ["ns1.example.net", "a..b"]

[dns]
udp_max = 100
any = "some"
[dns.more]
x = 1

[geo]
server_location = "eu-west-9"
negative_bias = "add"

[health]
healthy_percent = 100
in_flight = 0
resolver = "localhost"
allow = ["10.0.0.1/8"]
deny = "ten"
allow_special_addresses = "yes"
history = "1KiB"
wait = true
push_token = "two words"
push_token_file = "token"
perecent = 1

[checker.a]
region = "two words"
source = "eth0"

[webhook.a]
form = "xml"
[webhook.b]
url = "hook"
authorization = "ä"
checks = []

[alarm.cpu]
prometheus = "http://p/"
query = "x"
unhealthy_when = "80"
threshold = 3

[log]
level = 3

[query_log]
edge = "two words"

[view.office]
networks = ["10.0.0.1/8"]

[[provider]]
name = "*.elb.amazonaws.com"
A = ["10.0.0.256"]
"#;
    let lines: Vec<String> =
        problems(text).iter().map(|problem| problem.strip_prefix("etc/waymark.toml:").unwrap().to_owned()).collect();
    let expected = [
        "1: address 127.0.0.1:5353 is listened at twice",
        "1: \"localhost\" is no address with a port",
        "2: unknown key `htpp`; did you mean `http`?",
        "3: `name_servers` \"a..b\" is no domain name",
        "6: [dns]: `udp_max` 100 is not in 512..=4096",
        "7: [dns]: `any` cannot be \"some\"; write \"rfc8482\" or \"full\"",
        "8: [dns]: unknown key `more`",
        "12: [geo]: \"eu-west-9\" is no Region; did you mean `eu-west-",
        "13: [geo]: `negative_bias` cannot be \"add\"",
        "16: [health]: `healthy_percent` 100 is not in 0..=99",
        "17: [health]: `in_flight` 0 is not in 1..=65536",
        "18: [health]: `resolver` \"localhost\" is no address; write \"127.0.0.1:53\"",
        "19: [health]: `allow` \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
        "20: [health]: `deny` \"ten\" is no CIDR block",
        "21: [health]: `allow_special_addresses` is a text, not true or false",
        "22: [health]: `history` is not between 64KiB and 1024GiB",
        "23: [health]: `wait` is true or false, not a number of seconds",
        "25: [health]: has both `push_token` and `push_token_file`; keep one of them",
        "26: [health]: unknown key `perecent`; known here: healthy_percent",
        "29: checker \"a\": `region` \"two words\" is not one word",
        "30: checker \"a\": `source` \"eth0\" is no address",
        "32: webhook \"a\": has neither `url` nor `url_file`",
        "33: webhook \"a\": `form` cannot be \"xml\"; write \"json\" or \"text\"",
        "35: webhook \"b\": `url` does not begin with http:// or https://; write \"https://example.com/hook\"",
        "36: webhook \"b\": `authorization` is not all visible ASCII",
        "37: webhook \"b\": `checks` names none; remove it to be told of all",
        "42: alarm \"cpu\": `unhealthy_when` \"80\" is no comparison",
        "43: alarm \"cpu\": `threshold` is not for prometheus checks (C-0)",
        "46: [log]: `level` is a whole number, not a text in quotes",
        "48: [query_log]: has no `path`",
        "49: [query_log]: `edge` \"two words\" is not one word",
        "52: view \"office\": \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
        "56: provider \"*.elb.amazonaws.com\": A value \"10.0.0.256\"",
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n{expected}");
    }
}

#[test]
fn every_key_of_health_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), " s3cret \n").unwrap();
    std::fs::write(folder.path().join("hook"), "https://example.com/T0/B0\n").unwrap();
    std::fs::write(folder.path().join("bearer"), "Bearer abc\n").unwrap();
    let text = r#"
[health]
healthy_percent = 80
in_flight = 100
resolver = "127.0.0.1"
allow = ["10.0.0.0/8", "fd00::/8"]
deny = "10.0.0.1"
allow_special_addresses = false
alarm_files = ["/run/waymark", "/srv/state"]
history = "1MiB"
wait = "60s"
push_token_file = "token"
[checker.fra-1]
region = "eu-central-1"
source = "192.0.2.7"
[checker.zrh-1]
[webhook.chat]
url_file = "hook"
authorization_file = "bearer"
form = "text"
checks = ["web-*", "db"]
[webhook.log]
url = "http://127.0.0.1:9/"
[alarm."High CPU"]
push = true
missing = "unhealthy"
"#;
    let file = folder.path().join("waymark.toml").display().to_string();
    let config = Config::parse(&file, text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let secret = |text: &str| Some(Secret(text.into()));
    let webhook = |name: &str, url: &str| Webhook {
        name: name.into(),
        url: Secret(url.into()),
        authorization: None,
        form: WebhookForm::Json,
        checks: Vec::new(),
    };
    let region = Some("eu-central-1".into());
    let plan = Plan {
        checkers: vec![
            Checker { name: "fra-1".into(), region, source: "192.0.2.7".parse().ok() },
            Checker { name: "zrh-1".into(), region: None, source: None },
        ],
        targets: Targets {
            allow: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            deny: vec!["10.0.0.1/32".parse().unwrap()],
            special: false,
        },
        alarm_files: vec!["/run/waymark".into(), "/srv/state".into()],
        resolver: "127.0.0.1:53".parse().ok(),
        healthy_percent: 80,
        push_token: secret("s3cret"),
        webhooks: vec![
            Webhook {
                authorization: secret("Bearer abc"),
                form: WebhookForm::Text,
                checks: vec![Pattern("web-*".into()), Pattern("db".into())],
                ..webhook("chat", "https://example.com/T0/B0")
            },
            webhook("log", "http://127.0.0.1:9/"),
        ],
    };
    let health = Health { plan, in_flight: 100, history: 1 << 20, wait: Some(Duration::from_secs(60)) };
    assert_eq!(config.health, health);
    let alarm = Alarm { source: Source::Push, interval: Duration::from_secs(300), missing: Missing::Unhealthy };
    assert_eq!(config.store.alarms, [("High CPU".into(), alarm)].into());
    assert!(!format!("{config:?}").contains("s3cret"), "a secret is not shown");
    let waits = |text: &str| Config::parse("w", &format!("[health]\nwait = {text}\n")).unwrap().health.wait;
    assert_eq!((waits("false"), waits("5")), (None, Some(Duration::from_secs(5))));
    let overrides = Overrides { wait: Some(Duration::from_secs(9)), ..Overrides::default() };
    let config = Config::parse("w", "[health]\nwait = false\n").unwrap().with_overrides(&overrides);
    assert_eq!(config.health.wait, overrides.wait, "the command line is above the file");
}

#[test]
fn encrypted_transports_have_a_certificate_and_an_address() {
    let text =
        "[tls]\ncertificate = \"c.pem\"\nkey = \"/k.pem\"\ndot = { lan = \"10.0.0.1:853\" }\ndoq = \"10.0.0.1:853\"\n";
    let config = Config::parse("etc/waymark.toml", text).unwrap();
    let names = config.listener_names();
    assert_eq!(names[2..].iter().map(|name| &**name).collect::<Vec<_>>(), ["lan", "10.0.0.1:853"]);
    let tls = config.tls.unwrap();
    assert_eq!(tls.listeners().count(), 2);
    assert_eq!((tls.doh_path.as_str(), tls.doh.len()), ("/dns-query", 0));
    let Certificate::Files { certificate, key } = &tls.certificate else { panic!("{tls:?}") };
    assert_eq!((certificate.path.as_path(), certificate.at.line), (Path::new("etc/c.pem"), 2));
    assert_eq!((key.path.as_path(), key.at.line), (Path::new("/k.pem"), 3));

    let other = |text: &str| Config::parse("etc/waymark.toml", text).unwrap().tls.unwrap();
    assert!(!tls.needs_restart(&other(&text.replace("c.pem", "d.pem"))), "another file is read at a reload");
    assert!(tls.needs_restart(&other(&text.replace(":853\"\n", ":8853\"\n"))));
    assert!(tls.needs_restart(&other(&format!("{text}doh_path = \"/\"\n"))));

    let listed = "dot = \"127.0.0.1:1\"\n";
    for (keys, line, what) in [
        ("", 1, "has no `certificate`"),
        ("certificate = \"c\"\ndot = \"127.0.0.1:1\"\n", 1, "has no `key`"),
        ("certificate = \"self-signed\"\nkey = \"k\"\ndot = \"127.0.0.1:1\"\n", 3, "makes its own `key`"),
        ("certificate = \"self-signed\"\n", 1, "no address to listen at"),
        ("certificate = \"self-signed\"\ndot = []\n", 3, "`dot` names no address"),
        ("certificate = \"self-signed\"\ndot = \"localhost\"\n", 3, "is no address with a port"),
        (
            "certificate = \"self-signed\"\ndot = { a = { address = \"127.0.0.1:1\", proxies = [\"127.0.0.1\"] } }\n",
            3,
            "has `proxies`, which encrypted transports do not hear",
        ),
        ("certificate = \"self-signed\"\ndoq = \"127.0.0.1:1\"\ndoh3 = \"127.0.0.1:1\"\n", 1, "twice over UDP"),
        ("certificate = \"self-signed\"\ndot = \"127.0.0.1:1\"\ndoh_path = \"dns\"\n", 4, "is no plain path"),
        ("certificate = \"self-signed\"\ndot = \"127.0.0.1:1\"\ndoh_path = \"/d?\"\n", 4, "is no plain path"),
    ] {
        let said = problems(&format!("[tls]\n{keys}"));
        let place = format!("etc/waymark.toml:{line}: ");
        assert!(said.iter().any(|told| told.starts_with(&place) && told.contains(what)), "{keys}{what}: {said:?}");
    }
    assert!(
        Config::parse("w", &format!("[tls]\ncertificate = \"self-signed\"\ndoh = \"127.0.0.1:1\"\n{listed}")).is_err()
    );
}

#[test]
fn alarm_files_are_directories_by_absolute_paths() {
    let refused = Config::parse("w", "[health]\nalarm_files = [\"/run\", \"here\"]\n").unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].what.as_str(), refused[0].at.line),
        ("[health]: `alarm_files` \"here\" is no absolute path", 2)
    );
}

/// A file of a secret that is not there, no file, too large, empty or no secret is an error that does not tell it.
#[test]
fn secrets_are_read_with_care_and_shown_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("waymark.toml").display().to_string();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    std::fs::write(folder.path().join("large"), "x".repeat(5000)).unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    std::fs::write(folder.path().join("words"), "hush hush\n").unwrap();
    for (key, name, what) in [
        ("push_token_file", "none", "cannot be read"),
        ("push_token_file", "folder", "is not a regular file"),
        ("push_token_file", "large", "is larger than 4 KiB"),
        ("push_token_file", "empty", "holds nothing"),
        ("push_token_file", "words", "is not one word of visible ASCII"),
        ("push_token", "hush hush", "is not one word of visible ASCII"),
        ("push_token", "", "holds nothing"),
        ("url_file", "words", "does not begin with http:// or https://"),
        ("url", "https://hush@h/", "carries a user name"),
    ] {
        let head = if key.starts_with("push") { "[health]" } else { "[webhook.a]" };
        let problems = Config::parse(&file, &format!("{head}\n{key} = \"{name}\"\n")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let told = problems[0].to_string();
        assert!(told.contains(":2: ") && told.contains(what), "{told}");
        assert!(!told.contains("hush"), "{told}");
    }
}

#[test]
fn a_named_file_must_exist_and_be_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none.toml"), folder.path().to_owned()] {
        let overrides = Overrides { config: Some(path.clone()), ..Overrides::default() };
        let problems = Config::load(&overrides).unwrap_err();
        assert!(problems[0].to_string().starts_with(&path.display().to_string()), "{}", problems[0]);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(cut in 0usize..3200, put in "[a-z=\\[\\]{}\",.0-9\\n# ]{0,6}", drop in 0usize..8) {
        let text = include_str!("../../waymark.example.toml").replace("\n#", "\n");
        let changed = crate::store::changed(&text, cut, drop, &put);
        if let Err(problems) = Config::parse("waymark.toml", &changed) {
            proptest::prop_assert!(!problems.is_empty());
        }
    }
}

#[test]
fn identity_and_cookies_are_read_and_secrets_are_never_shown() {
    let nsid = |text: &str| Config::parse("w", &format!("[dns]\nnsid = {text:?}\n")).unwrap().behaviour.nsid;
    assert_eq!((nsid("fra-1"), nsid("0xC0ffee"), nsid("")), (b"fra-1".to_vec(), vec![0xc0, 0xff, 0xee], Vec::new()));
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = (folder.path().join("secret"), folder.path().join("w.toml"));
    std::fs::write(&file, "0x445536bcd2513298075a5d379663c962\n").unwrap();
    let text = "[cookies]\nsecret = \"e5e973e5a6b2a43f48e7dc849e37bfcf\"\nnext_file = \"secret\"\nrequire = true\n";
    let config = Config::parse(path.to_str().unwrap(), text).unwrap();
    let secret = |text| CookieSecret::parse(text);
    assert_eq!(config.cookies.secret, secret("e5e973e5a6b2a43f48e7dc849e37bfcf"));
    assert_eq!(config.cookies.others, [None, secret("445536bcd2513298075a5d379663c962")]);
    assert!(config.cookies.enabled && config.cookies.require);
    let shown = format!("{config:?}");
    assert!(!shown.contains("e5e973e5") && !shown.contains("229, 233, 115") && !shown.contains("4455"), "{shown}");
}

#[test]
fn mistakes_of_identity_cookies_and_limits_are_told() {
    let text = "[dns]\nnsid = \"0xabc\"\n[cookies]\nprevious = \"123\"\nsecrets = \"x\"\n\
                [rate_limit]\nslip = 11\nwindow = 0\nipv4_prefix = 33\nexempt = [\"10.0.0.1/8\"]\nresponces = 5\n";
    let expected = [
        "etc/waymark.toml:2: [dns]: `nsid` is not two hexadecimal digits for each octet; write \"0xc0ffee\", or a text",
        "etc/waymark.toml:3: [cookies]: has another secret but no `secret`; give the one in force: openssl rand -hex 16",
        "etc/waymark.toml:4: [cookies]: `previous` is not 32 hexadecimal digits; make one: openssl rand -hex 16",
        "etc/waymark.toml:5: [cookies]: unknown key `secrets`; did you mean `secret`?",
        "etc/waymark.toml:7: [rate_limit]: `slip` 11 is not in 0..=10",
        "etc/waymark.toml:8: [rate_limit]: `window` 0 is not in 1..=15",
        "etc/waymark.toml:9: [rate_limit]: `ipv4_prefix` 33 is not in 1..=32",
        "etc/waymark.toml:10: [rate_limit]: `exempt` \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
        "etc/waymark.toml:11: [rate_limit]: unknown key `responces`; did you mean `responses`?",
    ];
    assert_eq!(problems(text), expected);
    let long = format!("[dns]\nnsid = \"{}\"\n", "x".repeat(129));
    assert_eq!(problems(&long), ["etc/waymark.toml:2: [dns]: `nsid` has 129 octets, not 0..=128; shorten it"]);
}

#[test]
fn limits_that_are_not_told_are_those_of_answers() {
    let limit = Config::parse("w", "[rate_limit]\nresponses = 20\nerrors = 0\n").unwrap().behaviour.rate_limit;
    let limit = limit.expect("a limit");
    let kinds = [limit.responses, limit.nodata, limit.nxdomain, limit.referrals, limit.errors, limit.all];
    assert_eq!(kinds, [20, 20, 20, 20, 0, 0]);
    assert_eq!((limit.window, limit.slip, limit.ipv4_prefix, limit.ipv6_prefix, limit.dry_run), (1, 2, 24, 56, false));
    assert_eq!(Config::parse("w", "").unwrap().behaviour.rate_limit, None, "off unless it is asked for");
}

#[test]
fn keys_and_transfers_are_read() {
    let text = "[key.\"K.test\"]\nalgorithm = \"hmac-sha384\"\nsecret = \"AAECAwQFBgcICQoLDA0ODw==\"\n\
                [transfer]\nallow = [\"192.0.2.0/24\", \"key:k.TEST.\", \"::1 key:k.test\"]\nnotify = \"[::1]:53 key:k.test.\"\n\
                at_once = 2\njournal = 0\n[transfer.zone.\"a.test\"]\nallow = []\n";
    let config = Config::parse("w", text).unwrap();
    let transfers = &config.behaviour.transfers;
    let key = transfers.keys.values().next().unwrap();
    assert_eq!((key.name.to_string(), key.secret()), ("k.test.".to_owned(), &Vec::from_iter(0..16)[..]));
    let [network, by_key, both] = &transfers.general.allow.as_ref().unwrap()[..] else { panic!("{transfers:?}") };
    assert!(network.network.is_some() && network.key.is_none() && by_key.network.is_none());
    assert_eq!((by_key.key.as_ref(), both.key.as_ref()), (Some(&key.name), Some(&key.name)));
    let told = transfers.told(&crate::model::Name::parse("a.test.", None).unwrap());
    assert_eq!((told[0].address, told[0].key.as_ref()), ("[::1]:53".parse().unwrap(), Some(&key.name)));
    assert_eq!((transfers.at_once, transfers.journal), (2, 0));
    assert!(!format!("{config:?}").contains("AAECAwQ"), "secrets are not shown");
}

#[test]
fn what_is_to_be_signed_is_read() {
    let text = "state = \"s\"\n[dnssec]\nsignatures = 500\n[dnssec.zone.\"A.test\"]\n[dnssec.zone.\"b.test\"]\nalgorithm = \"ed25519\"\nkeys = \"csk\"\ncds = true\n";
    let config = Config::parse("w", text).unwrap();
    let read = |name: &str| {
        let name = crate::model::Name::parse(name, None).unwrap();
        let wish = &config.store.dnssec[&name];
        (wish.algorithm.number(), wish.is_single, wish.cds, wish.at.line)
    };
    assert_eq!((read("a.test."), read("b.test.")), ((13, false, false, 4), (15, true, true, 5)));
    assert_eq!((config.behaviour.signatures, Config::default().behaviour.signatures), (500, 20_000));
    assert!(config.names_state && !Config::default().names_state);
    let overrides = Overrides { state: Some("s".into()), ..Overrides::default() };
    assert!(Config::default().with_overrides(&overrides).names_state);
    let wrong = "[dnssec]\nzones = []\n[dnssec.zone.\"a..b\"]\n[dnssec.zone.c]\nalgorithm = \"rsa\"\nkey = 1\n";
    let expected = [
        "etc/waymark.toml:2: [dnssec]: unknown key `zones`; did you mean `zone`?",
        "etc/waymark.toml:3: dnssec.zone \"a..b\": is no domain name: ",
        "etc/waymark.toml:5: dnssec.zone \"c\": `algorithm`",
        "etc/waymark.toml:6: dnssec.zone \"c\": unknown key `key`; did you mean `keys`?",
    ];
    let found = problems(wrong);
    assert!(found.len() == 4 && found.iter().zip(expected).all(|(one, other)| one.starts_with(other)), "{found:#?}");
}

#[test]
fn mistakes_in_keys_and_transfers_are_told() {
    let text = r#"[key."a..b"]
algorithm = "hmac-md5"
secret = "?"
[key.short]
algorithm = "hmac-sha256"
secret = "AAEC"
[key.both]
algorithm = "hmac-sha256"
secret = "AAECAwQFBgcICQoLDA0ODw=="
secret_file = "gone"
[key.none]
[transfer]
allow = ["192.0.2.1/24", "key:who.", "", "192.0.2.1 192.0.2.2"]
notify = ["192.0.2.1", "192.0.2.1:53 who.", "192.0.2.1:53 key:who."]
at_once = 0
alow = []
[transfer.zone."a..b"]
notfy = []
"#;
    let said = problems(text);
    for (line, what) in [
        (1, "key \"a..b\": is no domain name of at most 128 octets"),
        (2, "`algorithm` cannot be \"hmac-md5\"; write \"hmac-sha256\" or \"hmac-sha384\" or \"hmac-sha512\""),
        (3, "`secret` is not base64; make one: openssl rand -base64 32"),
        (6, "`secret` has 3 octets, and fewer than 16 can be tried out"),
        (10, "has both `secret` and `secret_file`"),
        (11, "has no `algorithm`"),
        (11, "has neither `secret` nor `secret_file`"),
        (13, "`allow` \"192.0.2.1/24\" is neither a network nor a key"),
        (13, "`allow` names key \"who.\", which does not exist"),
        (13, "`allow` holds an empty text"),
        (13, "`allow` \"192.0.2.1 192.0.2.2\" is neither a network nor a key"),
        (14, "`notify` \"192.0.2.1\" is no address with a port"),
        (14, "`notify` \"192.0.2.1:53 who.\" is no address with a port"),
        (14, "`notify` names key \"who.\", which does not exist"),
        (15, "`at_once` 0 is not in 1..=1000"),
        (16, "unknown key `alow`; did you mean `allow`?"),
        (17, "transfer.zone \"a..b\": is no domain name"),
        (18, "unknown key `notfy`; did you mean `notify`?"),
    ] {
        let there =
            said.iter().any(|said| said.starts_with(&format!("etc/waymark.toml:{line}: ")) && said.contains(what));
        assert!(there, "{line}: {what}\n{said:#?}");
    }
    assert!(!said.iter().any(|said| said.contains("AAEC")), "secrets are not shown");
    assert_eq!(said.len(), 18, "{said:#?}");
}

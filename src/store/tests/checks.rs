use std::time::Duration;

use super::*;
use crate::model::check::{
    Alarm, Bound, CheckKind, Comparison, Endpoint, Missing, Protocol, Recovery, Source, Status, Thresholds, Tls,
};
use crate::model::{CheckId, HealthCheck};

const SECOND: Duration = Duration::from_secs(1);

/// The check `c` of these lines.
fn check(lines: &str) -> HealthCheck {
    let text = format!("[check.c]\n{lines}\n[check.x]\ngiven = \"healthy\"\n");
    let mut checks = loaded(&[("c.toml", &text)]).account.checks;
    checks.retain(|check| &*check.id.0 == "c");
    checks.remove(0)
}

fn endpoint(lines: &str) -> Endpoint {
    match check(lines).kind {
        CheckKind::Endpoint(endpoint) => endpoint,
        other => panic!("{other:?}"),
    }
}

fn alarm(lines: &str) -> Alarm {
    match check(lines).kind {
        CheckKind::Alarm(alarm) => alarm,
        other => panic!("{other:?}"),
    }
}

fn tls(server_name: Option<&str>) -> Tls {
    Tls { server_name: server_name.map(Into::into), horizon: None }
}

/// The TLS that the endpoint of these lines is asked under.
fn tls_of(lines: &str) -> Option<Tls> {
    match endpoint(lines).protocol {
        Protocol::Http { tls, .. } | Protocol::Grpc { tls, .. } => tls,
        Protocol::Tls(tls) => Some(tls),
        other => panic!("{other:?}"),
    }
}

#[test]
fn t278_t280_t283_http_is_read_with_route_53s_defaults() {
    let http = |path: &str, host_header: Option<&str>, search: Option<&str>| Protocol::Http {
        path: path.into(),
        host_header: host_header.map(Into::into),
        search: search.map(Into::into),
        tls: None,
    };
    // T278: port 80 unless the URL has another; the Host header follows from host and port (C-15).
    assert_eq!(endpoint("http = \"http://h\""), Endpoint::new(http("/", None, None), "h".into(), 80));
    assert_eq!(endpoint("http = \"http://h:8080/\"").port, 8080);
    assert_eq!(endpoint("http = \"http://h:443/\"").port, 443);
    // T280: an address without a name.
    let bare = endpoint("http = \"http://198.51.100.9/\"");
    assert_eq!((&*bare.host, bare.port, bare.protocol), ("198.51.100.9", 80, http("/", None, None)));
    // T283: a missing slash is added.
    assert_eq!(endpoint("http = \"http://h?x=1\"").protocol, http("/?x=1", None, None));
    let named =
        endpoint("http = \"http://[2001:db8::1]:8080/health?x=1\"\nhost = \"www.example.com\"\nsearch = \"OK!\"");
    assert_eq!((&*named.host, named.port), ("2001:db8::1", 8080));
    assert_eq!(named.protocol, http("/health?x=1", Some("www.example.com"), Some("OK!")));
}

#[test]
fn t279_c13_https_has_a_port_and_a_name_of_its_own() {
    assert_eq!(endpoint("https = \"https://h/\"").port, 443, "T279");
    assert_eq!(endpoint("https = \"https://h:80/\"").port, 80, "T279");
    assert_eq!(tls_of("http = \"http://h/\""), None);
    assert_eq!(tls_of("https = \"https://h/\""), Some(tls(Some("h"))));
    assert_eq!(tls_of("https = \"https://h/\"\nhost = \"other\""), Some(tls(Some("h"))));
    assert_eq!(tls_of("https = \"https://192.0.2.1/\"\nhost = \"other\""), Some(tls(Some("other"))));
    assert_eq!(tls_of("https = \"https://192.0.2.1/\""), Some(tls(None)), "an address is no name");
    assert_eq!(tls_of("https = \"https://h/\"\nserver_name = \"third\""), Some(tls(Some("third"))));
    assert_eq!(tls_of("https = \"https://h/\"\nserver_name = false"), Some(tls(None)), "EnableSNI = false");
    assert_eq!(tls_of("tls = \"h:853\""), Some(tls(Some("h"))));
    assert_eq!(tls_of("tls = \"[2001:db8::1]:853\""), Some(tls(None)));
    assert_eq!(tls_of("grpc = \"grpc://h:1\""), None);
    assert_eq!(tls_of("grpc = \"grpcs://h:1\""), Some(tls(Some("h"))));
    assert_eq!(tls_of("grpc = \"grpcs://192.0.2.1:1\"\nauthority = \"a.example:443\""), Some(tls(Some("a.example"))));
    let dated = "https = \"https://h/\"\ncertificate_horizon = \"14d\"\ndegraded_percent = 50";
    assert_eq!(tls_of(dated), Some(Tls { horizon: Some(SECOND * 86_400 * 14), ..tls(Some("h")) }));
    assert_eq!(endpoint(dated).degraded_percent, 50);
    assert_eq!(endpoint("https = \"https://h/\"\ncertificate_horizon = \"14d\"").degraded_percent, 100);
}

#[test]
fn kinds_beyond_route_53_are_read() {
    let tcp = endpoint("tcp = \"db.example.com:5432\"");
    assert_eq!(tcp, Endpoint::new(Protocol::Tcp, "db.example.com".into(), 5432));
    let grpc = |service: &str, authority: Option<&str>| Protocol::Grpc {
        service: service.into(),
        authority: authority.map(Into::into),
        tls: None,
    };
    assert_eq!(endpoint("grpc = \"grpc://192.0.2.1:50051\"").protocol, grpc("", None));
    let named = endpoint("grpc = \"grpc://192.0.2.1:50051/my.pkg.Shop\"\nauthority = \"shop.example:443\"");
    assert_eq!((named.port, named.protocol), (50051, grpc("my.pkg.Shop", Some("shop.example:443"))));
    for (text, host) in [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("[::1]", "::1"), ("gw", "gw")] {
        let icmp = endpoint(&format!("icmp = \"{text}\""));
        assert_eq!((&*icmp.host, icmp.port, icmp.protocol), (host, 0, Protocol::Icmp));
    }
    let dns = |query: &str, rtype, expect: Option<&str>| Protocol::Dns {
        name: name(query),
        rtype,
        expect: expect.map(Into::into),
    };
    let plain = endpoint("dns = \"192.0.2.53\"\nquery = \"example.com\"");
    assert_eq!((plain.port, plain.protocol), (53, dns("example.com.", RecordType::A, None)));
    let whole = endpoint("dns = \"[::1]:5353\"\nquery = \"x.test.\"\ntype = \"mx\"\nexpect = \"10  mail.x.test\"");
    let expected = dns("x.test.", RecordType::MX, Some("10 mail.x.test."));
    assert_eq!((&*whole.host, whole.port, whole.protocol), ("::1", 5353, expected));
}

#[test]
fn keys_of_every_endpoint_are_read() {
    let whole = endpoint(
        "dns = \"h\"\nquery = \"x\"\ninterval = 10\nthreshold_down = 2\nthreshold_up = 5\nconnect_timeout = \"1s\"\n\
         response_timeout = \"1500ms\"\nhealthy_percent = 80\nregions = [\"eu-west-1\", \"home\"]",
    );
    assert_eq!((whole.interval, whole.thresholds), (SECOND * 10, Thresholds { down: 2, up: 5 }));
    assert_eq!((whole.connect_timeout, whole.response_timeout), (SECOND, Duration::from_millis(1500)));
    assert_eq!((whole.healthy_percent, whole.regions), (Some(80), vec!["eu-west-1".into(), "home".into()]));
    let both = endpoint("http = \"http://h/\"\nthreshold = 1\nthreshold_up = 4\ntimeout = 1\nconnect_timeout = 3");
    assert_eq!(both.thresholds, Thresholds { down: 1, up: 4 });
    assert_eq!((both.connect_timeout, both.response_timeout), (SECOND * 3, SECOND));
    let one = endpoint("tcp = \"h:1\"\nregions = \"home\"\ntimeout = \"250ms\"");
    assert_eq!((one.regions, one.connect_timeout), (vec!["home".into()], Duration::from_millis(250)));
}

#[test]
fn c26_alarms_are_read() {
    let prometheus = alarm(
        "prometheus = \"http://127.0.0.1:9090/prometheus/\"\nquery = \"avg(load)\"\nunhealthy_when = \">= 8.5e1\"\n\
         periods = 3\nmissing = \"unhealthy\"\ninterval = \"1m\"",
    );
    let source = Source::Prometheus {
        url: "http://127.0.0.1:9090/prometheus".into(),
        query: "avg(load)".into(),
        breach: (Comparison::AtLeast, Bound(85.0)),
        periods: 3,
    };
    assert_eq!(prometheus, Alarm { source, interval: SECOND * 60, missing: Missing::Unhealthy });
    for (text, comparison) in [("> 80", Comparison::Above), ("<80", Comparison::Below), (" <= 80 ", Comparison::AtMost)]
    {
        let lines = format!("prometheus = \"https://p/\"\nquery = \"x\"\nunhealthy_when = \"{text}\"");
        let Source::Prometheus { breach, periods: 1, .. } = alarm(&lines).source else { panic!("{lines}") };
        assert_eq!(breach, (comparison, Bound(80.0)), "{text}");
    }
    let matchers = vec!["alertname=\"HighCPU\"".into(), "team=~\"web|db\"".into()];
    let alert = "alertmanager = \"http://am:9093\"\nmatchers = ['alertname=\"HighCPU\"', 'team=~\"web|db\"']";
    let source = Source::Alertmanager { url: "http://am:9093".into(), matchers };
    assert_eq!(alarm(alert), Alarm { source, interval: SECOND * 30, missing: Missing::LastKnown });
    let source = Source::File { path: "/run/web.state".into() };
    let file = alarm("file = \"/run/web.state\"\nmissing = \"healthy\"");
    assert_eq!(file, Alarm { source, interval: SECOND * 30, missing: Missing::Healthy });
    let push = alarm("push = true");
    assert_eq!(push, Alarm { source: Source::Push, interval: SECOND * 300, missing: Missing::LastKnown });
    assert_eq!(alarm("push = true\ninterval = 90").interval, SECOND * 90);
}

#[test]
fn keys_of_every_kind_are_read() {
    let kinds = [
        "http = \"http://h/\"",
        "tls = \"h:1\"",
        "icmp = \"h\"",
        "calculated = [\"x\"]\nat_least = 1",
        "given = \"unhealthy\"",
        "push = true",
        "file = \"/f\"",
    ];
    for kind in kinds {
        let plain = check(kind);
        assert_eq!((plain.inverted, plain.disabled, plain.forced), (false, false, None));
        assert_eq!(plain.recovery, Recovery::default());
        let whole = check(&format!(
            "{kind}\ninverted = true\ndisabled = true\nforced = \"down\"\nfailback = \"manual\"\nslow_start = \"2m\""
        ));
        assert_eq!((whole.inverted, whole.disabled, whole.forced), (true, true, Some(Status::Unhealthy)));
        assert_eq!(whole.recovery, Recovery { manual_failback: true, slow_start: Some(SECOND * 120) });
        assert_eq!((whole.kind, whole.id), (plain.kind, CheckId("c".into())));
    }
    assert!(!check("given = \"healthy\"\nfailback = \"automatic\"").recovery.manual_failback);
    let children = vec![CheckId("x".into())];
    assert_eq!(check(kinds[3]).kind, CheckKind::Calculated { children, threshold: 1 });
    assert_eq!(check(kinds[4]).kind, CheckKind::Given { status: Status::Unhealthy });
}

/// Checks are known in every file, whatever their kind.
#[test]
fn checks_belong_to_no_zone() {
    let checks = "[check.page]\nhttp = \"http://h/\"\n[check.all]\ncalculated = [\"page\"]\nat_least = 1\n";
    let zone = "zone = \"z.test\"\n[[record]]\nname = \"@\"\ntype = \"A\"\n\
                multivalue = [{ value = \"192.0.2.1\", check = \"page\" }, { value = \"192.0.2.2\", check = \"all\" }]\n";
    assert_eq!(loaded(&[("checks.toml", checks), ("z.toml", zone)]).warnings, []);
}

#[test]
fn checks_are_refused_when_they_are_not_one_thing() {
    let page = "prometheus = \"http://p/\"\nquery = \"x\"\nunhealthy_when = ";
    for (check, expected) in [
        ("", "says not what is checked"),
        ("http = \"http://h/\"\ntcp = \"h:1\"\ninterval = 5", "has `http` and `tcp`: a check is one thing"),
        ("http = \"https://h/\"", "`http` \"https://h/\" does not begin with http://; write https = \"https://h/\""),
        ("https = \"http://h/\"", "`https` \"http://h/\" does not begin with https://; write http = \"http://h/\""),
        ("http = \"http://h/\"\nhost = \"a b\"", "`host` \"a b\" is neither an address nor a name"),
        ("http = \"http://h/\"\nhost = \"h:80\"", "`host` \"h:80\" is neither an address nor a name"),
        ("http = \"http://h/\"\nsearch = \"\"", "`search` has 0 characters, not 1..=255"),
        ("tcp = \"192.0.2.1\"", "`tcp` \"192.0.2.1\" has no port"),
        ("tcp = \"2001:db8::1:80\"", "`tcp` \"2001:db8::1:80\" is no endpoint"),
        ("tcp = \"192.0.2.1:80\"\nthreshold = 11", "`threshold` 11 is not in 1..=10"),
        ("tcp = \"192.0.2.1:80\"\nthreshold_up = 0", "`threshold_up` 0 is not in 1..=10"),
        ("tcp = \"192.0.2.1:80\"\nsearch = \"x\"", "`search` is not for tcp checks (C-0); it belongs to http, https"),
        ("tcp = \"192.0.2.1:80\"\nresponse_timeout = 1", "`response_timeout` is not for tcp checks"),
        ("http = \"http://h/\"\nserver_name = \"h\"", "`server_name` is not for http checks"),
        ("grpc = \"grpc://h:1\"\ncertificate_horizon = 9", "`certificate_horizon` is not for grpc checks"),
        ("tls = \"h:1\"\nserver_name = \"192.0.2.1\"", "`server_name` \"192.0.2.1\" is an address"),
        ("tls = \"h:1\"\nserver_name = true", "`server_name` is true or false, not a text"),
        ("tls = \"h:1\"\ndegraded_percent = 50", "`degraded_percent` says nothing without `certificate_horizon`"),
        ("tls = \"h:1\"\ncertificate_horizon = \"0s\"", "`certificate_horizon` is not between"),
        ("grpc = \"grpc://h\"", "`grpc` has no port"),
        ("grpc = \"grpc://h:1/a/b\"", "`grpc` asks after \"a/b\", which is no service"),
        ("grpc = \"http://h:1\"", "`grpc` \"http://h:1\" does not begin with grpc:// or grpcs://"),
        ("grpc = \"grpc://h:1\"\nauthority = \"a b\"", "`authority` \"a b\" is no host"),
        ("icmp = \"h:1\"", "`icmp` \"h:1\" is neither an address nor a name"),
        ("dns = \"h\"", "has no `query`"),
        ("dns = \"h\"\nquery = \"a..b\"", "`query` \"a..b\" is no domain name"),
        ("dns = \"h\"\nquery = \"a\"\ntype = \"AA\"", "\"AA\" is no record type; did you mean `A`?"),
        ("dns = \"h\"\nquery = \"a\"\ntype = \"TYPE41\"", "`type` \"TYPE41\" is no type of data"),
        ("dns = \"h\"\nquery = \"a\"\nexpect = \"x\"", "`expect` \"x\" is no A value"),
        ("tcp = \"h:1\"\nhealthy_percent = 100", "`healthy_percent` 100 is not in 0..=99"),
        ("tcp = \"h:1\"\nregions = []", "`regions` names none"),
        ("tcp = \"h:1\"\nregions = [\"a\", \"a\"]", "`regions` names \"a\" twice"),
        ("tcp = \"h:1\"\nregions = [\"a b\"]", "`regions` \"a b\" is no Region"),
        ("prometheus = \"http://p/?x\"\nquery = \"x\"\nunhealthy_when = \"> 1\"", "has a query of its own"),
        ("prometheus = \"p:9090\"\nquery = \"x\"\nunhealthy_when = \"> 1\"", "does not begin with http:// or https://"),
        ("prometheus = \"http://p/\"\nunhealthy_when = \"> 1\"", "has no `query`"),
        ("prometheus = \"http://p/\"\nquery = \"x\"", "has no `unhealthy_when`"),
        (&format!("{page}\"80\""), "`unhealthy_when` \"80\" is no comparison"),
        (&format!("{page}\"== 80\""), "`unhealthy_when` \"== 80\" is no comparison"),
        (&format!("{page}\"> NaN\""), "`unhealthy_when` \"> NaN\" is no comparison"),
        (&format!("{page}\"> 1\"\nperiods = 101"), "`periods` 101 is not in 1..=100"),
        (&format!("{page}\"> 1\"\nmissing = \"down\""), "`missing` cannot be \"down\"; write \"healthy\" or"),
        (&format!("{page}\"> 1\"\nthreshold = 1"), "`threshold` is not for prometheus checks"),
        ("alertmanager = \"http://a/\"", "has no `matchers`"),
        ("alertmanager = \"http://a/\"\nmatchers = []", "`matchers` names no label"),
        ("alertmanager = \"http://a/\"\nmatchers = [\"x\"]", "`matchers` \"x\" is no matcher"),
        ("file = \"state\"", "`file` \"state\" is no absolute path"),
        ("push = false", "`push` is false"),
        ("push = true\ninterval = \"36d\"", "`interval` is not between 1s and 3024000s"),
        ("file = \"/f\"\ninterval = \"2d\"", "`interval` is not between 1s and 86400s"),
        ("calculated = [\"c\"]\nat_least = 257", "`at_least` 257 is not in 0..=256"),
        ("given = \"up\"", "`given` cannot be \"up\"; write \"healthy\" or \"unhealthy\""),
        ("given = \"healthy\"\nforced = \"sideways\"", "`forced` cannot be \"sideways\"; write \"up\" or \"down\""),
        (
            "given = \"healthy\"\nfailback = \"never\"",
            "`failback` cannot be \"never\"; write \"manual\" or \"automatic\"",
        ),
        ("given = \"healthy\"\nslow_start = 0", "`slow_start` is not between 1s and 86400s"),
    ] {
        let found = problems(&[("c.toml", &format!("[check.c]\n{check}\n"))]);
        assert!(!found.is_empty() && found[0].contains("check \"c\": "), "{found:?}");
        let errors: Vec<_> = found.iter().filter(|problem| !problem.contains(": warning: ")).collect();
        assert_eq!(errors.len(), 1, "{check}: {errors:#?}");
        assert!(errors[0].contains(expected), "{}\n{expected}", errors[0]);
    }
}

proptest::proptest! {
    /// The examples of the page on health, each with a slip somewhere: a load or a message, never a panic.
    #[test]
    fn no_check_is_too_strange(
        which in 0usize..64,
        cut in 0usize..700,
        put in "[a-z=\\[\\]{}\",.0-9\\n# :/<>~!-]{0,6}",
        drop in 0usize..8,
    ) {
        let page = include_str!("../../../docs/health.md");
        let blocks: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        let text = changed(blocks[which % blocks.len()], cut, drop, &put);
        if let Err(problems) = load_texts(&[("c.toml", &text)], &Options::default()) {
            proptest::prop_assert!(problems.iter().any(crate::model::Problem::is_error));
        }
    }
}

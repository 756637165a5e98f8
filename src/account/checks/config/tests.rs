//! Configurations of health checks, there and back.

use super::*;
use crate::model::check::Missing;
use std::time::Duration;

fn http() -> HealthCheckConfig {
    HealthCheckConfig {
        r#type: "HTTP".to_owned(),
        ip_address: Some("192.0.2.1".to_owned()),
        ..HealthCheckConfig::default()
    }
}

fn kind(kind: &str) -> HealthCheckConfig {
    HealthCheckConfig { r#type: kind.to_owned(), ..HealthCheckConfig::default() }
}

fn alarm() -> Alarm {
    Alarm {
        source: Source::Prometheus {
            url: "http://192.0.2.9".into(),
            query: "up".into(),
            breach: (Comparison::Below, Bound(1.0)),
            periods: 2,
        },
        interval: Duration::from_secs(60),
        missing: Missing::LastKnown,
    }
}

fn judged(config: &HealthCheckConfig) -> Result<(), String> {
    let calculated = |id: &str| match id {
        "there" | "other" => Some(false),
        "sum" => Some(true),
        _ => None,
    };
    let alarms = BTreeMap::from([("cpu".into(), alarm())]);
    let around = Surroundings { calculated: &calculated, alarms: &alarms };
    judge(config, &around).map_err(|error| {
        assert_eq!(error.code, Code::InvalidInput);
        error.message
    })
}

#[test]
fn defaults_are_echoed() {
    // api.md §3: what Terraform compares with.
    let echoed = completed(http());
    let expected = HealthCheckConfig {
        port: Some(80),
        request_interval: Some(30),
        failure_threshold: Some(3),
        measure_latency: Some(false),
        inverted: Some(false),
        disabled: Some(false),
        enable_sni: Some(false),
        ..http()
    };
    assert_eq!(echoed, expected);
    let tls = completed(HealthCheckConfig { r#type: "HTTPS_STR_MATCH".to_owned(), ..http() });
    assert_eq!((tls.port, tls.enable_sni), (Some(443), Some(true)));
    let sum = completed(kind("CALCULATED"));
    assert_eq!((sum.port, sum.request_interval, sum.inverted, sum.disabled), (None, None, Some(false), Some(false)));
    assert_eq!(completed(echoed.clone()), echoed);
}

#[test]
fn a_repeated_request_is_known_by_what_it_means() {
    // C-29, T297
    let regions = |list: &[&str]| Some(list.iter().map(|region| (*region).to_owned()).collect());
    let before = HealthCheckConfig { regions: regions(&["us-east-1", "eu-west-1", "sa-east-1"]), ..http() };
    let again =
        HealthCheckConfig { regions: regions(&["sa-east-1", "us-east-1", "eu-west-1"]), port: Some(80), ..http() };
    assert!(is_repeated(&completed(before.clone()), &again));
    assert!(!is_repeated(&before, &HealthCheckConfig { port: Some(81), ..before.clone() }));
    assert!(!is_repeated(&before, &http()));
    assert!(is_repeated(&http(), &HealthCheckConfig { child_health_checks: Some(Vec::new()), ..http() }));
}

#[test]
fn every_type_says_what_is_wrong_with_it() {
    // §5.1, C-0, T294; the messages of api.md §3
    assert_eq!(judged(&http()), Ok(()));
    let with = |change: fn(&mut HealthCheckConfig)| {
        let mut config = http();
        change(&mut config);
        judged(&config).unwrap_err()
    };
    assert!(
        with(|c| c.request_interval = Some(20))
            .contains("Value '20' is not facet-valid with respect to enumeration '[10, 30]'")
    );
    assert_eq!(
        with(|c| {
            c.r#type = "TCP".to_owned();
            c.port = Some(80);
            c.fully_qualified_domain_name = Some("example.com".to_owned());
        }),
        "TCP health checks that have IP address must not have a fully qualified domain name specified."
    );
    assert_eq!(
        with(|c| c.alarm_identifier = Some(AlarmIdentifier { region: "us-east-1".to_owned(), name: "cpu".to_owned() })),
        "Invalid parameter : Basic health checks must not have an metric region specified."
    );
    assert_eq!(
        with(|c| c.ip_address = None),
        "Invalid parameter : HTTP health checks must have an IP address or a fully qualified domain name specified."
    );
    assert!(with(|c| c.r#type = "TCP".to_owned()).contains("must have a port"));
    assert!(with(|c| c.r#type = "HTTP_STR_MATCH".to_owned()).contains("must have a search string"));
    assert!(with(|c| c.search_string = Some("ok".to_owned())).contains("must not have a search string"));
    assert!(with(|c| c.enable_sni = Some(true)).contains("must not have SNI"));
    assert!(with(|c| c.resource_path = Some("/a b".to_owned())).contains("resource path"));
    assert!(with(|c| c.ip_address = Some("192.0.2".to_owned())).contains("not a valid IP address"));
    assert!(with(|c| c.fully_qualified_domain_name = Some("http://x..y/".to_owned())).contains("not a valid fully"));
    assert!(with(|c| c.regions = Some(vec!["us-east-1".to_owned(); 3])).contains("more than once"));
    let several = with(|c| {
        c.health_threshold = Some(1);
        c.request_interval = Some(20);
    });
    assert!(several.starts_with("[Invalid parameter : HTTP") && several.ends_with("enumeration.]"), "{several}");
    assert!(judged(&kind("RECOVERY_CONTROL")).unwrap_err().contains("Routing control"), "C-27");
}

#[test]
fn children_are_there_and_not_calculated() {
    // C-25, T292, X-03
    let sum = |children: &[&str]| HealthCheckConfig {
        health_threshold: Some(1),
        child_health_checks: Some(children.iter().map(|child| (*child).to_owned()).collect()),
        ..kind("CALCULATED")
    };
    assert_eq!(judged(&sum(&["there", "other"])), Ok(()));
    let words = "Invalid parameter : Child health check IDs do not exist or are deleted: ";
    assert_eq!(judged(&sum(&["there", "gone", "sum"])).unwrap_err(), format!("{words}gone, sum"));
    assert!(judged(&sum(&["there", "there"])).unwrap_err().contains("more than once"));
    let mut many = sum(&[]);
    many.child_health_checks = Some((0..256).map(|n| n.to_string()).collect());
    assert!(judged(&many).unwrap_err().contains("256 child health checks"));
    assert!(judged(&kind("CALCULATED")).unwrap_err().contains("health threshold"));
    assert!(judged(&HealthCheckConfig { port: Some(80), ..sum(&[]) }).unwrap_err().contains("must not have a port"));
}

#[test]
fn alarms_are_those_of_the_configuration() {
    // C-26
    let named = |name: &str| HealthCheckConfig {
        alarm_identifier: Some(AlarmIdentifier { region: "us-east-1".to_owned(), name: name.to_owned() }),
        ..kind("CLOUDWATCH_METRIC")
    };
    assert_eq!(judged(&named("cpu")), Ok(()));
    assert!(judged(&named("disk")).unwrap_err().contains("CloudWatch alarm disk in us-east-1 cannot be found"));
    assert!(judged(&kind("CLOUDWATCH_METRIC")).unwrap_err().contains("must have an alarm identifier"));
    let told = alarm_configuration(&alarm()).unwrap();
    assert_eq!((told.evaluation_periods, told.period, told.threshold), (2, 60, 1.0));
    assert_eq!((&*told.comparison_operator, &*told.metric_name), ("LessThanThreshold", "up"));
}

fn made(config: HealthCheckConfig) -> HealthCheck {
    HealthCheck {
        id: "c".to_owned(),
        caller_reference: "r".to_owned(),
        health_check_config: completed(config),
        health_check_version: 2,
        ..HealthCheck::default()
    }
}

#[test]
fn updates_touch_what_they_name() {
    // C-30, C-31, T296
    let check = made(HealthCheckConfig {
        fully_qualified_domain_name: Some("example.com".to_owned()),
        resource_path: Some("/x".to_owned()),
        ..http()
    });
    let update = UpdateHealthCheckRequest {
        failure_threshold: Some(5),
        disabled: Some(true),
        reset_elements: Some(vec!["FullyQualifiedDomainName".to_owned(), "ResourcePath".to_owned()]),
        health_check_version: Some(2),
        ..UpdateHealthCheckRequest::default()
    };
    let now = updated(&check, update.clone()).unwrap();
    assert_eq!(now.health_check_version, 3);
    let mut expected = check.health_check_config.clone();
    (expected.failure_threshold, expected.disabled) = (Some(5), Some(true));
    (expected.fully_qualified_domain_name, expected.resource_path) = (None, None);
    assert_eq!(now.health_check_config, expected);

    let old = UpdateHealthCheckRequest { health_check_version: Some(1), ..update.clone() };
    let refused = updated(&check, old).unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::HealthCheckVersionMismatch, 409), "T296");
    let both = UpdateHealthCheckRequest { resource_path: Some("/y".to_owned()), ..update };
    assert!(updated(&check, both).unwrap_err().message.contains("both specified and reset"));

    let by_name = made(HealthCheckConfig {
        ip_address: None,
        fully_qualified_domain_name: Some("example.com".to_owned()),
        ..http()
    });
    let address =
        UpdateHealthCheckRequest { ip_address: Some("192.0.2.2".to_owned()), ..UpdateHealthCheckRequest::default() };
    assert!(updated(&by_name, address.clone()).unwrap_err().message.contains("cannot be added"));
    assert_eq!(updated(&check, address).unwrap().health_check_config.ip_address.as_deref(), Some("192.0.2.2"));
    let unnamed = UpdateHealthCheckRequest {
        reset_elements: Some(vec!["FullyQualifiedDomainName".to_owned()]),
        ..UpdateHealthCheckRequest::default()
    };
    assert!(updated(&by_name, unnamed).unwrap_err().message.contains("only if an IP address"));
}

//! Health checks as API clients make and change them: what is taken, what is filled in, what a second word means
//! (§5.1, §5.7).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::model::Name;
use crate::model::check::{Alarm, Bound, Comparison, Source};
use crate::route53::{
    AlarmIdentifier, ApiError, CloudWatchAlarmConfiguration, Code, HealthCheck, HealthCheckConfig,
    UpdateHealthCheckRequest,
};

/// The most children of a calculated check (X-03).
const MAX_CHILDREN: usize = 255;

/// What a configuration is judged by besides itself.
pub struct Surroundings<'a> {
    /// Whether a check of this id is there, and calculated.
    pub calculated: &'a dyn Fn(&str) -> Option<bool>,
    /// What CloudWatch alarms are followed by (C-26).
    pub alarms: &'a BTreeMap<Arc<str>, Alarm>,
}

/// Whether a type's checks are made by probing an endpoint.
pub fn is_endpoint(kind: &str) -> bool {
    kind == "TCP" || is_http(kind)
}

fn is_http(kind: &str) -> bool {
    kind.starts_with("HTTP")
}

fn is_tls(kind: &str) -> bool {
    kind.starts_with("HTTPS")
}

/// The configuration as it is echoed: with the defaults that Route 53 fills in (§5.1).
pub fn completed(mut config: HealthCheckConfig) -> HealthCheckConfig {
    config.inverted.get_or_insert(false);
    config.disabled.get_or_insert(false);
    if is_endpoint(&config.r#type) {
        if is_http(&config.r#type) {
            config.port.get_or_insert(if is_tls(&config.r#type) { 443 } else { 80 });
        }
        config.request_interval.get_or_insert(30);
        config.failure_threshold.get_or_insert(3);
        config.measure_latency.get_or_insert(false);
        config.enable_sni.get_or_insert(is_tls(&config.r#type));
    }
    config
}

/// Whether a request that repeats a caller's reference says the same again (C-29): lists are sets.
pub fn is_repeated(before: &HealthCheckConfig, again: &HealthCheckConfig) -> bool {
    let sorted = |config: &HealthCheckConfig| {
        let mut config = completed(config.clone());
        for list in [&mut config.regions, &mut config.child_health_checks] {
            *list = list.take().filter(|list| !list.is_empty());
            list.iter_mut().for_each(|list| list.sort());
        }
        config
    };
    sorted(before) == sorted(again)
}

/// Refuses a configuration with everything that is wrong with it (C-0, T294).
pub fn judge(config: &HealthCheckConfig, around: &Surroundings<'_>) -> Result<(), ApiError> {
    let mut faults = Vec::new();
    foreign(config, &mut faults);
    match &*config.r#type {
        "CALCULATED" => calculated(config, around, &mut faults),
        "CLOUDWATCH_METRIC" => metric(config, around, &mut faults),
        "RECOVERY_CONTROL" => {
            let arn = config.routing_control_arn.as_deref().unwrap_or_default();
            faults.push(format!(
                "Invalid parameter : Routing control {arn} cannot be followed: there is no Application Recovery \
                 Controller here. Make an endpoint check and force it with `waymark health override` instead"
            ));
        }
        _ => endpoint(config, &mut faults),
    }
    match &faults[..] {
        [] => Ok(()),
        [one] => Err(ApiError::invalid_input(one.clone())),
        several => Err(ApiError::invalid_input(format!("[{}]", several.join(", ")))),
    }
}

/// What a type may not say is refused, unless it says nothing (C-0).
fn foreign(config: &HealthCheckConfig, faults: &mut Vec<String>) {
    let kind = &*config.r#type;
    let (probed, http, tls) = (is_endpoint(kind), is_http(kind), is_tls(kind));
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let listed = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if config.alarm_identifier.is_some() && probed {
        faults.push("Invalid parameter : Basic health checks must not have an metric region specified.".to_owned());
    }
    let members = [
        ("an IP address", probed, said(&config.ip_address)),
        ("a port", probed, config.port.is_some()),
        ("a fully qualified domain name", probed, said(&config.fully_qualified_domain_name)),
        ("a request interval", probed, config.request_interval.is_some()),
        ("a failure threshold", probed, config.failure_threshold.is_some()),
        ("latency measurement", probed, config.measure_latency == Some(true)),
        ("regions", probed, listed(&config.regions)),
        ("a resource path", http, said(&config.resource_path)),
        ("a search string", kind.ends_with("STR_MATCH"), said(&config.search_string)),
        ("SNI", tls, config.enable_sni == Some(true)),
        ("child health checks", kind == "CALCULATED", listed(&config.child_health_checks)),
        ("a health threshold", kind == "CALCULATED", config.health_threshold.is_some()),
        ("an alarm identifier", probed || kind == "CLOUDWATCH_METRIC", config.alarm_identifier.is_some()),
        (
            "an insufficient data health status",
            kind == "CLOUDWATCH_METRIC",
            config.insufficient_data_health_status.is_some(),
        ),
        ("a routing control ARN", kind == "RECOVERY_CONTROL", said(&config.routing_control_arn)),
    ];
    for (what, _, _) in members.into_iter().filter(|(_, own, said)| !own && *said) {
        faults.push(format!("Invalid parameter : {kind} health checks must not have {what} specified."));
    }
}

fn endpoint(config: &HealthCheckConfig, faults: &mut Vec<String>) {
    let kind = &*config.r#type;
    let ip = config.ip_address.as_deref().filter(|text| !text.is_empty());
    let name = config.fully_qualified_domain_name.as_deref().filter(|text| !text.is_empty());
    match (ip, name) {
        (None, None) => faults.push(format!(
            "Invalid parameter : {kind} health checks must have an IP address or a fully qualified domain name specified."
        )),
        (Some(_), Some(_)) if kind == "TCP" => faults.push(
            "TCP health checks that have IP address must not have a fully qualified domain name specified.".to_owned(),
        ),
        _ => {}
    }
    if let Some(ip) = ip.filter(|ip| ip.parse::<IpAddr>().is_err()) {
        faults.push(format!("Invalid parameter : {ip} is not a valid IP address."));
    }
    if name.is_some_and(|name| Name::parse(name, Some(&Name::root())).is_err()) {
        let name = name.unwrap_or_default();
        faults.push(format!("Invalid parameter : {name} is not a valid fully qualified domain name."));
    }
    if kind == "TCP" && config.port.is_none() {
        faults.push("Invalid parameter : TCP health checks must have a port specified.".to_owned());
    }
    if let Some(interval) = config.request_interval.filter(|interval| ![10, 30].contains(interval)) {
        faults.push(format!(
            "Invalid XML ; javax.xml.stream.XMLStreamException: org.xml.sax.SAXParseException; cvc-enumeration-valid: \
             Value '{interval}' is not facet-valid with respect to enumeration '[10, 30]'. It must be a value from the \
             enumeration."
        ));
    }
    // What is sent in a request's head must be one word of it.
    if config.resource_path.as_ref().is_some_and(|path| !path.bytes().all(|octet| octet.is_ascii_graphic())) {
        faults.push("Invalid parameter : The resource path must be printable ASCII without blanks.".to_owned());
    }
    if kind.ends_with("STR_MATCH") && config.search_string.as_ref().is_none_or(String::is_empty) {
        faults.push(format!("Invalid parameter : {kind} health checks must have a search string specified."));
    }
    if let Some(twice) = config.regions.as_deref().and_then(twice) {
        faults.push(format!("Invalid parameter : Region {twice} is specified more than once."));
    }
}

fn calculated(config: &HealthCheckConfig, around: &Surroundings<'_>, faults: &mut Vec<String>) {
    if config.health_threshold.is_none() {
        faults.push("Invalid parameter : CALCULATED health checks must have a health threshold specified.".to_owned());
    }
    let children = config.child_health_checks.as_deref().unwrap_or_default();
    if children.len() > MAX_CHILDREN {
        let count = children.len();
        faults
            .push(format!("Invalid parameter : {count} child health checks are specified, more than {MAX_CHILDREN}."));
    }
    if let Some(twice) = twice(children) {
        faults.push(format!("Invalid parameter : Child health check {twice} is specified more than once."));
    }
    // A calculated child is refused in the very same words (C-25, T292).
    let missing: Vec<_> =
        children.iter().filter(|child| (around.calculated)(child) != Some(false)).map(String::as_str).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        faults.push(format!("Invalid parameter : Child health check IDs do not exist or are deleted: {missing}"));
    }
}

fn metric(config: &HealthCheckConfig, around: &Surroundings<'_>, faults: &mut Vec<String>) {
    match &config.alarm_identifier {
        None => faults.push(
            "Invalid parameter : CLOUDWATCH_METRIC health checks must have an alarm identifier specified.".to_owned(),
        ),
        Some(AlarmIdentifier { region, name }) if !around.alarms.contains_key(&**name) => faults.push(format!(
            "Invalid parameter : CloudWatch alarm {name} in {region} cannot be found: [alarm.\"{name}\"] in the server's \
             configuration says what stands in for it"
        )),
        Some(_) => {}
    }
}

fn twice(list: &[String]) -> Option<&String> {
    let mut seen = BTreeSet::new();
    list.iter().find(|item| !seen.insert(*item))
}

/// The check as an update leaves it, its version one higher (C-30, C-31); judged by nothing but the update's own rules.
pub fn updated(check: &HealthCheck, update: UpdateHealthCheckRequest) -> Result<HealthCheck, ApiError> {
    let UpdateHealthCheckRequest {
        health_check_id: _,
        health_check_version,
        ip_address,
        port,
        resource_path,
        fully_qualified_domain_name,
        search_string,
        failure_threshold,
        inverted,
        disabled,
        health_threshold,
        child_health_checks,
        enable_sni,
        regions,
        alarm_identifier,
        insufficient_data_health_status,
        reset_elements,
    } = update;
    if let Some(version) = health_check_version.filter(|version| *version != check.health_check_version) {
        return Err(ApiError::new(
            Code::HealthCheckVersionMismatch,
            format!(
                "The value of HealthCheckVersion in the request, {version}, doesn't match the value of HealthCheckVersion \
                 in the health check, {}.",
                check.health_check_version
            ),
        ));
    }
    let mut check = check.clone();
    let config = &mut check.health_check_config;
    if ip_address.is_some() && config.ip_address.is_none() && is_endpoint(&config.r#type) {
        let what = "Invalid parameter : An IP address cannot be added to a health check that was created without one.";
        return Err(ApiError::invalid_input(what));
    }
    for element in reset_elements.unwrap_or_default() {
        let supplied = match &*element {
            "FullyQualifiedDomainName" => fully_qualified_domain_name.is_some(),
            "Regions" => regions.is_some(),
            "ResourcePath" => resource_path.is_some(),
            _ => child_health_checks.is_some(),
        };
        if supplied {
            let what = format!("Invalid parameter : {element} cannot be both specified and reset.");
            return Err(ApiError::invalid_input(what));
        }
        match &*element {
            "FullyQualifiedDomainName" if config.ip_address.is_none() && is_endpoint(&config.r#type) => {
                let what =
                    "Invalid parameter : FullyQualifiedDomainName can be reset only if an IP address is specified.";
                return Err(ApiError::invalid_input(what));
            }
            "FullyQualifiedDomainName" => config.fully_qualified_domain_name = None,
            "Regions" => config.regions = None,
            "ResourcePath" => config.resource_path = None,
            _ => config.child_health_checks = None,
        }
    }
    fn set<T>(into: &mut Option<T>, value: Option<T>) {
        if value.is_some() {
            *into = value;
        }
    }
    set(&mut config.ip_address, ip_address);
    set(&mut config.port, port);
    set(&mut config.resource_path, resource_path);
    set(&mut config.fully_qualified_domain_name, fully_qualified_domain_name);
    set(&mut config.search_string, search_string);
    set(&mut config.failure_threshold, failure_threshold);
    set(&mut config.inverted, inverted);
    set(&mut config.disabled, disabled);
    set(&mut config.health_threshold, health_threshold);
    set(&mut config.child_health_checks, child_health_checks);
    set(&mut config.enable_sni, enable_sni);
    set(&mut config.regions, regions);
    set(&mut config.alarm_identifier, alarm_identifier);
    set(&mut config.insufficient_data_health_status, insufficient_data_health_status);
    check.health_check_version += 1;
    Ok(check)
}

/// What is told of the alarm that a check follows, where it is one of values (C-26).
pub fn alarm_configuration(alarm: &Alarm) -> Option<CloudWatchAlarmConfiguration> {
    let Source::Prometheus { url: _, query, breach: (comparison, Bound(threshold)), periods } = &alarm.source else {
        return None;
    };
    let comparison = match comparison {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    };
    Some(CloudWatchAlarmConfiguration {
        evaluation_periods: i64::from(*periods),
        threshold: *threshold,
        comparison_operator: comparison.to_owned(),
        period: i64::try_from(alarm.interval.as_secs()).unwrap_or(i64::MAX),
        metric_name: query.to_string(),
        namespace: "Prometheus".to_owned(),
        statistic: "Average".to_owned(),
        dimensions: None,
    })
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            (sum.port, sum.request_interval, sum.inverted, sum.disabled),
            (None, None, Some(false), Some(false))
        );
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
            with(|c| c.alarm_identifier =
                Some(AlarmIdentifier { region: "us-east-1".to_owned(), name: "cpu".to_owned() })),
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
        assert!(
            with(|c| c.fully_qualified_domain_name = Some("http://x..y/".to_owned())).contains("not a valid fully")
        );
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
        assert!(
            judged(&HealthCheckConfig { port: Some(80), ..sum(&[]) }).unwrap_err().contains("must not have a port")
        );
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
        let address = UpdateHealthCheckRequest {
            ip_address: Some("192.0.2.2".to_owned()),
            ..UpdateHealthCheckRequest::default()
        };
        assert!(updated(&by_name, address.clone()).unwrap_err().message.contains("cannot be added"));
        assert_eq!(updated(&check, address).unwrap().health_check_config.ip_address.as_deref(), Some("192.0.2.2"));
        let unnamed = UpdateHealthCheckRequest {
            reset_elements: Some(vec!["FullyQualifiedDomainName".to_owned()]),
            ..UpdateHealthCheckRequest::default()
        };
        assert!(updated(&by_name, unnamed).unwrap_err().message.contains("only if an IP address"));
    }
}

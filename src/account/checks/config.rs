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

/// The most children of a calculated check.
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
mod tests;

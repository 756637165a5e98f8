//! Health checks as `list-health-checks` prints them, as far as Route 53 has words for them (§5.1).

use std::net::IpAddr;
use std::time::Duration;

use crate::model::HealthCheck;
use crate::model::check::{CheckKind, Endpoint, Protocol, Recovery, Thresholds, Tls};
use crate::route53::HealthCheckConfig;

/// What Route 53 would say of a check, and what it has no words for, a clause each; `None` where it has no such kind.
pub fn health_check_config(check: &HealthCheck) -> (Option<HealthCheckConfig>, Vec<String>) {
    let mut losses = Vec::new();
    let config = match &check.kind {
        CheckKind::Endpoint(endpoint) => self::endpoint(endpoint, &mut losses),
        CheckKind::Calculated { children, threshold } => Some(HealthCheckConfig {
            r#type: "CALCULATED".to_owned(),
            child_health_checks: Some(children.iter().map(|child| child.0.as_ref().to_owned()).collect()),
            health_threshold: Some(i64::from(*threshold)),
            ..HealthCheckConfig::default()
        }),
        CheckKind::Alarm(_) | CheckKind::Given { .. } => None,
    };
    if check.forced.is_some() {
        losses.push("`forced`".to_owned());
    }
    if check.recovery != Recovery::default() {
        losses.push("`failback` and `slow_start`".to_owned());
    }
    let config = config.map(|config| HealthCheckConfig {
        inverted: Some(check.inverted),
        disabled: Some(check.disabled),
        ..config
    });
    (config, losses)
}

fn endpoint(endpoint: &Endpoint, losses: &mut Vec<String>) -> Option<HealthCheckConfig> {
    let mut config = HealthCheckConfig { port: Some(i64::from(endpoint.port)), ..HealthCheckConfig::default() };
    let is_address = endpoint.host.parse::<IpAddr>().is_ok();
    let host = Some(endpoint.host.as_ref().to_owned());
    match is_address {
        true => config.ip_address = host,
        false => config.fully_qualified_domain_name = host,
    }
    let usual = Endpoint::new(endpoint.protocol.clone(), endpoint.host.clone(), endpoint.port);
    match &endpoint.protocol {
        Protocol::Tcp => config.r#type = "TCP".to_owned(),
        Protocol::Http { path, host_header, search, tls } => {
            config.r#type = match (tls, search) {
                (None, None) => "HTTP",
                (None, Some(_)) => "HTTP_STR_MATCH",
                (Some(_), None) => "HTTPS",
                (Some(_), Some(_)) => "HTTPS_STR_MATCH",
            }
            .to_owned();
            config.resource_path = Some(path.as_ref().to_owned());
            config.search_string = search.as_deref().map(str::to_owned);
            match host_header {
                Some(name) if is_address => config.fully_qualified_domain_name = Some(name.as_ref().to_owned()),
                Some(_) => losses.push("`host` of an endpoint that is given by name".to_owned()),
                None => {}
            }
            if let Some(Tls { server_name, horizon }) = tls {
                config.enable_sni = Some(server_name.is_some());
                if server_name.is_some() && server_name.as_deref() != config.fully_qualified_domain_name.as_deref() {
                    losses.push("`server_name` other than the host's name".to_owned());
                }
                if horizon.is_some() {
                    losses.push("`certificate_horizon`".to_owned());
                }
            }
        }
        Protocol::Tls(_) | Protocol::Grpc { .. } | Protocol::Icmp | Protocol::Dns { .. } => return None,
    }
    let Thresholds { down, up } = endpoint.thresholds;
    config.failure_threshold = Some(i64::from(down));
    if down != up {
        losses.push("`threshold_up` other than `threshold_down`".to_owned());
    }
    // The nearest of the two there are.
    config.request_interval = Some(if endpoint.interval < Duration::from_secs(20) { 10 } else { 30 });
    if ![10, 30].map(Duration::from_secs).contains(&endpoint.interval) {
        losses.push("`interval` other than 10 or 30 seconds".to_owned());
    }
    let timeouts = |endpoint: &Endpoint| (endpoint.connect_timeout, endpoint.response_timeout);
    if timeouts(endpoint) != timeouts(&usual) {
        losses.push("timeouts".to_owned());
    }
    if endpoint.healthy_percent.is_some() {
        losses.push("`healthy_percent`".to_owned());
    }
    config.regions = Some(endpoint.regions.iter().map(|region| region.as_ref().to_owned()).collect());
    config.regions = config.regions.filter(|regions: &Vec<String>| !regions.is_empty());
    Some(config)
}

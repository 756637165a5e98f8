//! Health checks: made, changed, deleted, and what their checkers say right now (§5.1, §5.7, §5.8).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::Arc;

use super::beside::Beside;
use crate::account::{Account, checks, refusal};
use crate::health::stamp::Stamp;
use crate::health::{Cast, View};
use crate::model::CheckId;
use crate::model::check::CheckKind;
use crate::model::fleet::Plan;
use crate::route53::{
    ApiError, Caller, CreateHealthCheckRequest, CreateHealthCheckResponse, DeleteHealthCheckRequest,
    DeleteHealthCheckResponse, GetCheckerIpRangesRequest, GetCheckerIpRangesResponse, GetHealthCheckCountRequest,
    GetHealthCheckCountResponse, GetHealthCheckLastFailureReasonRequest, GetHealthCheckLastFailureReasonResponse,
    GetHealthCheckRequest, GetHealthCheckResponse, GetHealthCheckStatusRequest, GetHealthCheckStatusResponse,
    HealthCheckObservation, ListHealthChecksRequest, ListHealthChecksResponse, StatusReport, UpdateHealthCheckRequest,
    UpdateHealthCheckResponse,
};

/// Makes a check; the fleet probes it as soon as this returns.
pub fn create_health_check(
    account: &Account,
    caller: &Caller,
    input: CreateHealthCheckRequest,
) -> Result<CreateHealthCheckResponse, ApiError> {
    account.transact(caller, "CreateHealthCheck", |draft| checks::create(draft, input))
}

/// Changes what is named of a check.
pub fn update_health_check(
    account: &Account,
    caller: &Caller,
    input: UpdateHealthCheckRequest,
) -> Result<UpdateHealthCheckResponse, ApiError> {
    let health_check = account.transact(caller, "UpdateHealthCheck", |draft| checks::update(draft, input))?;
    Ok(UpdateHealthCheckResponse { health_check })
}

/// Deletes a check, in use or not (C-32).
pub fn delete_health_check(
    account: &Account,
    caller: &Caller,
    input: DeleteHealthCheckRequest,
) -> Result<DeleteHealthCheckResponse, ApiError> {
    account.transact(caller, "DeleteHealthCheck", |draft| checks::delete(draft, &input.health_check_id))?;
    Ok(DeleteHealthCheckResponse {})
}

/// One check.
pub fn get_health_check(
    account: &Account,
    _: &Caller,
    input: GetHealthCheckRequest,
) -> Result<GetHealthCheckResponse, ApiError> {
    let settings = account.settings();
    let health_check = account.read(|reader| checks::find(reader, &settings, &input.health_check_id))?;
    Ok(GetHealthCheckResponse { health_check })
}

/// Checks by id.
pub fn list_health_checks(
    account: &Account,
    _: &Caller,
    input: ListHealthChecksRequest,
) -> Result<ListHealthChecksResponse, ApiError> {
    let settings = account.settings();
    account.read(|reader| checks::list(reader, &settings, input))
}

/// How many checks there are.
pub fn get_health_check_count(
    account: &Account,
    _: &Caller,
    _: GetHealthCheckCountRequest,
) -> Result<GetHealthCheckCountResponse, ApiError> {
    Ok(GetHealthCheckCountResponse { health_check_count: account.read(checks::count) })
}

/// What every checker found last (C-35, C-37).
pub fn get_health_check_status(
    account: &Account,
    beside: &Beside,
    _: &Caller,
    input: GetHealthCheckStatusRequest,
) -> Result<GetHealthCheckStatusResponse, ApiError> {
    let view = view(account, beside, &input.health_check_id)?;
    let told = |cast: &Cast| cast.vote.as_ref().map(|vote| (vote.report.to_string(), Stamp::from(vote.at)));
    let health_check_observations = view.map(|view| observations(&view, &(beside.plan)(), told)).unwrap_or_default();
    Ok(GetHealthCheckStatusResponse { health_check_observations })
}

/// What every checker found when a probe of it last failed (C-35, C-36).
pub fn get_health_check_last_failure_reason(
    account: &Account,
    beside: &Beside,
    _: &Caller,
    input: GetHealthCheckLastFailureReasonRequest,
) -> Result<GetHealthCheckLastFailureReasonResponse, ApiError> {
    let view = view(account, beside, &input.health_check_id)?;
    let told = |cast: &Cast| match &cast.failure {
        Some(vote) => Some((vote.report.to_string(), Stamp::from(vote.at))),
        None => {
            let since = cast.called;
            let words = format!(
                "The health check endpoint has not failed since the Route 53 health checker for this endpoint restarted \
                 at {since}"
            );
            Some((words, since))
        }
    };
    let health_check_observations = view.map(|view| observations(&view, &(beside.plan)(), told)).unwrap_or_default();
    Ok(GetHealthCheckLastFailureReasonResponse { health_check_observations })
}

/// The addresses that probes come from (C-5).
pub fn get_checker_ip_ranges(
    _: &Account,
    beside: &Beside,
    _: &Caller,
    _: GetCheckerIpRangesRequest,
) -> Result<GetCheckerIpRangesResponse, ApiError> {
    let plan = (beside.plan)();
    let mut addresses: Vec<IpAddr> = plan.checkers.iter().filter_map(|checker| checker.source).collect();
    if plan.checkers.iter().any(|checker| checker.source.is_none()) {
        addresses.extend(SOMEWHERE.into_iter().filter_map(source_towards));
    }
    addresses.sort();
    addresses.dedup();
    let range = |address: IpAddr| format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
    Ok(GetCheckerIpRangesResponse { checker_ip_ranges: addresses.into_iter().map(range).collect() })
}

/// Addresses of the documentation (RFC 5737, RFC 3849): what leads there leads anywhere.
const SOMEWHERE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// The address that the system would ask this one from; nothing is sent.
fn source_towards(address: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((address, 9)).ok()?;
    socket.local_addr().ok().map(|local| local.ip()).filter(|ip| !ip.is_unspecified())
}

/// What is known of a check that has observations; calculated ones have none (T299).
fn view(account: &Account, beside: &Beside, id: &str) -> Result<Option<View>, ApiError> {
    let world = account.world();
    let is_calculated = account.read(|reader| checks::is_calculated(reader, &world, id));
    match is_calculated {
        None => Err(refusal::no_such_check(id)),
        Some(true) => Err(ApiError::invalid_input(format!(
            "Invalid parameter : health check {id} is calculated, so that no health checker observes it"
        ))),
        Some(false) => Ok((beside.view)(&CheckId(id.into()))),
    }
}

/// An observation for every checker that has something to tell.
fn observations(
    view: &View,
    plan: &Plan,
    told: impl Fn(&Cast) -> Option<(String, Stamp)>,
) -> Vec<HealthCheckObservation> {
    let target = match &view.check.kind {
        CheckKind::Endpoint(endpoint) => endpoint.host.parse().ok(),
        CheckKind::Alarm(_) | CheckKind::Calculated { .. } | CheckKind::Given { .. } => None,
    };
    let observation = |(name, cast): (&Arc<str>, &Cast)| {
        let (status, checked_time) = told(cast)?;
        let checker = plan.checkers.iter().find(|checker| checker.name == *name);
        let source = checker.and_then(|checker| checker.source);
        let address = source.or_else(|| source_towards(target.unwrap_or(SOMEWHERE[0])));
        Some(HealthCheckObservation {
            region: checker.and_then(|checker| checker.region.as_ref()).map(|region| region.to_string()),
            ip_address: address.map(|address| address.to_string()),
            status_report: Some(StatusReport { status: Some(status), checked_time: Some(checked_time.to_string()) }),
        })
    };
    view.ballot.casts().filter_map(observation).collect()
}

//! What the account may hold, and how much of it is used (§2.6).

use super::zone::Zone;
use super::{Reader, Settings, delegation, filed, refusal, traffic};
use crate::model::Visibility;
use crate::route53::{
    AccountLimit, ApiError, Code, DelegationSet, GetAccountLimitResponse, GetHostedZoneLimitResponse,
    GetReusableDelegationSetLimitResponse, HealthCheck, HostedZoneLimit, ResourceRecordSet, ReusableDelegationSetLimit,
    bare_id,
};
use crate::snapshot::World;

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn limit(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit of the account and how much of it is used. What files define is the operator's own and not counted.
pub fn of_account(reader: Reader<'_>, settings: &Settings, kind: &str) -> Result<GetAccountLimitResponse, ApiError> {
    let quotas = &settings.quotas;
    let (value, count) = match kind {
        "MAX_HEALTH_CHECKS_BY_OWNER" => (quotas.health_checks, reader.count::<HealthCheck>("")),
        "MAX_HOSTED_ZONES_BY_OWNER" => (quotas.hosted_zones, reader.count::<Zone>("")),
        "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER" => (quotas.delegation_sets, reader.count::<DelegationSet>("")),
        "MAX_TRAFFIC_POLICIES_BY_OWNER" => {
            let policies = traffic::policy::listed(reader, None);
            (quotas.traffic_policies, policies.map_or(0, Iterator::count))
        }
        "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER" => {
            (quotas.traffic_policy_instances, reader.count::<traffic::instance::Instance>(""))
        }
        _ => return Err(ApiError::invalid_input(format!("Invalid parameter : there is no limit {kind}"))),
    };
    let limit = AccountLimit { r#type: kind.to_owned(), value: limit(value) };
    Ok(GetAccountLimitResponse { limit, count: whole(count) })
}

/// A limit of a zone and how much of it is used.
pub fn of_zone(
    reader: Reader<'_>,
    world: &World,
    settings: &Settings,
    id: &str,
    kind: &str,
) -> Result<GetHostedZoneLimitResponse, ApiError> {
    let id = bare_id(id);
    let (records, vpcs) = match reader.find::<Zone>(id) {
        Some(zone) => {
            (reader.count::<ResourceRecordSet>(&format!("{id}/")), zone.is_private().then_some(zone.vpcs.len()))
        }
        None => {
            let zone = filed::find(world, id).ok_or_else(|| refusal::no_such_zone(id))?;
            let vpcs = match &zone.visibility {
                Visibility::Private { views } => Some(views.len()),
                Visibility::Public { .. } => None,
            };
            (filed::count(&zone), vpcs)
        }
    };
    let (value, count) = match kind {
        "MAX_RRSETS_BY_ZONE" => (settings.quotas.record_sets, records),
        "MAX_VPCS_ASSOCIATED_BY_ZONE" => {
            let public = || {
                let what =
                    format!("The specified hosted zone {id} is a public hosted zone, not a private hosted zone.");
                ApiError::new(Code::HostedZoneNotPrivate, what)
            };
            (settings.quotas.vpcs, vpcs.ok_or_else(public)?)
        }
        _ => return Err(ApiError::invalid_input(format!("Invalid parameter : there is no limit {kind}"))),
    };
    let limit = HostedZoneLimit { r#type: kind.to_owned(), value: limit(value) };
    Ok(GetHostedZoneLimitResponse { limit, count: whole(count) })
}

/// How many zones may have a reusable delegation set, and how many do.
pub fn of_delegation_set(
    reader: Reader<'_>,
    settings: &Settings,
    id: &str,
    kind: &str,
) -> Result<GetReusableDelegationSetLimitResponse, ApiError> {
    delegation::find(reader, id)?;
    let limit =
        ReusableDelegationSetLimit { r#type: kind.to_owned(), value: limit(settings.quotas.delegation_set_zones) };
    Ok(GetReusableDelegationSetLimitResponse { limit, count: whole(delegation::zones(reader, id)) })
}

//! Traffic policy instances: made, switched from version to version, shown, listed, deleted (F-9…F-14).

use std::sync::Arc;

use crate::account::page::cut;
use crate::account::traffic::instance::{self, CREATING, FAILED, Instance, UPDATING};
use crate::account::traffic::policy;
use crate::account::{Account, Draft, Settings, order, refusal, uuid, zone};
use crate::route53::{
    ApiError, Caller, Code, CreateTrafficPolicyInstanceRequest, CreateTrafficPolicyInstanceResponse,
    DeleteTrafficPolicyInstanceRequest, DeleteTrafficPolicyInstanceResponse, GetTrafficPolicyInstanceCountRequest,
    GetTrafficPolicyInstanceCountResponse, GetTrafficPolicyInstanceRequest, GetTrafficPolicyInstanceResponse,
    ListTrafficPolicyInstancesByHostedZoneRequest, ListTrafficPolicyInstancesByHostedZoneResponse,
    ListTrafficPolicyInstancesByPolicyRequest, ListTrafficPolicyInstancesByPolicyResponse,
    ListTrafficPolicyInstancesRequest, ListTrafficPolicyInstancesResponse, TrafficPolicyInstance,
    UpdateTrafficPolicyInstanceRequest, UpdateTrafficPolicyInstanceResponse, bare_id,
};

use super::traffic::PAGE;

/// Puts a version at a name of a public zone. What the zone does not take leaves an instance that failed and says why
/// (F-10, F-14).
pub fn create_traffic_policy_instance(
    account: &Account,
    caller: &Caller,
    input: CreateTrafficPolicyInstanceRequest,
) -> Result<CreateTrafficPolicyInstanceResponse, ApiError> {
    const OPERATION: &str = "CreateTrafficPolicyInstance";
    let id = uuid();
    let make = |draft: &mut Draft<'_>| new(draft, &id, &input);
    let made = account.transact(caller, OPERATION, |draft| {
        let instance = make(draft)?;
        draft.blame(Code::InvalidChangeBatch);
        instance::put(draft, instance.clone());
        Ok(instance)
    });
    let instance = match made {
        Err(error) if error.code == Code::InvalidChangeBatch => account.transact(caller, OPERATION, |draft| {
            let failed = failed(make(draft)?, &error);
            instance::keep(draft, failed.clone());
            Ok(failed)
        }),
        made => made,
    }?;
    Ok(CreateTrafficPolicyInstanceResponse {
        location: refusal::location("trafficpolicyinstance", &id),
        traffic_policy_instance: instance.traffic_policy_instance,
    })
}

/// A new instance, not yet in the draft (F-9).
fn new(draft: &Draft<'_>, id: &str, input: &CreateTrafficPolicyInstanceRequest) -> Result<Instance, ApiError> {
    let CreateTrafficPolicyInstanceRequest { hosted_zone_id, name, ttl, traffic_policy_id, traffic_policy_version } =
        input;
    let zone = draft.zone(hosted_zone_id)?;
    if zone.is_private() {
        return Err(ApiError::invalid_input("Traffic policy instances are for public hosted zones only."));
    }
    let name = refusal::name(name)?;
    let reader = draft.reader();
    let version = policy::usable(reader, traffic_policy_id, *traffic_policy_version)?;
    let rtype = &version.traffic_policy.r#type;
    if let Some(other) = instance::at(reader, zone.id(), &name, rtype) {
        let message = format!(
            "Traffic policy instance {} already exists for {} of type {rtype} in hosted zone {}.",
            other.traffic_policy_instance.id,
            name.to_route53(),
            zone.id()
        );
        return Err(ApiError::new(Code::TrafficPolicyInstanceAlreadyExists, message));
    }
    let most = draft.settings().quotas.traffic_policy_instances;
    if reader.count::<Instance>("") as u64 >= most {
        let message = format!(
            "Limits Exceeded: MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER - Cannot create more than {most} traffic policy \
             instances."
        );
        return Err(ApiError::new(Code::TooManyTrafficPolicyInstances, message));
    }
    let traffic_policy_instance = TrafficPolicyInstance {
        id: id.to_owned(),
        hosted_zone_id: zone.id().to_owned(),
        name: name.to_route53(),
        ttl: *ttl,
        state: CREATING.to_owned(),
        message: String::new(),
        traffic_policy_id: traffic_policy_id.clone(),
        traffic_policy_version: *traffic_policy_version,
        traffic_policy_type: rtype.clone(),
    };
    Ok(Instance { traffic_policy_instance, at: draft.caller().at, checks: Vec::new() })
}

fn failed(mut instance: Instance, error: &ApiError) -> Instance {
    let message = error.message.trim_start_matches('[').trim_end_matches(']');
    instance.traffic_policy_instance.state = FAILED.to_owned();
    instance.traffic_policy_instance.message = message.to_owned();
    instance
}

/// Switches an instance to another version, policy or TTL, in one go (F-11). What the zone does not take leaves the
/// instance as it was but for its state and message.
pub fn update_traffic_policy_instance(
    account: &Account,
    caller: &Caller,
    input: UpdateTrafficPolicyInstanceRequest,
) -> Result<UpdateTrafficPolicyInstanceResponse, ApiError> {
    const OPERATION: &str = "UpdateTrafficPolicyInstance";
    let UpdateTrafficPolicyInstanceRequest { id, ttl, traffic_policy_id, traffic_policy_version } = input;
    let switched = account.transact(caller, OPERATION, |draft| {
        let mut instance = Instance::clone(instance::find(draft.reader(), &id)?);
        let version = policy::usable(draft.reader(), &traffic_policy_id, traffic_policy_version)?;
        let (now, then) = (&version.traffic_policy.r#type, &instance.traffic_policy_instance.traffic_policy_type);
        if now != then {
            let message = format!(
                "You tried to update a traffic policy instance of type {then} by using a traffic policy version of type \
                 {now}."
            );
            return Err(ApiError::new(Code::ConflictingTypes, message));
        }
        instance.at = draft.caller().at;
        instance.traffic_policy_instance = TrafficPolicyInstance {
            ttl,
            state: UPDATING.to_owned(),
            message: String::new(),
            traffic_policy_id: traffic_policy_id.clone(),
            traffic_policy_version,
            ..instance.traffic_policy_instance
        };
        draft.blame(Code::InvalidChangeBatch);
        instance::put(draft, instance.clone());
        Ok(instance)
    });
    let instance = match switched {
        Err(error) if error.code == Code::InvalidChangeBatch => account.transact(caller, OPERATION, |draft| {
            let failed = failed(Instance::clone(instance::find(draft.reader(), &id)?), &error);
            instance::keep(draft, failed.clone());
            Ok(failed)
        }),
        switched => switched,
    }?;
    Ok(UpdateTrafficPolicyInstanceResponse { traffic_policy_instance: instance.traffic_policy_instance })
}

/// Takes an instance and its records away (F-12).
pub fn delete_traffic_policy_instance(
    account: &Account,
    caller: &Caller,
    input: DeleteTrafficPolicyInstanceRequest,
) -> Result<DeleteTrafficPolicyInstanceResponse, ApiError> {
    account.transact(caller, "DeleteTrafficPolicyInstance", |draft| {
        let instance = instance::find(draft.reader(), &input.id)?.clone();
        instance::remove(draft, &instance);
        Ok(DeleteTrafficPolicyInstanceResponse {})
    })
}

/// An instance and its state (F-10).
pub fn get_traffic_policy_instance(
    account: &Account,
    caller: &Caller,
    input: GetTrafficPolicyInstanceRequest,
) -> Result<GetTrafficPolicyInstanceResponse, ApiError> {
    let settings = account.settings();
    account.read(|reader| {
        let traffic_policy_instance = instance::find(reader, &input.id)?.shown(&settings, caller.at);
        Ok(GetTrafficPolicyInstanceResponse { traffic_policy_instance })
    })
}

/// How many instances there are.
pub fn get_traffic_policy_instance_count(
    account: &Account,
    _: &Caller,
    _: GetTrafficPolicyInstanceCountRequest,
) -> Result<GetTrafficPolicyInstanceCountResponse, ApiError> {
    let count = account.read(|reader| reader.count::<Instance>(""));
    Ok(GetTrafficPolicyInstanceCountResponse {
        traffic_policy_instance_count: i64::try_from(count).unwrap_or(i64::MAX),
    })
}

/// Where a list begins: at a zone, a name of it, a type of that.
fn start(zone: Option<&str>, name: Option<&str>, rtype: Option<&str>) -> Result<String, ApiError> {
    let zone = zone.map(bare_id).filter(|zone| !zone.is_empty());
    let name = name.filter(|name| !name.is_empty());
    let rtype = rtype.filter(|rtype| !rtype.is_empty());
    match (zone, name, rtype) {
        (None, None, None) => Ok(String::new()),
        (Some(zone), None, None) => Ok(format!("{zone}/")),
        (Some(zone), Some(name), rtype) => Ok(format!("{zone}/{}", order::start(&refusal::name(name)?, rtype, None))),
        (None, Some(_), _) | (None, None, Some(_)) => {
            Err(ApiError::invalid_input("The input is not valid: a name or type marker needs a hosted zone ID marker."))
        }
        (Some(_), None, Some(_)) => {
            Err(ApiError::invalid_input("The input is not valid: a type marker needs a name marker."))
        }
    }
}

/// A page of instances as they are shown, and where the next begins.
struct Page {
    shown: Vec<TrafficPolicyInstance>,
    is_truncated: bool,
    zone: Option<String>,
    name: Option<String>,
    rtype: Option<String>,
}

impl Page {
    fn of<'a>(
        instances: impl Iterator<Item = &'a Arc<Instance>>,
        most: usize,
        (settings, now): (&Settings, i64),
    ) -> Self {
        let (page, next) = cut(instances, most);
        let next = next.map(|instance| &instance.traffic_policy_instance);
        Self {
            shown: page.into_iter().map(|instance| instance.shown(settings, now)).collect(),
            is_truncated: next.is_some(),
            zone: next.map(|next| next.hosted_zone_id.clone()),
            name: next.map(|next| next.name.clone()),
            rtype: next.map(|next| next.traffic_policy_type.clone()),
        }
    }
}

/// All instances by zone, name and type.
pub fn list_traffic_policy_instances(
    account: &Account,
    caller: &Caller,
    input: ListTrafficPolicyInstancesRequest,
) -> Result<ListTrafficPolicyInstancesResponse, ApiError> {
    let most = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let from = start(
        input.hosted_zone_id_marker.as_deref(),
        input.traffic_policy_instance_name_marker.as_deref(),
        input.traffic_policy_instance_type_marker.as_deref(),
    )?;
    let settings = account.settings();
    let found = account.read(|reader| Page::of(instance::list(reader, "", &from), most, (&settings, caller.at)));
    Ok(ListTrafficPolicyInstancesResponse {
        traffic_policy_instances: found.shown,
        is_truncated: found.is_truncated,
        hosted_zone_id_marker: found.zone,
        traffic_policy_instance_name_marker: found.name,
        traffic_policy_instance_type_marker: found.rtype,
        max_items: most.to_string(),
    })
}

/// The instances of a zone by name and type.
pub fn list_traffic_policy_instances_by_hosted_zone(
    account: &Account,
    caller: &Caller,
    input: ListTrafficPolicyInstancesByHostedZoneRequest,
) -> Result<ListTrafficPolicyInstancesByHostedZoneResponse, ApiError> {
    let most = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let id = bare_id(&input.hosted_zone_id);
    let from = start(
        Some(id),
        input.traffic_policy_instance_name_marker.as_deref(),
        input.traffic_policy_instance_type_marker.as_deref(),
    )?;
    let (settings, world) = (account.settings(), account.world());
    let found = account.read(|reader| {
        zone::known(reader, &world, id)?;
        Ok::<_, ApiError>(Page::of(instance::list(reader, &format!("{id}/"), &from), most, (&settings, caller.at)))
    })?;
    Ok(ListTrafficPolicyInstancesByHostedZoneResponse {
        traffic_policy_instances: found.shown,
        is_truncated: found.is_truncated,
        traffic_policy_instance_name_marker: found.name,
        traffic_policy_instance_type_marker: found.rtype,
        max_items: most.to_string(),
    })
}

/// The instances that use a version, by zone, name and type.
pub fn list_traffic_policy_instances_by_policy(
    account: &Account,
    caller: &Caller,
    input: ListTrafficPolicyInstancesByPolicyRequest,
) -> Result<ListTrafficPolicyInstancesByPolicyResponse, ApiError> {
    let most = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let from = start(
        input.hosted_zone_id_marker.as_deref(),
        input.traffic_policy_instance_name_marker.as_deref(),
        input.traffic_policy_instance_type_marker.as_deref(),
    )?;
    let (policy, version) = (input.traffic_policy_id.as_str(), input.traffic_policy_version);
    let settings = account.settings();
    let found = account.read(|reader| {
        policy::find(reader, policy, version)?;
        Ok::<_, ApiError>(Page::of(instance::of_policy(reader, policy, version, &from), most, (&settings, caller.at)))
    })?;
    Ok(ListTrafficPolicyInstancesByPolicyResponse {
        traffic_policy_instances: found.shown,
        is_truncated: found.is_truncated,
        hosted_zone_id_marker: found.zone,
        traffic_policy_instance_name_marker: found.name,
        traffic_policy_instance_type_marker: found.rtype,
        max_items: most.to_string(),
    })
}

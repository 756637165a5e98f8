//! Traffic policies and their versions: made, shown, listed, deleted (F-6…F-8). Instances are in `traffic_instances`.

use crate::account::page::cut;
use crate::account::traffic::policy::{self, Version};
use crate::account::{Account, refusal, uuid};
use crate::route53::{
    ApiError, Caller, Code, CreateTrafficPolicyRequest, CreateTrafficPolicyResponse, CreateTrafficPolicyVersionRequest,
    CreateTrafficPolicyVersionResponse, DeleteTrafficPolicyRequest, DeleteTrafficPolicyResponse,
    GetTrafficPolicyRequest, GetTrafficPolicyResponse, ListTrafficPoliciesRequest, ListTrafficPoliciesResponse,
    ListTrafficPolicyVersionsRequest, ListTrafficPolicyVersionsResponse, TrafficPolicy, TrafficPolicySummary,
    UpdateTrafficPolicyCommentRequest, UpdateTrafficPolicyCommentResponse,
};

/// The most of a page, and the usual.
pub(super) const PAGE: usize = 100;

/// Makes a policy with its first version (F-6).
pub fn create_traffic_policy(
    account: &Account,
    caller: &Caller,
    input: CreateTrafficPolicyRequest,
) -> Result<CreateTrafficPolicyResponse, ApiError> {
    let CreateTrafficPolicyRequest { name, document, comment } = input;
    let read = policy::read(&document)?;
    account.transact(caller, "CreateTrafficPolicy", |draft| {
        if policy::is_taken(draft.reader(), &name) {
            let message = format!("A traffic policy that has the name {name} already exists.");
            return Err(ApiError::new(Code::TrafficPolicyAlreadyExists, message));
        }
        let most = draft.settings().quotas.traffic_policies;
        if policy::listed(draft.reader(), None).is_some_and(|all| all.count() as u64 >= most) {
            let message = format!(
                "Limits Exceeded: MAX_TRAFFIC_POLICIES_BY_OWNER - Cannot create more than {most} traffic policies."
            );
            return Err(ApiError::new(Code::TooManyTrafficPolicies, message));
        }
        let policy = TrafficPolicy { id: uuid(), version: 0, name, r#type: read.rtype.to_string(), document, comment };
        let traffic_policy = policy::add(draft, policy);
        let location = location(&traffic_policy);
        Ok(CreateTrafficPolicyResponse { traffic_policy, location })
    })
}

fn location(policy: &TrafficPolicy) -> String {
    refusal::location("trafficpolicy", &format!("{}/{}", policy.id, policy.version))
}

/// Adds a version; its type may be another (F-7).
pub fn create_traffic_policy_version(
    account: &Account,
    caller: &Caller,
    input: CreateTrafficPolicyVersionRequest,
) -> Result<CreateTrafficPolicyVersionResponse, ApiError> {
    let CreateTrafficPolicyVersionRequest { id, document, comment } = input;
    let read = policy::read(&document);
    account.transact(caller, "CreateTrafficPolicyVersion", |draft| {
        let mut versions = policy::versions(draft.reader(), &id, 0);
        let first = versions.next().ok_or_else(|| policy::none(&id, None))?;
        let most = draft.settings().quotas.traffic_policy_versions;
        if 1 + versions.count() as u64 >= most {
            let message = format!(
                "This traffic policy already has {most} versions, the most that it can have: delete some that no \
                 instance uses."
            );
            return Err(ApiError::new(Code::TooManyTrafficPolicyVersionsForCurrentPolicy, message));
        }
        let (name, r#type) = (first.traffic_policy.name.clone(), read?.rtype.to_string());
        let traffic_policy = policy::add(draft, TrafficPolicy { id, version: 0, name, r#type, document, comment });
        let location = location(&traffic_policy);
        Ok(CreateTrafficPolicyVersionResponse { traffic_policy, location })
    })
}

/// A version, also one that is deleted (F-8).
pub fn get_traffic_policy(
    account: &Account,
    _: &Caller,
    input: GetTrafficPolicyRequest,
) -> Result<GetTrafficPolicyResponse, ApiError> {
    account.read(|reader| {
        let traffic_policy = policy::find(reader, &input.id, input.version)?.traffic_policy.clone();
        Ok(GetTrafficPolicyResponse { traffic_policy })
    })
}

/// Another comment for a version (F-6).
pub fn update_traffic_policy_comment(
    account: &Account,
    caller: &Caller,
    input: UpdateTrafficPolicyCommentRequest,
) -> Result<UpdateTrafficPolicyCommentResponse, ApiError> {
    account.transact(caller, "UpdateTrafficPolicyComment", |draft| {
        let Version { traffic_policy, at, .. } =
            Version::clone(policy::usable(draft.reader(), &input.id, input.version)?);
        let comment = Some(input.comment).filter(|comment| !comment.is_empty());
        let traffic_policy = TrafficPolicy { comment, ..traffic_policy };
        policy::put(draft, traffic_policy.clone(), at, false);
        Ok(UpdateTrafficPolicyCommentResponse { traffic_policy })
    })
}

/// Takes a version out of all lists, unless an instance uses it (F-8).
pub fn delete_traffic_policy(
    account: &Account,
    caller: &Caller,
    input: DeleteTrafficPolicyRequest,
) -> Result<DeleteTrafficPolicyResponse, ApiError> {
    account.transact(caller, "DeleteTrafficPolicy", |draft| {
        let Version { traffic_policy, at, .. } =
            Version::clone(policy::usable(draft.reader(), &input.id, input.version)?);
        if policy::is_used(draft.reader(), &input.id, input.version) {
            return Err(ApiError::new(Code::TrafficPolicyInUse, "Policy is in use for at least one instance"));
        }
        policy::put(draft, traffic_policy, at, true);
        Ok(DeleteTrafficPolicyResponse {})
    })
}

/// Policies in the order they were made, each with its latest version.
pub fn list_traffic_policies(
    account: &Account,
    _: &Caller,
    input: ListTrafficPoliciesRequest,
) -> Result<ListTrafficPoliciesResponse, ApiError> {
    let page = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let marker = input.traffic_policy_id_marker.as_deref().filter(|marker| !marker.is_empty());
    account.read(|reader| {
        let Some(ids) = policy::listed(reader, marker) else {
            let marker = marker.unwrap_or_default();
            return Err(ApiError::invalid_input(format!("The marker {marker} is the ID of no traffic policy.")));
        };
        let summary = |id: &str| {
            let versions: Vec<_> = policy::versions(reader, id, 0).collect();
            let TrafficPolicy { name, r#type, version, .. } = &versions.last()?.traffic_policy;
            Some(TrafficPolicySummary {
                id: id.to_owned(),
                name: name.clone(),
                r#type: r#type.clone(),
                latest_version: *version,
                traffic_policy_count: i64::try_from(versions.len()).unwrap_or(i64::MAX),
            })
        };
        let (ids, next) = cut(ids, page);
        Ok(ListTrafficPoliciesResponse {
            traffic_policy_summaries: ids.into_iter().filter_map(summary).collect(),
            is_truncated: next.is_some(),
            traffic_policy_id_marker: next.unwrap_or_default().to_owned(),
            max_items: page.to_string(),
        })
    })
}

/// Versions of a policy by number.
pub fn list_traffic_policy_versions(
    account: &Account,
    _: &Caller,
    input: ListTrafficPolicyVersionsRequest,
) -> Result<ListTrafficPolicyVersionsResponse, ApiError> {
    let page = refusal::page(input.max_items.as_deref(), PAGE, PAGE)?;
    let marker = input.traffic_policy_version_marker.as_deref().filter(|marker| !marker.is_empty());
    let from = match marker.map(|marker| (marker, marker.parse::<u32>())) {
        None => 0,
        Some((_, Ok(from))) => from.into(),
        Some((marker, Err(_))) => {
            return Err(ApiError::invalid_input(format!("The marker {marker} is no version of a traffic policy.")));
        }
    };
    account.read(|reader| {
        if policy::versions(reader, &input.id, 0).next().is_none() {
            return Err(policy::none(&input.id, None));
        }
        let versions = policy::versions(reader, &input.id, from).map(|version| &version.traffic_policy);
        let (versions, next) = cut(versions, page);
        Ok(ListTrafficPolicyVersionsResponse {
            traffic_policies: versions.into_iter().cloned().collect(),
            is_truncated: next.is_some(),
            traffic_policy_version_marker: next.map(|policy| policy.version.to_string()).unwrap_or_default(),
            max_items: page.to_string(),
        })
    })
}

//! The operations: their names, routes and shapes, and the codes of errors.
//!
//! Written by `tools/route53/generate.py` from the model; change that, not this.

use super::operation::{Input, Method, Route};
use super::{shapes, types};

/// Every operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    ActivateKeySigningKey,
    AssociateVPCWithHostedZone,
    ChangeCidrCollection,
    ChangeResourceRecordSets,
    ChangeTagsForResource,
    CreateCidrCollection,
    CreateHealthCheck,
    CreateHostedZone,
    CreateKeySigningKey,
    CreateQueryLoggingConfig,
    CreateResourceRecordSetProtections,
    CreateReusableDelegationSet,
    CreateTrafficPolicy,
    CreateTrafficPolicyInstance,
    CreateTrafficPolicyVersion,
    CreateVPCAssociationAuthorization,
    DeactivateKeySigningKey,
    DeleteCidrCollection,
    DeleteHealthCheck,
    DeleteHostedZone,
    DeleteKeySigningKey,
    DeleteQueryLoggingConfig,
    DeleteResourceRecordSetProtections,
    DeleteReusableDelegationSet,
    DeleteTrafficPolicy,
    DeleteTrafficPolicyInstance,
    DeleteVPCAssociationAuthorization,
    DisableHostedZoneDNSSEC,
    DisassociateVPCFromHostedZone,
    EnableHostedZoneDNSSEC,
    GetAccountLimit,
    GetChange,
    GetCheckerIpRanges,
    GetDNSSEC,
    GetGeoLocation,
    GetHealthCheck,
    GetHealthCheckCount,
    GetHealthCheckLastFailureReason,
    GetHealthCheckStatus,
    GetHostedZone,
    GetHostedZoneCount,
    GetHostedZoneLimit,
    GetQueryLoggingConfig,
    GetReusableDelegationSet,
    GetReusableDelegationSetLimit,
    GetTrafficPolicy,
    GetTrafficPolicyInstance,
    GetTrafficPolicyInstanceCount,
    ListCidrBlocks,
    ListCidrCollections,
    ListCidrLocations,
    ListGeoLocations,
    ListHealthChecks,
    ListHostedZones,
    ListHostedZonesByName,
    ListHostedZonesByVPC,
    ListQueryLoggingConfigs,
    ListResourceRecordSetProtections,
    ListResourceRecordSets,
    ListReusableDelegationSets,
    ListTagsForResource,
    ListTagsForResources,
    ListTrafficPolicies,
    ListTrafficPolicyInstances,
    ListTrafficPolicyInstancesByHostedZone,
    ListTrafficPolicyInstancesByPolicy,
    ListTrafficPolicyVersions,
    ListVPCAssociationAuthorizations,
    TestDNSAnswer,
    UpdateHealthCheck,
    UpdateHostedZoneComment,
    UpdateHostedZoneFeatures,
    UpdateTrafficPolicyComment,
    UpdateTrafficPolicyInstance,
}

impl Operation {
    /// All of them, by name.
    pub const ALL: [Self; 74] = [
        Self::ActivateKeySigningKey,
        Self::AssociateVPCWithHostedZone,
        Self::ChangeCidrCollection,
        Self::ChangeResourceRecordSets,
        Self::ChangeTagsForResource,
        Self::CreateCidrCollection,
        Self::CreateHealthCheck,
        Self::CreateHostedZone,
        Self::CreateKeySigningKey,
        Self::CreateQueryLoggingConfig,
        Self::CreateResourceRecordSetProtections,
        Self::CreateReusableDelegationSet,
        Self::CreateTrafficPolicy,
        Self::CreateTrafficPolicyInstance,
        Self::CreateTrafficPolicyVersion,
        Self::CreateVPCAssociationAuthorization,
        Self::DeactivateKeySigningKey,
        Self::DeleteCidrCollection,
        Self::DeleteHealthCheck,
        Self::DeleteHostedZone,
        Self::DeleteKeySigningKey,
        Self::DeleteQueryLoggingConfig,
        Self::DeleteResourceRecordSetProtections,
        Self::DeleteReusableDelegationSet,
        Self::DeleteTrafficPolicy,
        Self::DeleteTrafficPolicyInstance,
        Self::DeleteVPCAssociationAuthorization,
        Self::DisableHostedZoneDNSSEC,
        Self::DisassociateVPCFromHostedZone,
        Self::EnableHostedZoneDNSSEC,
        Self::GetAccountLimit,
        Self::GetChange,
        Self::GetCheckerIpRanges,
        Self::GetDNSSEC,
        Self::GetGeoLocation,
        Self::GetHealthCheck,
        Self::GetHealthCheckCount,
        Self::GetHealthCheckLastFailureReason,
        Self::GetHealthCheckStatus,
        Self::GetHostedZone,
        Self::GetHostedZoneCount,
        Self::GetHostedZoneLimit,
        Self::GetQueryLoggingConfig,
        Self::GetReusableDelegationSet,
        Self::GetReusableDelegationSetLimit,
        Self::GetTrafficPolicy,
        Self::GetTrafficPolicyInstance,
        Self::GetTrafficPolicyInstanceCount,
        Self::ListCidrBlocks,
        Self::ListCidrCollections,
        Self::ListCidrLocations,
        Self::ListGeoLocations,
        Self::ListHealthChecks,
        Self::ListHostedZones,
        Self::ListHostedZonesByName,
        Self::ListHostedZonesByVPC,
        Self::ListQueryLoggingConfigs,
        Self::ListResourceRecordSetProtections,
        Self::ListResourceRecordSets,
        Self::ListReusableDelegationSets,
        Self::ListTagsForResource,
        Self::ListTagsForResources,
        Self::ListTrafficPolicies,
        Self::ListTrafficPolicyInstances,
        Self::ListTrafficPolicyInstancesByHostedZone,
        Self::ListTrafficPolicyInstancesByPolicy,
        Self::ListTrafficPolicyVersions,
        Self::ListVPCAssociationAuthorizations,
        Self::TestDNSAnswer,
        Self::UpdateHealthCheck,
        Self::UpdateHostedZoneComment,
        Self::UpdateHostedZoneFeatures,
        Self::UpdateTrafficPolicyComment,
        Self::UpdateTrafficPolicyInstance,
    ];

    /// How it is asked for and what it takes and gives.
    pub fn route(self) -> &'static Route {
        match self {
            Self::ActivateKeySigningKey => &ACTIVATE_KEY_SIGNING_KEY,
            Self::AssociateVPCWithHostedZone => &ASSOCIATE_VPC_WITH_HOSTED_ZONE,
            Self::ChangeCidrCollection => &CHANGE_CIDR_COLLECTION,
            Self::ChangeResourceRecordSets => &CHANGE_RESOURCE_RECORD_SETS,
            Self::ChangeTagsForResource => &CHANGE_TAGS_FOR_RESOURCE,
            Self::CreateCidrCollection => &CREATE_CIDR_COLLECTION,
            Self::CreateHealthCheck => &CREATE_HEALTH_CHECK,
            Self::CreateHostedZone => &CREATE_HOSTED_ZONE,
            Self::CreateKeySigningKey => &CREATE_KEY_SIGNING_KEY,
            Self::CreateQueryLoggingConfig => &CREATE_QUERY_LOGGING_CONFIG,
            Self::CreateResourceRecordSetProtections => &CREATE_RESOURCE_RECORD_SET_PROTECTIONS,
            Self::CreateReusableDelegationSet => &CREATE_REUSABLE_DELEGATION_SET,
            Self::CreateTrafficPolicy => &CREATE_TRAFFIC_POLICY,
            Self::CreateTrafficPolicyInstance => &CREATE_TRAFFIC_POLICY_INSTANCE,
            Self::CreateTrafficPolicyVersion => &CREATE_TRAFFIC_POLICY_VERSION,
            Self::CreateVPCAssociationAuthorization => &CREATE_VPC_ASSOCIATION_AUTHORIZATION,
            Self::DeactivateKeySigningKey => &DEACTIVATE_KEY_SIGNING_KEY,
            Self::DeleteCidrCollection => &DELETE_CIDR_COLLECTION,
            Self::DeleteHealthCheck => &DELETE_HEALTH_CHECK,
            Self::DeleteHostedZone => &DELETE_HOSTED_ZONE,
            Self::DeleteKeySigningKey => &DELETE_KEY_SIGNING_KEY,
            Self::DeleteQueryLoggingConfig => &DELETE_QUERY_LOGGING_CONFIG,
            Self::DeleteResourceRecordSetProtections => &DELETE_RESOURCE_RECORD_SET_PROTECTIONS,
            Self::DeleteReusableDelegationSet => &DELETE_REUSABLE_DELEGATION_SET,
            Self::DeleteTrafficPolicy => &DELETE_TRAFFIC_POLICY,
            Self::DeleteTrafficPolicyInstance => &DELETE_TRAFFIC_POLICY_INSTANCE,
            Self::DeleteVPCAssociationAuthorization => &DELETE_VPC_ASSOCIATION_AUTHORIZATION,
            Self::DisableHostedZoneDNSSEC => &DISABLE_HOSTED_ZONE_DNSSEC,
            Self::DisassociateVPCFromHostedZone => &DISASSOCIATE_VPC_FROM_HOSTED_ZONE,
            Self::EnableHostedZoneDNSSEC => &ENABLE_HOSTED_ZONE_DNSSEC,
            Self::GetAccountLimit => &GET_ACCOUNT_LIMIT,
            Self::GetChange => &GET_CHANGE,
            Self::GetCheckerIpRanges => &GET_CHECKER_IP_RANGES,
            Self::GetDNSSEC => &GET_DNSSEC,
            Self::GetGeoLocation => &GET_GEO_LOCATION,
            Self::GetHealthCheck => &GET_HEALTH_CHECK,
            Self::GetHealthCheckCount => &GET_HEALTH_CHECK_COUNT,
            Self::GetHealthCheckLastFailureReason => &GET_HEALTH_CHECK_LAST_FAILURE_REASON,
            Self::GetHealthCheckStatus => &GET_HEALTH_CHECK_STATUS,
            Self::GetHostedZone => &GET_HOSTED_ZONE,
            Self::GetHostedZoneCount => &GET_HOSTED_ZONE_COUNT,
            Self::GetHostedZoneLimit => &GET_HOSTED_ZONE_LIMIT,
            Self::GetQueryLoggingConfig => &GET_QUERY_LOGGING_CONFIG,
            Self::GetReusableDelegationSet => &GET_REUSABLE_DELEGATION_SET,
            Self::GetReusableDelegationSetLimit => &GET_REUSABLE_DELEGATION_SET_LIMIT,
            Self::GetTrafficPolicy => &GET_TRAFFIC_POLICY,
            Self::GetTrafficPolicyInstance => &GET_TRAFFIC_POLICY_INSTANCE,
            Self::GetTrafficPolicyInstanceCount => &GET_TRAFFIC_POLICY_INSTANCE_COUNT,
            Self::ListCidrBlocks => &LIST_CIDR_BLOCKS,
            Self::ListCidrCollections => &LIST_CIDR_COLLECTIONS,
            Self::ListCidrLocations => &LIST_CIDR_LOCATIONS,
            Self::ListGeoLocations => &LIST_GEO_LOCATIONS,
            Self::ListHealthChecks => &LIST_HEALTH_CHECKS,
            Self::ListHostedZones => &LIST_HOSTED_ZONES,
            Self::ListHostedZonesByName => &LIST_HOSTED_ZONES_BY_NAME,
            Self::ListHostedZonesByVPC => &LIST_HOSTED_ZONES_BY_VPC,
            Self::ListQueryLoggingConfigs => &LIST_QUERY_LOGGING_CONFIGS,
            Self::ListResourceRecordSetProtections => &LIST_RESOURCE_RECORD_SET_PROTECTIONS,
            Self::ListResourceRecordSets => &LIST_RESOURCE_RECORD_SETS,
            Self::ListReusableDelegationSets => &LIST_REUSABLE_DELEGATION_SETS,
            Self::ListTagsForResource => &LIST_TAGS_FOR_RESOURCE,
            Self::ListTagsForResources => &LIST_TAGS_FOR_RESOURCES,
            Self::ListTrafficPolicies => &LIST_TRAFFIC_POLICIES,
            Self::ListTrafficPolicyInstances => &LIST_TRAFFIC_POLICY_INSTANCES,
            Self::ListTrafficPolicyInstancesByHostedZone => &LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE,
            Self::ListTrafficPolicyInstancesByPolicy => &LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY,
            Self::ListTrafficPolicyVersions => &LIST_TRAFFIC_POLICY_VERSIONS,
            Self::ListVPCAssociationAuthorizations => &LIST_VPC_ASSOCIATION_AUTHORIZATIONS,
            Self::TestDNSAnswer => &TEST_DNS_ANSWER,
            Self::UpdateHealthCheck => &UPDATE_HEALTH_CHECK,
            Self::UpdateHostedZoneComment => &UPDATE_HOSTED_ZONE_COMMENT,
            Self::UpdateHostedZoneFeatures => &UPDATE_HOSTED_ZONE_FEATURES,
            Self::UpdateTrafficPolicyComment => &UPDATE_TRAFFIC_POLICY_COMMENT,
            Self::UpdateTrafficPolicyInstance => &UPDATE_TRAFFIC_POLICY_INSTANCE,
        }
    }
}

static ACTIVATE_KEY_SIGNING_KEY: Route = Route {
    name: "ActivateKeySigningKey",
    method: Method::Post,
    path: "keysigningkey/{HostedZoneId}/{Name}/activate",
    status: 200,
    root: None,
    input: &shapes::ACTIVATE_KEY_SIGNING_KEY_REQUEST,
    output: &shapes::ACTIVATE_KEY_SIGNING_KEY_RESPONSE,
    answer: "ActivateKeySigningKeyResponse",
};
impl Input for types::ActivateKeySigningKeyRequest {
    const OPERATION: Operation = Operation::ActivateKeySigningKey;
    type Output = types::ActivateKeySigningKeyResponse;
}

static ASSOCIATE_VPC_WITH_HOSTED_ZONE: Route = Route {
    name: "AssociateVPCWithHostedZone",
    method: Method::Post,
    path: "hostedzone/{Id}/associatevpc",
    status: 200,
    root: Some("AssociateVPCWithHostedZoneRequest"),
    input: &shapes::ASSOCIATE_VPC_WITH_HOSTED_ZONE_REQUEST,
    output: &shapes::ASSOCIATE_VPC_WITH_HOSTED_ZONE_RESPONSE,
    answer: "AssociateVPCWithHostedZoneResponse",
};
impl Input for types::AssociateVPCWithHostedZoneRequest {
    const OPERATION: Operation = Operation::AssociateVPCWithHostedZone;
    type Output = types::AssociateVPCWithHostedZoneResponse;
}

static CHANGE_CIDR_COLLECTION: Route = Route {
    name: "ChangeCidrCollection",
    method: Method::Post,
    path: "cidrcollection/{CidrCollectionId}",
    status: 200,
    root: Some("ChangeCidrCollectionRequest"),
    input: &shapes::CHANGE_CIDR_COLLECTION_REQUEST,
    output: &shapes::CHANGE_CIDR_COLLECTION_RESPONSE,
    answer: "ChangeCidrCollectionResponse",
};
impl Input for types::ChangeCidrCollectionRequest {
    const OPERATION: Operation = Operation::ChangeCidrCollection;
    type Output = types::ChangeCidrCollectionResponse;
}

static CHANGE_RESOURCE_RECORD_SETS: Route = Route {
    name: "ChangeResourceRecordSets",
    method: Method::Post,
    path: "hostedzone/{Id}/rrset",
    status: 200,
    root: Some("ChangeResourceRecordSetsRequest"),
    input: &shapes::CHANGE_RESOURCE_RECORD_SETS_REQUEST,
    output: &shapes::CHANGE_RESOURCE_RECORD_SETS_RESPONSE,
    answer: "ChangeResourceRecordSetsResponse",
};
impl Input for types::ChangeResourceRecordSetsRequest {
    const OPERATION: Operation = Operation::ChangeResourceRecordSets;
    type Output = types::ChangeResourceRecordSetsResponse;
}

static CHANGE_TAGS_FOR_RESOURCE: Route = Route {
    name: "ChangeTagsForResource",
    method: Method::Post,
    path: "tags/{ResourceType}/{ResourceId}",
    status: 200,
    root: Some("ChangeTagsForResourceRequest"),
    input: &shapes::CHANGE_TAGS_FOR_RESOURCE_REQUEST,
    output: &shapes::CHANGE_TAGS_FOR_RESOURCE_RESPONSE,
    answer: "ChangeTagsForResourceResponse",
};
impl Input for types::ChangeTagsForResourceRequest {
    const OPERATION: Operation = Operation::ChangeTagsForResource;
    type Output = types::ChangeTagsForResourceResponse;
}

static CREATE_CIDR_COLLECTION: Route = Route {
    name: "CreateCidrCollection",
    method: Method::Post,
    path: "cidrcollection",
    status: 201,
    root: Some("CreateCidrCollectionRequest"),
    input: &shapes::CREATE_CIDR_COLLECTION_REQUEST,
    output: &shapes::CREATE_CIDR_COLLECTION_RESPONSE,
    answer: "CreateCidrCollectionResponse",
};
impl Input for types::CreateCidrCollectionRequest {
    const OPERATION: Operation = Operation::CreateCidrCollection;
    type Output = types::CreateCidrCollectionResponse;
}

static CREATE_HEALTH_CHECK: Route = Route {
    name: "CreateHealthCheck",
    method: Method::Post,
    path: "healthcheck",
    status: 201,
    root: Some("CreateHealthCheckRequest"),
    input: &shapes::CREATE_HEALTH_CHECK_REQUEST,
    output: &shapes::CREATE_HEALTH_CHECK_RESPONSE,
    answer: "CreateHealthCheckResponse",
};
impl Input for types::CreateHealthCheckRequest {
    const OPERATION: Operation = Operation::CreateHealthCheck;
    type Output = types::CreateHealthCheckResponse;
}

static CREATE_HOSTED_ZONE: Route = Route {
    name: "CreateHostedZone",
    method: Method::Post,
    path: "hostedzone",
    status: 201,
    root: Some("CreateHostedZoneRequest"),
    input: &shapes::CREATE_HOSTED_ZONE_REQUEST,
    output: &shapes::CREATE_HOSTED_ZONE_RESPONSE,
    answer: "CreateHostedZoneResponse",
};
impl Input for types::CreateHostedZoneRequest {
    const OPERATION: Operation = Operation::CreateHostedZone;
    type Output = types::CreateHostedZoneResponse;
}

static CREATE_KEY_SIGNING_KEY: Route = Route {
    name: "CreateKeySigningKey",
    method: Method::Post,
    path: "keysigningkey",
    status: 201,
    root: Some("CreateKeySigningKeyRequest"),
    input: &shapes::CREATE_KEY_SIGNING_KEY_REQUEST,
    output: &shapes::CREATE_KEY_SIGNING_KEY_RESPONSE,
    answer: "CreateKeySigningKeyResponse",
};
impl Input for types::CreateKeySigningKeyRequest {
    const OPERATION: Operation = Operation::CreateKeySigningKey;
    type Output = types::CreateKeySigningKeyResponse;
}

static CREATE_QUERY_LOGGING_CONFIG: Route = Route {
    name: "CreateQueryLoggingConfig",
    method: Method::Post,
    path: "queryloggingconfig",
    status: 201,
    root: Some("CreateQueryLoggingConfigRequest"),
    input: &shapes::CREATE_QUERY_LOGGING_CONFIG_REQUEST,
    output: &shapes::CREATE_QUERY_LOGGING_CONFIG_RESPONSE,
    answer: "CreateQueryLoggingConfigResponse",
};
impl Input for types::CreateQueryLoggingConfigRequest {
    const OPERATION: Operation = Operation::CreateQueryLoggingConfig;
    type Output = types::CreateQueryLoggingConfigResponse;
}

static CREATE_RESOURCE_RECORD_SET_PROTECTIONS: Route = Route {
    name: "CreateResourceRecordSetProtections",
    method: Method::Post,
    path: "hostedzone/{Id}/rrsetprotection",
    status: 200,
    root: Some("CreateResourceRecordSetProtectionsRequest"),
    input: &shapes::CREATE_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST,
    output: &shapes::CREATE_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE,
    answer: "CreateResourceRecordSetProtectionsResponse",
};
impl Input for types::CreateResourceRecordSetProtectionsRequest {
    const OPERATION: Operation = Operation::CreateResourceRecordSetProtections;
    type Output = types::CreateResourceRecordSetProtectionsResponse;
}

static CREATE_REUSABLE_DELEGATION_SET: Route = Route {
    name: "CreateReusableDelegationSet",
    method: Method::Post,
    path: "delegationset",
    status: 201,
    root: Some("CreateReusableDelegationSetRequest"),
    input: &shapes::CREATE_REUSABLE_DELEGATION_SET_REQUEST,
    output: &shapes::CREATE_REUSABLE_DELEGATION_SET_RESPONSE,
    answer: "CreateReusableDelegationSetResponse",
};
impl Input for types::CreateReusableDelegationSetRequest {
    const OPERATION: Operation = Operation::CreateReusableDelegationSet;
    type Output = types::CreateReusableDelegationSetResponse;
}

static CREATE_TRAFFIC_POLICY: Route = Route {
    name: "CreateTrafficPolicy",
    method: Method::Post,
    path: "trafficpolicy",
    status: 201,
    root: Some("CreateTrafficPolicyRequest"),
    input: &shapes::CREATE_TRAFFIC_POLICY_REQUEST,
    output: &shapes::CREATE_TRAFFIC_POLICY_RESPONSE,
    answer: "CreateTrafficPolicyResponse",
};
impl Input for types::CreateTrafficPolicyRequest {
    const OPERATION: Operation = Operation::CreateTrafficPolicy;
    type Output = types::CreateTrafficPolicyResponse;
}

static CREATE_TRAFFIC_POLICY_INSTANCE: Route = Route {
    name: "CreateTrafficPolicyInstance",
    method: Method::Post,
    path: "trafficpolicyinstance",
    status: 201,
    root: Some("CreateTrafficPolicyInstanceRequest"),
    input: &shapes::CREATE_TRAFFIC_POLICY_INSTANCE_REQUEST,
    output: &shapes::CREATE_TRAFFIC_POLICY_INSTANCE_RESPONSE,
    answer: "CreateTrafficPolicyInstanceResponse",
};
impl Input for types::CreateTrafficPolicyInstanceRequest {
    const OPERATION: Operation = Operation::CreateTrafficPolicyInstance;
    type Output = types::CreateTrafficPolicyInstanceResponse;
}

static CREATE_TRAFFIC_POLICY_VERSION: Route = Route {
    name: "CreateTrafficPolicyVersion",
    method: Method::Post,
    path: "trafficpolicy/{Id}",
    status: 201,
    root: Some("CreateTrafficPolicyVersionRequest"),
    input: &shapes::CREATE_TRAFFIC_POLICY_VERSION_REQUEST,
    output: &shapes::CREATE_TRAFFIC_POLICY_VERSION_RESPONSE,
    answer: "CreateTrafficPolicyVersionResponse",
};
impl Input for types::CreateTrafficPolicyVersionRequest {
    const OPERATION: Operation = Operation::CreateTrafficPolicyVersion;
    type Output = types::CreateTrafficPolicyVersionResponse;
}

static CREATE_VPC_ASSOCIATION_AUTHORIZATION: Route = Route {
    name: "CreateVPCAssociationAuthorization",
    method: Method::Post,
    path: "hostedzone/{Id}/authorizevpcassociation",
    status: 200,
    root: Some("CreateVPCAssociationAuthorizationRequest"),
    input: &shapes::CREATE_VPC_ASSOCIATION_AUTHORIZATION_REQUEST,
    output: &shapes::CREATE_VPC_ASSOCIATION_AUTHORIZATION_RESPONSE,
    answer: "CreateVPCAssociationAuthorizationResponse",
};
impl Input for types::CreateVPCAssociationAuthorizationRequest {
    const OPERATION: Operation = Operation::CreateVPCAssociationAuthorization;
    type Output = types::CreateVPCAssociationAuthorizationResponse;
}

static DEACTIVATE_KEY_SIGNING_KEY: Route = Route {
    name: "DeactivateKeySigningKey",
    method: Method::Post,
    path: "keysigningkey/{HostedZoneId}/{Name}/deactivate",
    status: 200,
    root: None,
    input: &shapes::DEACTIVATE_KEY_SIGNING_KEY_REQUEST,
    output: &shapes::DEACTIVATE_KEY_SIGNING_KEY_RESPONSE,
    answer: "DeactivateKeySigningKeyResponse",
};
impl Input for types::DeactivateKeySigningKeyRequest {
    const OPERATION: Operation = Operation::DeactivateKeySigningKey;
    type Output = types::DeactivateKeySigningKeyResponse;
}

static DELETE_CIDR_COLLECTION: Route = Route {
    name: "DeleteCidrCollection",
    method: Method::Delete,
    path: "cidrcollection/{CidrCollectionId}",
    status: 200,
    root: None,
    input: &shapes::DELETE_CIDR_COLLECTION_REQUEST,
    output: &shapes::DELETE_CIDR_COLLECTION_RESPONSE,
    answer: "DeleteCidrCollectionResponse",
};
impl Input for types::DeleteCidrCollectionRequest {
    const OPERATION: Operation = Operation::DeleteCidrCollection;
    type Output = types::DeleteCidrCollectionResponse;
}

static DELETE_HEALTH_CHECK: Route = Route {
    name: "DeleteHealthCheck",
    method: Method::Delete,
    path: "healthcheck/{HealthCheckId}",
    status: 200,
    root: None,
    input: &shapes::DELETE_HEALTH_CHECK_REQUEST,
    output: &shapes::DELETE_HEALTH_CHECK_RESPONSE,
    answer: "DeleteHealthCheckResponse",
};
impl Input for types::DeleteHealthCheckRequest {
    const OPERATION: Operation = Operation::DeleteHealthCheck;
    type Output = types::DeleteHealthCheckResponse;
}

static DELETE_HOSTED_ZONE: Route = Route {
    name: "DeleteHostedZone",
    method: Method::Delete,
    path: "hostedzone/{Id}",
    status: 200,
    root: None,
    input: &shapes::DELETE_HOSTED_ZONE_REQUEST,
    output: &shapes::DELETE_HOSTED_ZONE_RESPONSE,
    answer: "DeleteHostedZoneResponse",
};
impl Input for types::DeleteHostedZoneRequest {
    const OPERATION: Operation = Operation::DeleteHostedZone;
    type Output = types::DeleteHostedZoneResponse;
}

static DELETE_KEY_SIGNING_KEY: Route = Route {
    name: "DeleteKeySigningKey",
    method: Method::Delete,
    path: "keysigningkey/{HostedZoneId}/{Name}",
    status: 200,
    root: None,
    input: &shapes::DELETE_KEY_SIGNING_KEY_REQUEST,
    output: &shapes::DELETE_KEY_SIGNING_KEY_RESPONSE,
    answer: "DeleteKeySigningKeyResponse",
};
impl Input for types::DeleteKeySigningKeyRequest {
    const OPERATION: Operation = Operation::DeleteKeySigningKey;
    type Output = types::DeleteKeySigningKeyResponse;
}

static DELETE_QUERY_LOGGING_CONFIG: Route = Route {
    name: "DeleteQueryLoggingConfig",
    method: Method::Delete,
    path: "queryloggingconfig/{Id}",
    status: 200,
    root: None,
    input: &shapes::DELETE_QUERY_LOGGING_CONFIG_REQUEST,
    output: &shapes::DELETE_QUERY_LOGGING_CONFIG_RESPONSE,
    answer: "DeleteQueryLoggingConfigResponse",
};
impl Input for types::DeleteQueryLoggingConfigRequest {
    const OPERATION: Operation = Operation::DeleteQueryLoggingConfig;
    type Output = types::DeleteQueryLoggingConfigResponse;
}

static DELETE_RESOURCE_RECORD_SET_PROTECTIONS: Route = Route {
    name: "DeleteResourceRecordSetProtections",
    method: Method::Post,
    path: "hostedzone/{Id}/rrsetprotection/delete",
    status: 200,
    root: Some("DeleteResourceRecordSetProtectionsRequest"),
    input: &shapes::DELETE_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST,
    output: &shapes::DELETE_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE,
    answer: "DeleteResourceRecordSetProtectionsResponse",
};
impl Input for types::DeleteResourceRecordSetProtectionsRequest {
    const OPERATION: Operation = Operation::DeleteResourceRecordSetProtections;
    type Output = types::DeleteResourceRecordSetProtectionsResponse;
}

static DELETE_REUSABLE_DELEGATION_SET: Route = Route {
    name: "DeleteReusableDelegationSet",
    method: Method::Delete,
    path: "delegationset/{Id}",
    status: 200,
    root: None,
    input: &shapes::DELETE_REUSABLE_DELEGATION_SET_REQUEST,
    output: &shapes::DELETE_REUSABLE_DELEGATION_SET_RESPONSE,
    answer: "DeleteReusableDelegationSetResponse",
};
impl Input for types::DeleteReusableDelegationSetRequest {
    const OPERATION: Operation = Operation::DeleteReusableDelegationSet;
    type Output = types::DeleteReusableDelegationSetResponse;
}

static DELETE_TRAFFIC_POLICY: Route = Route {
    name: "DeleteTrafficPolicy",
    method: Method::Delete,
    path: "trafficpolicy/{Id}/{Version}",
    status: 200,
    root: None,
    input: &shapes::DELETE_TRAFFIC_POLICY_REQUEST,
    output: &shapes::DELETE_TRAFFIC_POLICY_RESPONSE,
    answer: "DeleteTrafficPolicyResponse",
};
impl Input for types::DeleteTrafficPolicyRequest {
    const OPERATION: Operation = Operation::DeleteTrafficPolicy;
    type Output = types::DeleteTrafficPolicyResponse;
}

static DELETE_TRAFFIC_POLICY_INSTANCE: Route = Route {
    name: "DeleteTrafficPolicyInstance",
    method: Method::Delete,
    path: "trafficpolicyinstance/{Id}",
    status: 200,
    root: None,
    input: &shapes::DELETE_TRAFFIC_POLICY_INSTANCE_REQUEST,
    output: &shapes::DELETE_TRAFFIC_POLICY_INSTANCE_RESPONSE,
    answer: "DeleteTrafficPolicyInstanceResponse",
};
impl Input for types::DeleteTrafficPolicyInstanceRequest {
    const OPERATION: Operation = Operation::DeleteTrafficPolicyInstance;
    type Output = types::DeleteTrafficPolicyInstanceResponse;
}

static DELETE_VPC_ASSOCIATION_AUTHORIZATION: Route = Route {
    name: "DeleteVPCAssociationAuthorization",
    method: Method::Post,
    path: "hostedzone/{Id}/deauthorizevpcassociation",
    status: 200,
    root: Some("DeleteVPCAssociationAuthorizationRequest"),
    input: &shapes::DELETE_VPC_ASSOCIATION_AUTHORIZATION_REQUEST,
    output: &shapes::DELETE_VPC_ASSOCIATION_AUTHORIZATION_RESPONSE,
    answer: "DeleteVPCAssociationAuthorizationResponse",
};
impl Input for types::DeleteVPCAssociationAuthorizationRequest {
    const OPERATION: Operation = Operation::DeleteVPCAssociationAuthorization;
    type Output = types::DeleteVPCAssociationAuthorizationResponse;
}

static DISABLE_HOSTED_ZONE_DNSSEC: Route = Route {
    name: "DisableHostedZoneDNSSEC",
    method: Method::Post,
    path: "hostedzone/{Id}/disable-dnssec",
    status: 200,
    root: None,
    input: &shapes::DISABLE_HOSTED_ZONE_DNSSEC_REQUEST,
    output: &shapes::DISABLE_HOSTED_ZONE_DNSSEC_RESPONSE,
    answer: "DisableHostedZoneDNSSECResponse",
};
impl Input for types::DisableHostedZoneDNSSECRequest {
    const OPERATION: Operation = Operation::DisableHostedZoneDNSSEC;
    type Output = types::DisableHostedZoneDNSSECResponse;
}

static DISASSOCIATE_VPC_FROM_HOSTED_ZONE: Route = Route {
    name: "DisassociateVPCFromHostedZone",
    method: Method::Post,
    path: "hostedzone/{Id}/disassociatevpc",
    status: 200,
    root: Some("DisassociateVPCFromHostedZoneRequest"),
    input: &shapes::DISASSOCIATE_VPC_FROM_HOSTED_ZONE_REQUEST,
    output: &shapes::DISASSOCIATE_VPC_FROM_HOSTED_ZONE_RESPONSE,
    answer: "DisassociateVPCFromHostedZoneResponse",
};
impl Input for types::DisassociateVPCFromHostedZoneRequest {
    const OPERATION: Operation = Operation::DisassociateVPCFromHostedZone;
    type Output = types::DisassociateVPCFromHostedZoneResponse;
}

static ENABLE_HOSTED_ZONE_DNSSEC: Route = Route {
    name: "EnableHostedZoneDNSSEC",
    method: Method::Post,
    path: "hostedzone/{Id}/enable-dnssec",
    status: 200,
    root: None,
    input: &shapes::ENABLE_HOSTED_ZONE_DNSSEC_REQUEST,
    output: &shapes::ENABLE_HOSTED_ZONE_DNSSEC_RESPONSE,
    answer: "EnableHostedZoneDNSSECResponse",
};
impl Input for types::EnableHostedZoneDNSSECRequest {
    const OPERATION: Operation = Operation::EnableHostedZoneDNSSEC;
    type Output = types::EnableHostedZoneDNSSECResponse;
}

static GET_ACCOUNT_LIMIT: Route = Route {
    name: "GetAccountLimit",
    method: Method::Get,
    path: "accountlimit/{Type}",
    status: 200,
    root: None,
    input: &shapes::GET_ACCOUNT_LIMIT_REQUEST,
    output: &shapes::GET_ACCOUNT_LIMIT_RESPONSE,
    answer: "GetAccountLimitResponse",
};
impl Input for types::GetAccountLimitRequest {
    const OPERATION: Operation = Operation::GetAccountLimit;
    type Output = types::GetAccountLimitResponse;
}

static GET_CHANGE: Route = Route {
    name: "GetChange",
    method: Method::Get,
    path: "change/{Id}",
    status: 200,
    root: None,
    input: &shapes::GET_CHANGE_REQUEST,
    output: &shapes::GET_CHANGE_RESPONSE,
    answer: "GetChangeResponse",
};
impl Input for types::GetChangeRequest {
    const OPERATION: Operation = Operation::GetChange;
    type Output = types::GetChangeResponse;
}

static GET_CHECKER_IP_RANGES: Route = Route {
    name: "GetCheckerIpRanges",
    method: Method::Get,
    path: "checkeripranges",
    status: 200,
    root: None,
    input: &shapes::GET_CHECKER_IP_RANGES_REQUEST,
    output: &shapes::GET_CHECKER_IP_RANGES_RESPONSE,
    answer: "GetCheckerIpRangesResponse",
};
impl Input for types::GetCheckerIpRangesRequest {
    const OPERATION: Operation = Operation::GetCheckerIpRanges;
    type Output = types::GetCheckerIpRangesResponse;
}

static GET_DNSSEC: Route = Route {
    name: "GetDNSSEC",
    method: Method::Get,
    path: "hostedzone/{Id}/dnssec",
    status: 200,
    root: None,
    input: &shapes::GET_DNSSEC_REQUEST,
    output: &shapes::GET_DNSSEC_RESPONSE,
    answer: "GetDNSSECResponse",
};
impl Input for types::GetDNSSECRequest {
    const OPERATION: Operation = Operation::GetDNSSEC;
    type Output = types::GetDNSSECResponse;
}

static GET_GEO_LOCATION: Route = Route {
    name: "GetGeoLocation",
    method: Method::Get,
    path: "geolocation",
    status: 200,
    root: None,
    input: &shapes::GET_GEO_LOCATION_REQUEST,
    output: &shapes::GET_GEO_LOCATION_RESPONSE,
    answer: "GetGeoLocationResponse",
};
impl Input for types::GetGeoLocationRequest {
    const OPERATION: Operation = Operation::GetGeoLocation;
    type Output = types::GetGeoLocationResponse;
}

static GET_HEALTH_CHECK: Route = Route {
    name: "GetHealthCheck",
    method: Method::Get,
    path: "healthcheck/{HealthCheckId}",
    status: 200,
    root: None,
    input: &shapes::GET_HEALTH_CHECK_REQUEST,
    output: &shapes::GET_HEALTH_CHECK_RESPONSE,
    answer: "GetHealthCheckResponse",
};
impl Input for types::GetHealthCheckRequest {
    const OPERATION: Operation = Operation::GetHealthCheck;
    type Output = types::GetHealthCheckResponse;
}

static GET_HEALTH_CHECK_COUNT: Route = Route {
    name: "GetHealthCheckCount",
    method: Method::Get,
    path: "healthcheckcount",
    status: 200,
    root: None,
    input: &shapes::GET_HEALTH_CHECK_COUNT_REQUEST,
    output: &shapes::GET_HEALTH_CHECK_COUNT_RESPONSE,
    answer: "GetHealthCheckCountResponse",
};
impl Input for types::GetHealthCheckCountRequest {
    const OPERATION: Operation = Operation::GetHealthCheckCount;
    type Output = types::GetHealthCheckCountResponse;
}

static GET_HEALTH_CHECK_LAST_FAILURE_REASON: Route = Route {
    name: "GetHealthCheckLastFailureReason",
    method: Method::Get,
    path: "healthcheck/{HealthCheckId}/lastfailurereason",
    status: 200,
    root: None,
    input: &shapes::GET_HEALTH_CHECK_LAST_FAILURE_REASON_REQUEST,
    output: &shapes::GET_HEALTH_CHECK_LAST_FAILURE_REASON_RESPONSE,
    answer: "GetHealthCheckLastFailureReasonResponse",
};
impl Input for types::GetHealthCheckLastFailureReasonRequest {
    const OPERATION: Operation = Operation::GetHealthCheckLastFailureReason;
    type Output = types::GetHealthCheckLastFailureReasonResponse;
}

static GET_HEALTH_CHECK_STATUS: Route = Route {
    name: "GetHealthCheckStatus",
    method: Method::Get,
    path: "healthcheck/{HealthCheckId}/status",
    status: 200,
    root: None,
    input: &shapes::GET_HEALTH_CHECK_STATUS_REQUEST,
    output: &shapes::GET_HEALTH_CHECK_STATUS_RESPONSE,
    answer: "GetHealthCheckStatusResponse",
};
impl Input for types::GetHealthCheckStatusRequest {
    const OPERATION: Operation = Operation::GetHealthCheckStatus;
    type Output = types::GetHealthCheckStatusResponse;
}

static GET_HOSTED_ZONE: Route = Route {
    name: "GetHostedZone",
    method: Method::Get,
    path: "hostedzone/{Id}",
    status: 200,
    root: None,
    input: &shapes::GET_HOSTED_ZONE_REQUEST,
    output: &shapes::GET_HOSTED_ZONE_RESPONSE,
    answer: "GetHostedZoneResponse",
};
impl Input for types::GetHostedZoneRequest {
    const OPERATION: Operation = Operation::GetHostedZone;
    type Output = types::GetHostedZoneResponse;
}

static GET_HOSTED_ZONE_COUNT: Route = Route {
    name: "GetHostedZoneCount",
    method: Method::Get,
    path: "hostedzonecount",
    status: 200,
    root: None,
    input: &shapes::GET_HOSTED_ZONE_COUNT_REQUEST,
    output: &shapes::GET_HOSTED_ZONE_COUNT_RESPONSE,
    answer: "GetHostedZoneCountResponse",
};
impl Input for types::GetHostedZoneCountRequest {
    const OPERATION: Operation = Operation::GetHostedZoneCount;
    type Output = types::GetHostedZoneCountResponse;
}

static GET_HOSTED_ZONE_LIMIT: Route = Route {
    name: "GetHostedZoneLimit",
    method: Method::Get,
    path: "hostedzonelimit/{Id}/{Type}",
    status: 200,
    root: None,
    input: &shapes::GET_HOSTED_ZONE_LIMIT_REQUEST,
    output: &shapes::GET_HOSTED_ZONE_LIMIT_RESPONSE,
    answer: "GetHostedZoneLimitResponse",
};
impl Input for types::GetHostedZoneLimitRequest {
    const OPERATION: Operation = Operation::GetHostedZoneLimit;
    type Output = types::GetHostedZoneLimitResponse;
}

static GET_QUERY_LOGGING_CONFIG: Route = Route {
    name: "GetQueryLoggingConfig",
    method: Method::Get,
    path: "queryloggingconfig/{Id}",
    status: 200,
    root: None,
    input: &shapes::GET_QUERY_LOGGING_CONFIG_REQUEST,
    output: &shapes::GET_QUERY_LOGGING_CONFIG_RESPONSE,
    answer: "GetQueryLoggingConfigResponse",
};
impl Input for types::GetQueryLoggingConfigRequest {
    const OPERATION: Operation = Operation::GetQueryLoggingConfig;
    type Output = types::GetQueryLoggingConfigResponse;
}

static GET_REUSABLE_DELEGATION_SET: Route = Route {
    name: "GetReusableDelegationSet",
    method: Method::Get,
    path: "delegationset/{Id}",
    status: 200,
    root: None,
    input: &shapes::GET_REUSABLE_DELEGATION_SET_REQUEST,
    output: &shapes::GET_REUSABLE_DELEGATION_SET_RESPONSE,
    answer: "GetReusableDelegationSetResponse",
};
impl Input for types::GetReusableDelegationSetRequest {
    const OPERATION: Operation = Operation::GetReusableDelegationSet;
    type Output = types::GetReusableDelegationSetResponse;
}

static GET_REUSABLE_DELEGATION_SET_LIMIT: Route = Route {
    name: "GetReusableDelegationSetLimit",
    method: Method::Get,
    path: "reusabledelegationsetlimit/{Id}/{Type}",
    status: 200,
    root: None,
    input: &shapes::GET_REUSABLE_DELEGATION_SET_LIMIT_REQUEST,
    output: &shapes::GET_REUSABLE_DELEGATION_SET_LIMIT_RESPONSE,
    answer: "GetReusableDelegationSetLimitResponse",
};
impl Input for types::GetReusableDelegationSetLimitRequest {
    const OPERATION: Operation = Operation::GetReusableDelegationSetLimit;
    type Output = types::GetReusableDelegationSetLimitResponse;
}

static GET_TRAFFIC_POLICY: Route = Route {
    name: "GetTrafficPolicy",
    method: Method::Get,
    path: "trafficpolicy/{Id}/{Version}",
    status: 200,
    root: None,
    input: &shapes::GET_TRAFFIC_POLICY_REQUEST,
    output: &shapes::GET_TRAFFIC_POLICY_RESPONSE,
    answer: "GetTrafficPolicyResponse",
};
impl Input for types::GetTrafficPolicyRequest {
    const OPERATION: Operation = Operation::GetTrafficPolicy;
    type Output = types::GetTrafficPolicyResponse;
}

static GET_TRAFFIC_POLICY_INSTANCE: Route = Route {
    name: "GetTrafficPolicyInstance",
    method: Method::Get,
    path: "trafficpolicyinstance/{Id}",
    status: 200,
    root: None,
    input: &shapes::GET_TRAFFIC_POLICY_INSTANCE_REQUEST,
    output: &shapes::GET_TRAFFIC_POLICY_INSTANCE_RESPONSE,
    answer: "GetTrafficPolicyInstanceResponse",
};
impl Input for types::GetTrafficPolicyInstanceRequest {
    const OPERATION: Operation = Operation::GetTrafficPolicyInstance;
    type Output = types::GetTrafficPolicyInstanceResponse;
}

static GET_TRAFFIC_POLICY_INSTANCE_COUNT: Route = Route {
    name: "GetTrafficPolicyInstanceCount",
    method: Method::Get,
    path: "trafficpolicyinstancecount",
    status: 200,
    root: None,
    input: &shapes::GET_TRAFFIC_POLICY_INSTANCE_COUNT_REQUEST,
    output: &shapes::GET_TRAFFIC_POLICY_INSTANCE_COUNT_RESPONSE,
    answer: "GetTrafficPolicyInstanceCountResponse",
};
impl Input for types::GetTrafficPolicyInstanceCountRequest {
    const OPERATION: Operation = Operation::GetTrafficPolicyInstanceCount;
    type Output = types::GetTrafficPolicyInstanceCountResponse;
}

static LIST_CIDR_BLOCKS: Route = Route {
    name: "ListCidrBlocks",
    method: Method::Get,
    path: "cidrcollection/{CidrCollectionId}/cidrblocks",
    status: 200,
    root: None,
    input: &shapes::LIST_CIDR_BLOCKS_REQUEST,
    output: &shapes::LIST_CIDR_BLOCKS_RESPONSE,
    answer: "ListCidrBlocksResponse",
};
impl Input for types::ListCidrBlocksRequest {
    const OPERATION: Operation = Operation::ListCidrBlocks;
    type Output = types::ListCidrBlocksResponse;
}

static LIST_CIDR_COLLECTIONS: Route = Route {
    name: "ListCidrCollections",
    method: Method::Get,
    path: "cidrcollection",
    status: 200,
    root: None,
    input: &shapes::LIST_CIDR_COLLECTIONS_REQUEST,
    output: &shapes::LIST_CIDR_COLLECTIONS_RESPONSE,
    answer: "ListCidrCollectionsResponse",
};
impl Input for types::ListCidrCollectionsRequest {
    const OPERATION: Operation = Operation::ListCidrCollections;
    type Output = types::ListCidrCollectionsResponse;
}

static LIST_CIDR_LOCATIONS: Route = Route {
    name: "ListCidrLocations",
    method: Method::Get,
    path: "cidrcollection/{CidrCollectionId}",
    status: 200,
    root: None,
    input: &shapes::LIST_CIDR_LOCATIONS_REQUEST,
    output: &shapes::LIST_CIDR_LOCATIONS_RESPONSE,
    answer: "ListCidrLocationsResponse",
};
impl Input for types::ListCidrLocationsRequest {
    const OPERATION: Operation = Operation::ListCidrLocations;
    type Output = types::ListCidrLocationsResponse;
}

static LIST_GEO_LOCATIONS: Route = Route {
    name: "ListGeoLocations",
    method: Method::Get,
    path: "geolocations",
    status: 200,
    root: None,
    input: &shapes::LIST_GEO_LOCATIONS_REQUEST,
    output: &shapes::LIST_GEO_LOCATIONS_RESPONSE,
    answer: "ListGeoLocationsResponse",
};
impl Input for types::ListGeoLocationsRequest {
    const OPERATION: Operation = Operation::ListGeoLocations;
    type Output = types::ListGeoLocationsResponse;
}

static LIST_HEALTH_CHECKS: Route = Route {
    name: "ListHealthChecks",
    method: Method::Get,
    path: "healthcheck",
    status: 200,
    root: None,
    input: &shapes::LIST_HEALTH_CHECKS_REQUEST,
    output: &shapes::LIST_HEALTH_CHECKS_RESPONSE,
    answer: "ListHealthChecksResponse",
};
impl Input for types::ListHealthChecksRequest {
    const OPERATION: Operation = Operation::ListHealthChecks;
    type Output = types::ListHealthChecksResponse;
}

static LIST_HOSTED_ZONES: Route = Route {
    name: "ListHostedZones",
    method: Method::Get,
    path: "hostedzone",
    status: 200,
    root: None,
    input: &shapes::LIST_HOSTED_ZONES_REQUEST,
    output: &shapes::LIST_HOSTED_ZONES_RESPONSE,
    answer: "ListHostedZonesResponse",
};
impl Input for types::ListHostedZonesRequest {
    const OPERATION: Operation = Operation::ListHostedZones;
    type Output = types::ListHostedZonesResponse;
}

static LIST_HOSTED_ZONES_BY_NAME: Route = Route {
    name: "ListHostedZonesByName",
    method: Method::Get,
    path: "hostedzonesbyname",
    status: 200,
    root: None,
    input: &shapes::LIST_HOSTED_ZONES_BY_NAME_REQUEST,
    output: &shapes::LIST_HOSTED_ZONES_BY_NAME_RESPONSE,
    answer: "ListHostedZonesByNameResponse",
};
impl Input for types::ListHostedZonesByNameRequest {
    const OPERATION: Operation = Operation::ListHostedZonesByName;
    type Output = types::ListHostedZonesByNameResponse;
}

static LIST_HOSTED_ZONES_BY_VPC: Route = Route {
    name: "ListHostedZonesByVPC",
    method: Method::Get,
    path: "hostedzonesbyvpc",
    status: 200,
    root: None,
    input: &shapes::LIST_HOSTED_ZONES_BY_VPC_REQUEST,
    output: &shapes::LIST_HOSTED_ZONES_BY_VPC_RESPONSE,
    answer: "ListHostedZonesByVPCResponse",
};
impl Input for types::ListHostedZonesByVPCRequest {
    const OPERATION: Operation = Operation::ListHostedZonesByVPC;
    type Output = types::ListHostedZonesByVPCResponse;
}

static LIST_QUERY_LOGGING_CONFIGS: Route = Route {
    name: "ListQueryLoggingConfigs",
    method: Method::Get,
    path: "queryloggingconfig",
    status: 200,
    root: None,
    input: &shapes::LIST_QUERY_LOGGING_CONFIGS_REQUEST,
    output: &shapes::LIST_QUERY_LOGGING_CONFIGS_RESPONSE,
    answer: "ListQueryLoggingConfigsResponse",
};
impl Input for types::ListQueryLoggingConfigsRequest {
    const OPERATION: Operation = Operation::ListQueryLoggingConfigs;
    type Output = types::ListQueryLoggingConfigsResponse;
}

static LIST_RESOURCE_RECORD_SET_PROTECTIONS: Route = Route {
    name: "ListResourceRecordSetProtections",
    method: Method::Get,
    path: "hostedzone/{Id}/rrsetprotection",
    status: 200,
    root: None,
    input: &shapes::LIST_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST,
    output: &shapes::LIST_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE,
    answer: "ListResourceRecordSetProtectionsResponse",
};
impl Input for types::ListResourceRecordSetProtectionsRequest {
    const OPERATION: Operation = Operation::ListResourceRecordSetProtections;
    type Output = types::ListResourceRecordSetProtectionsResponse;
}

static LIST_RESOURCE_RECORD_SETS: Route = Route {
    name: "ListResourceRecordSets",
    method: Method::Get,
    path: "hostedzone/{Id}/rrset",
    status: 200,
    root: None,
    input: &shapes::LIST_RESOURCE_RECORD_SETS_REQUEST,
    output: &shapes::LIST_RESOURCE_RECORD_SETS_RESPONSE,
    answer: "ListResourceRecordSetsResponse",
};
impl Input for types::ListResourceRecordSetsRequest {
    const OPERATION: Operation = Operation::ListResourceRecordSets;
    type Output = types::ListResourceRecordSetsResponse;
}

static LIST_REUSABLE_DELEGATION_SETS: Route = Route {
    name: "ListReusableDelegationSets",
    method: Method::Get,
    path: "delegationset",
    status: 200,
    root: None,
    input: &shapes::LIST_REUSABLE_DELEGATION_SETS_REQUEST,
    output: &shapes::LIST_REUSABLE_DELEGATION_SETS_RESPONSE,
    answer: "ListReusableDelegationSetsResponse",
};
impl Input for types::ListReusableDelegationSetsRequest {
    const OPERATION: Operation = Operation::ListReusableDelegationSets;
    type Output = types::ListReusableDelegationSetsResponse;
}

static LIST_TAGS_FOR_RESOURCE: Route = Route {
    name: "ListTagsForResource",
    method: Method::Get,
    path: "tags/{ResourceType}/{ResourceId}",
    status: 200,
    root: None,
    input: &shapes::LIST_TAGS_FOR_RESOURCE_REQUEST,
    output: &shapes::LIST_TAGS_FOR_RESOURCE_RESPONSE,
    answer: "ListTagsForResourceResponse",
};
impl Input for types::ListTagsForResourceRequest {
    const OPERATION: Operation = Operation::ListTagsForResource;
    type Output = types::ListTagsForResourceResponse;
}

static LIST_TAGS_FOR_RESOURCES: Route = Route {
    name: "ListTagsForResources",
    method: Method::Post,
    path: "tags/{ResourceType}",
    status: 200,
    root: Some("ListTagsForResourcesRequest"),
    input: &shapes::LIST_TAGS_FOR_RESOURCES_REQUEST,
    output: &shapes::LIST_TAGS_FOR_RESOURCES_RESPONSE,
    answer: "ListTagsForResourcesResponse",
};
impl Input for types::ListTagsForResourcesRequest {
    const OPERATION: Operation = Operation::ListTagsForResources;
    type Output = types::ListTagsForResourcesResponse;
}

static LIST_TRAFFIC_POLICIES: Route = Route {
    name: "ListTrafficPolicies",
    method: Method::Get,
    path: "trafficpolicies",
    status: 200,
    root: None,
    input: &shapes::LIST_TRAFFIC_POLICIES_REQUEST,
    output: &shapes::LIST_TRAFFIC_POLICIES_RESPONSE,
    answer: "ListTrafficPoliciesResponse",
};
impl Input for types::ListTrafficPoliciesRequest {
    const OPERATION: Operation = Operation::ListTrafficPolicies;
    type Output = types::ListTrafficPoliciesResponse;
}

static LIST_TRAFFIC_POLICY_INSTANCES: Route = Route {
    name: "ListTrafficPolicyInstances",
    method: Method::Get,
    path: "trafficpolicyinstances",
    status: 200,
    root: None,
    input: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_REQUEST,
    output: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_RESPONSE,
    answer: "ListTrafficPolicyInstancesResponse",
};
impl Input for types::ListTrafficPolicyInstancesRequest {
    const OPERATION: Operation = Operation::ListTrafficPolicyInstances;
    type Output = types::ListTrafficPolicyInstancesResponse;
}

static LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE: Route = Route {
    name: "ListTrafficPolicyInstancesByHostedZone",
    method: Method::Get,
    path: "trafficpolicyinstances/hostedzone",
    status: 200,
    root: None,
    input: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE_REQUEST,
    output: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE_RESPONSE,
    answer: "ListTrafficPolicyInstancesByHostedZoneResponse",
};
impl Input for types::ListTrafficPolicyInstancesByHostedZoneRequest {
    const OPERATION: Operation = Operation::ListTrafficPolicyInstancesByHostedZone;
    type Output = types::ListTrafficPolicyInstancesByHostedZoneResponse;
}

static LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY: Route = Route {
    name: "ListTrafficPolicyInstancesByPolicy",
    method: Method::Get,
    path: "trafficpolicyinstances/trafficpolicy",
    status: 200,
    root: None,
    input: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY_REQUEST,
    output: &shapes::LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY_RESPONSE,
    answer: "ListTrafficPolicyInstancesByPolicyResponse",
};
impl Input for types::ListTrafficPolicyInstancesByPolicyRequest {
    const OPERATION: Operation = Operation::ListTrafficPolicyInstancesByPolicy;
    type Output = types::ListTrafficPolicyInstancesByPolicyResponse;
}

static LIST_TRAFFIC_POLICY_VERSIONS: Route = Route {
    name: "ListTrafficPolicyVersions",
    method: Method::Get,
    path: "trafficpolicies/{Id}/versions",
    status: 200,
    root: None,
    input: &shapes::LIST_TRAFFIC_POLICY_VERSIONS_REQUEST,
    output: &shapes::LIST_TRAFFIC_POLICY_VERSIONS_RESPONSE,
    answer: "ListTrafficPolicyVersionsResponse",
};
impl Input for types::ListTrafficPolicyVersionsRequest {
    const OPERATION: Operation = Operation::ListTrafficPolicyVersions;
    type Output = types::ListTrafficPolicyVersionsResponse;
}

static LIST_VPC_ASSOCIATION_AUTHORIZATIONS: Route = Route {
    name: "ListVPCAssociationAuthorizations",
    method: Method::Get,
    path: "hostedzone/{Id}/authorizevpcassociation",
    status: 200,
    root: None,
    input: &shapes::LIST_VPC_ASSOCIATION_AUTHORIZATIONS_REQUEST,
    output: &shapes::LIST_VPC_ASSOCIATION_AUTHORIZATIONS_RESPONSE,
    answer: "ListVPCAssociationAuthorizationsResponse",
};
impl Input for types::ListVPCAssociationAuthorizationsRequest {
    const OPERATION: Operation = Operation::ListVPCAssociationAuthorizations;
    type Output = types::ListVPCAssociationAuthorizationsResponse;
}

static TEST_DNS_ANSWER: Route = Route {
    name: "TestDNSAnswer",
    method: Method::Get,
    path: "testdnsanswer",
    status: 200,
    root: None,
    input: &shapes::TEST_DNS_ANSWER_REQUEST,
    output: &shapes::TEST_DNS_ANSWER_RESPONSE,
    answer: "TestDNSAnswerResponse",
};
impl Input for types::TestDNSAnswerRequest {
    const OPERATION: Operation = Operation::TestDNSAnswer;
    type Output = types::TestDNSAnswerResponse;
}

static UPDATE_HEALTH_CHECK: Route = Route {
    name: "UpdateHealthCheck",
    method: Method::Post,
    path: "healthcheck/{HealthCheckId}",
    status: 200,
    root: Some("UpdateHealthCheckRequest"),
    input: &shapes::UPDATE_HEALTH_CHECK_REQUEST,
    output: &shapes::UPDATE_HEALTH_CHECK_RESPONSE,
    answer: "UpdateHealthCheckResponse",
};
impl Input for types::UpdateHealthCheckRequest {
    const OPERATION: Operation = Operation::UpdateHealthCheck;
    type Output = types::UpdateHealthCheckResponse;
}

static UPDATE_HOSTED_ZONE_COMMENT: Route = Route {
    name: "UpdateHostedZoneComment",
    method: Method::Post,
    path: "hostedzone/{Id}",
    status: 200,
    root: Some("UpdateHostedZoneCommentRequest"),
    input: &shapes::UPDATE_HOSTED_ZONE_COMMENT_REQUEST,
    output: &shapes::UPDATE_HOSTED_ZONE_COMMENT_RESPONSE,
    answer: "UpdateHostedZoneCommentResponse",
};
impl Input for types::UpdateHostedZoneCommentRequest {
    const OPERATION: Operation = Operation::UpdateHostedZoneComment;
    type Output = types::UpdateHostedZoneCommentResponse;
}

static UPDATE_HOSTED_ZONE_FEATURES: Route = Route {
    name: "UpdateHostedZoneFeatures",
    method: Method::Post,
    path: "hostedzone/{Id}/features",
    status: 200,
    root: Some("UpdateHostedZoneFeaturesRequest"),
    input: &shapes::UPDATE_HOSTED_ZONE_FEATURES_REQUEST,
    output: &shapes::UPDATE_HOSTED_ZONE_FEATURES_RESPONSE,
    answer: "UpdateHostedZoneFeaturesResponse",
};
impl Input for types::UpdateHostedZoneFeaturesRequest {
    const OPERATION: Operation = Operation::UpdateHostedZoneFeatures;
    type Output = types::UpdateHostedZoneFeaturesResponse;
}

static UPDATE_TRAFFIC_POLICY_COMMENT: Route = Route {
    name: "UpdateTrafficPolicyComment",
    method: Method::Post,
    path: "trafficpolicy/{Id}/{Version}",
    status: 200,
    root: Some("UpdateTrafficPolicyCommentRequest"),
    input: &shapes::UPDATE_TRAFFIC_POLICY_COMMENT_REQUEST,
    output: &shapes::UPDATE_TRAFFIC_POLICY_COMMENT_RESPONSE,
    answer: "UpdateTrafficPolicyCommentResponse",
};
impl Input for types::UpdateTrafficPolicyCommentRequest {
    const OPERATION: Operation = Operation::UpdateTrafficPolicyComment;
    type Output = types::UpdateTrafficPolicyCommentResponse;
}

static UPDATE_TRAFFIC_POLICY_INSTANCE: Route = Route {
    name: "UpdateTrafficPolicyInstance",
    method: Method::Post,
    path: "trafficpolicyinstance/{Id}",
    status: 200,
    root: Some("UpdateTrafficPolicyInstanceRequest"),
    input: &shapes::UPDATE_TRAFFIC_POLICY_INSTANCE_REQUEST,
    output: &shapes::UPDATE_TRAFFIC_POLICY_INSTANCE_RESPONSE,
    answer: "UpdateTrafficPolicyInstanceResponse",
};
impl Input for types::UpdateTrafficPolicyInstanceRequest {
    const OPERATION: Operation = Operation::UpdateTrafficPolicyInstance;
    type Output = types::UpdateTrafficPolicyInstanceResponse;
}

/// Every code an error may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    AccessDenied,
    CidrBlockInUseException,
    CidrCollectionAlreadyExistsException,
    CidrCollectionInUseException,
    CidrCollectionVersionMismatchException,
    ConcurrentModification,
    ConflictingDomainExists,
    ConflictingTypes,
    DNSSECNotFound,
    DelegationSetAlreadyCreated,
    DelegationSetAlreadyReusable,
    DelegationSetInUse,
    DelegationSetNotAvailable,
    DelegationSetNotReusable,
    HealthCheckAlreadyExists,
    HealthCheckInUse,
    HealthCheckVersionMismatch,
    HostedZoneAlreadyExists,
    HostedZoneNotEmpty,
    HostedZoneNotFound,
    HostedZoneNotPrivate,
    HostedZonePartiallyDelegated,
    IncompatibleVersion,
    IncompleteSignature,
    InsufficientCloudWatchLogsResourcePolicy,
    InternalFailure,
    InvalidAction,
    InvalidArgument,
    InvalidChangeBatch,
    InvalidClientTokenId,
    InvalidDomainName,
    InvalidInput,
    InvalidKMSArn,
    InvalidKeySigningKeyName,
    InvalidKeySigningKeyStatus,
    InvalidPaginationToken,
    InvalidResourceRecordSetProtectionBatch,
    InvalidSigningStatus,
    InvalidTrafficPolicyDocument,
    InvalidVPCId,
    KeySigningKeyAlreadyExists,
    KeySigningKeyInParentDSRecord,
    KeySigningKeyInUse,
    KeySigningKeyWithActiveStatusNotFound,
    LastVPCAssociation,
    LimitsExceeded,
    MethodNotAllowed,
    MissingAuthenticationToken,
    NoSuchChange,
    NoSuchCidrCollectionException,
    NoSuchCidrLocationException,
    NoSuchCloudWatchLogsLogGroup,
    NoSuchDelegationSet,
    NoSuchGeoLocation,
    NoSuchHealthCheck,
    NoSuchHostedZone,
    NoSuchKeySigningKey,
    NoSuchQueryLoggingConfig,
    NoSuchTrafficPolicy,
    NoSuchTrafficPolicyInstance,
    NotAuthorizedException,
    PriorRequestNotComplete,
    ProtectionAlreadyExists,
    PublicZoneVPCAssociation,
    QueryLoggingConfigAlreadyExists,
    RequestEntityTooLarge,
    RequestExpired,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    Throttling,
    ThrottlingException,
    TooManyHealthChecks,
    TooManyHostedZones,
    TooManyKeySigningKeys,
    TooManyTrafficPolicies,
    TooManyTrafficPolicyInstances,
    TooManyTrafficPolicyVersionsForCurrentPolicy,
    TooManyVPCAssociationAuthorizations,
    TrafficPolicyAlreadyExists,
    TrafficPolicyInUse,
    TrafficPolicyInstanceAlreadyExists,
    VPCAssociationAuthorizationNotFound,
    VPCAssociationNotFound,
}

impl Code {
    /// The code as it is written, and its HTTP status.
    pub(super) const fn row(self) -> (&'static str, u16) {
        match self {
            Self::AccessDenied => ("AccessDenied", 403),
            Self::CidrBlockInUseException => ("CidrBlockInUseException", 400),
            Self::CidrCollectionAlreadyExistsException => ("CidrCollectionAlreadyExistsException", 400),
            Self::CidrCollectionInUseException => ("CidrCollectionInUseException", 400),
            Self::CidrCollectionVersionMismatchException => ("CidrCollectionVersionMismatchException", 409),
            Self::ConcurrentModification => ("ConcurrentModification", 400),
            Self::ConflictingDomainExists => ("ConflictingDomainExists", 400),
            Self::ConflictingTypes => ("ConflictingTypes", 400),
            Self::DNSSECNotFound => ("DNSSECNotFound", 400),
            Self::DelegationSetAlreadyCreated => ("DelegationSetAlreadyCreated", 400),
            Self::DelegationSetAlreadyReusable => ("DelegationSetAlreadyReusable", 400),
            Self::DelegationSetInUse => ("DelegationSetInUse", 400),
            Self::DelegationSetNotAvailable => ("DelegationSetNotAvailable", 400),
            Self::DelegationSetNotReusable => ("DelegationSetNotReusable", 400),
            Self::HealthCheckAlreadyExists => ("HealthCheckAlreadyExists", 409),
            Self::HealthCheckInUse => ("HealthCheckInUse", 400),
            Self::HealthCheckVersionMismatch => ("HealthCheckVersionMismatch", 409),
            Self::HostedZoneAlreadyExists => ("HostedZoneAlreadyExists", 409),
            Self::HostedZoneNotEmpty => ("HostedZoneNotEmpty", 400),
            Self::HostedZoneNotFound => ("HostedZoneNotFound", 400),
            Self::HostedZoneNotPrivate => ("HostedZoneNotPrivate", 400),
            Self::HostedZonePartiallyDelegated => ("HostedZonePartiallyDelegated", 400),
            Self::IncompatibleVersion => ("IncompatibleVersion", 400),
            Self::IncompleteSignature => ("IncompleteSignature", 403),
            Self::InsufficientCloudWatchLogsResourcePolicy => ("InsufficientCloudWatchLogsResourcePolicy", 400),
            Self::InternalFailure => ("InternalFailure", 500),
            Self::InvalidAction => ("InvalidAction", 404),
            Self::InvalidArgument => ("InvalidArgument", 400),
            Self::InvalidChangeBatch => ("InvalidChangeBatch", 400),
            Self::InvalidClientTokenId => ("InvalidClientTokenId", 403),
            Self::InvalidDomainName => ("InvalidDomainName", 400),
            Self::InvalidInput => ("InvalidInput", 400),
            Self::InvalidKMSArn => ("InvalidKMSArn", 400),
            Self::InvalidKeySigningKeyName => ("InvalidKeySigningKeyName", 400),
            Self::InvalidKeySigningKeyStatus => ("InvalidKeySigningKeyStatus", 400),
            Self::InvalidPaginationToken => ("InvalidPaginationToken", 400),
            Self::InvalidResourceRecordSetProtectionBatch => ("InvalidResourceRecordSetProtectionBatch", 400),
            Self::InvalidSigningStatus => ("InvalidSigningStatus", 400),
            Self::InvalidTrafficPolicyDocument => ("InvalidTrafficPolicyDocument", 400),
            Self::InvalidVPCId => ("InvalidVPCId", 400),
            Self::KeySigningKeyAlreadyExists => ("KeySigningKeyAlreadyExists", 409),
            Self::KeySigningKeyInParentDSRecord => ("KeySigningKeyInParentDSRecord", 400),
            Self::KeySigningKeyInUse => ("KeySigningKeyInUse", 400),
            Self::KeySigningKeyWithActiveStatusNotFound => ("KeySigningKeyWithActiveStatusNotFound", 400),
            Self::LastVPCAssociation => ("LastVPCAssociation", 400),
            Self::LimitsExceeded => ("LimitsExceeded", 400),
            Self::MethodNotAllowed => ("MethodNotAllowed", 405),
            Self::MissingAuthenticationToken => ("MissingAuthenticationToken", 403),
            Self::NoSuchChange => ("NoSuchChange", 404),
            Self::NoSuchCidrCollectionException => ("NoSuchCidrCollectionException", 404),
            Self::NoSuchCidrLocationException => ("NoSuchCidrLocationException", 404),
            Self::NoSuchCloudWatchLogsLogGroup => ("NoSuchCloudWatchLogsLogGroup", 404),
            Self::NoSuchDelegationSet => ("NoSuchDelegationSet", 400),
            Self::NoSuchGeoLocation => ("NoSuchGeoLocation", 404),
            Self::NoSuchHealthCheck => ("NoSuchHealthCheck", 404),
            Self::NoSuchHostedZone => ("NoSuchHostedZone", 404),
            Self::NoSuchKeySigningKey => ("NoSuchKeySigningKey", 404),
            Self::NoSuchQueryLoggingConfig => ("NoSuchQueryLoggingConfig", 404),
            Self::NoSuchTrafficPolicy => ("NoSuchTrafficPolicy", 404),
            Self::NoSuchTrafficPolicyInstance => ("NoSuchTrafficPolicyInstance", 404),
            Self::NotAuthorizedException => ("NotAuthorizedException", 401),
            Self::PriorRequestNotComplete => ("PriorRequestNotComplete", 400),
            Self::ProtectionAlreadyExists => ("ProtectionAlreadyExists", 409),
            Self::PublicZoneVPCAssociation => ("PublicZoneVPCAssociation", 400),
            Self::QueryLoggingConfigAlreadyExists => ("QueryLoggingConfigAlreadyExists", 409),
            Self::RequestEntityTooLarge => ("RequestEntityTooLarge", 413),
            Self::RequestExpired => ("RequestExpired", 400),
            Self::ServiceUnavailable => ("ServiceUnavailable", 503),
            Self::SignatureDoesNotMatch => ("SignatureDoesNotMatch", 403),
            Self::Throttling => ("Throttling", 400),
            Self::ThrottlingException => ("ThrottlingException", 400),
            Self::TooManyHealthChecks => ("TooManyHealthChecks", 400),
            Self::TooManyHostedZones => ("TooManyHostedZones", 400),
            Self::TooManyKeySigningKeys => ("TooManyKeySigningKeys", 400),
            Self::TooManyTrafficPolicies => ("TooManyTrafficPolicies", 400),
            Self::TooManyTrafficPolicyInstances => ("TooManyTrafficPolicyInstances", 400),
            Self::TooManyTrafficPolicyVersionsForCurrentPolicy => ("TooManyTrafficPolicyVersionsForCurrentPolicy", 400),
            Self::TooManyVPCAssociationAuthorizations => ("TooManyVPCAssociationAuthorizations", 400),
            Self::TrafficPolicyAlreadyExists => ("TrafficPolicyAlreadyExists", 409),
            Self::TrafficPolicyInUse => ("TrafficPolicyInUse", 400),
            Self::TrafficPolicyInstanceAlreadyExists => ("TrafficPolicyInstanceAlreadyExists", 409),
            Self::VPCAssociationAuthorizationNotFound => ("VPCAssociationAuthorizationNotFound", 404),
            Self::VPCAssociationNotFound => ("VPCAssociationNotFound", 404),
        }
    }
}

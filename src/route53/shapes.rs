//! What the model says of every shape: members, their order and places, bounds, words.
//!
//! Written by `tools/route53/generate.py` from the model; change that, not this.

use super::shape::{Form, Member, Place, Shape};

pub(super) static ARN: Shape = Shape::Text { min: 20, max: Some(2048), form: Form::NotBlank };
pub(super) static AWS_ACCOUNT_ID: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static AWS_REGION: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Any };
pub(super) static ACCELERATED_RECOVERY_ENABLED: Shape = Shape::Truth;
pub(super) static ACCELERATED_RECOVERY_STATUS: Shape = Shape::OneOf(&["ENABLING", "ENABLE_FAILED", "ENABLING_HOSTED_ZONE_LOCKED", "ENABLED", "DISABLING", "DISABLE_FAILED", "DISABLED", "DISABLING_HOSTED_ZONE_LOCKED"]);
pub(super) static ACCOUNT_LIMIT: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &ACCOUNT_LIMIT_TYPE, required: true, place: Place::Body },
    Member { name: "Value", shape: &LIMIT_VALUE, required: true, place: Place::Body },
]);
pub(super) static ACCOUNT_LIMIT_TYPE: Shape = Shape::OneOf(&["MAX_HEALTH_CHECKS_BY_OWNER", "MAX_HOSTED_ZONES_BY_OWNER", "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER", "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER", "MAX_TRAFFIC_POLICIES_BY_OWNER"]);
pub(super) static ACTIVATE_KEY_SIGNING_KEY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("HostedZoneId") },
    Member { name: "Name", shape: &SIGNING_KEY_NAME, required: true, place: Place::Path("Name") },
]);
pub(super) static ACTIVATE_KEY_SIGNING_KEY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static ALARM_IDENTIFIER: Shape = Shape::Structure(&[
    Member { name: "Region", shape: &CLOUD_WATCH_REGION, required: true, place: Place::Body },
    Member { name: "Name", shape: &ALARM_NAME, required: true, place: Place::Body },
]);
pub(super) static ALARM_NAME: Shape = Shape::Text { min: 1, max: Some(256), form: Form::Any };
pub(super) static ALIAS_HEALTH_ENABLED: Shape = Shape::Truth;
pub(super) static ALIAS_TARGET: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "DNSName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "EvaluateTargetHealth", shape: &ALIAS_HEALTH_ENABLED, required: true, place: Place::Body },
]);
pub(super) static ASSOCIATE_VPC_COMMENT: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static ASSOCIATE_VPC_WITH_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "VPC", shape: &VPC, required: true, place: Place::Body },
    Member { name: "Comment", shape: &ASSOCIATE_VPC_COMMENT, required: false, place: Place::Body },
]);
pub(super) static ASSOCIATE_VPC_WITH_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static BIAS: Shape = Shape::Whole { min: Some(-99), max: Some(99) };
pub(super) static CHANGE: Shape = Shape::Structure(&[
    Member { name: "Action", shape: &CHANGE_ACTION, required: true, place: Place::Body },
    Member { name: "ResourceRecordSet", shape: &RESOURCE_RECORD_SET, required: true, place: Place::Body },
]);
pub(super) static CHANGE_ACTION: Shape = Shape::OneOf(&["CREATE", "DELETE", "UPSERT"]);
pub(super) static CHANGE_BATCH: Shape = Shape::Structure(&[
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
    Member { name: "Changes", shape: &CHANGES, required: true, place: Place::Body },
]);
pub(super) static CHANGE_CIDR_COLLECTION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &UUID, required: true, place: Place::Path("CidrCollectionId") },
    Member { name: "CollectionVersion", shape: &COLLECTION_VERSION, required: false, place: Place::Body },
    Member { name: "Changes", shape: &CIDR_COLLECTION_CHANGES, required: true, place: Place::Body },
]);
pub(super) static CHANGE_CIDR_COLLECTION_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &CHANGE_ID, required: true, place: Place::Body },
]);
pub(super) static CHANGE_ID: Shape = Shape::Text { min: 1, max: Some(6500), form: Form::Any };
pub(super) static CHANGE_INFO: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "Status", shape: &CHANGE_STATUS, required: true, place: Place::Body },
    Member { name: "SubmittedAt", shape: &TIME_STAMP, required: true, place: Place::Body },
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
]);
pub(super) static CHANGE_RESOURCE_RECORD_SETS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "ChangeBatch", shape: &CHANGE_BATCH, required: true, place: Place::Body },
]);
pub(super) static CHANGE_RESOURCE_RECORD_SETS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static CHANGE_STATUS: Shape = Shape::OneOf(&["PENDING", "INSYNC"]);
pub(super) static CHANGE_TAGS_FOR_RESOURCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "ResourceType", shape: &TAG_RESOURCE_TYPE, required: true, place: Place::Path("ResourceType") },
    Member { name: "ResourceId", shape: &TAG_RESOURCE_ID, required: true, place: Place::Path("ResourceId") },
    Member { name: "AddTags", shape: &TAG_LIST, required: false, place: Place::Body },
    Member { name: "RemoveTagKeys", shape: &TAG_KEY_LIST, required: false, place: Place::Body },
]);
pub(super) static CHANGE_TAGS_FOR_RESOURCE_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static CHANGES: Shape = Shape::List { item: &CHANGE, element: "Change", min: 1, max: None };
pub(super) static CHECKER_IP_RANGES: Shape = Shape::List { item: &IP_ADDRESS_CIDR, element: "member", min: 0, max: None };
pub(super) static CHILD_HEALTH_CHECK_LIST: Shape = Shape::List { item: &HEALTH_CHECK_ID, element: "ChildHealthCheck", min: 0, max: Some(256) };
pub(super) static CIDR: Shape = Shape::Text { min: 1, max: Some(50), form: Form::NotBlank };
pub(super) static CIDR_BLOCK_SUMMARIES: Shape = Shape::List { item: &CIDR_BLOCK_SUMMARY, element: "member", min: 0, max: None };
pub(super) static CIDR_BLOCK_SUMMARY: Shape = Shape::Structure(&[
    Member { name: "CidrBlock", shape: &CIDR, required: false, place: Place::Body },
    Member { name: "LocationName", shape: &CIDR_LOCATION_NAME_DEFAULT_NOT_ALLOWED, required: false, place: Place::Body },
]);
pub(super) static CIDR_COLLECTION: Shape = Shape::Structure(&[
    Member { name: "Arn", shape: &ARN, required: false, place: Place::Body },
    Member { name: "Id", shape: &UUID, required: false, place: Place::Body },
    Member { name: "Name", shape: &COLLECTION_NAME, required: false, place: Place::Body },
    Member { name: "Version", shape: &COLLECTION_VERSION, required: false, place: Place::Body },
]);
pub(super) static CIDR_COLLECTION_CHANGE: Shape = Shape::Structure(&[
    Member { name: "LocationName", shape: &CIDR_LOCATION_NAME_DEFAULT_NOT_ALLOWED, required: true, place: Place::Body },
    Member { name: "Action", shape: &CIDR_COLLECTION_CHANGE_ACTION, required: true, place: Place::Body },
    Member { name: "CidrList", shape: &CIDR_LIST, required: true, place: Place::Body },
]);
pub(super) static CIDR_COLLECTION_CHANGE_ACTION: Shape = Shape::OneOf(&["PUT", "DELETE_IF_EXISTS"]);
pub(super) static CIDR_COLLECTION_CHANGES: Shape = Shape::List { item: &CIDR_COLLECTION_CHANGE, element: "member", min: 1, max: Some(1000) };
pub(super) static CIDR_LIST: Shape = Shape::List { item: &CIDR, element: "Cidr", min: 1, max: Some(1000) };
pub(super) static CIDR_LOCATION_NAME_DEFAULT_ALLOWED: Shape = Shape::Text { min: 1, max: Some(16), form: Form::WordOrStar };
pub(super) static CIDR_LOCATION_NAME_DEFAULT_NOT_ALLOWED: Shape = Shape::Text { min: 1, max: Some(16), form: Form::Word };
pub(super) static CIDR_NONCE: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Ascii };
pub(super) static CIDR_ROUTING_CONFIG: Shape = Shape::Structure(&[
    Member { name: "CollectionId", shape: &UUID, required: true, place: Place::Body },
    Member { name: "LocationName", shape: &CIDR_LOCATION_NAME_DEFAULT_ALLOWED, required: true, place: Place::Body },
]);
pub(super) static CLOUD_WATCH_ALARM_CONFIGURATION: Shape = Shape::Structure(&[
    Member { name: "EvaluationPeriods", shape: &EVALUATION_PERIODS, required: true, place: Place::Body },
    Member { name: "Threshold", shape: &THRESHOLD, required: true, place: Place::Body },
    Member { name: "ComparisonOperator", shape: &COMPARISON_OPERATOR, required: true, place: Place::Body },
    Member { name: "Period", shape: &PERIOD, required: true, place: Place::Body },
    Member { name: "MetricName", shape: &METRIC_NAME, required: true, place: Place::Body },
    Member { name: "Namespace", shape: &NAMESPACE, required: true, place: Place::Body },
    Member { name: "Statistic", shape: &STATISTIC, required: true, place: Place::Body },
    Member { name: "Dimensions", shape: &DIMENSION_LIST, required: false, place: Place::Body },
]);
pub(super) static CLOUD_WATCH_LOGS_LOG_GROUP_ARN: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static CLOUD_WATCH_REGION: Shape = Shape::OneOf(&["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-central-2", "eu-west-1", "eu-west-2", "eu-west-3", "ap-east-1", "me-south-1", "me-central-1", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "eu-north-1", "sa-east-1", "cn-northwest-1", "cn-north-1", "af-south-1", "eu-south-1", "eu-south-2", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "ap-southeast-4", "il-central-1", "ca-west-1", "ap-southeast-5", "mx-central-1", "us-isof-south-1", "us-isof-east-1", "ap-southeast-7", "ap-east-2", "eu-isoe-west-1", "ap-southeast-6", "us-isob-west-1", "eusc-de-east-1"]);
pub(super) static COLLECTION_NAME: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Word };
pub(super) static COLLECTION_SUMMARIES: Shape = Shape::List { item: &COLLECTION_SUMMARY, element: "member", min: 0, max: None };
pub(super) static COLLECTION_SUMMARY: Shape = Shape::Structure(&[
    Member { name: "Arn", shape: &ARN, required: false, place: Place::Body },
    Member { name: "Id", shape: &UUID, required: false, place: Place::Body },
    Member { name: "Name", shape: &COLLECTION_NAME, required: false, place: Place::Body },
    Member { name: "Version", shape: &COLLECTION_VERSION, required: false, place: Place::Body },
]);
pub(super) static COLLECTION_VERSION: Shape = Shape::Whole { min: Some(1), max: None };
pub(super) static COMPARISON_OPERATOR: Shape = Shape::OneOf(&["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"]);
pub(super) static COORDINATES: Shape = Shape::Structure(&[
    Member { name: "Latitude", shape: &LATITUDE, required: true, place: Place::Body },
    Member { name: "Longitude", shape: &LONGITUDE, required: true, place: Place::Body },
]);
pub(super) static CREATE_CIDR_COLLECTION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &COLLECTION_NAME, required: true, place: Place::Body },
    Member { name: "CallerReference", shape: &CIDR_NONCE, required: true, place: Place::Body },
]);
pub(super) static CREATE_CIDR_COLLECTION_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Collection", shape: &CIDR_COLLECTION, required: false, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: false, place: Place::Header("Location") },
]);
pub(super) static CREATE_HEALTH_CHECK_REQUEST: Shape = Shape::Structure(&[
    Member { name: "CallerReference", shape: &HEALTH_CHECK_NONCE, required: true, place: Place::Body },
    Member { name: "HealthCheckConfig", shape: &HEALTH_CHECK_CONFIG, required: true, place: Place::Body },
]);
pub(super) static CREATE_HEALTH_CHECK_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheck", shape: &HEALTH_CHECK, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "VPC", shape: &VPC, required: false, place: Place::Body },
    Member { name: "CallerReference", shape: &NONCE, required: true, place: Place::Body },
    Member { name: "HostedZoneConfig", shape: &HOSTED_ZONE_CONFIG, required: false, place: Place::Body },
    Member { name: "DelegationSetId", shape: &RESOURCE_ID, required: false, place: Place::Body },
]);
pub(super) static CREATE_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZone", shape: &HOSTED_ZONE, required: true, place: Place::Body },
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
    Member { name: "DelegationSet", shape: &DELEGATION_SET, required: true, place: Place::Body },
    Member { name: "VPC", shape: &VPC, required: false, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_KEY_SIGNING_KEY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "CallerReference", shape: &NONCE, required: true, place: Place::Body },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "KeyManagementServiceArn", shape: &SIGNING_KEY_STRING, required: true, place: Place::Body },
    Member { name: "Name", shape: &SIGNING_KEY_NAME, required: true, place: Place::Body },
    Member { name: "Status", shape: &SIGNING_KEY_STATUS, required: true, place: Place::Body },
]);
pub(super) static CREATE_KEY_SIGNING_KEY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
    Member { name: "KeySigningKey", shape: &KEY_SIGNING_KEY, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_QUERY_LOGGING_CONFIG_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "CloudWatchLogsLogGroupArn", shape: &CLOUD_WATCH_LOGS_LOG_GROUP_ARN, required: true, place: Place::Body },
]);
pub(super) static CREATE_QUERY_LOGGING_CONFIG_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "QueryLoggingConfig", shape: &QUERY_LOGGING_CONFIG, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "Protections", shape: &RESOURCE_RECORD_SET_PROTECTION_CONFIG_BATCH, required: true, place: Place::Body },
]);
pub(super) static CREATE_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static CREATE_REUSABLE_DELEGATION_SET_REQUEST: Shape = Shape::Structure(&[
    Member { name: "CallerReference", shape: &NONCE, required: true, place: Place::Body },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: false, place: Place::Body },
]);
pub(super) static CREATE_REUSABLE_DELEGATION_SET_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "DelegationSet", shape: &DELEGATION_SET, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_TRAFFIC_POLICY_INSTANCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "TTL", shape: &TTL, required: true, place: Place::Body },
    Member { name: "TrafficPolicyId", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "TrafficPolicyVersion", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
]);
pub(super) static CREATE_TRAFFIC_POLICY_INSTANCE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstance", shape: &TRAFFIC_POLICY_INSTANCE, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_TRAFFIC_POLICY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &TRAFFIC_POLICY_NAME, required: true, place: Place::Body },
    Member { name: "Document", shape: &TRAFFIC_POLICY_DOCUMENT, required: true, place: Place::Body },
    Member { name: "Comment", shape: &TRAFFIC_POLICY_COMMENT, required: false, place: Place::Body },
]);
pub(super) static CREATE_TRAFFIC_POLICY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicy", shape: &TRAFFIC_POLICY, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_TRAFFIC_POLICY_VERSION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Path("Id") },
    Member { name: "Document", shape: &TRAFFIC_POLICY_DOCUMENT, required: true, place: Place::Body },
    Member { name: "Comment", shape: &TRAFFIC_POLICY_COMMENT, required: false, place: Place::Body },
]);
pub(super) static CREATE_TRAFFIC_POLICY_VERSION_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicy", shape: &TRAFFIC_POLICY, required: true, place: Place::Body },
    Member { name: "Location", shape: &RESOURCE_URI, required: true, place: Place::Header("Location") },
]);
pub(super) static CREATE_VPC_ASSOCIATION_AUTHORIZATION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "VPC", shape: &VPC, required: true, place: Place::Body },
]);
pub(super) static CREATE_VPC_ASSOCIATION_AUTHORIZATION_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "VPC", shape: &VPC, required: true, place: Place::Body },
]);
pub(super) static DNS_NAME: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static DNSR_CODE: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static DNSSEC_STATUS: Shape = Shape::Structure(&[
    Member { name: "ServeSignature", shape: &SERVE_SIGNATURE, required: false, place: Place::Body },
    Member { name: "StatusMessage", shape: &SIGNING_KEY_STATUS_MESSAGE, required: false, place: Place::Body },
]);
pub(super) static DEACTIVATE_KEY_SIGNING_KEY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("HostedZoneId") },
    Member { name: "Name", shape: &SIGNING_KEY_NAME, required: true, place: Place::Path("Name") },
]);
pub(super) static DEACTIVATE_KEY_SIGNING_KEY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static DELEGATION_SET: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "CallerReference", shape: &NONCE, required: false, place: Place::Body },
    Member { name: "NameServers", shape: &DELEGATION_SET_NAME_SERVERS, required: true, place: Place::Body },
]);
pub(super) static DELEGATION_SET_NAME_SERVERS: Shape = Shape::List { item: &DNS_NAME, element: "NameServer", min: 1, max: None };
pub(super) static DELEGATION_SETS: Shape = Shape::List { item: &DELEGATION_SET, element: "DelegationSet", min: 0, max: None };
pub(super) static DELETE_CIDR_COLLECTION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &UUID, required: true, place: Place::Path("CidrCollectionId") },
]);
pub(super) static DELETE_CIDR_COLLECTION_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_HEALTH_CHECK_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: true, place: Place::Path("HealthCheckId") },
]);
pub(super) static DELETE_HEALTH_CHECK_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static DELETE_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static DELETE_KEY_SIGNING_KEY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("HostedZoneId") },
    Member { name: "Name", shape: &SIGNING_KEY_NAME, required: true, place: Place::Path("Name") },
]);
pub(super) static DELETE_KEY_SIGNING_KEY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static DELETE_QUERY_LOGGING_CONFIG_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &QUERY_LOGGING_CONFIG_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static DELETE_QUERY_LOGGING_CONFIG_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "Protections", shape: &RESOURCE_RECORD_SET_PROTECTION_KEY_BATCH, required: true, place: Place::Body },
]);
pub(super) static DELETE_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_REUSABLE_DELEGATION_SET_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static DELETE_REUSABLE_DELEGATION_SET_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_TRAFFIC_POLICY_INSTANCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_INSTANCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static DELETE_TRAFFIC_POLICY_INSTANCE_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_TRAFFIC_POLICY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Path("Id") },
    Member { name: "Version", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Path("Version") },
]);
pub(super) static DELETE_TRAFFIC_POLICY_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DELETE_VPC_ASSOCIATION_AUTHORIZATION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "VPC", shape: &VPC, required: true, place: Place::Body },
]);
pub(super) static DELETE_VPC_ASSOCIATION_AUTHORIZATION_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static DIMENSION: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &DIMENSION_FIELD, required: true, place: Place::Body },
    Member { name: "Value", shape: &DIMENSION_FIELD, required: true, place: Place::Body },
]);
pub(super) static DIMENSION_FIELD: Shape = Shape::Text { min: 1, max: Some(255), form: Form::Any };
pub(super) static DIMENSION_LIST: Shape = Shape::List { item: &DIMENSION, element: "Dimension", min: 0, max: Some(10) };
pub(super) static DISABLE_HOSTED_ZONE_DNSSEC_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static DISABLE_HOSTED_ZONE_DNSSEC_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static DISABLED: Shape = Shape::Truth;
pub(super) static DISASSOCIATE_VPC_COMMENT: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static DISASSOCIATE_VPC_FROM_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "VPC", shape: &VPC, required: true, place: Place::Body },
    Member { name: "Comment", shape: &DISASSOCIATE_VPC_COMMENT, required: false, place: Place::Body },
]);
pub(super) static DISASSOCIATE_VPC_FROM_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static ENABLE_HOSTED_ZONE_DNSSEC_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static ENABLE_HOSTED_ZONE_DNSSEC_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static ENABLE_SNI: Shape = Shape::Truth;
pub(super) static ERROR_MESSAGE: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static EVALUATION_PERIODS: Shape = Shape::Whole { min: Some(1), max: None };
pub(super) static FAILURE_REASON: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static FAILURE_THRESHOLD: Shape = Shape::Whole { min: Some(1), max: Some(10) };
pub(super) static FULLY_QUALIFIED_DOMAIN_NAME: Shape = Shape::Text { min: 0, max: Some(255), form: Form::Any };
pub(super) static GEO_LOCATION: Shape = Shape::Structure(&[
    Member { name: "ContinentCode", shape: &GEO_LOCATION_CONTINENT_CODE, required: false, place: Place::Body },
    Member { name: "CountryCode", shape: &GEO_LOCATION_COUNTRY_CODE, required: false, place: Place::Body },
    Member { name: "SubdivisionCode", shape: &GEO_LOCATION_SUBDIVISION_CODE, required: false, place: Place::Body },
]);
pub(super) static GEO_LOCATION_CONTINENT_CODE: Shape = Shape::Text { min: 2, max: Some(2), form: Form::Any };
pub(super) static GEO_LOCATION_CONTINENT_NAME: Shape = Shape::Text { min: 1, max: Some(32), form: Form::Any };
pub(super) static GEO_LOCATION_COUNTRY_CODE: Shape = Shape::Text { min: 1, max: Some(2), form: Form::Any };
pub(super) static GEO_LOCATION_COUNTRY_NAME: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Any };
pub(super) static GEO_LOCATION_DETAILS: Shape = Shape::Structure(&[
    Member { name: "ContinentCode", shape: &GEO_LOCATION_CONTINENT_CODE, required: false, place: Place::Body },
    Member { name: "ContinentName", shape: &GEO_LOCATION_CONTINENT_NAME, required: false, place: Place::Body },
    Member { name: "CountryCode", shape: &GEO_LOCATION_COUNTRY_CODE, required: false, place: Place::Body },
    Member { name: "CountryName", shape: &GEO_LOCATION_COUNTRY_NAME, required: false, place: Place::Body },
    Member { name: "SubdivisionCode", shape: &GEO_LOCATION_SUBDIVISION_CODE, required: false, place: Place::Body },
    Member { name: "SubdivisionName", shape: &GEO_LOCATION_SUBDIVISION_NAME, required: false, place: Place::Body },
]);
pub(super) static GEO_LOCATION_DETAILS_LIST: Shape = Shape::List { item: &GEO_LOCATION_DETAILS, element: "GeoLocationDetails", min: 0, max: None };
pub(super) static GEO_LOCATION_SUBDIVISION_CODE: Shape = Shape::Text { min: 1, max: Some(3), form: Form::Any };
pub(super) static GEO_LOCATION_SUBDIVISION_NAME: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Any };
pub(super) static GEO_PROXIMITY_LOCATION: Shape = Shape::Structure(&[
    Member { name: "AWSRegion", shape: &AWS_REGION, required: false, place: Place::Body },
    Member { name: "LocalZoneGroup", shape: &LOCAL_ZONE_GROUP, required: false, place: Place::Body },
    Member { name: "Coordinates", shape: &COORDINATES, required: false, place: Place::Body },
    Member { name: "Bias", shape: &BIAS, required: false, place: Place::Body },
]);
pub(super) static GET_ACCOUNT_LIMIT_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &ACCOUNT_LIMIT_TYPE, required: true, place: Place::Path("Type") },
]);
pub(super) static GET_ACCOUNT_LIMIT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Limit", shape: &ACCOUNT_LIMIT, required: true, place: Place::Body },
    Member { name: "Count", shape: &USAGE_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_CHANGE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &CHANGE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_CHANGE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ChangeInfo", shape: &CHANGE_INFO, required: true, place: Place::Body },
]);
pub(super) static GET_CHECKER_IP_RANGES_REQUEST: Shape = Shape::Structure(&[
]);
pub(super) static GET_CHECKER_IP_RANGES_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "CheckerIpRanges", shape: &CHECKER_IP_RANGES, required: true, place: Place::Body },
]);
pub(super) static GET_DNSSEC_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_DNSSEC_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Status", shape: &DNSSEC_STATUS, required: true, place: Place::Body },
    Member { name: "KeySigningKeys", shape: &KEY_SIGNING_KEYS, required: true, place: Place::Body },
]);
pub(super) static GET_GEO_LOCATION_REQUEST: Shape = Shape::Structure(&[
    Member { name: "ContinentCode", shape: &GEO_LOCATION_CONTINENT_CODE, required: false, place: Place::Query("continentcode") },
    Member { name: "CountryCode", shape: &GEO_LOCATION_COUNTRY_CODE, required: false, place: Place::Query("countrycode") },
    Member { name: "SubdivisionCode", shape: &GEO_LOCATION_SUBDIVISION_CODE, required: false, place: Place::Query("subdivisioncode") },
]);
pub(super) static GET_GEO_LOCATION_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "GeoLocationDetails", shape: &GEO_LOCATION_DETAILS, required: true, place: Place::Body },
]);
pub(super) static GET_HEALTH_CHECK_COUNT_REQUEST: Shape = Shape::Structure(&[
]);
pub(super) static GET_HEALTH_CHECK_COUNT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheckCount", shape: &HEALTH_CHECK_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_HEALTH_CHECK_LAST_FAILURE_REASON_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: true, place: Place::Path("HealthCheckId") },
]);
pub(super) static GET_HEALTH_CHECK_LAST_FAILURE_REASON_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheckObservations", shape: &HEALTH_CHECK_OBSERVATIONS, required: true, place: Place::Body },
]);
pub(super) static GET_HEALTH_CHECK_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: true, place: Place::Path("HealthCheckId") },
]);
pub(super) static GET_HEALTH_CHECK_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheck", shape: &HEALTH_CHECK, required: true, place: Place::Body },
]);
pub(super) static GET_HEALTH_CHECK_STATUS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: true, place: Place::Path("HealthCheckId") },
]);
pub(super) static GET_HEALTH_CHECK_STATUS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheckObservations", shape: &HEALTH_CHECK_OBSERVATIONS, required: true, place: Place::Body },
]);
pub(super) static GET_HOSTED_ZONE_COUNT_REQUEST: Shape = Shape::Structure(&[
]);
pub(super) static GET_HOSTED_ZONE_COUNT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZoneCount", shape: &HOSTED_ZONE_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_HOSTED_ZONE_LIMIT_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &HOSTED_ZONE_LIMIT_TYPE, required: true, place: Place::Path("Type") },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_HOSTED_ZONE_LIMIT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Limit", shape: &HOSTED_ZONE_LIMIT, required: true, place: Place::Body },
    Member { name: "Count", shape: &USAGE_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZone", shape: &HOSTED_ZONE, required: true, place: Place::Body },
    Member { name: "DelegationSet", shape: &DELEGATION_SET, required: false, place: Place::Body },
    Member { name: "VPCs", shape: &VPCS, required: false, place: Place::Body },
]);
pub(super) static GET_QUERY_LOGGING_CONFIG_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &QUERY_LOGGING_CONFIG_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_QUERY_LOGGING_CONFIG_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "QueryLoggingConfig", shape: &QUERY_LOGGING_CONFIG, required: true, place: Place::Body },
]);
pub(super) static GET_REUSABLE_DELEGATION_SET_LIMIT_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &REUSABLE_DELEGATION_SET_LIMIT_TYPE, required: true, place: Place::Path("Type") },
    Member { name: "DelegationSetId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_REUSABLE_DELEGATION_SET_LIMIT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Limit", shape: &REUSABLE_DELEGATION_SET_LIMIT, required: true, place: Place::Body },
    Member { name: "Count", shape: &USAGE_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_REUSABLE_DELEGATION_SET_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_REUSABLE_DELEGATION_SET_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "DelegationSet", shape: &DELEGATION_SET, required: true, place: Place::Body },
]);
pub(super) static GET_TRAFFIC_POLICY_INSTANCE_COUNT_REQUEST: Shape = Shape::Structure(&[
]);
pub(super) static GET_TRAFFIC_POLICY_INSTANCE_COUNT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstanceCount", shape: &TRAFFIC_POLICY_INSTANCE_COUNT, required: true, place: Place::Body },
]);
pub(super) static GET_TRAFFIC_POLICY_INSTANCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_INSTANCE_ID, required: true, place: Place::Path("Id") },
]);
pub(super) static GET_TRAFFIC_POLICY_INSTANCE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstance", shape: &TRAFFIC_POLICY_INSTANCE, required: true, place: Place::Body },
]);
pub(super) static GET_TRAFFIC_POLICY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Path("Id") },
    Member { name: "Version", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Path("Version") },
]);
pub(super) static GET_TRAFFIC_POLICY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicy", shape: &TRAFFIC_POLICY, required: true, place: Place::Body },
]);
pub(super) static HEALTH_CHECK: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &HEALTH_CHECK_ID, required: true, place: Place::Body },
    Member { name: "CallerReference", shape: &HEALTH_CHECK_NONCE, required: true, place: Place::Body },
    Member { name: "LinkedService", shape: &LINKED_SERVICE, required: false, place: Place::Body },
    Member { name: "HealthCheckConfig", shape: &HEALTH_CHECK_CONFIG, required: true, place: Place::Body },
    Member { name: "HealthCheckVersion", shape: &HEALTH_CHECK_VERSION, required: true, place: Place::Body },
    Member { name: "CloudWatchAlarmConfiguration", shape: &CLOUD_WATCH_ALARM_CONFIGURATION, required: false, place: Place::Body },
]);
pub(super) static HEALTH_CHECK_CONFIG: Shape = Shape::Structure(&[
    Member { name: "IPAddress", shape: &IP_ADDRESS, required: false, place: Place::Body },
    Member { name: "Port", shape: &PORT, required: false, place: Place::Body },
    Member { name: "Type", shape: &HEALTH_CHECK_TYPE, required: true, place: Place::Body },
    Member { name: "ResourcePath", shape: &RESOURCE_PATH, required: false, place: Place::Body },
    Member { name: "FullyQualifiedDomainName", shape: &FULLY_QUALIFIED_DOMAIN_NAME, required: false, place: Place::Body },
    Member { name: "SearchString", shape: &SEARCH_STRING, required: false, place: Place::Body },
    Member { name: "RequestInterval", shape: &REQUEST_INTERVAL, required: false, place: Place::Body },
    Member { name: "FailureThreshold", shape: &FAILURE_THRESHOLD, required: false, place: Place::Body },
    Member { name: "MeasureLatency", shape: &MEASURE_LATENCY, required: false, place: Place::Body },
    Member { name: "Inverted", shape: &INVERTED, required: false, place: Place::Body },
    Member { name: "Disabled", shape: &DISABLED, required: false, place: Place::Body },
    Member { name: "HealthThreshold", shape: &HEALTH_THRESHOLD, required: false, place: Place::Body },
    Member { name: "ChildHealthChecks", shape: &CHILD_HEALTH_CHECK_LIST, required: false, place: Place::Body },
    Member { name: "EnableSNI", shape: &ENABLE_SNI, required: false, place: Place::Body },
    Member { name: "Regions", shape: &HEALTH_CHECK_REGION_LIST, required: false, place: Place::Body },
    Member { name: "AlarmIdentifier", shape: &ALARM_IDENTIFIER, required: false, place: Place::Body },
    Member { name: "InsufficientDataHealthStatus", shape: &INSUFFICIENT_DATA_HEALTH_STATUS, required: false, place: Place::Body },
    Member { name: "RoutingControlArn", shape: &ROUTING_CONTROL_ARN, required: false, place: Place::Body },
]);
pub(super) static HEALTH_CHECK_COUNT: Shape = Shape::Whole { min: None, max: None };
pub(super) static HEALTH_CHECK_ID: Shape = Shape::Text { min: 0, max: Some(64), form: Form::Any };
pub(super) static HEALTH_CHECK_NONCE: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Any };
pub(super) static HEALTH_CHECK_OBSERVATION: Shape = Shape::Structure(&[
    Member { name: "Region", shape: &HEALTH_CHECK_REGION, required: false, place: Place::Body },
    Member { name: "IPAddress", shape: &IP_ADDRESS, required: false, place: Place::Body },
    Member { name: "StatusReport", shape: &STATUS_REPORT, required: false, place: Place::Body },
]);
pub(super) static HEALTH_CHECK_OBSERVATIONS: Shape = Shape::List { item: &HEALTH_CHECK_OBSERVATION, element: "HealthCheckObservation", min: 0, max: None };
pub(super) static HEALTH_CHECK_REGION: Shape = Shape::OneOf(&["us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1"]);
pub(super) static HEALTH_CHECK_REGION_LIST: Shape = Shape::List { item: &HEALTH_CHECK_REGION, element: "Region", min: 3, max: Some(64) };
pub(super) static HEALTH_CHECK_TYPE: Shape = Shape::OneOf(&["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"]);
pub(super) static HEALTH_CHECK_VERSION: Shape = Shape::Whole { min: Some(1), max: None };
pub(super) static HEALTH_CHECKS: Shape = Shape::List { item: &HEALTH_CHECK, element: "HealthCheck", min: 0, max: None };
pub(super) static HEALTH_THRESHOLD: Shape = Shape::Whole { min: Some(0), max: Some(256) };
pub(super) static HOSTED_ZONE: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "CallerReference", shape: &NONCE, required: true, place: Place::Body },
    Member { name: "Config", shape: &HOSTED_ZONE_CONFIG, required: false, place: Place::Body },
    Member { name: "ResourceRecordSetCount", shape: &HOSTED_ZONE_RR_SET_COUNT, required: false, place: Place::Body },
    Member { name: "LinkedService", shape: &LINKED_SERVICE, required: false, place: Place::Body },
    Member { name: "Features", shape: &HOSTED_ZONE_FEATURES, required: false, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_CONFIG: Shape = Shape::Structure(&[
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
    Member { name: "PrivateZone", shape: &IS_PRIVATE_ZONE, required: false, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_COUNT: Shape = Shape::Whole { min: None, max: None };
pub(super) static HOSTED_ZONE_FAILURE_REASONS: Shape = Shape::Structure(&[
    Member { name: "AcceleratedRecovery", shape: &FAILURE_REASON, required: false, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_FEATURES: Shape = Shape::Structure(&[
    Member { name: "AcceleratedRecoveryStatus", shape: &ACCELERATED_RECOVERY_STATUS, required: false, place: Place::Body },
    Member { name: "FailureReasons", shape: &HOSTED_ZONE_FAILURE_REASONS, required: false, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_LIMIT: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &HOSTED_ZONE_LIMIT_TYPE, required: true, place: Place::Body },
    Member { name: "Value", shape: &LIMIT_VALUE, required: true, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_LIMIT_TYPE: Shape = Shape::OneOf(&["MAX_RRSETS_BY_ZONE", "MAX_VPCS_ASSOCIATED_BY_ZONE"]);
pub(super) static HOSTED_ZONE_OWNER: Shape = Shape::Structure(&[
    Member { name: "OwningAccount", shape: &AWS_ACCOUNT_ID, required: false, place: Place::Body },
    Member { name: "OwningService", shape: &HOSTED_ZONE_OWNING_SERVICE, required: false, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_OWNING_SERVICE: Shape = Shape::Text { min: 0, max: Some(128), form: Form::Any };
pub(super) static HOSTED_ZONE_RR_SET_COUNT: Shape = Shape::Whole { min: None, max: None };
pub(super) static HOSTED_ZONE_SUMMARIES: Shape = Shape::List { item: &HOSTED_ZONE_SUMMARY, element: "HostedZoneSummary", min: 0, max: None };
pub(super) static HOSTED_ZONE_SUMMARY: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "Owner", shape: &HOSTED_ZONE_OWNER, required: true, place: Place::Body },
]);
pub(super) static HOSTED_ZONE_TYPE: Shape = Shape::OneOf(&["PrivateHostedZone"]);
pub(super) static HOSTED_ZONES: Shape = Shape::List { item: &HOSTED_ZONE, element: "HostedZone", min: 0, max: None };
pub(super) static IP_ADDRESS: Shape = Shape::Text { min: 0, max: Some(45), form: Form::Address };
pub(super) static IP_ADDRESS_CIDR: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static INSUFFICIENT_DATA_HEALTH_STATUS: Shape = Shape::OneOf(&["Healthy", "Unhealthy", "LastKnownStatus"]);
pub(super) static INVERTED: Shape = Shape::Truth;
pub(super) static IS_PRIVATE_ZONE: Shape = Shape::Truth;
pub(super) static KEY_SIGNING_KEY: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &SIGNING_KEY_NAME, required: false, place: Place::Body },
    Member { name: "KmsArn", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "Flag", shape: &SIGNING_KEY_INTEGER, required: false, place: Place::Body },
    Member { name: "SigningAlgorithmMnemonic", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "SigningAlgorithmType", shape: &SIGNING_KEY_INTEGER, required: false, place: Place::Body },
    Member { name: "DigestAlgorithmMnemonic", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "DigestAlgorithmType", shape: &SIGNING_KEY_INTEGER, required: false, place: Place::Body },
    Member { name: "KeyTag", shape: &SIGNING_KEY_TAG, required: false, place: Place::Body },
    Member { name: "DigestValue", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "PublicKey", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "DSRecord", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "DNSKEYRecord", shape: &SIGNING_KEY_STRING, required: false, place: Place::Body },
    Member { name: "Status", shape: &SIGNING_KEY_STATUS, required: false, place: Place::Body },
    Member { name: "StatusMessage", shape: &SIGNING_KEY_STATUS_MESSAGE, required: false, place: Place::Body },
    Member { name: "CreatedDate", shape: &TIME_STAMP, required: false, place: Place::Body },
    Member { name: "LastModifiedDate", shape: &TIME_STAMP, required: false, place: Place::Body },
]);
pub(super) static KEY_SIGNING_KEYS: Shape = Shape::List { item: &KEY_SIGNING_KEY, element: "member", min: 0, max: None };
pub(super) static LATITUDE: Shape = Shape::Text { min: 1, max: Some(6), form: Form::Latitude };
pub(super) static LIMIT_VALUE: Shape = Shape::Whole { min: Some(1), max: None };
pub(super) static LINKED_SERVICE: Shape = Shape::Structure(&[
    Member { name: "ServicePrincipal", shape: &SERVICE_PRINCIPAL, required: false, place: Place::Body },
    Member { name: "Description", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
]);
pub(super) static LIST_CIDR_BLOCKS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "CollectionId", shape: &UUID, required: true, place: Place::Path("CidrCollectionId") },
    Member { name: "LocationName", shape: &CIDR_LOCATION_NAME_DEFAULT_NOT_ALLOWED, required: false, place: Place::Query("location") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
]);
pub(super) static LIST_CIDR_BLOCKS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
    Member { name: "CidrBlocks", shape: &CIDR_BLOCK_SUMMARIES, required: false, place: Place::Body },
]);
pub(super) static LIST_CIDR_COLLECTIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
]);
pub(super) static LIST_CIDR_COLLECTIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
    Member { name: "CidrCollections", shape: &COLLECTION_SUMMARIES, required: false, place: Place::Body },
]);
pub(super) static LIST_CIDR_LOCATIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "CollectionId", shape: &UUID, required: true, place: Place::Path("CidrCollectionId") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
]);
pub(super) static LIST_CIDR_LOCATIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
    Member { name: "CidrLocations", shape: &LOCATION_SUMMARIES, required: false, place: Place::Body },
]);
pub(super) static LIST_GEO_LOCATIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "StartContinentCode", shape: &GEO_LOCATION_CONTINENT_CODE, required: false, place: Place::Query("startcontinentcode") },
    Member { name: "StartCountryCode", shape: &GEO_LOCATION_COUNTRY_CODE, required: false, place: Place::Query("startcountrycode") },
    Member { name: "StartSubdivisionCode", shape: &GEO_LOCATION_SUBDIVISION_CODE, required: false, place: Place::Query("startsubdivisioncode") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_GEO_LOCATIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "GeoLocationDetailsList", shape: &GEO_LOCATION_DETAILS_LIST, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextContinentCode", shape: &GEO_LOCATION_CONTINENT_CODE, required: false, place: Place::Body },
    Member { name: "NextCountryCode", shape: &GEO_LOCATION_COUNTRY_CODE, required: false, place: Place::Body },
    Member { name: "NextSubdivisionCode", shape: &GEO_LOCATION_SUBDIVISION_CODE, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_HEALTH_CHECKS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Marker", shape: &PAGE_MARKER, required: false, place: Place::Query("marker") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_HEALTH_CHECKS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthChecks", shape: &HEALTH_CHECKS, required: true, place: Place::Body },
    Member { name: "Marker", shape: &PAGE_MARKER, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextMarker", shape: &PAGE_MARKER, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_HOSTED_ZONES_BY_NAME_REQUEST: Shape = Shape::Structure(&[
    Member { name: "DNSName", shape: &DNS_NAME, required: false, place: Place::Query("dnsname") },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: false, place: Place::Query("hostedzoneid") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_HOSTED_ZONES_BY_NAME_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZones", shape: &HOSTED_ZONES, required: true, place: Place::Body },
    Member { name: "DNSName", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextDNSName", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "NextHostedZoneId", shape: &RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_HOSTED_ZONES_BY_VPC_REQUEST: Shape = Shape::Structure(&[
    Member { name: "VPCId", shape: &VPC_ID, required: true, place: Place::Query("vpcid") },
    Member { name: "VPCRegion", shape: &VPC_REGION, required: true, place: Place::Query("vpcregion") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
]);
pub(super) static LIST_HOSTED_ZONES_BY_VPC_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZoneSummaries", shape: &HOSTED_ZONE_SUMMARIES, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
]);
pub(super) static LIST_HOSTED_ZONES_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Marker", shape: &PAGE_MARKER, required: false, place: Place::Query("marker") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
    Member { name: "DelegationSetId", shape: &RESOURCE_ID, required: false, place: Place::Query("delegationsetid") },
    Member { name: "HostedZoneType", shape: &HOSTED_ZONE_TYPE, required: false, place: Place::Query("hostedzonetype") },
]);
pub(super) static LIST_HOSTED_ZONES_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZones", shape: &HOSTED_ZONES, required: true, place: Place::Body },
    Member { name: "Marker", shape: &PAGE_MARKER, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextMarker", shape: &PAGE_MARKER, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_QUERY_LOGGING_CONFIGS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: false, place: Place::Query("hostedzoneid") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
]);
pub(super) static LIST_QUERY_LOGGING_CONFIGS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "QueryLoggingConfigs", shape: &QUERY_LOGGING_CONFIGS, required: true, place: Place::Body },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
]);
pub(super) static LIST_RESOURCE_RECORD_SET_PROTECTIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "StartRecordName", shape: &DNS_NAME, required: false, place: Place::Query("name") },
    Member { name: "StartRecordType", shape: &RR_TYPE, required: false, place: Place::Query("type") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
]);
pub(super) static LIST_RESOURCE_RECORD_SET_PROTECTIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ResourceRecordSetProtections", shape: &RESOURCE_RECORD_SET_PROTECTIONS, required: true, place: Place::Body },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
]);
pub(super) static LIST_RESOURCE_RECORD_SETS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "StartRecordName", shape: &DNS_NAME, required: false, place: Place::Query("name") },
    Member { name: "StartRecordType", shape: &RR_TYPE, required: false, place: Place::Query("type") },
    Member { name: "StartRecordIdentifier", shape: &RESOURCE_RECORD_SET_IDENTIFIER, required: false, place: Place::Query("identifier") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_RESOURCE_RECORD_SETS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ResourceRecordSets", shape: &RESOURCE_RECORD_SETS, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextRecordName", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "NextRecordType", shape: &RR_TYPE, required: false, place: Place::Body },
    Member { name: "NextRecordIdentifier", shape: &RESOURCE_RECORD_SET_IDENTIFIER, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_REUSABLE_DELEGATION_SETS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Marker", shape: &PAGE_MARKER, required: false, place: Place::Query("marker") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_REUSABLE_DELEGATION_SETS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "DelegationSets", shape: &DELEGATION_SETS, required: true, place: Place::Body },
    Member { name: "Marker", shape: &PAGE_MARKER, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "NextMarker", shape: &PAGE_MARKER, required: false, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_TAGS_FOR_RESOURCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "ResourceType", shape: &TAG_RESOURCE_TYPE, required: true, place: Place::Path("ResourceType") },
    Member { name: "ResourceId", shape: &TAG_RESOURCE_ID, required: true, place: Place::Path("ResourceId") },
]);
pub(super) static LIST_TAGS_FOR_RESOURCE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ResourceTagSet", shape: &RESOURCE_TAG_SET, required: true, place: Place::Body },
]);
pub(super) static LIST_TAGS_FOR_RESOURCES_REQUEST: Shape = Shape::Structure(&[
    Member { name: "ResourceType", shape: &TAG_RESOURCE_TYPE, required: true, place: Place::Path("ResourceType") },
    Member { name: "ResourceIds", shape: &TAG_RESOURCE_ID_LIST, required: true, place: Place::Body },
]);
pub(super) static LIST_TAGS_FOR_RESOURCES_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "ResourceTagSets", shape: &RESOURCE_TAG_SET_LIST, required: true, place: Place::Body },
]);
pub(super) static LIST_TRAFFIC_POLICIES_REQUEST: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyIdMarker", shape: &TRAFFIC_POLICY_ID, required: false, place: Place::Query("trafficpolicyid") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_TRAFFIC_POLICIES_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicySummaries", shape: &TRAFFIC_POLICY_SUMMARIES, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "TrafficPolicyIdMarker", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Query("id") },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Query("trafficpolicyinstancename") },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Query("trafficpolicyinstancetype") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_BY_HOSTED_ZONE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstances", shape: &TRAFFIC_POLICY_INSTANCES, required: true, place: Place::Body },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY_REQUEST: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyId", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Query("id") },
    Member { name: "TrafficPolicyVersion", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Query("version") },
    Member { name: "HostedZoneIdMarker", shape: &RESOURCE_ID, required: false, place: Place::Query("hostedzoneid") },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Query("trafficpolicyinstancename") },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Query("trafficpolicyinstancetype") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_BY_POLICY_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstances", shape: &TRAFFIC_POLICY_INSTANCES, required: true, place: Place::Body },
    Member { name: "HostedZoneIdMarker", shape: &RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneIdMarker", shape: &RESOURCE_ID, required: false, place: Place::Query("hostedzoneid") },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Query("trafficpolicyinstancename") },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Query("trafficpolicyinstancetype") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_TRAFFIC_POLICY_INSTANCES_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstances", shape: &TRAFFIC_POLICY_INSTANCES, required: true, place: Place::Body },
    Member { name: "HostedZoneIdMarker", shape: &RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceNameMarker", shape: &DNS_NAME, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceTypeMarker", shape: &RR_TYPE, required: false, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_TRAFFIC_POLICY_VERSIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Path("Id") },
    Member { name: "TrafficPolicyVersionMarker", shape: &TRAFFIC_POLICY_VERSION_MARKER, required: false, place: Place::Query("trafficpolicyversion") },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: false, place: Place::Query("maxitems") },
]);
pub(super) static LIST_TRAFFIC_POLICY_VERSIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicies", shape: &TRAFFIC_POLICIES, required: true, place: Place::Body },
    Member { name: "IsTruncated", shape: &PAGE_TRUNCATED, required: true, place: Place::Body },
    Member { name: "TrafficPolicyVersionMarker", shape: &TRAFFIC_POLICY_VERSION_MARKER, required: true, place: Place::Body },
    Member { name: "MaxItems", shape: &PAGE_MAX_ITEMS, required: true, place: Place::Body },
]);
pub(super) static LIST_VPC_ASSOCIATION_AUTHORIZATIONS_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Query("nexttoken") },
    Member { name: "MaxResults", shape: &MAX_RESULTS, required: false, place: Place::Query("maxresults") },
]);
pub(super) static LIST_VPC_ASSOCIATION_AUTHORIZATIONS_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "NextToken", shape: &PAGINATION_TOKEN, required: false, place: Place::Body },
    Member { name: "VPCs", shape: &VPCS, required: true, place: Place::Body },
]);
pub(super) static LOCAL_ZONE_GROUP: Shape = Shape::Text { min: 1, max: Some(64), form: Form::Any };
pub(super) static LOCATION_SUMMARIES: Shape = Shape::List { item: &LOCATION_SUMMARY, element: "member", min: 0, max: None };
pub(super) static LOCATION_SUMMARY: Shape = Shape::Structure(&[
    Member { name: "LocationName", shape: &CIDR_LOCATION_NAME_DEFAULT_ALLOWED, required: false, place: Place::Body },
]);
pub(super) static LONGITUDE: Shape = Shape::Text { min: 1, max: Some(7), form: Form::Longitude };
pub(super) static MAX_RESULTS: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static MEASURE_LATENCY: Shape = Shape::Truth;
pub(super) static MESSAGE: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static METRIC_NAME: Shape = Shape::Text { min: 1, max: Some(255), form: Form::Any };
pub(super) static NAMESERVER: Shape = Shape::Text { min: 0, max: Some(255), form: Form::Any };
pub(super) static NAMESPACE: Shape = Shape::Text { min: 1, max: Some(255), form: Form::Any };
pub(super) static NONCE: Shape = Shape::Text { min: 1, max: Some(128), form: Form::Any };
pub(super) static PAGE_MARKER: Shape = Shape::Text { min: 0, max: Some(64), form: Form::Any };
pub(super) static PAGE_MAX_ITEMS: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static PAGE_TRUNCATED: Shape = Shape::Truth;
pub(super) static PAGINATION_TOKEN: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static PERIOD: Shape = Shape::Whole { min: Some(60), max: None };
pub(super) static PORT: Shape = Shape::Whole { min: Some(1), max: Some(65535) };
pub(super) static PROTECTION_ERROR: Shape = Shape::Structure(&[
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "Code", shape: &PROTECTION_ERROR_CODE, required: true, place: Place::Body },
    Member { name: "Message", shape: &ERROR_MESSAGE, required: true, place: Place::Body },
]);
pub(super) static PROTECTION_ERROR_CODE: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static PROTECTION_ERRORS: Shape = Shape::List { item: &PROTECTION_ERROR, element: "ProtectionError", min: 0, max: None };
pub(super) static QUERY_LOGGING_CONFIG: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &QUERY_LOGGING_CONFIG_ID, required: true, place: Place::Body },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "CloudWatchLogsLogGroupArn", shape: &CLOUD_WATCH_LOGS_LOG_GROUP_ARN, required: true, place: Place::Body },
]);
pub(super) static QUERY_LOGGING_CONFIG_ID: Shape = Shape::Text { min: 1, max: Some(36), form: Form::Any };
pub(super) static QUERY_LOGGING_CONFIGS: Shape = Shape::List { item: &QUERY_LOGGING_CONFIG, element: "QueryLoggingConfig", min: 0, max: None };
pub(super) static R_DATA: Shape = Shape::Text { min: 0, max: Some(4000), form: Form::Any };
pub(super) static RR_TYPE: Shape = Shape::OneOf(&["SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS", "TLSA", "SSHFP", "SVCB", "HTTPS"]);
pub(super) static RECORD_DATA: Shape = Shape::List { item: &RECORD_DATA_ENTRY, element: "RecordDataEntry", min: 0, max: None };
pub(super) static RECORD_DATA_ENTRY: Shape = Shape::Text { min: 0, max: Some(512), form: Form::Any };
pub(super) static REQUEST_INTERVAL: Shape = Shape::Whole { min: Some(10), max: Some(30) };
pub(super) static RESETTABLE_ELEMENT_NAME: Shape = Shape::OneOf(&["FullyQualifiedDomainName", "Regions", "ResourcePath", "ChildHealthChecks"]);
pub(super) static RESETTABLE_ELEMENT_NAME_LIST: Shape = Shape::List { item: &RESETTABLE_ELEMENT_NAME, element: "ResettableElementName", min: 0, max: Some(64) };
pub(super) static RESOURCE_DESCRIPTION: Shape = Shape::Text { min: 0, max: Some(256), form: Form::Any };
pub(super) static RESOURCE_ID: Shape = Shape::Id { max: 32 };
pub(super) static RESOURCE_PATH: Shape = Shape::Text { min: 0, max: Some(255), form: Form::Any };
pub(super) static RESOURCE_RECORD: Shape = Shape::Structure(&[
    Member { name: "Value", shape: &R_DATA, required: true, place: Place::Body },
]);
pub(super) static RESOURCE_RECORD_SET: Shape = Shape::Structure(&[
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "Type", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "SetIdentifier", shape: &RESOURCE_RECORD_SET_IDENTIFIER, required: false, place: Place::Body },
    Member { name: "Weight", shape: &RESOURCE_RECORD_SET_WEIGHT, required: false, place: Place::Body },
    Member { name: "Region", shape: &RESOURCE_RECORD_SET_REGION, required: false, place: Place::Body },
    Member { name: "GeoLocation", shape: &GEO_LOCATION, required: false, place: Place::Body },
    Member { name: "Failover", shape: &RESOURCE_RECORD_SET_FAILOVER, required: false, place: Place::Body },
    Member { name: "MultiValueAnswer", shape: &RESOURCE_RECORD_SET_MULTI_VALUE_ANSWER, required: false, place: Place::Body },
    Member { name: "TTL", shape: &TTL, required: false, place: Place::Body },
    Member { name: "ResourceRecords", shape: &RESOURCE_RECORDS, required: false, place: Place::Body },
    Member { name: "AliasTarget", shape: &ALIAS_TARGET, required: false, place: Place::Body },
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: false, place: Place::Body },
    Member { name: "TrafficPolicyInstanceId", shape: &TRAFFIC_POLICY_INSTANCE_ID, required: false, place: Place::Body },
    Member { name: "CidrRoutingConfig", shape: &CIDR_ROUTING_CONFIG, required: false, place: Place::Body },
    Member { name: "GeoProximityLocation", shape: &GEO_PROXIMITY_LOCATION, required: false, place: Place::Body },
]);
pub(super) static RESOURCE_RECORD_SET_FAILOVER: Shape = Shape::OneOf(&["PRIMARY", "SECONDARY"]);
pub(super) static RESOURCE_RECORD_SET_IDENTIFIER: Shape = Shape::Text { min: 1, max: Some(128), form: Form::Any };
pub(super) static RESOURCE_RECORD_SET_MULTI_VALUE_ANSWER: Shape = Shape::Truth;
pub(super) static RESOURCE_RECORD_SET_PROTECTION: Shape = Shape::Structure(&[
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
]);
pub(super) static RESOURCE_RECORD_SET_PROTECTION_CONFIG: Shape = Shape::Structure(&[
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
]);
pub(super) static RESOURCE_RECORD_SET_PROTECTION_CONFIG_BATCH: Shape = Shape::List { item: &RESOURCE_RECORD_SET_PROTECTION_CONFIG, element: "ResourceRecordSetProtectionConfig", min: 1, max: None };
pub(super) static RESOURCE_RECORD_SET_PROTECTION_KEY: Shape = Shape::Structure(&[
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Body },
]);
pub(super) static RESOURCE_RECORD_SET_PROTECTION_KEY_BATCH: Shape = Shape::List { item: &RESOURCE_RECORD_SET_PROTECTION_KEY, element: "ResourceRecordSetProtectionKey", min: 1, max: None };
pub(super) static RESOURCE_RECORD_SET_PROTECTIONS: Shape = Shape::List { item: &RESOURCE_RECORD_SET_PROTECTION, element: "ResourceRecordSetProtection", min: 0, max: None };
pub(super) static RESOURCE_RECORD_SET_REGION: Shape = Shape::OneOf(&["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "eu-north-1", "sa-east-1", "cn-north-1", "cn-northwest-1", "ap-east-1", "me-south-1", "me-central-1", "ap-south-1", "ap-south-2", "af-south-1", "eu-south-1", "eu-south-2", "ap-southeast-4", "il-central-1", "ca-west-1", "ap-southeast-5", "mx-central-1", "ap-southeast-7", "us-gov-east-1", "us-gov-west-1", "ap-east-2", "ap-southeast-6", "eusc-de-east-1"]);
pub(super) static RESOURCE_RECORD_SET_WEIGHT: Shape = Shape::Whole { min: Some(0), max: Some(255) };
pub(super) static RESOURCE_RECORD_SETS: Shape = Shape::List { item: &RESOURCE_RECORD_SET, element: "ResourceRecordSet", min: 0, max: None };
pub(super) static RESOURCE_RECORDS: Shape = Shape::List { item: &RESOURCE_RECORD, element: "ResourceRecord", min: 1, max: None };
pub(super) static RESOURCE_TAG_SET: Shape = Shape::Structure(&[
    Member { name: "ResourceType", shape: &TAG_RESOURCE_TYPE, required: false, place: Place::Body },
    Member { name: "ResourceId", shape: &TAG_RESOURCE_ID, required: false, place: Place::Body },
    Member { name: "Tags", shape: &TAG_LIST, required: false, place: Place::Body },
]);
pub(super) static RESOURCE_TAG_SET_LIST: Shape = Shape::List { item: &RESOURCE_TAG_SET, element: "ResourceTagSet", min: 0, max: None };
pub(super) static RESOURCE_URI: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static REUSABLE_DELEGATION_SET_LIMIT: Shape = Shape::Structure(&[
    Member { name: "Type", shape: &REUSABLE_DELEGATION_SET_LIMIT_TYPE, required: true, place: Place::Body },
    Member { name: "Value", shape: &LIMIT_VALUE, required: true, place: Place::Body },
]);
pub(super) static REUSABLE_DELEGATION_SET_LIMIT_TYPE: Shape = Shape::OneOf(&["MAX_ZONES_BY_REUSABLE_DELEGATION_SET"]);
pub(super) static ROUTING_CONTROL_ARN: Shape = Shape::Text { min: 1, max: Some(255), form: Form::Any };
pub(super) static SEARCH_STRING: Shape = Shape::Text { min: 0, max: Some(255), form: Form::Any };
pub(super) static SERVE_SIGNATURE: Shape = Shape::Text { min: 1, max: Some(1024), form: Form::Any };
pub(super) static SERVICE_PRINCIPAL: Shape = Shape::Text { min: 0, max: Some(128), form: Form::Any };
pub(super) static SIGNING_KEY_INTEGER: Shape = Shape::Whole { min: None, max: None };
pub(super) static SIGNING_KEY_NAME: Shape = Shape::Text { min: 3, max: Some(128), form: Form::Any };
pub(super) static SIGNING_KEY_STATUS: Shape = Shape::Text { min: 5, max: Some(150), form: Form::Any };
pub(super) static SIGNING_KEY_STATUS_MESSAGE: Shape = Shape::Text { min: 0, max: Some(512), form: Form::Any };
pub(super) static SIGNING_KEY_STRING: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static SIGNING_KEY_TAG: Shape = Shape::Whole { min: Some(0), max: Some(65536) };
pub(super) static STATISTIC: Shape = Shape::OneOf(&["Average", "Sum", "SampleCount", "Maximum", "Minimum"]);
pub(super) static STATUS: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static STATUS_REPORT: Shape = Shape::Structure(&[
    Member { name: "Status", shape: &STATUS, required: false, place: Place::Body },
    Member { name: "CheckedTime", shape: &TIME_STAMP, required: false, place: Place::Body },
]);
pub(super) static SUBNET_MASK: Shape = Shape::Text { min: 0, max: Some(3), form: Form::Any };
pub(super) static TTL: Shape = Shape::Whole { min: Some(0), max: Some(2147483647) };
pub(super) static TAG: Shape = Shape::Structure(&[
    Member { name: "Key", shape: &TAG_KEY, required: false, place: Place::Body },
    Member { name: "Value", shape: &TAG_VALUE, required: false, place: Place::Body },
]);
pub(super) static TAG_KEY: Shape = Shape::Text { min: 0, max: Some(128), form: Form::Any };
pub(super) static TAG_KEY_LIST: Shape = Shape::List { item: &TAG_KEY, element: "Key", min: 1, max: Some(10) };
pub(super) static TAG_LIST: Shape = Shape::List { item: &TAG, element: "Tag", min: 1, max: Some(10) };
pub(super) static TAG_RESOURCE_ID: Shape = Shape::Text { min: 0, max: Some(64), form: Form::Any };
pub(super) static TAG_RESOURCE_ID_LIST: Shape = Shape::List { item: &TAG_RESOURCE_ID, element: "ResourceId", min: 1, max: Some(10) };
pub(super) static TAG_RESOURCE_TYPE: Shape = Shape::OneOf(&["healthcheck", "hostedzone"]);
pub(super) static TAG_VALUE: Shape = Shape::Text { min: 0, max: Some(256), form: Form::Any };
pub(super) static TEST_DNS_ANSWER_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Query("hostedzoneid") },
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Query("recordname") },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Query("recordtype") },
    Member { name: "ResolverIP", shape: &IP_ADDRESS, required: false, place: Place::Query("resolverip") },
    Member { name: "EDNS0ClientSubnetIP", shape: &IP_ADDRESS, required: false, place: Place::Query("edns0clientsubnetip") },
    Member { name: "EDNS0ClientSubnetMask", shape: &SUBNET_MASK, required: false, place: Place::Query("edns0clientsubnetmask") },
]);
pub(super) static TEST_DNS_ANSWER_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "Nameserver", shape: &NAMESERVER, required: true, place: Place::Body },
    Member { name: "RecordName", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "RecordType", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "RecordData", shape: &RECORD_DATA, required: true, place: Place::Body },
    Member { name: "ResponseCode", shape: &DNSR_CODE, required: true, place: Place::Body },
    Member { name: "Protocol", shape: &TRANSPORT_PROTOCOL, required: true, place: Place::Body },
]);
pub(super) static THRESHOLD: Shape = Shape::Real;
pub(super) static TIME_STAMP: Shape = Shape::Moment;
pub(super) static TRAFFIC_POLICIES: Shape = Shape::List { item: &TRAFFIC_POLICY, element: "TrafficPolicy", min: 0, max: None };
pub(super) static TRAFFIC_POLICY: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "Version", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
    Member { name: "Name", shape: &TRAFFIC_POLICY_NAME, required: true, place: Place::Body },
    Member { name: "Type", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "Document", shape: &TRAFFIC_POLICY_DOCUMENT, required: true, place: Place::Body },
    Member { name: "Comment", shape: &TRAFFIC_POLICY_COMMENT, required: false, place: Place::Body },
]);
pub(super) static TRAFFIC_POLICY_COMMENT: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static TRAFFIC_POLICY_DOCUMENT: Shape = Shape::Text { min: 0, max: Some(102400), form: Form::Any };
pub(super) static TRAFFIC_POLICY_ID: Shape = Shape::Text { min: 1, max: Some(36), form: Form::Any };
pub(super) static TRAFFIC_POLICY_INSTANCE: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_INSTANCE_ID, required: true, place: Place::Body },
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Body },
    Member { name: "Name", shape: &DNS_NAME, required: true, place: Place::Body },
    Member { name: "TTL", shape: &TTL, required: true, place: Place::Body },
    Member { name: "State", shape: &TRAFFIC_POLICY_INSTANCE_STATE, required: true, place: Place::Body },
    Member { name: "Message", shape: &MESSAGE, required: true, place: Place::Body },
    Member { name: "TrafficPolicyId", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "TrafficPolicyVersion", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
    Member { name: "TrafficPolicyType", shape: &RR_TYPE, required: true, place: Place::Body },
]);
pub(super) static TRAFFIC_POLICY_INSTANCE_COUNT: Shape = Shape::Whole { min: None, max: None };
pub(super) static TRAFFIC_POLICY_INSTANCE_ID: Shape = Shape::Text { min: 1, max: Some(36), form: Form::Any };
pub(super) static TRAFFIC_POLICY_INSTANCE_STATE: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static TRAFFIC_POLICY_INSTANCES: Shape = Shape::List { item: &TRAFFIC_POLICY_INSTANCE, element: "TrafficPolicyInstance", min: 0, max: None };
pub(super) static TRAFFIC_POLICY_NAME: Shape = Shape::Text { min: 0, max: Some(512), form: Form::Any };
pub(super) static TRAFFIC_POLICY_SUMMARIES: Shape = Shape::List { item: &TRAFFIC_POLICY_SUMMARY, element: "TrafficPolicySummary", min: 0, max: None };
pub(super) static TRAFFIC_POLICY_SUMMARY: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "Name", shape: &TRAFFIC_POLICY_NAME, required: true, place: Place::Body },
    Member { name: "Type", shape: &RR_TYPE, required: true, place: Place::Body },
    Member { name: "LatestVersion", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
    Member { name: "TrafficPolicyCount", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
]);
pub(super) static TRAFFIC_POLICY_VERSION: Shape = Shape::Whole { min: Some(1), max: Some(1000) };
pub(super) static TRAFFIC_POLICY_VERSION_MARKER: Shape = Shape::Text { min: 0, max: Some(4), form: Form::Any };
pub(super) static TRANSPORT_PROTOCOL: Shape = Shape::Text { min: 0, max: None, form: Form::Any };
pub(super) static UUID: Shape = Shape::Text { min: 0, max: None, form: Form::Uuid };
pub(super) static UPDATE_HEALTH_CHECK_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HealthCheckId", shape: &HEALTH_CHECK_ID, required: true, place: Place::Path("HealthCheckId") },
    Member { name: "HealthCheckVersion", shape: &HEALTH_CHECK_VERSION, required: false, place: Place::Body },
    Member { name: "IPAddress", shape: &IP_ADDRESS, required: false, place: Place::Body },
    Member { name: "Port", shape: &PORT, required: false, place: Place::Body },
    Member { name: "ResourcePath", shape: &RESOURCE_PATH, required: false, place: Place::Body },
    Member { name: "FullyQualifiedDomainName", shape: &FULLY_QUALIFIED_DOMAIN_NAME, required: false, place: Place::Body },
    Member { name: "SearchString", shape: &SEARCH_STRING, required: false, place: Place::Body },
    Member { name: "FailureThreshold", shape: &FAILURE_THRESHOLD, required: false, place: Place::Body },
    Member { name: "Inverted", shape: &INVERTED, required: false, place: Place::Body },
    Member { name: "Disabled", shape: &DISABLED, required: false, place: Place::Body },
    Member { name: "HealthThreshold", shape: &HEALTH_THRESHOLD, required: false, place: Place::Body },
    Member { name: "ChildHealthChecks", shape: &CHILD_HEALTH_CHECK_LIST, required: false, place: Place::Body },
    Member { name: "EnableSNI", shape: &ENABLE_SNI, required: false, place: Place::Body },
    Member { name: "Regions", shape: &HEALTH_CHECK_REGION_LIST, required: false, place: Place::Body },
    Member { name: "AlarmIdentifier", shape: &ALARM_IDENTIFIER, required: false, place: Place::Body },
    Member { name: "InsufficientDataHealthStatus", shape: &INSUFFICIENT_DATA_HEALTH_STATUS, required: false, place: Place::Body },
    Member { name: "ResetElements", shape: &RESETTABLE_ELEMENT_NAME_LIST, required: false, place: Place::Body },
]);
pub(super) static UPDATE_HEALTH_CHECK_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HealthCheck", shape: &HEALTH_CHECK, required: true, place: Place::Body },
]);
pub(super) static UPDATE_HOSTED_ZONE_COMMENT_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "Comment", shape: &RESOURCE_DESCRIPTION, required: false, place: Place::Body },
]);
pub(super) static UPDATE_HOSTED_ZONE_COMMENT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "HostedZone", shape: &HOSTED_ZONE, required: true, place: Place::Body },
]);
pub(super) static UPDATE_HOSTED_ZONE_FEATURES_REQUEST: Shape = Shape::Structure(&[
    Member { name: "HostedZoneId", shape: &RESOURCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "EnableAcceleratedRecovery", shape: &ACCELERATED_RECOVERY_ENABLED, required: false, place: Place::Body },
]);
pub(super) static UPDATE_HOSTED_ZONE_FEATURES_RESPONSE: Shape = Shape::Structure(&[
]);
pub(super) static UPDATE_TRAFFIC_POLICY_COMMENT_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Path("Id") },
    Member { name: "Version", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Path("Version") },
    Member { name: "Comment", shape: &TRAFFIC_POLICY_COMMENT, required: true, place: Place::Body },
]);
pub(super) static UPDATE_TRAFFIC_POLICY_COMMENT_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicy", shape: &TRAFFIC_POLICY, required: true, place: Place::Body },
]);
pub(super) static UPDATE_TRAFFIC_POLICY_INSTANCE_REQUEST: Shape = Shape::Structure(&[
    Member { name: "Id", shape: &TRAFFIC_POLICY_INSTANCE_ID, required: true, place: Place::Path("Id") },
    Member { name: "TTL", shape: &TTL, required: true, place: Place::Body },
    Member { name: "TrafficPolicyId", shape: &TRAFFIC_POLICY_ID, required: true, place: Place::Body },
    Member { name: "TrafficPolicyVersion", shape: &TRAFFIC_POLICY_VERSION, required: true, place: Place::Body },
]);
pub(super) static UPDATE_TRAFFIC_POLICY_INSTANCE_RESPONSE: Shape = Shape::Structure(&[
    Member { name: "TrafficPolicyInstance", shape: &TRAFFIC_POLICY_INSTANCE, required: true, place: Place::Body },
]);
pub(super) static USAGE_COUNT: Shape = Shape::Whole { min: Some(0), max: None };
pub(super) static VPC: Shape = Shape::Structure(&[
    Member { name: "VPCRegion", shape: &VPC_REGION, required: false, place: Place::Body },
    Member { name: "VPCId", shape: &VPC_ID, required: false, place: Place::Body },
]);
pub(super) static VPC_ID: Shape = Shape::Text { min: 0, max: Some(1024), form: Form::Any };
pub(super) static VPC_REGION: Shape = Shape::OneOf(&["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "ap-east-1", "me-south-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "me-central-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-south-1", "ap-south-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "eu-north-1", "sa-east-1", "ca-central-1", "cn-north-1", "cn-northwest-1", "af-south-1", "eu-south-1", "eu-south-2", "ap-southeast-4", "il-central-1", "ca-west-1", "ap-southeast-5", "mx-central-1", "us-isof-south-1", "us-isof-east-1", "ap-southeast-7", "ap-east-2", "eu-isoe-west-1", "ap-southeast-6", "us-isob-west-1", "eusc-de-east-1"]);
pub(super) static VPCS: Shape = Shape::List { item: &VPC, element: "VPC", min: 1, max: None };

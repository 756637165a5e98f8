"""After a client: nothing of what it made may be left, on the API or in DNS."""

import boto3

api = boto3.client("route53")
left = {
    "hosted zones": api.list_hosted_zones()["HostedZones"],
    "health checks": api.list_health_checks()["HealthChecks"],
    "CIDR collections": api.list_cidr_collections()["CidrCollections"],
    "delegation sets": api.list_reusable_delegation_sets()["DelegationSets"],
    "traffic policies": api.list_traffic_policies()["TrafficPolicySummaries"],
    "traffic policy instances": api.list_traffic_policy_instances()["TrafficPolicyInstances"],
    "query logging configurations": api.list_query_logging_configs()["QueryLoggingConfigs"],
}
left = {subject: found for subject, found in left.items() if found}
assert not left, f"left behind: {left}"

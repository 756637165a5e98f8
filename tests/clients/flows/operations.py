"""All 74 operations of the API of 2013-04-01, each judged by botocore's own model: every member that the model calls required must
be there, and what must be refused is refused with a code of the model. docs/clients/boto3.md."""

import http.client
import json
import os
import time
import urllib.parse
import uuid

import boto3
import botocore.auth
import botocore.awsrequest

from ask import answers

api = boto3.client("route53")
asked = set()
# In botocore's model since 1.44.8, behind version 2013-04-01 as all else; Waymark knows the 74 before them, and says so.
ID = "00000000-0000-0000-0000-000000000000"
SUBNET = {"SubnetId": "subnet-1", "AvailabilityZoneId": "use1-az1", "SecurityGroupIdList": ["sg-1"]}
LATER = {
    "create_health_check_source": {"HealthCheckSourceConfig": {"VpcId": "vpc-1", "SubnetConfigurationList": [SUBNET, SUBNET]}},
    "delete_health_check_source": {"HealthCheckSourceId": ID},
    "get_health_check_source": {"HealthCheckSourceId": ID},
    "list_health_check_sources": {},
    "list_health_checks_by_source": {"HealthCheckSourceId": ID},
    "get_hosted_zone_change_batch": {"HostedZoneId": "Z1", "ChangeId": "C1"},
    "list_hosted_zone_change_batches": {"HostedZoneId": "Z1"},
    "list_resource_record_set_changes": {"HostedZoneId": "Z1"},
    "update_hosted_zone_tier": {"HostedZoneId": "Z1", "HostedZoneTier": "ADVANCED"},
}


def missing(shape, value, path):
    """Where a member that the model requires is not there."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}"
        for name, member in shape.members.items():
            if name in value:
                yield from missing(member, value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from missing(shape.member, item, f"{path}[]")


def judge(parsed, model, http_response, **_):
    asked.add(model.name)
    if http_response.status_code < 300 and model.output_shape:
        lacking = sorted(set(missing(model.output_shape, parsed, model.name)))
        assert not lacking, f"required and not there: {lacking}"


api.meta.events.register("after-call.route53", judge)


def refused(codes, call, **named):
    try:
        call(**named)
    except api.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in codes, f"{error}, not {codes}"
        print(f"refused as it must be: {error}")
        return
    raise AssertionError(f"not refused with {codes}: {call} {named}")


def reference():
    return str(uuid.uuid4())


def change(zone, action, *sets, record=None):
    sets = [*sets, record] if record else sets
    api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record} for record in sets]})


def bare(text):
    return text.rsplit("/", 1)[-1]


# Delegation sets, zones, their comments, features, limits and tags.
delegation = api.create_reusable_delegation_set(CallerReference=reference())["DelegationSet"]["Id"]
assert delegation.startswith("/delegationset/N"), delegation
assert api.get_reusable_delegation_set(Id=delegation)["DelegationSet"]["NameServers"]
assert len(api.list_reusable_delegation_sets()["DelegationSets"]) == 1
created = api.create_hosted_zone(Name="Ops.Example.", CallerReference=reference(), DelegationSetId=delegation)
zone = bare(created["HostedZone"]["Id"])
assert created["HostedZone"]["Name"] == "ops.example.", created
assert bare(created["DelegationSet"]["Id"]) == bare(delegation)
refused(["DelegationSetInUse"], api.delete_reusable_delegation_set, Id=delegation)
limit = api.get_reusable_delegation_set_limit(Type="MAX_ZONES_BY_REUSABLE_DELEGATION_SET", DelegationSetId=delegation)
assert limit["Count"] == 1 and limit["Limit"]["Value"] == 100, limit
assert api.get_change(Id=created["ChangeInfo"]["Id"])["ChangeInfo"]["Status"] == "INSYNC"
assert api.get_hosted_zone(Id=zone)["HostedZone"]["ResourceRecordSetCount"] == 2
assert api.get_hosted_zone_count()["HostedZoneCount"] == 1
assert len(api.list_hosted_zones(DelegationSetId=delegation)["HostedZones"]) == 1
assert api.list_hosted_zones_by_name(DNSName="ops.example")["HostedZones"][0]["Name"] == "ops.example."
assert api.update_hosted_zone_comment(Id=zone, Comment="all of them")["HostedZone"]["Config"]["Comment"] == "all of them"
api.update_hosted_zone_features(HostedZoneId=zone, EnableAcceleratedRecovery=True)
api.update_hosted_zone_features(HostedZoneId=zone, EnableAcceleratedRecovery=False)
assert api.get_hosted_zone_limit(Type="MAX_RRSETS_BY_ZONE", HostedZoneId=zone)["Count"] == 2
assert api.get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")["Count"] == 1
api.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
assert len(api.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]["Tags"]) == 2
assert len(api.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone])["ResourceTagSets"]) == 1
refused(["InvalidInput"], api.list_tags_for_resource, ResourceType="hostedzone", ResourceId="/hostedzone/" + zone + "0123456789")

# Health checks.
check = api.create_health_check(
    CallerReference=reference(),
    HealthCheckConfig={"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 5381, "RequestInterval": 10, "FailureThreshold": 1},
)["HealthCheck"]
assert check["HealthCheckVersion"] == 1 and check["HealthCheckConfig"]["Inverted"] is False, check
check = check["Id"]
assert api.get_health_check(HealthCheckId=check)["HealthCheck"]["Id"] == check
assert len(api.list_health_checks()["HealthChecks"]) == 1
assert api.get_health_check_count()["HealthCheckCount"] == 1
assert api.update_health_check(HealthCheckId=check, HealthCheckVersion=1, FailureThreshold=2)["HealthCheck"]["HealthCheckVersion"] == 2
refused(["HealthCheckVersionMismatch"], api.update_health_check, HealthCheckId=check, HealthCheckVersion=1, FailureThreshold=3)
within = time.monotonic() + 5
while not (seen := api.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]):
    assert time.monotonic() < within, "nobody looks at the new check"
    time.sleep(0.1)
print(seen[0])
api.get_health_check_last_failure_reason(HealthCheckId=check)
api.get_checker_ip_ranges()

# Records, and what DNS says of them, by the API and by dig; records that are protected.
record = {"Name": "www.ops.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
change(zone, "UPSERT", record)
assert api.list_resource_record_sets(HostedZoneId=zone, StartRecordName="www.ops.example")["ResourceRecordSets"][0]["Type"] == "A"
said = api.test_dns_answer(HostedZoneId=zone, RecordName="www.ops.example", RecordType="A")
assert (said["RecordData"], said["ResponseCode"], said["Protocol"]) == (["192.0.2.1"], "NOERROR", "UDP"), said
answers("www.ops.example", "A", "192.0.2.1")

# As acme.sh asks: XML sent as a form, the response taken apart at its quotes and tags.
def as_acme(method, path, body=None):
    url = os.environ["AWS_ENDPOINT_URL_ROUTE_53"] + path
    request = botocore.awsrequest.AWSRequest(method, url, data=body)
    botocore.auth.SigV4Auth(boto3.Session().get_credentials(), "route53", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
    connection.request(method, path, body, {**request.headers, "Content-Type": "application/x-www-form-urlencoded"})
    return connection.getresponse().read().decode()


token = (
    '<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>UPSERT</Action>'
    "<ResourceRecordSet><Name>_acme-challenge.ops.example</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords>"
    "<ResourceRecord><Value>\"one\"</Value></ResourceRecord><ResourceRecord><Value>\"two\"</Value></ResourceRecord>"
    "</ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
)
assert "<ChangeResourceRecordSetsResponse" in as_acme("POST", f"/2013-04-01/hostedzone/{zone}/rrset/", token)
answers("_acme-challenge.ops.example", "TXT", '"one"', '"two"')
said = as_acme("GET", f"/2013-04-01/hostedzone/{zone}/rrset?name=_acme-challenge.ops.example&type=TXT")
assert "<Value>&quot;one&quot;</Value></ResourceRecord><ResourceRecord><Value>&quot;two&quot;</Value>" in said, said
assert "\n" not in said.split("?>", 1)[1].strip(), said
said = as_acme("GET", "/2013-04-01/hostedzone")
assert f"<HostedZone><Id>/hostedzone/{zone}</Id><Name>ops.example.</Name>" in said and "<PrivateZone>false</PrivateZone>" in said, said
as_acme("POST", f"/2013-04-01/hostedzone/{zone}/rrset/", token.replace("UPSERT", "DELETE"))
answers("_acme-challenge.ops.example", "TXT")

# Places.
assert api.get_geo_location(CountryCode="CH")["GeoLocationDetails"]["CountryName"] == "Switzerland"
places = api.list_geo_locations(MaxItems="10")
assert places["IsTruncated"] and len(places["GeoLocationDetailsList"]) == 10, places
refused(["NoSuchGeoLocation"], api.get_geo_location, CountryCode="XX")

# Networks.
networks = api.create_cidr_collection(Name="networks", CallerReference=reference())["Collection"]
api.change_cidr_collection(Id=networks["Id"], CollectionVersion=1, Changes=[{"LocationName": "office", "Action": "PUT", "CidrList": ["198.51.100.0/24"]}])
refused(["CidrCollectionVersionMismatchException"], api.change_cidr_collection, Id=networks["Id"], CollectionVersion=1,
        Changes=[{"LocationName": "office", "Action": "PUT", "CidrList": ["203.0.113.0/24"]}])
assert api.list_cidr_collections()["CidrCollections"][0]["Version"] == 2
assert api.list_cidr_locations(CollectionId=networks["Id"])["CidrLocations"] == [{"LocationName": "office"}]
assert api.list_cidr_blocks(CollectionId=networks["Id"])["CidrBlocks"][0]["CidrBlock"] == "198.51.100.0/24"
office = {**record, "Name": "net.ops.example", "SetIdentifier": "office", "CidrRoutingConfig": {"CollectionId": networks["Id"], "LocationName": "office"}}
others = {**record, "Name": "net.ops.example", "SetIdentifier": "others", "CidrRoutingConfig": {"CollectionId": networks["Id"], "LocationName": "*"},
          "ResourceRecords": [{"Value": "192.0.2.2"}]}
change(zone, "CREATE", office, others)
answers("net.ops.example", "A", "192.0.2.1", options=("+subnet=198.51.100.0/24",))
answers("net.ops.example", "A", "192.0.2.2", options=("+subnet=203.0.113.0/24",))
refused(["CidrCollectionInUseException"], api.delete_cidr_collection, Id=networks["Id"])
change(zone, "DELETE", office, others)
api.change_cidr_collection(Id=networks["Id"], Changes=[{"LocationName": "office", "Action": "DELETE_IF_EXISTS", "CidrList": ["198.51.100.0/24"]}])
api.delete_cidr_collection(Id=networks["Id"])

# Traffic policies: versions are switched beneath an instance.
document = {"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "pair",
            "Endpoints": {"one": {"Type": "value", "Value": "192.0.2.11"}, "two": {"Type": "value", "Value": "192.0.2.12"}},
            "Rules": {"pair": {"RuleType": "failover", "Primary": {"EndpointReference": "one", "HealthCheck": check}, "Secondary": {"EndpointReference": "two"}}}}
policy = api.create_traffic_policy(Name="pair", Document=json.dumps(document))["TrafficPolicy"]["Id"]
simple = {"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartEndpoint": "two", "Endpoints": document["Endpoints"]}
assert api.create_traffic_policy_version(Id=policy, Document=json.dumps(simple), Comment="second")["TrafficPolicy"]["Version"] == 2
assert json.loads(api.get_traffic_policy(Id=policy, Version=1)["TrafficPolicy"]["Document"]) == document
assert api.update_traffic_policy_comment(Id=policy, Version=1, Comment="first")["TrafficPolicy"]["Comment"] == "first"
assert api.list_traffic_policies()["TrafficPolicySummaries"][0]["LatestVersion"] == 2
assert len(api.list_traffic_policy_versions(Id=policy)["TrafficPolicies"]) == 2
refused(["InvalidTrafficPolicyDocument"], api.create_traffic_policy, Name="wrong", Document="{}")
instance = api.create_traffic_policy_instance(HostedZoneId=zone, Name="flow.ops.example", TTL=5, TrafficPolicyId=policy, TrafficPolicyVersion=1)["TrafficPolicyInstance"]["Id"]
answers("flow.ops.example", "A", "192.0.2.11", wait=15)
assert api.get_traffic_policy_instance(Id=instance)["TrafficPolicyInstance"]["State"] == "Applied"
assert api.get_traffic_policy_instance_count()["TrafficPolicyInstanceCount"] == 1
assert len(api.list_traffic_policy_instances()["TrafficPolicyInstances"]) == 1
assert len(api.list_traffic_policy_instances_by_hosted_zone(HostedZoneId=zone)["TrafficPolicyInstances"]) == 1
assert len(api.list_traffic_policy_instances_by_policy(TrafficPolicyId=policy, TrafficPolicyVersion=1)["TrafficPolicyInstances"]) == 1
refused(["TrafficPolicyInUse"], api.delete_traffic_policy, Id=policy, Version=1)
api.update_traffic_policy_instance(Id=instance, TTL=5, TrafficPolicyId=policy, TrafficPolicyVersion=2)
answers("flow.ops.example", "A", "192.0.2.12")
api.delete_traffic_policy_instance(Id=instance)
answers("flow.ops.example", "A")
api.delete_traffic_policy(Id=policy, Version=1)
api.delete_traffic_policy(Id=policy, Version=2)

# Private zones and their VPCs.
vpc, other = ({"VPCRegion": "us-east-1", "VPCId": f"vpc-{number:017x}"} for number in (1, 2))
private = bare(api.create_hosted_zone(Name="inside.example", CallerReference=reference(), VPC=vpc)["HostedZone"]["Id"])
assert api.get_hosted_zone(Id=private)["VPCs"] == [vpc]
api.create_vpc_association_authorization(HostedZoneId=private, VPC=other)
assert api.list_vpc_association_authorizations(HostedZoneId=private)["VPCs"] == [other]
api.associate_vpc_with_hosted_zone(HostedZoneId=private, VPC=other)
assert api.list_hosted_zones_by_vpc(VPCId=other["VPCId"], VPCRegion="us-east-1")["HostedZoneSummaries"][0]["HostedZoneId"] == private
api.disassociate_vpc_from_hosted_zone(HostedZoneId=private, VPC=other)
refused(["LastVPCAssociation"], api.disassociate_vpc_from_hosted_zone, HostedZoneId=private, VPC=vpc)
api.delete_vpc_association_authorization(HostedZoneId=private, VPC=other)
refused(["InvalidArgument"], api.get_dnssec, HostedZoneId=private)
api.delete_hosted_zone(Id=private)

# Query logs.
group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/route53/ops.example"
logging = api.create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)["QueryLoggingConfig"]["Id"]
assert api.get_query_logging_config(Id=logging)["QueryLoggingConfig"]["CloudWatchLogsLogGroupArn"] == group
assert len(api.list_query_logging_configs()["QueryLoggingConfigs"]) == 1
api.delete_query_logging_config(Id=logging)

# Protections.
protected = {"RecordName": "www.ops.example", "RecordType": "A"}
api.create_resource_record_set_protections(HostedZoneId=zone, Protections=[{**protected, "Comment": "stays"}])
listed = api.list_resource_record_set_protections(HostedZoneId=zone)["ResourceRecordSetProtections"]
assert listed == [{"RecordName": "www.ops.example.", "RecordType": "A", "Comment": "stays"}], listed
refused(["InvalidChangeBatch"], change, zone=zone, action="DELETE", record=record)
answers("www.ops.example", "A", "192.0.2.1")
api.delete_resource_record_set_protections(HostedZoneId=zone, Protections=[protected])

# DNSSEC: keys are kept, and nothing claims to be signed.
key = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
assert api.get_dnssec(HostedZoneId=zone)["Status"]["ServeSignature"] == "NOT_SIGNING"
made = api.create_key_signing_key(CallerReference=reference(), HostedZoneId=zone, KeyManagementServiceArn=key, Name="first_key", Status="INACTIVE")
assert made["KeySigningKey"]["Status"] == "INACTIVE", made
DNSSEC = [
    (api.activate_key_signing_key, {"HostedZoneId": zone, "Name": "first_key"}),
    (api.enable_hosted_zone_dnssec, {"HostedZoneId": zone}),
    (api.disable_hosted_zone_dnssec, {"HostedZoneId": zone}),
    (api.deactivate_key_signing_key, {"HostedZoneId": zone, "Name": "first_key"}),
]
for call, named in DNSSEC:
    try:
        call(**named)
    except api.exceptions.ClientError as error:
        print(f"DNSSEC: {error}")
    assert api.get_dnssec(HostedZoneId=zone)["Status"]["ServeSignature"] == "NOT_SIGNING"
api.delete_key_signing_key(HostedZoneId=zone, Name="first_key")

# All is deleted again.
change(zone, "DELETE", record)
api.delete_health_check(HealthCheckId=check)
api.delete_hosted_zone(Id=zone)
api.delete_reusable_delegation_set(Id=delegation)

# What it does not know is refused in XML, with a code.
known = len(asked)
for name, named in LATER.items():
    refused(["InvalidAction", "UnknownOperationException", "NotImplemented", "InvalidInput"], getattr(api, name), **named)
unasked = set(api.meta.service_model.operation_names) - asked
assert known == 74 and not unasked, (known, sorted(unasked))
print(f"{known} operations")

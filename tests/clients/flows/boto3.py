"""boto3: batches, paging, errors as exceptions, waiters; docs/clients/boto3.md."""

import uuid

import boto3

from ask import answers

api = boto3.client("route53")


def change(zone, action, *sets):
    changes = [{"Action": action, "ResourceRecordSet": record} for record in sets]
    return api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})["ChangeInfo"]


def plain(name, kind, *values, ttl=60, **policy):
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values], **policy}


def refused(code, call, *arguments, **named):
    """The call is refused with that code; what it says comes back."""
    try:
        call(*arguments, **named)
    except api.exceptions.ClientError as error:
        said = error.response["Error"]
        assert said["Code"] == code, f"{said}, not {code}"
        print(f"refused as it must be: {said}")
        return said["Message"]
    raise AssertionError(f"not refused with {code}: {named}")


reference = str(uuid.uuid4())
created = api.create_hosted_zone(Name="example.org", CallerReference=reference)
zone = created["HostedZone"]["Id"].removeprefix("/hostedzone/")
assert created["ResponseMetadata"]["HTTPStatusCode"] == 201, created
refused("HostedZoneAlreadyExists", api.create_hosted_zone, Name="example.org", CallerReference=reference)
api.get_waiter("resource_record_sets_changed").wait(Id=created["ChangeInfo"]["Id"])

# A thousand records in a batch, then listed by pages of a hundred in Route 53's order.
hosts = [plain(f"h{number:04}.example.org", "A", f"192.0.2.{number % 250}") for number in range(1000)]
change(zone, "CREATE", *hosts)
answers("h0999.example.org", "A", "192.0.2.249")
pages = list(api.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone))
listed = [record["Name"] for page in pages for record in page["ResourceRecordSets"]]
assert len(pages) == 11 and len(listed) == 1002, (len(pages), len(listed))
assert listed == ["example.org."] * 2 + sorted(record["Name"] + "." for record in hosts)
more = refused("InvalidChangeBatch", change, zone, "UPSERT", *hosts)
assert "limit of 1000" in more, more
change(zone, "DELETE", *hosts)
answers("h0999.example.org", "A")

# Policies: what is set comes back, and dig follows it.
change(zone, "CREATE", plain("many.example.org", "A", "192.0.2.1", SetIdentifier="a", MultiValueAnswer=True))
change(zone, "CREATE", plain("many.example.org", "A", "192.0.2.2", SetIdentifier="b", MultiValueAnswer=True))
answers("many.example.org", "A", "192.0.2.1", "192.0.2.2")
near = plain("near.example.org", "A", "192.0.2.3", SetIdentifier="zurich", GeoProximityLocation={"Coordinates": {"Latitude": "47.40", "Longitude": "8.50"}, "Bias": 10})
far = plain("near.example.org", "A", "192.0.2.4", SetIdentifier="tokyo", GeoProximityLocation={"AWSRegion": "ap-northeast-1"})
fast = plain("fast.example.org", "A", "192.0.2.5", SetIdentifier="eu", Region="eu-central-1")
slow = plain("fast.example.org", "A", "192.0.2.6", SetIdentifier="us", Region="us-west-2")
change(zone, "CREATE", near, far, fast, slow)
swiss = ("+subnet=129.132.0.0/16",)
answers("near.example.org", "A", "192.0.2.3", options=swiss)
answers("fast.example.org", "A", "192.0.2.5", options=swiss)
found = api.list_resource_record_sets(HostedZoneId=zone, StartRecordName="near.example.org", StartRecordType="A")["ResourceRecordSets"]
assert [record["SetIdentifier"] for record in found[:2]] == ["tokyo", "zurich"], found
assert found[1]["GeoProximityLocation"]["Bias"] == 10, found

# Whatever a change says, its batch stands or falls as one.
wrong = refused("InvalidChangeBatch", change, zone, "DELETE", plain("many.example.org", "A", "192.0.2.9", SetIdentifier="a", MultiValueAnswer=True))
assert "the values provided do not match the current values" in wrong, wrong
refused("InvalidChangeBatch", change, zone, "CREATE", plain("many.example.org", "A", "192.0.2.9"))
refused("InvalidChangeBatch", change, zone, "CREATE", plain("many.example.org", "CNAME", "www.example.net"))
refused("InvalidChangeBatch", change, zone, "CREATE", plain("text.example.org", "TXT", "no quotes"))
refused("InvalidChangeBatch", change, zone, "CREATE", plain("www.example.net", "A", "192.0.2.1"))
refused("NoSuchHealthCheck", api.get_health_check, HealthCheckId=str(uuid.uuid4()))
refused("NoSuchChange", api.get_change, Id="C00000000000000")
answers("many.example.org", "A", "192.0.2.1", "192.0.2.2")

records = [record for page in api.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone) for record in page["ResourceRecordSets"]]
change(zone, "DELETE", *[record for record in records if record["Type"] not in ("NS", "SOA")])
api.delete_hosted_zone(Id=zone)

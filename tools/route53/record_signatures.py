#!/usr/bin/env python3
"""Writes src/api/sigv4/recorded.json: requests as botocore signs them, for the tests of src/api/sigv4.

    pip install botocore==1.44.5 && tools/route53/record_signatures.py

Nothing is sent: the client's requests are caught before, the rest is signed by botocore's signers alone. The clock
stands still, so that a second run writes the same.
"""

import datetime
import json
from pathlib import Path

import botocore.auth
import botocore.session
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials

OUT = Path(__file__).resolve().parent.parent.parent / "src" / "api" / "sigv4" / "recorded.json"
NOW = datetime.datetime(2026, 11, 28, 5, 0, 0, tzinfo=datetime.timezone.utc)
KEY, SECRET = "WAYMARKEXAMPLE000001", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEJr//////////wEaDK+token=="
HOST = "127.0.0.1:5381"
ROOT = f"http://{HOST}"

botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW

found = []


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def keep(name, request):
    prepared = request if hasattr(request, "stream_output") else request.prepare()
    target = prepared.url.removeprefix(ROOT)
    headers = [[key, text(value)] for key, value in prepared.headers.items()]
    named = next((value for key, value in headers if key == "Authorization"), "").lower()
    # What is not signed and differs from run to run, or tells of the machine.
    headers = [[key, value] for key, value in headers if key != "User-Agent" and (key[:4] != "amz-" or key in named)]
    if not any(key.lower() == "host" for key, _ in headers):
        headers.insert(0, ["Host", HOST])
    body = prepared.body
    body = body.read() if hasattr(body, "read") else body
    found.append({"name": name, "method": prepared.method, "target": target, "headers": headers, "body": text(body or b"")})


def client(token=None):
    session = botocore.session.get_session()
    session.set_credentials(KEY, SECRET, token)
    made = session.create_client("route53", region_name="us-east-1", endpoint_url=ROOT)

    class Raw:
        def stream(self, *_, **__):
            yield b"<ErrorResponse><Error><Type>Sender</Type><Code>X</Code></Error></ErrorResponse>"

    def answer(request, **_):
        keep(answer.name, request)
        return AWSResponse(request.url, 404, {}, Raw())

    made.meta.events.register("before-send.route53", answer)

    def ask(name, operation, **arguments):
        answer.name = name
        try:
            getattr(made, operation)(**arguments)
        except made.exceptions.ClientError:
            pass

    return ask


def signed(name, method, target, headers=(), body="", token=None, expires=None):
    request = AWSRequest(method, ROOT + target, headers=dict(headers), data=body)
    credentials = Credentials(KEY, SECRET, token)
    if expires is None:
        SigV4Auth(credentials, "route53", "us-east-1").add_auth(request)
    else:
        SigV4QueryAuth(credentials, "route53", "eu-west-1", expires=expires).add_auth(request)
    keep(name, request)


ask = client()
ask("list zones", "list_hosted_zones", MaxItems="10")
ask("create a zone", "create_hosted_zone", Name="example.com", CallerReference="a b&c <\u00e9>")
record = {"Name": "*.go.example.", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"\u00fc & <x>"'}]}
ask("change record sets", "change_resource_record_sets", HostedZoneId="/hostedzone/Z1",
    ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})
ask("list record sets from a wildcard", "list_resource_record_sets", HostedZoneId="Z1", StartRecordName="*.go.example.",
    StartRecordType="TXT", StartRecordIdentifier="a b&c=d+e~f/g\u00e9", MaxItems="1")
ask("an id that is encoded twice", "get_traffic_policy", Id="%2Fa b", Version=1)
ask("a key's name of odd letters", "activate_key_signing_key", HostedZoneId="Z1", Name="a_b$c(d)'e*f!g,h;i:j@k+l=m")
ask("delete a zone", "delete_hosted_zone", Id="Z1")
client(TOKEN)("with a session token", "get_hosted_zone_count")
signed("the headers of Go", "POST", "/2013-04-01/hostedzone/Z1/rrset",
       [("amz-sdk-invocation-id", "0b7f"), ("amz-sdk-request", "attempt=1; max=25"), ("Content-Length", "4"),
        ("Content-Type", "application/xml")], "<a/>")
signed("a content hash in a header", "POST", "/2013-04-01/hostedzone",
       [("x-amz-content-sha256", botocore.auth.sha256(b"<a/>").hexdigest()), ("x-amz-user-agent", "aws-sdk-js/3.0   os/linux  ")], "<a/>")
signed("dots and doubled slashes in the path", "GET", "/2013-04-01/./a/../hostedzone//Z1/")
signed("a query out of order", "GET", "/2013-04-01/geolocation?z=1&countrycode=CH&a=&A=2&a=~-_.&b")
signed("presigned", "GET", "/2013-04-01/hostedzone?maxitems=3&marker=Z%2F1", expires=600)
signed("presigned with a session token", "GET", "/2013-04-01/hostedzonecount", token=TOKEN, expires=604800)
lines = ",\n".join(json.dumps(request) for request in found)
head = json.dumps({"now": int(NOW.timestamp()), "key": KEY, "secret": SECRET})[:-1]
OUT.write_text(f'{head}, "requests": [\n{lines}\n]}}\n')
print(len(found), "requests")

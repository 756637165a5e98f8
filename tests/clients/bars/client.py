"""A client that costs little, so that what is measured is the server: one connection, requests signed by hand."""

import configparser
import datetime
import hashlib
import hmac
import http.client
import re
import socket
import struct


class Refused(Exception):
    """What a server says that is no success."""


class Client:
    """Route 53's API at a port of this machine."""

    def __init__(self, port, credentials=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.host = f"127.0.0.1:{port}"
        self.key, self.secret = "bars", "bars"
        if credentials:
            parsed = configparser.ConfigParser()
            parsed.read(credentials)
            self.key = parsed["default"]["aws_access_key_id"]
            self.secret = parsed["default"]["aws_secret_access_key"]

    def ask(self, method, path, body=""):
        """The body of a success."""
        body = body.encode()
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{moment[:8]}/us-east-1/route53/aws4_request"
        canonical = f"{method}\n{path}\n\nhost:{self.host}\nx-amz-date:{moment}\n\nhost;x-amz-date\n{hashlib.sha256(body).hexdigest()}"
        key = b"AWS4" + self.secret.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        authorization = f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        self.connection.request(method, path, body, {"Authorization": authorization, "X-Amz-Date": moment, "Content-Type": "application/xml"})
        answer = self.connection.getresponse()
        said = answer.read().decode()
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer.status} {said[:500]}")
        return said

    def create_zone(self, name):
        """Its bare id."""
        body = f"<CreateHostedZoneRequest><Name>{name}</Name><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>"
        said = self.ask("POST", "/2013-04-01/hostedzone", body)
        return re.search(r"<Id>/hostedzone/([A-Z0-9]+)</Id>", said).group(1)

    def change(self, zone, action, records):
        """One batch of A records: (name, address)."""
        changes = "".join(
            f"<Change><Action>{action}</Action><ResourceRecordSet><Name>{name}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>"
            f"<ResourceRecord><Value>{address}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>"
            for name, address in records
        )
        body = f"<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>{changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
        return self.ask("POST", f"/2013-04-01/hostedzone/{zone}/rrset/", body)

    def fill(self, zone, name, sets):
        """So many record sets, in batches of a thousand."""
        for start in range(0, sets, 1000):
            self.change(zone, "CREATE", [(f"h{number}.{name}", address(number)) for number in range(start, min(start + 1000, sets))])


def address(number):
    """An address for a number below 2^24."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Asker:
    """A stub that asks for A records over UDP."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(2)
        self.socket.connect(("127.0.0.1", port))
        self.id = 0

    def ask(self, name):
        """The address in the answer's last four octets."""
        self.id = (self.id + 1) % 65536
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
        self.socket.send(struct.pack("!6H", self.id, 0, 1, 0, 0, 0) + labels + struct.pack("!B2H", 0, 1, 1))
        while True:
            answer = self.socket.recv(4096)
            if struct.unpack("!H", answer[:2])[0] == self.id:
                return ".".join(str(octet) for octet in answer[-4:])

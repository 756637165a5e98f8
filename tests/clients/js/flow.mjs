// flow.mjs create | delete: a zone and its record sets with the AWS SDK for JavaScript.
import assert from "node:assert";
import {
  Route53Client, CreateHostedZoneCommand, ListHostedZonesByNameCommand, ChangeResourceRecordSetsCommand, DeleteHostedZoneCommand,
  CreateHealthCheckCommand, DeleteHealthCheckCommand, ListHealthChecksCommand, InvalidChangeBatch, NoSuchHostedZone,
  GetHostedZoneCommand, ListResourceRecordSetsCommand, waitUntilResourceRecordSetsChanged,
} from "@aws-sdk/client-route-53";

const api = new Route53Client({});

async function change(zone, action, ...sets) {
  const changes = sets.map((set) => ({ Action: action, ResourceRecordSet: set }));
  const { ChangeInfo } = await api.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes: changes } }));
  await waitUntilResourceRecordSetsChanged({ client: api, maxWaitTime: 20, minDelay: 1 }, { Id: ChangeInfo.Id });
}

const values = (...all) => all.map((Value) => ({ Value }));

if (process.argv[2] === "create") {
  const created = await api.send(new CreateHostedZoneCommand({ Name: "js.example", CallerReference: String(Date.now()) }));
  const zone = created.HostedZone.Id.replace("/hostedzone/", "");
  assert.equal(created.HostedZone.ResourceRecordSetCount, 2);
  const check = await api.send(new CreateHealthCheckCommand({
    CallerReference: String(Date.now()),
    HealthCheckConfig: { Type: "CALCULATED", ChildHealthChecks: [], HealthThreshold: 0 },
  }));
  await change(zone, "CREATE",
    { Name: "www.js.example", Type: "A", TTL: 60, ResourceRecords: values("192.0.2.1", "192.0.2.2") },
    { Name: "text.js.example", Type: "TXT", TTL: 60, ResourceRecords: values('"it\'s <quoted> & \\"escaped\\""') },
    { Name: "pool.js.example", Type: "A", TTL: 60, SetIdentifier: "a", Weight: 3, HealthCheckId: check.HealthCheck.Id, ResourceRecords: values("192.0.2.3") });
  await assert.rejects(
    change(zone, "CREATE", { Name: "www.js.example", Type: "A", TTL: 60, ResourceRecords: values("192.0.2.9") }),
    (error) => error instanceof InvalidChangeBatch && error.message.includes("already exists"));
  await assert.rejects(api.send(new GetHostedZoneCommand({ Id: "Z00000000000000" })), NoSuchHostedZone);
} else {
  const { HostedZones } = await api.send(new ListHostedZonesByNameCommand({ DNSName: "js.example" }));
  const zone = HostedZones[0].Id.replace("/hostedzone/", "");
  // The SDK has no paginator for record sets: a page tells where the next starts.
  const found = [];
  let next = {};
  while (next) {
    const page = await api.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 2, ...next }));
    found.push(...page.ResourceRecordSets);
    next = page.IsTruncated && {
      StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType, StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
  await change(zone, "DELETE", ...found.filter((set) => set.Type !== "NS" && set.Type !== "SOA"));
  for (const check of (await api.send(new ListHealthChecksCommand({}))).HealthChecks) {
    await api.send(new DeleteHealthCheckCommand({ HealthCheckId: check.Id }));
  }
  await api.send(new DeleteHostedZoneCommand({ Id: zone }));
}

# The aws CLI: docs/clients/aws-cli.md.
. "$CLIENTS/lib.sh"

aws route53 create-hosted-zone --name example.com --caller-reference "$(date +%s%N)" \
  --hosted-zone-config Comment=first >created.json
id=$(jq -r '.HostedZone.Id' created.json)
change=$(jq -r '.ChangeInfo.Id' created.json)
[[ $id == /hostedzone/Z* && $change == /change/C* ]] || fail "ids are $id and $change"
same 'record sets of a new zone' "$(jq .HostedZone.ResourceRecordSetCount created.json)" 2
same 'location' "$(jq -r .Location created.json)" "$AWS_ENDPOINT_URL_ROUTE_53/2013-04-01$id"
same 'name servers' "$(jq -r '.DelegationSet.NameServers | sort | join(" ")' created.json)" 'ns1.waymark.test ns2.waymark.test'
answers example.com NS 'ns1.waymark.test. ns2.waymark.test.'
aws route53 wait resource-record-sets-changed --id "$change"

# One record set of each policy the CLI is asked about most.
backend 8081
primary=$backend
check=$(aws route53 create-health-check --caller-reference "$(date +%s%N)" --health-check-config \
  Type=HTTP,IPAddress=127.0.0.1,Port=8081,ResourcePath=/health,RequestInterval=10,FailureThreshold=1 \
  --query HealthCheck.Id --output text)
cat >batch.json <<BATCH
{ "Comment": "policies", "Changes": [
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "www.example.com", "Type": "A", "TTL": 60,
    "ResourceRecords": [ { "Value": "192.0.2.1" }, { "Value": "192.0.2.2" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "*.wild.example.com", "Type": "TXT", "TTL": 60,
    "ResourceRecords": [ { "Value": "\"two words\" \"and more\"" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "shop.example.com", "Type": "A", "SetIdentifier": "here", "Failover": "PRIMARY",
    "HealthCheckId": "$check", "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.10" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "shop.example.com", "Type": "A", "SetIdentifier": "there", "Failover": "SECONDARY",
    "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.11" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "geo.example.com", "Type": "A", "SetIdentifier": "swiss", "GeoLocation": { "CountryCode": "CH" },
    "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.20" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "geo.example.com", "Type": "A", "SetIdentifier": "else", "GeoLocation": { "CountryCode": "*" },
    "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.21" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "pool.example.com", "Type": "A", "SetIdentifier": "all", "Weight": 1,
    "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.30" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "pool.example.com", "Type": "A", "SetIdentifier": "none", "Weight": 0,
    "TTL": 5, "ResourceRecords": [ { "Value": "192.0.2.31" } ] } },
  { "Action": "CREATE", "ResourceRecordSet": { "Name": "example.com", "Type": "A",
    "AliasTarget": { "HostedZoneId": "${id##*/}", "DNSName": "pool.example.com", "EvaluateTargetHealth": true } } }
] }
BATCH
aws route53 change-resource-record-sets --hosted-zone-id "$id" --change-batch file://batch.json >changed.json
answers www.example.com A '192.0.2.1 192.0.2.2'
answers a.wild.example.com TXT '"two words" "and more"'
answers shop.example.com A 192.0.2.10
answers geo.example.com A 192.0.2.20 +subnet=129.132.0.0/16
answers geo.example.com A 192.0.2.21 +subnet=8.8.8.0/24
answers pool.example.com A 192.0.2.30
answers example.com A 192.0.2.30
aws route53 wait resource-record-sets-changed --id "$(jq -r .ChangeInfo.Id changed.json)"

# The listing shows what was made, in Route 53's order, escaped as it does.
aws route53 list-resource-record-sets --hosted-zone-id "$id" >listed.json
same 'names listed' "$(jq -r '[.ResourceRecordSets[] | .Name + " " + .Type] | unique | length' listed.json)" 8
same 'the wildcard' "$(jq -r '.ResourceRecordSets[] | select(.Type == "TXT").Name' listed.json)" '\052.wild.example.com.'
same 'a page of the listing' "$(aws route53 list-resource-record-sets --hosted-zone-id "$id" --max-items 3 --query 'length(ResourceRecordSets)')" 3
same 'the answer of TestDNSAnswer' \
  "$(aws route53 test-dns-answer --hosted-zone-id "$id" --record-name geo.example.com --record-type A \
    --edns0-client-subnet-ip 129.132.0.0 --edns0-client-subnet-mask 16 --query 'RecordData[0]' --output text)" 192.0.2.20

# A refused batch tells everything that is wrong with it and changes nothing.
refused InvalidChangeBatch aws route53 change-resource-record-sets --hosted-zone-id "$id" --change-batch '{"Changes": [
  {"Action": "CREATE", "ResourceRecordSet": {"Name": "new.example.com", "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "192.0.2.9"}]}},
  {"Action": "CREATE", "ResourceRecordSet": {"Name": "www.example.com", "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "192.0.2.9"}]}},
  {"Action": "DELETE", "ResourceRecordSet": {"Name": "gone.example.com", "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "192.0.2.9"}]}}]}' | tee refusal
grep -qF "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists, Tried to delete resource record set [name='gone.example.com.', type='A'] but it was not found]" refusal \
  || fail 'the refusal does not tell both problems'
answers new.example.com A ''
refused NoSuchHostedZone aws route53 get-hosted-zone --id Z0000000000000
refused HostedZoneNotEmpty aws route53 delete-hosted-zone --id "$id"
AWS_SECRET_ACCESS_KEY=wrong AWS_ACCESS_KEY_ID=$(sed -n 's/^aws_access_key_id *= *//p' "$AWS_SHARED_CREDENTIALS_FILE" | head -1) \
  refused SignatureDoesNotMatch aws route53 list-hosted-zones

# Tags, comments, counts.
aws route53 change-tags-for-resource --resource-type hostedzone --resource-id "${id##*/}" --add-tags Key=team,Value=web
same 'the tag' "$(aws route53 list-tags-for-resource --resource-type hostedzone --resource-id "${id##*/}" --query 'ResourceTagSet.Tags[0].Value' --output text)" web
aws route53 update-hosted-zone-comment --id "$id" --comment second >/dev/null
same 'the comment' "$(aws route53 get-hosted-zone --id "$id" --query HostedZone.Config.Comment --output text)" second
same 'the count' "$(aws route53 get-hosted-zone-count --query HostedZoneCount)" 1

# The primary dies; its check sees it, and so does dig.
for _ in $(seq 100); do
  seen=$(aws route53 get-health-check-status --health-check-id "$check" --query 'HealthCheckObservations[0].StatusReport.Status' --output text)
  if [[ $seen == Success* ]]; then break; fi
  sleep 0.2
done
[[ $seen == Success* ]] || fail "the check says $seen"
kill "$primary"
WAIT=30 answers shop.example.com A 192.0.2.11
aws route53 get-health-check-last-failure-reason --health-check-id "$check" --query 'HealthCheckObservations[0].StatusReport.Status' --output text

# All is deleted again.
jq '{Changes: [.ResourceRecordSets[] | select(.Type != "NS" and .Type != "SOA") | {Action: "DELETE", ResourceRecordSet: .}]}' listed.json >delete.json
aws route53 change-resource-record-sets --hosted-zone-id "$id" --change-batch file://delete.json >/dev/null
answers www.example.com A ''
aws route53 delete-health-check --health-check-id "$check"
aws route53 delete-hosted-zone --id "$id" >/dev/null
same 'the answer for a deleted zone' "$(dig @127.0.0.1 www.example.com A +noall +comments | sed -n 's/.*status: \([A-Z]*\).*/\1/p')" REFUSED

# octoDNS: plain, dynamic (pools, failover, weights, geo) and subnets; docs/clients/octodns.md.
. "$CLIENTS/lib.sh"
sync() { "$INSTALLED/python/bin/octodns-sync" --config-file config.yaml "$@" 2>&1 | tee sync.log; }

cp -r "$CLIENTS/octodns/." .
backend 8081
aws route53 create-hosted-zone --name dyn.example --caller-reference "$(date +%s%N)" >/dev/null
sync --doit
answers dyn.example A '192.0.2.1 192.0.2.2'
answers dyn.example MX '10 mx1.dyn.example. 20 mx2.dyn.example.'
answers txt.dyn.example TXT '"v=spf1 -all"'
answers www.dyn.example CNAME dyn.example.
answers any.wild.dyn.example A 192.0.2.7

# A tree of aliases: by country, then by failover, then by weight, over checks of 127.0.0.1:8081.
answers geo.dyn.example A 127.0.0.1 +subnet=129.132.0.0/16
answers geo.dyn.example A 192.0.2.20 +subnet=8.8.8.0/24
answers nets.dyn.example A 192.0.2.30 +subnet=198.51.100.0/24
answers nets.dyn.example A 192.0.2.31 +subnet=203.0.113.0/24
same 'checks made' "$(aws route53 list-health-checks --query 'length(HealthChecks)')" "$(aws route53 get-health-check-count --query HealthCheckCount)"

# What was made is what is read: nothing is left to do.
sync
grep -q 'No changes were planned' sync.log || fail 'a second run plans changes'

# The check of the Swiss pool fails, its fallback answers.
kill "$backend"
WAIT=60 answers geo.dyn.example A 192.0.2.20 +subnet=129.132.0.0/16

echo '--- {}' >zones/dyn.example.yaml
sync --doit --force
answers geo.dyn.example A ''
for check in $(aws route53 list-health-checks --query 'HealthChecks[].Id' --output text); do
  aws route53 delete-health-check --health-check-id "$check"
done
for collection in $(aws route53 list-cidr-collections --query 'CidrCollections[].Id' --output text); do
  jq -n --argjson locations "$(aws route53 list-cidr-blocks --collection-id "$collection")" \
    '[$locations.CidrBlocks | group_by(.LocationName)[] | {LocationName: .[0].LocationName, Action: "DELETE_IF_EXISTS", CidrList: map(.CidrBlock)}]' >blocks.json
  if [ "$(jq length blocks.json)" -gt 0 ]; then
    aws route53 change-cidr-collection --id "$collection" --changes file://blocks.json >/dev/null
  fi
  aws route53 delete-cidr-collection --id "$collection"
done
aws route53 delete-hosted-zone --id "$(zone_id dyn.example)" >/dev/null

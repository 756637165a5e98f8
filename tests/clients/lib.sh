# For flows in shell: what dig must say, the aws CLI as a judge, web servers to check and to kill.
set -euo pipefail
# What a flow starts ends with it.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

aws() { "$INSTALLED/python/bin/aws" "$@"; }

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

# answers NAME TYPE 'VALUES, sorted, a space between' [dig's options…]: dig hears that, at the latest in $WAIT (1) seconds.
answers() {
  local name=$1 type=$2 expected=$3 heard deadline
  shift 3
  deadline=$(($(date +%s%N) + ${WAIT:-1} * 1000000000))
  while :; do
    heard=$(dig @127.0.0.1 "$name" "$type" +short +tries=1 +time=2 "$@" | sort | tr '\n' ' ')
    heard=${heard% }
    if [ "$heard" = "$expected" ]; then
      echo "dig $name $type $*: $heard"
      return
    fi
    [ "$(date +%s%N)" -lt "$deadline" ] || fail "dig $name $type $* says '$heard', not '$expected'"
    sleep 0.05
  done
}

# same WHAT GOT EXPECTED
same() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

# refused CODE COMMAND…: the command fails, and says that code of Route 53.
refused() {
  local code=$1 said
  shift
  if said=$("$@" 2>&1); then fail "not refused: $*"; fi
  grep -q "($code)" <<<"$said" || fail "refused otherwise than $code: $said"
  echo "refused as it must be: $said"
}

# backend PORT: a web server whose /health is well; its process is $backend.
backend() {
  python3 "$CLIENTS/backend.py" "$1" &
  backend=$!
  for _ in $(seq 100); do (: >/dev/tcp/127.0.0.1/"$1") 2>/dev/null && return; sleep 0.05; done
  fail "no web server on port $1"
}

# zone_id NAME: the bare id of the hosted zone of that name.
zone_id() { aws route53 list-hosted-zones-by-name --dns-name "$1" --max-items 1 --query 'HostedZones[0].Id' --output text | sed 's,.*/,,'; }

# remove_zone NAME: with all its record sets.
remove_zone() {
  local id changes
  id=$(zone_id "$1")
  changes=$(aws route53 list-resource-record-sets --hosted-zone-id "$id" \
    | jq -c '{Changes: [.ResourceRecordSets[] | select(.Type != "NS" and .Type != "SOA") | {Action: "DELETE", ResourceRecordSet: .}]}')
  if [ "$changes" != '{"Changes":[]}' ]; then
    aws route53 change-resource-record-sets --hosted-zone-id "$id" --change-batch "$changes" >/dev/null
  fi
  aws route53 delete-hosted-zone --id "$id" >/dev/null
}

#!/usr/bin/env bash
# Runs real Route 53 clients against Waymark and asks dig what came of it: tests/clients/run.sh [NAME…], or --list.
#
# Everything runs in namespaces of its own, without rights on the machine: there Waymark is on port 53 and in resolv.conf,
# and Route 53's own host name leads to it, so that clients without a setting for their endpoint work too. Each client gets a
# server with an empty state; what it made must be gone at its end. A line for each client, and exit code 1 if one failed.
#   WAYMARK=PATH   the program (target/debug/waymark)       KEEP=1   leaves logs of clients that passed, too
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
installed=$root/target/clients

# What PyPI, npm, crates.io and Debian have; then what must have come with the machine.
obtainable=(five-minutes aws-cli boto3 operations octodns certbot lexicon lego js go rust ansible)
clients=("${obtainable[@]}")
if command -v terraform >/dev/null; then clients+=(terraform); fi
if [ "${1-}" = --list ]; then
  printf '%s\n' "${clients[@]}"
  exit
fi
[ $# -gt 0 ] || set -- "${clients[@]}"

if [ -z "${CLIENTS_INSIDE-}" ]; then
  export CLIENTS_INSIDE=1 PATH=$PATH:/usr/sbin
  exec unshare --user --map-root-user --mount --net --pid --fork --kill-child --mount-proc "$0" "$@"
fi

ip link set lo up
work=$(mktemp -d "${TMPDIR:-/tmp}/waymark-clients.XXXXXX")
export WAYMARK=${WAYMARK:-$root/target/debug/waymark}
[ -x "$WAYMARK" ] || { echo "there is no $WAYMARK; cargo build --bin waymark" >&2; exit 1; }
echo 'nameserver 127.0.0.1' >"$work/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n127.0.0.1 route53.amazonaws.com ns1.waymark.test ns2.waymark.test\n' >"$work/hosts"
mount --bind "$work/resolv.conf" "$(readlink -f /etc/resolv.conf)"
mount --bind "$work/hosts" /etc/hosts

export CLIENTS=$here INSTALLED=$installed ROOT=$root PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1
export AWS_ENDPOINT_URL_ROUTE_53=http://127.0.0.1:5381 AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
export AWS_PAGER='' AWS_DEFAULT_OUTPUT=json AWS_MAX_ATTEMPTS=1 HOME=$work/home
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
mkdir -p "$HOME"

# Starts a server with an empty state in directory $1.
start() {
  mkdir -p "$1/zones"
  cat >"$1/waymark.toml" <<CONFIG
zones = "zones"
state = "state"
listen = ["127.0.0.1:53", "127.0.0.1:5353"]
http = "127.0.0.1:5380"
name_servers = ["ns1.waymark.test", "ns2.waymark.test"]
hostmaster = "hostmaster.waymark.test"
[api]
listen = "127.0.0.1:5381"
CONFIG
  "$WAYMARK" serve --config "$1/waymark.toml" >"$1/server.log" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    grep -q '^Route 53 API on' "$1/server.log" && break
    kill -0 $server 2>/dev/null || break
    sleep 0.05
  done
  export AWS_SHARED_CREDENTIALS_FILE=$1/state/credentials SERVER_PID=$server SERVER_DIR=$1
  [ -s "$AWS_SHARED_CREDENTIALS_FILE" ]
}

flow() {
  cd "$2"
  case $1 in
    boto3 | operations) "$INSTALLED/python/bin/python" "$CLIENTS/flows/$1.py" ;;
    *) bash "$CLIENTS/flows/$1.sh" ;;
  esac
}

passed=0 failed=0
for client in "$@"; do
  dir=$work/$client began=$(date +%s%N) verdict=FAIL server=
  mkdir -p "$dir/run"
  : >"$dir/client.log"
  : >"$dir/server.log"
  if [ ! -e "$here/flows/$client.sh" ] && [ ! -e "$here/flows/$client.py" ]; then
    echo "there is no flow $client" >"$dir/client.log"
  elif start "$dir" && (flow "$client" "$dir/run") >"$dir/client.log" 2>&1 \
    && "$installed/python/bin/python" "$here/left.py" >>"$dir/client.log" 2>&1; then
    verdict=pass
  fi
  # No server outlives its client; one that ended by itself is a failure, however the client fared.
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || verdict=FAIL
    wait "$server" 2>/dev/null || true
  fi
  # Nor does anything else that a flow left; in this namespace of processes there is nothing but the run's own.
  if [ $$ -eq 1 ]; then kill -KILL -1 2>/dev/null || true; fi
  took=$((($(date +%s%N) - began) / 1000000))
  printf '%-13s %s %6.1f s\n' "$client" "$verdict" "$(printf '%d.%03d' $((took / 1000)) $((took % 1000)))"
  if [ $verdict = pass ]; then
    passed=$((passed + 1))
    [ -n "${KEEP-}" ] || rm -rf "$dir"
  else
    failed=$((failed + 1))
    sed 's/^/    | /' "$dir/client.log" | tail -25
    sed 's/^/    server | /' "$dir/server.log" 2>/dev/null | tail -10
    echo "    all of it in $dir"
  fi
done
if [ $failed -eq 0 ] && [ -z "${KEEP-}" ]; then rm -rf "$work"; fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

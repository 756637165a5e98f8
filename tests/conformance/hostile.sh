#!/bin/sh
# Ten hostile minutes: Waymark, then Knot, each with cookies and a rate limit of 200, one worker on core 0, and hostile.py
# on core 1 beside it.
#
#   tests/conformance/hostile.sh [WAYMARK]              target/debug/waymark, or the binary given
#   DURATION=20 RATE=10000 tests/conformance/hostile.sh  shorter, gentler
#   SERVERS=waymark tests/conformance/hostile.sh        one of the two
#
# Fails when a bar of hostile.py is missed by Waymark, or its log tells of a panic. Reports stay in $WORK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
WAYMARK=${1:-${WAYMARK:-$root/target/debug/waymark}}
WORK=${WORK:-$(mktemp -d)}
DURATION=${DURATION:-600}
RATE=${RATE:-30000}
SERVERS=${SERVERS:-waymark knot}
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
cd "$here"

# 5,000 connections and then some, in the server too.
ulimit -n "$(ulimit -H -n)"

waymark=
knot=
finish() {
    if [ -n "$knot" ]; then python3 "$here/refsrv.py" stop "$knot" >/dev/null 2>&1 || true; fi
    knot=
    if [ -n "$waymark" ]; then kill "$waymark" 2>/dev/null || true; wait "$waymark" 2>/dev/null || true; fi
    waymark=
}
trap finish EXIT
trap 'exit 130' INT TERM

# ports N: so many ports that are free over UDP and TCP.
ports() {
    python3 -c 'import socket, sys
kept = []
while len(kept) < int(sys.argv[1]):
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0)); t = socket.socket()
    try: t.bind(("127.0.0.1", u.getsockname()[1]))
    except OSError: continue
    kept.append((u, t))
print(*(u.getsockname()[1] for u, _ in kept))' "$1"
}

attack() {
    python3 hostile.py "$@" --seconds "$DURATION" --rate "$RATE" 2>"$WORK/samples-$name.txt" | tee "$WORK/$name.txt"
    tail -n 1 "$WORK/$name.txt" >>"$WORK/results.jsonl"
    grep -c '^MISSED' "$WORK/$name.txt" >"$WORK/missed-$name" || true
}

status=0
for name in $SERVERS; do
    folder=$WORK/$name
    case $name in
    waymark)
        mkdir -p "$folder/zones"
        while IFS="$(printf '\t')" read -r origin path; do cp "$path" "$folder/zones/${origin%.}.zone"; done <zones/zones.tsv
        # shellcheck disable=SC2046
        set -- $(ports 6)
        cat >"$folder/waymark.toml" <<TOML
listen = "127.0.0.1:$1"
http = "127.0.0.1:$6"
zones = "zones"
state = "state"
workers = 1

[cookies]
enabled = true

[rate_limit]
responses = 200
slip = 2

[tls]
certificate = "self-signed"
dot = "127.0.0.1:$2"
doh = "127.0.0.1:$3"
doq = "127.0.0.1:$4"
doh3 = "127.0.0.1:$5"
TOML
        taskset -c 0 "$WAYMARK" serve --config "$folder/waymark.toml" >"$folder/log" 2>&1 &
        waymark=$!
        for _ in $(seq 300); do
            grep -q '^waymark answers on' "$folder/log" && break
            kill -0 "$waymark" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
            sleep 0.1
        done
        attack "127.0.0.1:$1" "$waymark" --name waymark --dot "$2" --doh "$3" --doq "$4" --doh3 "$5"
        python3 -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())' \
            "http://127.0.0.1:$6/metrics" >"$folder/metrics.txt" || status=1
        [ "$(cat "$WORK/missed-waymark")" = 0 ] || status=1
        if grep -i 'panic' "$folder/log"; then status=1; fi
        ;;
    knot)
        # shellcheck disable=SC2046
        set -- $(ports 1)
        knot=$folder
        taskset -c 0 python3 refsrv.py start knotedge "$1" zones/zones.tsv "$folder" >&2
        attack "127.0.0.1:$1" "$(cat "$folder/pid")" --name knot
        ;;
    *)
        echo "hostile.sh: no such server: $name" >&2
        exit 2
        ;;
    esac
    finish
done
echo "reports are in $WORK"
exit $status

#!/bin/sh
# Conformance by comparison: Knot, NSD and Waymark serve the same zones on loopback and get the same questions
# (difftest.py), then fixed expectations from RFC text (rfcvec.py) and cookies shared with Knot and BIND (cookies.py).
# What the totals mean: docs/conformance.md.
#
#   tests/conformance/run.sh            everything, with Knot's EDNS Client Subnet on, then off ("raw")
#   MODES=ecs SEEDS=1 CATS=edns,hdr tests/conformance/run.sh
#   ABUSE=1 tests/conformance/run.sh    also abuse.py (about two minutes)
#
# Fails below 99.9 % of the must cases in any mode, those set aside that an RFC explains (verdict.py), or when rfcvec is
# not whole. Reports stay in $WORK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
WAYMARK=${WAYMARK:-$root/target/debug/waymark}
WORK=${WORK:-$(mktemp -d)}
MODES=${MODES:-ecs raw}
SEEDS=${SEEDS:-1 2}
CATS=${CATS:-names,flags,edns,hdr,class,wire,trunc,tcp,axfr,fuzz}
FUZZ=${FUZZ:-1000}
BAR=${BAR:-99.9}
mkdir -p "$WORK"
cd "$here"

missing=
command -v knotd >/dev/null || missing="$missing knot"
command -v nsd >/dev/null || missing="$missing nsd"
if [ -n "$missing" ]; then
    # Packages start their services at once; nothing here may take port 53.
    printf '#!/bin/sh\nexit 101\n' >"$WORK/policy-rc.d"
    [ -e /usr/sbin/policy-rc.d ] || install -m 755 "$WORK/policy-rc.d" /usr/sbin/policy-rc.d
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
python3 -c 'import dns.message, dns.zone' 2>/dev/null ||
    python3 -m pip install --quiet dnspython 2>/dev/null || apt-get install -y -qq python3-dnspython >/dev/null
[ -x "$WAYMARK" ] || (cd "$root" && cargo build --bin waymark)

references=
waymark=
finish() {
    for folder in $references; do python3 "$here/refsrv.py" stop "$folder" >/dev/null 2>&1 || true; done
    references=
    if [ -n "$waymark" ]; then kill "$waymark" 2>/dev/null || true; wait "$waymark" 2>/dev/null || true; fi
    waymark=
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() {
    python3 -c 'import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0))
t = socket.socket(); t.bind(("127.0.0.1", u.getsockname()[1])); print(u.getsockname()[1])'
}

# start_waymark ZONES.tsv FOLDER: the server's address is in $at, its process in $waymark.
start_waymark() {
    mkdir -p "$2/zones"
    while IFS="$(printf '\t')" read -r origin path; do
        name=${origin%.}
        cp "$path" "$2/zones/${name:-root}.zone"
    done <"$1"
    "$WAYMARK" serve --zones "$2/zones" --state "$2/state" --listen 127.0.0.1:0 --http 127.0.0.1:0 >"$2/log" 2>&1 &
    waymark=$!
    at=
    for _ in $(seq 300); do
        at=$(sed -n 's/^waymark answers on \([0-9.:]*\).*/\1/p' "$2/log")
        [ -n "$at" ] && return
        kill -0 "$waymark" 2>/dev/null || break
        sleep 0.1
    done
    cat "$2/log" >&2
    exit 1
}

# start_reference KIND ZONES.tsv FOLDER: its address is in $at.
start_reference() {
    port=$(free_port)
    python3 refsrv.py start "$1" "$port" "$2" "$3" >&2
    references="$references $3"
    at=127.0.0.1:$port
}

# compare NAME KNOT ZONES.tsv ORIGINS: one round of difftest per seed; adds to $WORK/totals.
compare() {
    folder=$WORK/$1
    mkdir -p "$folder"
    start_reference "$2" "$3" "$folder/knot"
    knot_at=$at
    start_reference nsd "$3" "$folder/nsd"
    nsd_at=$at
    start_waymark "$3" "$folder/waymark"
    for seed in $SEEDS; do
        echo "== $1, seed $seed"
        python3 difftest.py --zones "$3" --sut "$at" --ref "knot=$knot_at" --ref "nsd=$nsd_at" --cat "$CATS" --types long \
            --seed "$seed" --fuzz "$FUZZ" --timeout 1 --report "$folder/report-$seed.jsonl" >"$folder/difftest-$seed.txt" || true
        cat "$folder/difftest-$seed.txt"
        sed -n "s|^TOTAL|$1 $seed|p" "$folder/difftest-$seed.txt" >>"$WORK/totals"
    done
    finish
}

: >"$WORK/totals"
cat zones/zones.tsv zones/more.tsv >"$WORK/zones.tsv"
status=0
for mode in $MODES; do
    knot=knot
    [ "$mode" = ecs ] && knot=knotecs
    compare "$mode" "$knot" "$WORK/zones.tsv"
    # The root zone answers for every name, so it has rounds of its own.
    compare "$mode-root" "$knot" zones/root.tsv
done

echo "== rfcvec"
python3 rfcvec.py zones "$WORK/rfcvec" >/dev/null
start_waymark "$WORK/rfcvec/zones.tsv" "$WORK/rfcvec/waymark"
python3 rfcvec.py run "$at" | tee "$WORK/rfcvec.txt"
finish
# Only exit code 3, "invalid zones", is a refusal; a crash is none.
cat >"$WORK/refuses" <<REFUSES
#!/bin/sh
rm -rf "$WORK/bad" && mkdir "$WORK/bad" && cp "\$2" "$WORK/bad/\$1.zone"
"$WAYMARK" check "$WORK/bad" >"$WORK/bad.out" 2>&1
[ \$? -ne 3 ]
REFUSES
chmod +x "$WORK/refuses"
python3 rfcvec.py bad "$WORK/rfcvec" "$WORK/refuses {origin} {file}" | tee -a "$WORK/rfcvec.txt"
awk '/^rfcvec|^9460/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\/[0-9]+$/) { split($i, n, "/"); if (n[1] != n[2]) exit 1 } }' \
    "$WORK/rfcvec.txt" || { echo "rfcvec is not whole"; status=1; }

echo "== cookies"
python3 cookies.py "$WAYMARK" || { echo "cookies are not shared"; status=1; }

if [ -n "${ABUSE:-}" ]; then
    echo "== abuse"
    start_waymark zones/zones.tsv "$WORK/abuse"
    python3 abuse.py "$at" k.test. --pid "$waymark" | tee "$WORK/abuse.txt"
    finish
fi

echo "== totals (work files in $WORK)"
cat "$WORK/totals"
# Each mode on its own: its zones and the root zone together, all seeds.
for mode in $MODES; do
    echo "== $mode"
    pairs=
    for folder in "$mode" "$mode-root"; do
        for seed in $SEEDS; do
            pairs="$pairs $WORK/$folder/report-$seed.jsonl:$WORK/$folder/difftest-$seed.txt"
        done
    done
    # shellcheck disable=SC2086
    python3 verdict.py "$BAR" $pairs || { echo "$mode is below $BAR %"; status=1; }
done
exit $status

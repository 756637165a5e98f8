#!/bin/sh
# make bench: Waymark beside an echo floor and the fast servers, in the same alternating rounds.
#
#   benches/peers/bench.sh [LOADS] [ROUNDS]     e.g. bench.sh plain,weighted 3
#
# Installs what is missing (Debian's packages, two from PyPI), builds Waymark and the load generator, writes the data
# once (about 700 MB below data/), and prints a table for each load; every row lands in results/. What the columns mean
# and how to add a server: README.md.
set -eu
cd "$(dirname "$0")"
loads=${1:-plain,hit,plain1m,weighted,failover,multi,geo,closest,tree,zones,tcp,tcp-pipe}
rounds=${2:-5}

missing=
for need in knotd:knot nsd:nsd gdnsd:gdnsd pdns_server:pdns-server dnssec-keygen:bind9-utils openssl:openssl; do
    command -v "${need%%:*}" >/dev/null || missing="$missing ${need#*:}"
done
[ -e /usr/lib/x86_64-linux-gnu/knot/modules-3.2/geoip.so ] || missing="$missing knot-module-geoip"
if [ -n "$missing" ]; then
    # Packages start their services at once; nothing here may take port 53.
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; }
    apt-get update -q
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing pdns-backend-bind
fi
python3 -c 'import mmdb_writer, netaddr' 2>/dev/null || python3 -m pip install -q mmdb_writer netaddr
(cd ../.. && cargo build --release)
(cd tools && cargo build --release)
[ -e data/zones ] && [ -e data/city.mmdb ] || python3 gen.py
mkdir -p results
WAYMARK=${WAYMARK:-$(cd ../.. && pwd)/target/release/waymark}
export WAYMARK
exec python3 bench.py run "$loads" --servers floor-mmsg,floor-tcp,waymark,knot,nsd,gdnsd --rounds "$rounds" --quiet 2 \
    --out "results/$(date +%Y%m%d-%H%M%S).jsonl"

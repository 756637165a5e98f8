#!/usr/bin/env bash
# Installs the programs the tests run, where they are missing: dig, kdig and dnsperf ask, kill signals, python3 serves HTTPS and passes
# sockets, ip and unshare make networks, systemd-analyze judges the unit, Knot, NSD and BIND copy zones, Unbound, delv and
# ldns-verify-zone validate. Programs named as arguments are installed too, from packages of the same name.
set -euo pipefail

packages=()
PATH=$PATH:/usr/sbin
command -v ip >/dev/null || packages+=(iproute2)
command -v systemd-analyze >/dev/null || packages+=(systemd)
command -v unshare >/dev/null || packages+=(util-linux)
command -v dig >/dev/null || packages+=(dnsutils)
command -v delv >/dev/null || packages+=(bind9-dnsutils)
command -v kdig >/dev/null || packages+=(knot-dnsutils)
command -v dnsperf >/dev/null || packages+=(dnsperf)
command -v kill >/dev/null && [ -x "$(type -P kill || true)" ] || packages+=(procps)
command -v python3 >/dev/null || packages+=(python3)
command -v knotd >/dev/null || packages+=(knot)
command -v nsd >/dev/null || packages+=(nsd)
command -v named >/dev/null || packages+=(bind9)
command -v ldns-verify-zone >/dev/null || packages+=(ldnsutils)
command -v unbound >/dev/null || packages+=(unbound)
for program in "$@"; do
  command -v "$program" >/dev/null || packages+=("$program")
done
[ ${#packages[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${packages[*]}"
# Packages of servers start them at once; the tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  trap '"${as_root[@]}" rm -f $policy' EXIT
fi
"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${packages[@]}"

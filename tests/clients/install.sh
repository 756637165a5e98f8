#!/usr/bin/env bash
# Installs the clients named as arguments, all of them without, into target/clients: from PyPI with hashes, from npm with its
# lock, from crates.io with its lock, from Debian by apt-get. What is there already is left alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
into=$root/target/clients
mkdir -p "$into"
[ $# -gt 0 ] || set -- $("$here/run.sh" --list)

# A virtual environment of its own for each list of requirements: Ansible and moto drag in what the others need not.
python_environment() {
  local name=$1 list=$here/requirements/$1.txt
  cmp -s "$list" "$into/$name/installed.txt" && return
  echo "installing $(grep -c '==' "$list") Python packages for $name"
  python3 -c 'import ensurepip' 2>/dev/null || debian python3-venv
  rm -rf "${into:?}/$name"
  python3 -m venv "$into/$name"
  "$into/$name/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$list"
  cp "$list" "$into/$name/installed.txt"
}

debian() {
  local missing=()
  for package in "$@"; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
}

"$root/tests/install-tools.sh"
# Whatever client is run, these ask what it left.
debian jq
python_environment python
for client in "$@"; do
  case $client in
    five-minutes | aws-cli | boto3 | operations | octodns | lexicon) ;;
    certbot) debian pebble openssl ;;
    ansible) python_environment ansible ;;
    bars)
      python_environment moto
      debian dnsperf
      ;;
    js)
      command -v npm >/dev/null || debian nodejs npm
      if ! cmp -s "$here/js/package-lock.json" "$into/js/package-lock.json"; then
        mkdir -p "$into/js"
        cp "$here/js/package.json" "$here/js/package-lock.json" "$into/js/"
        npm ci --prefix "$into/js" --ignore-scripts --no-audit --no-fund
      fi
      ;;
    rust) CARGO_TARGET_DIR=$into/rust cargo build -q --locked --manifest-path "$here/rust/Cargo.toml" ;;
    go)
      debian golang-go golang-github-aws-aws-sdk-go-v2-dev
      GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$into/go-cache go build -o "$into/go-flow" "$here/go/main.go"
      ;;
    lego) debian lego pebble openssl ;;
    terraform) # Neither Debian nor any registry here has it: it must be there.
      command -v terraform >/dev/null || { echo "terraform is missing, and this machine's registries do not have it" >&2; exit 1; }
      ;;
    *)
      echo "unknown client $client; there are: $("$here/run.sh" --list | tr '\n' ' ')" >&2
      exit 2
      ;;
  esac
done

# For flows that get certificates: Debian's pebble, which asks Waymark for the challenges; source lib.sh first.

# Starts it on https://localhost:14000/dir; $PWD/acme.pem is what its clients trust.
acme_server() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
    -keyout acme.key -out acme.pem 2>openssl.log
  cat >pebble.json <<PEBBLE
{ "pebble": { "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
  "certificate": "$PWD/acme.pem", "privateKey": "$PWD/acme.key", "httpPort": 5002, "tlsPort": 5001,
  "ocspResponderURL": "", "externalAccountBindingRequired": false } }
PEBBLE
  PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config pebble.json -dnsserver 127.0.0.1:53 >pebble.log 2>&1 &
  for _ in $(seq 100); do (: >/dev/tcp/127.0.0.1/14000) 2>/dev/null && return; sleep 0.05; done
  fail "pebble does not start: $(cat pebble.log)"
}

# certified FILE NAMES…: the certificate there is for these names.
certified() {
  local file=$1
  shift
  local names
  names=$(openssl x509 -in "$file" -noout -ext subjectAltName | tail -1 | tr -d ' ' | tr ',' '\n' | sort | tr '\n' ' ')
  same "names of $file" "$names" "$(printf 'DNS:%s\n' "$@" | sort | tr '\n' ' ')"
  echo "certificate for $*"
}

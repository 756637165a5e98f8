# certbot with its Route 53 plugin, against pebble, which validates over Waymark's DNS; docs/clients/certbot.md.
. "$CLIENTS/lib.sh"
. "$CLIENTS/acme.sh"

aws route53 create-hosted-zone --name cert.example --caller-reference "$(date +%s%N)" >/dev/null
id=$(zone_id cert.example)
acme_server
certbot() {
  REQUESTS_CA_BUNDLE=acme.pem "$INSTALLED/python/bin/certbot" "$@" --server https://localhost:14000/dir --non-interactive \
    --config-dir certbot --work-dir certbot/work --logs-dir certbot/logs
}
certbot certonly --agree-tos --register-unsafely-without-email --dns-route53 -d cert.example -d '*.cert.example' -d www.cert.example
certified certbot/live/cert.example/cert.pem cert.example '*.cert.example' www.cert.example
certbot renew --force-renewal --no-random-sleep-on-renew
same 'certificates' "$(ls certbot/archive/cert.example/cert*.pem | wc -l)" 2

# The challenges are cleaned up.
answers _acme-challenge.cert.example TXT ''
same 'record sets left' "$(aws route53 list-resource-record-sets --hosted-zone-id "$id" --query 'length(ResourceRecordSets)')" 2
aws route53 delete-hosted-zone --id "$id" >/dev/null

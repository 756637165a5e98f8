# lego as Debian has it (4.9.1: no setting for its endpoint, so Route 53's host name leads to Waymark); docs/clients/lego.md.
. "$CLIENTS/lib.sh"
. "$CLIENTS/acme.sh"

aws route53 create-hosted-zone --name lego.example --caller-reference "$(date +%s%N)" >/dev/null
id=$(zone_id lego.example)
acme_server
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=route53.amazonaws.com -addext subjectAltName=DNS:route53.amazonaws.com \
  -keyout api.key -out api.pem 2>openssl.log
python3 "$CLIENTS/front.py" api.pem api.key &
for _ in $(seq 100); do if (: >/dev/tcp/127.0.0.1/443) 2>/dev/null; then break; fi; sleep 0.05; done

export AWS_CA_BUNDLE=api.pem LEGO_CA_CERTIFICATES=acme.pem
lego() {
  command lego --accept-tos --email lego@lego.example --server https://localhost:14000/dir --dns route53 --dns.resolvers 127.0.0.1:53 \
    --path lego -d lego.example -d '*.lego.example' "$@"
}
lego run
certified lego/certificates/lego.example.crt lego.example '*.lego.example'
lego renew --days 9000 --no-random-sleep

answers _acme-challenge.lego.example TXT ''
same 'record sets left' "$(aws route53 list-resource-record-sets --hosted-zone-id "$id" --query 'length(ResourceRecordSets)')" 2
aws route53 delete-hosted-zone --id "$id" >/dev/null

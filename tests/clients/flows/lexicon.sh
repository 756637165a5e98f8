# lexicon; docs/clients/lexicon.md. It asks DNS for the zone, which Waymark answers.
. "$CLIENTS/lib.sh"

aws route53 create-hosted-zone --name lexicon.example --caller-reference "$(date +%s%N)" >/dev/null
lexicon() {
  "$INSTALLED/python/bin/lexicon" route53 --auth-access-key "$key" --auth-access-secret "$secret" "$@"
}
key=$(sed -n 's/^aws_access_key_id *= *//p' "$AWS_SHARED_CREDENTIALS_FILE" | head -1)
secret=$(sed -n 's/^aws_secret_access_key *= *//p' "$AWS_SHARED_CREDENTIALS_FILE" | head -1)

lexicon create lexicon.example A --name www --content 192.0.2.1 --ttl 60
answers www.lexicon.example A 192.0.2.1
lexicon create lexicon.example A --name www --content 192.0.2.2 --ttl 60
answers www.lexicon.example A '192.0.2.1 192.0.2.2'
lexicon create lexicon.example TXT --name _acme-challenge --content token --ttl 60
answers _acme-challenge.lexicon.example TXT '"token"'
lexicon list lexicon.example A | tee listed
grep -q 'www.lexicon.example' listed || fail 'the listing lacks www'
lexicon update lexicon.example TXT --name _acme-challenge --content other --ttl 60
answers _acme-challenge.lexicon.example TXT '"other"'
lexicon delete lexicon.example A --name www --content 192.0.2.1 --ttl 60
answers www.lexicon.example A 192.0.2.2
lexicon delete lexicon.example A --name www --ttl 60
lexicon delete lexicon.example TXT --name _acme-challenge --ttl 60
answers www.lexicon.example A ''
aws route53 delete-hosted-zone --id "$(zone_id lexicon.example)" >/dev/null

# The five minutes of README.md, word by word.
. "$CLIENTS/lib.sh"
ln -s "$SERVER_DIR/state" state
PATH=$INSTALLED/python/bin:$PATH python3 "$CLIENTS/transcript.py" "$ROOT/README.md" 'Five minutes with the API'
remove_zone shop.test
aws route53 delete-health-check --health-check-id "$(aws route53 list-health-checks --query 'HealthChecks[0].Id' --output text)"

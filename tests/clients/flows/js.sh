# The AWS SDK for JavaScript, version 3; docs/clients/aws-sdk-js.md.
. "$CLIENTS/lib.sh"
cp "$CLIENTS/js/flow.mjs" "$INSTALLED/js/"
node "$INSTALLED/js/flow.mjs" create
answers www.js.example A '192.0.2.1 192.0.2.2'
answers text.js.example TXT '"it'"'"'s <quoted> & \"escaped\""'
answers pool.js.example A 192.0.2.3
node "$INSTALLED/js/flow.mjs" delete
answers www.js.example A ''

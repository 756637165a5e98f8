# The AWS SDK for Go, version 2, as Debian has it; docs/clients/aws-sdk-go.md.
. "$CLIENTS/lib.sh"
"$INSTALLED/go-flow" create
answers www.go.example A '192.0.2.1 192.0.2.2'
answers any.go.example A 192.0.2.4
answers pool.go.example TXT '"a"'
"$INSTALLED/go-flow" delete
answers www.go.example A ''

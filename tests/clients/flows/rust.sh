# The AWS SDK for Rust; docs/clients/aws-sdk-rust.md.
. "$CLIENTS/lib.sh"
"$INSTALLED/rust/debug/waymark-client-flow" create
answers www.rust.example A '192.0.2.1 192.0.2.2'
answers text.rust.example TXT '"<a> & b"'
"$INSTALLED/rust/debug/waymark-client-flow" delete
answers www.rust.example A ''

//! Bytes in, bytes out: parse one query, answer it, encode the reply, without allocating.
//!
//! Knows nothing of sockets, clocks or configuration; whoever holds a packet and a [`crate::snapshot::World`] may call.

mod carried;
mod chaos;
mod cookie;
mod edns;
mod encode;
mod limited;
mod options;
mod query;
mod respond;
mod sign;
mod tsig;

pub use carried::{has_keepalive, lifetime};
pub use cookie::Proof;
pub use limited::cut;
pub use respond::{Peer, Reply, Transport, Turn, formerr, respond, respond_with, room, servfail, signature};

/// Response codes (RFC 1035 §4.1.1, RFC 6895 §2.3).
#[allow(missing_docs, reason = "the names are the field's own")]
pub mod rcode {
    pub const NOERROR: u16 = 0;
    pub const FORMERR: u16 = 1;
    pub const SERVFAIL: u16 = 2;
    pub const NXDOMAIN: u16 = 3;
    pub const NOTIMP: u16 = 4;
    pub const REFUSED: u16 = 5;
    pub const YXDOMAIN: u16 = 6;
    pub const NOTAUTH: u16 = 9;
    pub const BADVERS: u16 = 16;
    pub const BADCOOKIE: u16 = 23;

    /// The usual name, `RCODEn` for the rest.
    pub fn name(code: u16) -> &'static str {
        match code {
            NOERROR => "NOERROR",
            FORMERR => "FORMERR",
            SERVFAIL => "SERVFAIL",
            NXDOMAIN => "NXDOMAIN",
            NOTIMP => "NOTIMP",
            REFUSED => "REFUSED",
            YXDOMAIN => "YXDOMAIN",
            NOTAUTH => "NOTAUTH",
            BADVERS => "BADVERS",
            BADCOOKIE => "BADCOOKIE",
            _ => "OTHER",
        }
    }
}

//! What is asked, and by whom.

use std::net::IpAddr;

use crate::model::RecordType;
use crate::snapshot::qname::Qname;

/// One question of class IN.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The name, folded.
    pub name: &'q Qname,
    /// The type.
    pub rtype: RecordType,
    /// Whether the question came in a datagram.
    pub datagram: bool,
    /// Whether signatures are wanted (RFC 3225).
    pub dnssec_ok: bool,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The resolver's address; IPv4-mapped ones as IPv4.
    pub source: IpAddr,
    /// The client subnet it speaks for, when one was given with a length above 0 (P-8, P-9).
    pub subnet: Option<Subnet>,
    /// The listener that was asked.
    pub listener: u16,
}

/// A client subnet (RFC 7871).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The masked address.
    pub address: IpAddr,
    /// How many leading bits are known.
    pub len: u8,
}

impl Client {
    /// The address that steers, and how many of its bits are known (P-8).
    pub fn steering(&self) -> Subnet {
        self.subnet.unwrap_or(Subnet { address: self.source, len: if self.source.is_ipv4() { 32 } else { 128 } })
    }
}

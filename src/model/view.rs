//! Who is asking: views (Route 53's VPCs) and CIDR collections.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::At;
use super::place::Region;

/// The name of a view, what Route 53 calls a VPC id (Z-24).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub Arc<str>);

/// A named set of clients that may see private zones (Z-24): those of `networks` that ask at one of `listeners`. Either
/// may be empty and then constrains nothing; where both are, nobody is in the view. Of several views that take a client
/// in, the one with the longest network around its address has it; without networks a view is the widest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub id: ViewId,
    /// Source networks; empty for any address.
    pub networks: Vec<Block>,
    /// Listeners asked; empty for any of them.
    pub listeners: Vec<Arc<str>>,
    /// Where its clients are, for latency and geolocation in private zones (Z-34).
    pub region: Option<Region>,
    /// Where it is written.
    pub at: At,
}

/// A CIDR block: an address family, the leading bits, and how many of them count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the fields are the usual ones")]
pub enum Block {
    V4 { address: u32, len: u8 },
    V6 { address: u128, len: u8 },
}

/// A CIDR collection: locations and their blocks (P-53).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrCollection {
    /// Its name, or id in a dump.
    pub id: Arc<str>,
    /// Location name to blocks; a block belongs to one location (P-53).
    pub locations: BTreeMap<Arc<str>, Vec<Block>>,
    /// Where it is written.
    pub at: At,
}

impl Block {
    /// How many leading bits count.
    pub fn len(self) -> u8 {
        match self {
            Self::V4 { len, .. } | Self::V6 { len, .. } => len,
        }
    }

    /// Whether the block is the whole family.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether every address of `inner` lies in this block (P-56).
    pub fn covers(self, inner: Self) -> bool {
        match (self, inner) {
            (Self::V4 { address, len }, Self::V4 { address: other, len: inner }) => {
                len <= inner && (len == 0 || (address ^ other) >> (32 - u32::from(len)) == 0)
            }
            (Self::V6 { address, len }, Self::V6 { address: other, len: inner }) => {
                len <= inner && (len == 0 || (address ^ other) >> (128 - u32::from(len)) == 0)
            }
            _ => false,
        }
    }

    /// A block from an address and a length; host bits are cleared. `None` when the length is too long.
    pub fn new(address: std::net::IpAddr, len: u8) -> Option<Self> {
        match address {
            std::net::IpAddr::V4(v4) if len <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0);
                Some(Self::V4 { address: v4.to_bits() & mask, len })
            }
            std::net::IpAddr::V6(v6) if len <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0);
                Some(Self::V6 { address: v6.to_bits() & mask, len })
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::V4 { address, len } => write!(f, "{}/{len}", std::net::Ipv4Addr::from_bits(address)),
            Self::V6 { address, len } => write!(f, "{}/{len}", std::net::Ipv6Addr::from_bits(address)),
        }
    }
}

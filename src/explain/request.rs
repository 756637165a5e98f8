//! The question to explain, as a real query packet.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::check::Status;
use crate::model::name::NameError;
use crate::model::view::Block;
use crate::model::{CheckId, Name, RecordType};
use crate::wire::Transport;

/// What is to be explained.
#[derive(Clone, Debug)]
pub struct Request {
    /// The name asked.
    pub name: Name,
    /// The type asked.
    pub rtype: RecordType,
    /// The resolver's address.
    pub source: IpAddr,
    /// The client subnet it sends along: address and length.
    pub subnet: Option<(IpAddr, u8)>,
    /// The listener asked, by index.
    pub listener: u16,
    /// Whether it asks over TCP.
    pub tcp: bool,
    /// Checks supposed up or down.
    pub health: Vec<(CheckId, Status)>,
    /// The seed of the dice.
    pub seed: u64,
}

/// A request as people and the control socket write it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// The name asked, absolute; the trailing dot is optional.
    pub name: String,
    /// The type asked; empty for A.
    pub rtype: String,
    /// `ADDR` for a resolver's address, `ADDR/LEN` for a client subnet that a resolver passes on.
    pub client: Option<String>,
    /// The resolver's address where `client` is a subnet; the loopback by default.
    pub resolver: Option<String>,
    /// The listener asked, by name; the first by default.
    pub listener: Option<String>,
    /// Ask over TCP.
    pub tcp: bool,
    /// `CHECK=up` or `CHECK=down`.
    pub health: Vec<String>,
    /// The seed of the dice; 0 by default.
    pub seed: u64,
}

/// Why a request cannot be explained.
#[derive(Debug, thiserror::Error)]
pub enum BadRequest {
    /// A part of the request is not what it should be.
    #[error("{0:?} is no {1}")]
    Unclear(String, &'static str),
    /// The name is no domain name.
    #[error("{0:?} is no domain name: {1}")]
    Name(String, NameError),
    /// A supposed check is not defined.
    #[error("there is no health check {0:?}")]
    NoSuchCheck(String),
    /// The prefix is longer than its family allows.
    #[error("/{0} is too long for the client's address")]
    PrefixTooLong(u8),
    /// The server stays silent to such a packet.
    #[error("the question gets no reply")]
    NoReply,
    /// The reply could not be read back.
    #[error("the reply could not be read back")]
    Unreadable,
}

impl Wording {
    /// What is meant, on a server with these listeners.
    ///
    /// # Errors
    /// The first part that is not understood.
    pub fn read(&self, listeners: &[Arc<str>]) -> Result<Request, BadRequest> {
        let unclear = |text: &str, what| BadRequest::Unclear(text.to_owned(), what);
        let address = |text: &str| text.parse::<IpAddr>().map_err(|_| unclear(text, "address"));
        let name =
            Name::parse(&self.name, Some(&Name::root())).map_err(|error| BadRequest::Name(self.name.clone(), error))?;
        let rtype = if self.rtype.is_empty() { "A" } else { &self.rtype };
        let rtype = rtype.parse().map_err(|_| unclear(rtype, "record type"))?;
        let mut source = self.resolver.as_deref().map(address).transpose()?;
        let mut subnet = None;
        match self.client.as_deref().map(|client| (client, client.split_once('/'))) {
            Some((_, Some((host, len)))) => {
                let len = len.parse().map_err(|_| unclear(len, "prefix length"))?;
                subnet = Some((address(host)?, len));
            }
            Some((client, None)) => source = Some(address(client)?),
            None => {}
        }
        let listener = match &self.listener {
            Some(name) => {
                listeners.iter().position(|known| **known == **name).ok_or_else(|| unclear(name, "listener"))?
            }
            None => 0,
        };
        let supposed = |text: &String| {
            let (check, word) = text.split_once('=').ok_or_else(|| unclear(text, "CHECK=up or CHECK=down"))?;
            let status = super::status_from_text(word).ok_or_else(|| unclear(text, "CHECK=up or CHECK=down"))?;
            Ok((CheckId(check.into()), status))
        };
        Ok(Request {
            name,
            rtype,
            source: source.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            subnet,
            listener: listener as u16,
            tcp: self.tcp,
            health: self.health.iter().map(supposed).collect::<Result<_, BadRequest>>()?,
            seed: self.seed,
        })
    }
}

impl Request {
    pub(super) fn transport(&self) -> Transport {
        if self.tcp { Transport::Tcp } else { Transport::Udp }
    }

    /// The address that steers, as the wire reads it (P-8): the subnet's bits alone, IPv4-mapped ones as IPv4.
    pub(super) fn steering(&self) -> IpAddr {
        self.subnet.and_then(|(address, len)| steered_by(address, len)).unwrap_or_else(|| self.resolver())
    }

    /// The resolver's address as the wire reads it.
    pub(super) fn resolver(&self) -> IpAddr {
        self.source.to_canonical()
    }

    pub(super) fn client_text(&self) -> String {
        match self.subnet {
            Some((address, len)) if len > 0 => format!("{address}/{len}"),
            _ => self.source.to_string(),
        }
    }

    /// The question as a query with EDNS and, where a subnet is given, its option (RFC 7871 §6).
    ///
    /// # Errors
    /// The subnet's length is more than its family allows.
    pub fn packet(&self) -> Result<Vec<u8>, BadRequest> {
        let mut packet = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        packet.extend_from_slice(self.name.wire());
        packet.extend_from_slice(&self.rtype.0.to_be_bytes());
        packet.extend_from_slice(&[0, 1]);
        let mut option = Vec::new();
        if let Some((address, len)) = self.subnet {
            let (family, mut octets) = match address {
                IpAddr::V4(v4) => (1u8, v4.octets().to_vec()),
                IpAddr::V6(v6) => (2, v6.octets().to_vec()),
            };
            if usize::from(len) > octets.len() * 8 {
                return Err(BadRequest::PrefixTooLong(len));
            }
            octets.truncate(usize::from(len.div_ceil(8)));
            if let Some(last) = octets.last_mut() {
                *last &= u8::MAX << (len.div_ceil(8) * 8 - len);
            }
            option.extend_from_slice(&[0, 8, 0, 4 + octets.len() as u8, 0, family, len, 0]);
            option.extend_from_slice(&octets);
        }
        packet.extend_from_slice(&[0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, option.len() as u8]);
        packet.extend_from_slice(&option);
        Ok(packet)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} asked by {}", self.name, self.rtype, self.source)?;
        if let Some((address, len)) = self.subnet {
            write!(f, " for client subnet {address}/{len}")?;
        }
        write!(f, " over {}", if self.tcp { "TCP" } else { "UDP" })
    }
}

/// The masked address of a subnet that steers; none where the subnet opts out (P-9).
fn steered_by(address: IpAddr, len: u8) -> Option<IpAddr> {
    let masked = match Block::new(address, len)? {
        Block::V4 { address, .. } => IpAddr::V4(Ipv4Addr::from_bits(address)),
        Block::V6 { address, .. } => IpAddr::V6(Ipv6Addr::from_bits(address)),
    };
    let known = match (address, masked.to_canonical()) {
        (IpAddr::V6(_), IpAddr::V4(_)) => len.saturating_sub(96),
        _ => len,
    };
    (known > 0).then(|| masked.to_canonical())
}

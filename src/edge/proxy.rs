//! PROXY protocol, version 2 (HAProxy's proxy-protocol.txt §2.2): a load balancer says whom it speaks for.
//!
//! Over TCP the header comes once, before the first message; over UDP in front of every datagram. It is believed from
//! trusted addresses only. What it says besides the client's address (ports, TLVs) is skipped, and version 1 is
//! refused: the octets of either are never taken for a question.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What every header begins with.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family, length.
const FIXED: usize = 16;
/// The most octets after those that are read over TCP; with all TLVs there are, headers stay far below.
const MOST: usize = 4096;
/// Octets of two socket addresses of the local family.
const UNIX: usize = 216;

/// Whose headers are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

/// A header that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The client; `None` when the proxy speaks for itself (LOCAL) or for someone without an IP address.
    pub source: Option<IpAddr>,
    /// Octets up to where the message begins.
    pub len: usize,
}

impl Proxies {
    /// Proxies at the addresses of `trusted`.
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self(trusted)
    }

    /// Whether headers from this address are believed.
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|trusted| trusted.contains(&address))
    }

    /// Whose question a datagram from `from` holds, and the question.
    pub(super) fn open<'a>(&self, from: IpAddr, datagram: &'a [u8]) -> Option<(IpAddr, &'a [u8])> {
        let header = self.trust(from).then(|| header(datagram))??;
        Some((header.source.unwrap_or(from), &datagram[header.len..]))
    }
}

/// The whole header that `octets` begin with; `None` where they begin with anything else.
pub fn header(octets: &[u8]) -> Option<Header> {
    let (fixed, rest) = octets.split_first_chunk()?;
    let length = length(fixed)?;
    let source = source(fixed, rest.get(..length)?)?;
    Some(Header { source, len: FIXED + length })
}

/// How many octets follow those of fixed place.
fn length(fixed: &[u8; FIXED]) -> Option<usize> {
    // Version 2 in the upper half; below it LOCAL or PROXY.
    let known = fixed.starts_with(&SIGNATURE) && matches!(fixed[12], 0x20 | 0x21);
    known.then(|| usize::from(u16::from_be_bytes([fixed[14], fixed[15]])))
}

/// The client of a header whose variable part is whole; outside `None` for a header that breaks the rules.
fn source(fixed: &[u8; FIXED], rest: &[u8]) -> Option<Option<IpAddr>> {
    if fixed[12] == 0x20 {
        return Some(None);
    }
    match fixed[13] {
        0x00 => Some(None),
        // Source address, destination address, two ports.
        0x11 | 0x12 if rest.len() >= 12 => {
            rest.first_chunk().map(|octets: &[u8; 4]| Some(Ipv4Addr::from(*octets).into()))
        }
        0x21 | 0x22 if rest.len() >= 36 => {
            rest.first_chunk().map(|octets: &[u8; 16]| Some(IpAddr::from(Ipv6Addr::from(*octets)).to_canonical()))
        }
        0x31 | 0x32 if rest.len() >= UNIX => Some(None),
        _ => None,
    }
}

/// Reads the header that a connection begins with and not an octet more; its client.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let malformed = || io::Error::from(ErrorKind::InvalidData);
    let mut fixed = [0; FIXED];
    stream.read_exact(&mut fixed).await?;
    let length = length(&fixed).filter(|length| *length <= MOST).ok_or_else(malformed)?;
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    source(&fixed, &rest).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const V4: [u8; 12] = [192, 0, 2, 7, 10, 0, 0, 1, 0x30, 0x39, 0, 53];

    fn made(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = (rest.len() as u16).to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest].concat()
    }

    fn v6(source: &str) -> Vec<u8> {
        let source: Ipv6Addr = source.parse().unwrap();
        [&source.octets()[..], &[0; 20]].concat()
    }

    fn client(octets: &[u8]) -> Option<Option<IpAddr>> {
        header(octets).map(|header| header.source)
    }

    #[test]
    fn every_family_and_command_there_is() {
        let long = |octets: &[u8]| [octets, &[0x04, 0, 3, 1, 2, 3]].concat();
        let address = |text: &str| Some(Some(text.parse::<IpAddr>().unwrap()));
        for (octets, expected) in [
            (made(0x21, 0x12, &V4), address("192.0.2.7")),
            (made(0x21, 0x11, &V4), address("192.0.2.7")),
            (made(0x21, 0x12, &long(&V4)), address("192.0.2.7")),
            (made(0x21, 0x22, &v6("2001:db8::7")), address("2001:db8::7")),
            (made(0x21, 0x21, &long(&v6("2001:db8::7"))), address("2001:db8::7")),
            (made(0x21, 0x22, &v6("::ffff:192.0.2.7")), address("192.0.2.7")),
            (made(0x21, 0x00, &[]), Some(None)),
            (made(0x21, 0x00, &[9; 40]), Some(None)),
            (made(0x21, 0x31, &[b'/'; 216]), Some(None)),
            (made(0x20, 0x00, &[]), Some(None)),
            // What LOCAL says of addresses is skipped, whatever it is.
            (made(0x20, 0x12, &V4), Some(None)),
            (made(0x20, 0xff, &[1]), Some(None)),
        ] {
            assert_eq!(client(&octets), expected, "{octets:02x?}");
            let followed = [&octets[..], b"question"].concat();
            assert_eq!(header(&followed).map(|header| header.len), Some(octets.len()));
        }
    }

    #[test]
    fn what_breaks_the_rules_is_no_header() {
        for octets in [
            b"PROXY TCP4 192.0.2.7 10.0.0.1 12345 53\r\n".to_vec(),
            made(0x11, 0x12, &V4),
            made(0x31, 0x12, &V4),
            made(0x22, 0x12, &V4),
            made(0x21, 0x10, &V4),
            made(0x21, 0x13, &V4),
            made(0x21, 0x42, &[0; 64]),
            made(0x21, 0x12, &V4[..11]),
            made(0x21, 0x22, &[0; 35]),
            made(0x21, 0x32, &[0; 215]),
        ] {
            assert_eq!(header(&octets), None, "{octets:02x?}");
        }
        let whole = made(0x21, 0x12, &V4);
        for cut in 0..whole.len() {
            assert_eq!(header(&whole[..cut]), None, "{cut} octets of a header");
        }
        for at in 0..12 {
            let mut bent = whole.clone();
            bent[at] ^= 1;
            assert_eq!(header(&bent), None, "octet {at} of the signature");
        }
    }

    #[test]
    fn only_the_trusted_are_believed() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()]);
        let datagram = [&made(0x21, 0x12, &V4)[..], b"question"].concat();
        let [proxy, mapped, stranger] =
            ["10.1.2.3", "::ffff:10.1.2.3", "192.0.2.1"].map(|text| text.parse::<IpAddr>().unwrap());
        let client = "192.0.2.7".parse().unwrap();
        assert_eq!(proxies.open(proxy, &datagram), Some((client, &b"question"[..])));
        assert_eq!(proxies.open(mapped, &datagram), Some((client, &b"question"[..])));
        assert_eq!(proxies.open(stranger, &datagram), None);
        assert_eq!(proxies.open(proxy, b"question"), None, "without a header nobody asks");
        let local = [&made(0x20, 0, &[])[..], b"question"].concat();
        assert_eq!(proxies.open(proxy, &local), Some((proxy, &b"question"[..])));
    }

    proptest! {
        #[test]
        fn a_stream_and_a_datagram_are_understood_alike(
            command in prop_oneof![Just(0x20u8), Just(0x21), any::<u8>()],
            family in prop_oneof![Just(0x11u8), Just(0x22), any::<u8>()],
            rest in proptest::collection::vec(any::<u8>(), 0..260),
            after in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let octets = [&made(command, family, &rest)[..], &after].concat();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut stream = &octets[..];
            let read = runtime.block_on(read(&mut stream));
            let header = header(&octets);
            prop_assert_eq!(read.ok(), header.map(|header| header.source));
            if let Some(header) = header {
                prop_assert_eq!(stream, &octets[header.len..]);
            }
        }
    }
}

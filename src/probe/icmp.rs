//! ICMP probes: one echo request, answered by its echo reply (RFC 792, RFC 4443 §4).
//!
//! An unprivileged ICMP socket where the system gives one, a raw one otherwise; where it gives neither the probe
//! says what would help, and nothing of the endpoint.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::dial::Route;
use super::outcome::{Notes, Outcome, is_ours};
use super::tls::random;

const HEADER: usize = 8;
const PAYLOAD: usize = 16;
/// The most bytes read of one packet: an IP header with options and an echo reply of ours.
const PACKET: usize = 60 + HEADER + PAYLOAD;

/// Sends one echo request and waits for its reply.
pub(super) async fn ask(route: Route, limit: Duration, notes: &mut Notes) -> Result<Outcome, Outcome> {
    let due = Instant::now() + limit;
    let (socket, raw) = opened(route).map_err(|error| unavailable(&error))?;
    let echo = Echo::new(route.to.is_ipv6(), random()?, raw);
    let started = Instant::now();
    let exchange = async {
        socket.send(&echo.request()).await?;
        let mut packet = [0; PACKET];
        loop {
            let length = socket.recv(&mut packet).await?;
            if echo.is_answered_by(&packet[..length]) {
                return Ok(());
            }
        }
    };
    match timeout_at(due, exchange).await {
        Ok(Ok(())) => {
            notes.phases.first_byte = Some(started.elapsed());
            Ok(Outcome::Echoed)
        }
        Ok(Err(error)) => Err(Outcome::of_connect(&error)),
        Err(_) => Err(Outcome::EchoTimedOut),
    }
}

/// A socket to the endpoint, and whether it is a raw one.
///
/// tokio knows datagram sockets as UDP's; connected, they send and receive the same whatever they carry.
fn opened(route: Route) -> io::Result<(UdpSocket, bool)> {
    let (domain, protocol) = match route.to {
        SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let (socket, raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
        Ok(socket) => (socket, false),
        Err(error) if is_ours(&error) => return Err(error),
        Err(_) => (Socket::new(domain, Type::RAW, Some(protocol))?, true),
    };
    socket.set_nonblocking(true)?;
    if let Some(from) = route.from {
        socket.bind(&SocketAddr::new(from, 0).into())?;
    }
    socket.connect(&SocketAddr::new(route.to.ip(), 0).into())?;
    Ok((UdpSocket::from_std(socket.into())?, raw))
}

fn unavailable(error: &io::Error) -> Outcome {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Outcome::NotProbed {
            error: "no ICMP socket is allowed here: widen net.ipv4.ping_group_range to a group of the server's, or \
                    give it CAP_NET_RAW"
                .to_owned(),
        },
        _ => Outcome::of_connect(error),
    }
}

/// One echo request and what answers it.
struct Echo {
    v6: bool,
    raw: bool,
    ident: [u8; 2],
    sequence: [u8; 2],
    payload: [u8; PAYLOAD],
}

impl Echo {
    fn new(v6: bool, chance: [u8; 4 + PAYLOAD], raw: bool) -> Self {
        let [i, j, k, l, payload @ ..] = chance;
        Self { v6, raw, ident: [i, j], sequence: [k, l], payload }
    }

    fn message(&self, kind: u8) -> [u8; HEADER + PAYLOAD] {
        let mut message = [0; HEADER + PAYLOAD];
        message[0] = kind;
        message[4..6].copy_from_slice(&self.ident);
        message[6..8].copy_from_slice(&self.sequence);
        message[HEADER..].copy_from_slice(&self.payload);
        message
    }

    fn request(&self) -> [u8; HEADER + PAYLOAD] {
        let mut message = self.message(if self.v6 { 128 } else { 8 });
        if !self.v6 {
            // Over IPv6 the checksum covers addresses that the system knows, and writes (RFC 3542 §3.1).
            let sum = checksum(&message).to_be_bytes();
            message[2..4].copy_from_slice(&sum);
        }
        message
    }

    /// Whether a packet is the reply. On a socket that is not raw the system chooses the identifier and gives out
    /// only what bears it.
    fn is_answered_by(&self, packet: &[u8]) -> bool {
        let reply = match packet.first() {
            Some(first) if !self.v6 && first >> 4 == 4 => packet.get(usize::from(first & 0x0f) * 4..),
            _ => Some(packet),
        };
        let Some(reply) = reply.filter(|reply| reply.len() == HEADER + PAYLOAD) else { return false };
        let expected = self.message(if self.v6 { 129 } else { 0 });
        let same = |part: std::ops::Range<usize>| reply[part.clone()] == expected[part];
        same(0..2) && (!self.raw || same(4..6)) && same(6..HEADER + PAYLOAD)
    }
}

/// The internet checksum (RFC 1071) of a message of even length.
fn checksum(message: &[u8]) -> u16 {
    let words = message.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !(((folded & 0xffff) + (folded >> 16)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(v6: bool, raw: bool) -> Echo {
        Echo::new(v6, std::array::from_fn(|at| at as u8), raw)
    }

    #[test]
    fn rfc1071_checksums() {
        let request = echo(false, false).request();
        assert_eq!(request[..8], [8, 0, request[2], request[3], 0, 1, 2, 3]);
        assert_eq!(checksum(&request), 0, "a message that holds its checksum sums to nothing");
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }

    #[test]
    fn only_its_own_reply_answers() {
        for v6 in [false, true] {
            let echo = echo(v6, true);
            let reply = echo.message(if v6 { 129 } else { 0 });
            assert!(echo.is_answered_by(&reply));
            assert!(!echo.is_answered_by(&echo.request()), "loopback brings the request back too");
            for at in [0, 1, 4, 5, 6, 7, 8, 23] {
                let mut other = reply;
                other[at] ^= 1;
                assert!(!echo.is_answered_by(&other), "another byte {at}");
            }
            assert!(!echo.is_answered_by(&reply[..20]) && !echo.is_answered_by(&[]));
        }
    }

    #[test]
    fn replies_are_found_behind_an_ip_header() {
        let echo = echo(false, true);
        let mut packet = vec![0x46; 24];
        packet.extend_from_slice(&echo.message(0));
        assert!(echo.is_answered_by(&packet));
        assert!(!echo.is_answered_by(&[0x4f; 30]), "a header longer than the packet");
    }

    #[test]
    fn an_identifier_the_system_chose_is_no_matter() {
        let mut reply = echo(false, false).message(0);
        reply[4..6].copy_from_slice(&[9, 9]);
        assert!(echo(false, false).is_answered_by(&reply));
        assert!(!echo(false, true).is_answered_by(&reply));
    }
}

//! Sockets bound to all addresses: each answer leaves from the address that was asked.
//!
//! The kernel says with every datagram where it was sent to (IP_PKTINFO, RFC 3542 §6.1), and is told the same with
//! its answer. Sockets bound to one address need none of it and pay nothing.

use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use nix::libc::{IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO};
use nix::sys::socket::{ControlMessageOwned, RecvMsg, setsockopt, sockopt};
use socket2::{MsgHdr, SockAddr, SockRef};

/// Octets that the kernel's word takes at most: a header and the larger of both kinds, aligned.
pub(super) const SPACE: usize = HEADER + 24;
/// Octets before the word itself (cmsghdr): length, level, kind.
const HEADER: usize = size_of::<usize>() + 8;

/// The address a datagram was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It, and no interface: the way back is the routing table's affair.
    V4(Ipv4Addr),
    /// It, and the interface where the address means something on one link only; else 0.
    V6(Ipv6Addr, u32),
}

/// Makes the kernel say where datagrams are sent to.
pub(super) fn listen(socket: &UdpSocket) -> io::Result<()> {
    match socket.local_addr()?.is_ipv4() {
        true => setsockopt(socket, sockopt::Ipv4PacketInfo, &true)?,
        false => setsockopt(socket, sockopt::Ipv6RecvPacketInfo, &true)?,
    }
    Ok(())
}

/// Where a datagram was sent to.
pub(super) fn asked<S>(message: &RecvMsg<'_, '_, S>) -> Option<Asked> {
    message.cmsgs().ok()?.find_map(|word| match word {
        // The address to answer from: the one asked, or the interface's own for what was sent to many.
        ControlMessageOwned::Ipv4PacketInfo(info) => Some(Asked::V4(u32::from_be(info.ipi_spec_dst.s_addr).into())),
        ControlMessageOwned::Ipv6PacketInfo(info) => {
            let address = Ipv6Addr::from(info.ipi6_addr.s6_addr);
            Some(Asked::V6(address, if address.is_unicast_link_local() { info.ipi6_ifindex } else { 0 }))
        }
        _ => None,
    })
}

/// Sends one answer from where it was asked for.
pub(super) fn send(socket: &UdpSocket, answer: &[u8], to: SocketAddr, asked: Asked) -> io::Result<()> {
    let (control, length) = control(asked);
    let (to, answer) = (SockAddr::from(to), [IoSlice::new(answer)]);
    let message = MsgHdr::new().with_addr(&to).with_buffers(&answer).with_control(&control[..length]);
    SockRef::from(socket).sendmsg(&message, 0).map(drop)
}

/// The same word as the kernel takes it (cmsg(3)): in_pktinfo is interface, address to send from, address in the
/// packet; in6_pktinfo is address, interface (RFC 3542 §6.1).
fn control(asked: Asked) -> ([u8; SPACE], usize) {
    let (level, kind, word, length) = match asked {
        Asked::V4(address) => {
            let mut word = [0; 20];
            word[4..8].copy_from_slice(&address.octets());
            (IPPROTO_IP, IP_PKTINFO, word, 12)
        }
        Asked::V6(address, interface) => {
            let mut word = [0; 20];
            word[..16].copy_from_slice(&address.octets());
            word[16..].copy_from_slice(&interface.to_ne_bytes());
            (IPPROTO_IPV6, IPV6_PKTINFO, word, 20)
        }
    };
    let mut control = [0; SPACE];
    let (head, rest) = control.split_at_mut(HEADER);
    head[..size_of::<usize>()].copy_from_slice(&(HEADER + length).to_ne_bytes());
    head[size_of::<usize>()..HEADER - 4].copy_from_slice(&level.to_ne_bytes());
    head[HEADER - 4..].copy_from_slice(&kind.to_ne_bytes());
    rest[..word.len()].copy_from_slice(&word);
    (control, HEADER + length.next_multiple_of(size_of::<usize>()))
}

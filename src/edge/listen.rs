//! Binding: one UDP socket and one TCP listener per worker on the same address (SO_REUSEPORT).
//!
//! SO_REUSEPORT would also let a second server of the same user share the address without a word, so the
//! address is first taken alone and let go again. Path MTUs that anyone claims by ICMP are ignored, so that nobody
//! can make answers come in fragments, to slip false ones in between (IP_PMTUDISC_OMIT).

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use rustix::net::sockopt::{Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use rustix::net::sockopt::{set_ip_mtu_discover, set_ipv6_mtu_discover};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

const BACKLOG: i32 = 1024;
const UDP_BUFFER: usize = 4 << 20;
const PORT_ATTEMPTS: usize = 16;
/// EAFNOSUPPORT, which the standard library has no word for.
const NO_SUCH_FAMILY: i32 = 97;

/// Why an address cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("cannot bind {address} over {transport}")]
pub struct BindError {
    address: SocketAddr,
    transport: &'static str,
    source: io::Error,
}

impl BindError {
    /// Whether this machine has no such address, or nothing of its family.
    pub fn is_absent(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrNotAvailable || self.source.raw_os_error() == Some(NO_SUCH_FAMILY)
    }

    /// Whether another process has it.
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrInUse
    }

    /// Whether this process may not have it.
    pub fn is_forbidden(&self) -> bool {
        self.source.kind() == io::ErrorKind::PermissionDenied
    }

    /// The error and its cause on one line.
    pub fn to_words(&self) -> String {
        format!("{self}: {}", self.source)
    }
}

/// The sockets of one address.
#[derive(Debug)]
pub struct Bound {
    /// The address; its port is the one the system chose when 0 was asked for.
    pub address: SocketAddr,
    /// One per worker, unless they were passed.
    pub udp: Vec<UdpSocket>,
    /// One per worker, unless they were passed; non-blocking.
    pub tcp: Vec<TcpListener>,
}

impl Default for Bound {
    fn default() -> Self {
        Self { address: SocketAddr::from(([0; 4], 0)), udp: Vec::new(), tcp: Vec::new() }
    }
}

impl Bound {
    /// Sockets that another process bound, made as ours are.
    pub fn adopted(mut self) -> io::Result<Self> {
        let of_tcp = self.tcp.first().map(TcpListener::local_addr);
        let address = self.udp.first().map(UdpSocket::local_addr).or(of_tcp);
        self.address = address.unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()))?;
        for socket in &self.udp {
            socket.set_nonblocking(false)?;
            let socket = SockRef::from(socket);
            let _ = socket.set_recv_buffer_size(UDP_BUFFER);
            ignore_path_mtu(&socket, self.address);
        }
        for listener in &self.tcp {
            listener.set_nonblocking(true)?;
        }
        Ok(self)
    }

    /// Takes in the sockets of the same address.
    pub fn join(&mut self, other: Self) {
        self.udp.extend(other.udp);
        self.tcp.extend(other.tcp);
    }

    /// The same sockets once more for `workers` threads; where there are fewer, several share one.
    pub fn share(&self, workers: usize) -> Result<Self, BindError> {
        let failed = |transport| move |source| BindError { address: self.address, transport, source };
        let wanted = |there: usize| if there == 0 { 0 } else { there.max(workers) };
        let (udp, tcp) = (self.udp.iter().cycle(), self.tcp.iter().cycle());
        let udp = udp.take(wanted(self.udp.len())).map(UdpSocket::try_clone);
        let tcp = tcp.take(wanted(self.tcp.len())).map(TcpListener::try_clone);
        let udp = udp.collect::<Result<_, _>>().map_err(failed("UDP"))?;
        Ok(Self { address: self.address, udp, tcp: tcp.collect::<Result<_, _>>().map_err(failed("TCP"))? })
    }
}

/// Binds `workers` sockets of each transport to `address`; where `alone`, nobody else may be bound there.
pub fn bind(address: SocketAddr, workers: usize, alone: bool) -> Result<Bound, BindError> {
    let mut attempts = if address.port() == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        match bind_once(address, workers, alone) {
            Err(error) if attempts > 1 && error.source.kind() == io::ErrorKind::AddrInUse => attempts -= 1,
            outcome => return outcome,
        }
    }
}

/// Binds one TCP listener to `address`, non-blocking; for HTTP.
pub fn bind_tcp(address: SocketAddr) -> Result<TcpListener, BindError> {
    tcp(address, false).map_err(|source| BindError { address, transport: "TCP", source })
}

/// Binds `workers` TCP listeners to `address`, non-blocking; and the address.
pub fn bind_streams(address: SocketAddr, workers: usize) -> Result<(SocketAddr, Vec<TcpListener>), BindError> {
    let failed = |source| BindError { address, transport: "TCP", source };
    let address = tcp(address, false).and_then(|alone| alone.local_addr()).map_err(failed)?;
    let listeners = (0..workers).map(|_| tcp(address, true)).collect::<Result<_, _>>();
    listeners.map(|listeners| (address, listeners)).map_err(failed)
}

/// Binds `workers` UDP sockets to `address`; and the address.
pub fn bind_datagrams(address: SocketAddr, workers: usize) -> Result<(SocketAddr, Vec<UdpSocket>), BindError> {
    let failed = |source| BindError { address, transport: "UDP", source };
    let address = udp(address, false).and_then(|alone| alone.local_addr()).map_err(failed)?;
    let sockets = (0..workers).map(|_| udp(address, true)).collect::<Result<_, _>>();
    sockets.map(|sockets| (address, sockets)).map_err(failed)
}

fn bind_once(asked: SocketAddr, workers: usize, alone: bool) -> Result<Bound, BindError> {
    let over_udp = |source| BindError { address: asked, transport: "UDP", source };
    let over_tcp = |source| BindError { address: asked, transport: "TCP", source };
    let first = udp(asked, !alone).map_err(over_udp)?;
    let address = first.local_addr().map_err(over_udp)?;
    drop(tcp(address, !alone).map_err(over_tcp)?);
    drop(first);
    Ok(Bound {
        address,
        udp: (0..workers).map(|_| udp(address, true)).collect::<Result<_, _>>().map_err(over_udp)?,
        tcp: (0..workers).map(|_| tcp(address, true)).collect::<Result<_, _>>().map_err(over_tcp)?,
    })
}

fn udp(address: SocketAddr, shared: bool) -> io::Result<UdpSocket> {
    let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
    socket.set_reuse_port(shared)?;
    // A smaller buffer than asked for is still a buffer: the system caps it at net.core.rmem_max.
    let _ = socket.set_recv_buffer_size(UDP_BUFFER);
    ignore_path_mtu(&socket, address);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

// A kernel that does not know how answers as it always did.
fn ignore_path_mtu(socket: &Socket, address: SocketAddr) {
    let _ = match address.is_ipv4() {
        true => set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::OMIT),
        false => set_ipv6_mtu_discover(socket, Ipv6PathMtuDiscovery::OMIT),
    };
}

fn tcp(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = socket(address, Type::STREAM, Protocol::TCP)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sockets_share_one_port_and_a_second_server_is_refused() {
        let first = bind(SocketAddr::from(([127, 0, 0, 1], 0)), 3, true).expect("port 0 binds");
        assert_eq!((first.udp.len(), first.tcp.len()), (3, 3));
        for socket in &first.udp {
            assert_eq!(socket.local_addr().expect("bound"), first.address);
            let discovery = rustix::net::sockopt::ip_mtu_discover(socket).expect("an option");
            assert_eq!(discovery, Ipv4PathMtuDiscovery::OMIT, "no ICMP makes it send fragments");
        }
        for listener in &first.tcp {
            assert_eq!(listener.local_addr().expect("bound"), first.address);
        }
        let refused = bind(first.address, 1, true).expect_err("the address is taken");
        assert_eq!(refused.to_string(), format!("cannot bind {} over UDP", first.address));
        assert!(!refused.is_absent());
        let elsewhere = bind(SocketAddr::from(([192, 0, 2, 1], 0)), 1, true).expect_err("nobody's address");
        assert!(elsewhere.is_absent());
    }
}

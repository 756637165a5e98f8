//! Encrypted transports: DoT, DoH, DoQ and DoH3, on threads of their own, so that a flood of handshakes never holds up
//! UDP.
//!
//! Each worker is one thread with its own sockets and its own responder, as with TCP; what is answered comes from the
//! same `Responder::answer` over the same octets. Connections of all kinds take the seats of TCP. Here is what the
//! libraries below do not bound: octets gathered for messages and headers, time for each, handshakes not yet validated.

mod apart;
mod certificate;
mod doh;
mod doh3;
mod doq;
mod dot;
mod gather;
mod metered;
mod quic;
mod semantics;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::rc::Rc;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio_rustls::TlsAcceptor;

use super::connection::Shared;
use super::seats::{Limits, Seats, Taken};
use super::trouble::Troubles;
use super::{Recorder, Responder, tcp};
use crate::wire::{Peer, Transport};

pub use certificate::{Identity, Pem, acceptor, read, self_signed};

/// What one worker listens at: listener numbers and sockets.
#[derive(Debug, Default)]
pub struct Sockets {
    /// DNS over TLS.
    pub dot: Vec<(u16, TcpListener)>,
    /// DNS over HTTPS by HTTP/2.
    pub doh: Vec<(u16, TcpListener)>,
    /// DNS over QUIC.
    pub doq: Vec<(u16, UdpSocket)>,
    /// DNS over HTTPS by HTTP/3.
    pub doh3: Vec<(u16, UdpSocket)>,
}

/// What all workers speak by.
#[derive(Clone)]
pub struct Terms {
    dot: TlsAcceptor,
    doh: TlsAcceptor,
    doq: quinn::ServerConfig,
    doh3: quinn::ServerConfig,
    endpoint: quinn::EndpointConfig,
    path: Arc<str>,
}

impl Terms {
    /// Terms under which the server is `identity`, and answers HTTP at `path`.
    pub fn new(identity: &Arc<Identity>, path: &str, limits: &Limits) -> Self {
        Self {
            dot: certificate::acceptor(identity, b"dot"),
            doh: certificate::acceptor(identity, b"h2"),
            doq: quic::terms(certificate::quic(identity, b"doq"), 0, limits),
            doh3: quic::terms(certificate::quic(identity, b"h3"), doh3::UNIDIRECTIONAL, limits),
            endpoint: quinn::EndpointConfig::default(),
            path: path.into(),
        }
    }
}

/// What the connections of one worker share, and what of it one of them needs.
struct Table<R> {
    shared: Rc<Shared<R>>,
    limits: Limits,
    path: Arc<str>,
    room: gather::Room,
}

/// One connection: whose it is, and its seat.
struct Guest<R> {
    table: Rc<Table<R>>,
    peer: Peer,
    seat: Taken,
}

/// Answers what arrives at `sockets` until `stop` says true, and a little longer. An error means that one of them is none
/// any more.
pub fn serve<R: Recorder + 'static>(
    sockets: Sockets,
    terms: Terms,
    responder: Responder<R>,
    seats: Arc<Seats>,
    troubles: &Arc<Troubles>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let shared = Rc::new(Shared::new(responder));
    let Terms { dot, doh, doq, doh3, endpoint, path } = terms;
    let table = Rc::new(Table { shared: shared.clone(), limits: *seats.limits(), path, room: gather::Room::new() });
    LocalSet::new().block_on(&runtime, async move {
        let mut loops = JoinSet::new();
        let guest = |listener: u16, transport: Transport| {
            let table = table.clone();
            move |source, seat| Guest { table: table.clone(), peer: Peer { source, listener, transport }, seat }
        };
        for (number, listener) in sockets.dot {
            let (guest, acceptor) = (guest(number, Transport::Dot), dot.clone());
            let begin = move |stream, source, seat| dot::serve(stream, acceptor.clone(), guest(source, seat));
            loops.spawn_local(streams(listener, seats.clone(), troubles.clone(), stop.clone(), begin));
        }
        for (number, listener) in sockets.doh {
            let (guest, acceptor) = (guest(number, Transport::Doh), doh.clone());
            let begin = move |stream, source, seat| doh::serve(stream, acceptor.clone(), guest(source, seat));
            loops.spawn_local(streams(listener, seats.clone(), troubles.clone(), stop.clone(), begin));
        }
        for (number, socket) in sockets.doq {
            let guest = guest(number, Transport::Doq);
            let begin = move |connection, source, seat| doq::serve(connection, guest(source, seat));
            let endpoint = quic::endpoint(&endpoint, &doq, socket)?;
            loops.spawn_local(quic::accept(endpoint, seats.clone(), stop.clone(), begin));
        }
        for (number, socket) in sockets.doh3 {
            let guest = guest(number, Transport::Doh3);
            let begin = move |connection, source, seat| doh3::serve(connection, guest(source, seat));
            let endpoint = quic::endpoint(&endpoint, &doh3, socket)?;
            loops.spawn_local(quic::accept(endpoint, seats.clone(), stop.clone(), begin));
        }
        let refresher = tokio::task::spawn_local(tcp::refresh(shared, seats));
        while let Some(ended) = loops.join_next().await {
            ended??;
        }
        refresher.abort();
        Ok(())
    })
}

/// Seats whoever connects to `listener`, and has `begin` serve it.
async fn streams<C>(
    listener: TcpListener,
    seats: Arc<Seats>,
    troubles: Arc<Troubles>,
    stop: watch::Receiver<bool>,
    begin: impl Fn(TcpStream, IpAddr, Taken) -> C,
) -> io::Result<()>
where
    C: Future<Output = ()> + 'static,
{
    let gate = seats.gate();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let start = |connections: &mut JoinSet<()>, stream: TcpStream, from: SocketAddr| {
        // Answers are written whole, so there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let source = from.ip().to_canonical();
        connections.spawn_local(begin(stream, source, seats.take(source, gate)));
    };
    tcp::accept(listener, (&seats, gate), &troubles, stop, start).await
}

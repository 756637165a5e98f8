//! QUIC (RFC 9000): endpoints, who may connect, and the end of it all.
//!
//! Where handshakes pile up whose client may not be where it says, the next ones are sent away with a token first
//! (Retry, RFC 9000 §8.1.2). A connection has a seat from when its client is known to be where it says.

use std::cell::Cell;
use std::io;
use std::net::{IpAddr, UdpSocket};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, EndpointConfig, IdleTimeout, Incoming, ServerConfig, TransportConfig, VarInt};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::edge::seats::{Gate, Limits, Notice, Seats, Taken};
use crate::edge::tcp::{GRACE, told};

/// Questions of one connection at a time; RFC 9114 §6.1 has no less.
const STREAMS: u32 = 100;
/// What a client may send ahead of being read, for a stream and for all of a connection.
const STREAM_WINDOW: u32 = 16 << 10;
const CONNECTION_WINDOW: u32 = 128 << 10;
/// What of responses waits to be acknowledged.
const SEND_WINDOW: u64 = 256 << 10;
/// Handshakes at a time whose client need not show where it is.
const TRUSTED: usize = 32;
/// Connections that wait to be taken up, and the most octets they may have sent meanwhile, each and together.
const WAITING: usize = 1024;
const WAITING_OCTETS: u64 = 16 << 10;
const WAITING_OCTETS_TOGETHER: u64 = 2 << 20;
/// How long the word that connections are closed may take to leave.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// The terms of connections that may have so many `unidirectional` streams.
pub(super) fn terms(tls: rustls::ServerConfig, unidirectional: u32, limits: &Limits) -> ServerConfig {
    let crypto = QuicServerConfig::try_from(tls).expect("TLS 1.3 with ring has the cipher of QUIC's first packets");
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(unidirectional))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        // RFC 9250 §5.4: sizes tell on answers, also those whose query did not ask for padding.
        .pad_to_mtu(true)
        .max_idle_timeout(IdleTimeout::try_from(limits.idle).ok())
        .datagram_receive_buffer_size(None);
    let mut terms = ServerConfig::with_crypto(Arc::new(crypto));
    terms
        .transport_config(Arc::new(transport))
        // Sockets share an address by the client's; one that moves comes to another worker, which says so (Stateless Reset).
        .migration(false)
        .max_incoming(WAITING)
        .incoming_buffer_size(WAITING_OCTETS)
        .incoming_buffer_size_total(WAITING_OCTETS_TOGETHER);
    terms
}

/// An endpoint at `socket`; all that share `config` know each other's connections well enough to end them.
pub(super) fn endpoint(config: &EndpointConfig, terms: &ServerConfig, socket: UdpSocket) -> io::Result<Endpoint> {
    Endpoint::new(config.clone(), Some(terms.clone()), socket, Arc::new(quinn::TokioRuntime))
}

/// Seats whoever connects to `endpoint`, and begins to serve it, until `stop` says true; then waits for all to end. An error means
/// that the endpoint is none any more.
pub(super) async fn accept<C>(
    endpoint: Endpoint,
    seats: Arc<Seats>,
    mut stop: watch::Receiver<bool>,
    begin: impl Fn(Connection, IpAddr, Taken) -> C + 'static,
) -> io::Result<()>
where
    C: Future<Output = ()> + 'static,
{
    let mut connections = JoinSet::new();
    let gate = seats.gate();
    let begin = Rc::new(begin);
    let trusted = Rc::new(Cell::new(0));
    loop {
        tokio::select! {
            biased;
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            incoming = endpoint.accept() => match incoming {
                Some(incoming) if !incoming.remote_address_validated() && trusted.get() >= TRUSTED => {
                    // One that may not be sent away again is dropped.
                    let _ = incoming.retry();
                }
                Some(incoming) => {
                    let (seats, trusted, begin) = (seats.clone(), trusted.clone(), begin.clone());
                    connections.spawn_local(async move {
                        let source = incoming.remote_address().ip();
                        if let Some((connection, seat)) = open(incoming, &seats, gate, &trusted).await {
                            begin(connection, source, seat).await;
                        }
                    });
                }
                None => return Err(io::ErrorKind::NotConnected.into()),
            },
        }
    }
    endpoint.set_server_config(None);
    seats.close(gate);
    // Whoever is not done by then is cut.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    endpoint.close(VarInt::from_u32(0), b"");
    let _ = timeout(LAST_WORDS, endpoint.wait_idle()).await;
    Ok(())
}

/// The handshake, for which there is as long as for one message.
async fn open(
    incoming: Incoming,
    seats: &Arc<Seats>,
    gate: Gate,
    trusted: &Cell<usize>,
) -> Option<(Connection, Taken)> {
    let limit = seats.limits().message;
    let source = incoming.remote_address().ip();
    if incoming.remote_address_validated() {
        let seat = seats.take(source, gate);
        let connection = tokio::select! {
            biased;
            () = seat.told(Notice::Leave) => return None,
            opened = timeout(limit, incoming.accept().ok()?) => opened.ok()?.ok()?,
        };
        return Some((connection, seat));
    }
    let _counted = Counted::among(trusted);
    let connection = timeout(limit, incoming.accept().ok()?).await.ok()?.ok()?;
    Some((connection, seats.take(source, gate)))
}

/// One more, until it is dropped.
struct Counted<'c>(&'c Cell<usize>);

impl<'c> Counted<'c> {
    fn among(count: &'c Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

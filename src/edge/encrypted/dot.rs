//! DNS over TLS (RFC 7858): a handshake in front of what TCP does.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Guest;
use crate::edge::seats::{Limits, Notice, Taken};
use crate::edge::{Recorder, connection};

/// Serves one connection to its end.
pub(super) async fn serve<R: Recorder>(stream: TcpStream, acceptor: TlsAcceptor, guest: Guest<R>) {
    let Guest { table, peer, seat } = guest;
    let Some(mut stream) = shake_hands(stream, &acceptor, &seat, &table.limits).await else { return };
    connection::serve(&mut stream, peer, table.limits, table.shared.clone(), seat).await;
    // The word that this is the end (RFC 8446 §6.1), where it can be said without waiting.
    poll_fn(|context| {
        let _ = Pin::new(&mut stream).poll_shutdown(context);
        Poll::Ready(())
    })
    .await;
}

/// The handshake, for which there is as long as for one message; none if its time or its seat goes first.
pub(super) async fn shake_hands(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    seat: &Taken,
    limits: &Limits,
) -> Option<TlsStream<TcpStream>> {
    seat.leave_after(limits.message);
    tokio::select! {
        biased;
        // Who has not shaken hands has asked nothing yet.
        () = seat.told(Notice::Finish) => None,
        stream = acceptor.accept(stream) => stream.ok(),
    }
}

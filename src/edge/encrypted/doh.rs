//! DNS over HTTPS by HTTP/2 (RFC 8484, RFC 9113); older HTTP is not spoken.
//!
//! A connection that brings no request for a while is over, so one that does not take its responses is too: it has a
//! bounded number of streams, and soon none is left to ask by.

use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::apart::Apart;
use super::dot::shake_hands;
use super::semantics::{self, Asked, LARGEST_HEAD, NO_QUERY, Refusal, TOO_LARGE, TOO_SLOW};
use super::{Guest, Table};
use crate::edge::seats::Notice;
use crate::edge::{LARGEST_MESSAGE, Recorder};

/// Requests of one connection at a time.
const STREAMS: u32 = 100;
/// Streams reset by a client before they were taken up, and by the server for its client's mistakes, that end a
/// connection (CVE-2023-44487).
const RESETS: usize = 20;
/// What a client may send ahead of being read, for a stream and for all of a connection; RFC 9113 has no less.
const STREAM_WINDOW: u32 = 16 << 10;
const CONNECTION_WINDOW: u32 = 65_535;
/// What of a response waits in the connection's buffer.
const SEND_BUFFER: usize = 64 << 10;

/// After the word to stop, how long a client may take to agree.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs the connection's tasks on its worker's thread.
#[derive(Clone, Copy)]
struct Here;

impl<F: Future<Output = ()> + 'static> Executor<F> for Here {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// Serves one connection to its end.
pub(super) async fn serve<R: Recorder + 'static>(stream: TcpStream, acceptor: TlsAcceptor, guest: Guest<R>) {
    let limits = guest.table.limits;
    let Some(stream) = shake_hands(stream, &acceptor, &guest.seat, &limits).await else { return };
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return;
    }
    guest.seat.leave_after(limits.idle);
    let guest = Rc::new(guest);
    let asked = guest.clone();
    let service = service_fn(move |request| {
        let guest = asked.clone();
        async move { Ok::<_, Infallible>(respond(request, &guest).await) }
    });
    let mut http = http2::Builder::new(Here);
    http.max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(LARGEST_HEAD)
        .max_send_buf_size(SEND_BUFFER);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Apart::new(stream)), service));
    tokio::select! {
        biased;
        () = guest.seat.told(Notice::Finish) => {
            connection.as_mut().graceful_shutdown();
            guest.seat.leave_after(LAST_WORDS);
        }
        _ = connection.as_mut() => return,
    }
    tokio::select! {
        biased;
        () = guest.seat.told(Notice::Leave) => {}
        // An error is the end of a connection like any other.
        _ = connection.as_mut() => {}
    }
}

async fn respond<R: Recorder>(request: Request<Incoming>, guest: &Guest<R>) -> Response<Full<Bytes>> {
    let Guest { table, peer, seat } = guest;
    let answered = match read(request, table).await {
        Ok(message) => table.shared.answer(&message, peer).ok_or(NO_QUERY),
        Err(refusal) => Err(refusal),
    };
    seat.leave_after(table.limits.idle);
    match answered {
        Ok(answer) => {
            seat.was_useful();
            semantics::head(&answer).map(|()| Full::from(answer))
        }
        Err(refusal) => semantics::refusal(refusal).map(|()| Full::from(refusal.1)),
    }
}

async fn read<R>(request: Request<Incoming>, table: &Table<R>) -> Result<Vec<u8>, Refusal> {
    let (head, mut body) = request.into_parts();
    let gathered = match semantics::read(&head, &table.path)? {
        Asked::Message(message) => return Ok(message),
        Asked::Body => {
            async {
                let mut message = table.room.gather(LARGEST_MESSAGE);
                while let Some(frame) = body.frame().await {
                    let frame = frame.map_err(|_| NO_QUERY)?;
                    let Some(piece) = frame.data_ref() else { continue };
                    message.add(piece).await.map_err(|_| TOO_LARGE)?;
                }
                Ok(message.octets)
            }
        }
    };
    timeout(table.limits.message, gathered).await.unwrap_or(Err(TOO_SLOW))
}

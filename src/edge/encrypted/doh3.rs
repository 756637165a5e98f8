//! DNS over HTTPS by HTTP/3 (RFC 8484, RFC 9114).

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::server::{RequestResolver, RequestStream};
use hyper::header::{DATE, HeaderValue};
use hyper::http::request::Parts;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::metered::{Bidirectional, Metered};
use super::semantics::{self, Asked, LARGEST_HEAD, NO_QUERY, Refusal, TOO_LARGE, TOO_SLOW};
use super::{Guest, Table};
use crate::edge::seats::Notice;
use crate::edge::{LARGEST_MESSAGE, Recorder};

/// Control, QPACK's two, and some of the kinds nobody knows (RFC 9114 §6.2).
pub(super) const UNIDIRECTIONAL: u32 = 8;
/// After the word to stop, how long a request that was already sent may take to be noticed.
const LAST_WORDS: Duration = Duration::from_millis(100);

type Stream = RequestStream<Bidirectional, Bytes>;

/// Serves one connection to its end.
pub(super) async fn serve<R: Recorder + 'static>(connection: quinn::Connection, guest: Guest<R>) {
    let guest = Rc::new(guest);
    let limits = guest.table.limits;
    guest.seat.leave_after(limits.idle);
    let mut http = h3::server::builder();
    http.max_field_section_size(u64::from(LARGEST_HEAD)).send_grease(false);
    let built = timeout(limits.message, http.build(Metered::new(connection))).await;
    let Ok(Ok(mut http)) = built else { return };
    let mut requests: JoinSet<()> = JoinSet::new();
    let mut awaited = Notice::Finish;
    loop {
        tokio::select! {
            biased;
            () = guest.seat.told(awaited) => {
                if guest.seat.notice() == Notice::Leave {
                    return;
                }
                awaited = Notice::Leave;
            }
            Some(_) = requests.join_next() => {}
            accepted = http.accept() => {
                // An error is the end of a connection like any other.
                let Ok(Some(request)) = accepted else { return };
                let guest = guest.clone();
                requests.spawn_local(async move { converse(request, &guest).await });
            }
        }
        guest.seat.leave_after(match (requests.is_empty(), awaited) {
            (false, _) => limits.message + limits.write,
            (true, Notice::Leave) => LAST_WORDS,
            (true, _) => limits.idle,
        });
    }
}

/// Reads one request and responds, each within its time.
async fn converse<R: Recorder>(request: RequestResolver<Metered, Bytes>, guest: &Guest<R>) {
    let Guest { table, peer, seat } = guest;
    // A head too large is refused with 431 by the library.
    let Ok(Ok((request, mut stream))) = timeout(table.limits.message, request.resolve_request()).await else { return };
    let (head, ()) = request.into_parts();
    let read = timeout(table.limits.message, read(&head, &mut stream, table)).await;
    let answered =
        read.unwrap_or(Err(TOO_SLOW)).and_then(|message| table.shared.answer(&message, peer).ok_or(NO_QUERY));
    let (mut response, body) = match answered {
        Ok(answer) => (semantics::head(&answer), Bytes::from(answer)),
        // What is not read any more is stopped when the stream is dropped.
        Err(refusal) => (semantics::refusal(refusal), Bytes::from_static(refusal.1.as_bytes())),
    };
    // RFC 9110 §6.6.1; hyper sees to it for HTTP/2.
    if let Ok(now) = HeaderValue::try_from(httpdate::fmt_http_date(SystemTime::now())) {
        response.headers_mut().insert(DATE, now);
    }
    let told = async {
        stream.send_response(response).await.ok()?;
        stream.send_data(body).await.ok()?;
        stream.finish().await.ok()
    };
    match timeout(table.limits.write, told).await {
        Ok(Some(())) => seat.was_useful(),
        Ok(None) => {}
        Err(_) => stream.stop_stream(Code::H3_EXCESSIVE_LOAD),
    }
}

async fn read<R>(head: &Parts, stream: &mut Stream, table: &Table<R>) -> Result<Vec<u8>, Refusal> {
    let mut message = match semantics::read(head, &table.path)? {
        Asked::Message(message) => return Ok(message),
        Asked::Body => table.room.gather(LARGEST_MESSAGE),
    };
    while let Some(mut piece) = stream.recv_data().await.map_err(|_| NO_QUERY)? {
        while piece.has_remaining() {
            let chunk = piece.chunk();
            message.add(chunk).await.map_err(|_| TOO_LARGE)?;
            let length = chunk.len();
            piece.advance(length);
        }
    }
    Ok(message.octets)
}

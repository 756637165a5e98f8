//! DNS over QUIC (RFC 9250): one question a stream.

use std::rc::Rc;
use std::time::Duration;

use quinn::{Connection, ReadError, RecvStream, SendStream, VarInt};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Guest;
use super::semantics::HEADER;
use crate::edge::seats::Notice;
use crate::edge::{LARGEST_MESSAGE, Recorder};
use crate::wire::has_keepalive;

// RFC 9250 §4.3.
const NO_ERROR: VarInt = VarInt::from_u32(0);
const PROTOCOL_ERROR: VarInt = VarInt::from_u32(2);
const EXCESSIVE_LOAD: VarInt = VarInt::from_u32(4);
const UNSPECIFIED_ERROR: VarInt = VarInt::from_u32(5);

/// After the word to stop, how long a question that was already sent may take to be noticed.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// What a client did that ends its connection (RFC 9250 §4.3.3).
struct Fatal;

/// Serves one connection to its end.
pub(super) async fn serve<R: Recorder + 'static>(connection: Connection, guest: Guest<R>) {
    let guest = Rc::new(guest);
    let limits = guest.table.limits;
    let mut questions: JoinSet<Result<(), Fatal>> = JoinSet::new();
    let mut awaited = Notice::Finish;
    guest.seat.leave_after(limits.idle);
    let code = loop {
        tokio::select! {
            biased;
            () = guest.seat.told(awaited) => {
                if guest.seat.notice() == Notice::Leave {
                    break NO_ERROR;
                }
                awaited = Notice::Leave;
            }
            Some(ended) = questions.join_next() => {
                if let Ok(Err(Fatal)) = ended {
                    break PROTOCOL_ERROR;
                }
            }
            stream = connection.accept_bi() => {
                let Ok((send, receive)) = stream else { return };
                let guest = guest.clone();
                questions.spawn_local(async move { converse(send, receive, &guest).await });
            }
        }
        guest.seat.leave_after(match (questions.is_empty(), awaited) {
            (false, _) => limits.message + limits.write,
            (true, Notice::Leave) => LAST_WORDS,
            (true, _) => limits.idle,
        });
    };
    connection.close(code, b"");
}

/// Hears one question and answers it, each within its time.
async fn converse<R: Recorder>(mut send: SendStream, mut receive: RecvStream, guest: &Guest<R>) -> Result<(), Fatal> {
    let Guest { table, peer, seat } = guest;
    // Streams that are gone already need no reset.
    let give_up = |send: &mut SendStream, code| {
        let _ = send.reset(code);
    };
    let message = match timeout(table.limits.message, hear(&mut receive, guest)).await {
        Ok(Ok(message)) => message,
        Ok(Err(Unheard::Gone)) => {
            give_up(&mut send, NO_ERROR);
            return Ok(());
        }
        Ok(Err(Unheard::Fatal)) => return Err(Fatal),
        Err(_) => {
            let _ = receive.stop(EXCESSIVE_LOAD);
            give_up(&mut send, EXCESSIVE_LOAD);
            return Ok(());
        }
    };
    let Some(answer) = table.shared.answer(&message, peer) else {
        give_up(&mut send, UNSPECIFIED_ERROR);
        return Ok(());
    };
    let told = async {
        send.write_all(&(answer.len() as u16).to_be_bytes()).await.ok()?;
        send.write_all(&answer).await.ok()?;
        send.finish().ok()?;
        // Until all of it is acknowledged.
        send.stopped().await.ok()
    };
    match timeout(table.limits.write, told).await {
        Ok(Some(None)) => seat.was_useful(),
        Ok(_) => {}
        Err(_) => give_up(&mut send, EXCESSIVE_LOAD),
    }
    Ok(())
}

enum Unheard {
    /// The client thought better of it.
    Gone,
    Fatal,
}

/// Reads the one message of a stream, to the stream's end.
async fn hear<R>(receive: &mut RecvStream, guest: &Guest<R>) -> Result<Vec<u8>, Unheard> {
    let mut heard = guest.table.room.gather(2 + LARGEST_MESSAGE);
    loop {
        match receive.read_chunk(LARGEST_MESSAGE, true).await {
            Ok(Some(chunk)) => heard.add(&chunk.bytes).await.map_err(|_| Unheard::Fatal)?,
            Ok(None) => break,
            Err(ReadError::Reset(_) | ReadError::ConnectionLost(_) | ReadError::ClosedStream) => {
                return Err(Unheard::Gone);
            }
            Err(ReadError::IllegalOrderedRead | ReadError::ZeroRttRejected) => return Err(Unheard::Fatal),
        }
        if is_beyond_one(&heard.octets) {
            return Err(Unheard::Fatal);
        }
    }
    let mut octets = heard.octets;
    let Some((prefix, message)) = octets.split_first_chunk() else { return Err(Unheard::Fatal) };
    let length = usize::from(u16::from_be_bytes(*prefix));
    // §4.2.1: the id is 0. §5.5.2: no keepalive of TCP's.
    let is_whole = length == message.len() && length >= HEADER;
    if !is_whole || message[..2] != [0, 0] || has_keepalive(message) {
        return Err(Unheard::Fatal);
    }
    octets.drain(..2);
    Ok(octets)
}

/// Whether more has come than the one message of a stream.
fn is_beyond_one(octets: &[u8]) -> bool {
    octets.split_first_chunk().is_some_and(|(prefix, message)| message.len() > usize::from(u16::from_be_bytes(*prefix)))
}

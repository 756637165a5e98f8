//! One connection of TCP or TLS: messages in, answers out in the order asked (RFC 7766, RFC 7858).
//!
//! An idle connection holds next to no buffer: octets are read into the worker's own, and only what is left of
//! an unfinished message is kept. All answers to what one read brought are written together. Nothing is read
//! while answers wait to be taken, so a client that does not read costs at most one batch.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::keyed::now;
use super::seats::{Limits, Notice, Taken};
use super::{LARGEST_MESSAGE, Moment, Recorder, Responder};
use crate::transfer::{Ending, Kind, Transfer};
use crate::wire::{Peer, rcode};

/// Answers are written once so many octets have gathered.
const BATCH: usize = 64 << 10;
/// The same of a transfer, of which there is always more: others have their turn in between.
const TRANSFER_BATCH: usize = 32 << 10;
/// Questions of one connection answered before others have their turn.
const TURN: usize = 128;
/// Octets of buffer that a connection keeps between messages, so that most messages allocate nothing.
const KEPT: usize = 512;
/// After the word to stop, how long a question that was already sent may take to be noticed.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// A shorter message has no header and cannot be answered.
const HEADER: usize = 12;

/// What the connections of one worker share.
pub struct Shared<R>(RefCell<Desk<R>>);

struct Desk<R> {
    responder: Responder<R>,
    input: Box<[u8]>,
    answer: Box<[u8]>,
}

impl<R: Recorder> Shared<R> {
    /// A worker's responder and buffers.
    pub fn new(responder: Responder<R>) -> Self {
        let buffer = || vec![0; LARGEST_MESSAGE].into_boxed_slice();
        Self(RefCell::new(Desk { responder, input: buffer(), answer: buffer() }))
    }

    /// The answer to one message; `None` for silence.
    pub(super) fn answer(&self, message: &[u8], peer: &Peer) -> Option<Vec<u8>> {
        let Desk { responder, answer, .. } = &mut *self.0.borrow_mut();
        responder.begin(Moment::now());
        responder.answer(message, peer, answer).map(|length| answer[..length].to_vec())
    }

    /// Lets go of an old world.
    pub(super) fn refresh(&self) {
        self.0.borrow_mut().responder.refresh();
    }
}

/// Serves `stream` until its client goes, tires us, or has to make room.
pub async fn serve<S: AsyncRead + AsyncWrite + Unpin, R: Recorder>(
    stream: S,
    peer: Peer,
    limits: Limits,
    shared: Rc<Shared<R>>,
    seat: Taken,
) {
    let (input, output) = (Vec::new(), Vec::new());
    let (answered, nonsense, finishing, transfer) = (0, false, false, None);
    let mut talk = Talk { stream, seat, limits, input, output, answered, nonsense, finishing, transfer };
    converse(&mut talk, &shared, &peer).await;
    if let Some(transfer) = talk.transfer.take() {
        shared.0.borrow_mut().responder.recorder.transferred(&transfer, &peer, Ending::Cut);
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin, R: Recorder>(talk: &mut Talk<S>, shared: &Shared<R>, peer: &Peer) {
    talk.seat.leave_after(talk.limits.idle);
    poll_fn(|context| {
        talk.seat.wake(context.waker());
        Poll::Ready(())
    })
    .await;
    // An error is the end of a connection like any other.
    while let Ok(true) = poll_fn(|context| talk.hear(context, shared, peer)).await {
        // Until no whole message is left: silence is an answer too, so there may be nothing to write for a while.
        loop {
            let Ok(()) = poll_fn(|context| talk.write(context)).await else { return };
            if talk.nonsense || talk.seat.notice() == Notice::Leave {
                return;
            }
            if talk.answered >= TURN {
                talk.answered = 0;
                tokio::task::yield_now().await;
            }
            if talk.transfer.is_some() {
                if !talk.send_on(shared, peer) {
                    return;
                }
                tokio::task::yield_now().await;
                continue;
            }
            if !talk.answer_rest(shared, peer) {
                break;
            }
        }
        talk.rest();
    }
}

struct Talk<S> {
    stream: S,
    seat: Taken,
    limits: Limits,
    input: Vec<u8>,
    output: Vec<u8>,
    /// Questions answered since others had their turn.
    answered: usize,
    nonsense: bool,
    /// The word to stop has been heard.
    finishing: bool,
    /// The zone that is being sent; what was asked after it waits.
    transfer: Option<Box<Transfer>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// Reads until a message is whole and answers it, and whatever came with it; false when the connection is over.
    fn hear<R: Recorder>(
        &mut self,
        context: &mut Context<'_>,
        shared: &Shared<R>,
        peer: &Peer,
    ) -> Poll<io::Result<bool>> {
        loop {
            match self.seat.notice() {
                Notice::Leave => return Poll::Ready(Ok(false)),
                Notice::Finish if !self.finishing => {
                    self.finishing = true;
                    if self.input.is_empty() {
                        self.seat.leave_after(LAST_WORDS);
                    }
                }
                Notice::Stay | Notice::Finish => {}
            }
            let Desk { responder, input, answer } = &mut *shared.0.borrow_mut();
            let mut room = ReadBuf::new(input);
            let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(context, &mut room) else {
                self.answered = 0;
                return Poll::Pending;
            };
            read?;
            let heard = room.filled();
            if heard.is_empty() {
                return Poll::Ready(Ok(false));
            }
            let was_waiting = !self.input.is_empty();
            let consumed = if was_waiting {
                self.input.extend_from_slice(heard);
                self.answer_kept(responder, peer, answer)
            } else {
                let consumed = self.answer_all(heard, responder, peer, answer);
                self.input.extend_from_slice(&heard[consumed..]);
                consumed
            };
            if consumed > 0 || self.nonsense {
                self.seat.leave_after(self.limits.write);
                return Poll::Ready(Ok(true));
            }
            // From a message's first octet to its last there is one deadline, whatever comes in between.
            if !was_waiting {
                self.seat.leave_after(self.limits.message);
            }
        }
    }

    /// Writes all answers that wait; a batch has its time from when it was made.
    fn write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut written = 0;
        while written < self.output.len() {
            if self.seat.notice() == Notice::Leave {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
            match Pin::new(&mut self.stream).poll_write(context, &self.output[written..]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => written += count,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.output.drain(..written);
                    return Poll::Pending;
                }
            }
        }
        if written > 0 {
            self.seat.was_useful();
            self.output.clear();
        }
        // TLS may have taken all of it and still hold some back; TCP never does.
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending if self.seat.notice() == Notice::Leave => Poll::Ready(Err(ErrorKind::TimedOut.into())),
            flushed => flushed,
        }
    }

    /// Answers what is left of what was heard; whether there was any.
    fn answer_rest<R: Recorder>(&mut self, shared: &Shared<R>, peer: &Peer) -> bool {
        if self.input.is_empty() {
            return false;
        }
        let Desk { responder, answer, .. } = &mut *shared.0.borrow_mut();
        let answered = self.answer_kept(responder, peer, answer) > 0;
        if answered {
            self.seat.leave_after(self.limits.write);
        }
        answered
    }

    fn answer_kept<R: Recorder>(&mut self, responder: &mut Responder<R>, peer: &Peer, answer: &mut [u8]) -> usize {
        let mut input = std::mem::take(&mut self.input);
        let consumed = self.answer_all(&input, responder, peer, answer);
        input.drain(..consumed);
        self.input = input;
        consumed
    }

    /// Answers the whole messages in `input` until a batch is full; how many octets they were.
    fn answer_all<R: Recorder>(
        &mut self,
        input: &[u8],
        responder: &mut Responder<R>,
        peer: &Peer,
        answer: &mut [u8],
    ) -> usize {
        // Nobody who is told to go should keep the connection for another question (RFC 7828 §3.3.2).
        let idle = if self.finishing { Duration::ZERO } else { self.limits.idle };
        responder.begin(Moment::now().on_connection(idle));
        let mut at = 0;
        while self.output.len() < BATCH && self.answered < TURN && self.transfer.is_none() {
            let Some(prefix) = input.get(at..at + 2) else { break };
            let length = usize::from(u16::from_be_bytes([prefix[0], prefix[1]]));
            if length < HEADER {
                self.nonsense = true;
                break;
            }
            let Some(message) = input.get(at + 2..at + 2 + length) else { break };
            if let Some(length) = responder.answer_or_begin(message, peer, answer, &mut self.transfer) {
                self.output.extend_from_slice(&(length as u16).to_be_bytes());
                self.output.extend_from_slice(&answer[..length]);
            }
            at += 2 + length;
            self.answered += 1;
        }
        at
    }

    /// Makes the next messages of a transfer; false when it cannot go on.
    fn send_on<R: Recorder>(&mut self, shared: &Shared<R>, peer: &Peer) -> bool {
        let Desk { responder, answer, .. } = &mut *shared.0.borrow_mut();
        let Some(transfer) = &mut self.transfer else { return true };
        let most = transfer.world().snapshot.behaviour.transfers.at_once;
        let may = transfer.kind() == Kind::Current || self.seat.may_transfer(most);
        while !transfer.is_done() && self.output.len() < TRANSFER_BATCH {
            let made = match may {
                true => transfer.next(answer, now()),
                false => transfer.decline(answer, rcode::SERVFAIL as u8, now()),
            };
            let Ok(length) = made else { return false };
            self.output.extend_from_slice(&(length as u16).to_be_bytes());
            self.output.extend_from_slice(&answer[..length]);
        }
        self.seat.leave_after(self.limits.transfer);
        if transfer.is_done() {
            let ending = if may { Ending::Done } else { Ending::Declined };
            responder.recorder.transferred(transfer, peer, ending);
            self.transfer = None;
            self.seat.has_transferred();
        }
        true
    }

    /// What an idle connection holds is small; its next message has its time.
    fn rest(&mut self) {
        if self.output.capacity() > KEPT {
            self.output = Vec::new();
        }
        if self.input.is_empty() && self.input.capacity() > KEPT {
            self.input = Vec::new();
        }
        self.seat.leave_after(match (self.input.is_empty(), self.finishing) {
            (true, true) => LAST_WORDS,
            (true, false) => self.limits.idle,
            (false, _) => self.limits.message,
        });
    }
}

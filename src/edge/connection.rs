//! One TCP connection: messages in, answers out in the order asked (RFC 7766).
//!
//! An idle connection holds no buffer: octets are read into the worker's own buffer, and only what is left of
//! an unfinished message is kept. All answers to what one read brought are written together. Nothing is read
//! while answers wait to be taken, so a client that does not read costs at most one batch.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::seats::{Limits, Taken};
use super::tcp::told;
use super::{LARGEST_MESSAGE, Recorder, Responder};
use crate::wire::{Peer, Transport};

/// Answers are written once so many octets have gathered.
const BATCH: usize = 64 << 10;
/// After the word to stop, how long a question that was already sent may take to be noticed.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// A shorter message has no header and cannot be answered.
const HEADER: usize = 12;

/// What the connections of one worker share.
pub(super) struct Shared<R>(RefCell<Desk<R>>);

struct Desk<R> {
    responder: Responder<R>,
    input: Box<[u8]>,
    answer: Box<[u8]>,
}

impl<R: Recorder> Shared<R> {
    /// A worker's responder and buffers.
    pub(super) fn new(responder: Responder<R>) -> Self {
        let buffer = || vec![0; LARGEST_MESSAGE].into_boxed_slice();
        Self(RefCell::new(Desk { responder, input: buffer(), answer: buffer() }))
    }

    /// Lets go of an old world.
    pub(super) fn refresh(&self) {
        self.0.borrow_mut().responder.refresh();
    }
}

/// Serves `stream` until its client goes, tires us, or has to make room.
pub(super) async fn serve<R: Recorder>(
    stream: TcpStream,
    source: IpAddr,
    listener: u16,
    limits: Limits,
    shared: Rc<Shared<R>>,
    seat: Taken,
    mut stop: watch::Receiver<bool>,
) {
    let peer = Peer { source, listener, transport: Transport::Tcp };
    let mut talk = Talk { stream, input: Vec::new(), output: Vec::new(), nonsense: false };
    let mut since = Instant::now();
    let mut stopping = false;
    loop {
        let waiting = talk.input.len();
        let patience = match (waiting, stopping) {
            (0, true) => LAST_WORDS,
            (0, false) => limits.idle,
            _ => limits.message,
        };
        let readable = tokio::select! {
            biased;
            () = seat.wanted() => return,
            readable = timeout_at(since + patience, talk.stream.readable()) => readable,
            () = told(&mut stop), if !stopping => {
                stopping = true;
                if waiting == 0 {
                    since = Instant::now();
                }
                continue;
            }
        };
        let Ok(Ok(())) = readable else { return };
        match talk.read(&shared, &peer) {
            Ok(Heard::Nothing) => continue,
            Ok(Heard::Message) => {}
            Ok(Heard::Part) => {
                if waiting == 0 {
                    since = Instant::now();
                }
                continue;
            }
            Ok(Heard::End) | Err(_) => return,
        }
        while !talk.output.is_empty() {
            let written = tokio::select! {
                biased;
                () = seat.wanted() => return,
                written = timeout(limits.write, talk.stream.write_all(&talk.output)) => written,
            };
            let Ok(Ok(())) = written else { return };
            seat.was_useful();
            talk.output.clear();
            talk.answer_rest(&shared, &peer);
        }
        if talk.nonsense {
            return;
        }
        talk.rest();
        since = Instant::now();
    }
}

enum Heard {
    Nothing,
    Part,
    Message,
    End,
}

struct Talk {
    stream: TcpStream,
    input: Vec<u8>,
    output: Vec<u8>,
    nonsense: bool,
}

impl Talk {
    fn read<R: Recorder>(&mut self, shared: &Shared<R>, peer: &Peer) -> io::Result<Heard> {
        let Desk { responder, input, answer } = &mut *shared.0.borrow_mut();
        let length = match self.stream.try_read(input) {
            Ok(0) => return Ok(Heard::End),
            Ok(length) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(Heard::Nothing);
            }
            Err(error) => return Err(error),
        };
        let consumed = if self.input.is_empty() {
            let consumed = self.answer_all(&input[..length], responder, peer, answer);
            self.input.extend_from_slice(&input[consumed..length]);
            consumed
        } else {
            self.input.extend_from_slice(&input[..length]);
            self.answer_kept(responder, peer, answer)
        };
        Ok(if consumed == 0 && !self.nonsense { Heard::Part } else { Heard::Message })
    }

    fn answer_rest<R: Recorder>(&mut self, shared: &Shared<R>, peer: &Peer) {
        let Desk { responder, answer, .. } = &mut *shared.0.borrow_mut();
        self.answer_kept(responder, peer, answer);
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
        let mut at = 0;
        while self.output.len() < BATCH {
            let Some(prefix) = input.get(at..at + 2) else { break };
            let length = usize::from(u16::from_be_bytes([prefix[0], prefix[1]]));
            if length < HEADER {
                self.nonsense = true;
                break;
            }
            let Some(message) = input.get(at + 2..at + 2 + length) else { break };
            if let Some(length) = responder.answer(message, peer, answer) {
                self.output.extend_from_slice(&(length as u16).to_be_bytes());
                self.output.extend_from_slice(&answer[..length]);
            }
            at += 2 + length;
        }
        at
    }

    fn rest(&mut self) {
        self.output = Vec::new();
        if self.input.is_empty() {
            self.input = Vec::new();
        }
    }
}

//! UDP: one thread per socket, as many datagrams at a time as are waiting.
//!
//! One system call takes in what has come, up to a batch of datagrams, and one more sends all their answers. The
//! loop allocates nothing and ends only when told to. Sockets that share an address share its queries by the
//! kernel's hash (SO_REUSEPORT), so a client's queries stay on one thread.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrayvec::ArrayVec;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, SockaddrIn6, SockaddrLike, recvmmsg};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};

use super::{Moment, Recorder, Responder};
use crate::wire::{Peer, Transport};

/// Datagrams taken in at once.
const BATCH: usize = 64;
/// The most octets of a query that are read; no question with all its options is longer.
const LONGEST_QUERY: usize = 4096;
/// The most octets of an answer over UDP; `udp_max` goes no higher.
const LONGEST_ANSWER: usize = 4096;
/// From one buffer to the next: not a power of two, or all of them would share the same few lines of the cache.
const STRIDE: usize = LONGEST_ANSWER + 192;
/// Octets of a message's header.
const HEADER: usize = 12;
/// How long a silent socket waits before it looks whether to stop.
const WAIT: Duration = Duration::from_millis(100);
/// Pause after an error that says nothing about one packet.
const PAUSE: Duration = Duration::from_millis(1);
/// Datagrams still answered after the word to stop; a flood must not hold up the end.
const LAST_ORDERS: usize = 10_000;

/// Answers what arrives at `socket`, which is listener number `listener`, until `stop`; then what already waits.
pub fn serve<R: Recorder>(
    socket: &UdpSocket,
    listener: u16,
    responder: &mut Responder<R>,
    stop: &AtomicBool,
) -> io::Result<()> {
    match socket.local_addr()?.is_ipv4() {
        true => serve_family::<SockaddrIn, R>(socket, listener, responder, stop),
        false => serve_family::<SockaddrIn6, R>(socket, listener, responder, stop),
    }
}

/// The source address of a datagram, of one family.
trait Source: SockaddrLike + Copy {
    fn address(self) -> SocketAddr;
}

impl Source for SockaddrIn {
    fn address(self) -> SocketAddr {
        SocketAddrV4::from(self).into()
    }
}

impl Source for SockaddrIn6 {
    fn address(self) -> SocketAddr {
        SocketAddrV6::from(self).into()
    }
}

/// The answers to one batch of datagrams.
struct Answers {
    bytes: Vec<u8>,
    /// How long each is, and whose it is.
    sent_to: ArrayVec<(usize, SocketAddrAny), BATCH>,
}

impl Answers {
    fn new() -> Self {
        Self { bytes: vec![0; BATCH * STRIDE], sent_to: ArrayVec::new() }
    }

    /// Adds the answer that `answer` writes into the room it is given, where there is one.
    fn add(&mut self, to: SocketAddr, answer: impl FnOnce(&mut [u8]) -> Option<usize>) {
        let start = self.sent_to.len() * STRIDE;
        let Some(room) = self.bytes.get_mut(start..start + LONGEST_ANSWER) else { return };
        if let Some(length) = answer(room) {
            self.sent_to.push((length, to.into()));
        }
    }

    /// Sends all of them, each once. A client that is gone or a full queue is that client's loss alone; it will
    /// ask again.
    fn send(&mut self, socket: &UdpSocket) {
        let rooms = self.bytes.chunks_exact(STRIDE);
        let slices: ArrayVec<_, BATCH> =
            rooms.zip(&self.sent_to).map(|(room, (length, _))| [IoSlice::new(&room[..*length])]).collect();
        let mut controls: ArrayVec<_, BATCH> = slices.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut messages: ArrayVec<_, BATCH> = slices
            .iter()
            .zip(&self.sent_to)
            .zip(&mut controls)
            .map(|((slice, (_, to)), control)| MMsgHdr::new_with_addr(to, slice, control))
            .collect();
        let mut left = &mut messages[..];
        while !left.is_empty() {
            let done = match sendmmsg(socket, left, SendFlags::empty()) {
                Ok(sent) => sent.max(1),
                Err(rustix::io::Errno::INTR) => 0,
                Err(_) => 1,
            };
            left = &mut left[done..];
        }
        drop(messages);
        self.sent_to.clear();
    }
}

fn serve_family<S: Source, R: Recorder>(
    socket: &UdpSocket,
    listener: u16,
    responder: &mut Responder<R>,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut queries = vec![0; BATCH * STRIDE];
    let mut answers = Answers::new();
    let mut heads = MultiHeaders::<S>::preallocate(BATCH, None);
    let mut left = LAST_ORDERS;
    let mut stopping = false;
    socket.set_read_timeout(Some(WAIT))?;
    while left > 0 {
        if !stopping && stop.load(Ordering::Relaxed) {
            stopping = true;
            socket.set_nonblocking(true)?;
        }
        let mut rooms = queries.chunks_exact_mut(STRIDE);
        let mut slices: [_; BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(&mut rooms.next().unwrap_or_default()[..LONGEST_QUERY])]);
        let mut taken = 0;
        match recvmmsg(socket.as_raw_fd(), &mut heads, &mut slices, MsgFlags::MSG_WAITFORONE, None) {
            Ok(messages) => {
                responder.begin(Moment::now());
                for message in messages {
                    taken += 1;
                    let Some(from) = message.address else { continue };
                    let whole = message.iovs().next().unwrap_or_default();
                    // What is cut off a longer datagram is not known to be well-formed: its header gets FORMERR.
                    let is_cut = message.flags.contains(MsgFlags::MSG_TRUNC);
                    let packet = if is_cut { whole.get(..HEADER).unwrap_or_default() } else { whole };
                    let from = from.address();
                    let peer = Peer { source: from.ip(), listener, transport: Transport::Udp };
                    answers.add(from, |out| responder.answer(packet, &peer, out));
                }
                answers.send(socket);
            }
            Err(Errno::EAGAIN) if stopping => return Ok(()),
            Err(Errno::EAGAIN) => responder.refresh(),
            // Interrupted, or an ICMP error about an earlier answer.
            Err(Errno::EINTR | Errno::ECONNREFUSED | Errno::ECONNRESET) => {}
            Err(_) => std::thread::sleep(PAUSE),
        }
        if stopping {
            left = left.saturating_sub(taken.max(1));
        }
    }
    Ok(())
}

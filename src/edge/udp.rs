//! UDP: one thread per socket, as many datagrams at a time as are waiting.
//!
//! One system call takes in what has come, up to a batch of datagrams, and one more sends all their answers. The
//! loop allocates nothing and ends only when told to. Sockets that share an address share its queries by the
//! kernel's hash (SO_REUSEPORT), so a client's queries stay on one thread. What is wrong with one packet is its sender's
//! loss, what is wrong with the system is counted and waited for, and a socket that is no longer one ends the loop.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrayvec::ArrayVec;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, SockaddrIn6, SockaddrLike, recvmmsg};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};

use super::trouble::Trouble;
use super::wildcard::{self, Asked};
use super::{Door, Moment, Recorder, Responder};
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

/// Answers what arrives at `socket`, which is behind `door`, until `stop`; then what already waits.
pub fn serve<R: Recorder>(
    socket: &UdpSocket,
    door: &Door,
    responder: &mut Responder<R>,
    stop: &AtomicBool,
) -> io::Result<()> {
    match socket.local_addr()?.is_ipv4() {
        true => serve_family::<SockaddrIn, R>(socket, door, responder, stop),
        false => serve_family::<SockaddrIn6, R>(socket, door, responder, stop),
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
    /// Where each has to leave from; only at a socket of all addresses.
    from: ArrayVec<(SocketAddr, Asked), BATCH>,
}

impl Answers {
    fn new() -> Self {
        Self { bytes: vec![0; BATCH * STRIDE], sent_to: ArrayVec::new(), from: ArrayVec::new() }
    }

    /// Adds the answer that `answer` writes into the room it is given, where there is one.
    fn add(&mut self, to: SocketAddr, from: Option<Asked>, answer: impl FnOnce(&mut [u8]) -> Option<usize>) {
        let start = self.sent_to.len() * STRIDE;
        let Some(room) = self.bytes.get_mut(start..start + LONGEST_ANSWER) else { return };
        if let Some(length) = answer(room) {
            self.sent_to.push((length, to.into()));
            if let Some(from) = from {
                self.from.push((to, from));
            }
        }
    }

    /// Sends all of them, each once. A client that is gone or a full queue is that client's loss alone; it will
    /// ask again.
    fn send(&mut self, socket: &UdpSocket, trouble: &Trouble) {
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
                Err(error) => {
                    note(trouble, error.raw_os_error());
                    1
                }
            };
            left = &mut left[done..];
        }
        drop(messages);
        self.sent_to.clear();
    }

    /// The same at a socket of all addresses, where each answer names the one it leaves from.
    fn send_each(&mut self, socket: &UdpSocket, trouble: &Trouble) {
        let rooms = self.bytes.chunks_exact(STRIDE);
        for ((room, (length, _)), (to, from)) in rooms.zip(&self.sent_to).zip(&self.from) {
            while let Err(error) = wildcard::send(socket, &room[..*length], *to, *from) {
                if error.kind() != io::ErrorKind::Interrupted {
                    note(trouble, error.raw_os_error().unwrap_or_default());
                    break;
                }
            }
        }
        self.sent_to.clear();
        self.from.clear();
    }
}

/// Counts an answer that was not sent, unless its client was gone already.
fn note(trouble: &Trouble, errno: i32) {
    if Errno::from_raw(errno) != Errno::ECONNREFUSED {
        trouble.note(errno);
    }
}

/// A socket that was shut down gives one empty datagram after another, and nobody as their sender; any other waits for
/// what comes next, which is then read.
fn is_shut_down(socket: &UdpSocket) -> bool {
    socket.peek_from(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::InvalidInput)
}

fn serve_family<S: Source, R: Recorder>(
    socket: &UdpSocket,
    door: &Door,
    responder: &mut Responder<R>,
    stop: &AtomicBool,
) -> io::Result<()> {
    let is_wildcard = socket.local_addr()?.ip().is_unspecified();
    if is_wildcard {
        wildcard::listen(socket)?;
    }
    let heads = || MultiHeaders::<S>::preallocate(BATCH, is_wildcard.then(|| Vec::with_capacity(wildcard::SPACE)));
    let mut queries = vec![0; BATCH * STRIDE];
    let mut answers = Answers::new();
    let mut messages = heads();
    let mut left = LAST_ORDERS;
    let mut stopping = false;
    socket.set_read_timeout(Some(WAIT))?;
    while left > 0 {
        if !stopping && stop.load(Ordering::Relaxed) {
            stopping = true;
        }
        // Others may go on with the same socket, so that how it waits is said with every call.
        let waiting = if stopping { MsgFlags::MSG_DONTWAIT } else { MsgFlags::MSG_WAITFORONE };
        let mut rooms = queries.chunks_exact_mut(STRIDE);
        let mut slices: [_; BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(&mut rooms.next().unwrap_or_default()[..LONGEST_QUERY])]);
        let (mut taken, mut empty, mut placeless) = (0, 0, false);
        match recvmmsg(socket.as_raw_fd(), &mut messages, &mut slices, waiting, None) {
            Ok(heard) => {
                responder.begin(Moment::now());
                let number = door.number();
                for message in heard {
                    taken += 1;
                    let Some(from) = message.address.map(Source::address) else { continue };
                    let whole = message.iovs().next().unwrap_or_default();
                    empty += usize::from(whole.is_empty());
                    let asked = if is_wildcard { wildcard::asked(&message) } else { None };
                    if is_wildcard && asked.is_none() {
                        placeless = true;
                        continue;
                    }
                    let heard = match &door.proxies {
                        None => Some((from.ip().to_canonical(), whole)),
                        Some(proxies) => proxies.open(from.ip().to_canonical(), whole),
                    };
                    let Some((source, whole)) = heard else {
                        door.troubles.unproxied.note(0);
                        continue;
                    };
                    // What is cut off a longer datagram is not known to be well-formed: its header gets FORMERR.
                    let is_cut = message.flags.contains(MsgFlags::MSG_TRUNC);
                    let packet = if is_cut { whole.get(..HEADER).unwrap_or_default() } else { whole };
                    let peer = Peer { source, listener: number, transport: Transport::Udp };
                    answers.add(from, asked, |out| responder.answer(packet, &peer, out));
                }
                match is_wildcard {
                    true => answers.send_each(socket, &door.troubles.send),
                    false => answers.send(socket, &door.troubles.send),
                }
            }
            Err(Errno::EAGAIN) if stopping => return Ok(()),
            Err(Errno::EAGAIN) => responder.refresh(),
            // Interrupted, or an ICMP error about an earlier answer.
            Err(Errno::EINTR | Errno::ECONNREFUSED | Errno::ECONNRESET) => {}
            // No socket any more: nothing would ever come.
            Err(error @ (Errno::EBADF | Errno::ENOTSOCK | Errno::EINVAL)) => return Err(error.into()),
            Err(error) => {
                door.troubles.receive.note(error as i32);
                std::thread::sleep(PAUSE);
            }
        }
        if empty > 0 && empty == taken && !stopping && is_shut_down(socket) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        // Where a message had no word on its address, the next would get no room for one.
        if placeless {
            messages = heads();
        }
        if stopping {
            left = left.saturating_sub(taken.max(1));
        }
    }
    Ok(())
}

//! UDP: one thread per socket, one datagram at a time.
//!
//! The loop allocates nothing and ends only when told to. Sockets that share an address share its queries by
//! the kernel's hash (SO_REUSEPORT), so a client's queries stay on one thread.

use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{LARGEST_MESSAGE, Recorder, Responder};
use crate::wire::{Peer, Transport};

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
    let mut packet = vec![0; LARGEST_MESSAGE];
    let mut out = vec![0; LARGEST_MESSAGE];
    let mut left = LAST_ORDERS;
    let mut stopping = false;
    socket.set_read_timeout(Some(WAIT))?;
    while left > 0 {
        if stopping {
            left -= 1;
        } else if stop.load(Ordering::Relaxed) {
            stopping = true;
            socket.set_nonblocking(true)?;
        }
        match socket.recv_from(&mut packet) {
            Ok((length, from)) => {
                let peer = Peer { source: from.ip(), listener, transport: Transport::Udp };
                if let Some(length) = responder.answer(&packet[..length], &peer, &mut out) {
                    // A client that is gone or a full queue is this client's loss alone; it will ask again.
                    let _ = socket.send_to(&out[..length], from);
                }
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut if stopping => return Ok(()),
                ErrorKind::WouldBlock | ErrorKind::TimedOut => responder.refresh(),
                // Interrupted, or an ICMP error about an earlier answer.
                ErrorKind::Interrupted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {}
                _ => std::thread::sleep(PAUSE),
            },
        }
    }
    Ok(())
}

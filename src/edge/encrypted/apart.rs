//! Responses of HTTP/2 one to a TLS record.
//!
//! HTTP/2 would put what is ready at a time into one record. Clients that take one message from what one read brings,
//! as dnsperf does, lose the others then; name servers elsewhere send each response by itself.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Octets of a frame's head (RFC 9113 §4.1).
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;

/// A stream that writes no further than to the end of a response at a time.
pub(super) struct Apart<S> {
    stream: S,
    frames: Frames,
}

impl<S> Apart<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, frames: Frames::default() }
    }
}

/// Where in its frames a stream of octets is.
#[derive(Clone, Copy, Default)]
struct Frames {
    head: [u8; HEAD],
    /// Octets of the head that have passed.
    known: usize,
    /// Octets of the payload still to pass, once all of the head has.
    left: usize,
}

impl Frames {
    /// Passes over octets to the end of a frame at most; how many they were, and whether a response ended.
    fn pass(&mut self, octets: &[u8]) -> (usize, bool) {
        let of_head = octets.len().min(HEAD - self.known);
        self.head[self.known..self.known + of_head].copy_from_slice(&octets[..of_head]);
        self.known += of_head;
        if self.known < HEAD {
            return (of_head, false);
        }
        let [l1, l2, l3, kind, flags, ..] = self.head;
        if of_head > 0 {
            self.left = u32::from_be_bytes([0, l1, l2, l3]) as usize;
        }
        let of_payload = self.left.min(octets.len() - of_head);
        self.left -= of_payload;
        if self.left > 0 {
            return (of_head + of_payload, false);
        }
        self.known = 0;
        (of_head + of_payload, matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0)
    }

    /// How many of `octets` belong together.
    fn together(mut self, octets: &[u8]) -> usize {
        let mut at = 0;
        while at < octets.len() {
            let (passed, is_over) = self.pass(&octets[at..]);
            at += passed;
            if is_over {
                break;
            }
        }
        at
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Apart<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Apart<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let together = self.frames.together(octets);
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, &octets[..together]))?;
        let mut at = 0;
        while at < written {
            at += self.frames.pass(&octets[at..written]).0;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, length: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 1];
        frame.resize(HEAD + usize::from(length), 0xff);
        frame
    }

    /// RFC 9113 §6.1, §6.2: END_STREAM ends a response, in DATA and in HEADERS, and nothing else does.
    #[test]
    fn what_is_written_ends_where_a_response_does_however_it_is_cut() {
        let settings = frame(4, 1, 0);
        let response = [frame(HEADERS, 4, 30), frame(DATA, 1, 50)].concat();
        let bare = frame(HEADERS, 5, 20);
        let octets = [&settings[..], &response, &response, &bare, &settings].concat();
        let first = settings.len() + response.len();
        let ends = [first, first + response.len(), first + response.len() + bare.len()];
        for most in 1..octets.len() {
            let (mut frames, mut at) = (Frames::default(), 0);
            while at < octets.len() {
                let waiting = &octets[at..(at + most).min(octets.len())];
                let together = frames.together(waiting);
                let next = ends.iter().find(|end| **end > at).copied().unwrap_or(octets.len());
                assert_eq!(together, waiting.len().min(next - at), "{most} at a time, from {at}");
                let mut passed = 0;
                while passed < together {
                    passed += frames.pass(&waiting[passed..together]).0;
                }
                at += together;
            }
        }
    }
}

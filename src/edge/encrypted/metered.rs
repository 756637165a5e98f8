//! quinn's connections as h3 sees them, with a bound on what each stream brings.
//!
//! h3 keeps a frame that is no body until all of it has come, however long it says it is; flow control does not help,
//! for h3 reads whatever comes. So a stream that brings more than a request or a connection's settings can need ends.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h3::error::Code;
use h3::quic::{self, ConnectionErrorIncoming, StreamErrorIncoming, StreamId, WriteBuf};

use super::semantics::LARGEST_HEAD;
use crate::edge::LARGEST_MESSAGE;

/// The most octets of a request, its frames and what nobody understands of it included.
const REQUEST: usize = LARGEST_MESSAGE + LARGEST_HEAD as usize + (16 << 10);
/// The most octets of any other stream in a connection's life.
const OTHER: usize = 64 << 10;

/// A connection.
pub(super) struct Metered(h3_quinn::Connection);

impl Metered {
    pub(super) fn new(connection: quinn::Connection) -> Self {
        Self(h3_quinn::Connection::new(connection))
    }
}

/// A stream that ends once it has brought too much.
pub(super) struct Bounded<S> {
    stream: S,
    left: usize,
}

/// A stream of a request.
pub(super) type Bidirectional = Bounded<h3_quinn::BidiStream<Bytes>>;

impl quic::Connection<Bytes> for Metered {
    type RecvStream = Bounded<h3_quinn::RecvStream>;
    type OpenStreams = Opener;

    fn poll_accept_recv(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Self::RecvStream, ConnectionErrorIncoming>> {
        let accepted = ready!(quic::Connection::<Bytes>::poll_accept_recv(&mut self.0, context));
        Poll::Ready(accepted.map(|stream| Bounded { stream, left: OTHER }))
    }

    fn poll_accept_bidi(&mut self, context: &mut Context<'_>) -> Poll<Result<Bidirectional, ConnectionErrorIncoming>> {
        let accepted = ready!(self.0.poll_accept_bidi(context));
        Poll::Ready(accepted.map(|stream| Bounded { stream, left: REQUEST }))
    }

    fn opener(&self) -> Opener {
        Opener(quic::Connection::<Bytes>::opener(&self.0))
    }
}

/// What opens streams of a connection.
pub(super) struct Opener(h3_quinn::OpenStreams);

/// Both open streams alike.
macro_rules! opens_streams {
    ($holder:ty) => {
        impl quic::OpenStreams<Bytes> for $holder {
            type BidiStream = Bidirectional;
            type SendStream = h3_quinn::SendStream<Bytes>;

            fn poll_open_bidi(
                &mut self,
                context: &mut Context<'_>,
            ) -> Poll<Result<Bidirectional, StreamErrorIncoming>> {
                let opened = ready!(self.0.poll_open_bidi(context));
                Poll::Ready(opened.map(|stream| Bounded { stream, left: REQUEST }))
            }

            fn poll_open_send(
                &mut self,
                context: &mut Context<'_>,
            ) -> Poll<Result<Self::SendStream, StreamErrorIncoming>> {
                self.0.poll_open_send(context)
            }

            fn close(&mut self, code: Code, reason: &[u8]) {
                quic::OpenStreams::<Bytes>::close(&mut self.0, code, reason);
            }
        }
    };
}

opens_streams!(Metered);
opens_streams!(Opener);

impl<S: quic::RecvStream<Buf = Bytes>> quic::RecvStream for Bounded<S> {
    type Buf = Bytes;

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        let octets = ready!(self.stream.poll_data(context))?;
        let brought = octets.as_ref().map_or(0, Bytes::len);
        match self.left.checked_sub(brought) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Ok(octets))
            }
            None => {
                let error_code = Code::H3_EXCESSIVE_LOAD.value();
                self.left = 0;
                self.stream.stop_sending(error_code);
                Poll::Ready(Err(StreamErrorIncoming::StreamTerminated { error_code }))
            }
        }
    }

    fn stop_sending(&mut self, error_code: u64) {
        self.stream.stop_sending(error_code);
    }

    fn recv_id(&self) -> StreamId {
        self.stream.recv_id()
    }
}

impl<S: quic::SendStream<Bytes>> quic::SendStream<Bytes> for Bounded<S> {
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.stream.poll_ready(context)
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.stream.send_data(data)
    }

    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.stream.poll_finish(context)
    }

    fn reset(&mut self, reset_code: u64) {
        self.stream.reset(reset_code);
    }

    fn send_id(&self) -> StreamId {
        self.stream.send_id()
    }
}

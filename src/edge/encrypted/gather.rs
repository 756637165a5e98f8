//! Messages that come in pieces, gathered within bounds however many clients are slow at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::edge::LARGEST_MESSAGE;

/// So many octets of a message anybody may be half-way through; hardly a query has more.
const SMALL: usize = 2048;
/// Messages beyond that which one worker gathers at a time.
const LARGE: usize = 16;

/// Where one worker gathers messages.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(LARGE)))
    }

    /// A message of at most `most` octets that is yet to come.
    pub(super) fn gather(&self, most: usize) -> Gathered {
        Gathered { octets: Vec::new(), most: most.min(LARGEST_MESSAGE + 2), room: self.clone(), large: None }
    }
}

/// A message longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// What has come of one message.
pub(super) struct Gathered {
    pub(super) octets: Vec<u8>,
    most: usize,
    room: Room,
    large: Option<OwnedSemaphorePermit>,
}

impl Gathered {
    /// Adds the next piece; a large message may have to wait for others first, as long as its client is given.
    pub(super) async fn add(&mut self, piece: &[u8]) -> Result<(), TooLong> {
        let length = self.octets.len() + piece.len();
        if length > self.most {
            return Err(TooLong);
        }
        if length > SMALL && self.large.is_none() {
            // The semaphore is never closed, so a permit always comes.
            self.large = self.room.0.clone().acquire_owned().await.ok();
        }
        self.octets.extend_from_slice(piece);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn large_messages_take_turns_and_small_ones_do_not_wait() {
        let room = Room::new();
        let mut held = Vec::new();
        for _ in 0..LARGE {
            let mut large = room.gather(LARGEST_MESSAGE);
            large.add(&[0; SMALL + 1]).await.unwrap();
            held.push(large);
        }
        let mut small = room.gather(LARGEST_MESSAGE);
        small.add(&[0; SMALL]).await.unwrap();
        let mut waiting = Box::pin(small.add(&[0]));
        assert!(futures_poll(&mut waiting).is_none(), "everyone's turn is taken");
        held.pop();
        assert_eq!(futures_poll(&mut waiting), Some(Ok(())));
        drop(waiting);
        assert_eq!(small.add(&[0; LARGEST_MESSAGE]).await, Err(TooLong));
    }

    fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}

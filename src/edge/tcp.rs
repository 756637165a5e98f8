//! TCP: each worker is one thread with its own listeners, its own responder and all connections it accepted.
//!
//! Nothing is shared between workers but the seats. The accept loop outlives every error: out of file
//! descriptors it frees one and pauses. Told to stop, it takes in what already waits in the backlog, and
//! connections end once they have no message half received.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use super::connection::{self, Shared};
use super::seats::{LOOK, Seats, Taken};
use super::{Recorder, Responder};
use crate::wire::{Peer, Transport};

const PAUSE: Duration = Duration::from_millis(20);
/// How long connections may still take after the word to stop.
pub(super) const GRACE: Duration = Duration::from_secs(6);

/// Answers what arrives at `listeners` (number and socket) until `stop` says true, and a little longer.
pub fn serve<R: Recorder + 'static>(
    listeners: Vec<(u16, std::net::TcpListener)>,
    responder: Responder<R>,
    seats: Arc<Seats>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let shared = Rc::new(Shared::new(responder));
    LocalSet::new().block_on(&runtime, async move {
        let mut loops = JoinSet::new();
        for (number, listener) in listeners {
            let listener = TcpListener::from_std(listener)?;
            let (shared, limits) = (shared.clone(), *seats.limits());
            let begin = move |stream: TcpStream, source, seat| {
                let peer = Peer { source, listener: number, transport: Transport::Tcp };
                connection::serve(stream, peer, limits, shared.clone(), seat)
            };
            loops.spawn_local(accept(listener, seats.clone(), stop.clone(), begin));
        }
        let refresher = tokio::task::spawn_local(refresh(shared, seats));
        while loops.join_next().await.is_some() {}
        refresher.abort();
        Ok(())
    })
}

/// Seats whoever connects to `listener`, and begins to serve it, until `stop` says true; then waits for all to end.
pub(super) async fn accept<C>(
    listener: TcpListener,
    seats: Arc<Seats>,
    mut stop: watch::Receiver<bool>,
    begin: impl Fn(TcpStream, IpAddr, Taken) -> C,
) where
    C: Future<Output = ()> + 'static,
{
    let mut connections = JoinSet::new();
    let start = |connections: &mut JoinSet<()>, stream: TcpStream, from: SocketAddr| {
        // Answers are written whole, so there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        connections.spawn_local(begin(stream, from.ip(), seats.take(from.ip())));
    };
    loop {
        tokio::select! {
            biased;
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => start(&mut connections, stream, from),
                Err(error) => recover(&error, &seats).await,
            },
        }
    }
    while let Some(Ok((stream, from))) = ready(listener.accept()).await {
        start(&mut connections, stream, from);
    }
    drop(listener);
    seats.close();
    // Whoever is not done by then is cut when the set is dropped.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn recover(error: &io::Error, seats: &Seats) {
    // A client that went away before it was accepted says nothing about the listener.
    if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted) {
        return;
    }
    seats.make_room();
    sleep(PAUSE).await;
}

/// Returns once the word to stop has been given, or nobody is left to give it.
pub(super) async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Looks at deadlines for ever, and at the world: a worker without traffic must not keep an old one alive.
pub(super) async fn refresh<R: Recorder>(shared: Rc<Shared<R>>, seats: Arc<Seats>) {
    let mut every = tokio::time::interval(LOOK);
    loop {
        every.tick().await;
        seats.look();
        shared.refresh();
    }
}

async fn ready<F: Future>(future: F) -> Option<F::Output> {
    timeout(Duration::ZERO, future).await.ok()
}

//! TCP: each worker is one thread with its own listener, its own responder and all connections it accepted.
//!
//! Nothing is shared between workers but the seats. The accept loop outlives every error that passes: out of file
//! descriptors it frees one and pauses. Told to stop, it takes in what already waits in the backlog, and
//! connections end once they have no message half received.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use super::connection::{self, Shared};
use super::seats::{Gate, LOOK, Notice, Seats, Taken};
use super::trouble::Troubles;
use super::{Door, Recorder, Responder, proxy};
use crate::wire::{Peer, Transport};

const PAUSE: Duration = Duration::from_millis(20);
/// How long connections may still take after the word to stop.
pub(super) const GRACE: Duration = Duration::from_secs(6);

/// Answers what arrives at `listener`, which is behind `door`, until `stop` says true, and a little longer. An error
/// means that the listener is none any more.
pub fn serve<R: Recorder + 'static>(
    listener: std::net::TcpListener,
    door: Door,
    responder: Responder<R>,
    seats: Arc<Seats>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let shared = Rc::new(Shared::new(responder));
    LocalSet::new().block_on(&runtime, async move {
        let listener = TcpListener::from_std(listener)?;
        let refresher = tokio::task::spawn_local(refresh(shared.clone(), seats.clone()));
        let gate = seats.gate();
        let troubles = door.troubles.clone();
        let entry = Entry { door: Rc::new(door), gate, shared, seats: seats.clone() };
        let start = |connections: &mut JoinSet<()>, stream, from| entry.start(connections, stream, from);
        let served = accept(listener, (&seats, gate), &troubles, stop, start).await;
        refresher.abort();
        served
    })
}

/// What connections of one listener are made of.
struct Entry<R> {
    door: Rc<Door>,
    gate: Gate,
    shared: Rc<Shared<R>>,
    seats: Arc<Seats>,
}

/// Has `start` begin a connection for whoever connects to `listener`, until `stop` says true; then tells those that came
/// in by the gate, and waits for all to end. An error means that the listener is none any more.
pub(super) async fn accept(
    listener: TcpListener,
    (seats, gate): (&Seats, Gate),
    troubles: &Troubles,
    mut stop: watch::Receiver<bool>,
    start: impl Fn(&mut JoinSet<()>, TcpStream, SocketAddr),
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => start(&mut connections, stream, from),
                Err(error) => recover(error, seats, troubles).await?,
            },
        }
    }
    while let Some(Ok((stream, from))) = ready(listener.accept()).await {
        start(&mut connections, stream, from);
    }
    drop(listener);
    seats.close(gate);
    // Whoever is not done by then is cut when the set is dropped.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    Ok(())
}

impl<R: Recorder + 'static> Entry<R> {
    fn start(&self, connections: &mut JoinSet<()>, stream: TcpStream, from: SocketAddr) {
        // Answers are written whole, so there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let (source, listener, limits) = (from.ip().to_canonical(), self.door.number(), *self.seats.limits());
        let peer = move |source| Peer { source, listener, transport: Transport::Tcp };
        let proxies = self.door.proxies.as_ref();
        if proxies.is_some_and(|proxies| !proxies.trust(source)) {
            self.door.troubles.unproxied.note(0);
            return;
        }
        let (seat, shared) = (self.seats.take(source, self.gate), self.shared.clone());
        if proxies.is_none() {
            connections.spawn_local(connection::serve(stream, peer(source), limits, shared, seat));
            return;
        }
        let door = self.door.clone();
        connections.spawn_local(async move {
            match introduced(stream, source, seat).await {
                Ok(Some((stream, source, seat))) => {
                    connection::serve(stream, peer(source), limits, shared, seat).await;
                }
                Ok(None) => {}
                Err(_) => door.troubles.unproxied.note(0),
            }
        });
    }
}

/// Waits out what passes; an error means that the listener will never accept anyone again.
async fn recover(error: io::Error, seats: &Seats, troubles: &Troubles) -> io::Result<()> {
    // A client that went away before it was accepted says nothing about the listener.
    if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted) {
        return Ok(());
    }
    let errno = error.raw_os_error().unwrap_or_default();
    if let Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK = Errno::from_raw(errno) {
        return Err(error);
    }
    troubles.accept.note(errno);
    seats.make_room();
    sleep(PAUSE).await;
    Ok(())
}

/// Hears from a proxy whom it speaks for. `None` for one that leaves without a word, as proxies do to see whether
/// anyone is there, or has to go; an error when it does not say so in time.
async fn introduced(
    mut stream: TcpStream,
    proxy: IpAddr,
    seat: Taken,
) -> io::Result<Option<(TcpStream, IpAddr, Taken)>> {
    let patience = seat.limits().message;
    let reading = async {
        match stream.peek(&mut [0]).await {
            Ok(1..) => proxy::read(&mut stream).await.map(Some),
            Ok(0) | Err(_) => Ok(None),
        }
    };
    let read = tokio::select! {
        read = timeout(patience, reading) => read??,
        () = seat.told(Notice::Finish) => None,
    };
    Ok(read.map(|source| {
        let source = source.unwrap_or(proxy);
        (stream, source, seat.move_to(source))
    }))
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

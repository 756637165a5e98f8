//! A small web server on loopback that can be killed and brought back on the same port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::routing::get;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

/// A backend; it listens while `task` runs.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) address: SocketAddr,
    /// Bound and never listening: the port stays ours while the backend is dead, and refuses connections.
    _reservation: TcpSocket,
    task: Option<JoinHandle<()>>,
}

impl Backend {
    /// A living backend on a free port.
    pub(super) fn start() -> io::Result<Self> {
        let reservation = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let mut backend = Self { address: reservation.local_addr()?, _reservation: reservation, task: None };
        backend.revive()?;
        Ok(backend)
    }

    /// Listens again.
    pub(super) fn revive(&mut self) -> io::Result<()> {
        let listener = bind(self.address)?.listen(128)?;
        let pages = Router::new().route("/health", get(|| async { "OK\n" }));
        self.task = Some(tokio::spawn(async move {
            // Serving ends only by `kill`; its result says nothing then.
            let _ = axum::serve(listener, pages).await;
        }));
        Ok(())
    }

    /// Stops listening; returns when the port refuses connections.
    pub(super) async fn kill(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // The listener is closed once the task is gone.
            let _ = task.await;
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

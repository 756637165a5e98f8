//! How a probe gets a stream: TCP from the checker's address in earnest, a script under test.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use super::outcome::{Notes, Outcome};

/// A way to a fresh stream to the endpoint, as often as one is asked for.
pub(super) trait Dial: Sync {
    /// What a dial gives.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Connects once, without a limit of its own.
    fn dial(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// From where to where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// The endpoint, checked against what may be probed.
    pub(super) to: SocketAddr,
    /// The address the checker's probes leave from.
    pub(super) from: Option<IpAddr>,
}

impl Route {
    /// The route, unless the checker's address is of the other family.
    pub(super) fn new(to: SocketAddr, from: Option<IpAddr>) -> Result<Self, Outcome> {
        match from {
            Some(from) if from.is_ipv4() != to.is_ipv4() => {
                let error = format!("the checker's source {from} and the endpoint's {} are of two families", to.ip());
                Err(Outcome::NotProbed { error })
            }
            Some(_) | None => Ok(Self { to, from }),
        }
    }
}

impl Dial for Route {
    type Stream = TcpStream;

    async fn dial(&self) -> io::Result<TcpStream> {
        let socket = if self.to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(from) = self.from {
            // Ports of connections closed a moment ago may be used again: binding picks a port before it is known
            // which endpoint it is for, and would run out of them within a minute of many probes.
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = socket.connect(self.to).await?;
        // Refused where the endpoint has hung up already; the connection stood all the same.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

/// Connects within `limit` (C-9, C-10).
pub(super) async fn connect<D: Dial>(dial: &D, limit: Duration, notes: &mut Notes) -> Result<D::Stream, Outcome> {
    let started = Instant::now();
    let stream = match timeout(limit, dial.dial()).await {
        Ok(connected) => connected.map_err(|error| Outcome::of_connect(&error))?,
        Err(_) => return Err(Outcome::ConnectTimedOut),
    };
    notes.phases.connect = Some(started.elapsed());
    Ok(stream)
}

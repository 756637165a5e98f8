//! TCP probes: a connection that stands in time is a success; it is closed at once (C-9).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::outcome::Outcome;

/// Connects once within `limit`.
pub(super) async fn ask(address: SocketAddr, limit: Duration) -> Outcome {
    match timeout(limit, TcpStream::connect(address)).await {
        Ok(Ok(_)) => Outcome::Connected,
        Ok(Err(error)) => Outcome::of_connect(&error),
        Err(_) => Outcome::ConnectTimedOut,
    }
}

//! The listener of the API: HTTP/1.1, in the clear or by TLS.
//!
//! There are only so many connections, and one that brings no request for a while is over; so is one whose client
//! takes too long over a request or its response.

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use super::respond::{Api, Scheme, answer};

/// Connections at one time; others wait to be accepted.
const CONNECTIONS: u32 = 256;
/// From the head of a request to that of the next: its body, its operation, its response, and rest.
const PATIENCE: Duration = Duration::from_secs(60);
/// A TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The most bytes of a head; presigned requests have long ones.
const LARGEST_HEAD: usize = 64 << 10;
const PAUSE: Duration = Duration::from_millis(100);
/// How long requests may still take after the word to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves the API until `stop` says true, and then what is under way.
pub async fn serve(
    listener: std::net::TcpListener,
    acceptor: Option<TlsAcceptor>,
    api: Arc<Api>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let seats = Arc::new(Semaphore::new(CONNECTIONS as usize));
    loop {
        let accepting = async {
            // The semaphore is never closed, so a seat always comes.
            let seat = seats.clone().acquire_owned().await.ok();
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accepting => accepted,
        };
        let Ok((stream, _)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let (acceptor, api, stop) = (acceptor.clone(), api.clone(), stop.clone());
        tokio::spawn(async move {
            welcome(stream, acceptor, &api, stop).await;
            drop(seat);
        });
    }
    // What does not end in time is cut with the process.
    let _ = timeout(GRACE, seats.acquire_many(CONNECTIONS)).await;
    Ok(())
}

async fn welcome(stream: TcpStream, acceptor: Option<TlsAcceptor>, api: &Arc<Api>, stop: watch::Receiver<bool>) {
    // Responses are small and whole.
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => converse(stream, Scheme::Http, api, stop).await,
        Some(acceptor) => {
            // Whoever does not finish shaking hands is nobody's loss.
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                converse(stream, Scheme::Https, api, stop).await;
            }
        }
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    scheme: Scheme,
    api: &Arc<Api>,
    mut stop: watch::Receiver<bool>,
) {
    let asked = Mutex::new(Instant::now());
    let last = || *asked.lock().unwrap_or_else(PoisonError::into_inner);
    let service = service_fn(|request| {
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        async move { Ok::<_, Infallible>(answer(api, request, scheme).await) }
    });
    let mut http = http1::Builder::new();
    http.max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut is_stopping = false;
    loop {
        let end = last() + PATIENCE;
        tokio::select! {
            // An error is the end of a connection like any other.
            _ = connection.as_mut() => return,
            () = sleep_until(end) => {
                if last() + PATIENCE <= Instant::now() {
                    return;
                }
            }
            _ = stop.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

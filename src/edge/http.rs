//! HTTP for the operator: `/metrics`, `/health`, `/ready`.
//!
//! What the pages say is asked of [`Pages`]; here are only routes and bounds. A connection has one deadline
//! for everything, whatever its client sends or does not read, and there are only so many connections.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep};

use super::tcp::told;

/// The life of one connection, requests and all.
const LIFETIME: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 64;
const BODY: usize = 1 << 20;
const PAUSE: Duration = Duration::from_millis(100);
/// How long requests may still take after the word to stop.
const GRACE: Duration = Duration::from_secs(1);

/// What the pages say.
pub trait Pages: Send + Sync + 'static {
    /// The metrics in Prometheus' text format.
    fn metrics(&self) -> String;
    /// Whether queries are answered and will be; if not, why.
    fn ready(&self) -> Result<(), &'static str>;
}

/// Serves the pages until `stop` says true.
pub async fn serve<P: Pages>(
    listener: std::net::TcpListener,
    pages: Arc<P>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = Bounded { listener: TcpListener::from_std(listener)?, seats: Arc::new(Semaphore::new(CONNECTIONS)) };
    let routes = Router::new()
        .route("/metrics", get(metrics::<P>))
        .route("/health", get(async || "alive\n"))
        .route("/ready", get(ready_page::<P>))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(pages);
    let mut until = stop.clone();
    let serving = axum::serve(listener, routes).with_graceful_shutdown(async move { told(&mut until).await });
    let late = async {
        told(&mut stop).await;
        sleep(GRACE).await;
    };
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        served = &mut serving => served,
        () = late => Ok(()),
    }
}

async fn metrics<P: Pages>(State(pages): State<Arc<P>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], pages.metrics())
}

async fn ready_page<P: Pages>(State(pages): State<Arc<P>>) -> (StatusCode, String) {
    match pages.ready() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

struct Bounded {
    listener: TcpListener,
    seats: Arc<Semaphore>,
}

impl Listener for Bounded {
    type Io = Mortal;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Mortal, SocketAddr) {
        loop {
            // The semaphore is never closed, so a permit always comes.
            let permit = self.seats.clone().acquire_owned().await.ok();
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    return (Mortal { stream, end: Box::pin(sleep(LIFETIME)), _permit: permit }, from);
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A stream that fails once its time is over.
struct Mortal {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Mortal {
    fn poll_alive(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Mortal {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.poll_alive(context)?;
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Mortal {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_alive(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_alive(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    async fn fetch(address: SocketAddr, path: &str) -> io::Result<String> {
        let mut stream = timeout(LIFETIME, TcpStream::connect(address)).await??;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    struct Canned(AtomicBool);

    impl Pages for Canned {
        fn metrics(&self) -> String {
            "waymark_up 1\n".to_owned()
        }
        fn ready(&self) -> Result<(), &'static str> {
            if self.0.load(Ordering::Relaxed) { Ok(()) } else { Err("loading zones") }
        }
    }

    #[tokio::test]
    async fn pages_say_what_they_are_asked_and_end_when_told() {
        let listener = super::super::listen::bind_tcp(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let pages = Arc::new(Canned(AtomicBool::new(false)));
        let (tell, stop) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, pages.clone(), stop));
        let unready = fetch(address, "/ready").await.unwrap();
        assert!(unready.starts_with("HTTP/1.1 503") && unready.ends_with("loading zones\n"), "{unready}");
        pages.0.store(true, Ordering::Relaxed);
        assert!(fetch(address, "/ready").await.unwrap().starts_with("HTTP/1.1 200"));
        assert!(fetch(address, "/health").await.unwrap().ends_with("alive\n"));
        assert!(fetch(address, "/metrics").await.unwrap().ends_with("waymark_up 1\n"));
        assert!(fetch(address, "/nowhere").await.unwrap().starts_with("HTTP/1.1 404"));
        tell.send(true).unwrap();
        timeout(LIFETIME, serving).await.expect("ends").unwrap().unwrap();
    }
}

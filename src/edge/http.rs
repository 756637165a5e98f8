//! HTTP for the operator: `/metrics`, `/health`, `/ready`, and statuses that scripts push.
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
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep};

use super::tcp::told;
use crate::model::CheckId;

/// The life of one connection, requests and all.
const LIFETIME: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 64;
/// The most bytes of a request's body.
const BODY: usize = 16 << 10;
const PAUSE: Duration = Duration::from_millis(100);
/// How long requests may still take after the word to stop.
const GRACE: Duration = Duration::from_secs(1);

/// What the pages say.
pub trait Pages: Send + Sync + 'static {
    /// The metrics in Prometheus' text format.
    fn metrics(&self) -> String;
    /// Whether queries are answered and will be; if not, why.
    fn ready(&self) -> Result<(), &'static str>;
    /// Takes the status of a check from a script that shows this Authorization header.
    fn push(&self, check: &CheckId, authorization: Option<&[u8]>, body: &[u8]) -> Pushed;
}

/// What became of a pushed status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It holds.
    Taken,
    /// Whoever asks may not push.
    Unauthorized,
    /// Nothing takes pushes here: why, in words.
    Nowhere(String),
    /// The body is not understood, and why.
    Malformed(String),
    /// There is no world yet.
    Loading,
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
        .route("/v1/health-checks/{id}/status", put(push::<P>))
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

async fn push<P: Pages>(
    State(pages): State<Arc<P>>,
    Path(check): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    match pages.push(&CheckId(check.into()), authorization, &body) {
        Pushed::Taken => StatusCode::NO_CONTENT.into_response(),
        Pushed::Unauthorized => {
            let asks = [(header::WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, asks, "show the push token: Authorization: Bearer TOKEN\n").into_response()
        }
        Pushed::Nowhere(why) => (StatusCode::NOT_FOUND, format!("{why}\n")).into_response(),
        Pushed::Malformed(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
        Pushed::Loading => (StatusCode::SERVICE_UNAVAILABLE, "loading\n").into_response(),
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
        fn push(&self, check: &CheckId, authorization: Option<&[u8]>, body: &[u8]) -> Pushed {
            match (authorization, &*check.0) {
                (None, _) => Pushed::Unauthorized,
                (_, "loading") => Pushed::Loading,
                (_, "a job/1") if body == b"up" => Pushed::Taken,
                (_, "a job/1") => Pushed::Malformed("not up".to_owned()),
                _ => Pushed::Nowhere("there is none".to_owned()),
            }
        }
    }

    async fn put(address: SocketAddr, check: &str, rest: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("PUT /v1/health-checks/{check}/status HTTP/1.1\r\nhost: t\r\nconnection: close\r\n{rest}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        timeout(LIFETIME, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn statuses_are_pushed_with_a_word_for_every_mistake() {
        let listener = super::super::listen::bind_tcp(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (_tell, stop) = watch::channel(false);
        tokio::spawn(serve(listener, Arc::new(Canned(AtomicBool::new(true))), stop));
        let up = "authorization: x\r\ncontent-length: 2\r\n\r\nup";
        assert!(put(address, "a%20job%2F1", up).await.starts_with("HTTP/1.1 204"));
        let wrong = put(address, "a%20job%2F1", "authorization: x\r\ncontent-length: 2\r\n\r\nxx").await;
        assert!(wrong.starts_with("HTTP/1.1 400") && wrong.ends_with("not up\n"), "{wrong}");
        let unknown = put(address, "b", up).await;
        assert!(unknown.starts_with("HTTP/1.1 404") && unknown.ends_with("there is none\n"), "{unknown}");
        assert!(put(address, "loading", up).await.starts_with("HTTP/1.1 503"));
        let stranger = put(address, "b", "content-length: 2\r\n\r\nup").await;
        assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
        assert!(stranger.to_lowercase().contains("www-authenticate: bearer\r\n"), "{stranger}");
        let body = "x".repeat(BODY + 1);
        let long = format!("authorization: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let long = put(address, "b", &long).await;
        assert!(long.starts_with("HTTP/1.1 413"), "{long}");
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

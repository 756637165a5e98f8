//! The control socket: `STATE/control.sock`, one JSON object on a line in, one out.
//!
//! ```text
//!  → {"op":"reload"}
//!  ← {"ok":true,"zones":3,…}          or {"ok":false,"error":"…","problems":[{"file":…,"line":…,…}]}
//! ```
//!
//! Who answers is an [`Operations`]'s affair. The socket is also the lock of the state directory: a second
//! server finds it answering and stays away, a socket nobody answers at is left over and replaced.

use std::fs::{DirBuilder, Permissions};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::model::{Problem, Severity};

const FILE: &str = "control.sock";
/// The longest request.
const REQUEST: u64 = 1 << 20;
/// How long a client may take over its request, and over reading the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a client waits for an answer: a reload of very many zones takes its time.
const ANSWER: Duration = Duration::from_secs(300);
const CLIENTS: usize = 16;
const PAUSE: Duration = Duration::from_millis(100);

/// Why the state directory cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Another server answers there.
    #[error("another waymark serves with the state directory {}; give this one another with --state", .0.display())]
    Taken(PathBuf),
    /// The directory or the socket in it cannot be made.
    #[error("cannot make the control socket {}", path.display())]
    Unusable {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whoever carries out what the socket asks for; called on a thread that may block.
pub trait Operations: Send + Sync + 'static {
    /// Carries out `op`; `request` is the whole object it came in. The answer has a truth value `ok`.
    fn perform(&self, op: &str, request: &Value) -> Value;
}

/// A bound control socket; the file goes when it is dropped.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Binds the socket of a state directory, which is made if it is missing; only its owner may connect.
    pub fn bind(state: &Path) -> Result<Self, SocketError> {
        let path = state.join(FILE);
        let unusable = |source| SocketError::Unusable { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(state).map_err(unusable)?;
        match UnixStream::connect(&path) {
            Ok(_) => return Err(SocketError::Taken(state.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                std::fs::remove_file(&path).map_err(unusable)?;
            }
            Err(error) => return Err(unusable(error)),
        }
        let listener = UnixListener::bind(&path).map_err(unusable)?;
        let socket = Self { listener, path: path.clone() };
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(unusable)?;
        socket.listener.set_nonblocking(true).map_err(unusable)?;
        Ok(socket)
    }

    /// Answers requests until dropped.
    pub async fn serve<O: Operations>(self, operations: Arc<O>) -> io::Result<()> {
        let listener = tokio::net::UnixListener::from_std(self.listener.try_clone()?)?;
        let clients = Arc::new(Semaphore::new(CLIENTS));
        loop {
            // The semaphore is never closed, so a permit always comes.
            let permit = clients.clone().acquire_owned().await.ok();
            match listener.accept().await {
                Ok((stream, _)) => {
                    let operations = operations.clone();
                    tokio::spawn(async move {
                        // A client that went away before its answer has only itself to tell.
                        let _ = converse(stream, operations).await;
                        drop(permit);
                    });
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Left over, it would be replaced by the next server.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn converse<O: Operations>(mut stream: tokio::net::UnixStream, operations: Arc<O>) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    timeout(PATIENCE, tokio::io::BufReader::new(reading.take(REQUEST)).read_line(&mut line)).await??;
    let answer = match serde_json::from_str::<Value>(&line) {
        Ok(request) => tokio::task::spawn_blocking(move || {
            let op = request.get("op").and_then(Value::as_str).unwrap_or_default();
            operations.perform(op, &request)
        })
        .await
        .unwrap_or_else(|_| failed("the operation panicked; see the server's log", &[])),
        Err(error) => failed(&format!("the request is not one JSON object on a line: {error}"), &[]),
    };
    timeout(PATIENCE, writing.write_all(format!("{answer}\n").as_bytes())).await?
}

/// Asks the server of a state directory, and waits for its answer.
pub fn ask(state: &Path, request: &Value) -> io::Result<Value> {
    let mut stream = UnixStream::connect(state.join(FILE))?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{request}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

/// The answer to what could not be done.
pub fn failed(error: &str, problems: &[Problem]) -> Value {
    json!({ "ok": false, "error": error, "problems": problems.iter().map(problem).collect::<Vec<_>>() })
}

/// A problem as JSON.
pub fn problem(problem: &Problem) -> Value {
    let Problem { severity, at, what, mend } = problem;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({ "severity": severity, "file": &*at.file, "line": at.line, "what": what, "mend": mend })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Operations for Echo {
        fn perform(&self, op: &str, request: &Value) -> Value {
            assert_ne!(op, "panic", "asked to");
            json!({ "ok": true, "op": op, "said": request["say"] })
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn answers_lines_and_survives_nonsense_and_panics() {
        let state = tempfile::tempdir().unwrap();
        let directory = state.path().join("state");
        let socket = ControlSocket::bind(&directory).unwrap();
        let serving = tokio::spawn(socket.serve(Arc::new(Echo)));
        let asked = tokio::task::spawn_blocking(move || {
            let said = ask(&directory, &json!({ "op": "echo", "say": "line\nbreak" })).unwrap();
            assert_eq!(said, json!({ "ok": true, "op": "echo", "said": "line\nbreak" }));
            assert_eq!(ask(&directory, &json!({ "op": "panic" })).unwrap()["ok"], false);
            let mut stream = UnixStream::connect(directory.join(FILE)).unwrap();
            stream.write_all(b"reload please\n").unwrap();
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).unwrap();
            assert!(line.contains("not one JSON object"), "{line}");
            let mode = std::fs::metadata(directory.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        });
        asked.await.unwrap();
        serving.abort();
        let _ = serving.await;
        assert!(!state.path().join("state").join(FILE).exists(), "the file goes with the server");
    }

    #[test]
    fn a_second_server_is_refused_and_a_leftover_replaced() {
        let state = tempfile::tempdir().unwrap();
        let first = ControlSocket::bind(state.path()).unwrap();
        assert!(matches!(ControlSocket::bind(state.path()), Err(SocketError::Taken(_))));
        drop(first);
        // A process that was killed leaves its file behind.
        drop(UnixListener::bind(state.path().join(FILE)).unwrap());
        assert!(state.path().join(FILE).exists());
        ControlSocket::bind(state.path()).expect("a leftover is replaced");
    }
}

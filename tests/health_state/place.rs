//! A folder with zones and a state directory, and server processes that come and go in it.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use serde_json::Value;
use tempfile::TempDir;
use waymark::control::socket;

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Place {
    folder: TempDir,
}

pub(crate) struct Server {
    child: Child,
    pub(crate) dns: SocketAddr,
}

impl Place {
    pub(crate) fn new(zone: &str, config: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(place.path("zones")).expect("a folder for zones");
        place.write_zone(zone);
        fs::write(place.path("waymark.toml"), config).expect("a configuration is written");
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.path("state").join(name)
    }

    pub(crate) fn write_zone(&self, text: &str) {
        fs::write(self.path("zones/example.com.toml"), text).expect("a zone is written");
    }

    /// The `waymark` command in the folder.
    pub(crate) fn waymark(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command.args(arguments).current_dir(self.folder.path()).env("USER", "ann");
        command
    }

    /// What the command says when it succeeds.
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        let output = self.waymark(arguments).output().expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What the command says, as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let said = self.said(&[arguments, &["--json"]].concat());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}"))
    }

    /// How the command ends and what it complains of when it does not succeed.
    pub(crate) fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stderr, .. } = self.waymark(arguments).output().expect("the binary runs");
        assert!(!status.success(), "{arguments:?} succeeded");
        (status.code().expect("an exit code"), text(&stderr))
    }

    pub(crate) fn ask(&self, request: &Value) -> std::io::Result<Value> {
        socket::ask(&self.path("state"), request)
    }

    /// The check as `waymark health` has it.
    pub(crate) fn check(&self, id: &str) -> Value {
        self.json(&["health", id])["checks"][0].clone()
    }

    /// A server that answers and can be asked; what it logs goes to `log`.
    pub(crate) fn start(&self) -> Server {
        let log = OpenOptions::new().append(true).create(true).open(self.path("log")).expect("a log");
        let mut child = self
            .waymark(&["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let opening = "waymark answers on ";
        let Some(line) = lines.find(|line| line.starts_with(opening)) else { panic!("{}", self.log()) };
        let address = line[opening.len()..].split(' ').next().unwrap_or_default();
        let server = Server { child, dns: address.parse().expect("an address") };
        poll("the control socket", || self.ask(&serde_json::json!({ "op": "status" })).ok());
        server
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Server {
    /// Ends it without a word: SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// The address that a name of the zone has now.
    pub(crate) fn address(&self, name: &str) -> String {
        poll("an answer", || {
            let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
            socket.connect(self.dns).expect("loopback");
            socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket option");
            let mut query = Message::new(7, MessageType::Query, OpCode::Query);
            query.add_query(Query::query(Name::from_ascii(format!("{name}.example.com.")).unwrap(), RecordType::A));
            socket.send(&query.to_vec().expect("a query")).expect("loopback sends");
            let mut buffer = [0; 4096];
            let length = socket.recv(&mut buffer).ok()?;
            let answer = Message::from_vec(&buffer[..length]).expect("an answer can be read");
            Some(answer.answers.iter().map(|record| record.data.to_string()).collect::<Vec<_>>().join(" "))
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that is gone already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is an answer.
pub(crate) fn poll<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "gave up waiting for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! A real server process on ports of its own, and a client for it.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::{Value, json};
use tempfile::TempDir;
use waymark::control::socket;

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    said: RefCell<Vec<String>>,
    folder: TempDir,
    pub(crate) dns: SocketAddr,
    pub(crate) http: SocketAddr,
}

/// The `waymark` command with these arguments.
pub(crate) fn waymark(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    command.args(arguments);
    command
}

impl Server {
    /// A server of these zone files, with these keys in its configuration; returns once it answers.
    pub(crate) fn start(zones: &[(&str, &str)], config: &str) -> Self {
        Self::start_notifying(zones, config, None)
    }

    /// The same, telling `notify` what it would tell systemd.
    pub(crate) fn start_notifying(zones: &[(&str, &str)], config: &str, notify: Option<&Path>) -> Self {
        Self::begin(zones, config, &[], notify).greeted()
    }

    /// A server that may not answer yet, with more flags.
    pub(crate) fn begin(zones: &[(&str, &str)], config: &str, flags: &[&str], notify: Option<&Path>) -> Self {
        let mut command = waymark(&["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        command.args(flags).envs(notify.map(|socket| ("NOTIFY_SOCKET", socket)));
        Self::run(command, zones, config)
    }

    /// The same at the addresses of its configuration.
    pub(crate) fn listening(zones: &[(&str, &str)], config: &str) -> Self {
        Self::run(waymark(&["serve", "--http", "127.0.0.1:0"]), zones, config).greeted()
    }

    /// What `command` starts, in a folder of its own.
    pub(crate) fn run(mut command: Command, zones: &[(&str, &str)], config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("zones")).expect("a folder for zones");
        for (name, text) in zones {
            std::fs::write(folder.path().join("zones").join(name), text).expect("a zone is written");
        }
        std::fs::write(folder.path().join("waymark.toml"), config).expect("a configuration is written");
        let mut child = command
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let (tell, lines) = channel();
        let (output, errors) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let tell_errors = tell.clone();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        std::thread::spawn(move || {
            BufReader::new(errors).lines().map_while(Result::ok).try_for_each(|line| tell_errors.send(line))
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { child, lines, said: RefCell::default(), folder, dns: nowhere, http: nowhere }
    }

    /// Waits until it says that it answers, and where.
    pub(crate) fn greeted(mut self) -> Self {
        self.dns = self.address_after("waymark answers on ");
        self.http = self.address_after("metrics on http://");
        self
    }

    fn address_after(&self, opening: &str) -> SocketAddr {
        let line = self.until(opening);
        let rest = &line[opening.len()..];
        let end = rest.find([' ', ',', '/']).unwrap_or(rest.len());
        rest[..end].parse().unwrap_or_else(|_| panic!("an address in {line:?}"))
    }

    /// Reads what the server says, on to a line that contains `part`.
    pub(crate) fn until(&self, part: &str) -> String {
        let mut said = self.said.borrow_mut();
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else { panic!("no {part:?} in {said:#?}") };
            said.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn zone_path(&self, name: &str) -> PathBuf {
        self.folder.path().join("zones").join(name)
    }

    /// Replaces a zone file in one step, as an editor does.
    pub(crate) fn write_zone(&self, name: &str, text: &str) {
        let fresh = self.folder.path().join("fresh");
        std::fs::write(&fresh, text).expect("a zone is written");
        std::fs::rename(fresh, self.zone_path(name)).expect("a zone is moved");
    }

    pub(crate) fn write_config(&self, text: &str) {
        std::fs::write(self.folder.path().join("waymark.toml"), text).expect("a configuration is written");
    }

    pub(crate) fn ask_control(&self, request: &Value) -> Value {
        socket::ask(&self.state(), request).expect("the control socket answers")
    }

    pub(crate) fn reload(&self) -> Value {
        self.ask_control(&json!({ "op": "reload" }))
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Lowers or raises the limit of its file descriptors, up to the hard one; what it was.
    pub(crate) fn limit_descriptors(&self, most: Option<u64>) -> Option<u64> {
        let process = Pid::from_raw(self.child.id() as i32);
        let maximum = getrlimit(Resource::Nofile).maximum;
        let limit = Rlimit { current: most, maximum };
        prlimit(process, Resource::Nofile, limit).expect("a limit of our own child").current
    }

    /// Waits for the process to end by itself.
    pub(crate) fn end(mut self) -> ExitStatus {
        poll("the server to end", || self.child.try_wait().expect("the process can be asked"))
    }

    pub(crate) fn page(&self, path: &str) -> String {
        fetch(self.http, path)
    }

    /// Ends the process; everything it said.
    pub(crate) fn ended(mut self) -> Vec<String> {
        self.signal("TERM");
        poll("the server to end", || self.child.try_wait().expect("the process can be asked"));
        let mut said = self.said.take();
        said.extend(self.lines.iter());
        said
    }

    /// The value of one series, 0 where it is not there yet.
    pub(crate) fn metric(&self, series: &str) -> f64 {
        let page = self.page("/metrics");
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().expect("a number"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
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
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

pub(crate) fn fetch(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("HTTP accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket option");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: waymark\r\nconnection: close\r\n\r\n").expect("HTTP reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("HTTP answers");
    text
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("the binary runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn query(id: u16, name: &str, rtype: RecordType) -> Vec<u8> {
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.add_query(Query::query(Name::from_ascii(name).expect("a name"), rtype));
    message.to_vec().expect("a query can be written")
}

/// One question over UDP; `None` when no answer comes in time.
pub(crate) fn udp(server: SocketAddr, name: &str, rtype: RecordType) -> Option<Message> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.connect(server).expect("loopback");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket option");
    socket.send(&query(7, name, rtype)).expect("loopback sends");
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer).ok()?;
    Some(Message::from_vec(&buffer[..length]).expect("an answer can be read"))
}

/// The values answered, as text.
pub(crate) fn values(message: &Message) -> Vec<String> {
    message.answers.iter().map(|record| record.data.to_string()).collect()
}

pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    let mut framed = (message.len() as u16).to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    framed
}

pub(crate) fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).expect("TCP accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket option");
    stream
}

pub(crate) fn read_framed(stream: &mut TcpStream) -> std::io::Result<Message> {
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut message)?;
    Ok(Message::from_vec(&message).expect("an answer can be read"))
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

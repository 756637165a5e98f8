//! A server process with an API, and a client of it that signs: as little of both as the storm needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use ring::digest::{SHA256, digest};
use ring::hmac;

const KEY: &str = "WAYMARKSTORM0001";
const SECRET: &str = "a secret that only this test knows";
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that may be killed at any moment.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) dns: SocketAddr,
    pub(crate) api: SocketAddr,
}

impl Server {
    /// Starts in a folder, and returns once it answers and its API does.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]).current_dir(folder);
        command.env("WAYMARK_ACCESS_KEY_ID", KEY).env("WAYMARK_SECRET_ACCESS_KEY", SECRET);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let mut after = |opening: &str| -> SocketAddr {
            let line = said.find(|line| line.contains(opening)).unwrap_or_else(|| panic!("it never said {opening:?}"));
            let rest = line.split(opening).nth(1).unwrap_or_default();
            let end = rest.find([' ', ',', ';', '/']).unwrap_or(rest.len());
            rest[..end].parse().unwrap_or_else(|_| panic!("an address in {line:?}"))
        };
        let (dns, api) = (after("waymark answers on "), after("Route 53 API on http://"));
        // Whoever writes to a pipe that nobody reads is stopped.
        std::thread::spawn(move || said.count());
        Self { child, dns, api }
    }

    /// The address of a name, as the server answers; none where it has none.
    pub(crate) fn dig(&self, name: &str) -> Vec<String> {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
        socket.connect(self.dns).expect("loopback");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket option");
        let mut message = Message::new(7, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(Name::from_ascii(name).expect("a name"), RecordType::A));
        socket.send(&message.to_vec().expect("a query")).expect("loopback sends");
        let mut buffer = [0; 4096];
        let length = socket.recv(&mut buffer).expect("an answer");
        let answer = Message::from_vec(&buffer[..length]).expect("an answer can be read");
        answer.answers.iter().map(|record| record.data.to_string()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed before is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks the API; the response's status and body, or nothing where there was no whole response.
pub(crate) fn ask(api: SocketAddr, method: &str, target: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(api).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let headers = sign(&api.to_string(), method, target, body);
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut response = String::new();
    stream.read_to_string(&mut response).ok()?;
    let (head, body) = response.split_once("\r\n\r\n")?;
    let told = head.to_ascii_lowercase();
    let length: usize = told.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    (body.len() == length).then(|| Some((head.get(9..12)?.parse().ok()?, body.to_owned())))?
}

/// The headers of a request that is signed now.
fn sign(host: &str, method: &str, target: &str, body: &str) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() as i64;
    let now = time::OffsetDateTime::from_unix_timestamp(since).expect("a moment");
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let moment = now.format(format).expect("a text");
    let day = &moment[..8];
    let hexadecimal = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let hash = |text: &str| hexadecimal(digest(&SHA256, text.as_bytes()).as_ref());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = format!("host:{host}\nx-amz-date:{moment}\n");
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\nhost;x-amz-date\n{}", hash(body));
    let scope = format!("{day}/us-east-1/route53/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hash(&canonical));
    let keyed =
        |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec();
    let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| keyed(&key, part));
    let signature = hexadecimal(&keyed(&key, &text));
    format!(
        "x-amz-date: {moment}\r\nauthorization: AWS4-HMAC-SHA256 Credential={KEY}/{scope}, \
         SignedHeaders=host;x-amz-date, Signature={signature}\r\n"
    )
}

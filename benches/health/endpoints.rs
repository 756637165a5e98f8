//! Endpoints in a process of their own: those that answer, and tarpits of every kind, told apart by their address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The argument that makes this program the endpoints.
pub(crate) const ROLE: &str = "endpoints";
/// What a well endpoint answers.
pub(crate) const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nOK\n";
/// Kinds of tarpits.
const KINDS: usize = 7;

/// The endpoints at work, all on one port of 127.0.0.0/8.
pub(crate) struct Endpoints {
    child: Child,
    port: u16,
}

impl Endpoints {
    /// Starts them.
    pub(crate) fn start() -> std::io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let port = line.trim().parse().map_err(|_| std::io::Error::other(format!("no port in {line:?}")))?;
        Ok(Self { child, port })
    }

    /// A zone of weighted records, each with a check of an endpoint of its own; the last `tarpits` are tarpits.
    pub(crate) fn zone(&self, checks: usize, tarpits: usize) -> String {
        let mut zone = String::from("zone = \"bench.example\"\nttl = 1\n");
        for at in 0..checks {
            let tarpit = (at + tarpits).checked_sub(checks);
            let (high, low) = (at / 250, at % 250 + 1);
            let (scheme, address) = match tarpit {
                None => ("http", format!("127.1.{high}.{low}")),
                Some(tarpit) => {
                    let kind = tarpit % KINDS;
                    (if kind == 6 { "https" } else { "http" }, format!("127.2.{kind}.{}", tarpit / KINDS + 1))
                }
            };
            zone += &format!("[check.c{at}]\n{scheme} = \"{scheme}://{address}:{}/\"\ninterval = 10\n", self.port);
            if tarpit.is_some() {
                zone += "search = \"is not there\"\n";
            }
        }
        for group in 0..checks.div_ceil(100) {
            zone += &format!("[[record]]\nname = \"g{group}\"\ntype = \"A\"\nweighted = [\n");
            for at in group * 100..checks.min(group * 100 + 100) {
                zone += &format!("  {{ id = \"c{at}\", weight = 1, value = \"192.0.2.1\", check = \"c{at}\" }},\n");
            }
            zone += "]\n";
        }
        zone
    }
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the endpoints, until the process that wants them is gone.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    std::thread::spawn(|| {
        // The other end of standard input goes with whoever started us.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))).expect("a port");
        let listener: TcpListener = socket.listen(4096).expect("it listens");
        println!("{}", listener.local_addr().expect("an address").port());
        let _ = std::io::stdout().flush();
        loop {
            let Ok((stream, peer)) = listener.accept().await else { continue };
            if peer.ip().is_loopback() {
                tokio::spawn(answer(stream));
            }
        }
    });
}

async fn answer(mut stream: TcpStream) {
    let address = stream.local_addr().map(|address| address.ip());
    let Ok(IpAddr::V4(address)) = address else { return };
    let [_, role, kind, _] = address.octets();
    let mut asked = [0; 1024];
    if role != 2 {
        if stream.read(&mut asked).await.is_ok_and(|length| length > 0) {
            let _ = stream.write_all(ANSWER).await;
        }
        return;
    }
    let _ = stream.readable().await;
    // Every kind ends when the prober hangs up.
    let _ = match kind {
        0 => std::future::pending().await,
        1 => drip(&mut stream).await,
        2 => flood(&mut stream, b"HTTP/1.1 200 OK\r\n", &b"x-more: of the same\r\n".repeat(40)).await,
        3 => flood(&mut stream, b"HTTP/1.1 200 OK\r\n\r\n", &[b'.'; 1024]).await,
        4 | 6 => stream.write_all(&[0x16, 0x03, 0xff, 0, 1, 2, 0xde, 0xad, 0xbe, 0xef, b'\n', b'\n']).await,
        _ => SockRef::from(&stream).set_linger(Some(Duration::ZERO)),
    };
}

/// One byte of a good answer every half second.
async fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    for byte in ANSWER {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// A beginning, and then more of the same without end.
async fn flood(stream: &mut TcpStream, beginning: &[u8], more: &[u8]) -> std::io::Result<()> {
    stream.write_all(beginning).await?;
    loop {
        stream.write_all(more).await?;
    }
}

//! From an endpoint's death to changed answers on the wire.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::endpoints::ANSWER;
use crate::server::Server;

const INTERVAL: Duration = Duration::from_secs(1);
const THRESHOLD: u32 = 3;
/// What the wire may take beyond the worst case of C-19.
const BAR: Duration = Duration::from_millis(50);
const PRIMARY: [u8; 4] = [192, 0, 2, 1];

/// Endpoints that are going to die.
pub(crate) struct Deaths(Vec<Mortal>);

struct Mortal {
    address: SocketAddr,
    dying: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Deaths {
    /// So many endpoints, alive.
    pub(crate) fn prepare(trials: usize) -> std::io::Result<Self> {
        let mortal = |at: usize| {
            let listener = TcpListener::bind(format!("127.3.0.{}:0", at + 1))?;
            let address = listener.local_addr()?;
            let dying = Arc::new(AtomicBool::new(false));
            let ends = dying.clone();
            let thread = std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if ends.load(Ordering::SeqCst) {
                        return;
                    }
                    if let Ok(mut stream) = stream {
                        // A probe that hangs up early is asked nothing more.
                        let _ = stream.read(&mut [0; 1024]).and_then(|_| stream.write_all(ANSWER));
                    }
                }
            });
            Ok(Mortal { address, dying, thread })
        };
        (0..trials).map(mortal).collect::<std::io::Result<_>>().map(Self)
    }

    /// Checks of them, and a failover record for each.
    pub(crate) fn zone(&self) -> String {
        let record = |(at, mortal): (usize, &Mortal)| {
            format!(
                "[check.m{at}]\nhttp = \"http://{}/\"\ninterval = {}\nthreshold = {THRESHOLD}\n\
                 [[record]]\nname = \"m{at}\"\ntype = \"A\"\n\
                 failover = {{ primary = {{ value = \"192.0.2.1\", check = \"m{at}\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n",
                mortal.address,
                INTERVAL.as_secs()
            )
        };
        self.0.iter().enumerate().map(record).collect()
    }

    /// Lets one die after the other, at moments that have nothing to do with their probes; how long answers took to
    /// follow.
    pub(crate) fn measure(self, server: &Server) -> std::io::Result<Vec<Duration>> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(server.dns)?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut delays = Vec::new();
        for (at, mortal) in self.0.into_iter().enumerate() {
            if !answers_primary(&socket, at)? {
                return Err(std::io::Error::other(format!("m{at} was dead before its time")));
            }
            std::thread::sleep(INTERVAL * (at as u32 * 37 % 100) / 100);
            mortal.dying.store(true, Ordering::SeqCst);
            // The thread lets go of its listener at the next connection; from then on nobody is there.
            drop(std::net::TcpStream::connect(mortal.address));
            let _ = mortal.thread.join();
            let died = Instant::now();
            while answers_primary(&socket, at)? {
                if died.elapsed() > (INTERVAL * THRESHOLD) * 3 {
                    return Err(std::io::Error::other(format!("m{at} died and nobody noticed")));
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            delays.push(died.elapsed());
        }
        Ok(delays)
    }
}

/// Whether `m{at}` is answered with its primary's address.
fn answers_primary(socket: &UdpSocket, at: usize) -> std::io::Result<bool> {
    let label = format!("m{at}");
    let mut query = vec![0, at as u8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, label.len() as u8];
    query.extend_from_slice(label.as_bytes());
    query.extend_from_slice(b"\x05bench\x07example\0\0\x01\0\x01");
    socket.send(&query)?;
    let mut reply = [0; 512];
    let length = socket.recv(&mut reply)?;
    Ok(reply[..length].ends_with(&PRIMARY))
}

/// Prints the delays; whether they keep the bar.
pub(crate) fn table(delays: &[Duration]) -> bool {
    let worst = INTERVAL * THRESHOLD;
    let most = delays.iter().max().copied().unwrap_or_default();
    println!(
        "\nfrom death to changed answers, threshold {THRESHOLD}, interval {INTERVAL:?}: at most {worst:?} + probes + {BAR:?}"
    );
    let listed: Vec<_> = delays.iter().map(|delay| format!("{:.3}", delay.as_secs_f64())).collect();
    println!("seconds: {}", listed.join(" "));
    println!("longest: {:+.1} ms of the worst case", (most.as_secs_f64() - worst.as_secs_f64()) * 1000.0);
    most <= worst + BAR
}

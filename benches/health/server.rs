//! A waymark server under measurement, and what the system and its own metrics say of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A server that answers.
pub(crate) struct Server {
    child: Child,
    pub(crate) dns: SocketAddr,
    http: SocketAddr,
    _folder: TempDir,
}

/// The process and its fleet at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) at: Instant,
    /// Processor time used since the start, of all threads.
    pub(crate) cpu: Duration,
    /// Resident memory in bytes.
    pub(crate) memory: u64,
    /// Probes that began so late, by upper bound in milliseconds, cumulated; the last is all of them.
    pub(crate) late: Vec<(f64, u64)>,
    /// Probes that ended.
    pub(crate) probes: u64,
    /// Probes under way, overdue and uncounted.
    pub(crate) others: [u64; 3],
    pub(crate) unhealthy: usize,
}

impl Server {
    /// Starts one with a zone; returns once it answers.
    pub(crate) fn start(zone: &str) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("zones"))?;
        std::fs::write(folder.path().join("zones/bench.example.toml"), zone)?;
        std::fs::write(folder.path().join("waymark.toml"), "[log]\nlevel = \"error\"\n")?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .args(["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let output = child.stdout.take();
        let mut server = Self { child, dns: nowhere, http: nowhere, _folder: folder };
        let mut lines = output.map(|output| BufReader::new(output).lines()).into_iter().flatten();
        server.dns = address(&mut lines, "waymark answers on ")?;
        server.http = address(&mut lines, "metrics on http://")?;
        Ok(server)
    }

    /// What can be seen of it now.
    pub(crate) fn look(&self) -> std::io::Result<Look> {
        let page = self.page()?;
        let value = |series: &str| {
            let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
            line.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let bucket = |line: &str| {
            let rest = line.strip_prefix("waymark_probe_lateness_seconds_bucket{le=\"")?;
            let (bound, count) = rest.split_once("\"} ")?;
            Some((bound.parse().unwrap_or(f64::INFINITY) * 1000.0, count.parse().ok()?))
        };
        let pid = self.child.id();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let statm = std::fs::read_to_string(format!("/proc/{pid}/statm"))?;
        let ticks: u64 = after_name(&stat).skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        let pages: u64 = statm.split(' ').nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
        let unhealthy = page.lines().filter(|line| line.starts_with("waymark_check_healthy{") && line.ends_with(" 0"));
        Ok(Look {
            at: Instant::now(),
            // USER_HZ is 100 wherever Linux runs, and a page 4096 bytes where this is measured.
            cpu: Duration::from_millis(ticks * 10),
            memory: pages * 4096,
            late: page.lines().filter_map(bucket).collect(),
            probes: value("waymark_probe_duration_seconds_count{phase=\"whole\"}"),
            others: ["waymark_probes_in_flight", "waymark_probes_overdue", "waymark_probes_uncounted_total"].map(value),
            unhealthy: unhealthy.count(),
        })
    }

    fn page(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.http)?;
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The fields of `/proc/PID/stat` after the name, which may hold anything.
fn after_name(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ')
}

fn address(lines: &mut impl Iterator<Item = std::io::Result<String>>, opening: &str) -> std::io::Result<SocketAddr> {
    for line in lines {
        if let Some(rest) = line?.strip_prefix(opening) {
            let end = rest.find([' ', ',', '/']).unwrap_or(rest.len());
            return rest[..end].parse().map_err(std::io::Error::other);
        }
    }
    Err(std::io::Error::other(format!("the server never said {opening:?}")))
}

//! The query log: a line per answered query of a zone, as Route 53 writes it.
//!
//! Answering only copies a record of fixed size into a bounded channel; when the channel is full the record
//! is dropped and counted. Formatting, writing and following log rotation happen on the log's own thread.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Stdout, Write};
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::RecordType;
use crate::model::name::print_byte;
use crate::model::view::Block;
use crate::wire::Transport;

/// Records that may wait for the disk.
pub(super) const WAITING: usize = 8192;
/// The longest zone id printed whole; Route 53's have at most 32 characters.
const ID: usize = 64;
const NAME: usize = 255;
/// How often lines reach the file at the latest, and how often rotation is noticed.
pub(super) const FLUSH: Duration = Duration::from_millis(500);

/// One query, as it is passed to the log's thread.
#[derive(Clone, Debug)]
pub struct Line {
    millis: u64,
    id: [u8; ID],
    id_length: u8,
    name: [u8; NAME],
    name_length: u8,
    rtype: RecordType,
    rcode: u16,
    transport: Transport,
    resolver: IpAddr,
    subnet: Option<(IpAddr, u8)>,
}

/// Where a worker puts its lines.
#[derive(Clone, Debug)]
pub struct QueryLog(SyncSender<Line>);

impl Line {
    /// A line for a reply sent at `time` from the zone called `id`; `name` is the question's, in wire form.
    pub fn new(
        time: SystemTime,
        id: &str,
        name: &[u8],
        (rtype, rcode): (RecordType, u16),
        (transport, resolver): (Transport, IpAddr),
        subnet: Option<(IpAddr, u8)>,
    ) -> Self {
        fn copy<const N: usize>(from: &[u8]) -> ([u8; N], u8) {
            let (mut into, length) = ([0; N], from.len().min(N));
            into[..length].copy_from_slice(&from[..length]);
            (into, length as u8)
        }
        let millis = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let ((id, id_length), (name, name_length)) = (copy(id.as_bytes()), copy(name));
        Self { millis, id, id_length, name, name_length, rtype, rcode, transport, resolver, subnet }
    }

    pub(super) fn print(&self, edge: &str, out: &mut dyn Write) -> io::Result<()> {
        let id = String::from_utf8_lossy(&self.id[..usize::from(self.id_length)]);
        let name = print_name(&self.name[..usize::from(self.name_length)]);
        let transport = match self.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Dot => "DOT",
            Transport::Doh => "DOH",
            Transport::Doq => "DOQ",
            Transport::Doh3 => "DOH3",
        };
        write!(out, "1.0 {} {id} {name} ", timestamp(self.millis))?;
        if self.rtype == RecordType(255) {
            write!(out, "ANY")?
        } else {
            write!(out, "{}", self.rtype)?
        }
        write!(out, " ")?;
        match rcode_name(self.rcode) {
            Some(rcode) => write!(out, "{rcode}")?,
            None => write!(out, "RCODE{}", self.rcode)?,
        }
        write!(out, " {transport} {edge} {} ", self.resolver)?;
        match self.subnet.and_then(|(address, length)| Block::new(address, length)) {
            Some(block) => writeln!(out, "{block}"),
            None => writeln!(out, "-"),
        }
    }
}

impl QueryLog {
    /// Logs to the file at `path`, appending, or to standard output for `-`; `edge` is the edge location
    /// printed. The thread ends when the last `QueryLog` is gone.
    pub fn start(path: &Path, edge: Arc<str>) -> io::Result<(Self, JoinHandle<()>)> {
        let (sender, lines) = sync_channel(WAITING);
        let mut log = Log { path: path.to_owned(), sink: open(path)?, edge };
        let thread = std::thread::Builder::new().name("query-log".to_owned()).spawn(move || log.follow(&lines))?;
        Ok((Self(sender), thread))
    }

    /// Passes a line on; false if there was no room and it is lost.
    pub fn put(&self, line: Line) -> bool {
        self.0.try_send(line).is_ok()
    }
}

enum Sink {
    File(BufWriter<File>),
    Output(BufWriter<Stdout>),
}

struct Log {
    path: PathBuf,
    sink: Sink,
    edge: Arc<str>,
}

impl Log {
    fn follow(&mut self, lines: &Receiver<Line>) {
        let mut failing = false;
        let mut looked = Instant::now();
        loop {
            let written = match lines.recv_timeout(FLUSH) {
                Ok(line) => {
                    let rest = lines.try_iter().take(WAITING);
                    std::iter::once(line).chain(rest).try_for_each(|line| line.print(&self.edge, self.sink.writer()))
                }
                Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut written = written.and_then(|()| self.sink.writer().flush());
            // By the clock and not when nothing comes: a busy log is never without lines.
            if looked.elapsed() >= FLUSH {
                looked = Instant::now();
                written = written.and(self.reopen());
            }
            match written {
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(path = %self.path.display(), %error, "cannot write the query log");
                }
                Err(_) => {}
                Ok(()) => failing = false,
            }
        }
    }

    /// Opens the file anew when what lies at its path is no longer what is open: it was rotated.
    fn reopen(&mut self) -> io::Result<()> {
        let Sink::File(file) = &self.sink else { return Ok(()) };
        let open_now = file.get_ref().metadata()?;
        let same = std::fs::metadata(&self.path)
            .is_ok_and(|there| (there.dev(), there.ino()) == (open_now.dev(), open_now.ino()));
        if !same {
            self.sink = open(&self.path)?;
        }
        Ok(())
    }
}

impl Sink {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::File(file) => file,
            Self::Output(output) => output,
        }
    }
}

fn open(path: &Path) -> io::Result<Sink> {
    if path == Path::new("-") {
        return Ok(Sink::Output(BufWriter::new(io::stdout())));
    }
    Ok(Sink::File(BufWriter::new(OpenOptions::new().create(true).append(true).open(path)?)))
}

/// A name in wire form as text without the final dot, case kept.
fn print_name(wire: &[u8]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while let Some(length @ 1..=63) = wire.get(at).copied() {
        if at > 0 {
            out.push('.');
        }
        at += 1;
        let label = wire.get(at..at + usize::from(length)).unwrap_or(&[]);
        label.iter().for_each(|byte| print_byte(*byte, &mut out));
        at += usize::from(length);
    }
    if out.is_empty() { ".".to_owned() } else { out }
}

fn rcode_name(rcode: u16) -> Option<&'static str> {
    Some(match rcode {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        16 => "BADVERS",
        _ => return None,
    })
}

/// UTC with milliseconds, from milliseconds since 1970; civil dates by Howard Hinnant's days algorithm.
fn timestamp(millis: u64) -> String {
    let (days, rest) = (millis / 86_400_000 + 719_468, millis % 86_400_000);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", rest % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(line: &Line) -> String {
        let mut out = Vec::new();
        line.print("DFW3", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn at(millis: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(millis)
    }

    #[test]
    fn lines_are_those_of_the_guide() {
        // Q-21's own examples.
        let resolver = |text: &str| (Transport::Udp, text.parse().unwrap());
        let name = b"\x07example\x03com\0";
        let a =
            Line::new(at(1_513_152_962_130), "Z123412341234", name, (RecordType(1), 0), resolver("192.168.1.1"), None);
        assert_eq!(
            printed(&a),
            "1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com A NOERROR UDP DFW3 192.168.1.1 -\n"
        );
        let subnet = Some(("2001:db8:abcd:ffff::".parse().unwrap(), 48));
        let any = Line::new(
            at(1_513_152_963_983),
            "Z123412341234",
            name,
            (RecordType(255), 0),
            resolver("2001:db8::1234"),
            subnet,
        );
        assert_eq!(
            printed(&any),
            "1.0 2017-12-13T08:16:03.983Z Z123412341234 example.com ANY NOERROR UDP DFW3 2001:db8::1234 2001:db8:abcd::/48\n"
        );
        let bad = Line::new(
            at(1_513_152_950_342),
            "Z123412341234",
            b"\x03bad\x07example\x03com\0",
            (RecordType(1), 3),
            (Transport::Tcp, "192.168.3.1".parse().unwrap()),
            Some(("192.168.111.7".parse().unwrap(), 24)),
        );
        assert_eq!(
            printed(&bad),
            "1.0 2017-12-13T08:15:50.342Z Z123412341234 bad.example.com A NXDOMAIN TCP DFW3 192.168.3.1 192.168.111.0/24\n"
        );
    }

    #[test]
    fn hostile_names_stay_on_one_line() {
        assert_eq!(print_name(b"\x04a\n b\0"), "a\\010\\032b");
        assert_eq!(print_name(b"\0"), ".");
        assert_eq!(print_name(b"\x09cut"), ".");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(951_782_400_000), "2000-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_rotated_file_is_followed_and_every_line_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("queries.log");
        let (log, thread) = QueryLog::start(&path, "local".into()).unwrap();
        let line = || {
            let asked = (Transport::Udp, "192.0.2.77".parse().unwrap());
            Line::new(at(0), "Z1", b"\x04nope\x07example\x03com\0", (RecordType(1), 3), asked, None)
        };
        assert!(log.put(line()));
        let rotated = directory.path().join("queries.log.1");
        wait(|| std::fs::metadata(&path).is_ok_and(|file| file.len() > 0));
        std::fs::rename(&path, &rotated).unwrap();
        wait(|| path.exists());
        assert!(log.put(line()));
        drop(log);
        thread.join().unwrap();
        let expected = "1.0 1970-01-01T00:00:00.000Z Z1 nope.example.com A NXDOMAIN UDP local 192.0.2.77 -\n"; // T047
        assert_eq!(std::fs::read_to_string(rotated).unwrap(), expected);
        assert_eq!(std::fs::read_to_string(path).unwrap(), expected);
    }

    #[test]
    fn rotation_is_noticed_while_lines_keep_coming() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("queries.log");
        let (log, thread) = QueryLog::start(&path, "local".into()).unwrap();
        let asked = (Transport::Udp, "192.0.2.77".parse().unwrap());
        let line = Line::new(at(0), "Z1", b"\0", (RecordType(1), 0), asked, None);
        std::fs::rename(&path, directory.path().join("queries.log.1")).unwrap();
        wait(|| {
            log.put(line.clone());
            path.exists()
        });
        drop(log);
        thread.join().unwrap();
    }

    fn wait(done: impl Fn() -> bool) {
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while !done() {
            assert!(std::time::Instant::now() < deadline, "gave up waiting");
            std::thread::yield_now();
        }
    }
}

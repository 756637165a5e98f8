//! Query logs of single zones: lines in Route 53's format, a file for each log group.
//!
//! As with the log of all queries, answering only copies a record into a bounded channel; one thread writes, whatever the
//! number of groups, and keeps a few files open at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;

use super::query::{FLUSH, Line, WAITING};

/// Files that are open at one time; they are opened anew after every flush, so that rotated ones are left alone.
const OPEN: usize = 64;

/// The log groups of zones, and the way to them.
#[derive(Debug)]
pub struct ZoneLogs {
    /// Whether any zone has one: what every answer looks at first.
    any: AtomicBool,
    /// Log groups by the zone's id.
    groups: ArcSwap<HashMap<String, Arc<str>>>,
    lines: SyncSender<(Arc<str>, Line)>,
}

impl ZoneLogs {
    /// Logs below `folder`, appending: a group's file is called after it, `.log` behind. `edge` is the edge location
    /// printed. The thread ends when the last share of these logs is gone.
    pub fn start(folder: &Path, edge: Arc<str>) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let (lines, waiting) = sync_channel(WAITING);
        let mut writer = Writer { folder: folder.to_owned(), edge, files: BTreeMap::new(), failing: BTreeSet::new() };
        let thread = std::thread::Builder::new().name("zone-logs".to_owned()).spawn(move || writer.follow(&waiting))?;
        Ok((Arc::new(Self { any: AtomicBool::new(false), groups: ArcSwap::default(), lines }), thread))
    }

    /// Logs these zones and no others: pairs of a zone's id and its log group.
    pub fn set(&self, groups: impl IntoIterator<Item = (String, String)>) {
        let groups: HashMap<_, Arc<str>> = groups.into_iter().map(|(zone, group)| (zone, group.into())).collect();
        self.any.store(!groups.is_empty(), Ordering::Release);
        self.groups.store(Arc::new(groups));
    }

    /// Whether any zone is logged.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Passes on a line of a zone that is logged; false if there was no room and it is lost.
    pub fn put(&self, zone: &str, line: impl FnOnce() -> Line) -> bool {
        let groups = self.groups.load();
        let Some(group) = groups.get(zone) else { return true };
        self.lines.try_send((group.clone(), line())).is_ok()
    }
}

struct Writer {
    folder: PathBuf,
    edge: Arc<str>,
    files: BTreeMap<Arc<str>, BufWriter<fs::File>>,
    /// Groups that could not be written last, each told of once.
    failing: BTreeSet<Arc<str>>,
}

impl Writer {
    fn follow(&mut self, waiting: &Receiver<(Arc<str>, Line)>) {
        let mut flushed = std::time::Instant::now();
        loop {
            let ended = match waiting.recv_timeout(FLUSH) {
                Ok((group, line)) => {
                    let written = self.write(&group, &line);
                    self.note(&group, written);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            if ended || flushed.elapsed() >= FLUSH || self.files.len() > OPEN {
                flushed = std::time::Instant::now();
                self.close();
            }
            if ended {
                return;
            }
        }
    }

    fn write(&mut self, group: &Arc<str>, line: &Line) -> io::Result<()> {
        if !self.files.contains_key(group) {
            let path = self.folder.join(format!("{}.log", group.trim_start_matches('/')));
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let file = OpenOptions::new().create(true).append(true).open(path)?;
            self.files.insert(group.clone(), BufWriter::new(file));
        }
        match self.files.get_mut(group) {
            Some(file) => line.print(&self.edge, file),
            None => Ok(()),
        }
    }

    /// Closes every file; a line that does not reach the disk is lost.
    fn close(&mut self) {
        for (group, mut file) in std::mem::take(&mut self.files) {
            let written = file.flush();
            self.note(&group, written);
        }
    }

    fn note(&mut self, group: &Arc<str>, written: io::Result<()>) {
        match written {
            Err(error) => {
                if self.failing.insert(group.clone()) {
                    tracing::error!(%group, %error, "cannot write the query log of a zone");
                }
            }
            Ok(()) => drop(self.failing.remove(group)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::model::RecordType;
    use crate::wire::Transport;

    fn line(zone: &str) -> Line {
        let asked = (Transport::Udp, "192.0.2.77".parse().unwrap());
        Line::new(SystemTime::UNIX_EPOCH, zone, b"\x04nope\x07example\x03com\0", (RecordType(1), 3), asked, None)
    }

    #[test]
    fn q22_every_group_has_a_file_of_its_own() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("query-logs");
        let (logs, thread) = ZoneLogs::start(&folder, "local".into()).unwrap();
        assert!(!logs.any());
        let group = |zone: &str, group: &str| (zone.to_owned(), group.to_owned());
        logs.set([group("Z1", "/aws/route53/example.com"), group("Z2", "plain"), group("Z3", "plain")]);
        assert!(logs.any());
        for zone in ["Z1", "Z2", "Z3"] {
            assert!(logs.put(zone, || line(zone)));
        }
        assert!(logs.put("Z4", || unreachable!("Q-23: it is not logged")));
        logs.set([]);
        assert!(!logs.any() && logs.put("Z1", || unreachable!("it is logged no more")));
        drop(logs);
        thread.join().unwrap();
        let printed = |zone: &str| {
            format!("1.0 1970-01-01T00:00:00.000Z {zone} nope.example.com A NXDOMAIN UDP local 192.0.2.77 -\n")
        };
        let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
        assert_eq!(read("aws/route53/example.com.log"), printed("Z1"), "Q-21");
        assert_eq!(read("plain.log"), printed("Z2") + &printed("Z3"));
    }

    #[test]
    fn a_group_fails_and_mends_for_itself() {
        let (folder, edge) = (PathBuf::new(), "local".into());
        let mut writer = Writer { folder, edge, files: BTreeMap::new(), failing: BTreeSet::new() };
        let [sound, broken] = ["sound", "broken"].map(Arc::<str>::from);
        for _ in 0..2 {
            writer.note(&broken, Err(io::Error::other("no room")));
            writer.note(&sound, Ok(()));
            assert_eq!(writer.failing, BTreeSet::from([broken.clone()]), "told of once, whatever others do");
        }
        writer.note(&broken, Ok(()));
        assert_eq!(writer.failing, BTreeSet::new());
    }

    #[test]
    fn a_folder_that_cannot_be_costs_lines_and_nothing_else() {
        let state = tempfile::tempdir().unwrap();
        fs::write(state.path().join("file"), "").unwrap();
        let (logs, thread) = ZoneLogs::start(&state.path().join("file"), "local".into()).unwrap();
        logs.set([("Z1".to_owned(), "group".to_owned())]);
        assert!(logs.put("Z1", || line("Z1")));
        drop(logs);
        thread.join().unwrap();
    }
}

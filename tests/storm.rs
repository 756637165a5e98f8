//! A thousand reloads under load: every query is answered, and every answer is of one version alone; files half
//! written, a directory that is gone and files that are wrong change nothing.
//!
//! Everything but the process is real: files, the one writer, UDP and TCP sockets with their workers.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tempfile::TempDir;
use tokio::sync::watch;
use waymark::answer::{Event, Witness};
use waymark::control::{Control, Edit, Gathered, Source};
use waymark::edge::listen::bind;
use waymark::edge::{Door, Limits, Recorder, Responder, Seats, tcp, udp};
use waymark::model::check::{FULL_SHARE, Status};
use waymark::model::fleet::Plan;
use waymark::model::{CheckId, HostedZone, Problem};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::Finding;
use waymark::snapshot::{Behaviour, Ground, World};
use waymark::store;
use waymark::wire::{Peer, Reply, Transport};

const RELOADS: u32 = 1000;
/// Questions a client asks for each reload, at most.
const ASKED_PER_RELOAD: u64 = 40;
/// How long one answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// The last octet of every address of version `n`.
fn mark(n: u32) -> u32 {
    n % 250
}

/// A zone in which every record tells its version: by its TTL, and by its data where that holds an address.
fn steered(n: u32) -> String {
    let mark = mark(n);
    let many: Vec<_> = (0..8).map(|at| format!("{{ id = \"m{at}\", value = \"192.0.{at}.{mark}\" }}")).collect();
    let list: Vec<_> = (0..40).map(|at| format!("\"203.0.{at}.{mark}\"")).collect();
    format!(
        r#"zone = "example.com"
ttl = {n}
[check.flips]
tcp = "127.0.0.1:9"
[check.both]
calculated = ["flips"]
at_least = 1
[[record]]
name = "@"
type = "SOA"
value = "ns.example.com. hostmaster.example.com. {n} 7200 900 1209600 {n}"
[[record]]
name = "chain"
type = "CNAME"
value = "host"
[[record]]
name = "host"
type = "A"
values = ["192.0.2.{mark}", "198.51.100.{mark}"]
[[record]]
name = "pair"
type = "A"
weighted = [
  {{ id = "blue", weight = 1, values = ["192.0.2.{mark}", "192.0.3.{mark}"] }},
  {{ id = "green", weight = 1, values = ["198.51.100.{mark}", "198.51.101.{mark}"], check = "flips" }},
]
[[record]]
name = "app"
type = "A"
failover = {{ primary = {{ values = ["192.0.2.{mark}", "192.0.3.{mark}"], check = "both" }}, secondary = {{ alias = "host", evaluate = true }} }}
[[record]]
name = "tree"
type = "A"
alias = "pair"
evaluate = true
[[record]]
name = "many"
type = "A"
multivalue = [{}]
[[record]]
name = "@"
type = "MX"
values = ["10 host", "20 host2"]
[[record]]
name = "host2"
type = "A"
value = "192.0.9.{mark}"
[[record]]
name = "cut"
type = "NS"
values = ["ns.cut"]
[[record]]
name = "ns.cut"
type = "A"
value = "192.0.10.{mark}"
[[record]]
name = "list"
type = "A"
values = [
  {}
]
"#,
        many.join(", "),
        list.join(",\n  ")
    )
}

/// Likewise as a master file, with what only a master file holds.
fn plain(n: u32) -> String {
    let mark = mark(n);
    format!(
        "$TTL {n}\n@ IN SOA ns h {n} 7200 900 1209600 {n}\n@ NS ns\nns A 192.0.2.{mark}\nold DNAME new\n\
         a.new A 192.0.3.{mark}\n*.wild A 192.0.4.{mark}\n*.wild A 192.0.5.{mark}\n@ MX 10 ns\nlast ( A\n 192.0.6.{mark} )\n"
    )
}

/// A question and how many records its answer has in answer, authority and additional section.
const QUESTIONS: [(&str, RecordType, ResponseCode, [usize; 3]); 13] = [
    ("chain.example.com.", RecordType::A, ResponseCode::NoError, [3, 0, 0]),
    ("chain.example.com.", RecordType::AAAA, ResponseCode::NoError, [1, 1, 0]),
    ("pair.example.com.", RecordType::A, ResponseCode::NoError, [2, 0, 0]),
    ("app.example.com.", RecordType::A, ResponseCode::NoError, [2, 0, 0]),
    ("tree.example.com.", RecordType::A, ResponseCode::NoError, [2, 0, 0]),
    ("many.example.com.", RecordType::A, ResponseCode::NoError, [8, 0, 0]),
    ("example.com.", RecordType::MX, ResponseCode::NoError, [2, 0, 3]),
    ("x.cut.example.com.", RecordType::A, ResponseCode::NoError, [0, 1, 1]),
    ("gone.example.com.", RecordType::A, ResponseCode::NXDomain, [0, 1, 0]),
    ("example.org.", RecordType::MX, ResponseCode::NoError, [1, 0, 1]),
    ("a.old.example.org.", RecordType::A, ResponseCode::NoError, [3, 0, 0]),
    ("x.wild.example.org.", RecordType::A, ResponseCode::NoError, [2, 0, 0]),
    ("last.example.org.", RecordType::A, ResponseCode::NoError, [1, 0, 0]),
];

struct Directory {
    path: PathBuf,
    loaded: Option<store::Loaded>,
}

impl Source for Directory {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let loaded = store::load(&self.path, &store::Options::default(), self.loaded.as_ref())?;
        let (account, warnings) = (loaded.account.clone(), loaded.warnings.clone());
        self.loaded = Some(loaded);
        let ground = Ground {
            listeners: vec!["main".into()],
            geography: Arc::new(Geography::nowhere()),
            behaviour: Behaviour::default(),
        };
        Ok(Gathered { account, ground, plan: Plan::default(), warnings })
    }

    fn taken(&mut self, forms: &[(Arc<HostedZone>, Arc<HostedZone>)]) {
        if let Some(loaded) = &mut self.loaded {
            loaded.replace(forms);
        }
    }
}

#[derive(Default)]
struct Counts {
    udp: AtomicU64,
    tcp: AtomicU64,
    silent: AtomicU64,
    panics: AtomicU64,
}

struct Counting(Arc<Counts>);

impl Witness for Counting {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Counting {
    fn enter(&mut self, _: &Arc<World>) {}

    fn answered(&mut self, _: &World, _: &[u8], peer: &Peer, _: &Reply) {
        let counter = if peer.transport == Transport::Udp { &self.0.udp } else { &self.0.tcp };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn kept_silent(&mut self, _: &Peer) {
        self.0.silent.fetch_add(1, Ordering::Relaxed);
    }

    fn panicked(&mut self, _: &Peer) {
        self.0.panics.fetch_add(1, Ordering::Relaxed);
    }
}

/// Zone files, the writer over them, and workers that answer from it.
struct Stage {
    folder: TempDir,
    control: Arc<Control>,
    counts: Arc<Counts>,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    tell: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

impl Stage {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("zones")).expect("a folder for zones");
        replace(folder.path(), 1);
        let source = Directory { path: folder.path().join("zones"), loaded: None };
        let (control, _) =
            Control::start(Box::new(source), Edit::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let counts = Arc::<Counts>::default();
        let bound = bind(([127, 0, 0, 1], 0).into(), 2, true).expect("loopback");
        let (tell, told) = watch::channel(false);
        let stop = Arc::<AtomicBool>::default();
        let mut workers = Vec::new();
        for socket in bound.udp {
            let (mut responder, stop) =
                (Responder::new(control.world().clone(), Counting(counts.clone())), stop.clone());
            workers.push(std::thread::spawn(move || {
                udp::serve(&socket, &Door::default(), &mut responder, &stop).expect("UDP goes on")
            }));
        }
        let seats = Arc::new(Seats::new(Limits::default()));
        for listener in bound.tcp {
            let responder = Responder::new(control.world().clone(), Counting(counts.clone()));
            let (seats, told) = (seats.clone(), told.clone());
            workers.push(std::thread::spawn(move || {
                tcp::serve(listener, Door::default(), responder, seats, told).expect("TCP goes on");
            }));
        }
        Self { folder, control: Arc::new(control), counts, address: bound.address, stop, tell, workers }
    }

    fn zones(&self) -> PathBuf {
        self.folder.path().join("zones")
    }

    /// Reloads what must be refused, naming `file`; the world in use stays.
    fn must_refuse(&self, file: &str) -> Vec<Problem> {
        let before = self.control.in_use().serial;
        let Err(problems) = self.control.reload() else { panic!("{file} is taken") };
        assert!(problems.iter().any(|problem| problem.is_error() && problem.at.file.contains(file)), "{problems:#?}");
        assert_eq!(self.control.in_use().serial, before, "{file}");
        problems
    }

    fn close(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tell.send_replace(true);
        for worker in self.workers.drain(..) {
            worker.join().expect("a worker ends well");
        }
    }
}

/// Both zones in version `n`, each moved into place in one step.
fn replace(folder: &Path, n: u32) {
    for (name, text) in [("example.com.toml", steered(n)), ("example.org.zone", plain(n))] {
        fs::write(folder.join("fresh"), text).expect("a zone is written");
        fs::rename(folder.join("fresh"), folder.join("zones").join(name)).expect("a zone is moved");
    }
}

fn query(id: u16, name: &str, rtype: RecordType) -> Vec<u8> {
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.add_query(Query::query(Name::from_ascii(name).expect("a name"), rtype));
    message.to_vec().expect("a query can be written")
}

/// The version a record is of; its TTL says it, the rest must not differ.
fn version(record: &Record) -> u32 {
    let n = record.ttl;
    match &record.data {
        RData::A(address) => assert_eq!(u32::from(address.octets()[3]), mark(n), "two versions in {record}"),
        RData::SOA(soa) => assert_eq!((soa.serial, soa.minimum), (n, n), "two versions in {record}"),
        _ => {}
    }
    n
}

/// The version all records of an answer are of.
fn check(answer: &[u8], id: u16, question: usize) -> u32 {
    let (name, rtype, code, counts) = QUESTIONS[question];
    let answer = Message::from_vec(answer).expect("an answer can be read");
    assert_eq!((answer.metadata.id, answer.metadata.response_code), (id, code), "{name} {rtype}: {answer}");
    let sections = [&answer.answers, &answer.authorities, &answer.additionals];
    assert_eq!(sections.map(Vec::len), counts, "{name} {rtype}: {answer}");
    let versions: BTreeSet<u32> = sections.into_iter().flatten().map(version).collect();
    assert_eq!(versions.len(), 1, "two versions in one answer: {answer}");
    versions.into_iter().next().expect("one version")
}

/// How far the storm has come. Clients that are ahead of it wait, so that on a busy machine it comes to its end.
#[derive(Default)]
struct Storm {
    reloads: Mutex<u64>,
    on: Condvar,
    over: AtomicBool,
}

impl Storm {
    fn reloaded(&self) {
        *self.reloads.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.on.notify_all();
    }

    fn wait(&self, asked: u64) {
        let reloads = self.reloads.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = |reloads: &mut u64| asked > ASKED_PER_RELOAD * (*reloads + 1) && !self.over.load(Ordering::Relaxed);
        drop(self.on.wait_while(reloads, ahead));
    }
}

/// The end, also by a failed assertion: whoever waits goes on.
struct End<'a>(&'a Storm);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
        self.0.reloaded();
    }
}

/// Asks the questions in turn through `exchange` until the storm is over; how many, and which version came last.
fn ask_through(storm: &Storm, mut exchange: impl FnMut(&[u8]) -> Vec<u8>) -> (u64, u32) {
    let (mut asked, mut newest) = (0, 0);
    // At least one whole turn, and one question after the last reload.
    loop {
        storm.wait(asked);
        let last = storm.over.load(Ordering::Relaxed) && asked >= QUESTIONS.len() as u64;
        let (id, question) = (asked as u16, asked as usize % QUESTIONS.len());
        let (name, rtype, ..) = QUESTIONS[question];
        let version = check(&exchange(&query(id, name, rtype)), id, question);
        assert!(version >= newest, "version {version} after {newest}");
        (asked, newest) = (asked + 1, version);
        if last {
            return (asked, newest);
        }
    }
}

fn over_udp(server: SocketAddr) -> impl FnMut(&[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.connect(server).expect("loopback");
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket option");
    move |query| {
        let mut buffer = vec![0; 4096];
        socket.send(query).expect("loopback sends");
        let length = socket.recv(&mut buffer).expect("every query is answered");
        buffer.truncate(length);
        buffer
    }
}

fn over_tcp(server: SocketAddr) -> impl FnMut(&[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).expect("TCP accepts");
    stream.set_nodelay(true).expect("a socket option");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket option");
    move |query| {
        let framed = [&(query.len() as u16).to_be_bytes(), query].concat();
        stream.write_all(&framed).expect("TCP sends");
        let mut prefix = [0; 2];
        stream.read_exact(&mut prefix).expect("every query is answered");
        let mut answer = vec![0; usize::from(u16::from_be_bytes(prefix))];
        stream.read_exact(&mut answer).expect("every query is answered");
        answer
    }
}

/// Verdicts come in between, as probes send them: written while worlds are swapped.
fn reporting(control: &Control, mut exchange: impl FnMut(&[u8]) -> Vec<u8>) -> impl FnMut(&[u8]) -> Vec<u8> {
    let (check, mut turn) = (CheckId("flips".into()), 0u32);
    move |query| {
        turn = turn.wrapping_add(1);
        if turn.is_multiple_of(8) {
            let status = if turn.is_multiple_of(16) { Status::Healthy } else { Status::Unhealthy };
            control.report(&check, Finding { raw: status, share: FULL_SHARE, seen: true });
        }
        exchange(query)
    }
}

/// What goes wrong with files while the storm blows; `turn` picks.
fn mishap(stage: &Stage, n: u32, turn: u32) {
    let zones = stage.zones();
    match turn % 6 {
        0 => {
            // An editor that writes in place, caught halfway through the last record.
            let text = steered(n);
            let cut = text.len() - 3 - (turn as usize * 37) % 700;
            fs::write(zones.join("example.com.toml"), &text[..cut]).expect("half a zone");
            stage.must_refuse("example.com.toml");
        }
        1 => {
            let text = plain(n);
            fs::write(zones.join("example.org.zone"), &text[..text.len() - 4]).expect("half a zone");
            stage.must_refuse("example.org.zone");
        }
        2 => {
            let away = stage.folder.path().join("away");
            fs::rename(&zones, &away).expect("the directory goes");
            stage.must_refuse("zones");
            fs::rename(&away, &zones).expect("the directory comes back");
        }
        3 => {
            // A good change to one zone beside a bad one to the other: neither is taken.
            fs::write(zones.join("example.org.zone"), plain(n)).expect("a zone");
            fs::write(zones.join("example.com.toml"), steered(n).replace("weight = 1", "weight = 300"))
                .expect("a zone");
            let problems = stage.must_refuse("example.com.toml");
            assert_eq!(problems.iter().filter(|problem| problem.is_error()).count(), 2, "{problems:#?}");
        }
        4 => {
            fs::write(zones.join("again.toml"), "zone = \"example.com\"\n").expect("a zone");
            stage.must_refuse(".toml");
            fs::remove_file(zones.join("again.toml")).expect("a file goes");
        }
        _ => {
            fs::write(zones.join("noise.json"), [0xff; 100]).expect("noise");
            stage.must_refuse("noise.json");
            fs::remove_file(zones.join("noise.json")).expect("a file goes");
        }
    }
}

#[test]
fn a_thousand_reloads_under_load_lose_nothing_and_mix_nothing() {
    let stage = Stage::open();
    let storm = Storm::default();
    let (asked, versions) = std::thread::scope(|scope| {
        let ask_udp = || scope.spawn(|| ask_through(&storm, reporting(&stage.control, over_udp(stage.address))));
        let clients = [ask_udp(), ask_udp(), scope.spawn(|| ask_through(&storm, over_tcp(stage.address)))];
        let end = End(&storm);
        for n in 2..=RELOADS + 1 {
            if n % 5 == 0 {
                mishap(&stage, n, n / 5);
            }
            replace(stage.folder.path(), n);
            let report = stage.control.reload().unwrap_or_else(|problems| panic!("reload {n}: {problems:#?}"));
            assert_eq!((report.serial, report.changed), (u64::from(n), 2), "reload {n}");
            storm.reloaded();
        }
        drop(end);
        let ended = clients.map(|client| client.join().expect("a client ends well"));
        (ended.map(|(asked, _)| asked), ended.map(|(_, version)| version))
    });
    assert_eq!(versions, [RELOADS + 1; 3], "the last answers are of the last version");
    assert!(asked.iter().sum::<u64>() > u64::from(RELOADS), "{asked:?} queries beside {RELOADS} reloads are no load");
    let counts = stage.counts.clone();
    stage.close();
    let counted = [&counts.udp, &counts.tcp, &counts.silent, &counts.panics].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counted, [asked[0] + asked[1], asked[2], 0, 0], "each query is answered once");
}

#[test]
fn old_data_goes_on_until_the_files_are_right_again() {
    let stage = Stage::open();
    let mut exchange = over_udp(stage.address);
    let mut version_of = |question: usize| {
        let (name, rtype, ..) = QUESTIONS[question];
        check(&exchange(&query(7, name, rtype)), 7, question)
    };
    for turn in 0..6 {
        mishap(&stage, 50 + turn, turn);
        for question in 0..QUESTIONS.len() {
            assert_eq!(version_of(question), 1, "after mishap {turn}");
        }
        replace(stage.folder.path(), 1);
    }
    replace(stage.folder.path(), 60);
    assert_eq!(stage.control.reload().map(|report| report.changed).map_err(|problems| format!("{problems:#?}")), Ok(2));
    for question in 0..QUESTIONS.len() {
        assert_eq!(version_of(question), 60);
    }
    stage.close();
}

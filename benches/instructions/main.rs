//! `make bench-instructions`: user-space instructions per query, by load, beside what is recorded.
//!
//! Each load runs once more under callgrind, which counts only while queries are answered: packet in, reply out,
//! counted as the server counts. Sockets are left out; `make bench` has them. The figures depend on the compiler
//! and the code, not on the machine, so a rise is a regression wherever it is seen.
//!
//! `cargo bench --bench instructions -- [--record] [LOAD …]`; fails when a load takes more than 5 % above
//! `recorded.toml`. `--record` writes that file anew. `--profile LOAD` keeps callgrind's output.

mod loads;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use arc_swap::ArcSwap;
use loads::Load;
use waymark::answer::{Event, Witness};
use waymark::edge::{LARGEST_MESSAGE, Recorder, Responder};
use waymark::metrics::{Registry, Speaks, Tally};
use waymark::snapshot::World;
use waymark::wire::{Peer, Reply, Transport};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/recorded.toml");
/// Queries answered while counting; before that all packets are answered once, so that caches of any kind are warm.
const QUERIES: usize = 20_000;
/// How much more than recorded is a regression.
const RISE: f64 = 1.05;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, load] = &arguments[..]
        && flag == "--count"
    {
        let Some(load) = loads::named(load) else { return ExitCode::from(2) };
        answer_all(load);
        return ExitCode::SUCCESS;
    }
    if let [flag, load] = &arguments[..]
        && flag == "--profile"
    {
        return match count(load, Path::new("callgrind.out")) {
            Some(count) => {
                println!("{load}: {count} instructions per query; see callgrind_annotate callgrind.out");
                ExitCode::SUCCESS
            }
            None => ExitCode::FAILURE,
        };
    }
    let record = arguments.iter().any(|argument| argument == "--record");
    let wanted: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| !name.starts_with("--")).collect();
    let mut recorded = recorded();
    let mut risen = false;
    println!("{:<14}{:>9}{:>11}", "load", "counted", "recorded");
    for Load { name, .. } in loads::ALL.iter().filter(|load| wanted.is_empty() || wanted.contains(&load.name)) {
        let Some(counted) = count(name, Path::new("/dev/null")) else {
            eprintln!("{name}: valgrind did not count; is it installed? (tests/install-tools.sh)");
            return ExitCode::FAILURE;
        };
        let before = recorded.get(*name).copied();
        let is_worse = !record && before.is_none_or(|before| counted as f64 > before as f64 * RISE);
        risen |= is_worse;
        let before = before.map_or("-".to_owned(), |before| before.to_string());
        println!("{name:<14}{counted:>9}{before:>11}{}", if is_worse { "  more than 5 % above" } else { "" });
        recorded.insert((*name).to_owned(), counted);
    }
    if record && let Err(error) = std::fs::write(RECORDED, written(&recorded)) {
        eprintln!("cannot write {RECORDED}: {error}");
        return ExitCode::FAILURE;
    }
    if risen { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn recorded() -> BTreeMap<String, u64> {
    std::fs::read_to_string(RECORDED).ok().and_then(|text| toml::from_str(&text).ok()).unwrap_or_default()
}

fn written(counts: &BTreeMap<String, u64>) -> String {
    let mut text = "# Instructions per query by load; written by `make bench-instructions RECORD=1`.\n".to_owned();
    counts.iter().for_each(|(load, count)| text.push_str(&format!("{load} = {count}\n")));
    text
}

/// Instructions per query of one load, as callgrind counts them.
fn count(load: &str, out: &Path) -> Option<u64> {
    let myself = std::env::current_exe().ok()?;
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*answered_while_counting*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(myself)
        .args(["--count", load])
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let total: u64 = said.lines().find_map(|line| line.split("Collected :").nth(1))?.trim().parse().ok()?;
    run.status.success().then_some(total / QUERIES as u64)
}

fn answer_all(load: &Load) {
    let world = Arc::new(ArcSwap::from(loads::world(load)));
    let packets = (load.packets)();
    let mut responder = Responder::new(world, Counting(Tally::new(Arc::new(Registry::default()), Speaks::Udp)));
    let peer = Peer { source: [127, 0, 0, 1].into(), listener: 0, transport: Transport::Udp };
    let mut out = vec![0; LARGEST_MESSAGE];
    for packet in &packets {
        assert!(responder.answer(packet, &peer, &mut out).is_some_and(|len| len > 12), "every query has an answer");
    }
    let answered = answered_while_counting(&mut responder, &packets, &peer, &mut out);
    assert_eq!(answered, QUERIES);
}

#[inline(never)]
fn answered_while_counting(
    responder: &mut Responder<Counting>,
    packets: &[Vec<u8>],
    peer: &Peer,
    out: &mut [u8],
) -> usize {
    let answers = packets.iter().cycle().take(QUERIES).map(|packet| responder.answer(packet, peer, out));
    answers.filter(Option::is_some).count()
}

/// Counts as the server does.
struct Counting(Tally);

impl Witness for Counting {
    #[inline]
    fn saw(&mut self, event: Event<'_>) {
        if let Event::Picked { group, member, last_resort } = event {
            self.0.picked(group.counter + member as u32, last_resort);
        }
    }
}

impl Recorder for Counting {
    fn enter(&mut self, world: &Arc<World>) {
        self.0.enter(&world.snapshot);
    }

    fn answered(&mut self, _: &World, _: &[u8], peer: &Peer, reply: &Reply) {
        self.0.answered(reply.zone, reply.rtype, reply.rcode, peer.transport);
    }

    fn kept_silent(&mut self, _: &Peer) {
        self.0.silent();
    }

    fn panicked(&mut self, _: &Peer) {
        self.0.panicked();
    }
}

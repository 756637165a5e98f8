//! `kill -9` at random moments of a storm of batches: what was acknowledged is there, and nothing in part.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use waymark::database::{Change, Entry, Revision, Sqlite, Store, Write};

use super::{Dice, batch};

/// Databases, one after another.
const LIVES: u64 = 10;
/// Kills that each of them sees.
const KILLS: u64 = 52;
/// Where the storm finds its state directory; set in the child alone.
const STATE: &str = "WAYMARK_STORM_STATE";
const SEED: &str = "WAYMARK_STORM_SEED";

/// Applies batches as fast as it can, each told once it is acknowledged, until it is killed. Does nothing but in a child.
#[test]
fn storm() {
    let Ok(state) = std::env::var(STATE) else { return };
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    let mut store = Sqlite::open(Path::new(&state)).unwrap();
    let mut last = store.load().unwrap().0;
    println!("\nfound {last}");
    loop {
        let (writes, audit) = batch(seed, last.0 + 1);
        last = store.apply(&writes, &audit, last).unwrap();
        println!("acknowledged {last}");
    }
}

fn start(state: &Path, seed: u64) -> (Child, BufReader<ChildStdout>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kill::storm", "--nocapture", "--test-threads", "1"]);
    command.env(STATE, state).env(SEED, seed.to_string()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let told = BufReader::new(child.stdout.take().unwrap());
    (child, told)
}

/// Reads what the child tells up to `most` acknowledgements, and the last revision it told.
fn listen(told: &mut BufReader<ChildStdout>, most: u64, least: u64) -> Option<u64> {
    let mut last = None;
    let mut heard = 0;
    let mut line = String::new();
    while heard < most && told.read_line(&mut line).unwrap() > 0 {
        // A line cut off by the kill tells nothing.
        if line.ends_with('\n') {
            if let Some(revision) = line.strip_prefix("found ") {
                let found: u64 = revision.trim().parse().unwrap();
                assert!(found >= least, "{found} found after {least} was acknowledged");
                last = Some(found);
            } else if let Some(revision) = line.strip_prefix("acknowledged ") {
                last = Some(revision.trim().parse().unwrap());
                heard += 1;
            }
        }
        line.clear();
    }
    last
}

/// What a store that took batches in order must hold.
#[derive(Default)]
struct Expected {
    revision: u64,
    documents: BTreeMap<String, String>,
}

impl Expected {
    fn take(&mut self, seed: u64) -> Entry {
        self.revision += 1;
        let (writes, audit) = batch(seed, self.revision);
        let changes = writes.into_iter().map(|Write { key, value: after }| {
            let before = match &after {
                Some(value) => self.documents.insert(key.clone(), value.clone()),
                None => self.documents.remove(&key),
            };
            Change { key, before, after }
        });
        Entry { revision: Revision(self.revision), changes: changes.collect(), audit }
    }

    /// Brings itself to where the store is, which must have everything acknowledged and nothing in part.
    fn check(&mut self, store: &Sqlite, seed: u64, acknowledged: u64) {
        let (Revision(last), documents) = store.load().unwrap();
        assert!((acknowledged..=acknowledged + 1).contains(&last), "{acknowledged} acknowledged, {last} there");
        let entries = store.watch(Revision(self.revision)).unwrap();
        let expected: Vec<_> = (self.revision..last).map(|_| self.take(seed)).collect();
        assert!(entries == expected, "the history up to {last} is not what was done");
        assert!(documents.into_iter().eq(self.documents.clone()), "the documents at {last} are not what was done");
    }
}

#[test]
fn what_is_acknowledged_outlives_kills_and_nothing_is_there_in_part() {
    let begun = Instant::now();
    let (mut kills, mut batches, mut unacknowledged) = (0, 0, 0);
    for life in 0..LIVES {
        let seed = 0x5eed + life;
        let mut dice = Dice(seed);
        let state = tempfile::tempdir().unwrap();
        let mut expected = Expected::default();
        let mut acknowledged = 0;
        for kill in 0..KILLS {
            let (mut child, mut told) = start(state.path(), seed);
            let heard = match dice.below(4) {
                // While it opens, or just after.
                0 => None,
                _ => {
                    let most = 1 + dice.below(25);
                    listen(&mut told, most, acknowledged)
                }
            };
            let moment =
                Instant::now() + Duration::from_micros(dice.below(if heard.is_some() { 1500 } else { 15_000 }));
            while Instant::now() < moment {
                std::thread::yield_now();
            }
            child.kill().unwrap();
            assert!(!child.wait().unwrap().success());
            kills += 1;
            // What it told before it died.
            let least = heard.unwrap_or(acknowledged).max(acknowledged);
            let last = listen(&mut told, u64::MAX, least);
            acknowledged = last.unwrap_or(least).max(least);
            // Else it is the next child that finds the pieces.
            if dice.below(2) == 0 || kill + 1 == KILLS {
                let store = Sqlite::open(state.path()).unwrap();
                let before = expected.revision;
                expected.check(&store, seed, acknowledged);
                batches += expected.revision - before;
                unacknowledged += expected.revision - acknowledged;
                acknowledged = expected.revision;
            }
        }
    }
    println!("{kills} kills, {batches} batches, {unacknowledged} found whole without a word, {:?}", begun.elapsed());
    assert!(kills >= 500 && batches > 1000, "{kills} {batches}");
}

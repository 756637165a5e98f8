//! `kill -9` at random moments, while overrides are set and checks flap.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::place::{Place, poll};

const ROUNDS: u64 = 12;
/// Checks that words are said of, and as many of which none is.
const CHECKS: u64 = 12;
/// Checks that stay unhealthy until failback, of which nobody says any word.
const HELD: u64 = 4;

/// A generator of numbers: the same seed, the same numbers (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A backend that answers 200 and 503 as the dice fall, as long as the test runs.
fn fickle() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut dice = Dice(7);
        for mut stream in listener.incoming().flatten() {
            let status = ["200 OK", "503 Service Unavailable"][dice.below(2) as usize];
            // A server that is killed in the midst of its question gets no answer.
            let _ = stream.read(&mut [0; 1024]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    address
}

fn zone(backend: SocketAddr) -> String {
    let probed = format!("http = \"http://{backend}/\"\ninterval = 1\nthreshold = 1\n");
    let checks: String =
        (0..CHECKS).map(|at| format!("[check.flap-{at}]\n{probed}[check.free-{at}]\n{probed}")).collect();
    let held: String = (0..HELD).map(|at| format!("[check.held-{at}]\n{probed}failback = \"manual\"\n")).collect();
    format!(
        "zone = \"example.com\"\nttl = 1\n{checks}{held}[check.given]\ngiven = \"healthy\"\n\n[[record]]\nname = \"www\"\ntype = \"A\"\n\
         failover = {{ primary = {{ value = \"192.0.2.1\", check = \"given\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n\
         [[record]]\nname = \"held\"\ntype = \"A\"\n\
         failover = {{ primary = {{ value = \"192.0.2.1\", check = \"held-0\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n"
    )
}

/// A word that is said: its pattern, and the word with its reason or that it is taken back.
type Said = (String, Option<(&'static str, String)>);

fn next(dice: &mut Dice, number: usize) -> Said {
    let pattern = match dice.below(8) {
        0 => "given".to_owned(),
        1 => "flap-*".to_owned(),
        other => format!("flap-{other}"),
    };
    let word = ["up", "down", "obey", "clear"][dice.below(4) as usize];
    (pattern, (word != "clear").then(|| (word, format!("word {number}"))))
}

fn request((pattern, word): &Said) -> Value {
    match word {
        Some((word, reason)) => {
            json!({ "op": "override", "pattern": pattern, "word": word, "reason": reason, "owner": "ann" })
        }
        None => json!({ "op": "clear", "pattern": pattern, "owner": "ann" }),
    }
}

fn apply(words: &mut BTreeMap<String, (&'static str, String)>, (pattern, word): Said) {
    match word {
        Some(word) => drop(words.insert(pattern, word)),
        None => drop(words.remove(&pattern)),
    }
}

/// The words in force, by pattern.
fn in_force(place: &Place) -> BTreeMap<String, (String, String)> {
    let answer = place.ask(&json!({ "op": "overrides" })).unwrap();
    let text = |word: &Value, key: &str| word[key].as_str().expect("a text").to_owned();
    let word = |word: &Value| (text(word, "pattern"), (text(word, "word"), text(word, "reason")));
    answer["overrides"].as_array().expect("overrides").iter().map(word).collect()
}

fn owned(words: &BTreeMap<String, (&'static str, String)>) -> BTreeMap<String, (String, String)> {
    words.iter().map(|(pattern, (word, reason))| (pattern.clone(), ((*word).to_owned(), reason.clone()))).collect()
}

#[test]
fn kill_9_at_random_moments_loses_no_acknowledged_word() {
    let place = Place::new(&zone(fickle()), "[health]\nhistory = 65536\n");
    let mut dice = Dice(20_261_125);
    let mut words = BTreeMap::new();
    let mut maybe: Option<Said> = None;
    // The reason of the latest word that was acknowledged, unless one was taken back after it.
    let mut latest: Option<String> = None;
    let (mut number, mut acknowledged) = (0, 0);
    let mut kept = BTreeSet::new();
    for round in 0..ROUNDS {
        let on_disk = latched_on_disk(&place);
        assert!(on_disk.is_superset(&kept), "round {round}: nobody let go of {kept:?}; {on_disk:?} are kept");
        let server = place.start();
        let held = latched(&place);
        assert!(held.is_superset(&on_disk), "round {round}: {on_disk:?} were kept, {held:?} are held");
        if on_disk.contains("held-0") {
            assert_eq!(server.address("held"), "192.0.2.2", "round {round}: the first answers obey the latch");
        }
        kept = on_disk;
        let found = in_force(&place);
        if let Some(said) = maybe.take() {
            // What was asked and not answered is there or is not, but nothing between.
            let mut with = words.clone();
            apply(&mut with, said);
            if found == owned(&with) {
                words = with;
            }
        }
        assert_eq!(found, owned(&words), "round {round}: {}", place.log());
        let expected = matches!(
            (words.get("given"), server.address("www").as_str()),
            (Some(("down", _)), "192.0.2.2") | (Some(("up" | "obey", _)) | None, "192.0.2.1")
        );
        assert!(expected, "round {round}: the first answers obey {words:?}");
        history_is_whole(&place);
        if let Some(reason) = latest.take() {
            assert!(is_told(&place, &reason), "round {round}: {reason} is in the history: {}", place.log());
        }

        let told = AtomicUsize::new(0);
        let (enough, spin) = (1 + dice.below(12) as usize, dice.below(3000));
        std::thread::scope(|scope| {
            let saying = scope.spawn(|| {
                loop {
                    let said = next(&mut dice, number);
                    number += 1;
                    match place.ask(&request(&said)) {
                        Ok(answer) if answer["ok"] == true => {
                            assert_eq!(answer["warning"], Value::Null, "the history is written too");
                            latest = said.1.as_ref().map(|(_, reason)| reason.clone());
                            apply(&mut words, said);
                            acknowledged += 1;
                        }
                        Ok(refused) => assert!(refused["error"].as_str().unwrap().contains("no override"), "{refused}"),
                        Err(_) => return said,
                    }
                    told.fetch_add(1, Ordering::Relaxed);
                }
            });
            poll("some words", || (told.load(Ordering::Relaxed) >= enough).then_some(()));
            if round % 3 == 0 {
                poll("checks that flap", || has_flapped(&place).then_some(()));
            }
            if round == 0 {
                poll("a latch on disk", || (!latched_on_disk(&place).is_empty()).then_some(()));
            }
            (0..spin).for_each(|_| std::thread::yield_now());
            server.kill();
            maybe = Some(saying.join().expect("the last word"));
        });
        if dice.below(2) == 0 {
            // What a power cut leaves: half a line, half a new file.
            let mut history = fs::OpenOptions::new().append(true).open(place.state("history.jsonl")).unwrap();
            history.write_all(br#"{"at":"2026-11-25T04:33:15.123Z","event":"tur"#).unwrap();
            fs::write(place.state("health.json.new"), r#"{"version":1,"over"#).unwrap();
        }
    }
    assert!(acknowledged >= ROUNDS as usize, "{acknowledged}");
    assert!(!kept.is_empty(), "no latch was put to the test");
    drop(place.start());
    history_is_whole(&place);
}

/// The checks that the file says are held.
fn latched_on_disk(place: &Place) -> BTreeSet<String> {
    let Ok(text) = fs::read(place.state("health.json")) else { return BTreeSet::new() };
    let page: Value = serde_json::from_slice(&text).expect("whole at every moment");
    let latched = page["latched"].as_array().expect("latches");
    latched.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
}

/// The checks that the server holds.
fn latched(place: &Place) -> BTreeSet<String> {
    let health = place.ask(&json!({ "op": "health", "pattern": "held-*" })).expect("the server answers");
    let checks = health["checks"].as_array().expect("checks").iter().filter(|check| check["latched"] == true);
    checks.map(|check| check["id"].as_str().expect("an id").to_owned()).collect()
}

/// Whether the history tells of a word by its reason.
fn is_told(place: &Place, reason: &str) -> bool {
    let history = place.json(&["health", "history", "--limit", "100000"]);
    let mut events = history["events"].as_array().expect("events").iter();
    events.any(|event| event["event"] == "override" && event["reason"] == reason)
}

/// Whether a check turned by its votes since the start.
fn has_flapped(place: &Place) -> bool {
    let health = place.ask(&json!({ "op": "health", "pattern": "free-*" })).expect("the server answers");
    health["checks"].as_array().expect("checks").iter().any(|check| check["cause"] == "votes")
}

/// Every line of the history is an event, and nothing else is left of a start.
fn history_is_whole(place: &Place) {
    let mut size = 0;
    for name in ["history.1.jsonl", "history.jsonl"] {
        let Ok(text) = fs::read_to_string(place.state(name)) else { continue };
        size += text.len();
        // The last line may be in the midst of being written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines() {
            let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"));
            assert!(event["at"].is_string() && event["event"].is_string(), "{line}");
        }
    }
    assert!(size <= 65_536, "{size}");
    if let Ok(text) = fs::read_to_string(place.state("health.json")) {
        serde_json::from_str::<Value>(&text).expect("whole at every moment");
    }
}

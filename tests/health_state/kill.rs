//! `kill -9` at random moments, while overrides are set and checks flap.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::place::{Place, poll};

const ROUNDS: u64 = 12;
const CHECKS: u64 = 24;

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
    let check = |at| format!("[check.flap-{at}]\nhttp = \"http://{backend}/{at}\"\ninterval = 1\nthreshold = 1\n");
    let checks: String = (0..CHECKS).map(check).collect();
    format!(
        "zone = \"example.com\"\nttl = 1\n{checks}[check.given]\ngiven = \"healthy\"\n\n[[record]]\nname = \"www\"\ntype = \"A\"\n\
         failover = {{ primary = {{ value = \"192.0.2.1\", check = \"given\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n"
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
    let (mut number, mut acknowledged) = (0, 0);
    for round in 0..ROUNDS {
        let server = place.start();
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
            (0..spin).for_each(|_| std::thread::yield_now());
            server.kill();
            maybe = Some(saying.join().expect("the last word"));
        });
    }
    assert!(acknowledged >= ROUNDS as usize, "{acknowledged}");
    drop(place.start());
    history_is_whole(&place);
    let history = place.json(&["health", "history", "--limit", "100000"]);
    let events = history["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["event"] == "turned" && event["cause"] == "votes"), "checks did flap");
    let last = (0..number)
        .rev()
        .map(|number| format!("word {number}"))
        .find(|reason| words.values().any(|(_, said)| said == reason));
    assert!(
        last.is_none_or(|reason| events.iter().any(|event| event["event"] == "override" && event["reason"] == reason)),
        "the last acknowledged word is in the history"
    );
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

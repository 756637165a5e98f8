//! What the operator says of health, and what is kept of it: real processes, real files, `kill -9`.

mod kill;
mod place;
mod shown;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use place::{Place, poll};
use serde_json::json;
use waymark::health::stamp::Stamp;

/// `www` answers 192.0.2.1 while `web-1` is healthy, else 192.0.2.2.
const ZONE: &str = r#"
zone = "example.com"
ttl = 1

[check.web-1]
given = "healthy"

[[record]]
name = "www"
type = "A"
failover = { primary = { value = "192.0.2.1", check = "web-1" }, secondary = { value = "192.0.2.2" } }
"#;
const UP: &str = "192.0.2.1";
const DOWN: &str = "192.0.2.2";

/// The history's events, each as `what whose`.
fn events(place: &Place) -> Vec<String> {
    let found = place.json(&["health", "history"]);
    assert_eq!(found["unreadable"], 0);
    let event = |event: &serde_json::Value| {
        let whose = ["check", "pattern"].iter().find_map(|key| event[*key].as_str());
        let whose = whose.or(event["cleared"]["pattern"].as_str()).unwrap_or("*");
        format!("{} {whose}", event["event"].as_str().expect("a kind"))
    };
    found["events"].as_array().expect("events").iter().map(event).collect()
}

#[test]
fn a_word_acts_at_once_outlives_a_restart_and_is_taken_back() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    assert_eq!(server.address("www"), UP);
    let said = place.said(&["health", "override", "web-*", "down", "--reason", "disk swap", "--owner", "ann"]);
    assert_eq!(said, "web-* down: 1 check\n");
    assert_eq!(server.address("www"), DOWN, "at once");
    place.said(&["health", "override", "web-1", "obey", "--reason", "not this one"]);
    assert_eq!(server.address("www"), UP, "the newest word that matches decides");
    assert_eq!(place.said(&["health", "clear", "web-1"]).lines().count(), 1);
    assert_eq!(server.address("www"), DOWN);
    server.kill();
    let server = place.start();
    assert_eq!(server.address("www"), DOWN, "from the first answer on");
    assert_eq!(place.check("web-1")["override"]["reason"], "disk swap");
    place.said(&["health", "clear", "web-*"]);
    assert_eq!(server.address("www"), UP);
    let (code, error) = place.refused(&["health", "clear", "web-*"]);
    assert!(code == 1 && error.contains("there is no override for \"web-*\""), "{code} {error}");
    assert_eq!(
        events(&place),
        [
            "started *",
            "override web-*",
            "turned web-1",
            "override web-1",
            "turned web-1",
            "clear web-1",
            "turned web-1",
            "started *",
            "turned web-1",
            "clear web-*",
            "turned web-1",
        ]
    );
    let causes = place.json(&["health", "history", "web-1"]);
    let causes: Vec<_> =
        causes["events"].as_array().unwrap().iter().filter_map(|turn| turn["cause"].as_str()).collect();
    assert_eq!(causes, ["override", "override", "override", "restart", "override"]);
    assert!(place.log().contains("override set"), "{}", place.log());
}

#[test]
fn a_word_for_no_check_is_refused_unless_it_is_meant_for_those_to_come() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    let (code, error) = place.refused(&["health", "override", "new-*", "down", "--reason", "not ready"]);
    assert_eq!(code, 1);
    assert!(error.contains("no health check matches \"new-*\"") && error.contains("--force"), "{error}");
    place.said(&["health", "override", "new-*", "down", "--reason", "not ready", "--force"]);
    place.write_zone(&ZONE.replace("web-1", "new-1"));
    place.said(&["reload"]);
    assert_eq!(server.address("www"), DOWN, "a check that a reload brought");
    let why = place.json(&["health", "why", "new-1"]);
    assert_eq!(why["check"]["override"]["pattern"], "new-*");
}

#[test]
fn a_word_ends_in_time_also_while_nobody_serves() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    let set = ["health", "override", "web-1", "down", "--reason", "a moment", "--for", "1s"];
    place.said(&set);
    poll("the end of the word", || (server.address("www") == UP).then_some(()));
    poll("its event", || events(&place).contains(&"expiry web-1".to_owned()).then_some(()));
    assert_eq!(place.json(&["health", "overrides"])["overrides"], json!([]));

    let said = place.json(&set);
    server.kill();
    let ends: Stamp = said["override"]["expires"].as_str().unwrap().parse().unwrap();
    poll("the wall clock", || (Stamp::now() > ends).then_some(()));
    let server = place.start();
    assert_eq!(server.address("www"), UP);
    assert_eq!(place.json(&["health", "overrides"])["overrides"], json!([]));
    let ended = events(&place).into_iter().filter(|event| event == "expiry web-1").count();
    assert_eq!(ended, 2, "an end is told once");
}

#[test]
fn words_that_cannot_be_read_stop_the_start_and_say_where() {
    let place = Place::new(ZONE, "");
    place.start().kill();
    let whole = r#"{"version":1,"overrides":[],"latched":[]}"#;
    for (text, line) in [("{\"version\":1,\n\"overrides\":[", 2), (&whole.replace('1', "7"), 1)] {
        fs::write(place.state("health.json"), text).unwrap();
        let (code, error) = place.refused(&["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        assert_eq!(code, 3);
        assert!(error.contains(&format!("state/health.json:{line}: ")), "{error}");
        assert!(error.contains("move it away"), "{error}");
        let (code, error) = place.refused(&["check"]);
        assert!(code == 3 && error.contains("health.json"), "{code} {error}");
    }
    fs::write(place.state("health.json"), whole).unwrap();
    assert_eq!(place.start().address("www"), UP);
}

#[test]
fn a_full_disk_is_told_and_never_touches_answers() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    let fresh = place.state("health.json.new");
    symlink("/dev/full", &fresh).unwrap();
    let set = ["health", "override", "web-1", "down", "--reason", "test"];
    let (code, error) = place.refused(&set);
    assert_eq!(code, 1);
    assert!(error.contains("nothing was set") && error.contains("No space left on device"), "{error}");
    assert_eq!(server.address("www"), UP, "a word that is not kept is not in force");

    fs::remove_file(&fresh).unwrap();
    let history = place.state("history.jsonl");
    let kept = poll("a history", || fs::read(&history).ok());
    server.kill();
    fs::remove_file(&history).unwrap();
    symlink("/dev/full", &history).unwrap();
    let server = place.start();
    let output = place.waymark(&set).output().unwrap();
    assert!(output.status.success());
    let warning = place::text(&output.stderr);
    assert!(warning.contains("the history cannot be written") && warning.contains("No space left"), "{warning}");
    assert_eq!(server.address("www"), DOWN);
    fs::remove_file(&history).unwrap();
    fs::write(&history, kept).unwrap();
    poll("what was owed", || events(&place).contains(&"override web-1".to_owned()).then_some(()));
    poll("what was lost", || events(&place).contains(&"lost *".to_owned()).then_some(()));
    assert!(place.log().contains("the history of health cannot be written"), "{}", place.log());
}

#[test]
fn a_state_directory_that_takes_no_files_is_told_and_never_touches_answers() {
    let place = Place::new(ZONE, "");
    for taken in ["health.json.new", "history.jsonl"] {
        fs::create_dir_all(place.state(taken)).unwrap();
    }
    let server = place.start();
    assert_eq!(server.address("www"), UP);
    let (code, error) = place.refused(&["health", "override", "web-1", "down", "--reason", "test"]);
    assert!(code == 1 && error.contains("nothing was set") && error.contains("Is a directory"), "{error}");
    assert_eq!(server.address("www"), UP);
    let (code, error) = place.refused(&["health", "history"]);
    assert!(code == 1 && error.contains("the history in state cannot be read"), "{error}");
    poll("the log", || place.log().contains("the history of health cannot be written").then_some(()));
}

#[test]
fn a_watch_draws_until_it_is_ended() {
    let place = Place::new(ZONE, "");
    let _server = place.start();
    let mut watch = place.waymark(&["health", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map_while(Result::ok);
    for _ in 0..2 {
        assert!(lines.by_ref().any(|line| line.starts_with("CHECK  STATUS")));
        assert!(lines.by_ref().any(|line| line.starts_with("web-1  healthy")));
    }
    // A shell's background jobs, and so a test run as one, ignore interrupts.
    let sent = Command::new("kill").args(["-s", "TERM", &watch.id().to_string()]).status();
    assert!(sent.unwrap().success());
    watch.wait().unwrap();
}

#[test]
fn a_latch_outlives_a_restart_until_failback() {
    // The port stays ours while nobody listens at it.
    let backend = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    backend.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = backend.local_addr().unwrap().as_socket().unwrap();
    let check = format!("tcp = \"{address}\"\ninterval = 1\nthreshold = 1\nfailback = \"manual\"");
    let place = Place::new(&ZONE.replace("given = \"healthy\"", &check), "");
    let server = place.start();
    poll("the latch", || (place.check("web-1")["latched"] == true).then_some(()));
    let kept = || serde_json::from_slice::<serde_json::Value>(&fs::read(place.state("health.json")).unwrap()).unwrap();
    poll("the latch on disk", || {
        (place.state("health.json").exists() && kept()["latched"] == json!(["web-1"])).then_some(())
    });
    server.kill();

    backend.listen(16).unwrap();
    let listener: TcpListener = backend.into();
    let server = place.start();
    assert_eq!(server.address("www"), DOWN, "held from the first answer on");
    poll("a good vote", || (place.check("web-1")["votes"][0]["proven"] == true).then_some(()));
    assert_eq!(place.check("web-1")["latched"], true);
    assert_eq!(server.address("www"), DOWN);
    assert_eq!(place.said(&["health", "failback", "web-1"]), "web-1 obeys its votes again\n");
    assert_eq!(server.address("www"), UP);
    assert_eq!(kept()["latched"], json!([]), "before it is acknowledged");
    assert!(place.said(&["health", "failback", "web-1"]).contains("was not held"));
    let (code, error) = place.refused(&["health", "failback", "web-9"]);
    assert!(code == 1 && error.contains("there is no health check web-9"), "{error}");
    server.kill();
    assert_eq!(place.start().address("www"), UP);
    assert!(events(&place).contains(&"failback web-1".to_owned()));
    drop(listener);
}

#[test]
fn explain_tells_what_stands_behind_a_check() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    place.said(&["health", "override", "web-1", "down", "--reason", "disk swap", "--owner", "ann", "--for", "2h"]);
    let said = place.said(&["explain", "www.example.com"]);
    assert!(said.contains("check web-1 is unhealthy: given as healthy; override down by ann until 20"), "{said}");
    assert!(said.contains(": disk swap"), "{said}");
    let shown = place.json(&["explain", "www.example.com"]);
    let health = &shown["steps"][1]["candidates"][0]["health"];
    assert_eq!(health["check"], "web-1");
    assert!(health["words"].as_str().expect("words").starts_with("given as healthy; override down by ann"), "{shown}");
    let supposed = place.said(&["explain", "www.example.com", "--health", "web-1=up"]);
    assert!(!supposed.contains("override"), "{supposed}");
    let offline = place.said(&["explain", "www.example.com", "--zones", "zones"]);
    assert!(offline.contains("taken: check web-1 is healthy\n"), "{offline}");
    drop(server);
}

#[test]
fn c36_each_checker_is_shown_with_its_vote_and_what_has_not_failed_says_since_when() {
    let alive = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let check = format!("tcp = \"{}\"\ninterval = \"1h\"", alive.local_addr().unwrap());
    let config = "[checker.fra-1]\nregion = \"eu-central-1\"\n[checker.nyc-1]\n";
    let place = Place::new(&ZONE.replace("given = \"healthy\"", &check), config);
    let _server = place.start();
    poll("every first look", || {
        let shown = place.check("web-1");
        let votes = shown["votes"].as_array().unwrap();
        assert!(votes.iter().all(|vote| vote["next"].is_string()), "also before the first look: {shown}");
        votes.iter().all(|vote| vote["proven"] == true).then_some(())
    });
    let said = place.said(&["explain", "www.example.com"]);
    let told = "check web-1 is healthy: 2 of 2 checkers healthy, needs more than 18 %; fra-1 healthy, nyc-1 healthy";
    assert!(said.contains(told), "{said}");
    let shown = place.check("web-1");
    let spotless =
        "The health check endpoint has not failed since the Waymark health checker for this endpoint restarted at ";
    for place in [&shown, &shown["votes"][0], &shown["votes"][1]] {
        let since = place["last_failure"].as_str().and_then(|text| text.strip_prefix(spotless));
        assert!(since.is_some_and(|since| since.parse::<Stamp>().is_ok()), "C-36: {shown}");
        assert!(place["last_failure_at"].is_null(), "{shown}");
    }
    assert!(place.said(&["health", "why", "web-1"]).contains(spotless));
}

#[test]
fn the_history_is_asked_by_time_and_check_without_a_server() {
    let place = Place::new(ZONE, "");
    let server = place.start();
    for word in ["down", "up", "down"] {
        place.said(&["health", "override", "web-1", word, "--reason", word]);
    }
    server.kill();
    let count = |arguments: &[&str]| {
        let found = place.json(&[&["health", "history"], arguments].concat());
        found["events"].as_array().unwrap().len()
    };
    assert_eq!(count(&[]), 7, "a start, three words, three turns");
    assert_eq!(count(&["--limit", "2"]), 2);
    assert_eq!(count(&["--since", "1h"]), 7);
    assert_eq!(count(&["--until", "1h"]), 0);
    let begin = Stamp::from(UNIX_EPOCH).to_string();
    assert_eq!(count(&["--since", &begin, "--until", &Stamp::now().to_string()]), 7);
    assert_eq!(count(&["db-*"]), 1, "a start concerns every check");
    assert_eq!(place.refused(&["health", "history", "--since", "yesterday"]).0, 2);
}

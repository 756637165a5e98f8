//! The outputs that docs/operating-health.md shows are what the binary prints, moments and timings apart.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use super::place::{Place, poll};

const CONFIG: &str = r#"
[checker.eu-west-1a]
region = "eu-west-1"
[checker.us-east-1a]
region = "us-east-1"
[checker.ap-southeast-1a]
region = "ap-southeast-1"
"#;

/// `console` blocks of the document: commands with what they print.
fn shown() -> Vec<(String, String)> {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating-health.md")).unwrap();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in document.lines() {
        match (line, line.strip_prefix("$ waymark ")) {
            ("```console", _) => is_open = true,
            ("```", _) => is_open = false,
            (_, Some(command)) if is_open => found.push((command.to_owned(), String::new())),
            (line, None) if is_open => {
                if let Some((_, output)) = found.last_mut() {
                    output.push_str(line);
                    output.push('\n');
                }
            }
            _ => {}
        }
    }
    found
}

/// A command's words, as a shell would take them apart.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// The text with moments, spans and the version made alike.
fn masked(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = line.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        let mut out = String::new();
        let mut rest = line.as_str();
        while let Some(letter) = rest.chars().next() {
            let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let moment = rest.get(..24).filter(|text| text.parse::<waymark::health::stamp::Stamp>().is_ok());
            let unit = [" ms", " s", " min"].iter().find(|unit| number > 0 && rest[number..].starts_with(**unit));
            let taken = match (moment, unit) {
                (Some(_), _) => {
                    out.push_str("MOMENT");
                    24
                }
                (None, Some(unit)) => {
                    out.push_str(&format!("N{unit}"));
                    number + unit.len()
                }
                (None, None) => {
                    out.push_str(&rest[..number.max(letter.len_utf8())]);
                    number.max(letter.len_utf8())
                }
            };
            rest = &rest[taken..];
        }
        lines.push(out.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    lines.join("\n").trim().to_owned()
}

#[test]
fn the_document_shows_what_the_binary_prints() {
    let alive = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let dead = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    dead.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let dead_address = dead.local_addr().unwrap().as_socket().unwrap();
    let zone = format!(
        r#"
zone = "example.com"
[check.site]
calculated = ["web-1", "web-2"]
at_least = 2
[check.web-1]
tcp = "{}"
threshold = 1
[check.web-2]
tcp = "{dead_address}"
threshold = 1
failback = "manual"
[[record]]
name = "www"
type = "A"
failover = {{ primary = {{ value = "192.0.2.1", check = "web-1" }}, secondary = {{ value = "192.0.2.2", check = "site" }} }}
"#,
        alive.local_addr().unwrap()
    );
    let place = Place::new(&zone, CONFIG);
    let _server = place.start();
    poll("every checker", || {
        let checks = place.json(&["health", "web-*"]);
        let votes = checks["checks"].as_array()?.iter().flat_map(|check| check["votes"].as_array().unwrap());
        votes.map(|vote| vote["proven"] == true).reduce(|one, other| one && other)?.then_some(())
    });
    let shown = shown();
    let commands: Vec<_> = shown.iter().map(|(command, _)| words(command)).collect();
    for wanted in ["why", "history", "override", "overrides", "clear", "failback"] {
        assert!(commands.iter().any(|words| words.get(1).is_some_and(|word| word == wanted)), "{wanted} is not shown");
    }
    for ((command, expected), words) in shown.iter().zip(&commands) {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let said = place.said(&words);
        assert_eq!(masked(&said), masked(expected), "$ waymark {command}\n{said}");
    }
}

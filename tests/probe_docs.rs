//! What `docs/health.md` shows is true: its zone files load, its words are the probes' own.

use std::net::Ipv4Addr;

use waymark::config::Config;
use waymark::model::check::{Status, quorum};
use waymark::model::fleet::Refusal;
use waymark::probe::{Outcome, Report};
use waymark::store;

const PAGE: &str = include_str!("../docs/health.md");

#[test]
fn every_file_of_the_page_loads_without_a_word() {
    let blocks: Vec<_> = PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 10);
    for block in blocks {
        if block.starts_with("# waymark.toml\n") {
            let config = Config::parse("waymark.toml", block);
            assert!(config.is_ok(), "{config:#?} in\n{block}");
            continue;
        }
        let loaded = store::load_texts(&[("health.toml", block)], &store::Options::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?} in\n{block}"));
        let warned = loaded.warnings.iter().find(|warning| !warning.what.contains("is used by no record"));
        assert!(warned.is_none(), "{warned:?} in\n{block}");
        assert!(!loaded.account.checks.is_empty());
    }
}

/// The table of the quorum is what the rule says (C-20, C-21).
#[test]
fn the_quorum_is_as_shown() {
    let numbers = |row: &str| -> Vec<usize> { row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect() };
    let row = |begins: &str| PAGE.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{begins}"));
    let totals = numbers(row("| checkers that count |"));
    assert_eq!(totals.len(), 6);
    for (begins, percent) in
        [("| healthy ones needed at 18 %", 18), ("| at 50 %", 50), ("| at 79 %", 79), ("| at 99 %", 99)]
    {
        let needed =
            totals.iter().map(|total| (0..=*total).find(|healthy| quorum(*healthy, *total, percent).is_healthy()));
        assert_eq!(numbers(row(begins)), needed.flatten().collect::<Vec<_>>(), "{begins}");
    }
    for total in 1..=23 {
        for healthy in 0..=total {
            let at_least = healthy * 10 >= total * 8;
            assert_eq!(quorum(healthy, total, 79).is_healthy(), at_least, "{healthy} of {total}");
        }
    }
}

#[test]
fn every_outcome_is_on_the_page_in_its_own_words() {
    let answered = |code, phrase| Outcome::Answered { code, phrase };
    let unreachable = || Outcome::ConnectFailed { error: "No route to host (os error 113)".to_owned() };
    let outcomes = [
        (answered(200, "OK"), None),
        (answered(200, "OK"), Some(Ipv4Addr::new(192, 0, 2, 2))),
        (answered(503, "Service Unavailable"), None),
        (Outcome::Connected, None),
        (Outcome::Refused, None),
        (Outcome::ConnectTimedOut, None),
        (unreachable(), None),
        (Outcome::ResponseTimedOut, None),
        (Outcome::NotHttp { error: "…".to_owned() }, None),
        (Outcome::HeadersTooLong, None),
        (Outcome::SearchMissed, None),
        (Outcome::BodyTimedOut, None),
        (Outcome::Handshaken, None),
        (Outcome::TlsFailed { error: "SSL alert handshake_failure".to_owned() }, None),
        (Outcome::TlsTimedOut, None),
        (Outcome::Serving, None),
        (Outcome::NotServing { answer: "health status NOT_SERVING".to_owned() }, None),
        (Outcome::NotServing { answer: "status 12, UNIMPLEMENTED: …".to_owned() }, None),
        (Outcome::NotGrpc { error: "…".to_owned() }, None),
        (Outcome::Echoed, None),
        (Outcome::EchoTimedOut, None),
        (Outcome::DnsAnswered { records: 2 }, None),
        (Outcome::DnsWrong { error: "SERVFAIL".to_owned() }, None),
        (Outcome::DnsTimedOut, None),
        (Outcome::Restricted { why: Refusal::Special }, Some(Ipv4Addr::new(10, 0, 0, 1))),
        (Outcome::Restricted { why: Refusal::Denied("10.0.0.0/8".parse().expect("a network")) }, None),
        (Outcome::ResolutionFailed, None),
        (Outcome::NotProbed { error: "…".to_owned() }, None),
    ];
    for (outcome, resolved) in outcomes {
        let counts = match outcome.status() {
            Some(Status::Healthy) => "success",
            Some(Status::Unhealthy) => "failure",
            None => "neither",
        };
        let words = Report { resolved, ..Report::of(outcome) }.to_string();
        let words = words.trim_end_matches("….").trim_end_matches('.');
        let row = PAGE.lines().find(|line| line.starts_with("| `") && line.contains(words));
        let row = row.unwrap_or_else(|| panic!("no row for {words:?}"));
        assert!(row.ends_with(&format!("| {counts} |")), "{row}");
    }
}

//! What `docs/health.md` shows is true: its zone files load, its words are the probes' own.

use std::net::Ipv4Addr;

use waymark::config::Config;
use waymark::model::check::Status;
use waymark::probe::{Outcome, Report};
use waymark::store;

const PAGE: &str = include_str!("../docs/health.md");

#[test]
fn every_file_of_the_page_loads_without_a_word() {
    let blocks: Vec<_> = PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 12);
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

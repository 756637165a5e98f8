//! Any text as an account dump: no panic, every problem within the file, and the rules judge whatever comes out.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use waymark::model::{Account, rules};
use waymark::store::{Options, dump};

fuzz_target!(|text: &str| {
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let mut problems = Vec::new();
    let dump::Parsed { zones, checks, collections, views } = dump::load("t.json", text, &Options::default(), &mut problems);
    assert!(problems.iter().all(|problem| problem.at.line <= lines.max(1) + 1), "{problems:?}");
    let mut account = Account { zones: zones.into_iter().map(Arc::new).collect(), checks, collections, views };
    rules::account::drop_repeats(&mut account);
    let judged = rules::check(&account);
    assert!(judged.iter().all(|problem| !problem.what.is_empty()));
    rules::Limits::ROUTE53.check_account(&account);
});

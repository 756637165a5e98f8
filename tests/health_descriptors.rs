//! When this process has hardly a file descriptor left, an operator's word is refused or set, and a restart finds the
//! same. Alone in its binary: the limit is the whole process's.

use std::fs::File;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use waymark::health::keeper::Keeper;
use waymark::health::overrides::{Now, Override};
use waymark::health::stamp::Stamp;
use waymark::model::check::{Pattern, Word};

fn said(pattern: &str) -> Override {
    let (owner, reason) = ("ann".to_owned(), "a test".to_owned());
    Override { pattern: Pattern(pattern.into()), word: Word::Down, owner, reason, set: Stamp::now(), expires: None }
}

fn patterns(keeper: &Keeper) -> Vec<String> {
    keeper.overrides().iter().map(|word| word.pattern.to_string()).collect()
}

/// Takes every descriptor the process may still open.
fn all_descriptors() -> Vec<File> {
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

#[test]
fn a_word_is_refused_or_in_force_and_a_restart_finds_the_same() {
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(256), maximum: before.maximum }).unwrap();
    let state = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(state.path(), Now::read()).unwrap();
    let mut outcomes = Vec::new();
    for left in 0..3 {
        let pattern = format!("web-{left}");
        let mut held = all_descriptors();
        held.truncate(held.len() - left);
        let is_set = keeper.set(said(&pattern), Now::read(), drop).is_ok();
        // Whoever starts anew has descriptors.
        drop(held);
        let restarted = patterns(&Keeper::open(state.path(), Now::read()).unwrap());
        assert_eq!(patterns(&keeper), restarted, "with {left} left");
        assert_eq!(restarted.contains(&pattern), is_set, "with {left} left");
        outcomes.push(is_set);
    }
    assert_eq!(outcomes, [false, true, true], "one is enough");
}

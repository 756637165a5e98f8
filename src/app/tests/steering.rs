//! From probes to answers, on a paused clock: the fleet asks scripted endpoints, the board weighs, records are steered.
//! Worked cases of spec §10.14 here: T285, T286, T287, T288, T289, T290, T291.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Stage, pass};
use crate::explain::{Wording, explain};
use crate::probe::tests::{Act, Script, UP};

/// Checks of endpoints, with their keys.
const ENDPOINTS: [(&str, &str); 9] = [
    ("up", ""),
    ("up-2", ""),
    ("up-3", ""),
    ("up-inverted", "inverted = true"),
    ("down", ""),
    ("down-2", ""),
    ("down-inverted", "inverted = true"),
    ("down-off", "disabled = true"),
    ("down-off-inverted", "disabled = true\ninverted = true"),
];
/// Calculated checks: their children, and how many must be healthy.
const CALCULATED: [(&str, &str, u8); 6] = [
    ("two-of-three", "\"up\", \"up-2\", \"down\"", 2),
    ("one-of-three", "\"up\", \"down\", \"down-2\"", 2),
    ("none-needed", "\"down\", \"down-2\"", 0),
    ("four-of-three", "\"up\", \"up-2\", \"up-3\"", 4),
    ("of-disabled", "\"down-off\"", 1),
    ("of-inverted", "\"up-inverted\"", 1),
];

/// Each check steers a weighted and a failover record: 192.0.2.1 is answered while it is healthy.
fn zone() -> String {
    let mut text = "zone = \"example.com\"\n".to_owned();
    for (id, keys) in ENDPOINTS {
        let _ = writeln!(text, "[check.{id}]\ntcp = \"192.0.2.9:80\"\ninterval = 10\nthreshold = 3\n{keys}");
    }
    for (id, children, needed) in CALCULATED {
        let _ = writeln!(text, "[check.{id}]\ncalculated = [{children}]\nat_least = {needed}");
    }
    for id in ids() {
        let _ = writeln!(
            text,
            "[[record]]\nname = \"{id}.weighted\"\ntype = \"A\"\nweighted = [\
             {{ id = \"a\", weight = 1, value = \"192.0.2.1\", check = \"{id}\" }}, \
             {{ id = \"b\", weight = 1, value = \"192.0.2.2\" }}]\n\
             [[record]]\nname = \"{id}.failover\"\ntype = \"A\"\nfailover = {{ \
             primary = {{ value = \"192.0.2.1\", check = \"{id}\" }}, secondary = {{ value = \"192.0.2.2\" }} }}"
        );
    }
    text
}

fn ids() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.map(|(id, _)| id).into_iter().chain(CALCULATED.map(|(id, ..)| id))
}

/// The values that are answered, over many throws of the dice.
fn answers(stage: &Stage, name: &str) -> BTreeSet<String> {
    let world = stage.control.world().load();
    let answer = |seed| {
        let wording = Wording { name: format!("{name}.example.com"), seed, ..Wording::default() };
        let request = wording.read(&world.snapshot.listeners).expect("understood");
        explain(&world, &request, &|_| None).expect("explained").answer
    };
    let value = |record: String| record.rsplit(' ').next().expect("a value").to_owned();
    (0..64).flat_map(answer).map(value).collect()
}

/// The checks that answers take for healthy; both policies take the same.
fn healthy(stage: &Stage) -> BTreeSet<&'static str> {
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
    let is_healthy = |id: &&str| {
        let told = [answers(stage, &format!("{id}.weighted")), answers(stage, &format!("{id}.failover"))];
        if told == [set(&["192.0.2.1", "192.0.2.2"]), set(&["192.0.2.1"])] {
            return true;
        }
        assert_eq!(told, [set(&["192.0.2.2"]), set(&["192.0.2.2"])], "{id}");
        false
    };
    ids().filter(is_healthy).collect()
}

#[tokio::test(start_paused = true)]
async fn t285_to_t291_from_probes_to_weighted_and_failover_answers() {
    let script = Script::default();
    let endpoints = |up: Act, down: Act| {
        for (id, _) in ENDPOINTS {
            script.set(id, [if id.starts_with("up") { up.clone() } else { down.clone() }]);
        }
    };
    endpoints(UP, Act::Down);
    let stage = Stage::of(zone(), Some(script.clone()));
    let supposed = ["up", "up-2", "up-3", "down", "down-2", "down-off", "two-of-three", "one-of-three"];
    let whatever = ["none-needed", "of-disabled"];
    let expected = |ids: &[&'static str]| ids.iter().chain(&whatever).copied().collect::<BTreeSet<_>>();
    assert_eq!(healthy(&stage), expected(&supposed), "T285: healthy before the first probe, unhealthy when inverted");

    pass(15_000).await;
    assert!(healthy(&stage).contains("down"), "C-17: two failures are not three");
    pass(15_000).await;
    let seen = ["up", "up-2", "up-3", "down-inverted", "down-off", "two-of-three"];
    assert_eq!(healthy(&stage), expected(&seen), "T286, T287, T288, T289, T290, T291");

    endpoints(Act::Down, UP);
    pass(40_000).await;
    let turned = ["up-inverted", "down", "down-2", "down-off", "one-of-three", "of-inverted"];
    assert_eq!(healthy(&stage), expected(&turned), "T286, T287, T288, T289, T290, T291, the other way round");
}

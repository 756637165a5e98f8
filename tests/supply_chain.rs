//! What the program is made of besides itself: every crate under a licence we can live with, from crates.io alone, and
//! each in one version unless we know why. Whether a version was yanked, only the registry knows: `.ci/supply-chain`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than to be named.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Crates that are there in several versions until those who use the older one move on; none of them is ours to choose.
const SEVERAL: &[&str] =
    &["base64", "bit-vec", "core-foundation", "getrandom", "hashbrown", "syn", "synstructure", "windows-sys"];
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every crate of Cargo.lock, on whatever system it is needed.
fn crates() -> Vec<Value> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--manifest-path"];
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(env!("CARGO")).args(arguments).arg(manifest).output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata fails; offline it needs `cargo fetch` before: {errors}");
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let others = |one: &&Value| one["name"] != "waymark";
    all["packages"].as_array().expect("packages").iter().filter(others).cloned().collect()
}

/// Whether an SPDX expression can be met with [`LICENCES`]; crates from before SPDX write `/` for OR.
fn is_met(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "_WITH_");
    let words: Vec<_> = spaced.split_whitespace().map(|word| word.replace("_WITH_", " WITH ")).collect();
    let mut rest = &words[..];
    any(&mut rest) && rest.is_empty()
}

fn any(rest: &mut &[String]) -> bool {
    let mut met = all(rest);
    while rest.first().is_some_and(|word| word == "OR") {
        *rest = &rest[1..];
        met |= all(rest);
    }
    met
}

fn all(rest: &mut &[String]) -> bool {
    let mut met = one(rest);
    while rest.first().is_some_and(|word| word == "AND") {
        *rest = &rest[1..];
        met &= one(rest);
    }
    met
}

fn one(rest: &mut &[String]) -> bool {
    let Some((word, after)) = rest.split_first() else { return false };
    *rest = after;
    if word != "(" {
        return LICENCES.contains(&word.as_str());
    }
    let met = any(rest);
    let is_closed = rest.first().is_some_and(|word| word == ")");
    *rest = rest.get(1..).unwrap_or_default();
    met && is_closed
}

#[test]
fn expressions_of_licences_are_understood() {
    for met in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR ISC",
        "(MIT OR GPL-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR X",
    ] {
        assert!(is_met(met), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT WITH X", "(MIT", "MIT MIT", "MIT AND", "ISC AND (X OR Y)"] {
        assert!(!is_met(unmet), "{unmet}");
    }
}

#[test]
fn every_crate_is_of_crates_io_and_under_a_licence_we_know() {
    let crates = crates();
    assert!(crates.len() > 100, "{}", crates.len());
    let mut wrong = Vec::new();
    for one in &crates {
        let word = |key: &str| one[key].as_str().unwrap_or_default();
        let who = format!("{} {}", word("name"), word("version"));
        if word("source") != SOURCE {
            wrong.push(format!("{who} comes from {}", one["source"]));
        }
        if !is_met(word("license")) {
            wrong.push(format!("{who} is under {}", one["license"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_in_two_versions_is_known() {
    let mut versions = BTreeMap::<String, Vec<String>>::new();
    for one in crates() {
        let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        versions.entry(word("name")).or_default().push(word("version"));
    }
    versions.retain(|_, versions| versions.len() > 1);
    let names: Vec<_> = versions.keys().map(String::as_str).collect();
    assert_eq!(names, SEVERAL, "{versions:#?}");
}

//! The house rules of ARCHITECTURE.md, read off the sources: who may name whom, how long files are, and what
//! must not be left lying about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The longest a source file may be, tests and tables apart.
const LONGEST: usize = 500;
/// Tables that a program writes; they are as long as what they list.
const TABLES: &[&str] = &["route53/operations.rs", "route53/shapes.rs", "route53/types.rs"];

/// Every room with the rooms it may name besides itself. Rooms that may name all are not listed.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("policy", &["model"]),
    ("tsig", &["model"]),
    ("dnssec", &["model"]),
    ("snapshot", &["dnssec", "policy", "model"]),
    ("answer", &["dnssec", "snapshot", "policy", "model"]),
    ("wire", &["answer", "dnssec", "snapshot", "policy", "tsig", "model"]),
    ("transfer", &["answer", "dnssec", "snapshot", "policy", "tsig", "model"]),
    ("edge", &["wire", "transfer", "answer", "snapshot", "policy", "tsig", "model"]),
    ("announce", &["snapshot", "tsig", "model"]),
    ("probe", &["wire", "answer", "snapshot", "policy", "model"]),
    ("health", &["probe", "snapshot", "policy", "model"]),
    ("alarm", &["probe", "web", "model"]),
    ("notify", &["health", "probe", "web", "snapshot", "model"]),
    ("web", &["model"]),
    ("geo", &["wire", "answer", "snapshot", "policy", "model"]),
    ("store", &["wire", "answer", "snapshot", "policy", "model"]),
    ("database", &["model"]),
    ("keys", &["model"]),
    ("route53", &[]),
    ("metrics", &["wire", "answer", "snapshot", "policy", "model"]),
    ("log", &["wire", "model"]),
    ("control", &["model", "snapshot", "store"]),
    ("account", &["control", "database", "keys", "route53", "store", "snapshot", "model"]),
    (
        "api",
        &[
            "account", "keys", "route53", "control", "metrics", "edge", "health", "geo", "log", "store", "snapshot",
            "wire", "policy", "model", "explain", "export",
        ],
    ),
    ("explain", &["wire", "answer", "snapshot", "policy", "model"]),
    ("export", &["store", "route53", "snapshot", "model"]),
    ("config", &["store", "snapshot", "policy", "model"]),
];
/// Who holds everything together.
const TOP: &[&str] = &["app", "cli", "main", "lib"];
/// Rooms of the core: no I/O, async, clocks, chance or serde.
const CORE: &[&str] = &["model", "policy", "tsig", "dnssec", "snapshot", "answer", "wire", "transfer"];
/// What the core must not name.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "time::{Instant",
    "SystemTime::",
    "Instant::now",
    "UdpSocket",
    "TcpStream",
    "RandomState",
    "tokio",
    "async fn",
    "serde",
    "println!",
    "tracing",
];
/// Crates with a place of their own: the paths (by prefix) that may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("reqwest", &["web/"]),
    ("hyper", &["probe/", "edge/encrypted/", "api/"]),
    ("rustls", &["probe/", "web/", "app/", "edge/encrypted/certificate.rs", "edge/encrypted/quic.rs"]),
    ("tokio_rustls", &["probe/", "edge/encrypted/", "api/http.rs", "app/api.rs"]),
    ("quinn", &["edge/encrypted/"]),
    ("h3", &["edge/encrypted/"]),
    ("h3_quinn", &["edge/encrypted/metered.rs"]),
    ("rcgen", &["edge/encrypted/certificate.rs", "probe/scripted.rs"]),
    ("base64", &["edge/encrypted/semantics.rs", "account/page.rs", "keys/"]),
    ("hickory_resolver", &["probe/"]),
    ("listenfd", &["app/passed.rs"]),
    ("maxminddb", &["geo/"]),
    ("rusqlite", &["database/"]),
    ("rustix", &["app/", "edge/", "probe/", "cli/mod.rs"]),
    ("nix", &["edge/", "app/"]),
    ("arrayvec", &["edge/udp.rs"]),
    ("socket2", &["edge/", "probe/"]),
    ("subtle", &["app/push.rs", "tsig/", "api/sigv4/"]),
    ("ring", &["tsig/", "api/sigv4/", "keys/", "probe/tls.rs", "web/", "edge/encrypted/certificate.rs"]),
    ("siphasher", &["wire/cookie.rs", "edge/rate_limit/", "dnssec/signatures.rs"]),
    ("getrandom", &["app/cookies.rs", "account/ids.rs", "api/credentials.rs"]),
    ("axum", &["edge/http.rs", "cli/demo/"]),
    ("clap", &["cli/"]),
    ("toml", &["store/"]),
    (
        "serde",
        &[
            "store/",
            "export/",
            "control/socket.rs",
            "explain/",
            "app/",
            "cli/",
            "health/",
            "alarm/",
            "notify/",
            "route53/",
            "account/",
        ],
    ),
    ("quick_xml", &["route53/element.rs"]),
    ("hickory_proto", &["cli/demo/", "probe/"]),
];
/// What is never left in a file. Spelt apart so that this file does not find itself.
const LEFTOVERS: &[&str] =
    &["to\x64o!", "unimplemente\x64!", "\x64bg!", "TO\x44O", "FIX\x4dE", "XX\x58", "#[ignor\x65", "allow(dea\x64_code"];

struct Source {
    /// Below `src/`.
    path: String,
    room: String,
    /// All of it.
    text: String,
    /// Without tests and comments.
    code: String,
    /// Lines before the tests.
    lines: usize,
    is_test: bool,
}

fn rust_files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&root);
    assert!(files.len() > 40, "sources found: {}", files.len());
    files.iter().map(|file| source(&root, file)).collect()
}

fn source(root: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).expect("a source is text");
    let path = file.strip_prefix(root).expect("below src").display().to_string();
    let room = path.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
    let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
    let tests_begin = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let code = if is_test { "" } else { &text[..tests_begin] };
    let lines = code.lines().count();
    let code = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    Source { path, room, text, code, lines, is_test }
}

/// The rooms named by `crate::room` and `crate::{room::…, other}`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => rooms.extend(word(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut expecting = true;
                for (at, letter) in group.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => expecting = true,
                        _ if expecting && letter.is_alphabetic() => {
                            rooms.extend(word(&group[at..]));
                            expecting = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    rooms
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    Some(word).filter(|word| !word.is_empty())
}

#[test]
fn rooms_are_read_off_the_code() {
    let code = "use crate::model::{At, Name};\nuse crate::{geo, store::{self, toml}, wire};\npub(crate) fn x() { crate::edge::y() }";
    assert_eq!(rooms_named(code), ["edge", "geo", "model", "store", "wire"].map(String::from).into());
    assert_eq!(rooms_named("$crate::model my_crate::edge"), BTreeSet::new());
}

#[test]
fn rooms_name_only_rooms_below_them() {
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        if TOP.contains(&&*source.room) {
            continue;
        }
        let Some(allowed) = layers.get(&*source.room) else {
            wrong.push(format!("{}: the room {:?} is not in the table of layers", source.path, source.room));
            continue;
        };
        for named in rooms_named(&source.code) {
            if named != source.room && !allowed.contains(&&*named) {
                wrong.push(format!("{}: {} may not name {named}", source.path, source.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_knows_no_outside() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| CORE.contains(&&*source.room)) {
        for word in OUTSIDE.iter().filter(|word| source.code.contains(**word)) {
            wrong.push(format!("{}: names {word}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_keep_to_their_places() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, places) in CRATES {
            let used = [format!("use {name}"), format!(" {name}::"), format!("<{name}::")];
            if used.iter().any(|used| source.code.contains(used))
                && !places.iter().any(|place| source.path.starts_with(place))
            {
                wrong.push(format!("{}: {name} belongs to {}", source.path, places.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_begin_with_a_word_and_leave_nothing_lying_about() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.lines > LONGEST && !TABLES.contains(&&*source.path) {
            wrong.push(format!("{}: {} lines; {LONGEST} are the most", source.path, source.lines));
        }
        if !source.is_test && !source.text.starts_with("//! ") {
            wrong.push(format!("{}: does not begin by saying what it is for", source.path));
        }
        for leftover in LEFTOVERS.iter().filter(|leftover| source.text.contains(**leftover)) {
            wrong.push(format!("{}: {leftover}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tests_wait_for_things_and_not_for_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut wrong = Vec::new();
    for file in rust_files(&root) {
        let text = fs::read_to_string(&file).expect("a test is text");
        for word in ["thread::sle\x65p", "time::sle\x65p"].iter().chain(LEFTOVERS) {
            if text.contains(*word) {
                wrong.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn architecture_and_the_crate_root_tell_of_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (room, _) in LAYERS {
        let paths = [format!("src/{room}/"), format!("src/{room}.rs")];
        let told = |path: &String| page.contains(&format!("`{path}`"));
        let (here, gone): (Vec<String>, Vec<String>) = paths.into_iter().partition(|path| root.join(path).exists());
        assert!(here.iter().any(told), "ARCHITECTURE.md does not tell of src/{room}");
        assert!(!gone.iter().any(told), "ARCHITECTURE.md tells of {gone:?}, which is not there");
    }
}

//! Directories, and what a second load of one keeps.

use std::fs;
use std::sync::Arc;

use super::super::*;
use super::name;
use crate::model::HostedZone;

const ZONE: &str = "zone = \"a.test\"\n[[record]]\nname = \"@\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn zone<'a>(loaded: &'a Loaded, name: &str) -> &'a Arc<HostedZone> {
    loaded.account.zones.iter().find(|zone| &*zone.id.0 == name).unwrap()
}

fn first_error(folder: &Path) -> String {
    load(folder, &Options::default(), None).unwrap_err()[0].to_string()
}

#[test]
fn hidden_backup_and_foreign_files_are_passed_over() {
    let junk = "this is no TOML [";
    let folder = folder(&[
        ("a.toml", ZONE),
        (".a.toml", junk),
        ("a.toml~", junk),
        (".a.toml.swp", junk),
        ("#a.toml#", junk),
        (".#a.toml", junk),
        ("~a.toml", junk),
        ("a.toml.bak", junk),
        ("a.toml.tmp", junk),
        ("README.md", junk),
    ]);
    fs::create_dir(folder.path().join("sub.toml")).unwrap();
    let loaded = load(folder.path(), &Options::default(), None).unwrap();
    assert_eq!((loaded.account.zones.len(), loaded.warnings.len()), (1, 0));
}

#[test]
fn what_cannot_be_read_is_told_and_waits_for_nobody() {
    let folder = folder(&[("a.toml", ZONE), ("empty.toml", "")]);
    let path = |name: &str| folder.path().join(name);
    fs::write(path("latin.toml"), b"zone = \"a.test\"\n# caf\xe9\n").unwrap();
    fs::File::create(path("huge.toml")).unwrap().set_len(directory::MAX_FILE + 1).unwrap();
    std::os::unix::fs::symlink("nowhere", path("dangling.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", path("endless.toml")).unwrap();
    // Opening a FIFO waits for its writer; there is none.
    assert!(std::process::Command::new("mkfifo").arg(path("fifo.toml")).status().unwrap().success());
    std::os::unix::net::UnixListener::bind(path("socket.toml")).unwrap();
    let problems = load(folder.path(), &Options::default(), None).unwrap_err();
    let shown: Vec<_> = problems
        .iter()
        .map(|problem| problem.to_string().strip_prefix(&format!("{}/", folder.path().display())).unwrap().to_owned())
        .collect();
    super::assert_problems(
        &shown,
        &[
            "dangling.toml: file cannot be read: No such file",
            "empty.toml: file is empty",
            "endless.toml: not a regular file",
            "fifo.toml: not a regular file",
            "huge.toml: file is larger than 64 MiB; split it",
            "latin.toml:2: file is not UTF-8 from here on",
            "socket.toml: not a regular file",
        ],
    );
}

#[test]
fn a_directory_that_is_gone_is_an_error_and_an_empty_one_a_warning() {
    let folder = folder(&[]);
    let loaded = load(folder.path(), &Options::default(), None).unwrap();
    assert!(loaded.warnings[0].what.contains("holds no *.toml"), "{}", loaded.warnings[0]);
    let gone = folder.path().join("gone");
    assert!(
        first_error(&gone).starts_with(&format!("{}: zone directory cannot be read: No such file", gone.display()))
    );
}

#[test]
fn a_directory_emptied_under_its_zones_is_an_error() {
    let folder = folder(&[("a.toml", ZONE)]);
    let first = load(folder.path(), &Options::default(), None).unwrap();
    fs::remove_file(folder.path().join("a.toml")).unwrap();
    let problems = load(folder.path(), &Options::default(), Some(&first)).unwrap_err();
    let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let expected = format!(
        "{}: zone directory holds no *.toml, *.zone or *.json file, and zones of it are served (1); put the files back \
         and reload, or restart to serve no zone at all",
        folder.path().display()
    );
    assert_eq!(shown, [expected]);
    // Where nothing was served nothing is lost.
    let nothing = load(folder.path(), &Options::default(), None).unwrap();
    let again = load(folder.path(), &Options::default(), Some(&nothing)).unwrap();
    assert_eq!((again.account.zones.len(), again.warnings.len()), (0, 1));
}

#[test]
fn an_unchanged_file_keeps_its_zone() {
    let folder = folder(&[("a.toml", ZONE), ("b.toml", "zone = \"b.test\"\n")]);
    let options = Options::default();
    let first = load(folder.path(), &options, None).unwrap();
    // Same length, other content.
    fs::write(folder.path().join("b.toml"), "zone = \"c.test\"\n").unwrap();
    fs::write(folder.path().join("d.toml"), "zone = \"d.test\"\n").unwrap();
    let second = load(folder.path(), &options, Some(&first)).unwrap();
    assert!(Arc::ptr_eq(zone(&first, "a.test"), zone(&second, "a.test")));
    let ids: Vec<_> = second.account.zones.iter().map(|zone| zone.id.0.to_string()).collect();
    assert_eq!(ids, ["a.test", "c.test", "d.test"]);
    fs::remove_file(folder.path().join("b.toml")).unwrap();
    let third = load(folder.path(), &options, Some(&second)).unwrap();
    assert_eq!(third.account.zones.len(), 2);
    assert!(Arc::ptr_eq(zone(&first, "a.test"), zone(&third, "a.test")));
}

#[test]
fn a_zone_that_reads_the_same_keeps_its_arc() {
    let folder = folder(&[("a.toml", ZONE)]);
    let options = Options::default();
    let first = load(folder.path(), &options, None).unwrap();
    fs::write(folder.path().join("a.toml"), format!("{ZONE}# a comment at the end\n")).unwrap();
    let second = load(folder.path(), &options, Some(&first)).unwrap();
    assert!(Arc::ptr_eq(zone(&first, "a.test"), zone(&second, "a.test")));
    fs::write(folder.path().join("a.toml"), ZONE.replace("192.0.2.1", "192.0.2.2")).unwrap();
    let third = load(folder.path(), &options, Some(&second)).unwrap();
    assert!(!Arc::ptr_eq(zone(&first, "a.test"), zone(&third, "a.test")));
}

#[test]
fn warnings_of_a_kept_file_are_told_again() {
    let folder = folder(&[("a.toml", &ZONE.replace("\"@\"", "\"www.a.test\""))]);
    let first = load(folder.path(), &Options::default(), None).unwrap();
    let second = load(folder.path(), &Options::default(), Some(&first)).unwrap();
    assert_eq!(first.warnings.len(), 1);
    assert_eq!(first.warnings, second.warnings);
}

#[test]
fn other_options_are_read_anew() {
    let folder = folder(&[("a.toml", ZONE), ("p.toml", "[[provider]]\nname = \"x.test\"\nA = \"192.0.2.1\"\n")]);
    let first = load(folder.path(), &Options::default(), None).unwrap();
    let options = Options { name_servers: vec![name("ns.example.net")], ..Options::default() };
    let second = load(folder.path(), &options, Some(&first)).unwrap();
    assert!(!Arc::ptr_eq(zone(&first, "a.test"), zone(&second, "a.test")));
    // A provider in one file speaks for aliases in all: they are read again, and found the same.
    fs::write(folder.path().join("p.toml"), "[[provider]]\nname = \"x.test\"\nA = \"192.0.2.2\"\n").unwrap();
    let third = load(folder.path(), &options, Some(&second)).unwrap();
    assert!(Arc::ptr_eq(zone(&second, "a.test"), zone(&third, "a.test")));
}

#[test]
fn a_provider_that_changes_changes_the_aliases_it_speaks_for() {
    let alias = ZONE.replace("value = \"192.0.2.1\"", "alias = \"x.test.\"");
    let folder = folder(&[("a.toml", &alias), ("p.toml", "[[provider]]\nname = \"x.test\"\nA = \"192.0.2.1\"\n")]);
    let first = load(folder.path(), &Options::default(), None).unwrap();
    fs::write(folder.path().join("p.toml"), "[[provider]]\nname = \"x.test\"\nA = \"192.0.2.2\"\n").unwrap();
    let second = load(folder.path(), &Options::default(), Some(&first)).unwrap();
    assert!(!Arc::ptr_eq(zone(&first, "a.test"), zone(&second, "a.test")));
}

#[test]
fn an_included_file_that_changes_changes_its_zone() {
    let folder = folder(&[
        ("a.test.zone", "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n$INCLUDE hosts.inc\n"),
        ("hosts.inc", "www 60 A 192.0.2.2\n"),
    ]);
    let options = Options::default();
    let first = load(folder.path(), &options, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let same = load(folder.path(), &options, Some(&first)).unwrap();
    assert!(Arc::ptr_eq(&first.account.zones[0], &same.account.zones[0]));
    fs::write(folder.path().join("hosts.inc"), "www 60 A 192.0.2.3\n").unwrap();
    let second = load(folder.path(), &options, Some(&same)).unwrap();
    assert!(!Arc::ptr_eq(&first.account.zones[0], &second.account.zones[0]));
    fs::remove_file(folder.path().join("hosts.inc")).unwrap();
    assert!(load(folder.path(), &options, Some(&second)).is_err());
}

use super::{Audit, Change, Entry, FILE, Revision, Sqlite, Store, StoreError, Trouble, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn audit(request: &str, zones: &[&str]) -> Audit {
    Audit {
        who: "WAYMARK1".into(),
        operation: "ChangeResourceRecordSets".into(),
        request: request.into(),
        at: 1_700_000_000_123,
        zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
    }
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn trouble(outcome: Result<Sqlite, StoreError>) -> (Trouble, String) {
    match outcome {
        Err(StoreError::Trouble { trouble, problem }) => (trouble, problem.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_batch_is_taken_and_remembered_with_what_was_before() {
    let mut store = Sqlite::in_memory().unwrap();
    assert_eq!(store.load(), Ok((Revision(0), vec![])));
    let first = [Write::set("zone/Z2", "{}"), Write::set("zone/Z1", r#"{"Name":"é.test."}"#)];
    assert_eq!(store.apply(&first, &audit("r1", &["Z2", "Z1"]), Revision(0)), Ok(Revision(1)));
    let second =
        [Write::set("zone/Z1", "1"), Write::delete("zone/Z2"), Write::delete("zone/Z3"), Write::delete("zone/Z1")];
    assert_eq!(store.apply(&second, &audit("r2", &["Z1"]), Revision(1)), Ok(Revision(2)));
    assert_eq!(store.apply(&[Write::set("check/c", "2")], &audit("r3", &[]), Revision(2)), Ok(Revision(3)));
    assert_eq!(store.load(), Ok((Revision(3), vec![pair("check/c", "2")])));
    let change = |key: &str, before: Option<&str>, after: Option<&str>| Change {
        key: key.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    let entries = store.watch(Revision(1)).unwrap();
    let changes = vec![
        change("zone/Z1", Some(r#"{"Name":"é.test."}"#), Some("1")),
        change("zone/Z2", Some("{}"), None),
        change("zone/Z3", None, None),
        change("zone/Z1", Some("1"), None),
    ];
    assert_eq!(entries[0], Entry { revision: Revision(2), audit: audit("r2", &["Z1"]), changes });
    assert_eq!(entries.len(), 2);
    let revisions = |zone, from, last| -> Vec<_> {
        store.history(zone, Revision(from), last).unwrap().into_iter().map(|entry| entry.revision.0).collect()
    };
    let all = [revisions("Z1", 0, None), revisions("Z2", 0, None), revisions("Z1", 1, None), revisions("Z1", 2, None)];
    assert_eq!(all, [vec![1, 2], vec![1], vec![2], vec![]]);
    let last = [0, 1, 2, u64::MAX].map(|last| revisions("Z1", 0, Some(last)));
    assert_eq!(last, [vec![], vec![2], vec![1, 2], vec![1, 2]]);
}

#[test]
fn who_does_not_know_the_last_revision_changes_nothing() {
    let mut store = Sqlite::in_memory().unwrap();
    store.apply(&[Write::set("a", "1")], &audit("r1", &[]), Revision(0)).unwrap();
    for expected in [Revision(0), Revision(2)] {
        let refused = store.apply(&[Write::set("a", "2")], &audit("r2", &["Z"]), expected);
        assert_eq!(refused, Err(StoreError::Conflict { expected, last: Revision(1) }));
    }
    assert_eq!(store.load(), Ok((Revision(1), vec![pair("a", "1")])));
    assert_eq!(store.history("Z", Revision(0), None), Ok(vec![]));
}

#[test]
fn what_was_taken_is_there_at_the_next_start_and_nobody_else_reads_it() {
    let state = tempfile::tempdir().unwrap();
    let mut store = Sqlite::open(state.path()).unwrap();
    store.apply(&[Write::set("a", "1")], &audit("r1", &[]), Revision(0)).unwrap();
    for file in ["account.db", "account.db-wal", "account.db-shm"] {
        let mode = state.path().join(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    drop(store);
    let file = state.path().join(FILE);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut store = Sqlite::open(state.path()).unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "also one that was open to all");
    assert_eq!(store.load(), Ok((Revision(1), vec![pair("a", "1")])));
    assert_eq!(store.apply(&[], &audit("r2", &[]), Revision(1)), Ok(Revision(2)));
}

#[test]
fn what_is_damaged_newer_or_another_programs_is_refused_with_a_word() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join(FILE);
    let mut store = Sqlite::open(state.path()).unwrap();
    for revision in 0..200 {
        let write = [Write::set(format!("k{revision}"), "x".repeat(1000))];
        store.apply(&write, &audit("r", &["Z"]), Revision(revision)).unwrap();
    }
    drop(store);
    let good = std::fs::read(&file).unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let (kind, said) = trouble(Sqlite::open(state.path()));
        assert!(said.starts_with(&file.display().to_string()) && said.contains("; "), "{said}");
        kind
    };
    assert_eq!(with(&good[..good.len() / 2]), Trouble::Corrupt, "half of it");
    assert_eq!(with(&good[..4096 + 10]), Trouble::Corrupt, "hardly any of it");
    let mut overwritten = good.clone();
    for page in overwritten.chunks_mut(4096).skip(3).step_by(7) {
        page.fill(0xa5);
    }
    assert_eq!(with(&overwritten), Trouble::Corrupt, "pages of noise");
    assert_eq!(with(b"this has never been a database, whatever its name is ".repeat(90).as_slice()), Trouble::Corrupt);
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    assert_eq!(with(&newer), Trouble::Newer);
    let mut foreign = good.clone();
    foreign[68..72].copy_from_slice(&7u32.to_be_bytes());
    assert_eq!(with(&foreign), Trouble::Foreign);
    std::fs::write(&file, &good).unwrap();
    assert_eq!(Sqlite::open(state.path()).unwrap().load().unwrap().0, Revision(200), "and as it was, it opens");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_eq!(trouble(Sqlite::open(state.path())).0, Trouble::ReadOnly, "not a file at all");
    assert_eq!(trouble(Sqlite::open(Path::new("/nonexistent/state"))).0, Trouble::Failed);
}

#[test]
fn an_older_database_is_brought_up_in_one_transaction() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join(FILE);
    let open = |steps: &[&str]| Sqlite::with(rusqlite::Connection::open(&file).unwrap(), file.clone(), steps);
    open(&["CREATE TABLE one (a TEXT) STRICT; INSERT INTO one VALUES ('kept')"]).unwrap();
    let broken = ["", "ALTER TABLE one ADD COLUMN b TEXT", "ALTER TABLE nowhere ADD COLUMN b TEXT"];
    assert_eq!(trouble(open(&broken)).0, Trouble::Failed);
    let read = |sql: &str| rusqlite::Connection::open(&file).unwrap().query_row(sql, [], |row| row.get::<_, String>(0));
    assert!(read("SELECT b FROM one").is_err(), "the step that went well is undone");
    open(&["", "ALTER TABLE one ADD COLUMN b TEXT DEFAULT 'new'"]).unwrap();
    assert_eq!(read("SELECT a || b FROM one").unwrap(), "keptnew");
    assert_eq!(trouble(open(&[""])).0, Trouble::Newer);
}

#[test]
fn a_reader_beside_the_server_does_not_stop_it_and_a_writer_is_told_of() {
    let state = tempfile::tempdir().unwrap();
    let mut store = Sqlite::open(state.path()).unwrap();
    let other = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM document").unwrap();
    assert_eq!(store.apply(&[Write::set("a", "1")], &audit("r1", &[]), Revision(0)), Ok(Revision(1)));
    other.execute_batch("COMMIT; BEGIN IMMEDIATE").unwrap();
    let refused = store.apply(&[Write::set("a", "2")], &audit("r2", &[]), Revision(1)).unwrap_err();
    assert!(matches!(refused, StoreError::Trouble { trouble: Trouble::Busy, .. }), "{refused}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.apply(&[Write::set("a", "2")], &audit("r2", &[]), Revision(1)), Ok(Revision(2)));
}

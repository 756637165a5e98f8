//! The store in a file of the state directory: SQLite with a write-ahead log.
//!
//! ```text
//!  document  key → JSON text            what is
//!  batch     revision → who, when, by what    what was done
//!  touched   zone, revision             which batches a zone's history has
//!  change    revision, place → key, before, after
//! ```
//!
//! A commit is on disk when it returns (`synchronous = FULL` syncs the log at each). A batch that fails in the midst is
//! rolled back by SQLite, at the next start if need be.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, Params, Row, TransactionBehavior};

use super::{Audit, Change, Entry, Loaded, Revision, Store, StoreError, Trouble, Write};
use crate::model::{At, Problem};

/// The file in the state directory.
pub const FILE: &str = "account.db";
/// Marks the file as ours (`PRAGMA application_id`): "WYMK".
const MARK: i64 = 0x5759_4d4b;
/// How long another process may hold the database, as a backup does for moments.
const PATIENCE: Duration = Duration::from_secs(1);
/// What brings a database from each version to the next; an empty file has version 0.
const STEPS: &[&str] = &["
    CREATE TABLE document (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE batch (
        revision INTEGER PRIMARY KEY, who TEXT NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE touched (
        zone TEXT NOT NULL, revision INTEGER NOT NULL REFERENCES batch, PRIMARY KEY (zone, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE change (
        revision INTEGER NOT NULL REFERENCES batch, place INTEGER NOT NULL, key TEXT NOT NULL, before TEXT, after TEXT,
        PRIMARY KEY (revision, place)
    ) STRICT, WITHOUT ROWID;
"];
/// For each connection. The log is cut back to 16 MiB after a large batch; quick_check then finds torn cells.
const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 16777216;
";

/// A store in an SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    /// As it is called in problems.
    file: PathBuf,
}

impl Sqlite {
    /// Opens the database of a state directory, makes it where there is none, and checks that all of it can be read and
    /// that it can be written.
    ///
    /// # Errors
    /// The file cannot be opened, read or written, is damaged, not ours, or a newer version's.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        let file = state.join(FILE);
        private(state, &file).map_err(|error| refused(&file, &error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match Connection::open_with_flags(&file, flags) {
            Ok(connection) => Self::with(connection, file, STEPS),
            Err(error) => Err(trouble(&file, &error)),
        }
    }

    /// A database in memory, which ends with this value.
    ///
    /// # Errors
    /// There is no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        let file = PathBuf::from(":memory:");
        match Connection::open_in_memory() {
            Ok(connection) => Self::with(connection, file, STEPS),
            Err(error) => Err(trouble(&file, &error)),
        }
    }

    pub(super) fn with(connection: Connection, file: PathBuf, steps: &[&str]) -> Result<Self, StoreError> {
        let mut store = Self { connection, file };
        store.connection.busy_timeout(PATIENCE).map_err(|error| store.trouble(&error))?;
        store.whose(steps.len())?;
        store.prepare(steps).map_err(|error| store.trouble(&error))?;
        store.check()?;
        Ok(store)
    }

    /// Refuses what is not ours or newer than we are.
    fn whose(&self, known: usize) -> Result<(), StoreError> {
        let number = |name: &str| self.one(&format!("PRAGMA {name}"), []).map_err(|error| self.trouble(&error));
        let (mark, version): (i64, i64) = (number("application_id")?, number("user_version")?);
        let tables: i64 = self.one("SELECT count(*) FROM sqlite_schema", []).map_err(|error| self.trouble(&error))?;
        if mark != MARK && (mark, version, tables) != (0, 0, 0) {
            let what = "this is a database of another program".to_owned();
            return Err(told(&self.file, Trouble::Foreign, what, "move it away, or give another state directory"));
        }
        if usize::try_from(version).is_ok_and(|version| version <= known) {
            return Ok(());
        }
        let what = format!("this is version {version} of the database, and up to version {known} is understood here");
        Err(told(&self.file, Trouble::Newer, what, "run the version of Waymark that wrote it, or a newer one"))
    }

    /// Sets the connection up, and brings an older database to the newest version in one transaction.
    fn prepare(&mut self, steps: &[&str]) -> rusqlite::Result<()> {
        self.connection.execute_batch(SETTINGS)?;
        // A database in memory answers "memory".
        let _mode: String = self.one("PRAGMA journal_mode = WAL", [])?;
        // Taking the write lock finds out what can only be read.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: isize = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let version = version.cast_unsigned();
        if version < steps.len() {
            for step in steps.iter().skip(version) {
                transaction.execute_batch(step)?;
            }
            transaction.pragma_update(None, "application_id", MARK)?;
            transaction.pragma_update(None, "user_version", steps.len().cast_signed())?;
        }
        transaction.commit()
    }

    fn check(&self) -> Result<(), StoreError> {
        let told: String = self.one("PRAGMA quick_check(1)", []).map_err(|error| self.trouble(&error))?;
        if told == "ok" { Ok(()) } else { Err(corrupt(&self.file, &told)) }
    }

    fn one<T: rusqlite::types::FromSql>(&self, sql: &str, parameters: impl Params) -> rusqlite::Result<T> {
        self.connection.query_row(sql, parameters, |row| row.get(0))
    }

    fn trouble(&self, error: &rusqlite::Error) -> StoreError {
        trouble(&self.file, error)
    }

    fn documents(&self) -> rusqlite::Result<Loaded> {
        // One transaction, so that both are of the same moment.
        let transaction = self.connection.unchecked_transaction()?;
        let last = last(&transaction)?;
        let mut all = transaction.prepare_cached("SELECT key, value FROM document ORDER BY key")?;
        let documents = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok((last, documents))
    }

    fn entries(&self, batches: &str, parameters: impl Params) -> rusqlite::Result<Vec<Entry>> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut zones = transaction.prepare_cached("SELECT zone FROM touched WHERE revision = ? ORDER BY zone")?;
        let mut changes =
            transaction.prepare_cached("SELECT key, before, after FROM change WHERE revision = ? ORDER BY place")?;
        let mut batches = transaction.prepare_cached(batches)?;
        let read = |row: &Row<'_>| {
            let revision: i64 = row.get(0)?;
            let (who, operation, request, at) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
            let zones = all(&mut zones, revision, |row| row.get(0))?;
            let changes = all(&mut changes, revision, |row| {
                Ok(Change { key: row.get(0)?, before: row.get(1)?, after: row.get(2)? })
            })?;
            let audit = Audit { who, operation, request, at, zones };
            Ok(Entry { revision: Revision(revision.cast_unsigned()), audit, changes })
        };
        batches.query_map(parameters, read)?.collect()
    }

    fn carry_out(&mut self, writes: &[Write], audit: &Audit, expected: Revision) -> rusqlite::Result<Outcome> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = last(&transaction)?;
        if last != expected {
            return Ok(Outcome::Conflict(last));
        }
        let revision = last.0.cast_signed() + 1;
        let Audit { who, operation, request, at, zones } = audit;
        transaction
            .prepare_cached("INSERT INTO batch (revision, who, operation, request, at) VALUES (?, ?, ?, ?, ?)")?
            .execute((revision, who, operation, request, at))?;
        let mut touch = transaction.prepare_cached("INSERT OR IGNORE INTO touched (zone, revision) VALUES (?, ?)")?;
        for zone in zones {
            touch.execute((zone, revision))?;
        }
        let mut before = transaction.prepare_cached("SELECT value FROM document WHERE key = ?")?;
        let mut set = transaction.prepare_cached(
            "INSERT INTO document (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?;
        let mut delete = transaction.prepare_cached("DELETE FROM document WHERE key = ?")?;
        let mut note = transaction
            .prepare_cached("INSERT INTO change (revision, place, key, before, after) VALUES (?, ?, ?, ?, ?)")?;
        for (place, Write { key, value }) in (0i64..).zip(writes) {
            let old: Option<String> = before.query_map([key], |row| row.get(0))?.next().transpose()?;
            match value {
                Some(value) => set.execute((key, value))?,
                None => delete.execute([key])?,
            };
            note.execute((revision, place, key, old, value))?;
        }
        drop((touch, before, set, delete, note));
        transaction.commit()?;
        Ok(Outcome::Taken(Revision(revision.cast_unsigned())))
    }
}

enum Outcome {
    Taken(Revision),
    Conflict(Revision),
}

impl Store for Sqlite {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.documents().map_err(|error| self.trouble(&error))
    }

    fn apply(&mut self, writes: &[Write], audit: &Audit, expected: Revision) -> Result<Revision, StoreError> {
        match self.carry_out(writes, audit, expected) {
            Ok(Outcome::Taken(revision)) => Ok(revision),
            Ok(Outcome::Conflict(last)) => Err(StoreError::Conflict { expected, last }),
            Err(error) => Err(self.trouble(&error)),
        }
    }

    fn watch(&self, from: Revision) -> Result<Vec<Entry>, StoreError> {
        let batches = "SELECT revision, who, operation, request, at FROM batch WHERE revision > ? ORDER BY revision";
        self.entries(batches, [from.0.cast_signed()]).map_err(|error| self.trouble(&error))
    }

    fn history(&self, zone: &str, from: Revision, last: Option<u64>) -> Result<Vec<Entry>, StoreError> {
        let batches = "SELECT revision, who, operation, request, at FROM touched JOIN batch USING (revision)
            WHERE zone = ? AND revision > ? ORDER BY revision DESC LIMIT ?";
        // A limit below nothing is none.
        let last = last.map_or(-1, |last| i64::try_from(last).unwrap_or(i64::MAX));
        let entries = self.entries(batches, (zone, from.0.cast_signed(), last));
        let mut entries = entries.map_err(|error| self.trouble(&error))?;
        entries.reverse();
        Ok(entries)
    }
}

fn last(connection: &Connection) -> rusqlite::Result<Revision> {
    let mut last = connection.prepare_cached("SELECT coalesce(max(revision), 0) FROM batch")?;
    last.query_row([], |row| row.get(0)).map(|last: i64| Revision(last.cast_unsigned()))
}

fn all<T>(
    statement: &mut CachedStatement<'_>,
    revision: i64,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    statement.query_map([revision], |row| read(row))?.collect()
}

/// Sees to it that the file is there, its name durable, and that nobody else may read it. SQLite gives its log the same mode.
fn private(state: &Path, file: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(_) => File::open(state)?.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mode = file.metadata()?.permissions().mode();
            if mode & 0o077 == 0 {
                Ok(())
            } else {
                std::fs::set_permissions(file, Permissions::from_mode(mode & 0o700))
            }
        }
        Err(error) => Err(error),
    }
}

fn told(file: &Path, trouble: Trouble, what: String, mend: &str) -> StoreError {
    StoreError::Trouble { trouble, problem: Problem::error(&At::new(file.display().to_string(), 0), what, mend) }
}

fn corrupt(file: &Path, what: &str) -> StoreError {
    let what = format!("the database is damaged: {what}");
    told(
        file,
        Trouble::Corrupt,
        what,
        "stop the server and put a backup in its place (with its -wal and -shm files away)",
    )
}

/// What the system says of the file itself.
fn refused(file: &Path, error: &io::Error) -> StoreError {
    let what = format!("the database cannot be opened: {error}");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(file, &what),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => read_only(file, what),
        _ => told(file, Trouble::Failed, what, "let the server make and write files in the state directory"),
    }
}

fn full(file: &Path, what: &str) -> StoreError {
    told(
        file,
        Trouble::Full,
        what.to_owned(),
        "make room on its file system; nothing was changed, and changes go on then",
    )
}

fn read_only(file: &Path, what: String) -> StoreError {
    told(file, Trouble::ReadOnly, what, "let the server write the file and its directory")
}

/// What SQLite says.
fn trouble(file: &Path, error: &rusqlite::Error) -> StoreError {
    let what = format!("the database refuses: {error}");
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => full(file, &what),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => read_only(file, what),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            told(file, Trouble::Busy, what, "find the other process that writes it, and end that")
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => corrupt(file, &error.to_string()),
        _ => told(file, Trouble::Failed, what, "look at its disk and at the system's log"),
    }
}

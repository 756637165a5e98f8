//! What outlives a restart: overrides and latches, in `STATE/health.json`.
//!
//! ```text
//!  set, clear, expire ─► health.json.new ─► fsync ─► rename ─► fsync of the directory ─► in force, acknowledged
//! ```
//!
//! A word is in force once the file is renamed: the next start would find it there. That the directory cannot be synced
//! is then a warning. The file is whole at every moment. One that cannot be read stops the start: an operator's word must not be lost
//! in silence.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::overrides::{Now, Override, Overrides};
use super::spoken;
use crate::model::check::{Pattern, Word};
use crate::model::{At, CheckId, Problem};

const FILE: &str = "health.json";
const FRESH: &str = "health.json.new";
/// The version of the file's shape.
const VERSION: u32 = 1;
/// The most the file may hold, in bytes: tens of thousands of overrides and latches.
const MOST: u64 = 64 << 20;

/// What a directory that cannot be synced means.
const UNSYNCED: &str = "overrides and latches are on disk, but a power cut now may take the latest change back";

/// Keeps the operator's words and the latches on disk.
#[derive(Debug)]
pub struct Keeper {
    state: PathBuf,
    /// Open from the start: none may be left when it has to be synced.
    directory: File,
    /// Held while a change is written and taken into force, so that changes come one after another.
    writing: Mutex<()>,
    /// Held for moments only.
    kept: Mutex<Kept>,
    /// The file tells of words that have ended.
    is_stale: AtomicBool,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    overrides: Overrides,
    latched: Vec<CheckId>,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    version: u32,
    overrides: Vec<Override>,
    latched: Vec<Latch>,
}

/// A check that is held unhealthy until failback.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Latch(#[serde(with = "spoken")] CheckId);

impl Keeper {
    /// Takes up what a state directory keeps; nothing where there is no file yet.
    ///
    /// # Errors
    /// A directory that cannot be opened, or a file that is there and cannot be read or understood.
    pub fn open(state: &Path, now: Now) -> Result<Self, Vec<Problem>> {
        let kept = read(&state.join(FILE), now).map_err(|problem| vec![problem])?;
        let directory = File::open(state).map_err(|error| {
            let what = format!("the state directory cannot be opened: {error}");
            vec![Problem::error(&At::new(state.display().to_string(), 0), what, "let the server read it")]
        })?;
        Ok(Self {
            state: state.to_owned(),
            directory,
            writing: Mutex::default(),
            kept: Mutex::new(kept),
            is_stale: AtomicBool::new(false),
        })
    }

    /// Everything wrong with what a state directory keeps; nothing where there is none.
    ///
    /// # Errors
    /// A file that is there and cannot be read or understood.
    pub fn check(state: &Path, now: Now) -> Result<(), Vec<Problem>> {
        read(&state.join(FILE), now).map(drop).map_err(|problem| vec![problem])
    }

    /// The overrides in force.
    pub fn overrides(&self) -> Overrides {
        lock(&self.kept).overrides.clone()
    }

    /// The checks that were last kept as held unhealthy.
    pub fn latched(&self) -> Vec<CheckId> {
        lock(&self.kept).latched.clone()
    }

    /// Sets a word; `in_force` is told all words once it is kept. Returns the word it replaces.
    ///
    /// # Errors
    /// The file cannot be written; nothing has changed then.
    pub fn set(
        &self,
        word: Override,
        now: Now,
        in_force: impl FnOnce(Vec<(Pattern, Word)>),
    ) -> io::Result<Option<Override>> {
        self.change(|kept| kept.overrides.set(word, now), |_| true, in_force)
    }

    /// Takes the word on a pattern back; `None` when there is none.
    ///
    /// # Errors
    /// The file cannot be written; nothing has changed then.
    pub fn clear(
        &self,
        pattern: &Pattern,
        in_force: impl FnOnce(Vec<(Pattern, Word)>),
    ) -> io::Result<Option<Override>> {
        self.change(|kept| kept.overrides.clear(pattern), Option::is_some, in_force)
    }

    /// Ends the words whose time is over, also when that cannot be written: the file tells their end by itself.
    pub fn expire(&self, now: Now, in_force: impl FnOnce(Vec<(Pattern, Word)>, &[Override])) -> io::Result<()> {
        let _writing = lock(&self.writing);
        let over = lock(&self.kept).overrides.expire(now);
        if over.is_empty() {
            return Ok(());
        }
        let kept = lock(&self.kept).clone();
        self.is_stale.store(true, Ordering::Relaxed);
        in_force(kept.overrides.words(), &over);
        self.write(&kept)
    }

    /// Keeps which checks are held unhealthy, and that words have ended; writes only what is news.
    ///
    /// # Errors
    /// The file cannot be written; it is old then, and the next call tries again.
    pub fn keep_latched(&self, held: impl Fn() -> Vec<CheckId>) -> io::Result<()> {
        let is_news = |kept: &Kept| kept.latched != held() || self.is_stale.load(Ordering::Relaxed);
        if !is_news(&lock(&self.kept)) {
            return Ok(());
        }
        self.change(|kept| kept.latched = held(), |()| true, |_| {})
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Kept) -> T,
        is_news: impl FnOnce(&T) -> bool,
        in_force: impl FnOnce(Vec<(Pattern, Word)>),
    ) -> io::Result<T> {
        let _writing = lock(&self.writing);
        let mut next = lock(&self.kept).clone();
        let outcome = change(&mut next);
        if is_news(&outcome) {
            self.write(&next)?;
            let words = next.overrides.words();
            *lock(&self.kept) = next;
            in_force(words);
        }
        Ok(outcome)
    }

    fn write(&self, kept: &Kept) -> io::Result<()> {
        let page = Page {
            version: VERSION,
            overrides: kept.overrides.iter().cloned().collect(),
            latched: kept.latched.iter().cloned().map(Latch).collect(),
        };
        let mut text = serde_json::to_string_pretty(&page)?;
        text.push('\n');
        let fresh = self.state.join(FRESH);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, self.state.join(FILE))?;
        self.is_stale.store(false, Ordering::Relaxed);
        if let Err(error) = self.directory.sync_all() {
            tracing::warn!(state = %self.state.display(), %error, "{UNSYNCED}");
        }
        Ok(())
    }
}

fn read(path: &Path, now: Now) -> Result<Kept, Problem> {
    let file = path.display().to_string();
    let refused = |line: u32, what: String| {
        let mend = "mend it, or move it away to start without any overrides and latches";
        Problem::error(&At::new(&*file, line), what, mend)
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        refused(0, format!("the overrides and latches kept here cannot be read: {error}"))
    };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > MOST => return Err(unreadable(&format!("more than {} MiB", MOST >> 20))),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(unreadable(&error)),
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let page: Page = serde_json::from_str(&text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or_default();
        refused(line, format!("the overrides and latches kept here are not understood: {error}"))
    })?;
    if page.version != VERSION {
        let what = format!("this is version {} of the file, and version {VERSION} is understood here", page.version);
        return Err(refused(1, what));
    }
    let latched = page.latched.into_iter().map(|Latch(check)| check).collect();
    Ok(Kept { overrides: Overrides::new(page.overrides, now), latched })
}

// What is guarded is replaced whole, so a panic leaves the old behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::stamp::Stamp;
    use std::time::Duration;

    fn said(pattern: &str, word: Word) -> Override {
        let (owner, reason) = ("ann@host".to_owned(), "\"why\"\nnot".to_owned());
        let set = Stamp::now();
        Override { pattern: Pattern(pattern.into()), word, owner, reason, set, expires: None }
    }

    fn all(keeper: &Keeper) -> Vec<Override> {
        keeper.overrides().iter().cloned().collect()
    }

    #[test]
    fn what_is_acknowledged_is_there_after_a_restart() {
        let state = tempfile::tempdir().unwrap();
        let open = || Keeper::open(state.path(), Now::read()).unwrap();
        let keeper = open();
        let mut told = Vec::new();
        keeper.set(said("web-*", Word::Down), Now::read(), |words| told.push(words.len())).unwrap();
        keeper.set(said("web-1", Word::Obey), Now::read(), |words| told.push(words.len())).unwrap();
        keeper.keep_latched(|| vec![CheckId("db".into())]).unwrap();
        assert_eq!(all(&open()), all(&keeper));
        assert_eq!(open().latched(), [CheckId("db".into())]);
        assert!(keeper.clear(&Pattern("web-*".into()), |words| told.push(words.len())).unwrap().is_some());
        assert!(keeper.clear(&Pattern("web-*".into()), |_| panic!("no news")).unwrap().is_none());
        assert_eq!((told, all(&open()).len()), (vec![1, 2, 1], 1));
    }

    #[test]
    fn a_word_that_cannot_be_written_is_not_in_force() {
        let state = tempfile::tempdir().unwrap();
        let keeper = Keeper::open(state.path(), Now::read()).unwrap();
        keeper.set(said("a", Word::Down), Now::read(), drop).unwrap();
        std::os::unix::fs::symlink("/dev/full", state.path().join(FRESH)).unwrap();
        let refused = keeper.set(said("b", Word::Down), Now::read(), |_| panic!("in force")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::StorageFull);
        assert!(keeper.clear(&Pattern("a".into()), |_| panic!("in force")).is_err());
        assert!(keeper.keep_latched(|| vec![CheckId("a".into())]).is_err());
        assert_eq!(all(&keeper).len(), 1);
        assert_eq!(all(&Keeper::open(state.path(), Now::read()).unwrap()).len(), 1, "the file is as it was");
    }

    #[test]
    fn a_word_that_is_in_the_file_is_in_force_though_the_directory_cannot_be_synced() {
        let state = tempfile::tempdir().unwrap();
        let kept = Keeper::open(state.path(), Now::read()).unwrap();
        // What is no file system's cannot be synced (EINVAL).
        let keeper = Keeper { directory: File::open("/dev/null").unwrap(), ..kept };
        assert!(keeper.directory.sync_all().is_err());
        let restarted = || all(&Keeper::open(state.path(), Now::read()).unwrap());
        let mut told = Vec::new();
        keeper.set(said("a", Word::Down), Now::read(), |words| told.push(words.len())).unwrap();
        assert_eq!(all(&keeper), restarted());
        keeper.clear(&Pattern("a".into()), |words| told.push(words.len())).unwrap();
        assert_eq!((all(&keeper), restarted(), told), (Vec::new(), Vec::new(), vec![1, 0]));
    }

    #[test]
    fn a_word_ends_in_time_although_that_cannot_be_written() {
        let state = tempfile::tempdir().unwrap();
        let keeper = Keeper::open(state.path(), Now::read()).unwrap();
        let word = said("a", Word::Down);
        let expires = Some(word.set.after(Duration::from_secs(60)));
        keeper.set(Override { expires, ..word }, Now::read(), drop).unwrap();
        std::os::unix::fs::symlink("/dev/full", state.path().join(FRESH)).unwrap();
        let later = Now { wall: Stamp::now().after(Duration::from_secs(61)), ..Now::read() };
        let mut ended = Vec::new();
        keeper.expire(later, |words, over| ended.push((words.len(), over.len()))).unwrap_err();
        keeper.expire(later, |words, over| ended.push((words.len(), over.len()))).unwrap();
        assert_eq!(ended, [(0, 1)]);
        assert!(keeper.keep_latched(Vec::new).is_err(), "it is tried again");
        std::fs::remove_file(state.path().join(FRESH)).unwrap();
        keeper.keep_latched(Vec::new).unwrap();
        assert_eq!(all(&Keeper::open(state.path(), Now::read()).unwrap()), []);
    }

    #[test]
    fn a_file_that_is_not_understood_is_refused_with_its_line() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(FILE);
        let word = r#"{"pattern":"a","word":"down","owner":"o","reason":"r","set":"2026-01-01T00:00:00Z"}"#;
        let told = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Keeper::open(state.path(), Now::read()).map(|keeper| all(&keeper).len()).map_err(|told| told[0].to_string())
        };
        assert_eq!(told(&format!(r#"{{"version":1,"overrides":[{word}],"latched":["x"]}}"#)), Ok(1));
        for (text, line) in [
            ("", 0),
            ("{\"version\":1,\n\"overrides\":[", 2),
            (&*format!("{{\"version\":1,\n\"overrides\":[{}],\"latched\":[]}}", word.replace("down", "dwon")), 2),
            (&*format!("{{\"version\":1,\"overrides\":[],\"latched\":[]\n,\"more\":[{word}]}}"), 2),
            ("{\"version\":2,\"overrides\":[],\"latched\":[]}", 1),
        ] {
            let said = told(text).unwrap_err();
            let at = if line == 0 { "health.json".to_owned() } else { format!("health.json:{line}: ") };
            assert!(said.contains(&at) && said.contains("move it away"), "{said}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(Keeper::open(state.path(), Now::read()).is_err(), "not a file at all");
    }
}

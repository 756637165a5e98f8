//! The account as clients of the API made it: its documents in memory, and the one way in which they change.
//!
//! ```text
//!  transact(caller, operation, |draft| …)
//!    draft: documents + what the operation puts over them ─► faults? ─► convert ─► Edit
//!      ─► swap: control judges and compiles ─► persist (store, durable) ─► in force ─► documents take the draft ─► answer
//! ```
//!
//! One writer at a time; readers see the documents in force and wait for no disk. What an operation costs follows what
//! it changes. A subject adds its structures to the table in `document`, and a file of its own that reads and changes
//! drafts.

mod belongings;
mod change;
pub mod checks;
pub mod cidr;
mod convert;
mod copies;
pub mod delegation;
pub mod dnssec;
mod document;
mod documents;
mod draft;
pub mod features;
mod filed;
pub mod geo;
mod ids;
mod import;
pub mod limits;
pub mod order;
pub mod page;
pub mod past;
pub mod protections;
pub mod query_logging;
pub mod record;
pub mod refusal;
mod rollover;
mod signing_key;
pub mod tags;
#[cfg(test)]
pub(crate) mod tests;
pub mod traffic;
pub mod vpc;
pub mod zone;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwap;

pub use change::{find as find_change, timestamp};
pub use document::{BadDocument, Document, Kind, key};
pub use documents::{Documents, Reader};
pub use draft::Draft;
pub use filed::{THE_API, count as filed_count, find as find_filed, servers as filed_servers, zones as filed_zones};
pub use ids::{lettered, number, uuid};

use crate::control::{Edit, Refusal, ReloadReport};
use crate::database::{Audit, Entry, Revision, Store, StoreError};
use crate::model::Problem;
use crate::model::quotas::Quotas;
use crate::model::transfer::Transfers;
use crate::route53::{ApiError, Caller, Code};
use crate::snapshot::World;
use crate::store::Options;

/// What the configuration says of the account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Providers, views, name servers: what zone files are read with too.
    pub options: Options,
    /// How much it may hold (§2.6).
    pub quotas: Quotas,
    /// How long a change is said to be pending; 0 but for testers (I-15).
    pub pending: Duration,
    /// The directory of key-signing keys (S-1).
    pub keys: PathBuf,
    /// Who copies which zones.
    pub transfers: Arc<Transfers>,
    /// Days since 1970, which the serials of signed zones that are copied rise by.
    pub today: u32,
}

/// Takes an edit into use: judges, compiles, calls what keeps it, swaps.
pub type Swap = dyn Fn(Edit, Persist<'_>) -> Result<ReloadReport, Refusal<Halt>> + Send + Sync;
/// Keeps what an edit is made of; called once, when nothing is wrong.
pub type Persist<'a> = &'a mut dyn FnMut() -> Result<(), Halt>;

/// Why an edit that nothing was wrong with was not kept.
#[derive(Debug)]
pub enum Halt {
    /// The store would not.
    Store(StoreError),
    /// It was only to be judged.
    Judged,
}

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document cannot.
    #[error(transparent)]
    Document(#[from] BadDocument),
}

/// The account's documents, read and not yet served.
pub struct Opened {
    store: Box<dyn Store>,
    revision: Revision,
    documents: Documents,
}

/// The account.
pub struct Account {
    documents: RwLock<Documents>,
    writer: Mutex<Writer>,
    settings: RwLock<Arc<Settings>>,
    world: Arc<ArcSwap<World>>,
    swap: Box<Swap>,
}

struct Writer {
    store: Box<dyn Store>,
    revision: Revision,
    /// Changes of record sets so far: later ones yield where two do not fit.
    turn: u32,
    /// What the world in use was made by; `None` where parts of it were made by one, parts by another.
    made_by: Option<Arc<Settings>>,
}

impl Opened {
    /// Reads every document of a store.
    pub fn read(store: Box<dyn Store>) -> Result<Self, Unusable> {
        let (revision, texts) = store.load()?;
        Ok(Self { documents: Documents::load(&texts)?, store, revision })
    }

    /// What the first world is to take over of it.
    pub fn edit(&self, settings: &Settings) -> Result<Edit, Vec<Problem>> {
        let mut problems = Vec::new();
        let edit = convert::everything(self.documents.reader(), settings, &mut problems);
        match problems.iter().any(Problem::is_error) {
            true => Err(problems),
            false => Ok(edit),
        }
    }

    /// The account, once a world is in use that took its edit over.
    pub fn serve(self, settings: Settings, world: Arc<ArcSwap<World>>, swap: Box<Swap>) -> Account {
        let Self { store, revision, documents } = self;
        let settings = Arc::new(settings);
        Account {
            documents: RwLock::new(documents),
            writer: Mutex::new(Writer { store, revision, turn: 0, made_by: Some(settings.clone()) }),
            settings: RwLock::new(settings),
            world,
            swap,
        }
    }
}

impl Account {
    /// Reads the documents in force.
    pub fn read<T>(&self, read: impl FnOnce(Reader<'_>) -> T) -> T {
        read(self.documents.read().unwrap_or_else(PoisonError::into_inner).reader())
    }

    /// What the configuration says.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up what the configuration says by now.
    pub fn settle(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// Takes up that it is another day, in days since 1970.
    pub fn pass(&self, today: u32) {
        Arc::make_mut(&mut *self.settings.write().unwrap_or_else(PoisonError::into_inner)).today = today;
    }

    /// Makes those zones anew that lean on the configuration, where it says something else since they were made: other
    /// providers stand in for what their aliases name (A-2), others copy them, it is another day. To be called once what
    /// it says is in use.
    pub fn renew(&self) {
        let mut writer = self.writer();
        let settings = self.settings();
        let made_by = writer.made_by.as_deref();
        let is_leaning = made_by.is_none_or(|made_by| made_by.options != settings.options);
        let is_rising =
            made_by.is_none_or(|made_by| (made_by.today, &made_by.transfers) != (settings.today, &settings.transfers));
        if !is_leaning && !is_rising {
            return;
        }
        let documents = self.documents.read().unwrap_or_else(PoisonError::into_inner);
        let mut problems = Vec::new();
        let mut edit = Edit::default();
        if is_leaning {
            edit = convert::leaning(documents.reader(), &settings, &mut problems);
        }
        if is_rising {
            convert::rising(documents.reader(), (made_by, &settings), &mut edit, &mut problems);
        }
        let outcome = match (problems.iter().any(Problem::is_error), is_empty(&edit)) {
            (true, _) => Err(Refusal::Problems(problems)),
            (false, true) => Ok(()),
            (false, false) => (self.swap)(edit, &mut || Ok(())).map(|report| tell(&report, &problems)),
        };
        // What was refused is tried again at the next reload, whatever the configuration says by then.
        writer.made_by = outcome.is_ok().then_some(settings);
        if let Err(Refusal::Problems(problems)) = outcome {
            for Problem { what, mend, .. } in problems {
                tracing::error!("zones of the API are served as they were: {what}; {mend}");
            }
        }
    }

    /// The world in use.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// The batches after `from` that touched a zone, only the `last` of them where that is given.
    pub fn history(&self, zone: &str, from: Revision, last: Option<u64>) -> Result<Vec<Entry>, StoreError> {
        self.writer().store.history(zone, from, last)
    }

    /// Carries out an operation, whole or not at all: what `work` puts into the draft is judged, kept and in force when
    /// this returns.
    pub fn transact<T>(
        &self,
        caller: &Caller,
        operation: &str,
        work: impl FnOnce(&mut Draft<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.transact_beside(caller, operation, |draft, _, _| work(draft))
    }

    /// The same for work that looks into the store, whose last revision is given.
    fn transact_beside<T>(
        &self,
        caller: &Caller,
        operation: &str,
        work: impl FnOnce(&mut Draft<'_>, &dyn Store, Revision) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut writer = self.writer();
        let (settings, world) = (self.settings(), self.world());
        // Only who holds the writer changes the documents, so reading on while others read too is safe.
        let documents = self.documents.read().unwrap_or_else(PoisonError::into_inner);
        let mut draft = Draft::new(&documents, &settings, &world, caller, writer.turn);
        let done = work(&mut draft, &*writer.store, writer.revision)?;
        let mut problems = Vec::new();
        let edit = convert::edit(&draft, &mut problems);
        if draft.is_faulty(&problems) {
            let judged = (self.swap)(edit, &mut || Err(Halt::Judged));
            if let Err(Refusal::Problems(found)) = judged {
                problems.extend(found);
            }
            return Err(draft.refusal(&problems));
        }
        let writes = draft.writes().map_err(|error| ApiError::new(Code::InternalFailure, error.to_string()))?;
        if writes.is_empty() {
            return Ok(done);
        }
        let audit = Audit {
            who: caller.who.to_string(),
            operation: operation.to_owned(),
            request: caller.request.to_string(),
            at: caller.at,
            zones: draft.zones(),
        };
        // What is kept and not taken up here, as something panicked between, is no ground for another change: the writer
        // stays at the revision before, and the store refuses until a restart reads it anew.
        let mut kept = writer.revision;
        let mut persist = || {
            kept = writer.store.apply(&writes, &audit, kept).map_err(Halt::Store)?;
            Ok(())
        };
        let taken = match is_empty(&edit) {
            true => persist().map_err(Refusal::Persist),
            false => (self.swap)(edit, &mut persist).map(|report| tell(&report, &problems)),
        };
        match taken {
            Ok(()) => {}
            Err(Refusal::Problems(found)) => return Err(draft.refusal(&found)),
            Err(Refusal::Persist(Halt::Store(error))) => return Err(refusal::not_kept(&error)),
            Err(Refusal::Persist(Halt::Judged)) => {
                return Err(ApiError::new(Code::InternalFailure, "The change was not kept."));
            }
        }
        writer.turn = draft.turn;
        let changes = draft.over;
        drop(documents);
        self.documents.write().unwrap_or_else(PoisonError::into_inner).take(changes);
        writer.revision = kept;
        Ok(done)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn is_empty(edit: &Edit) -> bool {
    let Edit { zones, checks, collections, views } = edit;
    zones.is_empty() && checks.is_empty() && collections.is_empty() && views.is_empty()
}

/// Tells the operator what a change that was taken leaves to be desired.
fn tell(report: &ReloadReport, problems: &[Problem]) {
    for Problem { what, mend, .. } in problems {
        tracing::warn!(serial = report.serial, "{what}; {mend}");
    }
}

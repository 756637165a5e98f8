//! The keys of zones of files: `STATE/keys/ZONE.ksk.p8` and `.zsk.p8`, made when a zone is first signed (S-1).
//!
//! Zones of one name are signed by the same keys, whoever sees them: the parent has one DS record for all of them.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::Stamp;
use crate::keys::{Key, cds, file_stem};
use crate::model::signing::{Algorithm, Signing, Wish};
use crate::model::{Account, HostedZone, Name, Problem};

/// The keys in use.
pub(super) struct Keys {
    /// Where they are; `None` where no state directory was named.
    folder: Option<PathBuf>,
    held: HashMap<Name, Vec<Held>>,
}

/// A zone as it was read, and as it is to be signed.
type Form = (Arc<HostedZone>, Arc<HostedZone>);

/// Keys that were read, for which wish, and of which files.
struct Held {
    algorithm: Algorithm,
    is_single: bool,
    cds: bool,
    stamps: Vec<Stamp>,
    signing: Arc<Signing>,
}

impl Held {
    fn is_of(&self, wish: &Wish) -> bool {
        (self.algorithm, self.is_single, self.cds) == (wish.algorithm, wish.is_single, wish.cds)
    }
}

impl Keys {
    /// None yet, in this directory.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, held: HashMap::new() }
    }

    /// Pairs of each zone that is to be signed otherwise than it is, and the zone as it is to be signed; all that is
    /// wrong with keys, which leaves those in use as they were.
    pub(super) fn sign(&mut self, account: &Account) -> Result<Vec<Form>, Vec<Problem>> {
        let (mut forms, mut held, mut problems) = (Vec::new(), HashMap::new(), Vec::new());
        for zone in &account.zones {
            let Some(wish) = &zone.dnssec else { continue };
            match self.keys(zone, wish, &mut held) {
                Ok(signing) if zone.signing.as_ref() == Some(&signing) => {}
                Ok(signing) => {
                    let form = HostedZone { signing: Some(signing), ..HostedZone::clone(zone) };
                    forms.push((zone.clone(), Arc::new(form)));
                }
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        self.held = held;
        Ok(forms)
    }

    /// The keys of a zone: those in use while their files are the same, else what the files hold now.
    fn keys(
        &self,
        zone: &HostedZone,
        wish: &Wish,
        held: &mut HashMap<Name, Vec<Held>>,
    ) -> Result<Arc<Signing>, Problem> {
        let Some(folder) = &self.folder else {
            let what =
                format!("zone {} is to be signed, and no state directory is named to keep its keys in", zone.name);
            let mend = "start with --state DIR, or write state = \"DIR\" in waymark.toml";
            return Err(Problem::error(&wish.at, what, mend));
        };
        let of_name = held.entry(zone.name.clone()).or_default();
        if let Some(known) = of_name.iter().find(|known| known.is_of(wish)) {
            return Ok(known.signing.clone());
        }
        let in_use = self.held.get(&zone.name).map_or(&[][..], Vec::as_slice);
        let Wish { algorithm, is_single, cds, .. } = *wish;
        let stem = file_stem(&zone.name);
        let [entry, signer] = ["ksk", "zsk"].map(|role| folder.join(format!("{stem}.{role}.p8")));
        let used = if is_single { &[&entry][..] } else { &[&entry, &signer] };
        let stamps = || used.iter().map(|path| Stamp::of(path)).collect::<Vec<_>>();
        let now = stamps();
        let before = in_use.iter().find(|before| before.is_of(wish) && before.stamps == now);
        let signing = match before {
            Some(before) => before.signing.clone(),
            None => {
                let open = |path: &Path, must_exist| {
                    open(path, algorithm, must_exist).map_err(|error| unusable(zone, wish, path, &error))
                };
                // Whoever has lost the key that the parent knows does not get another in silence.
                let first = open(&entry, !in_use.is_empty() || signer.exists())?;
                let is_split = in_use.iter().any(|before| !before.is_single);
                let second = if is_single { None } else { Some(open(&signer, is_split)?) };
                Arc::new(signing(&zone.name, &first, second.as_ref(), cds))
            }
        };
        // Of a pair that was just made there was no file before.
        of_name.push(Held { algorithm, is_single, cds, stamps: stamps(), signing: signing.clone() });
        Ok(signing)
    }
}

fn open(path: &Path, algorithm: Algorithm, must_exist: bool) -> io::Result<Key> {
    if must_exist { Key::read(path, algorithm) } else { Key::open(path, algorithm) }
}

fn unusable(zone: &HostedZone, wish: &Wish, path: &Path, error: &io::Error) -> Problem {
    let what = format!("zone {} cannot be signed: its key {}: {error}", zone.name, path.display());
    let mend = match error.kind() {
        ErrorKind::InvalidData => "put the file back as it was, or the algorithm; another key needs another DS record",
        ErrorKind::NotFound => "put the file back; without it the zone is bogus to whoever has its DS record",
        _ => "the server must be able to read and write it",
    };
    Problem::error(&wish.at, what, mend)
}

/// How a zone is signed: by a KSK and a ZSK, or by one key that is both.
fn signing(zone: &Name, entry: &Key, signer: Option<&Key>, announces: bool) -> Signing {
    let key = entry.of_zone(true);
    let announced = announces.then(|| cds(&key, zone));
    let second = signer.map_or_else(|| key.clone(), |signer| signer.of_zone(false));
    Signing {
        entries: [key].into(),
        zone: [second].into(),
        beside: Box::default(),
        cds: announced.into_iter().collect(),
        salt: signer.unwrap_or(entry).salt(),
    }
}

//! Files to model: a directory of hosted zones becomes an `Account`, or every problem it has.
//!
//! ```text
//!  *.toml ─► toml      ┐
//!  *.zone ─► zonefile  ├─► zones, checks, collections, views ─► account: joined and checked ─► Loaded
//!  *.json ─► dump      ┘
//! ```
//!
//! Knows no snapshot, no wire, no clock; a file that did not change keeps its zones' `Arc`.

mod account;
pub(crate) mod defaults;
mod directory;
pub(crate) mod dnssec;
pub mod dump;
mod listeners;
mod local_zone;
mod provider;
pub(crate) mod toml;
pub mod zonefile;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::model::check::Alarm;
use crate::model::signing::Wish;
use crate::model::{Account, HostedZone, Name, Problem, View};
pub(crate) use provider::unmapped;
pub use provider::{Pattern, Provider};

/// What a load needs to know that no zone file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What stands in for alias targets outside every zone (A-2).
    pub providers: Vec<Provider>,
    /// Views defined in the configuration (Z-24).
    pub views: Vec<View>,
    /// Name servers of public zones that name none; empty for names in Route 53's pattern (Z-11).
    pub name_servers: Vec<Name>,
    /// Names of the listeners there are, for zones and views that name some; `None` leaves them unchecked.
    pub listeners: Option<Vec<Arc<str>>>,
    /// What CloudWatch alarms are followed by, by the alarm's name (C-26).
    pub alarms: BTreeMap<Arc<str>, Alarm>,
    /// RNAME of an SOA record that is not given; `None` for Route 53's (Z-16).
    pub hostmaster: Option<Name>,
    /// How zones are to be signed whose files do not say it.
    pub dnssec: BTreeMap<Name, Wish>,
}

/// A directory that loaded without error.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What it says.
    pub account: Account,
    /// What the operator should know.
    pub warnings: Vec<Problem>,
    /// Whether any record asks where clients are.
    pub asks_for_places: bool,
    kept: account::Kept,
}

impl Loaded {
    /// Keeps other forms of zones in place of those that were read: pairs of the zone read and its form.
    pub fn replace(&mut self, forms: &[(Arc<HostedZone>, Arc<HostedZone>)]) {
        let changed = forms.iter().filter(|(read, form)| !Arc::ptr_eq(read, form));
        let forms: HashMap<_, _> = changed.map(|(read, form)| (Arc::as_ptr(read).addr(), form.clone())).collect();
        if forms.is_empty() {
            return;
        }
        let files = forms.values().map(|form| form.at.file.clone()).collect();
        for zone in &mut self.account.zones {
            *zone = forms.get(&Arc::as_ptr(zone).addr()).unwrap_or(zone).clone();
        }
        self.kept.replace(&forms, &files);
    }
}

/// Loads every `*.toml`, `*.zone` and `*.json` of `dir`, or returns every problem found.
///
/// Files equal to those of `previous` keep their zones' `Arc`; so do zones that read the same. A directory without any
/// file is an error once there were zones: a mount that is gone looks like that.
pub fn load(dir: &Path, options: &Options, previous: Option<&Loaded>) -> Result<Loaded, Vec<Problem>> {
    let mut problems = Vec::new();
    let served = previous.map_or(0, |previous| previous.account.zones.len());
    let mut known = previous.map(|previous| previous.kept.known());
    let known = |name: &str| known.as_mut().and_then(|known| known(name));
    let mut texts = directory::read(dir, served, known, &mut problems);
    account::assemble(&mut texts, &directory::Disk, options, previous, problems)
}

/// Loads texts that stand for files, each with a file name and its extension; `$INCLUDE` sees only these.
pub fn load_texts(files: &[(&str, &str)], options: &Options) -> Result<Loaded, Vec<Problem>> {
    let mut texts: Vec<_> =
        files.iter().map(|(name, text)| directory::Text::new(name, text.as_bytes().to_vec())).collect();
    account::assemble(&mut texts, &directory::Among(files), options, None, Vec::new())
}

/// `text` with `drop` characters at `cut` replaced by `put`: for tests of strange input.
#[cfg(test)]
pub(crate) fn changed(text: &str, cut: usize, drop: usize, put: &str) -> String {
    let at = |index: usize| text.char_indices().nth(index).map_or(text.len(), |(at, _)| at);
    format!("{}{put}{}", &text[..at(cut)], &text[at(cut + drop)..])
}

#[cfg(test)]
mod tests;

//! A change in the making: documents read with what it has put over them, and what is wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{BadDocument, Document, Kind, id_of, key};
use super::documents::{Documents, Overlay, Reader};
use super::{Settings, filed, refusal, zone};
use crate::database::Write;
use crate::model::{HostedZone, Name, Problem};
use crate::route53::{ApiError, Caller, Code, ResourceRecordSet, bare_id};
use crate::snapshot::World;

/// What one operation changes, seen by nobody else until all of it is taken.
#[derive(Debug)]
pub struct Draft<'a> {
    pub(super) base: &'a Documents,
    pub(super) over: Overlay,
    settings: &'a Settings,
    world: &'a World,
    caller: &'a Caller,
    /// What is wrong with it, to be told together with what the rules find (I-3).
    faults: Vec<String>,
    /// The code of the refusal where something is wrong.
    blame: Code,
    /// Names and types of record sets of which a change was refused: that they are missing is no news.
    missed: Vec<(Name, String)>,
    /// Record sets it puts, by id, and their turns.
    pub(super) turns: BTreeMap<String, u32>,
    /// The last turn.
    pub(super) turn: u32,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        base: &'a Documents,
        settings: &'a Settings,
        world: &'a World,
        caller: &'a Caller,
        turn: u32,
    ) -> Self {
        Self {
            base,
            over: Overlay::default(),
            settings,
            world,
            caller,
            faults: Vec::new(),
            blame: Code::InvalidInput,
            missed: Vec::new(),
            turns: BTreeMap::new(),
            turn,
        }
    }

    /// The documents as they will be.
    pub fn reader(&self) -> Reader<'_> {
        self.base.under(&self.over)
    }

    /// The documents as they were.
    pub fn before(&self) -> Reader<'a> {
        self.base.reader()
    }

    /// What the configuration says.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The world in use: what files say is there only.
    pub fn world(&self) -> &'a World {
        self.world
    }

    /// Who makes it, and when.
    pub fn caller(&self) -> &'a Caller {
        self.caller
    }

    /// Puts a document in place of what was there.
    pub fn put<K: Kind>(&mut self, id: &str, document: K) {
        self.over.set(self.base, &key::<K>(id), Some(document.into_document()));
    }

    /// Puts a record set; of two that do not fit, the one put later is refused.
    pub fn put_record(&mut self, id: &str, record: ResourceRecordSet) {
        self.turn += 1;
        self.turns.insert(id.to_owned(), self.turn);
        self.put(id, record);
    }

    /// Takes a document away.
    pub fn remove<K: Kind>(&mut self, id: &str) {
        self.over.set(self.base, &key::<K>(id), None);
    }

    /// Puts documents as the store keeps them: what an earlier revision held.
    pub fn restore(&mut self, writes: &[Write]) -> Result<(), BadDocument> {
        for Write { key, value } in writes {
            let document = value.as_deref().map(|text| Document::read(key, text)).transpose()?;
            self.over.set(self.base, key, document);
        }
        Ok(())
    }

    /// A zone that the API made, for changing it; the refusal says why there is none.
    pub fn zone(&self, id: &str) -> Result<Arc<zone::Zone>, ApiError> {
        let id = bare_id(id);
        match self.reader().find::<zone::Zone>(id) {
            Some(zone) => Ok(zone.clone()),
            None => Err(self.filed(id).map_or_else(|| refusal::no_such_zone(id), |zone| refusal::filed(&zone))),
        }
    }

    /// A zone that a file defines.
    pub fn filed(&self, id: &str) -> Option<Arc<HostedZone>> {
        filed::find(self.world, id)
    }

    /// Notes what is wrong; the change is refused, and all that is wrong told together.
    pub fn fault(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.faults.contains(&what) {
            self.faults.push(what);
        }
    }

    /// The code that the refusal has where something is wrong; InvalidInput unless told.
    pub fn blame(&mut self, code: Code) {
        self.blame = code;
    }

    /// A change of a record set was refused, and what refers to it will not find it.
    pub fn miss(&mut self, name: &Name, rtype: &str) {
        self.missed.push((name.clone(), rtype.to_owned()));
    }

    /// Whether it cannot be taken.
    pub(super) fn is_faulty(&self, problems: &[Problem]) -> bool {
        !self.faults.is_empty() || problems.iter().any(Problem::is_error)
    }

    /// Everything wrong with it: what was noted and what the rules found.
    pub(super) fn refusal(&self, problems: &[Problem]) -> ApiError {
        let mut errors: Vec<&Problem> = problems.iter().filter(|problem| problem.is_error()).collect();
        errors.sort_by(|one, other| one.at.cmp(&other.at));
        if let Some(malformed) = errors.iter().find(|problem| problem.what.starts_with("Invalid request: ")) {
            return ApiError::invalid_input(&malformed.what);
        }
        let mut messages = self.faults.clone();
        for Problem { what, mend, .. } in errors.into_iter().filter(|problem| !self.is_known(&problem.what)) {
            let said = match (self.blame, mend.as_str()) {
                (Code::InvalidChangeBatch, _) | (_, "") => what.clone(),
                (_, mend) => format!("{what}; {mend}"),
            };
            if !messages.contains(&said) {
                messages.push(said);
            }
        }
        match self.blame {
            Code::InvalidChangeBatch => ApiError::batch(&messages),
            code => ApiError::new(code, messages.join(", ")),
        }
    }

    /// Whether a rule only found missing what was refused for another reason.
    fn is_known(&self, what: &str) -> bool {
        self.missed.iter().any(|(name, rtype)| {
            let target = format!("targets {}, type {rtype} ", name.to_route53());
            (what.contains(&target) && what.ends_with("that target was not found"))
                || (what.starts_with("A HostedZone must contain") && what.contains(&format!("one {rtype} record")))
        })
    }

    /// What is to be kept.
    pub(super) fn writes(&self) -> Result<Vec<Write>, serde_json::Error> {
        let changed = self.over.all.iter().filter(|(key, document)| {
            // What is as it was need not be written.
            self.base.reader().document(key) != document.as_ref()
        });
        let write = |(key, document): (&String, &Option<Document>)| {
            let value = document.as_ref().map(Document::text).transpose()?;
            Ok(Write { key: key.clone(), value })
        };
        changed.map(write).collect()
    }

    /// The ids of the zones it touches, each once.
    pub(super) fn zones(&self) -> Vec<String> {
        let touched = self.over.all.iter().flat_map(|(key, document)| {
            // What is gone tells its zone by what it was.
            let versions = [self.base.reader().document(key), document.as_ref()];
            versions.map(|document| document?.zone(id_of(key)).map(str::to_owned))
        });
        let mut zones: Vec<String> = touched.flatten().collect();
        zones.sort();
        zones.dedup();
        zones
    }
}

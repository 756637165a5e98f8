//! Who probes, what may be probed, and who is told, as the operator defines it.

mod targets;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub use targets::{Refusal, Targets};

use super::check::Pattern;

/// A place from which endpoints are probed (C-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checker {
    /// Its name, unique in the fleet.
    pub name: Arc<str>,
    /// Its Region; one without a Region probes for all of them.
    pub region: Option<Arc<str>>,
    /// The address its probes leave from (C-5); the system's choice when there is none.
    pub source: Option<IpAddr>,
}

impl AsRef<Self> for Checker {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Checker {
    /// The one checker of a fleet that nobody described.
    pub fn local() -> Self {
        Self { name: "local".into(), region: None, source: None }
    }

    /// Whether it probes checks of these Regions; no Region means all.
    pub fn serves(&self, regions: &[Arc<str>]) -> bool {
        regions.is_empty() || self.region.as_ref().is_none_or(|region| regions.contains(region))
    }
}

/// How health is watched over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who probes, at least one.
    pub checkers: Vec<Checker>,
    /// What may be probed, and asked by alarms.
    pub targets: Targets,
    /// The directories whose files alarms may read, where any are named.
    pub alarm_files: Vec<Arc<str>>,
    /// Who is asked for the addresses of names; `None` for the system's resolvers.
    pub resolver: Option<SocketAddr>,
    /// An endpoint is healthy when more than this percentage of its checkers say so, 0..=99 (C-20).
    pub healthy_percent: u8,
    /// What scripts must show to push a status; `None` takes no pushes.
    pub push_token: Option<Secret>,
    /// Where transitions are told (C-39), no two under one name.
    pub webhooks: Vec<Webhook>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            checkers: vec![Checker::local()],
            targets: Targets::default(),
            alarm_files: Vec::new(),
            resolver: None,
            healthy_percent: 18,
            push_token: None,
            webhooks: Vec::new(),
        }
    }
}

impl Plan {
    /// The directories below which alarms may read files; `None` for anywhere. Whoever restricts targets does not trust
    /// who writes checks, so that no file may be read then but where one was named.
    pub fn file_folders(&self) -> Option<&[Arc<str>]> {
        (self.targets.restrict() || !self.alarm_files.is_empty()).then_some(&*self.alarm_files)
    }
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Arc<str>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where transitions are told (C-39).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What logs and metrics call it.
    pub name: Arc<str>,
    /// Where it is posted to; many carry a token in their path.
    pub url: Secret,
    /// The value of an Authorization header.
    pub authorization: Option<Secret>,
    /// How it is written.
    pub form: WebhookForm,
    /// The checks told of; empty for all.
    pub checks: Vec<Pattern>,
}

/// How a webhook's message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookForm {
    /// One JSON object with everything known of the transition.
    Json,
    /// `{"text": "…"}`, as chat services take it.
    Text,
}

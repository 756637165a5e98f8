//! What clients change.

use std::sync::Arc;

use crate::model::{
    CheckId, CidrCollection, HealthCheck, HostedZone, Name, Problem, RecordGroup, RecordType, View, ViewId, ZoneId,
};

/// Changes that are taken into use together or not at all; `None` deletes.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Zones, each once.
    pub zones: Vec<(ZoneId, Option<ZoneEdit>)>,
    /// Health checks, each once.
    pub checks: Vec<(CheckId, Option<HealthCheck>)>,
    /// CIDR collections, each once.
    pub collections: Vec<(Arc<str>, Option<CidrCollection>)>,
    /// Views, each once.
    pub views: Vec<(ViewId, Option<View>)>,
}

/// What becomes of one zone.
#[derive(Clone, Debug)]
pub enum ZoneEdit {
    /// It comes, or this stands in its place.
    Whole(Arc<HostedZone>),
    /// Some of its groups do, each once; `None` deletes.
    Groups(Vec<((Name, RecordType), Option<RecordGroup>)>),
}

/// Why an edit was not taken into use.
#[derive(Debug)]
pub enum Refusal<E> {
    /// The world would not be sound: every problem, at least one of them an error.
    Problems(Vec<Problem>),
    /// It could not be kept.
    Persist(E),
}

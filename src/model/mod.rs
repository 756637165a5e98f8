//! What the operator said, already meaningful: zones, record groups, policies, health checks, places.
//!
//! Plain data with Route 53's nouns. Shapes of files (serde) live in `store` and `config`, the form
//! ready for queries in `snapshot`; neither is known here, nor is any I/O, clock or chance.

pub mod check;
pub mod cookies;
pub mod fleet;
pub mod name;
pub mod place;
pub mod problem;
pub mod quotas;
pub mod rate_limit;
pub mod rdata;
pub mod routing;
pub mod rtype;
pub mod rules;
pub mod signing;
pub mod transfer;
pub mod tree;
pub mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use check::{CheckId, HealthCheck};
pub use cookies::{CookieSecret, Cookies};
pub use name::Name;
pub use problem::{At, Problem, Severity};
pub use quotas::Quotas;
pub use rate_limit::RateLimit;
pub use rdata::Rdata;
pub use routing::{Candidate, Routing, Target};
pub use rtype::RecordType;
pub use signing::Signing;
pub use tree::{Rule, Tree};
pub use view::{CidrCollection, View, ViewId};

/// Everything one server serves: the zones and what their records refer to.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Hosted zones; an unchanged zone keeps its `Arc` through a reload so that its compiled form is kept too.
    pub zones: Vec<Arc<HostedZone>>,
    /// Health checks by id.
    pub checks: Vec<HealthCheck>,
    /// CIDR collections for IP-based routing (P-53).
    pub collections: Vec<CidrCollection>,
    /// Views: what Route 53 calls VPCs, named sets of clients (Z-24).
    pub views: Vec<View>,
}

/// The id of a hosted zone, `Z…` in Route 53 (Z-6); files may use any word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(pub Arc<str>);

impl ZoneId {
    /// An id for a zone that was given none, made of a text that may hold anything: query logs cut lines at blanks.
    pub fn made_of(text: &str) -> Self {
        Self(text.replace(|c: char| c.is_whitespace() || c.is_control(), "_").into())
    }
}

/// A hosted zone: a name, who may see it, and its record groups (Z-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// The id printed in query logs and metrics.
    pub id: ZoneId,
    /// The zone's apex.
    pub name: Name,
    /// Free text, at most 256 characters (Z-9).
    pub comment: String,
    /// Who may see the zone.
    pub visibility: Visibility,
    /// One group per name and type (P-3, P-4).
    pub groups: BTreeMap<(Name, RecordType), RecordGroup>,
    /// How the operator wants it signed, where a file says so.
    pub dnssec: Option<signing::Wish>,
    /// How it is signed, if it is.
    pub signing: Option<Arc<Signing>>,
    /// Groups that were here and live on in the compiled zone alone; 0 in every zone that was just read.
    pub left_out: usize,
    /// Where the zone is defined.
    pub at: At,
}

impl HostedZone {
    /// Whether it holds nothing but values: no policy, no check, no alias, and so nothing that depends on anything
    /// outside it.
    pub fn is_plain(&self) -> bool {
        self.groups.values().all(|group| match &group.routing {
            Routing::Simple(one) => one.check.is_none() && matches!(one.target, Target::Values { .. }),
            _ => false,
        })
    }

    /// The names that it delegates (Z-23), with their NS groups: what other zones are judged by.
    pub fn delegations(&self) -> impl Iterator<Item = (&(Name, RecordType), &RecordGroup)> {
        self.groups.iter().filter(|((name, rtype), _)| *rtype == RecordType::NS && *name != self.name)
    }

    /// The zone without its groups, but for its delegations: what is kept of a plain zone once it is compiled, as its
    /// records would take several times what their compiled form does.
    pub fn without_groups(&self) -> Self {
        let groups: BTreeMap<_, _> = self.delegations().map(|(key, group)| (key.clone(), group.clone())).collect();
        Self {
            id: self.id.clone(),
            name: self.name.clone(),
            comment: self.comment.clone(),
            visibility: self.visibility.clone(),
            left_out: self.left_out + self.groups.len() - groups.len(),
            groups,
            dnssec: self.dnssec.clone(),
            signing: self.signing.clone(),
            at: self.at.clone(),
        }
    }
}

/// Who may see a zone (Z-1, Z-3, Z-24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Anyone who asks at one of these listeners; an empty list means all listeners.
    Public {
        /// Names of listeners from the configuration.
        listeners: Vec<Arc<str>>,
    },
    /// Only clients of these views, at least one (Z-24).
    Private {
        /// The views the zone is tied to.
        views: Vec<ViewId>,
    },
}

/// All records of one name and type, under one routing policy (P-3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordGroup {
    /// How an answer is picked.
    pub routing: Routing,
    /// Where the group's first record is written.
    pub at: At,
}

impl RecordGroup {
    /// The groups that each have a policy of their own: those of a tree, start first, else the group itself.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let (own, rules) = match &self.routing {
            Routing::Tree(tree) => (None, tree.rules()),
            _ => (Some(self), &[][..]),
        };
        own.into_iter().chain(rules.iter().map(|rule| &rule.group))
    }

    /// How many record sets a listing shows: of a tree the one that stands for it (F-12).
    pub fn record_sets(&self) -> usize {
        match &self.routing {
            Routing::Tree(_) => 1,
            routing => routing.candidates().len(),
        }
    }
}

/// What is served for `version.bind` and `id.server` in class CHAOS; `None` refuses (T038).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chaos {
    /// `version.bind`, `version.server`.
    pub version: Option<String>,
    /// `id.server`, `hostname.bind`.
    pub id: Option<String>,
}

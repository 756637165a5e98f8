//! The eight routing policies and what each keeps per record (P-1).
//!
//! `Candidate<K>` carries the policy's own key, so a weight on a failover record cannot be written.

use std::fmt;
use std::sync::Arc;

use super::place::{Area, Coordinates, LocalZoneRow, Region};
use super::{At, CheckId, Name, Rdata, Tree};

/// How the records of a group are chosen among (P-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Routing {
    /// One record set, all its values (P-15).
    Simple(Candidate<()>),
    /// By weight 0..=255 (P-18).
    Weighted(Vec<Candidate<u8>>),
    /// Lowest latency to a Region first (P-25).
    Latency(Vec<Candidate<Region>>),
    /// Primary, else secondary (P-30).
    Failover {
        /// The PRIMARY record.
        primary: Option<Box<Candidate<()>>>,
        /// The SECONDARY record.
        secondary: Option<Box<Candidate<()>>>,
    },
    /// Most specific matching area first (P-38).
    Geolocation(Vec<Candidate<Area>>),
    /// Least biased distance first (P-46).
    Geoproximity(Vec<Candidate<Anchor>>),
    /// Longest matching CIDR block first (P-57).
    IpBased {
        /// The collection whose locations the candidates name (P-55).
        collection: Arc<str>,
        /// One per location, `*` being the default.
        candidates: Vec<Candidate<LocationName>>,
    },
    /// Up to eight healthy ones (P-63).
    Multivalue(Vec<Candidate<()>>),
    /// Not a ninth policy but a tree of groups under these eight, made by a traffic policy instance (F-9).
    Tree(Arc<Tree>),
}

/// One record set of a group with its policy key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<K> {
    /// SetIdentifier, 1–128 characters, unique in the group; empty for simple (P-2).
    pub id: Arc<str>,
    /// What the policy needs to know.
    pub key: K,
    /// The health check that must pass for the record to be preferred (H-1).
    pub check: Option<CheckId>,
    /// What is answered.
    pub target: Target,
    /// Where it is written.
    pub at: At,
}

/// What a record set answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Its own values.
    Values {
        /// Seconds, 0..=2147483647 (N-22).
        ttl: u32,
        /// At least one value.
        rdata: Vec<Rdata>,
    },
    /// Another group of the same zone and type.
    Alias {
        /// The name of the target group.
        to: Name,
        /// EvaluateTargetHealth.
        evaluate: bool,
    },
    /// Another group of the tree this one is in (F-13).
    Rule {
        /// Its place among the tree's rules, after this one's.
        rule: usize,
        /// EvaluateTargetHealth.
        evaluate: bool,
    },
    /// An alias to something outside the zone, resolved through the provider table.
    Provider {
        /// What the alias names, for explanations.
        of: Arc<str>,
        /// Seconds; 60 by default.
        ttl: u32,
        /// Values of the group's type; empty when nothing maps it: NODATA, and never healthy.
        rdata: Vec<Rdata>,
        /// The health check that speaks for the provider; none means healthy.
        check: Option<CheckId>,
        /// EvaluateTargetHealth.
        evaluate: bool,
    },
}

/// Where a geoproximity record is, and how far its reach is stretched (P-44).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// The place measured from.
    pub site: Site,
    /// -99..=99; positive draws more clients.
    pub bias: i8,
}

impl Eq for Anchor {}

/// A place as a geoproximity record names it; two names may stand for one spot (P-44, P-45).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Site {
    /// A Region.
    Region(Region),
    /// A Local Zone group.
    LocalZone(&'static LocalZoneRow),
    /// A point of its own.
    Point(Coordinates),
}

impl Site {
    /// Where it is.
    pub fn point(self) -> Coordinates {
        match self {
            Self::Region(region) => region.row().point,
            Self::LocalZone(zone) => zone.point,
            Self::Point(point) => point,
        }
    }
}

/// The location an IP-based record serves (P-53, P-54).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationName {
    /// `*`: every client no block matches.
    Default,
    /// A location of the collection.
    Named(Arc<str>),
}

/// The policy's name without its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are Route 53's")]
pub enum PolicyName {
    Simple,
    Weighted,
    Latency,
    Failover,
    Geolocation,
    Geoproximity,
    IpBased,
    Multivalue,
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Simple => "simple",
            Self::Weighted => "weighted",
            Self::Latency => "latency",
            Self::Failover => "failover",
            Self::Geolocation => "geolocation",
            Self::Geoproximity => "geoproximity",
            Self::IpBased => "ip-based",
            Self::Multivalue => "multivalue",
        })
    }
}

impl Routing {
    /// The policy's name; of a tree the start's.
    pub fn name(&self) -> PolicyName {
        match self {
            Self::Tree(tree) => tree.rules()[0].group.routing.name(),
            Self::Simple(_) => PolicyName::Simple,
            Self::Weighted(_) => PolicyName::Weighted,
            Self::Latency(_) => PolicyName::Latency,
            Self::Failover { .. } => PolicyName::Failover,
            Self::Geolocation(_) => PolicyName::Geolocation,
            Self::Geoproximity(_) => PolicyName::Geoproximity,
            Self::IpBased { .. } => PolicyName::IpBased,
            Self::Multivalue(_) => PolicyName::Multivalue,
        }
    }

    /// Whether the policy asks where a client is on the map.
    pub fn asks_for_places(&self) -> bool {
        match self {
            Self::Latency(_) | Self::Geolocation(_) | Self::Geoproximity(_) => true,
            Self::Simple(_)
            | Self::Weighted(_)
            | Self::Failover { .. }
            | Self::IpBased { .. }
            | Self::Multivalue(_)
            | Self::Tree(_) => false,
        }
    }

    /// Every candidate without its key, in the order the policy keeps them (failover: primary first); of a tree those of
    /// all its rules.
    pub fn candidates(&self) -> Vec<CandidateRef<'_>> {
        fn all<K>(candidates: &[Candidate<K>]) -> Vec<CandidateRef<'_>> {
            candidates.iter().map(CandidateRef::from).collect()
        }
        match self {
            Self::Simple(one) => vec![one.into()],
            Self::Weighted(many) => all(many),
            Self::Latency(many) => all(many),
            Self::Failover { primary, secondary } => {
                primary.iter().chain(secondary).map(|one| CandidateRef::from(&**one)).collect()
            }
            Self::Geolocation(many) => all(many),
            Self::Geoproximity(many) => all(many),
            Self::IpBased { candidates, .. } => all(candidates),
            Self::Multivalue(many) => all(many),
            Self::Tree(tree) => tree.rules().iter().flat_map(|rule| rule.group.routing.candidates()).collect(),
        }
    }
}

/// A candidate seen without its policy key.
#[derive(Clone, Copy, Debug)]
pub struct CandidateRef<'a> {
    /// SetIdentifier.
    pub id: &'a Arc<str>,
    /// Its health check.
    pub check: Option<&'a CheckId>,
    /// What it answers with.
    pub target: &'a Target,
    /// Where it is written.
    pub at: &'a At,
}

impl<'a, K> From<&'a Candidate<K>> for CandidateRef<'a> {
    fn from(candidate: &'a Candidate<K>) -> Self {
        let Candidate { id, key: _, check, target, at } = candidate;
        Self { id, check: check.as_ref(), target, at }
    }
}

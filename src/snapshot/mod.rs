//! Zones compiled for answering: built once, shared, never mutated; health beside them in place.
//!
//! Everything fallible happens in [`compile()`]; what it returns is only read. What changes in place are the health table
//! and, worked out from it, how each group stands ([`standing`]).

mod ahead;
mod build;
pub mod catalog;
mod checks;
pub mod compile;
pub mod geography;
pub mod health;
pub mod journal;
pub mod qname;
pub mod ranges;
pub mod row;
pub mod rrset;
pub mod signed;
pub mod standing;
pub mod steering;
pub mod table;
mod whole;
pub mod zone;
pub mod zones;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::place::Region;
use crate::model::transfer::Transfers;
use crate::model::{Chaos, CidrCollection, Cookies, HostedZone, RateLimit};
use crate::policy::geoproximity::NegativeBias;
use catalog::Catalog;
use geography::Geography;
use health::{Checks, HealthTable};
use journal::Journal;
use steering::SteeringCache;
use zones::Zones;

pub use build::Touched;
pub use compile::{Becomes, Changed, Compiled, References, Served, ZoneChange, compile, compile_all};
pub use standing::{Moved, Standings};
pub use whole::whole;

/// What queries are answered from: a snapshot and the health table it indexes, swapped together.
#[derive(Debug)]
pub struct World {
    /// The compiled zones.
    pub snapshot: Arc<Snapshot>,
    /// The status of every check of the snapshot.
    pub health: Arc<HealthTable>,
    /// What that status makes of every group.
    pub standings: Standings,
}

impl World {
    /// The world of a snapshot and the health of its checks.
    pub fn new(snapshot: Arc<Snapshot>, health: HealthTable) -> Self {
        let standings = Standings::new(&snapshot.zones, &health);
        Self { snapshot, health: Arc::new(health), standings }
    }

    /// The same, from standings worked out before its health was known; what differs is settled.
    pub fn from_standings(snapshot: Arc<Snapshot>, standings: Standings, health: HealthTable) -> Self {
        let world = Self { snapshot, health: Arc::new(health), standings };
        world.settle();
        world
    }

    /// The world after zones moved, and checks where `health` is another; the one writer settles this one no more.
    pub fn after(&self, snapshot: Arc<Snapshot>, moved: &[(u32, Moved)], health: Option<HealthTable>) -> Self {
        let is_another = health.is_some();
        let health = health.map_or_else(|| self.health.clone(), Arc::new);
        let standings = self.standings.after(&self.snapshot.zones, &snapshot.zones, moved, &health);
        let world = Self { snapshot, health, standings };
        // This one is settled after all that was written to its table, and what moved is worked out from it.
        if is_another {
            world.settle();
        }
        world
    }

    /// Lets answers follow what has been written to `health`; for the one writer.
    pub fn settle(&self) {
        self.standings.settle(&self.snapshot.zones, &self.health);
    }
}

/// All zones compiled.
#[derive(Debug)]
pub struct Snapshot {
    /// The zones by number.
    pub zones: Zones,
    /// Which zone answers whom.
    pub catalog: Catalog,
    /// The checks by slot.
    pub checks: Arc<Checks>,
    /// Names of the listeners, in the order of their numbers.
    pub listeners: Arc<[Arc<str>]>,
    /// The switches of the answer path.
    pub behaviour: Behaviour,
    /// The world as the geo database sees it; for explanations.
    pub geography: Arc<Geography>,
    /// Preference orders by what they depend on; those still used are kept.
    steering: Arc<Mutex<SteeringCache>>,
    /// The CIDR collections, to know later whether they changed.
    collections: Arc<[CidrCollection]>,
}

impl Snapshot {
    /// What a zone was compiled from, in the form in which that is kept: a plain zone, or one made to change, without
    /// its groups.
    pub fn source(&self, number: u32) -> Option<&Arc<HostedZone>> {
        self.zones.place(number).map(|place| &place.source)
    }

    /// The CIDR collections that records may name.
    pub fn collections(&self) -> &[CidrCollection] {
        &self.collections
    }

    /// What all zones were compiled from, in their order.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<HostedZone>> {
        self.zones.places().map(|place| &place.source)
    }

    /// What changed in a zone of late.
    pub fn journal(&self, number: u32) -> Option<&Arc<Journal>> {
        self.zones.place(number).map(|place| &place.journal)
    }

    /// For whoever compiles.
    fn steering(&self) -> MutexGuard<'_, SteeringCache> {
        // What is built is put in whole.
        self.steering.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What zones are compiled against, besides the account.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Names of the listeners, in the order of [`crate::wire::Peer`]'s numbers.
    pub listeners: Vec<Arc<str>>,
    /// Who is where.
    pub geography: Arc<Geography>,
    /// Switches.
    pub behaviour: Behaviour,
}

/// The switches of the answer path (spec §12).
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Follow CNAMEs inside the zone.
    pub cname_chase: bool,
    /// What ANY gets over UDP.
    pub any: AnyMode,
    /// Put the apex NS set into the authority section of positive answers.
    pub authority_ns: bool,
    /// The largest UDP answer in octets, 512..=4096.
    pub udp_max: u16,
    /// How negative bias stretches a distance.
    pub negative_bias: NegativeBias,
    /// Where clients are taken to be when nothing is known of them (P-29).
    pub server_location: Region,
    /// What CHAOS questions get (T038).
    pub chaos: Chaos,
    /// The identity given to who asks for it (RFC 5001), 1..=128 octets; none where empty.
    pub nsid: Vec<u8>,
    /// Server cookies; `None` gives none (RFC 7873).
    pub cookies: Option<Cookies>,
    /// Signatures that one worker makes in a second at most for questions over UDP that are answered by proof or a
    /// wildcard; who comes in vain is told to come back over TCP.
    pub signatures: u32,
    /// How many responses a network may get over UDP; `None` is as many as it asks for.
    pub rate_limit: Option<RateLimit>,
    /// Who may copy zones, and with which keys messages are signed.
    pub transfers: Arc<Transfers>,
}

impl Behaviour {
    /// Whether zones compile under the other as they do under this one.
    fn compiles_like(&self, other: &Self) -> bool {
        let Self { transfers, nsid, cookies, rate_limit, signatures, .. } = self.clone();
        *self == Self { transfers, nsid, cookies, rate_limit, signatures, ..other.clone() }
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            cname_chase: true,
            any: AnyMode::Rfc8482,
            authority_ns: false,
            udp_max: 1232,
            negative_bias: NegativeBias::Divide,
            server_location: Region::default(),
            chaos: Chaos::default(),
            nsid: Vec::new(),
            cookies: None,
            signatures: 20_000,
            rate_limit: None,
            transfers: Arc::default(),
        }
    }
}

/// What ANY gets over UDP; over TCP it always gets every group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyMode {
    /// Every group at the name.
    Full,
    /// One HINFO record saying why (RFC 8482 §4.2).
    Rfc8482,
}

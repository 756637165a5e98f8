//! The eight routing policies, one file each: how a policy orders its records for a client, and the fold
//! that picks among them by health.
//!
//! A policy turns a group into a [`Plan`]; [`select`] applies §4.2 to it: among the healthy ones by the
//! plan, and when nothing is healthy as if everything were (H-12). Pure: health is asked through a
//! closure, chance comes as an argument.

pub mod failover;
pub mod geolocation;
pub mod geoproximity;
pub mod ip_based;
pub mod latency;
pub mod multivalue;
pub mod simple;
pub mod weighted;

/// The most records one selection returns (P-63).
pub const MOST: usize = 8;
/// The most record sets a group may have: a [`Choice`] numbers them in 16 bits.
pub const MOST_MEMBERS: usize = 1 << 16;

/// Random numbers for one query, from one seed.
#[derive(Clone, Debug)]
pub struct Entropy(u64);

impl Entropy {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits (the splitmix64 sequence).
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `0..bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u32
    }
}

/// One step of a preference order: a member, and how long the client's prefix must be for it to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Choice {
    /// Index into the group's members.
    pub member: u16,
    /// Only for clients known by at least this many bits (P-56); 0 for everyone.
    pub at_least: u8,
}

impl Choice {
    /// A choice for everyone.
    pub fn of(member: usize) -> Self {
        Self { member: member as u16, at_least: 0 }
    }
}

/// How a group is chosen from, for one client.
#[derive(Clone, Copy, Debug)]
pub enum Plan<'a> {
    /// The first healthy member in this order.
    InOrder {
        /// Members, most preferred first.
        order: &'a [Choice],
        /// Bits of the client's prefix.
        known: u8,
    },
    /// Member 0, else member 1, … : `count` members.
    AsWritten(usize),
    /// One healthy member by weight.
    ByWeight(&'a [u8]),
    /// Up to eight healthy members of `count`.
    UpToEight(usize),
}

impl Plan<'_> {
    /// The members the plan considers, in its order (`cands`, H-4).
    pub fn members(&self) -> impl Iterator<Item = usize> {
        let (count, order, known) = match *self {
            Plan::InOrder { order, known } => (0, order, known),
            Plan::AsWritten(count) | Plan::UpToEight(count) => (count, &[][..], 0),
            Plan::ByWeight(weights) => (weights.len(), &[][..], 0),
        };
        (0..count).chain(order.iter().filter(move |step| step.at_least <= known).map(|step| usize::from(step.member)))
    }

    /// Whether one healthy member is among those considered (H-5, H-6).
    pub fn is_healthy(&self, healthy: impl FnMut(usize) -> bool) -> bool {
        self.members().any(healthy)
    }
}

/// What was selected: up to eight members, and whether nothing was healthy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    members: [u16; MOST],
    count: u8,
    /// Nothing was healthy, so everything counted as healthy (H-12).
    pub last_resort: bool,
}

impl Picks {
    fn one(member: usize, last_resort: bool) -> Self {
        let mut members = [0; MOST];
        members[0] = member as u16;
        Self { members, count: 1, last_resort }
    }

    /// The members picked; empty when the plan considers none.
    pub fn members(&self) -> impl Iterator<Item = usize> {
        self.members[..usize::from(self.count)].iter().map(|member| usize::from(*member))
    }
}

/// Picks from a plan by §4.2, given each member's share: 0 when it is not healthy, at most
/// [`FULL_SHARE`](crate::model::check::FULL_SHARE).
///
/// Only a draw by weight cares how large a share is.
pub fn select(plan: &Plan<'_>, mut share: impl FnMut(usize) -> u8, entropy: &mut Entropy) -> Picks {
    let mut healthy = |member| share(member) > 0;
    match *plan {
        Plan::InOrder { .. } | Plan::AsWritten(_) => {
            if let Some(member) = plan.members().find(|member| healthy(*member)) {
                return Picks::one(member, false);
            }
            plan.members().next().map_or_else(Picks::default, |member| Picks::one(member, true))
        }
        Plan::ByWeight(weights) => weighted::draw(weights, share, entropy),
        Plan::UpToEight(count) => multivalue::draw(count, healthy, entropy),
    }
}

//! What a zone holds for a client of whom nothing is known: for copies of it.

use std::net::{IpAddr, Ipv4Addr};

use super::pick::{Picked, Picker};
use super::question::Client;
use crate::policy::Entropy;
use crate::snapshot::World;
use crate::snapshot::rrset::Rrset;
use crate::snapshot::zone::Data;

/// The RRsets that make up one answer.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Their places in the zone.
    pub rrsets: Vec<Rrset>,
    /// The TTL all of them are served with, where they differ (N-25).
    pub ttl: Option<u32>,
    /// Values may repeat among them (P-65).
    pub repeats: bool,
}

/// What some data of zone `zone` answers to a client in `view`, if in any, that is nowhere: places are those of the
/// server or the view, networks the default's; chance is `seed`.
pub fn choose(world: &World, zone: u32, view: Option<u16>, private: bool, data: Data, seed: u64) -> Chosen {
    let client = Client { source: IpAddr::V4(Ipv4Addr::UNSPECIFIED), subnet: None, listener: 0 };
    let mut picker = Picker {
        world,
        zone: &world.snapshot.zones[zone as usize],
        standings: world.standings.of(zone),
        client: &client,
        view,
        private,
        entropy: &mut Entropy::new(seed),
        witness: &mut (),
        scope: 0,
    };
    let picked = picker.pick(data);
    let (ttl, repeats) = match &picked {
        Picked::Nothing | Picked::One(_) => (None, false),
        Picked::Merged(merged) => (merged.ttl, merged.repeats),
    };
    Chosen { rrsets: picked.rrsets().to_vec(), ttl, repeats }
}

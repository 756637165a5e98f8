//! Zones that files define: served beside those of the API, shown by it, and changed with their files alone.

use std::sync::Arc;

use crate::model::{At, HostedZone};
use crate::snapshot::World;

/// What stands in place of a file's name for what the API made.
pub const THE_API: &str = "the API";

/// Where a record set made by the API is written: the later a change, the higher the number; 0 before any.
pub(super) fn at(turn: u32) -> At {
    At::new(THE_API, turn)
}

/// The zones that files define.
pub fn zones(world: &World) -> impl Iterator<Item = &Arc<HostedZone>> {
    world.snapshot.sources().filter(|zone| &*zone.at.file != THE_API)
}

/// The zone of this id that a file defines.
pub fn find(world: &World, id: &str) -> Option<Arc<HostedZone>> {
    zones(world).find(|zone| &*zone.id.0 == id).cloned()
}

/// How many record sets a zone has that a file defines.
pub(super) fn count(zone: &HostedZone) -> usize {
    zone.groups.values().map(|group| group.routing.candidates().len()).sum::<usize>() + zone.left_out
}

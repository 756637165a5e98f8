//! Zones that files define: served beside those of the API, shown by it, and changed with their files alone.

use std::sync::Arc;

use crate::model::{At, HostedZone, Name, Rdata, RecordType, Target};
use crate::snapshot::World;
use crate::snapshot::zone::NodeIndex;

/// What stands in place of a file's name for what the API made.
pub const THE_API: &str = "the API";

/// The node of a zone's apex.
const APEX: NodeIndex = 0;

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
pub fn count(zone: &HostedZone) -> usize {
    zone.groups.values().map(|group| group.routing.candidates().len()).sum::<usize>() + zone.left_out
}

/// The targets of the NS records at the apex of a zone that is served, as delegation sets print them (Z-10). Of a plain
/// zone only the compiled form has them.
pub fn servers(world: &World, zone: &HostedZone) -> Vec<String> {
    let compiled = world.snapshot.zones.iter().find(|compiled| compiled.id == zone.id);
    let set = compiled.and_then(|compiled| Some((compiled, compiled.plain(APEX, RecordType::NS)?)));
    printed(set.into_iter().flat_map(|(compiled, set)| compiled.values(set, compiled.name.wire())))
}

/// The same of a zone that is whole.
pub(super) fn servers_of_whole(zone: &HostedZone) -> Vec<String> {
    let group = zone.groups.get(&(zone.name.clone(), RecordType::NS));
    let targets = group.into_iter().flat_map(|group| group.routing.candidates()).map(|candidate| candidate.target);
    printed(targets.flat_map(|target| match target {
        Target::Values { rdata, .. } => rdata.iter().map(|Rdata(value)| value.to_vec()).collect(),
        Target::Alias { .. } | Target::Provider { .. } | Target::Rule { .. } => Vec::new(),
    }))
}

fn printed(targets: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
    let names = targets.filter_map(|target| Name::from_wire(&target).ok());
    names.map(|name| name.to_route53().trim_end_matches('.').to_owned()).collect()
}

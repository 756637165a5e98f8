//! The small print of an explanation: places, policy keys, values.

use std::fmt::Write;

use crate::model::check::FULL_SHARE;
use crate::model::place::Place;
use crate::model::routing::{LocationName, PolicyName};
use crate::model::{Rdata, Routing, rdata};
use crate::policy::{geoproximity, latency};
use crate::snapshot::Snapshot;
use crate::snapshot::rrset::Rrset;
use crate::snapshot::zone::{NodeIndex, Zone};

/// What is known of a place.
pub(super) fn place(place: &Place) -> String {
    let location = &place.location;
    let mut text = String::new();
    if let Some(continent) = location.continent {
        text += continent.code();
    }
    if let Some(country) = &location.country {
        let _ = write!(text, "/{}", country.code());
    }
    if let Some(subdivision) = &location.subdivision {
        let _ = write!(text, "/{}", subdivision.code());
    }
    if let Some(point) = location.point {
        let _ = write!(text, " at {:.2},{:.2}", point.latitude, point.longitude);
    }
    if text.is_empty() { "no known place".to_owned() } else { text }
}

/// The policy key of a candidate, measured from the client's place.
pub(super) fn key(routing: &Routing, id: &str, member: usize, place: Option<&Place>, snapshot: &Snapshot) -> String {
    match routing {
        Routing::Simple(_) => String::new(),
        Routing::Weighted(all) => {
            all.iter().find(|one| &*one.id == id).map_or_else(String::new, |one| format!("weight {}", one.key))
        }
        Routing::Latency(all) => all.get(member).map_or_else(String::new, |one| {
            let measured = place.and_then(|place| latency::millis(place, one.key, &snapshot.geography.latency));
            match measured {
                Some((ms, why)) => format!("Region {}, {ms:.0} ms ({why})", one.key.code()),
                None => format!("Region {}", one.key.code()),
            }
        }),
        Routing::Failover { primary, .. } => match (member, primary) {
            (0, Some(_)) => "primary".to_owned(),
            _ => "secondary".to_owned(),
        },
        Routing::Geolocation(all) => all.get(member).map_or_else(String::new, |one| one.key.to_string()),
        Routing::Geoproximity(all) => all.get(member).map_or_else(String::new, |one| {
            let bias = one.key.bias;
            let distance = place.and_then(|place| place.location.point).map(|point| {
                let km = point.distance_km(one.key.site.point());
                let biased = geoproximity::biased_km(km, bias, snapshot.behaviour.negative_bias);
                format!("{km:.0} km, {biased:.0} km with bias {bias}")
            });
            distance.unwrap_or_else(|| format!("bias {bias}"))
        }),
        Routing::IpBased { candidates, .. } => candidates.get(member).map_or_else(String::new, |one| match &one.key {
            LocationName::Default => "location *".to_owned(),
            LocationName::Named(name) => format!("location {name}"),
        }),
        Routing::Multivalue(_) | Routing::Tree(_) => String::new(),
    }
}

/// What a share that is not whole does to a weight.
pub(super) fn lessened(policy: PolicyName, share: u8) -> String {
    match policy {
        PolicyName::Weighted if share < FULL_SHARE => {
            format!(", and leaves {:.1} % of the weight", f64::from(share) / f64::from(FULL_SHARE) * 100.0)
        }
        _ => String::new(),
    }
}

/// The values of an RRset of a node, shortened after eight.
pub(super) fn values(zone: &Zone, node: NodeIndex, rrset: Rrset) -> String {
    let (rtype, ttl) = zone.type_and_ttl(rrset);
    let count = zone.wire(rrset).starts.len();
    let mut values: Vec<_> = zone
        .values(rrset, zone.node_name(node))
        .take(8)
        .map(|value| rdata::print(rtype, &Rdata(value.into())))
        .collect();
    if count > 8 {
        values.push(format!("… {count} in all"));
    }
    format!("{} (TTL {ttl})", values.join(", "))
}

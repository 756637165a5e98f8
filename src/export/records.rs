//! A zone's record sets as `list-resource-record-sets` prints them (I-18, P-1, P-2).

use crate::model::place::{Area, Coordinates};
use crate::model::routing::{Anchor, CandidateRef, LocationName, Site};
use crate::model::{Candidate, HostedZone, Name, RecordGroup, RecordType, Routing, Target, ZoneId, rdata};
use crate::route53::{
    AliasTarget, CidrRoutingConfig, GeoLocation, GeoProximityLocation, ResourceRecord, ResourceRecordSet,
};

/// The zone that aliases to anything outside it are said to point at: which it is in Route 53, no file of ours says.
const BEYOND: &str = "Z0BEYOND";

/// Every record set of a zone, in the order of listings (I-18). A zone without its groups is made whole before.
pub fn record_sets(zone: &HostedZone) -> Vec<ResourceRecordSet> {
    let mut groups: Vec<_> =
        zone.groups.iter().map(|((name, rtype), group)| (name.listed(), name, rtype, group)).collect();
    groups.sort_by(|a, b| (&a.0, a.2.to_string()).cmp(&(&b.0, b.2.to_string())));
    groups.into_iter().flat_map(|(_, name, rtype, group)| group_sets(&zone.id, name, *rtype, group)).collect()
}

/// The record sets of one name and type, by SetIdentifier (I-18).
fn group_sets(zone: &ZoneId, name: &Name, rtype: RecordType, group: &RecordGroup) -> Vec<ResourceRecordSet> {
    let bare = |candidate: CandidateRef<'_>| record_set(zone, name, rtype, candidate);
    fn all<K>(
        candidates: &[Candidate<K>],
        bare: impl Fn(CandidateRef<'_>) -> ResourceRecordSet,
        with: impl Fn(&K, &mut ResourceRecordSet),
    ) -> Vec<ResourceRecordSet> {
        let one = |candidate: &Candidate<K>| {
            let mut set = bare(candidate.into());
            with(&candidate.key, &mut set);
            set
        };
        candidates.iter().map(one).collect()
    }
    let mut sets = match &group.routing {
        Routing::Simple(one) => vec![bare(one.into())],
        Routing::Weighted(many) => all(many, bare, |weight, set| set.weight = Some((*weight).into())),
        Routing::Latency(many) => all(many, bare, |region, set| set.region = Some(region.code().to_owned())),
        Routing::Failover { primary, secondary } => {
            let side = |candidate: &Option<Box<Candidate<()>>>, word: &str| {
                let set = candidate.as_deref().map(|candidate| bare(candidate.into()));
                set.map(|set| ResourceRecordSet { failover: Some(word.to_owned()), ..set })
            };
            side(primary, "PRIMARY").into_iter().chain(side(secondary, "SECONDARY")).collect()
        }
        Routing::Geolocation(many) => all(many, bare, |area, set| set.geo_location = Some(geo_location(area))),
        Routing::Geoproximity(many) => {
            all(many, bare, |anchor, set| set.geo_proximity_location = Some(geo_proximity(anchor)))
        }
        Routing::IpBased { collection, candidates } => all(candidates, bare, |location, set| {
            let location_name = match location {
                LocationName::Default => "*".to_owned(),
                LocationName::Named(name) => name.as_ref().to_owned(),
            };
            set.cidr_routing_config =
                Some(CidrRoutingConfig { collection_id: collection.as_ref().to_owned(), location_name });
        }),
        Routing::Multivalue(many) => all(many, bare, |(), set| set.multi_value_answer = Some(true)),
        // What is behind it has no name, and is not listed (F-12).
        Routing::Tree(tree) => vec![ResourceRecordSet {
            name: name.to_route53(),
            r#type: rtype.to_string(),
            traffic_policy_instance_id: Some(tree.instance().as_ref().to_owned()),
            ..ResourceRecordSet::default()
        }],
    };
    sets.sort_by(|a, b| a.set_identifier.cmp(&b.set_identifier));
    sets
}

/// A record set without what its policy says.
fn record_set(zone: &ZoneId, name: &Name, rtype: RecordType, candidate: CandidateRef<'_>) -> ResourceRecordSet {
    let mut set = ResourceRecordSet {
        name: name.to_route53(),
        r#type: rtype.to_string(),
        set_identifier: Some(candidate.id.as_ref().to_owned()).filter(|id| !id.is_empty()),
        health_check_id: candidate.check.map(|check| check.0.as_ref().to_owned()),
        ..ResourceRecordSet::default()
    };
    match candidate.target {
        Target::Values { ttl, rdata } => {
            let value = |rdata| ResourceRecord { value: rdata::print_route53(rtype, rdata) };
            set.ttl = Some(i64::from(*ttl));
            set.resource_records = Some(rdata.iter().map(value).collect());
        }
        Target::Alias { to, evaluate } => set.alias_target = Some(alias(&zone.0, to, *evaluate)),
        Target::Provider { of, evaluate, .. } => {
            let to = Name::parse(of, Some(&Name::root())).unwrap_or_else(|_| Name::root());
            set.alias_target = Some(alias(BEYOND, &to, *evaluate));
        }
        // Only inside a tree, of which one record is shown.
        Target::Rule { .. } => {}
    }
    set
}

fn alias(zone: &str, to: &Name, evaluate: bool) -> AliasTarget {
    AliasTarget { hosted_zone_id: zone.to_owned(), dns_name: to.to_route53(), evaluate_target_health: evaluate }
}

fn geo_location(area: &Area) -> GeoLocation {
    let country = |code: &str| GeoLocation { country_code: Some(code.to_owned()), ..GeoLocation::default() };
    match area {
        Area::Default => country("*"),
        Area::Continent(continent) => {
            GeoLocation { continent_code: Some(continent.code().to_owned()), ..GeoLocation::default() }
        }
        Area::Country(code) => country(code.code()),
        Area::Subdivision(code, part) => {
            GeoLocation { subdivision_code: Some(part.code().to_owned()), ..country(code.code()) }
        }
    }
}

fn geo_proximity(anchor: &Anchor) -> GeoProximityLocation {
    let mut place =
        GeoProximityLocation { bias: Some(i64::from(anchor.bias)).filter(|bias| *bias != 0), ..Default::default() };
    match anchor.site {
        Site::Region(region) => place.aws_region = Some(region.code().to_owned()),
        Site::LocalZone(row) => place.local_zone_group = Some(row.group.to_owned()),
        Site::Point(Coordinates { latitude, longitude }) => {
            place.coordinates =
                Some(crate::route53::Coordinates { latitude: degrees(latitude), longitude: degrees(longitude) });
        }
    }
    place
}

/// Two decimals at most (P-44).
fn degrees(degrees: f64) -> String {
    let hundredths = format!("{degrees:.2}");
    hundredths.trim_end_matches('0').trim_end_matches('.').to_owned()
}

//! SOA and NS of zones that give none (Z-15, Z-16), with name servers in Route 53's pattern (Z-11, Z-12).

use super::Options;
use crate::model::{Candidate, HostedZone, Name, Rdata, RecordGroup, RecordType, Routing, Target, Visibility};

/// TTL of a default NS record set, in seconds (Z-15).
pub(crate) const NS_TTL: u32 = 172_800;
/// TTL of a default SOA record, in seconds (Z-16).
pub(crate) const SOA_TTL: u32 = 900;
/// Serial, refresh, retry, expire and minimum of a default SOA record (Z-16).
pub(crate) const SOA_NUMBERS: [u32; 5] = [1, 7200, 900, 1_209_600, 86_400];
/// RNAME of a default SOA record (Z-16).
const HOSTMASTER: &str = "awsdns-hostmaster.amazon.com.";
/// The name servers of private zones, in the order Route 53 lists them (Z-12).
const RESERVED: [u16; 4] = [1536, 0, 1024, 512];

/// Adds the SOA and NS record sets a zone lacks.
pub(super) fn complete(zone: &mut HostedZone, options: &Options) {
    let is_private = matches!(zone.visibility, Visibility::Private { .. });
    let servers = name_servers(&zone.name, is_private, options);
    let ns = (zone.name.clone(), RecordType::NS);
    if !zone.groups.contains_key(&ns) {
        let rdata = servers.iter().map(|server| Rdata(server.wire().into())).collect();
        let group = simple(zone, NS_TTL, rdata);
        zone.groups.insert(ns.clone(), group);
    }
    let soa = (zone.name.clone(), RecordType::SOA);
    if !zone.groups.contains_key(&soa) {
        let primary = first_value(zone.groups.get(&ns)).unwrap_or_else(|| Rdata(servers[0].wire().into()));
        let mut wire = primary.0.into_vec();
        wire.extend_from_slice(hostmaster(options).wire());
        wire.extend(SOA_NUMBERS.iter().flat_map(|number| number.to_be_bytes()));
        let group = simple(zone, SOA_TTL, vec![Rdata(wire.into())]);
        zone.groups.insert(soa, group);
    }
}

/// RNAME of a default SOA record (Z-16).
pub(crate) fn hostmaster(options: &Options) -> Name {
    options.hostmaster.clone().unwrap_or_else(|| Name::parse(HOSTMASTER, None).unwrap_or_else(|_| Name::root()))
}

fn simple(zone: &HostedZone, ttl: u32, rdata: Vec<Rdata>) -> RecordGroup {
    let target = Target::Values { ttl, rdata };
    let candidate = Candidate { id: "".into(), key: (), check: None, target, at: zone.at.clone() };
    RecordGroup { routing: Routing::Simple(candidate), at: zone.at.clone() }
}

fn first_value(group: Option<&RecordGroup>) -> Option<Rdata> {
    match group?.routing.candidates().first()?.target {
        Target::Values { rdata, .. } => rdata.first().cloned(),
        Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => None,
    }
}

/// At least one name: the configured ones, the reserved four for private zones, else four drawn from the zone's name.
pub(crate) fn name_servers(zone: &Name, is_private: bool, options: &Options) -> Vec<Name> {
    match is_private {
        true => RESERVED.into_iter().map(name_server).collect(),
        false if !options.name_servers.is_empty() => options.name_servers.clone(),
        false => name_servers_drawn_from(fnv(zone.wire())),
    }
}

/// Four name servers by a number, one from each stripe of 512 but its first, which is reserved (Z-11, Z-12).
pub(crate) fn name_servers_drawn_from(number: u64) -> Vec<Name> {
    let of_stripe = |stripe: u16| stripe * 512 + 1 + ((number >> (16 * stripe)) as u16) % 511;
    (0..4).map(|stripe| name_server(of_stripe(stripe))).collect()
}

/// `ns-N.awsdns-GG.tld` for N in 0..2048 (Z-11).
fn name_server(number: u16) -> Name {
    let tld = ["com", "net", "org", "co.uk"][usize::from(number / 512) % 4];
    let text = format!("ns-{number}.awsdns-{:02}.{tld}.", (number % 512) / 8);
    Name::parse(&text, None).unwrap_or_else(|_| Name::root())
}

/// FNV-1a: the same for a name on every machine and in every version, which `std`'s hashers do not promise.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_give_the_published_names() {
        // Z-11: derived from published names; Z-12: the reserved four.
        for (number, name) in [
            (0, "ns-0.awsdns-00.com."),
            (512, "ns-512.awsdns-00.net."),
            (1024, "ns-1024.awsdns-00.org."),
            (1536, "ns-1536.awsdns-00.co.uk."),
            (2047, "ns-2047.awsdns-63.co.uk."),
            (519, "ns-519.awsdns-00.net."),
            (520, "ns-520.awsdns-01.net."),
        ] {
            assert_eq!(name_server(number).to_string(), name);
        }
    }
}

//! TestDNSAnswer: what a name server would answer, by the same path as on the wire (I-23).

use std::net::{IpAddr, Ipv4Addr};

use crate::account::zone::{self, Zone};
use crate::account::{Account, filed_servers, find_filed, number, refusal};
use crate::explain::{BadRequest, Request, answers};
use crate::model::{RecordType, Visibility, rdata};
use crate::route53::{ApiError, Caller, TestDNSAnswerRequest, TestDNSAnswerResponse, bare_id};
use crate::snapshot::{Snapshot, World};
use crate::wire::{Peer, Reply, Transport, Turn, rcode, respond};

/// Who asks where no resolver is named: an address of us-east-1 (I-23).
const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(3, 80, 0, 1));
/// Octets that hold every answer over UDP, and over TCP.
const ROOM: [usize; 2] = [4096, 65_535];

/// Answers for a public zone as its name servers do, the data of the answer section alone.
pub fn test_dns_answer(
    account: &Account,
    _: &Caller,
    input: TestDNSAnswerRequest,
) -> Result<TestDNSAnswerResponse, ApiError> {
    let world = account.world();
    let id = bare_id(&input.hosted_zone_id);
    let nameserver = nameserver(account, &world, id)?;
    let (index, listener) = place(&world.snapshot, id).ok_or_else(|| refusal::no_such_zone(id))?;
    let name = refusal::name(&input.record_name)?;
    let rtype: RecordType = input.record_type.parse().map_err(|_| invalid(&input.record_type, "record type"))?;
    let request = Request {
        name: name.clone(),
        rtype,
        source: address(input.resolver_ip.as_deref())?.unwrap_or(RESOLVER),
        subnet: subnet(&input)?,
        listener,
        tcp: false,
        health: Vec::new(),
        seed: number(),
    };
    let packet = request.packet().map_err(|error: BadRequest| ApiError::invalid_input(error.to_string()))?;
    let (mut reply, mut bytes) = ask(&world, &packet, &request, Transport::Udp)?;
    let mut protocol = "UDP";
    if reply.truncated {
        (reply, bytes) = ask(&world, &packet, &request, Transport::Tcp)?;
        protocol = "TCP";
    }
    if reply.zone.is_some_and(|zone| zone != index) {
        let zone = &world.snapshot.zones[reply.zone.unwrap_or_default() as usize].id.0;
        let message = format!("{} is answered by hosted zone {zone} on this server, not by {id}.", name.to_route53());
        return Err(ApiError::invalid_input(message));
    }
    let data = answers(&bytes[..reply.len]).unwrap_or_default();
    Ok(TestDNSAnswerResponse {
        nameserver,
        record_name: name.to_route53(),
        record_type: rtype.to_string(),
        record_data: data.iter().map(|(rtype, value)| rdata::print_route53(*rtype, value)).collect(),
        response_code: rcode::name(reply.rcode).to_owned(),
        protocol: protocol.to_owned(),
    })
}

/// The name server that is said to answer; only public zones have one (I-23).
fn nameserver(account: &Account, world: &World, id: &str) -> Result<String, ApiError> {
    let servers = account.read(|reader| {
        if zone::is_private(reader, world, id)? {
            return Err(ApiError::invalid_input("TestDNSAnswer is not supported for private hosted zones."));
        }
        let made = reader.find::<Zone>(id).map(|zone| zone.delegation_set.name_servers.clone());
        Ok(made.or_else(|| find_filed(world, id).map(|zone| filed_servers(world, &zone))).unwrap_or_default())
    })?;
    Ok(servers.into_iter().next().unwrap_or_default())
}

/// A zone's index, and the number of a listener that it is offered at.
fn place(snapshot: &Snapshot, id: &str) -> Option<(u32, u16)> {
    let (index, _) = snapshot.zones.numbered().find(|(_, zone)| *zone.id.0 == *id)?;
    let listener = match &snapshot.source(index)?.visibility {
        Visibility::Public { listeners } => {
            let is_at = |listener| listeners.is_empty() || listeners.contains(listener);
            snapshot.listeners.iter().position(is_at)?
        }
        Visibility::Private { .. } => return None,
    };
    Some((index, u16::try_from(listener).ok()?))
}

fn ask(world: &World, packet: &[u8], request: &Request, transport: Transport) -> Result<(Reply, Vec<u8>), ApiError> {
    let mut bytes = vec![0; ROOM[usize::from(transport != Transport::Udp)]];
    let peer = Peer { source: request.source, listener: request.listener, transport };
    let reply = respond(world, packet, &peer, Turn::from(request.seed), &mut bytes, &mut ());
    reply.map(|reply| (reply, bytes)).ok_or_else(|| ApiError::invalid_input("The question gets no reply."))
}

fn subnet(input: &TestDNSAnswerRequest) -> Result<Option<(IpAddr, u8)>, ApiError> {
    let mask = input.edns0_client_subnet_mask.as_deref();
    let Some(address) = address(input.edns0_client_subnet_ip.as_deref())? else {
        return match mask {
            Some(_) => Err(ApiError::invalid_input("EDNS0ClientSubnetMask is given without EDNS0ClientSubnetIP.")),
            None => Ok(None),
        };
    };
    let (usual, most) = if address.is_ipv4() { (24, 32) } else { (64, 128) };
    let len = match mask.map(str::parse::<u8>) {
        None => usual,
        Some(Ok(len)) if len <= most => len,
        Some(_) => return Err(invalid(mask.unwrap_or_default(), "length of a client subnet")),
    };
    Ok(Some((address, len)))
}

fn address(text: Option<&str>) -> Result<Option<IpAddr>, ApiError> {
    text.map(|text| text.parse().map_err(|_| invalid(text, "IP address"))).transpose()
}

fn invalid(text: &str, what: &str) -> ApiError {
    ApiError::invalid_input(format!("'{text}' is no {what}."))
}

//! Hosted zones (T362…T366, Z-5…Z-27, I-21), and zones of files beside them.

use super::*;
use crate::account::Settings;
use crate::account::tests::lab::Shared;
use crate::api::zones::{
    create_hosted_zone, get_hosted_zone, get_hosted_zone_count, list_hosted_zones, list_hosted_zones_by_name,
    update_hosted_zone_comment,
};
use crate::route53::{
    CreateHostedZoneResponse, DelegationSet, GetHostedZoneCountRequest, GetHostedZoneRequest, HostedZoneConfig,
    ListHostedZonesByNameRequest, ListHostedZonesRequest, UpdateHostedZoneCommentRequest, VPC,
};

fn request(name: &str, reference: &str) -> CreateHostedZoneRequest {
    CreateHostedZoneRequest { name: name.to_owned(), caller_reference: reference.to_owned(), ..Default::default() }
}

fn made(lab: &Lab, request: CreateHostedZoneRequest) -> Result<CreateHostedZoneResponse, ApiError> {
    create_hosted_zone(&lab.account, &caller(), request)
}

fn vpc(id: &str) -> Option<VPC> {
    Some(VPC { vpc_id: Some(id.to_owned()), vpc_region: Some("eu-west-1".to_owned()) })
}

fn private(name: &str, reference: &str, id: &str) -> CreateHostedZoneRequest {
    CreateHostedZoneRequest { vpc: vpc(id), ..request(name, reference) }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, ApiError>) -> (Code, u16) {
    let error = outcome.expect_err("a refusal");
    (error.code, error.status())
}

#[test]
fn t365_z7_z10_z15_z16_a_zone_is_born_with_ns_and_soa() {
    let lab = Lab::new();
    let config = HostedZoneConfig { comment: Some("mine".to_owned()), private_zone: Some(false) };
    let zone = made(&lab, CreateHostedZoneRequest { hosted_zone_config: Some(config), ..request("Example.COM", "r") })
        .unwrap();
    assert_eq!((zone.hosted_zone.name.as_str(), zone.hosted_zone.resource_record_set_count), ("example.com.", Some(2)));
    assert_eq!(zone.change_info.status, "PENDING");
    let id = bare_id(&zone.hosted_zone.id);
    assert_eq!((zone.hosted_zone.id.as_str(), id.len()), (format!("/hostedzone/{id}").as_str(), 21));
    assert_eq!(zone.location, format!("/2013-04-01/hostedzone/{id}"));
    let servers = &zone.delegation_set.name_servers;
    let tlds: Vec<_> = servers.iter().map(|server| server.rsplit_once(".awsdns-").unwrap().1[2..].to_owned()).collect();
    assert_eq!(tlds, [".com", ".net", ".org", ".co.uk"]);
    let [ns, soa] = <[ResourceRecordSet; 2]>::try_from(lab.listed(id)).unwrap();
    let values = |set: &ResourceRecordSet| -> Vec<String> {
        set.resource_records.iter().flatten().map(|record| record.value.clone()).collect()
    };
    let dotted: Vec<_> = servers.iter().map(|server| format!("{server}.")).collect();
    assert_eq!((ns.ttl, values(&ns)), (Some(172_800), dotted.clone()));
    let expected = format!("{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", dotted[0]);
    assert_eq!((soa.ttl, values(&soa)), (Some(900), vec![expected.clone()]));
    assert_eq!(lab.dig("example.com", "SOA"), [expected]);
    let found = get_hosted_zone(&lab.account, &caller(), GetHostedZoneRequest { id: id.to_owned() }).unwrap();
    assert_eq!((found.hosted_zone, found.delegation_set), (zone.hosted_zone, Some(zone.delegation_set)));
    assert_eq!(found.vpcs, None);
}

#[test]
fn t362_t363_z2_z5_names_and_references_that_are_refused() {
    let lab = Lab::new();
    made(&lab, request("example.com", "r")).unwrap();
    assert_eq!(code(made(&lab, request("example.org", "r"))), (Code::HostedZoneAlreadyExists, 409));
    let error = made(&lab, request("com", "s")).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::InvalidDomainName, "com. is reserved by AWS!"));
    for name in ["*.example.net", "a..b", "."] {
        assert_eq!(code(made(&lab, request(name, "s"))).0, Code::InvalidDomainName, "{name}");
    }
    // Z-2: elsewhere it is an asterisk.
    made(&lab, request("a.*.example.net", "s")).unwrap();
}

#[test]
fn t364_z8_only_an_empty_zone_is_deleted() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let set = values("a.example.com", "A", &["192.0.2.1"]);
    lab.change(&zone, vec![create(set.clone())]).unwrap();
    let gone = || lab.unmake(&zone);
    assert_eq!(code(gone()), (Code::HostedZoneNotEmpty, 400));
    lab.change(&zone, vec![delete(set)]).unwrap();
    assert_eq!(gone().unwrap().status, "PENDING");
    assert_eq!(lab.dig("example.com", "SOA"), ["REFUSED"]);
    assert_eq!(code(gone()), (Code::NoSuchHostedZone, 404));
    let error = lab.change(&zone, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap_err();
    assert_eq!(error.message, format!("No hosted zone found with ID: {zone}"));
    // Name and reference are free again.
    assert_ne!(lab.zone("example.com"), zone);
}

#[test]
fn t366_z3_z4_public_zones_that_would_share_name_servers() {
    let lab = Lab::new();
    lab.account
        .transact(&caller(), "CreateReusableDelegationSet", |draft| {
            let name_servers = ["ns-1.awsdns-00.com", "ns-513.awsdns-00.net"].map(str::to_owned).to_vec();
            draft.put("N1", DelegationSet { name_servers, ..DelegationSet::default() });
            Ok(())
        })
        .unwrap();
    let with_set = |name: &str, reference: &str| CreateHostedZoneRequest {
        delegation_set_id: Some("/delegationset/N1".to_owned()),
        ..request(name, reference)
    };
    let zone = made(&lab, with_set("example.com", "a")).unwrap();
    assert_eq!(zone.delegation_set.id.as_deref(), Some("/delegationset/N1"));
    assert_eq!(code(made(&lab, with_set("test.example.com", "b"))), (Code::ConflictingDomainExists, 400));
    assert_eq!(code(made(&lab, with_set("example.com", "b"))), (Code::ConflictingDomainExists, 400));
    made(&lab, with_set("example.org", "c")).expect("of another name");
    // Z-23: with name servers of its own a child stands beside its parent, and answers for itself.
    let child = made(&lab, request("test.example.com", "d")).unwrap();
    lab.change(&child.hosted_zone.id, vec![create(values("w.test.example.com", "A", &["192.0.2.7"]))]).unwrap();
    assert_eq!(lab.dig("w.test.example.com", "A"), ["192.0.2.7"]);
    // This server has but itself to give to zones of one name.
    assert_eq!(code(made(&lab, request("example.com", "e"))), (Code::DelegationSetNotAvailable, 400));
    let unknown = CreateHostedZoneRequest { delegation_set_id: Some("N2".to_owned()), ..request("example.net", "f") };
    assert_eq!(code(made(&lab, unknown)), (Code::NoSuchDelegationSet, 400));
}

#[test]
fn z24_z25_a_private_zone_is_seen_through_its_vpc() {
    let lab = Lab::new();
    let zone = made(&lab, private("example.com", "a", "vpc-1")).unwrap();
    assert_eq!(zone.hosted_zone.config.as_ref().unwrap().private_zone, Some(true));
    assert_eq!(zone.vpc, vpc("vpc-1"));
    assert!(zone.delegation_set.name_servers.contains(&"ns-1536.awsdns-00.co.uk".to_owned()));
    let found =
        get_hosted_zone(&lab.account, &caller(), GetHostedZoneRequest { id: zone.hosted_zone.id.clone() }).unwrap();
    assert_eq!((found.delegation_set, found.vpcs), (None, Some(vec![vpc("vpc-1").unwrap()])));
    // Nobody is in the view of a VPC that the configuration does not know.
    assert_eq!(lab.dig("example.com", "SOA"), ["REFUSED"]);
    assert_eq!(code(made(&lab, private("example.com", "b", "vpc-1"))).0, Code::ConflictingDomainExists);
    made(&lab, private("example.com", "b", "vpc-2")).expect("another VPC");
    made(&lab, private("sub.example.com", "c", "vpc-1")).expect("names may overlap");
    made(&lab, request("example.com", "d")).expect("a public zone of the name");
    for bad in ["", "vpc 1", "a/b"] {
        assert_eq!(code(made(&lab, private("example.net", "e", bad))).0, Code::InvalidVPCId, "{bad:?}");
    }
    // The view goes with its last zone.
    let id = zone.hosted_zone.id;
    lab.unmake(&id).unwrap();
    let views = |lab: &Lab| lab.account.world().snapshot.catalog.views().len();
    assert_eq!(views(&lab), 2);
    let error = lab.change("Z0", Vec::new()).unwrap_err();
    assert_eq!(error.code, Code::NoSuchHostedZone);
}

#[test]
fn z24_z27_who_is_in_a_vpc_is_for_the_configuration_to_say() {
    let view = "[view.vpc-1]\nnetworks = [\"10.0.0.0/8\"]\n";
    let lab = Lab::with(Shared::new(), &[("views.toml", view)], Settings::default());
    let zone = made(&lab, private("example.com", "a", "vpc-1")).unwrap();
    lab.change(&zone.hosted_zone.id, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap();
    let public = made(&lab, request("example.com", "b")).unwrap();
    lab.change(&public.hosted_zone.id, vec![create(values("a.example.com", "A", &["192.0.2.2"]))]).unwrap();
    assert_eq!(lab.dig_from("a.example.com", "A", "10.1.2.3"), ["192.0.2.1"]);
    assert_eq!(lab.dig("a.example.com", "A"), ["192.0.2.2"]);
}

#[test]
fn i21_zones_are_listed_by_id_and_by_name() {
    let lab = Lab::new();
    let names = ["b.example.com", "example.com", "a-b.example.com", "a.example.com", "example.net"];
    for name in names {
        lab.zone(name);
    }
    let mut ids = Vec::new();
    let mut request = ListHostedZonesRequest { max_items: Some("2".to_owned()), ..Default::default() };
    loop {
        let page = list_hosted_zones(&lab.account, &caller(), request.clone()).unwrap();
        assert_eq!((page.max_items.as_str(), page.marker.as_str()), ("2", request.marker.as_deref().unwrap_or("")));
        ids.extend(page.hosted_zones.into_iter().map(|zone| zone.id));
        let Some(next) = page.next_marker else { break };
        assert!(page.is_truncated);
        request.marker = Some(next);
    }
    assert!(ids.len() == 5 && ids.is_sorted(), "{ids:?}");
    let by_name = |name: Option<&str>, items: &str| {
        let request = ListHostedZonesByNameRequest {
            dns_name: name.map(str::to_owned),
            max_items: Some(items.to_owned()),
            ..Default::default()
        };
        list_hosted_zones_by_name(&lab.account, &caller(), request).unwrap()
    };
    let listed = |page: &crate::route53::ListHostedZonesByNameResponse| -> Vec<String> {
        page.hosted_zones.iter().map(|zone| zone.name.clone()).collect()
    };
    let page = by_name(None, "100");
    let sorted = ["example.com.", "a-b.example.com.", "a.example.com.", "b.example.com.", "example.net."];
    assert_eq!((listed(&page), page.is_truncated), (sorted.map(str::to_owned).to_vec(), false));
    let page = by_name(Some("A.example.com"), "1");
    assert_eq!(
        (listed(&page), page.next_dns_name.as_deref()),
        (vec!["a.example.com.".to_owned()], Some("b.example.com."))
    );
    let odd = ListHostedZonesByNameRequest { hosted_zone_id: Some("Z1".to_owned()), ..Default::default() };
    assert_eq!(code(list_hosted_zones_by_name(&lab.account, &caller(), odd)).0, Code::InvalidInput);
    let count = get_hosted_zone_count(&lab.account, &caller(), GetHostedZoneCountRequest {}).unwrap();
    assert_eq!(count.hosted_zone_count, 5);
    let private =
        ListHostedZonesRequest { hosted_zone_type: Some("PrivateHostedZone".to_owned()), ..Default::default() };
    assert!(list_hosted_zones(&lab.account, &caller(), private).unwrap().hosted_zones.is_empty());
}

#[test]
fn z9_a_comment_is_changed_and_taken_away() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let comment = |comment: Option<&str>| {
        let request = UpdateHostedZoneCommentRequest { id: zone.clone(), comment: comment.map(str::to_owned) };
        let done = update_hosted_zone_comment(&lab.account, &caller(), request).unwrap();
        (done.hosted_zone.config.unwrap().comment, done.hosted_zone.resource_record_set_count)
    };
    assert_eq!(comment(Some("new")), (Some("new".to_owned()), Some(2)));
    assert_eq!(comment(None), (None, Some(2)));
}

#[test]
fn a_zone_of_a_file_is_shown_and_not_changed() {
    let file = "zone = \"filed.test\"\nttl = 60\n[[record]]\nname = \"www\"\ntype = \"A\"\n\
                values = [\"192.0.2.8\", \"192.0.2.9\"]\n";
    let lab = Lab::with(Shared::new(), &[("filed.toml", file)], Settings::default());
    lab.zone("example.com");
    let page = list_hosted_zones(&lab.account, &caller(), ListHostedZonesRequest::default()).unwrap();
    let filed = page.hosted_zones.iter().find(|zone| zone.name == "filed.test.").expect("the file's zone");
    assert_eq!((page.hosted_zones.len(), filed.resource_record_set_count), (2, Some(3)));
    assert!(filed.linked_service.as_ref().unwrap().description.as_ref().unwrap().contains("filed.toml"));
    let sets = lab.listed(&filed.id);
    assert_eq!(sets.len(), 3);
    assert_eq!((sets[2].name.as_str(), sets[2].resource_records.as_ref().unwrap().len()), ("www.filed.test.", 2));
    let change = vec![create(values("a.filed.test", "A", &["192.0.2.1"]))];
    let (code, message) = lab.refused(&filed.id, change);
    assert!(
        code == Code::AccessDenied && message.contains("filed.toml") && message.contains("waymark import"),
        "{message}"
    );
    let gone = lab.unmake(&filed.id);
    assert_eq!(gone.unwrap_err().code, Code::AccessDenied);
    let error = made(&lab, request("filed.test", "x")).unwrap_err();
    assert!(error.code == Code::DelegationSetNotAvailable && error.message.contains("filed.toml"), "{error}");
    let found = get_hosted_zone(&lab.account, &caller(), GetHostedZoneRequest { id: filed.id.clone() }).unwrap();
    assert_eq!(found.delegation_set.unwrap().name_servers.len(), 4);
}

#[test]
fn the_store_keeps_who_did_what_to_which_zone() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    lab.zone("example.org");
    lab.change(&zone, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap();
    let history = lab.account.history(&zone, crate::database::Revision(0), None).unwrap();
    let told: Vec<_> = history.iter().map(|entry| (entry.audit.operation.as_str(), entry.audit.who.as_str())).collect();
    assert_eq!(told, [("CreateHostedZone", "tester"), ("ChangeResourceRecordSets", "tester")]);
}

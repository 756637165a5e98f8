//! Tags, CIDR collections, delegation sets, VPCs, limits, query logs, protections and keys, without HTTP.

use std::sync::Arc;

use super::{create, upsert, values, weighted};
use crate::account::Settings;
use crate::account::tests::lab::{Lab, Shared, caller};
use crate::api::{cidr, delegation, dnssec, limits, protections, query_logging, tags, vpc, zones};
use crate::log::zones::ZoneLogs;
use crate::route53::*;

/// A zone that a file defines.
const FILED: (&str, &str) = ("filed.toml", "zone = \"filed.example\"\nid = \"FILED\"\n");

pub(super) fn beside(folder: &std::path::Path) -> crate::api::beside::Beside {
    let (logs, _) = ZoneLogs::start(folder, "local".into()).unwrap();
    crate::api::beside::Beside { view: Box::new(|_| None), plan: Box::new(Arc::default), logs }
}

fn private(lab: &Lab, name: &str, vpc: &str) -> Result<String, ApiError> {
    let request = CreateHostedZoneRequest {
        name: name.to_owned(),
        caller_reference: format!("{name} for {vpc}"),
        vpc: Some(the_vpc(vpc)),
        ..CreateHostedZoneRequest::default()
    };
    let made = zones::create_hosted_zone(&lab.account, &caller(), request)?;
    Ok(bare_id(&made.hosted_zone.id).to_owned())
}

fn the_vpc(id: &str) -> VPC {
    VPC { vpc_id: Some(id.to_owned()), vpc_region: Some("us-east-1".to_owned()) }
}

fn delete_zone(lab: &Lab, id: &str) -> Result<(), ApiError> {
    lab.unmake(id).map(|_| ())
}

#[test]
fn tags_hang_on_zones_by_their_bare_ids() {
    let lab = Lab::with(Shared::new(), &[FILED], Settings::default());
    let zone = lab.zone("example.com");
    let tag = |id: &str, key: &str| {
        let tag = Tag { key: Some(key.to_owned()), value: Some("v".to_owned()) };
        let request = ChangeTagsForResourceRequest {
            resource_type: "hostedzone".to_owned(),
            resource_id: id.to_owned(),
            add_tags: Some(vec![tag]),
            remove_tag_keys: None,
        };
        tags::change_tags_for_resource(&lab.account, &caller(), request)
    };
    let listed = |ids: &[&str]| {
        let request = ListTagsForResourcesRequest {
            resource_type: "hostedzone".to_owned(),
            resource_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        let found = tags::list_tags_for_resources(&lab.account, &caller(), request)?;
        let keys = |set: ResourceTagSet| set.tags.unwrap_or_default().into_iter().filter_map(|tag| tag.key);
        Ok::<Vec<Vec<String>>, ApiError>(found.resource_tag_sets.into_iter().map(|set| keys(set).collect()).collect())
    };
    tag(&zone, "b").unwrap();
    tag(&zone, "a").unwrap();
    tag("FILED", "c").unwrap();
    assert_eq!(listed(&[&zone, "FILED"]).unwrap(), [vec!["a", "b"], vec!["c"]]);
    let prefixed = tag(&format!("/hostedzone/{zone}"), "x").unwrap_err();
    let said = "at 'resourceId' failed to satisfy constraint: Member must have length less than or equal to 32";
    assert_eq!(prefixed.code, Code::InvalidInput, "api.md §3");
    assert!(prefixed.message.ends_with(said), "{}", prefixed.message);
    assert_eq!(tag("Z404", "x").unwrap_err().code, Code::NoSuchHostedZone);
    let check = ListTagsForResourceRequest { resource_type: "healthcheck".to_owned(), resource_id: "none".to_owned() };
    let refused = tags::list_tags_for_resource(&lab.account, &caller(), check).unwrap_err();
    assert_eq!(refused.code, Code::NoSuchHealthCheck);
    delete_zone(&lab, &zone).unwrap();
    assert_eq!(listed(&[&zone]).unwrap_err().code, Code::NoSuchHostedZone);
}

fn collection(lab: &Lab, name: &str, reference: &str) -> Result<CidrCollection, ApiError> {
    let request = CreateCidrCollectionRequest { name: name.to_owned(), caller_reference: reference.to_owned() };
    cidr::create_cidr_collection(&lab.account, &caller(), request).map(|made| made.collection.unwrap())
}

fn put(lab: &Lab, id: &str, version: Option<i64>, changes: &[(&str, &str, &[&str])]) -> Result<(), ApiError> {
    let change = |(action, location, blocks): &(&str, &str, &[&str])| CidrCollectionChange {
        location_name: (*location).to_owned(),
        action: (*action).to_owned(),
        cidr_list: blocks.iter().map(|block| (*block).to_owned()).collect(),
    };
    let request = ChangeCidrCollectionRequest {
        id: id.to_owned(),
        collection_version: version,
        changes: changes.iter().map(change).collect(),
    };
    cidr::change_cidr_collection(&lab.account, &caller(), request).map(|_| ())
}

#[test]
fn p53_p60_collections_are_counted_up_and_steer() {
    let lab = Lab::new();
    let made = collection(&lab, "isps", "r").unwrap();
    let id = made.id.clone().unwrap();
    assert_eq!(made.arn, Some(format!("arn:aws:route53:::cidrcollection/{id}")));
    assert_eq!(collection(&lab, "isps", "r").unwrap(), made, "the same request again");
    for (name, reference) in [("isps", "other"), ("other", "r")] {
        let refused = collection(&lab, name, reference).unwrap_err();
        assert_eq!(refused.code, Code::CidrCollectionAlreadyExistsException, "{name} {reference}");
    }
    put(
        &lab,
        &id,
        Some(1),
        &[("PUT", "home", &["192.0.2.0/24", "2001:db8::/32"]), ("PUT", "work", &["198.51.100.0/24"])],
    )
    .unwrap();
    let refused = put(&lab, &id, Some(1), &[("PUT", "home", &["203.0.113.0/24"])]).unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::CidrCollectionVersionMismatchException, 409), "P-60, T210");

    let zone = lab.zone("example.com");
    let routed = |set: &str, location: &str, value: &str| ResourceRecordSet {
        cidr_routing_config: Some(CidrRoutingConfig { collection_id: id.clone(), location_name: location.to_owned() }),
        weight: None,
        ..weighted("www.example.com.", set, 0, value)
    };
    let sets = [routed("h", "home", "192.0.2.1"), routed("w", "work", "192.0.2.2"), routed("d", "*", "192.0.2.3")];
    lab.change(&zone, sets.map(create).into()).unwrap();
    assert_eq!(lab.dig_from("www.example.com", "A", "192.0.2.77"), ["192.0.2.1"]);
    // P-60: an edit takes effect without touching the record sets.
    put(&lab, &id, Some(2), &[("PUT", "work", &["192.0.2.0/24"]), ("DELETE_IF_EXISTS", "home", &["192.0.2.0/24"])])
        .unwrap();
    assert_eq!(lab.dig_from("www.example.com", "A", "192.0.2.77"), ["192.0.2.2"]);
    let refused = put(&lab, &id, None, &[("DELETE_IF_EXISTS", "home", &["2001:db8::/32"])]).unwrap_err();
    assert_eq!(refused.code, Code::CidrBlockInUseException, "a location that records serve keeps a block");

    let list = |location: Option<&str>, token: Option<String>| {
        let request = ListCidrBlocksRequest {
            collection_id: id.clone(),
            location_name: location.map(str::to_owned),
            next_token: token,
            max_results: Some("1".to_owned()),
        };
        cidr::list_cidr_blocks(&lab.account, &caller(), request)
    };
    let (mut blocks, mut token) = (Vec::new(), None);
    loop {
        let page = list(None, token).unwrap();
        blocks.extend(page.cidr_blocks.unwrap().into_iter().map(|block| block.cidr_block.unwrap()));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(blocks, ["2001:db8::/32", "192.0.2.0/24", "198.51.100.0/24"]);
    assert_eq!(list(Some("none"), None).unwrap_err().code, Code::NoSuchCidrLocationException);
    assert_eq!(list(None, Some("x".to_owned())).unwrap_err().code, Code::InvalidPaginationToken, "I-21");
    let delete = |id: &str| {
        let request = DeleteCidrCollectionRequest { id: id.to_owned() };
        cidr::delete_cidr_collection(&lab.account, &caller(), request)
    };
    assert_eq!(delete(&id).unwrap_err().code, Code::CidrCollectionInUseException, "P-60, T213");
    let empty = collection(&lab, "empty", "e").unwrap().id.unwrap();
    delete(&empty).unwrap();
    assert_eq!(delete(&empty).unwrap_err().code, Code::NoSuchCidrCollectionException);
}

#[test]
fn z13_delegation_sets_are_shared_and_not_deleted_in_use() {
    let lab = Lab::with(Shared::new(), &[FILED], Settings::default());
    let make = |reference: &str, zone: Option<&str>| {
        let request = CreateReusableDelegationSetRequest {
            caller_reference: reference.to_owned(),
            hosted_zone_id: zone.map(str::to_owned),
        };
        delegation::create_reusable_delegation_set(&lab.account, &caller(), request).map(|made| made.delegation_set)
    };
    let set = make("r", None).unwrap();
    assert_eq!(set.name_servers.len(), 4, "Z-10");
    let id = set.id.clone().unwrap();
    assert!(id.starts_with("/delegationset/N"), "I-25: {id}");
    assert_eq!(make("r", None).unwrap_err().code, Code::DelegationSetAlreadyCreated);
    assert_eq!(make("x", Some("Z404")).unwrap_err().code, Code::HostedZoneNotFound);
    assert_eq!(make("x", Some("FILED")).unwrap_err().code, Code::AccessDenied, "files are read-only");

    let request = CreateHostedZoneRequest {
        name: "example.com".to_owned(),
        caller_reference: "z".to_owned(),
        delegation_set_id: Some(id.clone()),
        ..CreateHostedZoneRequest::default()
    };
    let made = zones::create_hosted_zone(&lab.account, &caller(), request).unwrap();
    assert_eq!(made.delegation_set.name_servers, set.name_servers);
    let delete = |id: &str| {
        let request = DeleteReusableDelegationSetRequest { id: id.to_owned() };
        delegation::delete_reusable_delegation_set(&lab.account, &caller(), request)
    };
    assert_eq!(delete(&id).unwrap_err().code, Code::DelegationSetInUse);
    let limit = GetReusableDelegationSetLimitRequest {
        r#type: "MAX_ZONES_BY_REUSABLE_DELEGATION_SET".to_owned(),
        delegation_set_id: bare_id(&id).to_owned(),
    };
    let told = limits::get_reusable_delegation_set_limit(&lab.account, &caller(), limit).unwrap();
    assert_eq!((told.limit.value, told.count), (100, 1));
    delete_zone(&lab, &made.hosted_zone.id).unwrap();
    delete(&id).unwrap();
    assert_eq!(delete(&id).unwrap_err().code, Code::NoSuchDelegationSet);

    // Promoted from a zone.
    let zone = lab.zone("example.org");
    let promoted = make("p", Some(&zone)).unwrap();
    let request = GetHostedZoneRequest { id: zone.clone() };
    let shown = zones::get_hosted_zone(&lab.account, &caller(), request).unwrap().delegation_set.unwrap();
    assert_eq!((shown.id, shown.name_servers), (promoted.id, promoted.name_servers));
    assert_eq!(make("q", Some(&zone)).unwrap_err().code, Code::DelegationSetAlreadyReusable);
}

#[test]
fn z24_z25_vpcs_come_and_go_but_the_last() {
    let lab = Lab::new();
    let zone = private(&lab, "corp.example", "vpc-1").unwrap();
    private(&lab, "corp.example", "vpc-2").unwrap();
    let associate = |zone: &str, vpc: &str| {
        let request = AssociateVPCWithHostedZoneRequest {
            hosted_zone_id: zone.to_owned(),
            vpc: the_vpc(vpc),
            comment: Some("why".to_owned()),
        };
        vpc::associate_vpc_with_hosted_zone(&lab.account, &caller(), request)
    };
    let disassociate = |vpc: &str| {
        let request =
            DisassociateVPCFromHostedZoneRequest { hosted_zone_id: zone.clone(), vpc: the_vpc(vpc), comment: None };
        vpc::disassociate_vpc_from_hosted_zone(&lab.account, &caller(), request)
    };
    assert_eq!(associate(&zone, "vpc-2").unwrap_err().code, Code::ConflictingDomainExists, "Z-25");
    assert_eq!(disassociate("vpc-1").unwrap_err().code, Code::LastVPCAssociation, "Z-24");
    assert_eq!(associate(&zone, "vpc-3").unwrap().change_info.comment.as_deref(), Some("why"));
    assert_eq!(disassociate("vpc-9").unwrap_err().code, Code::VPCAssociationNotFound);
    let public = lab.zone("example.com");
    assert_eq!(associate(&public, "vpc-1").unwrap_err().code, Code::PublicZoneVPCAssociation, "Z-24");
    for bad in ["", "vpc 1", "vpc/1", "vpc-ü"] {
        assert_eq!(associate(&zone, bad).unwrap_err().code, Code::InvalidVPCId, "{bad:?}");
        assert_eq!(private(&lab, "other.example", bad).unwrap_err().code, Code::InvalidVPCId, "{bad:?}: the same rule");
    }
    private(&lab, "a.corp.example", "vpc-3").unwrap();
    let seen = |token: Option<String>| {
        let request = ListHostedZonesByVPCRequest {
            vpc_id: "vpc-3".to_owned(),
            vpc_region: "us-east-1".to_owned(),
            max_items: Some("1".to_owned()),
            next_token: token,
        };
        vpc::list_hosted_zones_by_vpc(&lab.account, &caller(), request).unwrap()
    };
    let first = seen(None);
    assert_eq!(first.hosted_zone_summaries[0].hosted_zone_id, zone, "api.md §3: without prefix");
    let second = seen(first.next_token);
    assert_eq!(second.hosted_zone_summaries[0].name, "a.corp.example.");
    assert_eq!(second.next_token, None);
    disassociate("vpc-1").unwrap();
    let world = lab.control.world().load();
    let views: Vec<_> = world.snapshot.catalog.views().iter().map(|view| view.id.0.to_string()).collect();
    assert!(!views.contains(&"vpc-1".to_owned()) && views.contains(&"vpc-3".to_owned()), "{views:?}");
}

#[test]
fn z26_authorizations_are_kept() {
    let lab = Lab::new();
    let zone = private(&lab, "corp.example", "vpc-1").unwrap();
    let authorize = |zone: &str, vpc: &str| {
        let request = CreateVPCAssociationAuthorizationRequest { hosted_zone_id: zone.to_owned(), vpc: the_vpc(vpc) };
        vpc::create_vpc_association_authorization(&lab.account, &caller(), request)
    };
    let listed = || {
        let request = ListVPCAssociationAuthorizationsRequest { hosted_zone_id: zone.clone(), ..Default::default() };
        vpc::list_vpc_association_authorizations(&lab.account, &caller(), request).map(|found| found.vpcs.len())
    };
    authorize(&zone, "vpc-2").unwrap();
    authorize(&zone, "vpc-2").unwrap();
    assert_eq!(listed().unwrap(), 1);
    let public = lab.zone("example.com");
    assert_eq!(authorize(&public, "vpc-2").unwrap_err().code, Code::InvalidInput);
    let withdraw = || {
        let request = DeleteVPCAssociationAuthorizationRequest { hosted_zone_id: zone.clone(), vpc: the_vpc("vpc-2") };
        vpc::delete_vpc_association_authorization(&lab.account, &caller(), request)
    };
    withdraw().unwrap();
    assert_eq!(withdraw().unwrap_err().code, Code::VPCAssociationAuthorizationNotFound);
    delete_zone(&lab, &zone).unwrap();
    assert_eq!(listed().unwrap_err().code, Code::NoSuchHostedZone);
}

#[test]
fn limits_are_told_and_counted() {
    let mut settings = Settings::default();
    settings.quotas.hosted_zones = 1;
    let lab = Lab::with(Shared::new(), &[FILED], settings);
    let zone = lab.zone("example.com");
    let account = |kind: &str| {
        let request = GetAccountLimitRequest { r#type: kind.to_owned() };
        let told = limits::get_account_limit(&lab.account, &caller(), request).unwrap();
        (told.limit.value, told.count)
    };
    assert_eq!(account("MAX_HOSTED_ZONES_BY_OWNER"), (1, 1));
    assert_eq!(account("MAX_HEALTH_CHECKS_BY_OWNER"), (200, 0));
    let of_zone = |id: &str, kind: &str| {
        let request = GetHostedZoneLimitRequest { r#type: kind.to_owned(), hosted_zone_id: id.to_owned() };
        limits::get_hosted_zone_limit(&lab.account, &caller(), request).map(|told| (told.limit.value, told.count))
    };
    assert_eq!(of_zone(&zone, "MAX_RRSETS_BY_ZONE").unwrap(), (10_000, 2));
    assert_eq!(of_zone("FILED", "MAX_RRSETS_BY_ZONE").unwrap(), (10_000, 2));
    let refused = of_zone(&zone, "MAX_VPCS_ASSOCIATED_BY_ZONE").unwrap_err();
    assert_eq!(refused.code, Code::HostedZoneNotPrivate);
}

#[test]
fn q22_a_zone_has_one_query_log() {
    let folder = tempfile::tempdir().unwrap();
    let (lab, beside) = (Lab::new(), beside(folder.path()));
    let zone = lab.zone("example.com");
    let hidden = private(&lab, "corp.example", "vpc-1").unwrap();
    let make = |zone: &str, arn: &str| {
        let request = CreateQueryLoggingConfigRequest {
            hosted_zone_id: zone.to_owned(),
            cloud_watch_logs_log_group_arn: arn.to_owned(),
        };
        query_logging::create_query_logging_config(&lab.account, &beside, &caller(), request)
    };
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com";
    assert_eq!(make(&hidden, arn).unwrap_err().code, Code::InvalidInput, "Z-32");
    assert_eq!(make(&zone, "arn:nothing").unwrap_err().code, Code::InvalidInput);
    assert_eq!(make("Z404", arn).unwrap_err().code, Code::NoSuchHostedZone);
    assert!(!beside.logs.any());
    let made = make(&format!("/hostedzone/{zone}"), arn).unwrap().query_logging_config;
    assert_eq!(made.hosted_zone_id, zone);
    assert!(beside.logs.any(), "it is logged from now on");
    let refused = make(&zone, arn).unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::QueryLoggingConfigAlreadyExists, 409), "Q-22");
    let request = ListQueryLoggingConfigsRequest { hosted_zone_id: Some(zone.clone()), ..Default::default() };
    let found = query_logging::list_query_logging_configs(&lab.account, &caller(), request).unwrap();
    assert_eq!(found.query_logging_configs, std::slice::from_ref(&made));
    let request = DeleteQueryLoggingConfigRequest { id: made.id.clone() };
    query_logging::delete_query_logging_config(&lab.account, &beside, &caller(), request).unwrap();
    assert!(!beside.logs.any());
    let request = GetQueryLoggingConfigRequest { id: made.id };
    let refused = query_logging::get_query_logging_config(&lab.account, &caller(), request).unwrap_err();
    assert_eq!(refused.code, Code::NoSuchQueryLoggingConfig);
    make(&zone, arn).unwrap();
    assert!(beside.logs.any());
    lab.unmake_beside(&beside, &zone).unwrap();
    assert!(!beside.logs.any(), "its configuration went with the zone, which may come back without");
}

fn protect(lab: &Lab, zone: &str, names: &[&str]) -> Result<(), ApiError> {
    let protection = |name: &&str| ResourceRecordSetProtectionConfig {
        record_name: (*name).to_owned(),
        record_type: "A".to_owned(),
        comment: Some("ask ops".to_owned()),
    };
    let request = CreateResourceRecordSetProtectionsRequest {
        hosted_zone_id: zone.to_owned(),
        protections: names.iter().map(protection).collect(),
    };
    protections::create_resource_record_set_protections(&lab.account, &caller(), request).map(|_| ())
}

fn unprotect(lab: &Lab, zone: &str, names: &[&str]) -> Result<(), ApiError> {
    let key =
        |name: &&str| ResourceRecordSetProtectionKey { record_name: (*name).to_owned(), record_type: "A".to_owned() };
    let request = DeleteResourceRecordSetProtectionsRequest {
        hosted_zone_id: zone.to_owned(),
        protections: names.iter().map(key).collect(),
    };
    protections::delete_resource_record_set_protections(&lab.account, &caller(), request).map(|_| ())
}

#[test]
fn t371_protected_record_sets_and_their_zone_stay() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    protect(&lab, &zone, &["www.example.com", "later.example.com"]).unwrap();
    let sets = ["www.example.com.", "later.example.com.", "free.example.com."];
    let changes = sets.map(|name| upsert(values(name, "A", &["192.0.2.1"])));
    let (code, message) = lab.refused(&zone, changes.into());
    assert_eq!(code, Code::InvalidChangeBatch, "I-13");
    for name in &sets[..2] {
        let said = format!("RRSet with DNS name {name}, type A cannot be changed because it is protected: ask ops");
        assert!(message.contains(&said), "{message}");
    }
    lab.change(&zone, vec![create(values("www.example.com.", "AAAA", &["2001:db8::1"]))])
        .expect("another type is free");
    lab.change(&zone, vec![super::delete(values("www.example.com.", "AAAA", &["2001:db8::1"]))]).unwrap();
    assert_eq!(delete_zone(&lab, &zone).unwrap_err().code, Code::HostedZoneNotEmpty, "Z-8");
    let request = ListResourceRecordSetProtectionsRequest { hosted_zone_id: zone.clone(), ..Default::default() };
    let found = protections::list_resource_record_set_protections(&lab.account, &caller(), request).unwrap();
    let names: Vec<_> = found.resource_record_set_protections.iter().map(|found| &*found.record_name).collect();
    assert_eq!(names, ["later.example.com.", "www.example.com."], "I-18");
    unprotect(&lab, &zone, &["www.example.com", "later.example.com"]).unwrap();
    delete_zone(&lab, &zone).unwrap();
}

#[test]
fn i27_protections_are_made_all_or_none() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    protect(&lab, &zone, &["a.example.com"]).unwrap();
    let all = protect(&lab, &zone, &["a.example.com"]).unwrap_err();
    assert_eq!((all.code, all.status(), all.protections.len()), (Code::ProtectionAlreadyExists, 409, 1));
    let some = protect(&lab, &zone, &["a.example.com", "b.example.com"]).unwrap_err();
    assert_eq!(
        (some.code, &*some.protections[0].code),
        (Code::InvalidResourceRecordSetProtectionBatch, "ProtectionAlreadyExists")
    );
    // What is invalid is told before what exists.
    let invalid =
        protect(&lab, &zone, &["a.example.com", "other.example.org", "b.example.com", "b.example.com"]).unwrap_err();
    let codes: Vec<_> = invalid.protections.iter().map(|error| (&*error.record_name, &*error.code)).collect();
    assert_eq!(codes, [("other.example.org", "InvalidInput"), ("b.example.com", "InvalidInput")]);
    let missing = unprotect(&lab, &zone, &["a.example.com", "b.example.com"]).unwrap_err();
    assert_eq!(missing.code, Code::InvalidResourceRecordSetProtectionBatch);
    assert_eq!(&*missing.protections[0].code, "ProtectionNotFound");
    unprotect(&lab, &zone, &["A.Example.com."]).expect("nothing was taken away before, and case does not matter");
    let many: Vec<String> = (0..101).map(|number| format!("n{number}.example.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(protect(&lab, &zone, &many).unwrap_err().code, Code::InvalidInput);
    protect(&lab, &zone, &many[..100]).unwrap();
}

#[test]
fn features_are_noted() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let request =
        UpdateHostedZoneFeaturesRequest { hosted_zone_id: zone.clone(), enable_accelerated_recovery: Some(true) };
    protections::update_hosted_zone_features(&lab.account, &caller(), request).unwrap();
    let shown = zones::get_hosted_zone(&lab.account, &caller(), GetHostedZoneRequest { id: zone }).unwrap();
    assert_eq!(shown.hosted_zone.features.unwrap().accelerated_recovery_status.as_deref(), Some("ENABLED"));
}

#[test]
fn t328_to_t331_keys_live_and_zones_are_signed_by_them() {
    let state = tempfile::tempdir().unwrap();
    let settings = Settings { keys: state.path().join("keys"), ..Settings::default() };
    let lab = Lab::with(Shared::new(), &[], settings);
    let zone = lab.zone("example.com");
    let key = |number: usize| format!("arn:aws:kms:us-east-1:123456789012:key/{number}");
    let make = |zone: &str, name: &str, arn: String, status: &str| {
        let request = CreateKeySigningKeyRequest {
            caller_reference: name.to_owned(),
            hosted_zone_id: zone.to_owned(),
            key_management_service_arn: arn,
            name: name.to_owned(),
            status: status.to_owned(),
        };
        dnssec::create_key_signing_key(&lab.account, &caller(), request).map(|made| made.key_signing_key)
    };
    let (account, who) = (&lab.account, caller());
    let enable = || {
        dnssec::enable_hosted_zone_dnssec(account, &who, EnableHostedZoneDNSSECRequest { hosted_zone_id: zone.clone() })
    };
    let disable = || {
        dnssec::disable_hosted_zone_dnssec(
            account,
            &who,
            DisableHostedZoneDNSSECRequest { hosted_zone_id: zone.clone() },
        )
    };
    assert_eq!(disable().unwrap_err().code, Code::DNSSECNotFound, "S-7");
    let one = make(&zone, "one", key(1), "INACTIVE").unwrap();
    assert_eq!(
        (one.flag, one.signing_algorithm_type, one.digest_algorithm_type),
        (Some(257), Some(13), Some(2)),
        "S-7"
    );
    assert_eq!(enable().unwrap_err().code, Code::KeySigningKeyWithActiveStatusNotFound, "T331");
    assert_eq!(make(&zone, "two", "arn:x".to_owned(), "ACTIVE").unwrap_err().code, Code::InvalidKMSArn);
    assert_eq!(make(&zone, "t o", key(2), "ACTIVE").unwrap_err().code, Code::InvalidKeySigningKeyName, "S-2");
    assert_eq!(make(&zone, "two", key(2), "DELETING").unwrap_err().code, Code::InvalidKeySigningKeyStatus);
    assert_eq!(make(&zone, "two", key(1), "ACTIVE").unwrap_err().code, Code::KeySigningKeyAlreadyExists, "S-2");
    make(&zone, "two", key(2), "ACTIVE").unwrap();
    assert_eq!(make(&zone, "three", key(3), "ACTIVE").unwrap_err().code, Code::TooManyKeySigningKeys, "T329");
    let other = lab.zone("example.org");
    let shared = make(&other, "one", key(1), "ACTIVE").unwrap();
    assert_eq!(shared.public_key, one.public_key, "S-1: an ARN is one key");
    assert_ne!(shared.ds_record, one.ds_record, "S-7: of another zone");
    let shown = || dnssec::get_dnssec(account, &who, GetDNSSECRequest { hosted_zone_id: zone.clone() }).unwrap();
    enable().expect("S-4");
    assert_eq!(shown().status.serve_signature.as_deref(), Some("SIGNING"));
    let published = |lab: &Lab| {
        let world = lab.account.world();
        let signing =
            world.snapshot.zones.iter().find_map(|zone| zone.signed.as_ref()).map(|signed| signed.signing.clone());
        signing.map_or((0, 0), |signing| (signing.entries.len(), signing.zone.len()))
    };
    assert_eq!(published(&lab), (1, 1), "S-8: only active keys");
    enable().expect("it is, as wanted");
    assert_eq!(delete_zone(&lab, &zone).unwrap_err().code, Code::HostedZoneNotEmpty, "S-19");
    let delete = |name: &str| {
        let request = DeleteKeySigningKeyRequest { hosted_zone_id: zone.clone(), name: name.to_owned() };
        dnssec::delete_key_signing_key(account, &who, request)
    };
    assert_eq!(delete("two").unwrap_err().code, Code::InvalidKeySigningKeyStatus, "T330");
    let activate = || {
        let request = ActivateKeySigningKeyRequest { hosted_zone_id: zone.clone(), name: "one".to_owned() };
        dnssec::activate_key_signing_key(account, &who, request)
    };
    let deactivate = || {
        let request = DeactivateKeySigningKeyRequest { hosted_zone_id: zone.clone(), name: "two".to_owned() };
        dnssec::deactivate_key_signing_key(account, &who, request)
    };
    assert_eq!(deactivate().unwrap_err().code, Code::KeySigningKeyInUse, "T328");
    activate().unwrap();
    assert_eq!(published(&lab), (2, 1), "S-10: both sign");
    deactivate().expect("S-10");
    assert_eq!(published(&lab), (1, 1));
    delete("two").unwrap();
    assert_eq!(delete("two").unwrap_err().code, Code::NoSuchKeySigningKey);
    disable().expect("S-4");
    disable().expect("it is not signed, as wanted");
    assert_eq!(published(&lab), (0, 0));
    assert_eq!(shown().status.serve_signature.as_deref(), Some("NOT_SIGNING"));
    let keys: Vec<_> = shown().key_signing_keys.iter().map(|key| (key.name.clone(), key.status.clone())).collect();
    assert_eq!(keys, [(Some("one".to_owned()), Some("ACTIVE".to_owned()))], "S-4: keys stay as they are");
    let hidden = private(&lab, "corp.example", "vpc-1").unwrap();
    let refused = dnssec::get_dnssec(account, &who, GetDNSSECRequest { hosted_zone_id: hidden }).unwrap_err();
    assert_eq!(refused.code, Code::InvalidArgument);
    assert!(refused.message.starts_with("Operation is unsupported for private"), "api.md §3: {}", refused.message);
}

//! Requests read, responses written: what real clients send (api.md), and what they depend on.

use super::*;

fn asked(method: &str, path: &str) -> Asked {
    Operation::find(method, path).expect("a route")
}

fn changes(body: &str) -> Result<ChangeResourceRecordSetsRequest, ApiError> {
    read(&asked("POST", "/2013-04-01/hostedzone/%2Fhostedzone%2FZ1/rrset/"), &[], body.as_bytes())
}

fn batch(inside: &str) -> String {
    format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"urn:any\"><ChangeBatch><Changes>{inside}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    )
}

#[test]
fn elements_come_in_any_order_and_become_the_json_of_the_cli() {
    let request = changes(&batch(
        "<Change><ResourceRecordSet><TTL> 60 </TTL><Weight>0</Weight><Type>TXT</Type><SetIdentifier> a</SetIdentifier>\
         <ResourceRecords><ResourceRecord><Value>&quot;x&#34;</Value></ResourceRecord></ResourceRecords>\
         <Name>www.example.com</Name></ResourceRecordSet><Action>UPSERT</Action></Change>",
    ))
    .unwrap();
    assert_eq!(request.hosted_zone_id, "Z1");
    let json = serde_json::to_value(&request.change_batch).unwrap();
    let expected = serde_json::json!({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {
        "Name": "www.example.com", "Type": "TXT", "SetIdentifier": " a", "Weight": 0, "TTL": 60,
        "ResourceRecords": [{"Value": "\"x\""}]}}]});
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<ChangeBatch>(expected).unwrap(), request.change_batch);
}

#[test]
fn an_unknown_action_gets_the_words_of_the_schema() {
    // I-10, T377
    let body = batch(
        "<Change><Action>REPLACE</Action><ResourceRecordSet><Name>a</Name><Type>A</Type></ResourceRecordSet></Change>",
    );
    let error = changes(&body).unwrap_err();
    assert_eq!(error.code, Code::InvalidInput);
    assert_eq!(
        error.message,
        "Invalid XML ; cvc-enumeration-valid: Value 'REPLACE' is not facet-valid with respect to enumeration \
         '[CREATE, DELETE, UPSERT]'. It must be a value from the enumeration."
    );
}

#[test]
fn broken_constraints_are_all_counted_and_the_first_told() {
    let message = changes(&batch(&"<Change></Change>".repeat(30))).unwrap_err().message;
    assert!(
        message.starts_with("60 validation errors detected: Value null at 'changeBatch.changes.1.member."),
        "{message}"
    );
    assert_eq!(message.matches("Value null at").count(), 20);
    assert!(
        message.contains("'changeBatch.changes.10.member.resourceRecordSet'") && !message.contains(".11."),
        "{message}"
    );
}

#[test]
fn all_broken_constraints_are_told_together() {
    let long = "x".repeat(4001);
    let body = batch(&format!(
        "<Change><Action>CREATE</Action><ResourceRecordSet><Name>a</Name><Type>A</Type><Weight>256</Weight><SetIdentifier/>\
         <ResourceRecords><ResourceRecord><Value>{long}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>\
         <Change><Action>CREATE</Action></Change>"
    ));
    let message = changes(&body).unwrap_err().message;
    let at = "changeBatch.changes.1.member.resourceRecordSet";
    let told = [
        "4 validation errors detected: ".to_owned(),
        format!("Value '256' at '{at}.weight' failed to satisfy constraint: Member must have value less than or equal to 255"),
        format!("Value '' at '{at}.setIdentifier' failed to satisfy constraint: Member must have length greater than or equal to 1"),
        // T378
        format!("...' at '{at}.resourceRecords.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 4000"),
        "Value null at 'changeBatch.changes.2.member.resourceRecordSet' failed to satisfy constraint: Member must not be null".to_owned(),
    ];
    for part in told {
        assert!(message.contains(&part), "{part}\n{message}");
    }
    assert!(message.len() < 1500, "{}", message.len());
}

#[test]
fn documents_that_are_not_the_request_are_refused() {
    let change =
        "<Change><Action>CREATE</Action><ResourceRecordSet><Name>a</Name><Type>A</Type></ResourceRecordSet></Change>";
    let wrong = [
        (String::new(), "1 validation error detected: Value null at 'changeBatch'"),
        (
            "<CreateHostedZoneRequest/>".to_owned(),
            "cvc-elt.1: Cannot find the declaration of element 'CreateHostedZoneRequest'",
        ),
        (
            batch(""),
            "Value '[...]' at 'changeBatch.changes' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (batch("<Chance/>"), "Invalid content was found starting with element 'Chance'"),
        (batch(&change.replace("<Type>", "<Name>b</Name><Type>")), "starting with element 'Name'"),
        (batch(&change.replace("<Type>", "<Tier>1</Tier><Type>")), "starting with element 'Tier'"),
        (batch(&change.replace("<Type>", "x<Type>")), "Element 'ResourceRecordSet' must have no character [children]"),
        (batch(&change.replace("<Name>a", "<Name><B/>a")), "starting with element 'B'"),
        (batch(&change.replace("<Type>", "<TTL>1s</TTL><Type>")), "'1s' is not a valid value for 'integer'"),
        (
            batch(&change.replace("<Type>", "<MultiValueAnswer>yes</MultiValueAnswer><Type>")),
            "'yes' is not a valid value for 'boolean'",
        ),
        ("<!DOCTYPE a>".to_owned() + &batch(change), "a document type is not allowed"),
        (batch(change)[..100].to_owned(), "Invalid XML ; "),
    ];
    for (body, why) in wrong {
        let error = changes(&body).expect_err(why);
        assert_eq!(error.code, Code::InvalidInput);
        assert!(error.message.contains(why), "{why}\n{}", error.message);
    }
    assert!(changes(&batch(change)).is_ok());
}

#[test]
fn path_and_query_are_held_to_the_model_too() {
    let query = parameters("name=%5C052.example.com.&type=BAD&maxitems=x&X-Amz-Date=1");
    let path = asked("GET", "/2013-04-01/hostedzone/Z123456789012345678901234567890123/rrset");
    let message = read::<ListResourceRecordSetsRequest>(&path, &query, b"").unwrap_err().message;
    assert!(
        message.contains(
            "at 'hostedZoneId' failed to satisfy constraint: Member must have length less than or equal to 32"
        ),
        "{message}"
    );
    assert!(message.contains("Value 'BAD' at 'startRecordType' failed to satisfy constraint: Member must satisfy enum value set: [SOA, A, "), "{message}");
    let query = parameters("name=%5C052.example.com.&maxitems=1");
    let request: ListResourceRecordSetsRequest =
        read(&asked("GET", "/2013-04-01/hostedzone/Z1/rrset"), &query, b"").unwrap();
    assert_eq!(request.start_record_name.as_deref(), Some("\\052.example.com."));
    assert_eq!((request.max_items.as_deref(), request.start_record_type), (Some("1"), None));
    let version =
        read::<GetTrafficPolicyRequest>(&asked("GET", "/2013-04-01/trafficpolicy/x/y"), &[], b"").unwrap_err();
    assert!(
        version.message.contains("Value 'y' at 'version' failed to satisfy constraint: Member must be a valid integer"),
        "{version}"
    );
}

#[test]
fn responses_hold_every_required_member_in_the_order_of_the_model_on_one_line() {
    let zone = HostedZone {
        id: "/hostedzone/Z1".to_owned(),
        name: "\\052\"&.example.".to_owned(),
        caller_reference: "r".to_owned(),
        config: Some(HostedZoneConfig { comment: None, private_zone: Some(false) }),
        resource_record_set_count: Some(2),
        ..HostedZone::default()
    };
    let output = ListHostedZonesResponse {
        hosted_zones: vec![zone],
        max_items: "100".to_owned(),
        ..ListHostedZonesResponse::default()
    };
    let answer = write::<ListHostedZonesRequest>(&output).unwrap();
    assert_eq!((answer.status, answer.location), (200, None));
    assert_eq!(
        answer.body,
        "<?xml version=\"1.0\"?>\n<ListHostedZonesResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><HostedZones><HostedZone>\
         <Id>/hostedzone/Z1</Id><Name>\\052&quot;&amp;.example.</Name><CallerReference>r</CallerReference><Config><PrivateZone>false</PrivateZone></Config>\
         <ResourceRecordSetCount>2</ResourceRecordSetCount></HostedZone></HostedZones><Marker></Marker><IsTruncated>false</IsTruncated>\
         <MaxItems>100</MaxItems></ListHostedZonesResponse>"
    );
    let answer = write::<ListHealthChecksRequest>(&ListHealthChecksResponse::default()).unwrap();
    assert!(
        answer.body.contains("<HealthChecks></HealthChecks><Marker></Marker><IsTruncated>false</IsTruncated>"),
        "{}",
        answer.body
    );
}

#[test]
fn what_was_made_is_told_by_a_header_and_lists_without_a_name_hold_members() {
    let output =
        CreateHostedZoneResponse { location: "https://x/Z1".to_owned(), ..CreateHostedZoneResponse::default() };
    let answer = write::<CreateHostedZoneRequest>(&output).unwrap();
    assert_eq!((answer.status, answer.location.as_deref()), (201, Some("https://x/Z1")));
    assert!(!answer.body.contains("Location"), "{}", answer.body);
    let output = GetCheckerIpRangesResponse { checker_ip_ranges: vec!["127.0.0.1/32".to_owned()] };
    let answer = write::<GetCheckerIpRangesRequest>(&output).unwrap();
    assert!(
        answer.body.contains("<CheckerIpRanges><member>127.0.0.1/32</member></CheckerIpRanges>"),
        "{}",
        answer.body
    );
}

//! TestDNSAnswer (T369, T370, I-23).

use super::*;
use crate::api::answer::test_dns_answer;
use crate::route53::{TestDNSAnswerRequest, TestDNSAnswerResponse};

fn ask(lab: &Lab, zone: &str, name: &str, rtype: &str) -> Result<TestDNSAnswerResponse, ApiError> {
    let request = TestDNSAnswerRequest {
        hosted_zone_id: zone.to_owned(),
        record_name: name.to_owned(),
        record_type: rtype.to_owned(),
        ..TestDNSAnswerRequest::default()
    };
    test_dns_answer(&lab.account, &caller(), request)
}

#[test]
fn t370_i23_what_the_wire_answers_the_answer_section_alone() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let sets = [
        values("a.example.com", "A", &["192.0.2.1"]),
        values("sub.example.com", "NS", &["ns.example.net"]),
        values("t.example.com", "TXT", &["\"two\" \"parts\""]),
        values("c.example.com", "CNAME", &["a.example.com"]),
    ];
    lab.change(&zone, sets.map(create).into()).unwrap();
    let said = |name: &str, rtype: &str| {
        let answer = ask(&lab, &zone, name, rtype).unwrap();
        (answer.response_code, answer.record_data)
    };
    let ok = |data: &[&str]| ("NOERROR".to_owned(), data.iter().map(|data| (*data).to_owned()).collect::<Vec<_>>());
    assert_eq!(said("a.example.com", "A"), ok(&["192.0.2.1"]));
    assert_eq!(said("A.example.com.", "AAAA"), ok(&[]));
    assert_eq!(said("t.example.com", "TXT"), ok(&["\"two\" \"parts\""]));
    assert_eq!(said("c.example.com", "A"), ok(&["a.example.com.", "192.0.2.1"]));
    assert_eq!(said("none.example.com", "A"), ("NXDOMAIN".to_owned(), Vec::new()));
    // T370: a referral has no answer.
    assert_eq!(said("sub.example.com", "NS"), ok(&[]));
    let answer = ask(&lab, &zone, "*.example.com", "A").unwrap();
    assert_eq!((answer.record_name.as_str(), answer.protocol.as_str()), (r"\052.example.com.", "UDP"));
    assert!(answer.nameserver.starts_with("ns-") && !answer.nameserver.ends_with('.'), "{}", answer.nameserver);
    assert_eq!(ask(&lab, "Z0", "a.example.com", "A").unwrap_err().code, Code::NoSuchHostedZone);
}

#[test]
fn i23_what_does_not_fit_a_datagram_comes_by_tcp() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let text = format!("\"{}\"", "x".repeat(255));
    let texts: Vec<String> = (0..12).map(|at| format!("\"{at}\" {text} {text}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    lab.change(&zone, vec![create(values("t.example.com", "TXT", &texts))]).unwrap();
    let answer = ask(&lab, &zone, "t.example.com", "TXT").unwrap();
    assert_eq!((answer.record_data.len(), answer.protocol.as_str()), (12, "TCP"));
}

#[test]
fn t369_i23_the_client_subnet_steers() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let request = |ip: Option<&str>, mask: Option<&str>| TestDNSAnswerRequest {
        hosted_zone_id: zone.clone(),
        record_name: "a.example.com".to_owned(),
        record_type: "A".to_owned(),
        edns0_client_subnet_ip: ip.map(str::to_owned),
        edns0_client_subnet_mask: mask.map(str::to_owned),
        ..TestDNSAnswerRequest::default()
    };
    for (ip, mask) in [(Some("203.0.113.9"), Some("33")), (None, Some("24")), (Some("203.0.113"), None)] {
        let error = test_dns_answer(&lab.account, &caller(), request(ip, mask)).unwrap_err();
        assert_eq!(error.code, Code::InvalidInput, "{ip:?} {mask:?}");
    }
    for (ip, mask) in [(Some("203.0.113.9"), None), (Some("2001:db8::1"), None), (Some("203.0.113.9"), Some("0"))] {
        let answer = test_dns_answer(&lab.account, &caller(), request(ip, mask)).unwrap();
        assert_eq!(answer.response_code, "NXDOMAIN", "{ip:?} {mask:?}");
    }
}

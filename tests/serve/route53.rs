//! What is made over the API is watched, logged and answered by the running server.

use std::net::TcpListener;

use hickory_proto::rr::RecordType;

use crate::api::{Api, element};
use crate::harness::{Server, poll, udp, values};

#[test]
fn a_check_made_over_the_api_steers_answers_and_a_zone_made_there_is_logged() {
    let config = "[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n[checker.here]\nsource = \"127.0.0.1\"\n";
    let server = Server::start(&[("other.toml", "zone = \"example.org\"\n")], config);
    let api = Api::of(&server);
    let made = api.ask(
        "POST",
        "hostedzone",
        "CreateHostedZoneRequest",
        "<Name>example.com</Name><CallerReference>z</CallerReference>",
    );
    let zone = element(&made, "Id").replace("/hostedzone/", "");

    // Connections wait to be taken, which is all that a TCP check asks for.
    let backend = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = backend.local_addr().expect("an address").port();
    let config = format!(
        "<CallerReference>c</CallerReference><HealthCheckConfig><Type>TCP</Type><IPAddress>127.0.0.1</IPAddress>\
         <Port>{port}</Port><RequestInterval>10</RequestInterval><FailureThreshold>1</FailureThreshold></HealthCheckConfig>"
    );
    let check = element(&api.ask("POST", "healthcheck", "CreateHealthCheckRequest", &config), "Id");
    let set = |failover: &str, value: &str, check: &str| {
        format!(
            "<Change><Action>CREATE</Action><ResourceRecordSet><Name>www.example.com</Name><Type>A</Type>\
             <SetIdentifier>{failover}</SetIdentifier><Failover>{failover}</Failover><TTL>1</TTL>\
             <ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords>{check}\
             </ResourceRecordSet></Change>"
        )
    };
    let pair = set("PRIMARY", "192.0.2.1", &format!("<HealthCheckId>{check}</HealthCheckId>"))
        + &set("SECONDARY", "192.0.2.2", "");
    let batch = format!("<ChangeBatch><Changes>{pair}</Changes></ChangeBatch>");
    api.ask("POST", &format!("hostedzone/{zone}/rrset/"), "ChangeResourceRecordSetsRequest", &batch);
    let answer =
        || udp(server.dns, "www.example.com.", RecordType::A).map(|message| values(&message)).unwrap_or_default();
    assert_eq!(answer(), ["192.0.2.1"]);

    let status = || api.ask("GET", &format!("healthcheck/{check}/status"), "", "");
    poll("a probe of the check", || status().contains("<Status>Success: TCP connection established").then_some(()));
    let told = status();
    assert_eq!(element(&told, "IPAddress"), "127.0.0.1", "C-35: {told}");
    let ranges = api.ask("GET", "checkeripranges", "", "");
    assert!(ranges.contains("<CheckerIpRanges><member>127.0.0.1/32</member></CheckerIpRanges>"), "C-5: {ranges}");

    // Nobody listens there from now on: an update is probed at once, a closed port at the next interval.
    let gone = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
    let update = format!("<HealthCheckVersion>1</HealthCheckVersion><Port>{gone}</Port>");
    api.ask("POST", &format!("healthcheck/{check}"), "UpdateHealthCheckRequest", &update);
    poll("the failover", || (answer() == ["192.0.2.2"]).then_some(()));
    let reason = api.ask("GET", &format!("healthcheck/{check}/lastfailurereason"), "", "");
    assert!(reason.contains("<Status>Failure: Connection refused"), "C-36: {reason}");

    let group = format!(
        "<HostedZoneId>{zone}</HostedZoneId><CloudWatchLogsLogGroupArn>\
         arn:aws:logs:us-east-1:000000000000:log-group:/aws/route53/example.com</CloudWatchLogsLogGroupArn>"
    );
    api.ask("POST", "queryloggingconfig", "CreateQueryLoggingConfigRequest", &group);
    assert_eq!(answer(), ["192.0.2.2"]);
    let log = server.state().join("query-logs/aws/route53/example.com.log");
    let line =
        poll("a line of the query log", || std::fs::read_to_string(&log).ok().filter(|text| text.ends_with('\n')));
    assert!(line.contains(&format!(" {zone} www.example.com A NOERROR UDP LOCAL1 127.0.0.1 -")), "Q-21: {line}");
}

//! ICMP probes of loopback: a reply where the system gives out ICMP sockets, and a word of help where it does not.

use socket2::{Domain, Protocol as Icmp, Socket, Type};
use waymark::model::check::Protocol;
use waymark::probe::Outcome;

use crate::harness::*;

#[tokio::test]
async fn loopback_answers_or_the_probe_says_what_it_needs() {
    for (host, domain, icmp) in [("127.0.0.1", Domain::IPV4, Icmp::ICMPV4), ("::1", Domain::IPV6, Icmp::ICMPV6)] {
        let permitted = [Type::DGRAM, Type::RAW].iter().any(|kind| Socket::new(domain, *kind, Some(icmp)).is_ok());
        let report = probe(check(Protocol::Icmp, host, 0)).await;
        if permitted {
            assert_eq!(report.to_string(), "Success: Echo reply received.", "{host}");
            assert!(report.phases.first_byte.is_some());
        } else {
            assert!(matches!(report.outcome, Outcome::NotProbed { .. }), "{host}: {report}");
            let words = report.to_string();
            assert!(words.contains("ping_group_range") && words.contains("CAP_NET_RAW"), "{host}: {words}");
        }
    }
}

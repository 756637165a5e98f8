//! A thousand reloads under load: no query is lost, and no answer mixes two versions of a zone.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, RecordType};

use crate::harness::{Server, query};

const RELOADS: usize = 1000;

/// Every record of version `n` says so: the alias by its TTL, its target by TTL and address.
fn version(n: usize) -> String {
    let (ttl, last) = (n % 200 + 1, n % 200 + 1);
    format!(
        r#"
zone = "example.com"
[[record]]
name = "www"
type = "CNAME"
ttl = {ttl}
value = "host"
[[record]]
name = "host"
type = "A"
ttl = {ttl}
values = ["192.0.2.{last}", "198.51.100.{last}"]
"#
    )
}

#[test]
fn a_reload_storm_loses_no_query_and_mixes_no_versions() {
    let server = Server::start(&[("example.com.toml", &version(0))], "");
    let (over, dns) = (AtomicBool::new(false), server.dns);
    let asked: usize = std::thread::scope(|scope| {
        let client = scope.spawn(|| ask_until(dns, &over));
        for n in 1..=RELOADS {
            server.write_zone("example.com.toml", &version(n));
            let answer = server.reload();
            assert_eq!((&answer["ok"], &answer["changed"]), (&true.into(), &1.into()), "reload {n}: {answer}");
        }
        over.store(true, Ordering::Relaxed);
        client.join().expect("the client ends well")
    });
    assert!(asked > RELOADS, "{asked} queries beside {RELOADS} reloads are no load");
    assert_eq!(server.metric(r#"waymark_queries_total{transport="udp",type="A",rcode="NOERROR"}"#), asked as f64);
}

/// Asks one question after another; how many there were.
fn ask_until(server: SocketAddr, over: &AtomicBool) -> usize {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.connect(server).expect("loopback");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket option");
    let mut buffer = [0; 4096];
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        asked += 1;
        socket.send(&query(asked as u16, "www.example.com.", RecordType::A)).expect("loopback sends");
        let length = socket.recv(&mut buffer).expect("every query is answered");
        check(&Message::from_vec(&buffer[..length]).expect("an answer can be read"), asked as u16);
    }
    asked
}

fn check(answer: &Message, id: u16) {
    assert_eq!((answer.metadata.id, answer.answers.len()), (id, 3), "{answer}");
    let ttl = answer.answers[0].ttl;
    for record in &answer.answers {
        assert_eq!(record.ttl, ttl, "two versions in one answer: {answer}");
        if let RData::A(address) = &record.data {
            assert_eq!(u32::from(address.octets()[3]), ttl, "two versions in one answer: {answer}");
        }
    }
}

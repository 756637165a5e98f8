//! When the system has nothing left: TCP waits, UDP goes on, it is counted and said once, and then all is well again.

use std::io::Write;
use std::net::TcpStream;

use hickory_proto::rr::RecordType;

use crate::harness::{PATIENCE, Server, connect, frame, poll, query, read_framed, udp, values};

const ZONE: &str = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";

#[test]
fn out_of_descriptors_connections_wait_and_datagrams_do_not() {
    let server = Server::start(&[("example.com.toml", ZONE)], "workers = 1\n");
    let question = frame(&query(1, "www.example.com.", RecordType::A));
    let mut pages = connect(server.http);
    let mut metric = || {
        let page = crate::descriptors::metrics(&mut pages);
        let line = page.lines().find_map(|line| line.strip_prefix("waymark_socket_errors_total{kind=\"accept\"} "));
        line.map_or(0, |count| count.parse().expect("a number"))
    };
    assert_eq!(metric(), 0);
    // The worker has all it needs for itself once it has answered.
    let mut first = connect(server.dns);
    first.write_all(&question).unwrap();
    assert_eq!(values(&read_framed(&mut first).expect("an answer")), ["192.0.2.1"]);
    let before = server.limit_descriptors(Some(3));
    // More than there is room for, even where some descriptor that was counted has been closed since.
    let mut waiting: Vec<TcpStream> = (0..12).map(|_| connect(server.dns)).collect();
    for stream in &mut waiting {
        stream.write_all(&question).unwrap();
    }
    let said = server.until("TCP connections cannot be accepted");
    assert!(said.contains("Too many open files"), "{said}");
    for _ in 0..50 {
        assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).expect("UDP goes on")), ["192.0.2.1"]);
    }
    let count: u64 = poll("more trouble", || Some(metric()).filter(|count: &u64| *count > 3));
    // It pauses between its attempts: it does not use up the time that others need.
    assert!(count < 100_000, "{count} attempts");
    server.limit_descriptors(before);
    for stream in &mut waiting {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(values(&read_framed(stream).expect("an answer after all")), ["192.0.2.1"]);
    }
    let lines = server.ended().into_iter().filter(|line| line.contains("TCP connections cannot be accepted"));
    assert_eq!(lines.count(), 1, "said once a minute");
}

//! Cookies and rate limits over real sockets, with the real `dig`.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::Duration;

use super::edns::{CLIENT, Got, dig, edns, over_udp, plain};
use super::harness::{PATIENCE, Server, run, text};

const ZONE: &str = r#"
zone = "example.com"
ttl = 60

[[record]]
name = "@"
type = "A"
value = "192.0.2.1"
"#;
const A: u16 = 1;
const COOKIE: u16 = 10;
const SECRETS: [&str; 2] = ["e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962"];

fn learn(server: SocketAddr) -> Vec<u8> {
    let got = edns(A, &[(COOKIE, &CLIENT)]).of(server);
    got.option(COOKIE).expect("a cookie").to_vec()
}

fn rcode(server: SocketAddr, cookie: &[u8]) -> u16 {
    edns(A, &[(COOKIE, cookie)]).of(server).rcode
}

/// A question-less query with this COOKIE option (RFC 7873 §5.4).
fn unasked(server: SocketAddr, cookie: &[u8]) -> Got {
    let mut packet = b"\x12\x34\0\0\0\0\0\0\0\0\0\x01\0\0\x29\x04\xd0\0\0\0\0".to_vec();
    packet.extend([0, cookie.len() as u8 + 4, 0, 10, 0, cookie.len() as u8]);
    packet.extend(cookie);
    Got::read(&over_udp(server, &packet))
}

#[test]
fn a_cookie_is_learnt_and_shown_and_made_anew_where_it_is_wrong() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let cookie = learn(server.dns);
    assert_eq!((cookie.len(), &cookie[..8], &cookie[8..12]), (24, &CLIENT[..], &[1, 0, 0, 0][..]), "RFC 9018 §4");
    let shown = edns(A, &[(COOKIE, &cookie)]).of(server.dns);
    assert_eq!((shown.rcode, shown.answers, shown.option(COOKIE)), (0, 1, Some(&cookie[..])));
    let wrong = edns(A, &[(COOKIE, &[7; 24])]).of(server.dns);
    assert_eq!((wrong.rcode, wrong.answers), (0, 1), "RFC 7873 §5.2.4: a wrong cookie is no cookie");
    assert_eq!(edns(A, &[]).of(server.dns).option(COOKIE), None, "who sends none gets none");

    // RFC 7873 §5.4: a question-less query asks for a cookie alone.
    let learnt = unasked(server.dns, &CLIENT);
    assert_eq!((learnt.rcode, learnt.answers, learnt.option(COOKIE).map(<[u8]>::len)), (0, 0, Some(24)));
    assert_eq!(unasked(server.dns, &cookie).rcode, 0);
    let refused = unasked(server.dns, &[7; 24]);
    assert_eq!((refused.rcode, refused.option(COOKIE).map(<[u8]>::len)), (23, Some(24)));
    assert_eq!(unasked(server.dns, &[7; 9]).rcode, 1, "RFC 7873 §5.2.2");

    let said = run(Command::new("dig").args(dig(server.dns)).args(["+cookie", "example.com", "A"]));
    assert!(text(&said.stdout).contains("(good)"), "{}", text(&said.stdout));
    let said = run(Command::new("dig").args(dig(server.dns)).args(["+header-only", "+cookie"]));
    assert!(text(&said.stdout).contains("(good)"), "{}", text(&said.stdout));
}

/// RFC 9018 §5: next, then in force, then previous, and nobody's cookie is lost on the way.
#[test]
fn secrets_roll_over_by_reload_and_own_secrets_outlive_reloads() {
    let [old, new] = SECRETS;
    let required = |keys: &str| format!("[cookies]\nrequire = true\n{keys}");
    let server = Server::start(&[("example.com.toml", ZONE)], &required(&format!("secret = \"{old}\"\n")));
    let first = learn(server.dns);
    assert_eq!(rcode(server.dns, &CLIENT), 23, "required: BADCOOKIE to who takes cookies and shows none");
    assert_eq!(rcode(server.dns, &first), 0);
    let plainly = plain(0, A).of(server.dns);
    assert_eq!((plainly.rcode, plainly.answers), (0, 1), "who does not know cookies is answered");
    let reload = |keys: String| {
        server.write_config(&required(&keys));
        assert_eq!(server.reload()["ok"], true);
    };
    // Another server of the same address, which has rolled over already.
    let ahead = Server::start(&[("example.com.toml", ZONE)], &format!("[cookies]\nsecret = \"{new}\"\n"));
    let of_other = learn(ahead.dns);
    assert_eq!(rcode(server.dns, &of_other), 23);
    reload(format!("secret = \"{old}\"\nnext = \"{new}\"\n"));
    assert_eq!((rcode(server.dns, &first), rcode(server.dns, &of_other)), (0, 0));
    reload(format!("secret = \"{new}\"\nprevious = \"{old}\"\n"));
    assert_eq!(rcode(server.dns, &first), 0);
    let second = edns(A, &[(COOKIE, &first)]).of(server.dns).option(COOKIE).expect("a cookie").to_vec();
    assert_ne!(second, first, "made anew with the secret in force");
    reload(format!("secret = \"{new}\"\n"));
    assert_eq!((rcode(server.dns, &first), rcode(server.dns, &second)), (23, 0));
    reload(String::new());
    let own = learn(server.dns);
    assert_eq!((rcode(server.dns, &second), rcode(server.dns, &own)), (23, 0));
    reload("# nothing new\n".to_owned());
    assert_eq!(rcode(server.dns, &own), 0, "a secret of its own is kept");
    reload("enabled = false\n".to_owned());
    assert_eq!(edns(A, &[(COOKIE, &CLIENT)]).of(server.dns).option(COOKIE), None);
    assert_eq!(rcode(server.dns, &[7; 9]), 0, "where there are no cookies, the option is unknown");
}

/// conformance.md §2.4: the largest UDP reply over the query that got it, without a cookie, on the zone that Knot and NSD
/// serve at 5.2 (abuse.py rounds to tenths).
#[test]
fn answers_amplify_no_more_than_those_of_knot() {
    let zone = include_str!("../conformance/zones/kitchen.zone");
    let server = Server::start(&[("k.test.zone", zone)], "[dns]\nnsid = \"fra-1\"\n");
    let names: [&[u8]; 4] = [b"\x01k\x04test\0", b"\x03big\x01k\x04test\0", b"\x02nx\x01k\x04test\0", b"\0"];
    let mut worst = 0.0_f64;
    for name in names {
        for rtype in [1, 2, 6, 15, 16, 28, 48, 255, 666] {
            for ask in [plain(0, rtype), edns(rtype, &[]), edns(rtype, &[(3, b"")]), edns(rtype, &[(COOKIE, &CLIENT)])]
            {
                let packet = ask.packet_about(name);
                let reply = over_udp(server.dns, &packet);
                assert!(reply.len() <= 1232);
                worst = worst.max(reply.len() as f64 / packet.len() as f64);
            }
        }
    }
    assert!((1.0..=5.25).contains(&worst), "{worst}");
}

/// Sends `count` questions from `source` and takes in all replies there are: whole, cut, BADCOOKIE.
fn flood(server: SocketAddr, source: &str, packet: &[u8], count: usize) -> [usize; 3] {
    let socket = UdpSocket::bind((source, 0)).expect("all of 127/8 is ours");
    socket.connect(server).expect("loopback");
    let mut buffer = vec![0; 4096];
    let mut seen = [0; 3];
    for _ in 0..count {
        socket.send(packet).expect("loopback sends");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket option");
        let len = socket.recv(&mut buffer).expect("with slip 1 every question has a reply");
        let got = Got::read(&buffer[..len]);
        match (got.flags & 0x0200, got.rcode) {
            (0, 0) => seen[0] += 1,
            (0, 23) => seen[2] += 1,
            (0x0200, 0) => {
                assert_eq!((got.answers, len), (0, packet.len()));
                seen[1] += 1;
            }
            other => panic!("{other:?}: {got:?}"),
        }
    }
    seen
}

#[test]
fn a_limited_client_comes_again_over_tcp_or_with_a_cookie() {
    let config = "[rate_limit]\nresponses = 1\nwindow = 15\nslip = 1\nexempt = [\"127.9.0.0/16\"]\n";
    let server = Server::start(&[("example.com.toml", ZONE)], config);
    let packet = plain(0, A).packet();
    let started = std::time::Instant::now();
    let [whole, cut, _] = flood(server.dns, "127.0.0.1", &packet, 400);
    let most = 16 + started.elapsed().as_secs() as usize;
    assert!((15..=most).contains(&whole), "{whole} whole");
    assert_eq!(whole + cut, 400);
    assert_eq!(server.metric("waymark_rate_limited_total{action=\"slipped\"}"), cut as f64);
    assert_eq!(flood(server.dns, "127.0.1.1", &packet, 15)[0], 15, "another /24");
    assert_eq!(flood(server.dns, "127.9.0.1", &packet, 100)[0], 100, "exempt");
    assert_eq!(flood(server.dns, "127.0.0.2", &edns(A, &[(COOKIE, &CLIENT)]).packet(), 20)[1], 0, "never TC");

    // A client that was cut asks again over TCP; one that takes cookies shows the one it was told (RFC 7873 §5.3).
    let said = run(Command::new("dig").args(dig(server.dns)).args(["+noedns", "example.com", "A"]));
    assert!(text(&said.stdout).contains("192.0.2.1"), "{}", text(&said.stdout));
    assert!(text(&said.stdout).contains("TCP"), "{}", text(&said.stdout));
    let said = run(Command::new("dig").args(dig(server.dns)).args(["+cookie", "example.com", "A"]));
    assert!(text(&said.stdout).contains("192.0.2.1"), "{}", text(&said.stdout));
    assert!(text(&said.stdout).contains("(good)") && !text(&said.stdout).contains("TCP"), "{}", text(&said.stdout));
    assert!(server.metric("waymark_rate_limited_total{action=\"bad_cookie\"}") > 0.0);

    server.write_config("[rate_limit]\nresponses = 1\nslip = 0\n");
    assert_eq!(server.reload()["ok"], true);
    let socket = UdpSocket::bind(("127.3.0.1", 0)).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a socket option");
    for _ in 0..20 {
        socket.send_to(&packet, server.dns).expect("loopback sends");
    }
    let mut buffer = [0; 512];
    let replies = (0..20).take_while(|_| socket.recv(&mut buffer).is_ok()).count();
    let dropped = server.metric("waymark_rate_limited_total{action=\"dropped\"}") as usize;
    assert_eq!(replies + dropped, 20, "what is over the limit is dropped without slip");
    assert!(dropped > 0);
    server.until("127.0.0.0/24 is over the rate limit `responses`");
}

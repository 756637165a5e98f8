use std::net::UdpSocket as Socket;

use super::*;
use crate::model::transfer::{Algorithm, Rule, Transfers};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::HealthTable;
use crate::snapshot::{Behaviour, Ground, compile};
use crate::store;
use crate::tsig::{last_record, verify};

fn name(text: &str) -> Name {
    Name::parse(text, None).expect("a name")
}

fn key() -> Key {
    Key::new(name("k."), Algorithm::HmacSha256, &[7; 32])
}

fn telling(to: SocketAddr, key: Option<Key>) -> Telling {
    let soa = Some((60, [b"\x01a\x00\x01b\x00".as_slice(), &[0; 20]].concat()));
    Telling { zone: name("z.test."), serial: 0, soa, to, from: ([127, 0, 0, 1], 0).into(), key }
}

/// What a secondary would answer.
fn answer(packet: &[u8], rcode: u8) -> Vec<u8> {
    let mut answer = packet[..HEADER + 8 + 4].to_vec();
    answer[2] |= 0x80;
    answer[3] = rcode;
    answer[6..12].fill(0);
    answer
}

const HEADER: usize = 12;

#[test]
fn a_message_asks_with_the_soa_record_and_only_its_own_answer_is_heard() {
    let soa = (60, vec![0; 22]);
    let mut notice = Notice::new(&name("z.test."), Some(&soa), None, 0).unwrap();
    let packet = notice.packet().to_vec();
    assert_eq!(packet[2..12], [0x24, 0, 0, 1, 0, 1, 0, 0, 0, 0], "RFC 1996 §4.5: NOTIFY, AA, one question, one answer");
    assert_eq!(packet[12..24], *b"\x01z\x04test\0\0\x06\0\x01");
    assert_eq!(packet.len(), 24 + 12 + 22);
    assert_eq!(notice.heard(&answer(&packet, 0), 0), Some(Heard::Yes));
    assert_eq!(notice.heard(&answer(&packet, 5), 0), Some(Heard::No(5)));
    for (at, octet) in [(0, packet[0] ^ 1), (1, packet[1] ^ 1), (2, 0x24), (2, 0x84)] {
        let mut other = answer(&packet, 0);
        other[at] = octet;
        assert_eq!(notice.heard(&other, 0), None, "octet {at} is {octet}");
    }
    assert_eq!(notice.heard(&packet[..11], 0), None);
}

#[test]
fn a_signed_message_wants_a_signed_answer() {
    let keys = BTreeMap::from([(name("k."), key())]);
    let mut notice = Notice::new(&name("z.test."), None, Some(&key()), 1000).unwrap();
    let packet = notice.packet().to_vec();
    let mut theirs = verify(&packet, last_record(&packet).unwrap(), &keys, 1000).expect("signed");
    let plain = answer(&packet, 0);
    assert_eq!(notice.heard(&plain, 1000), None, "RFC 8945 §5.4: anyone could have sent it");
    let mut signed = plain.clone();
    signed.resize(plain.len() + theirs.octets(), 0);
    let len = theirs.sign(&mut signed, plain.len(), 1000).unwrap();
    assert_eq!(notice.heard(&signed[..len], 1000), Some(Heard::Yes));
}

#[test]
fn messages_leave_from_an_address_that_secondaries_know() {
    let listening: Vec<SocketAddr> =
        ["0.0.0.0:53", "127.0.0.1:53", "192.0.2.1:53", "[2001:db8::1]:53"].map(|text| text.parse().unwrap()).into();
    for (to, from) in [
        ("127.0.0.9:53", "127.0.0.1:0"),
        ("198.51.100.1:53", "192.0.2.1:0"),
        ("[2001:db8::9]:53", "[2001:db8::1]:0"),
        ("[::1]:53", "[::]:0"),
    ] {
        assert_eq!(source(&listening, to.parse().unwrap()), from.parse().unwrap(), "to {to}");
    }
}

fn world(serial: u32, secondary: SocketAddr) -> World {
    let rule = Rule { allow: None, notify: Some(vec![Secondary { address: secondary, key: None }]) };
    world_of(serial, &["z.test", "other.test"], [(name("z.test."), rule)].into())
}

fn world_of(serial: u32, zones: &[&str], rules: BTreeMap<Name, Rule>) -> World {
    let text = format!("$TTL 60\n@ SOA ns h {serial} 1 2 3 4\n@ NS ns\nns A 192.0.2.1\n");
    let files: Vec<_> = zones.iter().map(|zone| format!("{zone}.zone")).collect();
    let files: Vec<_> = files.iter().map(|file| (&**file, &*text)).collect();
    let account = store::load_texts(&files, &store::Options::default()).expect("zones").account;
    let transfers = Transfers { zones: rules, ..Transfers::default() };
    let behaviour = Behaviour { transfers: Arc::new(transfers), ..Behaviour::default() };
    let ground = Ground { listeners: vec!["main".into()], geography: Arc::new(Geography::nowhere()), behaviour };
    let snapshot = compile(&account, &ground, None).expect("a snapshot").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    World::new(Arc::new(snapshot), health)
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_changes_again_meanwhile_is_told_of_once_in_its_newest_version() {
    let secondary = Socket::bind("127.0.0.1:0").unwrap();
    secondary.set_nonblocking(true).unwrap();
    let address = secondary.local_addr().unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let witness = move |zone: &Name, _: SocketAddr, serial: u32, outcome: Outcome| {
        tell.send((zone.to_string(), serial, outcome)).unwrap();
    };
    let announcer = Announcer::new(Handle::current(), Box::new(Vec::new), Arc::new(witness));
    for serial in 1..=5 {
        announcer.look(&world(serial, address));
    }
    announcer.look(&world(5, address));
    assert_eq!(told.recv().await, Some(("z.test.".to_owned(), 5, Outcome::Silent)));
    let mut packet = [0; 512];
    let serials = std::iter::from_fn(|| {
        let len = secondary.recv(&mut packet).ok()?;
        Some(u32::from_be_bytes(*packet[len - 20..].first_chunk()?))
    });
    assert_eq!(serials.collect::<Vec<_>>(), [5; ATTEMPTS as usize]);
    let none = world(5, address);
    assert_eq!(announcer.again(&none, &name("gone.test.")), (0, 0));
    assert_eq!(announcer.again(&none, &name("other.test.")), (1, 0));
    assert_eq!(announcer.again(&none, &name("z.test.")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_silent_secondary_is_told_again_ever_more_rarely_and_then_left_alone() {
    let secondary = Socket::bind("127.0.0.1:0").unwrap();
    secondary.set_nonblocking(true).unwrap();
    let telling = telling(secondary.local_addr().unwrap(), None);
    let begun = tokio::time::Instant::now();
    assert_eq!(telling.tell(&Semaphore::new(1)).await, Outcome::Silent);
    let waits = 2 + 4 + 8 + 16 + 32 + 60 * 7;
    assert_eq!(begun.elapsed().as_secs(), waits, "RFC 1996 §3.6: a bounded backoff");
    let mut packet = [0; 512];
    let heard = std::iter::from_fn(|| secondary.recv(&mut packet).ok()).count();
    assert_eq!(heard, ATTEMPTS as usize);
}

#[tokio::test]
async fn an_answer_ends_it() {
    let secondary = Socket::bind("127.0.0.1:0").unwrap();
    let telling = telling(secondary.local_addr().unwrap(), None);
    for (rcode, outcome) in [(0, Outcome::Heard), (9, Outcome::Refused(9))] {
        let secondary = secondary.try_clone().unwrap();
        let answering = tokio::task::spawn_blocking(move || {
            let mut packet = [0; 512];
            let (len, from) = secondary.recv_from(&mut packet).unwrap();
            secondary.send_to(b"nonsense", from).unwrap();
            secondary.send_to(&answer(&packet[..len], rcode), from).unwrap();
        });
        assert_eq!(telling.tell(&Semaphore::new(1)).await, outcome);
        answering.await.unwrap();
    }
}

/// A secondary that answers whatever it is asked, and from where it is asked.
fn answering() -> (SocketAddr, std::sync::mpsc::Receiver<SocketAddr>) {
    let secondary = Socket::bind("127.0.0.1:0").unwrap();
    let (tell, asked) = std::sync::mpsc::channel();
    let address = secondary.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut packet = [0; 512];
        while let Ok((len, from)) = secondary.recv_from(&mut packet) {
            let question_end = packet[..len].windows(4).position(|part| part == [0, 6, 0, 1]).unwrap() + 4;
            let mut answer = packet[..question_end].to_vec();
            answer[2] |= 0x80;
            answer[6..12].fill(0);
            let _ = secondary.send_to(&answer, from).map(|_| tell.send(from));
        }
    });
    (address, asked)
}

fn rule(secondary: SocketAddr) -> Rule {
    Rule { allow: None, notify: Some(vec![Secondary { address: secondary, key: None }]) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_secondary_with_many_zones_does_not_keep_others_waiting() {
    let silent = Socket::bind("127.0.0.1:0").unwrap();
    let (heard, _asked) = answering();
    let names: Vec<_> = (0..4 * AT_ONCE).map(|at| format!("a{at}.test")).chain(["z.test".to_owned()]).collect();
    let zones: Vec<_> = names.iter().map(|name| &**name).collect();
    let rules = zones.iter().map(|zone| (name(&format!("{zone}.")), rule(silent.local_addr().unwrap())));
    let mut rules: BTreeMap<_, _> = rules.collect();
    rules.insert(name("z.test."), rule(heard));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let witness = move |zone: &Name, _: SocketAddr, _: u32, outcome: Outcome| {
        let _ = tell.send((zone.to_string(), outcome));
    };
    let announcer = Announcer::new(Handle::current(), Box::new(Vec::new), Arc::new(witness));
    announcer.look(&world_of(1, &zones, rules));
    let first = timeout(FIRST_WAIT / 2, told.recv()).await;
    assert_eq!(first, Ok(Some(("z.test.".to_owned(), Outcome::Heard))));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_leave_from_where_queries_are_taken_by_now() {
    let (secondary, asked) = answering();
    let listening = Arc::new(Mutex::new("127.0.0.2:53".parse::<SocketAddr>().unwrap()));
    let by_now = listening.clone();
    let by_now = Box::new(move || vec![*by_now.lock().unwrap()]);
    let announcer =
        Announcer::new(Handle::current(), by_now, Arc::new(|_: &Name, _: SocketAddr, _: u32, _: Outcome| {}));
    announcer.look(&world(1, secondary));
    let wait = Duration::from_secs(5);
    assert_eq!(asked.recv_timeout(wait).unwrap().ip(), IpAddr::from([127, 0, 0, 2]));
    *listening.lock().unwrap() = "127.0.0.3:53".parse().unwrap();
    announcer.look(&world(2, secondary));
    assert_eq!(asked.recv_timeout(wait).unwrap().ip(), IpAddr::from([127, 0, 0, 3]), "after a reload");
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_goes_is_told_of_no_more_also_where_transfers_change_with_it() {
    let secondary = Socket::bind("127.0.0.1:0").unwrap();
    let address = secondary.local_addr().unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let witness = move |zone: &Name, _: SocketAddr, _: u32, _: Outcome| drop(tell.send(zone.to_string()));
    let announcer = Announcer::new(Handle::current(), Box::new(Vec::new), Arc::new(witness));
    let rules = |names: &[&str]| names.iter().map(|zone| (name(&format!("{zone}.")), rule(address))).collect();
    announcer.look(&world_of(1, &["other.test", "z.test"], rules(&["other.test", "z.test"])));
    announcer.look(&world_of(1, &["other.test"], rules(&["other.test"])));
    let known: Vec<_> = announcer.told.lock().unwrap().zones.keys().map(|id| id.0.clone()).collect();
    assert_eq!(known, ["other.test".into()]);
    assert_eq!(told.recv().await.as_deref(), Some("other.test."));
    sleep(LONGEST_WAIT * ATTEMPTS).await;
    assert!(told.try_recv().is_err(), "z.test. is gone");
}

//! The whole server killed with `kill -9` while a client changes record sets: what was answered with 200 is there after the
//! restart, nothing is there in part, and DNS answers what the API lists.

use std::collections::BTreeMap;
use std::fs;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::Dice;
use super::client::{Server, ask};

/// How often the server is killed, unless the environment says otherwise.
const KILLS: u64 = 40;
const KILLS_ASKED: &str = "WAYMARK_STORM_KILLS";
/// Pairs of record sets that change together.
const PAIRS: u64 = 40;
const ZONE: &str = "example.com";

/// A batch that gives both names of a pair the same new address.
fn batch(pair: u64, number: u64) -> String {
    let change = |side: &str| {
        format!(
            "<Change><Action>UPSERT</Action><ResourceRecordSet><Name>{side}{pair}.{ZONE}</Name><Type>A</Type><TTL>60</TTL>\
             <ResourceRecords><ResourceRecord><Value>{}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>",
            address(number)
        )
    };
    format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>{}{}\
         </Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
        change("a"),
        change("b")
    )
}

fn address(number: u64) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn number(address: &str) -> u64 {
    address.split('.').skip(1).fold(0, |number, part| number << 8 | part.parse::<u64>().expect("a number"))
}

/// The addresses of the zone's names, as the API lists them.
fn listed(server: &Server, zone: &str) -> BTreeMap<String, String> {
    let target = format!("/2013-04-01/hostedzone/{zone}/rrset?maxitems=300");
    let (status, body) = ask(server.api, "GET", &target, "").expect("a response");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("<IsTruncated>false</IsTruncated>"), "{body}");
    let within = |text: &str, tag: &str| {
        let rest = text.split(&format!("<{tag}>")).nth(1)?.to_owned();
        rest.split("</").next().map(str::to_owned)
    };
    let sets = body.split("<ResourceRecordSet>").skip(1).filter(|set| set.contains("<Type>A</Type>"));
    sets.filter_map(|set| Some((within(set, "Name")?, within(set, "Value")?))).collect()
}

#[test]
fn a_server_that_is_killed_keeps_what_it_acknowledged_and_answers_what_it_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("zones")).expect("a folder for zones");
    fs::write(folder.path().join("waymark.toml"), "[api]\nlisten = \"127.0.0.1:0\"\n").expect("a configuration");
    let mut dice = Dice(0x5eed);
    let mut server = Server::start(folder.path());
    let create = format!(
        "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>{ZONE}</Name>\
         <CallerReference>storm</CallerReference></CreateHostedZoneRequest>"
    );
    let (status, body) = ask(server.api, "POST", "/2013-04-01/hostedzone", &create).expect("a response");
    assert_eq!(status, 201, "{body}");
    let zone =
        body.split("<Id>/hostedzone/").nth(1).and_then(|rest| rest.split("</Id>").next()).expect("an id").to_owned();
    let target = format!("/2013-04-01/hostedzone/{zone}/rrset/");

    // What each pair was last acknowledged to have; later numbers may have been taken without an answer.
    let mut acknowledged: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut next, mut changes, mut unanswered) = (1, 0, 0);
    let kills = std::env::var(KILLS_ASKED).map_or(KILLS, |asked| asked.parse().expect("a number"));
    for _ in 0..kills {
        let most = 1 + dice.below(30);
        let spin = Duration::from_micros(dice.below(6000));
        let (tell, told) = channel();
        let (api, target, begin) = (server.api, target.clone(), next);
        let client = std::thread::spawn(move || {
            for number in begin.. {
                let pair = number % PAIRS;
                match ask(api, "POST", &target, &batch(pair, number)) {
                    Some((status, body)) => {
                        assert_eq!(status, 200, "{body}");
                        let _ = tell.send((pair, number));
                    }
                    None => return number,
                }
            }
            unreachable!("numbers do not end")
        });
        let mut heard: Vec<(u64, u64)> = told.iter().take(most as usize).collect();
        let moment = Instant::now() + spin;
        while Instant::now() < moment {
            std::thread::yield_now();
        }
        server.child.kill().expect("it runs");
        server.child.wait().expect("it ends");
        let last = client.join().expect("the client ends");
        heard.extend(told.iter());
        changes += heard.len();
        acknowledged.extend(heard);
        next = last + 1;

        server = Server::start(folder.path());
        let there = listed(&server, &zone);
        for pair in 0..PAIRS {
            let [a, b] = ["a", "b"].map(|side| format!("{side}{pair}.{ZONE}."));
            assert_eq!(there.get(&a), there.get(&b), "pair {pair} is there in part");
            let found = there.get(&a).map_or(0, |address| number(address));
            let least = acknowledged.get(&pair).copied().unwrap_or(0);
            assert!(
                found == least || found == last,
                "pair {pair}: {least} acknowledged, {found} there, {last} asked last"
            );
            unanswered += usize::from(found != least);
            if found > 0 {
                acknowledged.insert(pair, found);
            }
            for name in [a, b] {
                let answer: Vec<String> = there.get(&name).cloned().into_iter().collect();
                assert_eq!(server.dig(&name), answer, "{name}");
            }
        }
    }
    println!("{kills} kills, {changes} changes acknowledged, {unanswered} found whole without an answer");
    assert!(changes as u64 > kills, "{changes}");
}

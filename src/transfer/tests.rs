use std::collections::{BTreeMap, BTreeSet};

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, Record};
use proptest::prelude::*;

use super::*;
use crate::model::transfer::{Algorithm, Grant, Key, Rule, Transfers};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::HealthTable;
use crate::snapshot::{Behaviour, Ground, Snapshot, compile};
use crate::store;
use crate::tsig::{last_record, stripped, verify};

const NOW: u64 = 1_700_000_000;

fn transfers() -> Transfers {
    let allow = Some(vec![Grant { network: None, key: None }]);
    Transfers { general: Rule { allow, notify: None }, ..Transfers::default() }
}

/// A world of these files after that snapshot, and what was warned of.
fn world(files: &[(&str, &str)], previous: Option<&Snapshot>) -> (Arc<World>, Vec<String>) {
    let loaded =
        store::load_texts(files, &store::Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let behaviour = Behaviour { transfers: Arc::new(transfers()), ..Behaviour::default() };
    let ground = Ground { listeners: vec!["main".into()], geography: Arc::new(Geography::nowhere()), behaviour };
    let compiled = compile(&loaded.account, &ground, previous).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let health = HealthTable::new(&compiled.snapshot.checks);
    let warnings = compiled.warnings.iter().map(ToString::to_string).collect();
    (Arc::new(World::new(Arc::new(compiled.snapshot), health)), warnings)
}

fn wire(name: &str) -> Vec<u8> {
    Name::parse(name, None).expect("a name").wire().to_vec()
}

fn begin(world: &Arc<World>, zone: &str, has: Option<u32>, signer: Option<Signer>) -> Transfer {
    let name = wire(zone);
    let zone = world.snapshot.zones.iter().position(|zone| zone.name.wire() == name).expect("a zone") as u32;
    let opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\0";
    let head = b"\x12\x34\x81\x05\0\x01\0\0\0\0\0\x01";
    let refusal = [&head[..], &name, &[0, 252, 0, 1], opt].concat();
    let asked = Asked { zone, private: false, view: None, has, refusal: &refusal, name_len: name.len() };
    Transfer::begin(world.clone(), &asked, signer).expect("a transfer")
}

/// All messages of a transfer.
fn messages(mut transfer: Transfer) -> Vec<Vec<u8>> {
    let mut out = vec![0x5a; 65_535];
    let mut all = Vec::new();
    while !transfer.is_done() {
        let len = transfer.next(&mut out, NOW).expect("a message");
        all.push(out[..len].to_vec());
        assert!(all.len() < 10_000, "it ends");
    }
    all
}

/// The records of the messages, in order.
fn records(messages: &[Vec<u8>]) -> Vec<Record> {
    messages.iter().flat_map(|message| Message::from_vec(message).expect("a message").answers).collect()
}

fn shown(record: &Record) -> String {
    format!("{} {} {} {}", record.name.to_lowercase(), record.ttl, record.record_type(), record.data)
}

fn serial(record: &Record) -> Option<u32> {
    match &record.data {
        RData::SOA(soa) => Some(soa.serial),
        _ => None,
    }
}

/// A zone of one TXT record for each of `texts`, at names of up to three labels.
fn zone(serial: u32, texts: &BTreeMap<String, Vec<u8>>) -> String {
    let mut text = format!("$TTL 60\n@ SOA ns h {serial} 1 2 3 4\n@ NS ns\nns A 192.0.2.1\n");
    for (name, sizes) in texts {
        for (at, size) in sizes.iter().enumerate() {
            text.push_str(&format!(
                "{name} TXT \"{at} {}\"\n{name} MX {at} mail.{name}\n",
                "x".repeat(usize::from(*size))
            ));
        }
    }
    text
}

fn expected(texts: &BTreeMap<String, Vec<u8>>) -> usize {
    2 + texts.values().map(|sizes| 2 * sizes.len()).sum::<usize>()
}

/// Names and how long the texts there are.
fn any_texts() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = proptest::collection::vec("[a-c*]{1,2}", 1..4).prop_map(|labels| labels.join(".").replace('*', "x"));
    proptest::collection::btree_map(
        name,
        proptest::collection::vec(any::<u8>().prop_map(|size| size.min(240)), 1..5),
        0..60,
    )
}

/// A plain set of a zone file's records, by reading each of its lines alone.
fn lines(text: &str) -> BTreeSet<String> {
    let value = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let (name, rtype, data) = (words.next()?, words.next()?, words.next()?);
        let owner = if name == "@" { "z.test.".to_owned() } else { format!("{name}.z.test.") };
        let data = match rtype {
            "MX" => format!("{data}.z.test."),
            "NS" => "ns.z.test.".to_owned(),
            "TXT" => data.trim_matches('"').to_owned(),
            _ => data.to_owned(),
        };
        Some(format!("{owner} 60 {rtype} {data}"))
    };
    text.lines().filter(|line| !line.contains("SOA")).filter_map(value).collect()
}

fn plain(record: &Record) -> String {
    shown(record).replace('"', "")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// RFC 5936 §2.2: SOA, every record once, SOA.
    #[test]
    fn a_copy_is_the_zone(texts in any_texts()) {
        let text = zone(7, &texts);
        let (world, _) = world(&[("z.test.zone", &text)], None);
        let messages = messages(begin(&world, "z.test.", None, None));
        for message in &messages {
            prop_assert!(message.len() <= FULL, "{} octets", message.len());
        }
        let all = records(&messages);
        prop_assert_eq!((serial(&all[0]), serial(all.last().unwrap())), (Some(7), Some(7)));
        let middle: BTreeSet<_> = all[1..all.len() - 1].iter().map(plain).collect();
        prop_assert_eq!(middle.len(), all.len() - 2, "nothing twice");
        prop_assert_eq!(all.len() - 2, expected(&texts));
        prop_assert_eq!(middle, lines(&text));
    }

    /// RFC 1995 §4: what is removed and added, version by version, leads from the old zone to the new.
    #[test]
    fn changes_lead_from_one_version_to_the_next(versions in proptest::collection::vec(any_texts(), 2..5)) {
        let texts: Vec<_> = versions.iter().zip(u32::MAX - 1..=u32::MAX).map(|(texts, serial)| zone(serial, texts))
            .chain(versions.iter().skip(2).zip(0..).map(|(texts, serial)| zone(serial, texts))).collect();
        let mut current: Option<Arc<World>> = None;
        for text in &texts {
            let snapshot = current.as_ref().map(|world| world.snapshot.clone());
            current = Some(world(&[("z.test.zone", text)], snapshot.as_deref()).0);
        }
        let world = current.unwrap();
        let transfer = begin(&world, "z.test.", Some(u32::MAX - 1), None);
        prop_assert_eq!(transfer.kind(), Kind::Ixfr);
        let all = records(&messages(transfer));
        let newest = world.snapshot.zones[0].serial();
        prop_assert_eq!((serial(&all[0]), serial(all.last().unwrap())), (Some(newest), Some(newest)));
        let mut held = lines(&texts[0]);
        let (mut at, mut adding, mut has) = (1, true, u32::MAX - 1);
        while at + 1 < all.len() {
            match serial(&all[at]) {
                Some(serial) => {
                    adding = !adding;
                    if !adding {
                        prop_assert_eq!(serial, has, "it begins where the last one ended");
                    }
                    has = serial;
                }
                None if adding => prop_assert!(held.insert(plain(&all[at])), "new"),
                None => prop_assert!(held.remove(&plain(&all[at])), "there before"),
            }
            at += 1;
        }
        prop_assert_eq!(has, newest);
        prop_assert_eq!(held, lines(texts.last().unwrap()));
    }
}

#[test]
fn every_message_of_a_signed_copy_is_signed_on_the_one_before() {
    let texts = (0..200).map(|at| (format!("n{at}"), vec![240, 200])).collect();
    let text = zone(7, &texts);
    let (world, _) = world(&[("z.test.zone", &text)], None);
    let key = Key::new(Name::parse("k.", None).unwrap(), Algorithm::HmacSha512, &[1; 32]);
    let keys = BTreeMap::from([(key.name.clone(), key.clone())]);
    let mut request = Signer::of_request(key);
    let question = [b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0", &wire("z.test.")[..], &[0, 252, 0, 1]].concat();
    let mut packet = [&question[..], &[0; 200]].concat();
    let len = request.sign(&mut packet, question.len(), NOW).unwrap();
    let signer = verify(&packet[..len], question.len(), &keys, NOW).expect("signed");
    let all = messages(begin(&world, "z.test.", None, Some(signer)));
    assert!(all.len() > 3, "{} messages", all.len());
    assert!(request.believes(&all[0], last_record(&all[0]).unwrap(), NOW), "RFC 8945 §5.3");
    for message in &all {
        assert!(message.len() <= FULL, "{} octets", message.len());
        let at = last_record(message).unwrap();
        assert_eq!(message[at..at + 5], *b"\x01k\0\0\xfa", "RFC 8945 §5.3.1");
        let rest = Message::from_vec(&stripped(message, at)).expect("a message");
        assert_eq!((rest.metadata.id, rest.metadata.authoritative, rest.queries.len()), (0x1234, true, 1));
    }
    let opts = all.iter().map(|message| Message::from_vec(&stripped(message, last_record(message).unwrap())).unwrap());
    let opts: Vec<bool> = opts.map(|message| message.edns.is_some()).collect();
    assert!(opts[0] && !opts[1..].contains(&true), "RFC 5936 §2.2.5: OPT in the first alone");
}

/// RFC 4592 §2.2.2: a name that only has names below it exists and holds nothing.
#[test]
fn empty_non_terminals_hold_nothing() {
    let text = "$TTL 60\n@ SOA ns h 1 1 2 3 4\n@ NS ns\nns A 192.0.2.1\na.b.c A 192.0.2.2\n";
    let (world, _) = world(&[("z.test.zone", text)], None);
    let zone = &world.snapshot.zones[0];
    let nodes = 0..zone.node_count() as u32;
    let empty = nodes.filter(|node| zone.entries(*node).is_empty()).map(|node| zone.name_at(node).to_string());
    assert_eq!(empty.collect::<BTreeSet<_>>(), ["b.c.z.test.", "c.z.test."].map(String::from).into());
}

#[test]
fn names_are_written_once() {
    let records: String = (0..1000).map(|at| format!("host-{at}.a.long.label.or.two A 192.0.2.1\n")).collect();
    let text = format!("$TTL 60\n@ SOA ns h 1 1 2 3 4\n@ NS ns\nns A 192.0.2.1\n{records}");
    let (world, _) = world(&[("z.test.zone", &text)], None);
    let octets: usize = messages(begin(&world, "z.test.", None, None)).iter().map(Vec::len).sum();
    assert!(octets < 1000 * 30, "{octets} octets: owner, pointer and 14 octets a record");
}

#[test]
fn the_root_is_copied_like_any_zone() {
    let text = "$TTL 60\n. SOA ns.x. h.x. 1 1 2 3 4\n. NS ns.x.\nns.x. A 192.0.2.1\nx. NS ns.x.\n*.y. TXT a\n";
    let (world, _) = world(&[("root.zone", &format!("$ORIGIN .\n{text}"))], None);
    let all: Vec<_> = records(&messages(begin(&world, ".", None, None))).iter().map(plain).collect();
    assert_eq!(all.len(), 6, "{all:#?}");
    assert!(all.contains(&"*.y. 60 TXT a".to_owned()), "{all:#?}");
}

#[test]
fn what_is_picked_is_what_a_client_that_is_nowhere_gets_and_two_copies_agree() {
    let text = r#"
zone = "z.test"
[[record]]
name = "w"
type = "A"
weighted = [{ id = "a", weight = 1, value = "192.0.2.1" }, { id = "b", weight = 1, value = "192.0.2.2" }]
[[record]]
name = "g"
type = "A"
geolocation = [{ country = "CH", value = "192.0.2.3" }, { default = true, value = "192.0.2.4" }]
[[record]]
name = "alias"
type = "A"
alias = "g"
[[record]]
name = "many"
type = "A"
multivalue = [{ id = "a", value = "192.0.2.5" }, { id = "b", value = "192.0.2.6" }]
[[record]]
name = "nobody"
type = "A"
geolocation = [{ country = "CH", value = "192.0.2.7" }]
"#;
    let (world, _) = world(&[("z.test.toml", text)], None);
    let copy = || messages(begin(&world, "z.test.", None, None));
    assert_eq!(copy(), copy(), "drawn alike");
    let all: Vec<_> = records(&copy()).iter().map(plain).collect();
    let of = |name: &str| all.iter().filter(|record| record.starts_with(name)).count();
    assert_eq!((of("w.z"), of("g.z"), of("many.z"), of("nobody.z")), (1, 1, 2, 0), "{all:#?}");
    for name in ["g", "alias"] {
        assert!(all.iter().any(|record| record.starts_with(name) && record.ends_with(" 192.0.2.4")), "{all:#?}");
    }
}

#[test]
fn who_is_up_to_date_gets_the_soa_record_and_who_is_unknown_gets_everything() {
    let text = zone(7, &BTreeMap::from([("a".to_owned(), vec![1])]));
    let (first, _) = world(&[("z.test.zone", &text)], None);
    for (has, kind) in
        [(7, Kind::Current), (8, Kind::Current), (6, Kind::Axfr), (7_u32.wrapping_sub(1 << 31), Kind::Axfr)]
    {
        assert_eq!(begin(&first, "z.test.", Some(has), None).kind(), kind, "RFC 1995 §2: {has}");
    }
    let next = text.replace(" 7 ", " 8 ").replace("0 x", "0 y");
    let (second, warnings) = world(&[("z.test.zone", &next)], Some(&first.snapshot));
    assert!(warnings.is_empty(), "{warnings:?}");
    let mut out = vec![0; 1232];
    let (len, sent) = begin(&second, "z.test.", Some(7), None).datagram(&mut out, NOW).unwrap();
    assert_eq!((sent.kind(), records(&[out[..len].to_vec()]).len()), (Kind::Ixfr, 6), "it fits");
    let (len, sent) = begin(&second, "z.test.", Some(7), None).datagram(&mut out[..120], NOW).unwrap();
    assert_eq!((sent.kind(), records(&[out[..len].to_vec()]).len()), (Kind::Current, 1), "RFC 1995 §2");
    let (len, sent) = begin(&second, "z.test.", Some(3), None).datagram(&mut out, NOW).unwrap();
    assert_eq!((sent.kind(), records(&[out[..len].to_vec()]).len()), (Kind::Current, 1), "RFC 1995 §4");
}

#[test]
fn a_change_that_secondaries_cannot_see_is_warned_of() {
    let text = zone(7, &BTreeMap::from([("a".to_owned(), vec![1])]));
    let (first, _) = world(&[("z.test.zone", &text)], None);
    let (same, warnings) = world(&[("z.test.zone", &format!("; a comment\n{text}"))], Some(&first.snapshot));
    assert!(warnings.is_empty(), "{warnings:?}");
    for changed in [text.replace("0 x", "0 y"), text.replace(" 7 ", " 6 "), text.replace(" 3 4", " 3 5")] {
        let (_, warnings) = world(&[("z.test.zone", &changed)], Some(&same.snapshot));
        assert!(warnings.len() == 1 && warnings[0].contains("is not newer; raise it"), "{warnings:?}");
    }
}

#[test]
fn a_journal_holds_no_more_than_it_may() {
    let version = |serial: u32| zone(serial, &BTreeMap::from([(format!("n{serial}"), vec![200; 4])]));
    let (mut current, _) = world(&[("z.test.zone", &version(0))], None);
    for serial in 1..1000 {
        let (next, _) = world(&[("z.test.zone", &version(serial))], Some(&current.snapshot));
        assert!(next.snapshot.journal(0).expect("a journal").octets() <= transfers().journal);
        current = next;
    }
    assert_eq!(begin(&current, "z.test.", Some(998), None).kind(), Kind::Ixfr);
    assert_eq!(begin(&current, "z.test.", Some(0), None).kind(), Kind::Axfr, "forgotten");
}

#[test]
fn zones_with_policies_have_no_journal() {
    let text = |serial: u32, weight: u32| {
        format!(
            "zone = \"z.test\"\n[[record]]\nname = \"@\"\ntype = \"SOA\"\nvalue = \"ns.z.test. h.z.test. {serial} 1 2 3 4\"\n\
             [[record]]\nname = \"w\"\ntype = \"A\"\nweighted = [{{ weight = {weight}, value = \"192.0.2.1\" }}]\n"
        )
    };
    let (first, _) = world(&[("z.test.toml", &text(1, 1))], None);
    let (second, warnings) = world(&[("z.test.toml", &text(2, 5))], Some(&first.snapshot));
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(begin(&second, "z.test.", Some(1), None).kind(), Kind::Axfr);
    assert_eq!(begin(&second, "z.test.", Some(2), None).kind(), Kind::Current);
}

#[test]
fn a_transfer_that_is_declined_says_so() {
    let (world, _) = world(&[("z.test.zone", &zone(7, &BTreeMap::new()))], None);
    let mut transfer = begin(&world, "z.test.", None, None);
    let mut out = vec![0; 65_535];
    let len = transfer.decline(&mut out, 2, NOW).unwrap();
    let message = Message::from_vec(&out[..len]).unwrap();
    assert_eq!((out[2] & AA, out[3], message.answers.len(), message.queries.len()), (0, 2, 0, 1));
    assert!(message.edns.is_some() && transfer.is_done());
}

#[test]
fn the_serial_of_an_ixfr_question_is_read_or_not() {
    let question = [&b"\0\0\0\0\0\x01\0\0\0\x01\0\0"[..], b"\x01z\0\0\xfb\0\x01"].concat();
    let soa = |data: &[u8]| [&question[..], b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0", &[data.len() as u8], data].concat();
    let numbers = [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let whole = soa(&[b"\xc0\x0c\x01h\xc0\x0c", &numbers[..]].concat());
    assert_eq!(held_serial(&whole, question.len()), Some(0x102));
    for len in 0..whole.len() {
        assert_eq!(held_serial(&whole[..len], question.len()), None, "cut at {len}");
    }
    assert_eq!(held_serial(&soa(&numbers[1..]), question.len()), None);
    let mut other = whole;
    other[question.len() + 3] = 1;
    assert_eq!(held_serial(&other, question.len()), None, "another type");
}

//! A zone that was edited is judged and answers as the same zone compiled anew, whatever the edits were.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use proptest::prelude::*;

use super::tests::{Scripted, found};
use super::*;
use crate::model::check::Status;
use crate::model::rules::alias::GroupKey;
use crate::model::rules::check_zone;
use crate::model::{
    Account, At, Candidate, Name, Rdata, RecordGroup, RecordType, Routing, Rule, Target, Tree, Visibility, ZoneId,
};
use crate::wire::{Peer, Transport, respond};

const FILE: &str = "zone = \"other.test\"\n[check.c1]\ntcp = \"127.0.0.1:1\"\n[check.c2]\ntcp = \"127.0.0.1:2\"\n";
const NAMES: [&str; 12] = ["@", "a", "b", "*", "c.b", "*.b", "d.c.b", "x.a", "e.f.g", "f.g", "h.e.f.g", "m"];
const TYPES: [RecordType; 7] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::NS,
    RecordType::DNAME,
    RecordType::MX,
    RecordType::TXT,
];

fn apex() -> Name {
    Name::parse("example.com.", None).unwrap()
}

fn name(at: usize) -> Name {
    match NAMES[at % NAMES.len()] {
        "@" => apex(),
        name => Name::parse(name, Some(&apex())).unwrap(),
    }
}

fn at() -> At {
    At::new("edit", 1)
}

fn candidate<K>(id: u8, key: K, check: u8, target: Target) -> Candidate<K> {
    let check = [None, Some("c1"), Some("c2")][usize::from(check % 3)];
    Candidate { id: format!("s{id}").into(), key, check: check.map(|id| CheckId(id.into())), target, at: at() }
}

fn values(rtype: RecordType, seed: u8) -> Target {
    let host = name(usize::from(seed)).wire().to_vec();
    let rdata = match rtype {
        RecordType::A => vec![192, 0, 2, seed],
        RecordType::AAAA => [&[0x20, 1, 0xd, 0xb8][..], &[0; 11], &[seed]].concat(),
        RecordType::MX => [&[0, 10][..], &host].concat(),
        RecordType::TXT => vec![2, b't', seed],
        RecordType::SOA => {
            [&b"\x02ns\x04test\0\x01h\x04test\0"[..], &[0; 3], &[seed], &[0, 0, 1, 0].repeat(3), &[0, 0, 0, seed]]
                .concat()
        }
        _ => host,
    };
    Target::Values { ttl: 60 + u32::from(seed % 4), rdata: vec![Rdata(rdata.into())] }
}

/// What is at a name and type: some of it against the rules.
fn group(rtype: RecordType, shape: u8, seeds: [u8; 3]) -> RecordGroup {
    let [one, two, three] = seeds;
    let alias = |seed: u8| Target::Alias { to: name(usize::from(seed)), evaluate: !seed.is_multiple_of(3) };
    let routing = match shape % 14 {
        0..5 => Routing::Simple(candidate(0, (), 0, values(rtype, one))),
        5 => Routing::Simple(Candidate { id: "".into(), ..candidate(0, (), 1, values(rtype, one)) }),
        6 => Routing::Simple(candidate(0, (), 0, alias(one))),
        7 => {
            let same = |target| match target {
                Target::Values { rdata, .. } => Target::Values { ttl: 60, rdata },
                other => other,
            };
            let targets = [same(values(rtype, one)), same(values(rtype, two))];
            let [first, second] = targets;
            Routing::Weighted(vec![candidate(0, 3, one, first), candidate(1, two, two, second)])
        }
        8 | 9 => Routing::Weighted(vec![candidate(0, 5, 0, alias(one)), candidate(1, 5, three, alias(two))]),
        10 => Routing::Failover {
            primary: Some(Box::new(candidate(0, (), 1 + one % 2, values(rtype, one)))),
            secondary: Some(Box::new(candidate(1, (), 0, values(rtype, two)))),
        },
        12 | 13 => {
            let rule = |rule| Target::Rule { rule, evaluate: two % 2 == 0 };
            let second = 2 - usize::from(one % 2);
            let start = Routing::Weighted(vec![candidate(0, 5, 0, rule(1)), candidate(1, one, 0, rule(second))]);
            let second = if three % 2 == 0 { values(rtype, one) } else { alias(three) };
            let second = Routing::Simple(candidate(0, (), one, second));
            let third = Routing::Simple(candidate(0, (), 0, values(rtype, two)));
            let rules = [start, second, third].into_iter().enumerate().map(|(at, routing)| Rule {
                id: format!("r{at}").into(),
                group: RecordGroup { routing, at: self::at() },
            });
            Routing::Tree(Arc::new(Tree::new("i1".into(), rules.collect()).expect("a tree")))
        }
        _ => Routing::Failover {
            primary: Some(Box::new(candidate(0, (), 0, alias(one)))),
            secondary: Some(Box::new(candidate(1, (), two, alias(two)))),
        },
    };
    RecordGroup { routing, at: at() }
}

/// Where, what, and whether at all.
type Change = (usize, usize, Option<(u8, [u8; 3])>);

fn changes() -> impl Strategy<Value = Vec<Vec<(Change, bool)>>> {
    let shape = proptest::option::weighted(0.7, (any::<u8>(), any::<[u8; 3]>()));
    // Addresses are what most is about.
    let rtype = prop_oneof![3 => Just(0usize), 4 => 0..TYPES.len()];
    let change = ((0..NAMES.len(), rtype, shape), any::<bool>());
    proptest::collection::vec(proptest::collection::vec(change, 1..4), 1..12)
}

fn bare() -> HostedZone {
    let simple =
        |rtype, seed| RecordGroup { routing: Routing::Simple(candidate(0, (), 0, values(rtype, seed))), at: at() };
    let groups = [RecordType::SOA, RecordType::NS].map(|rtype| ((apex(), rtype), simple(rtype, 1)));
    HostedZone {
        id: ZoneId("Z1".into()),
        name: apex(),
        comment: String::new(),
        visibility: Visibility::Public { listeners: Vec::new() },
        groups: BTreeMap::from(groups),
        dnssec: None,
        signing: None,
        left_out: 0,
        at: at(),
    }
}

fn control(zone: &HostedZone) -> Control {
    let (script, source) = channel();
    script.send(Some(FILE.to_owned())).unwrap();
    let zones = vec![(zone.id.clone(), Some(ZoneEdit::Whole(Arc::new(zone.clone()))))];
    Control::start(Box::new(Scripted(source)), Edit { zones, ..Edit::default() }).expect("a world").0
}

fn reply(control: &Control, qname: &[u8], rtype: u16, turn: u64) -> Vec<u8> {
    let question = [&b"\0\x01\0\0\0\x01\0\0\0\0\0\0"[..], qname, &rtype.to_be_bytes(), &[0, 1]].concat();
    let peer = Peer { source: "192.0.2.99".parse().unwrap(), listener: 0, transport: Transport::Tcp };
    let mut out = vec![0; 65_535];
    let reply = respond(&control.world().load(), &question, &peer, turn, &mut out, &mut ()).expect("a reply");
    out.truncate(reply.len);
    out
}

/// Every question about the names there may be, and about some below them.
fn same_answers(edited: &Control, anew: &Control) -> Result<(), TestCaseError> {
    for base in 0..NAMES.len() {
        let base = name(base);
        for qname in [base.clone(), base.child(b"a").unwrap(), base.child(b"zz").unwrap()] {
            for rtype in [1, 28, 5, 2, 39, 15, 16, 43, 255] {
                for turn in [0, 7] {
                    let (one, two) = (reply(edited, qname.wire(), rtype, turn), reply(anew, qname.wire(), rtype, turn));
                    prop_assert_eq!(one, two, "{} {} turn {}", qname, rtype, turn);
                }
            }
        }
    }
    Ok(())
}

fn errors(problems: &[Problem]) -> Vec<String> {
    let mut errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).map(ToString::to_string).collect();
    errors.sort();
    errors.dedup();
    errors
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    #[test]
    fn an_edited_zone_is_the_zone_compiled_anew(batches in changes()) {
        let mut model = bare();
        let edited = control(&model);
        let checks = ["c1", "c2"].map(|id| CheckId(id.into()));
        let known = Account { checks: lock(&edited.loading).files.account.checks.clone(), ..Account::default() };
        let mut statuses = [Status::Healthy; 2];
        for (turn, batch) in batches.into_iter().enumerate() {
            let mut next = model.clone();
            let mut groups: BTreeMap<GroupKey, Option<RecordGroup>> = BTreeMap::new();
            let sick = batch[0].1;
            for ((at, rtype, what), _) in batch {
                let key = (name(at), TYPES[rtype]);
                let what = what.map(|(shape, seeds)| group(key.1, shape, seeds));
                match what.clone() {
                    Some(group) => drop(next.groups.insert(key.clone(), group)),
                    None => drop(next.groups.remove(&key)),
                }
                groups.insert(key, what);
            }
            let edit = Edit {
                zones: vec![(model.id.clone(), Some(ZoneEdit::Groups(groups.into_iter().collect())))],
                ..Edit::default()
            };
            let found_wrong = errors(&check_zone(&next, &known));
            let before = edited.world().load_full();
            // What cannot be kept leaves nothing behind.
            let kept = edited.edit(edit.clone(), || if turn % 4 == 3 { Err(()) } else { Ok(()) });
            match kept {
                Err(Refusal::Problems(problems)) => {
                    prop_assert_eq!(errors(&problems), found_wrong);
                    prop_assert!(Arc::ptr_eq(&before, &edited.world().load()));
                }
                Err(Refusal::Persist(())) => prop_assert!(found_wrong.is_empty()),
                Ok(_) => {
                    prop_assert!(found_wrong.is_empty(), "{:?}", found_wrong);
                    model = next;
                }
            }
            let status = Status::from_healthy(!sick);
            edited.report(&checks[turn % 2], found(status));
            statuses[turn % 2] = status;
        }
        let anew = control(&model);
        for (check, status) in checks.iter().zip(statuses) {
            anew.report(check, found(status));
        }
        same_answers(&edited, &anew)?;
    }
}

fn cases() -> u32 {
    std::env::var("WAYMARK_EDITS").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

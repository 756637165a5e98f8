//! What an edit costs, from the call to the swap, at sizes of the account and of the zone that is edited; medians of
//! many, in microseconds. Storing it is not in it. `cargo bench --bench changes`

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use waymark::control::{Control, Edit, Gathered, Source, ZoneEdit};
use waymark::metrics::{Registry, Speaks, Tally};
use waymark::model::fleet::Plan;
use waymark::model::{
    Account, At, Candidate, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType, Routing, Target, Visibility,
    ZoneId,
};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::{Behaviour, Ground};

/// Edits of each kind that are measured.
const TIMES: usize = 400;

/// No file says anything.
struct Nothing;

impl Source for Nothing {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let geography = Arc::new(Geography::nowhere());
        let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
        Ok(Gathered { account: Account::default(), ground, plan: Plan::default(), warnings: Vec::new() })
    }
}

fn at() -> At {
    At::new("bench", 0)
}

fn candidate<K>(id: &str, key: K, rdata: &[u8]) -> Candidate<K> {
    let target = Target::Values { ttl: 60, rdata: vec![Rdata(rdata.into())] };
    Candidate { id: id.into(), key, check: None, target, at: at() }
}

fn simple(rdata: &[u8]) -> RecordGroup {
    RecordGroup { routing: Routing::Simple(candidate("", (), rdata)), at: at() }
}

fn weighted(seed: u8) -> RecordGroup {
    let both = [candidate("a", 1, &[192, 0, 2, seed]), candidate("b", 3, &[192, 0, 2, 254])];
    RecordGroup { routing: Routing::Weighted(both.into()), at: at() }
}

fn zone(number: usize, records: usize) -> (ZoneId, Option<ZoneEdit>) {
    let name = Name::parse(&format!("zone{number}.test."), None).expect("a name");
    let soa = [&b"\x02ns\x04test\0\x01h\x04test\0"[..], &[0, 0, 0, 1].repeat(5)].concat();
    let mut groups = BTreeMap::from([
        ((name.clone(), RecordType::SOA), simple(&soa)),
        ((name.clone(), RecordType::NS), simple(b"\x02ns\x04test\0")),
    ]);
    for at in 0..records.saturating_sub(2) {
        let host = name.child(format!("host{at}").as_bytes()).expect("a name");
        groups.insert((host, RecordType::A), simple(&[10, (at >> 16) as u8, (at >> 8) as u8, at as u8]));
    }
    let id = ZoneId(format!("Z{number}").into());
    let visibility = Visibility::Public { listeners: Vec::new() };
    let zone = HostedZone {
        id: id.clone(),
        name,
        comment: String::new(),
        visibility,
        groups,
        dnssec: None,
        signing: None,
        left_out: 0,
        at: at(),
    };
    (id, Some(ZoneEdit::Whole(Arc::new(zone))))
}

fn main() {
    println!("| zones | record sets | change | new name | delete | weighted | of 1000 sets | zone | worker follows |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (zones, records) in [(1, 100), (1, 10_000), (1, 100_000), (100, 100), (10_000, 10), (100_000, 4)] {
        measure(zones, records);
    }
}

fn measure(zones: usize, records: usize) {
    let edit = Edit { zones: (0..zones).map(|at| zone(at, records)).collect(), ..Edit::default() };
    let (control, _) = Control::start(Box::new(Nothing), edit).expect("a world");
    let mut tally = Tally::new(Arc::new(Registry::default()), Speaks::Udp);
    tally.enter(&control.world().load().snapshot);
    let mut follows = Vec::new();
    let mut take = |edit: Edit| {
        let begun = Instant::now();
        control.edit(edit, || Ok::<_, ()>(())).expect("taken");
        let took = begun.elapsed();
        let begun = Instant::now();
        tally.enter(&control.world().load().snapshot);
        follows.push(begun.elapsed());
        took
    };
    let of = |at: usize| ZoneId(format!("Z{}", at % zones).into());
    let apex = |at: usize| Name::parse(&format!("zone{}.test.", at % zones), None).expect("a name");
    let groups = |at: usize, groups: Vec<(String, Option<RecordGroup>)>| {
        let key = |label: &str| (apex(at).child(label.as_bytes()).expect("a name"), RecordType::A);
        let groups = groups.into_iter().map(|(label, group)| (key(&label), group)).collect();
        Edit { zones: vec![(of(at), Some(ZoneEdit::Groups(groups)))], ..Edit::default() }
    };
    let host = |at: usize| format!("host{}", at * 7919 % (records - 2));
    let median = |mut times: Vec<std::time::Duration>| {
        times.sort();
        times[times.len() / 2].as_nanos() as f64 / 1000.0
    };
    let change = (0..TIMES).map(|at| take(groups(at, vec![(host(at), Some(simple(&[192, 0, 2, at as u8])))])));
    let change = median(change.collect());
    let new = (0..TIMES).map(|at| take(groups(at, vec![(format!("new{at}"), Some(simple(&[192, 0, 2, 1])))])));
    let new = median(new.collect());
    let gone = median((0..TIMES).map(|at| take(groups(at, vec![(format!("new{at}"), None)]))).collect());
    let weights = median((0..TIMES).map(|at| take(groups(at, vec![("w".into(), Some(weighted(at as u8)))]))).collect());
    let many = (0..10).map(|at| {
        let thousand = (0..1000).map(|name| (format!("many{name}"), Some(simple(&[192, 0, 2, at as u8]))));
        take(groups(at, thousand.collect()))
    });
    let many = median(many.collect());
    let whole = (0..20).map(|at| take(Edit { zones: vec![zone(zones + at, 4)], ..Edit::default() }));
    let whole = median(whole.collect());
    let follows = median(follows);
    println!(
        "| {zones} | {records} | {change:.0} | {new:.0} | {gone:.0} | {weights:.0} | {many:.0} | {whole:.0} | {follows:.0} |"
    );
}

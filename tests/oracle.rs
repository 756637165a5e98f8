//! The naive oracle and the answer path agree, and what else must hold of every answer (design.md §6).
//!
//! `WAYMARK_DRAWS=1000000 cargo test --test oracle` widens the search; each world is asked many questions.

#[path = "common/masked.rs"]
mod masked;
#[path = "common/message.rs"]
mod message;
#[path = "oracle/naive.rs"]
mod naive;
#[path = "oracle/scenery.rs"]
mod scenery;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use masked::masked;
use message::{Ask, Message, Opt, Record, TC, decode, subnet};
use naive::{Client, Outcome, Rr, Scene, fold_rdata};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use scenery::{Draw, Wishes};
use waymark::answer::{Event, Witness};
use waymark::model::check::FULL_SHARE;
use waymark::model::place::{Location, Region};
use waymark::model::view::Block;
use waymark::model::{Account, Name, RecordType, Routing, Target};
use waymark::policy::latency::LatencyTable;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::ranges::AddressMap;
use waymark::snapshot::zone::Group;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::wire::{Peer, Transport, respond};

/// Questions asked of each world.
const PER_WORLD: usize = 60;

fn draws() -> u32 {
    std::env::var("WAYMARK_DRAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(3000)
}

/// What steers a world besides its account.
struct Setting {
    rows: Vec<(Block, Location)>,
    latency: Vec<String>,
}

impl Setting {
    fn of(wishes: &Wishes) -> Self {
        Self { rows: scenery::rows(wishes), latency: scenery::latency(wishes) }
    }

    fn ground(&self) -> Ground {
        let mut locations = vec![Location::default()];
        let mut blocks = Vec::new();
        for (block, location) in &self.rows {
            blocks.push((*block, locations.len() as u32));
            locations.push(*location);
        }
        let table = LatencyTable::parse("latency.csv", &self.latency.join("\n")).expect("proper rows");
        let geography = Geography::new(locations, AddressMap::from_blocks(&blocks, 0), "drawn".to_owned());
        Ground {
            listeners: scenery::listeners(),
            geography: Arc::new(geography.with_latency(table, None)),
            behaviour: Behaviour::default(),
        }
    }

    /// The blocks geography and latency are cut by.
    fn blocks(&self) -> Vec<Block> {
        let cidr = self.latency.iter().filter_map(|row| row.strip_prefix("cidr:")?.split(',').next());
        self.rows.iter().map(|(block, _)| *block).chain(cidr.map(scenery::block)).collect()
    }
}

fn world(account: &Account, ground: &Ground) -> World {
    let compiled = compile(account, ground, None).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("a valid account is refused:\n{}", lines.join("\n"))
    });
    let health = HealthTable::new(&compiled.snapshot.checks);
    World::new(Arc::new(compiled.snapshot), health)
}

/// One client's question.
struct Question {
    name: Name,
    /// With letters as asked.
    wire: Vec<u8>,
    rtype: RecordType,
    client: Client,
    seed: u64,
}

impl Question {
    fn of(account: &Account, draw: &Draw) -> Self {
        let (name, rtype) = scenery::asked(account, draw);
        let mut wire = name.wire().to_vec();
        for (at, byte) in wire.iter_mut().enumerate() {
            if draw.shout >> (at % 16) & 1 == 1 {
                // Length octets are below 64 and so never letters.
                byte.make_ascii_uppercase();
            }
        }
        let ecs = draw.ecs.map(|(at, len)| {
            let address = scenery::address(at);
            let len = scenery::source_len(address, len);
            (masked(address, len), len)
        });
        let client = Client {
            source: scenery::address(draw.source),
            listener: usize::from(draw.listener == 0),
            ecs,
            udp: draw.udp,
        };
        Self { name, wire, rtype, client, seed: draw.seed }
    }

    fn bytes(&self) -> Vec<u8> {
        let options = self.client.ecs.map(|(address, len)| subnet(address, len)).into_iter().collect();
        let edns = Some(Opt { udp: 4096, version: 0, dnssec_ok: false, options });
        Ask { id: self.seed as u16, flags: 0x0100, name: self.wire.clone(), rtype: self.rtype.0, class: 1, edns }
            .bytes()
    }

    fn ask(&self, world: &World) -> Vec<u8> {
        self.ask_seen(world, &mut ())
    }

    fn ask_seen<W: Witness>(&self, world: &World, witness: &mut W) -> Vec<u8> {
        let transport = if self.client.udp { Transport::Udp } else { Transport::Tcp };
        let peer = Peer { source: self.client.source, listener: self.client.listener as u16, transport };
        let mut out = vec![0; 65_535];
        let reply =
            respond(world, &self.bytes(), &peer, self.seed, &mut out, witness).expect("a plain query is answered");
        out.truncate(reply.len);
        out
    }

    fn asked_of(&self, address: IpAddr, len: u8) -> Self {
        let client = Client { ecs: Some((address, len)), ..self.client };
        Self { name: self.name.clone(), wire: self.wire.clone(), client, ..*self }
    }
}

/// Watches that no member whose check fails is picked before the last resort, and none while another is healthy.
struct Guard<'w> {
    world: &'w World,
    healthy: Vec<(usize, usize)>,
    wrong: Option<String>,
}

impl Witness for Guard<'_> {
    const CURIOUS: bool = true;

    fn saw(&mut self, event: Event<'_>) {
        let id = |group: &Group| std::ptr::from_ref(group) as usize;
        match event {
            Event::Considered { group, member, verdict, .. } if verdict.is_healthy() => {
                self.healthy.push((id(group), member))
            }
            Event::Picked { group, member, last_resort } => {
                let fails = |slot| !self.world.health.status(slot).is_healthy();
                if !last_resort && group.members[member].check.is_some_and(fails) {
                    self.wrong = Some(format!("{} is picked though its check fails (H-3)", group.members[member].id));
                }
                if last_resort && self.healthy.iter().any(|(of, _)| *of == id(group)) {
                    self.wrong = Some("the last resort is taken while a member is healthy (H-12)".to_owned());
                }
                if !last_resort && !self.healthy.contains(&(id(group), member)) {
                    self.wrong =
                        Some(format!("{} is picked without having been found healthy", group.members[member].id));
                }
            }
            _ => {}
        }
    }
}

fn fold(record: &Record) -> Rr {
    Rr {
        owner: record.owner.to_ascii_lowercase(),
        rtype: record.rtype,
        ttl: record.ttl,
        rdata: fold_rdata(record.rtype, &record.rdata),
    }
}

fn outcome(message: &Message) -> Outcome {
    let folded = |records: &[Record]| {
        let mut all: Vec<Rr> = records.iter().map(fold).collect();
        all.sort();
        all
    };
    Outcome {
        rcode: message.rcode,
        aa: message.flags & 0x0400 != 0,
        answer: folded(&message.answer),
        authority: folded(&message.authority),
    }
}

fn show(name: &[u8]) -> String {
    Name::from_wire(name).map_or_else(|_| format!("{name:?}"), |name| name.to_string())
}

fn describe(outcome: &Outcome) -> String {
    let lines = |records: &[Rr]| {
        let all: Vec<String> = records
            .iter()
            .map(|rr| format!("    {} {} {} {:?}", show(&rr.owner), rr.ttl, RecordType(rr.rtype), rr.rdata))
            .collect();
        all.join("\n")
    };
    format!(
        "  rcode {} aa {}\n   answer\n{}\n   authority\n{}",
        outcome.rcode,
        outcome.aa,
        lines(&outcome.answer),
        lines(&outcome.authority)
    )
}

/// The owner of each answer record is the question, the target of a CNAME before it, or a DNAME above one of those.
fn chain_in_order(message: &Message) -> Result<(), String> {
    let mut known = vec![message.question[0].0.to_ascii_lowercase()];
    for record in &message.answer {
        let owner = record.owner.to_ascii_lowercase();
        let above = record.rtype == 39 && known.iter().any(|name| name.ends_with(&owner));
        if !known.contains(&owner) && !above {
            return Err(format!("{} comes before the CNAME that leads to it", show(&owner)));
        }
        if record.rtype == 5 {
            known.push(record.rdata.to_ascii_lowercase());
        }
    }
    Ok(())
}

/// Additional records are whole address RRsets of names that the reply mentions.
fn additional_is_mentioned(message: &Message, account: &Account) -> Result<(), String> {
    for record in &message.additional {
        let owner = Name::from_wire(&record.owner).unwrap();
        let mentioned = message.answer.iter().chain(&message.authority).any(|other| {
            let (before, names) = message::names_inside(other.rtype);
            names > 0 && other.rdata[before..].to_ascii_lowercase() == owner.wire()
        });
        let simple = account.zones.iter().flat_map(|zone| &zone.groups).any(|((name, rtype), group)| {
            let from = *name == owner || name.is_wildcard();
            let Routing::Simple(one) = &group.routing else { return false };
            let held = match &one.target {
                Target::Values { rdata, .. } | Target::Provider { rdata, .. } => {
                    let whole = rdata.iter().all(|value| {
                        message.additional.iter().any(|other| other.owner == record.owner && other.rdata == *value.0)
                    });
                    whole && rdata.iter().any(|value| *value.0 == record.rdata)
                }
                Target::Alias { .. } | Target::Rule { .. } => true,
            };
            from && rtype.0 == record.rtype && held
        });
        if !mentioned || !simple || !matches!(record.rtype, 1 | 28) {
            return Err(format!("additional {} {} is not called for", show(&record.owner), RecordType(record.rtype)));
        }
    }
    Ok(())
}

/// One address per range that the blocks of geography and collections cut out, inside the given prefix.
fn corners(account: &Account, cuts: &[Block], within: Block) -> BTreeSet<IpAddr> {
    let blocks = cuts
        .iter()
        .copied()
        .chain(account.collections.iter().flat_map(|all| all.locations.values().flatten().copied()));
    let mut all = BTreeSet::new();
    for block in blocks.chain([within]) {
        let ends: [Option<IpAddr>; 4] = match block {
            Block::V4 { address, len } => {
                let last = address | u32::MAX.checked_shr(len.into()).unwrap_or(0);
                [Some(address), Some(last), address.checked_sub(1), last.checked_add(1)]
                    .map(|at| Some(IpAddr::V4(at?.into())))
            }
            Block::V6 { address, len } => {
                let last = address | u128::MAX.checked_shr(len.into()).unwrap_or(0);
                [Some(address), Some(last), address.checked_sub(1), last.checked_add(1)]
                    .map(|at| Some(IpAddr::V6(at?.into())))
            }
        };
        let bits = if matches!(within, Block::V4 { .. }) { 32 } else { 128 };
        all.extend(ends.into_iter().flatten().filter(|at| Block::new(*at, bits).is_some_and(|at| within.covers(at))));
    }
    all
}

/// The reply without what the question's client subnet put there.
fn without_subnet(bytes: &[u8]) -> Message {
    let mut message = decode(bytes, true).unwrap();
    if let Some(opt) = &mut message.opt {
        opt.options.retain(|(code, _)| *code != 8);
    }
    message
}

fn check_scope(
    scene: &Scene<'_>,
    cuts: &[Block],
    world: &World,
    question: &Question,
    message: &Message,
) -> Result<(), String> {
    let echoed = message.opt.as_ref().and_then(Opt::subnet);
    let Some((address, source)) = question.client.ecs else {
        return if echoed.is_none() {
            Ok(())
        } else {
            Err("client subnet answered though none was asked (T256)".into())
        };
    };
    let Some((family, echoed_source, scope, octets)) = echoed else { return Err("client subnet is not echoed".into()) };
    let (_, asked) = subnet(address, source);
    if family.to_be_bytes() != asked[..2] || echoed_source != source || octets != &asked[4..] {
        return Err("client subnet is not echoed as asked (RFC 7871 §7.2.1)".into());
    }
    if scope > source {
        return Err(format!("scope {scope} is longer than the source {source}"));
    }
    let name = &question.name;
    let touched: Vec<_> = scene.touched.borrow().iter().cloned().collect();
    let plan = |address: IpAddr| -> Vec<String> {
        let preference = |(zone, name, rtype): &(usize, Name, RecordType)| {
            scene.preference(*zone, name, *rtype, address, question.client.source)
        };
        touched.iter().map(preference).collect()
    };
    let bytes = without_subnet(&question.ask(world));
    // Sound: whoever lies in the scope gets the same answer (P-11).
    for other in corners(scene.account, cuts, Block::new(address, scope).unwrap()) {
        let other = masked(other, source);
        if without_subnet(&question.asked_of(other, source).ask(world)) != bytes {
            return Err(format!("{name}: scope /{scope} of {address} holds {other}, which is answered otherwise"));
        }
    }
    // Exact: one bit wider lies someone with other preferences.
    if scope > 0 {
        let own = plan(address);
        let wider = corners(scene.account, cuts, Block::new(address, scope - 1).unwrap());
        if wider.into_iter().all(|other| plan(other) == own) {
            return Err(format!("{name}: scope /{scope} of {address} could be wider"));
        }
    }
    Ok(())
}

fn check(account: &Account, setting: &Setting, world: &World, draw: &Draw) -> Result<(), String> {
    let raw = scenery::raw_health(draw.health);
    let checks = &world.snapshot.checks;
    for (id, healthy) in &raw {
        if let Some(slot) = checks.slot(id) {
            // Lessened or not, a healthy member may be picked: what is permitted does not depend on shares.
            let share = if draw.health & 0x100 == 0 { FULL_SHARE } else { (draw.seed >> 8) as u8 | 1 };
            world.health.report(checks, slot, Finding { raw: scenery::status(*healthy), share, seen: true });
        }
    }
    world.settle();
    let listeners = scenery::listeners();
    let server = Region::from_code("us-east-1").unwrap();
    let Setting { rows, latency } = setting;
    let touched = Default::default();
    let scene = Scene { account, listeners: &listeners, rows, latency, raw: &raw, server, touched };
    let question = Question::of(account, draw);
    let bytes = question.ask(world);
    let message = decode(&bytes, true)?;
    if message.question != [(question.wire.clone(), question.rtype.0, 1)] {
        return Err("the question is not echoed as asked (Q-7)".into());
    }
    let mut guard = Guard { world, healthy: Vec::new(), wrong: None };
    if question.ask_seen(world, &mut guard) != bytes {
        return Err("the same question and seed are answered otherwise the second time".into());
    }
    if let Some(wrong) = guard.wrong {
        return Err(wrong);
    }
    let asked = format!("{} {} {:?} seed {}", question.name, question.rtype, question.client, question.seed);
    if message.flags & TC != 0 {
        if !question.client.udp || !message.answer.is_empty() {
            return Err(format!("{asked}: truncated without need, or with a part of the answer"));
        }
        return Ok(());
    }
    let Some(permitted) = scene.outcomes(&question.name, question.rtype, &question.client) else { return Ok(()) };
    let got = outcome(&message);
    if !permitted.contains(&got) {
        let some: Vec<String> = permitted.iter().take(4).map(describe).collect();
        return Err(format!(
            "{asked}\n got\n{}\n permitted ({}), among them\n{}",
            describe(&got),
            permitted.len(),
            some.join("\n")
        ));
    }
    if message.answer.first().is_some_and(|first| first.rtype != 39 && first.owner != question.wire) {
        return Err(format!("{asked}: the owner is not in the letters asked (Q-7)"));
    }
    let mut once = got.answer.clone();
    once.dedup();
    if once.len() != got.answer.len() {
        return Err(format!("{asked}: a record twice (RFC 2181 §5)\n{}", describe(&got)));
    }
    chain_in_order(&message)?;
    additional_is_mentioned(&message, account)?;
    check_scope(&scene, &setting.blocks(), world, &question, &message)
}

fn run(wishes: &Wishes, draws: &[Draw]) -> Result<(), TestCaseError> {
    let account = scenery::account(wishes);
    let setting = Setting::of(wishes);
    let world = world(&account, &setting.ground());
    for draw in draws {
        check(&account, &setting, &world, draw).map_err(|why| {
            let scene = scenery::describe(&account, &setting.rows, draw.health);
            TestCaseError::fail(format!("{why}\n{scene}latency {:?}", setting.latency))
        })?;
    }
    Ok(())
}

/// Q-1 … Q-20, §1.4, §1.5, §3, §4: whatever is answered, the oracle permits it, with a sound and exact scope.
#[test]
fn answers_are_permitted() {
    let cases = draws().div_ceil(PER_WORLD as u32);
    let config = Config { cases, max_shrink_iters: 4000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(scenery::wishes(), scenery::draws(1..=PER_WORLD)), |(wishes, draws)| run(&wishes, &draws))
        .unwrap_or_else(|error| fail(&error));
}

fn fail(error: &TestError<impl std::fmt::Debug>) {
    match error {
        TestError::Fail(why, _) => panic!("{why}"),
        TestError::Abort(why) => panic!("gave up: {why}"),
    }
}

/// Recompiling an unchanged account, afresh or on top of the old snapshot, changes no answer.
#[test]
fn recompiling_changes_nothing() {
    let config = Config { cases: draws() / 100, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(scenery::wishes(), scenery::draws(1..=20)), |(wishes, draws)| {
            let account = scenery::account(&wishes);
            let ground = Setting::of(&wishes).ground();
            let first = world(&account, &ground);
            let again = compile(&account, &ground, Some(&first.snapshot)).expect("an unchanged account compiles again");
            let health = HealthTable::new(&again.snapshot.checks);
            let again = World::new(Arc::new(again.snapshot), health);
            for draw in &draws {
                let question = Question::of(&account, draw);
                prop_assert_eq!(question.ask(&first), question.ask(&again));
            }
            Ok(())
        })
        .unwrap_or_else(|error| fail(&error));
}

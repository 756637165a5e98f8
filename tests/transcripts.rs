//! Transcripts: a world, a question, the whole reply, as text (`tests/transcripts/**/*.txt`).
//!
//! `UPDATE_EXPECT=1 cargo test --test transcripts` rewrites every expected reply to what is answered now; read the
//! difference before committing it. The format is told in `tests/transcripts/README.md`.

#[path = "common/message.rs"]
mod message;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use message::{Ask, Message, Opt, Record, TC, decode, subnet};
use waymark::model::check::{FULL_SHARE, Status};
use waymark::model::name::print_byte;
use waymark::model::place::{Continent, Coordinates, Country, Location, Region, Subdivision};
use waymark::model::view::Block;
use waymark::model::{CheckId, Name, Rdata, RecordType, rdata};
use waymark::policy::geoproximity::NegativeBias;
use waymark::policy::latency::LatencyTable;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::ranges::AddressMap;
use waymark::snapshot::{AnyMode, Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Transport, rcode, respond};

/// What the lines so far have set up.
#[derive(Default)]
struct Stage {
    texts: BTreeMap<String, String>,
    listeners: Vec<Arc<str>>,
    behaviour: Behaviour,
    places: Vec<(Block, Location)>,
    latency: String,
    health: Vec<(String, Status, u8)>,
    client: Option<IpAddr>,
    listener: u16,
    seed: u64,
    tolerance: f64,
    world: Option<Result<World, String>>,
}

/// One question as a line says it.
struct Question {
    ask: Ask,
    peer: Peer,
    seed: u64,
}

fn split<'t>(text: &'t str, at: &str) -> (&'t str, &'t str) {
    text.split_once(at).unwrap_or((text, ""))
}

fn block(text: &str) -> Block {
    let (address, len) = split(text, "/");
    Block::new(address.parse().expect(text), len.parse().expect(text)).expect(text)
}

impl Stage {
    fn new() -> Self {
        Self { listeners: vec!["main".into()], tolerance: 0.02, client: "192.0.2.77".parse().ok(), ..Self::default() }
    }

    /// A setting line; `false` when it is none.
    fn set(&mut self, line: &str) -> bool {
        let (verb, rest) = split(line, " ");
        let rest = rest.trim();
        match verb {
            "forget" => {
                self.texts.remove(rest).expect(line);
            }
            "listeners" => self.listeners = rest.split_whitespace().map(Arc::from).collect(),
            "behaviour" => {
                self.behaviour = Behaviour::default();
                rest.split_whitespace().for_each(|word| self.behave(word));
            }
            "place" => self.places.push(place(rest)),
            "latency" => self.latency += &format!("{rest}\n"),
            "health" => {
                let state = |word: &str| match word {
                    "up" => (Status::Healthy, FULL_SHARE),
                    "down" => (Status::Unhealthy, FULL_SHARE),
                    share => (Status::Healthy, share.parse().unwrap_or_else(|_| panic!("{line}: up, down or a share"))),
                };
                let settings = rest.split_whitespace().map(|word| split(word, "="));
                let states = settings.map(|(check, word)| (check.to_owned(), state(word)));
                self.health = states.map(|(check, (status, share))| (check, status, share)).collect();
            }
            "client" => self.client = Some(rest.parse().expect(line)),
            "at" => self.listener = self.listener(rest),
            "seed" => self.seed = rest.parse().expect(line),
            "tolerance" => self.tolerance = rest.parse().expect(line),
            _ => return false,
        }
        if matches!(verb, "client" | "at" | "seed" | "tolerance") {
            return true;
        }
        self.world = None;
        true
    }

    fn listener(&self, name: &str) -> u16 {
        self.listeners.iter().position(|known| &**known == name).expect(name) as u16
    }

    fn behave(&mut self, word: &str) {
        let (key, value) = split(word, "=");
        let behaviour = &mut self.behaviour;
        match (key, value) {
            ("authority_ns", "on") => behaviour.authority_ns = true,
            ("cname_chase", "off") => behaviour.cname_chase = false,
            ("any", "full") => behaviour.any = AnyMode::Full,
            ("udp_max", size) => behaviour.udp_max = size.parse().expect(word),
            ("negative_bias", "multiply") => behaviour.negative_bias = NegativeBias::Multiply,
            ("server", region) => behaviour.server_location = Region::from_code(region).expect(word),
            ("version", text) => behaviour.chaos.version = Some(text.to_owned()),
            ("id", text) => behaviour.chaos.id = Some(text.to_owned()),
            _ => panic!("behaviour {word}"),
        }
    }

    fn loaded(&self) -> Result<store::Loaded, String> {
        let files: Vec<(&str, &str)> = self.texts.iter().map(|(name, text)| (&name[..], &text[..])).collect();
        let options = store::Options { listeners: Some(self.listeners.clone()), ..store::Options::default() };
        store::load_texts(&files, &options).map_err(|problems| lines(&problems))
    }

    fn built(&self) -> Result<World, String> {
        let loaded = self.loaded()?;
        let mut locations = vec![Location::default()];
        let mut blocks = Vec::new();
        for (block, location) in &self.places {
            blocks.push((*block, locations.len() as u32));
            locations.push(*location);
        }
        let table = LatencyTable::parse("latency.csv", &self.latency).map_err(|problems| lines(&problems))?;
        let geography = Geography::new(locations, AddressMap::from_blocks(&blocks, 0), "transcript".to_owned());
        let ground = Ground {
            listeners: self.listeners.clone(),
            geography: Arc::new(geography.with_latency(table, None)),
            behaviour: self.behaviour.clone(),
        };
        let compiled = compile(&loaded.account, &ground, None).map_err(|problems| lines(&problems))?;
        let checks = &compiled.snapshot.checks;
        let health = HealthTable::new(checks);
        for (check, status, share) in &self.health {
            let slot = checks.slot(&CheckId(check.as_str().into())).unwrap_or_else(|| panic!("no check {check}"));
            health.report(checks, slot, Finding { raw: *status, share: *share, seen: true });
        }
        Ok(World::new(Arc::new(compiled.snapshot), health))
    }

    fn world(&mut self) -> Result<&World, String> {
        if self.world.is_none() {
            self.world = Some(self.built());
        }
        self.world.as_ref().expect("just built").as_ref().map_err(Clone::clone)
    }

    /// `TYPE NAME option …`
    fn question(&self, line: &str) -> Question {
        let mut words = line.split_whitespace();
        let rtype: RecordType = words.next().expect(line).parse().expect(line);
        let name = name_as_written(words.next().expect(line));
        let mut ask = Ask { id: 0x7711, flags: 0, name, rtype: rtype.0, class: 1, edns: None };
        let source = self.client.expect("a client");
        let mut peer = Peer { source, listener: self.listener, transport: Transport::Udp };
        let mut seed = self.seed;
        let opt = || Opt { udp: 1232, version: 0, dnssec_ok: false, options: Vec::new() };
        for word in words {
            let (key, value) = split(word, "=");
            match key {
                "tcp" => peer.transport = Transport::Tcp,
                "rd" => ask.flags |= 0x0100,
                "opcode" => ask.flags |= value.parse::<u16>().expect(word) << 11,
                "class" => ask.class = value.parse().expect(word),
                "from" => peer.source = value.parse().expect(word),
                "at" => peer.listener = self.listener(value),
                "seed" => seed = value.parse().expect(word),
                "edns" => ask.edns.get_or_insert_with(opt).version = value.parse().unwrap_or(0),
                "size" => ask.edns.get_or_insert_with(opt).udp = value.parse().expect(word),
                "do" => ask.edns.get_or_insert_with(opt).dnssec_ok = true,
                "ecs" => {
                    let (address, len) = split(value, "/");
                    let option = subnet(address.parse().expect(word), len.parse().expect(word));
                    ask.edns.get_or_insert_with(opt).options.push(option);
                }
                _ => panic!("{line}: option {word}"),
            }
        }
        Question { ask, peer, seed }
    }

    fn reply(&mut self, question: &Question, seed: u64) -> Result<Option<Message>, String> {
        let mut out = vec![0; 65_535];
        let reply = respond(self.world()?, &question.ask.bytes(), &question.peer, seed, &mut out, &mut ());
        Ok(reply.map(|reply| decode(&out[..reply.len], true).expect("a readable reply")))
    }

    /// How often each answer comes in `count` draws: whole answers, first records, or single records and their number.
    fn tally(&mut self, mode: &str, question: &Question, count: u32) -> Result<BTreeMap<String, f64>, String> {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for seed in 0..u64::from(count) {
            let message = self.reply(question, seed)?.ok_or("silence")?;
            let values: Vec<String> = message.answer.iter().map(value).collect();
            let mut sorted = values.clone();
            sorted.sort();
            let keys = match mode {
                "first" => values.into_iter().take(1).collect(),
                "each" => [values.clone(), vec![format!("records={}", values.len())]].concat(),
                _ if values.is_empty() => vec![code(&message)],
                _ => vec![sorted.join("+")],
            };
            keys.into_iter().for_each(|key| *seen.entry(key).or_default() += 1);
        }
        Ok(seen.into_iter().map(|(key, times)| (key, f64::from(times) / f64::from(count))).collect())
    }
}

fn lines(problems: &[waymark::model::Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// `198.51.100.0/24 NA US WA 47.61,-122.33`, `-` for what is not known.
fn place(line: &str) -> (Block, Location) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [at, continent, country, subdivision, point] = words[..] else { panic!("place {line}") };
    let known = |word: &'static str, text: &str| (text != "-").then(|| text.to_owned()).ok_or(word);
    let location = Location {
        continent: known("continent", continent).ok().map(|code| Continent::from_code(&code).expect(line)),
        country: known("country", country).ok().map(|code| Country::from_code(&code).expect(line)),
        subdivision: known("subdivision", subdivision).ok().map(|code| Subdivision::from_code(&code).expect(line)),
        point: known("point", point).ok().map(|text| {
            let (latitude, longitude) = split(&text, ",");
            Coordinates { latitude: latitude.parse().expect(line), longitude: longitude.parse().expect(line) }
        }),
    };
    (block(at), location)
}

/// A name in wire form with its letters as written.
fn name_as_written(text: &str) -> Vec<u8> {
    let folded = Name::parse(text, Some(&Name::root())).expect(text).wire().to_vec();
    if text.contains('\\') {
        return folded;
    }
    let mut wire = folded;
    let dotted = text.trim_end_matches('.');
    for (octet, letter) in wire.iter_mut().skip(1).zip(dotted.bytes()) {
        if letter != b'.' {
            *octet = letter;
        }
    }
    wire
}

fn name_text(wire: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = wire;
    while let Some((len, tail)) = rest.split_first().filter(|(len, _)| **len > 0) {
        let (label, after) = tail.split_at(usize::from(*len));
        label.iter().for_each(|byte| print_byte(*byte, &mut out));
        out.push('.');
        rest = after;
    }
    if out.is_empty() { ".".to_owned() } else { out }
}

fn value(record: &Record) -> String {
    rdata::print(RecordType(record.rtype), &Rdata(record.rdata.clone().into()))
}

fn code(message: &Message) -> String {
    match (message.rcode, message.answer.is_empty() && message.authority.iter().any(|record| record.rtype == 6)) {
        (0, true) => "NODATA".to_owned(),
        (code, _) => rcode::name(code).to_owned(),
    }
}

/// The reply as lines; records of one RRset in sorted order, since theirs is random.
fn printed(reply: Option<&Message>) -> Vec<String> {
    let Some(message) = reply else { return vec!["> silence".to_owned()] };
    let mut out = vec![format!("> {}", rcode::name(message.rcode))];
    for (bit, word) in [(0x0400, "aa"), (TC, "tc"), (0x0100, "rd"), (0x0080, "ra"), (0x0020, "ad"), (0x0010, "cd")] {
        if message.flags & bit != 0 {
            out[0] += &format!(" {word}");
        }
    }
    if message.question.is_empty() {
        out[0] += " without-question";
    }
    let sections =
        [("answer", &message.answer), ("authority", &message.authority), ("additional", &message.additional)];
    for (section, records) in sections {
        for rrset in records.chunk_by(|a, b| (&a.owner, a.rtype) == (&b.owner, b.rtype)) {
            let print = |record: &Record| {
                let rtype = RecordType(record.rtype);
                format!("> {section} {} {} {rtype} {}", name_text(&record.owner), record.ttl, value(record))
            };
            let mut lines: Vec<String> = rrset.iter().map(print).collect();
            lines.sort();
            if lines.len() > 12 {
                let more = format!("> {section} … {} records in all", lines.len());
                lines.truncate(3);
                lines.push(more);
            }
            out.extend(lines);
        }
    }
    if let Some(opt) = &message.opt {
        let mut line = format!("> edns udp={}", opt.udp);
        if opt.version != 0 {
            write!(line, " version={}", opt.version).unwrap();
        }
        if opt.dnssec_ok {
            line += " do";
        }
        if let Some((family, source, scope, octets)) = opt.subnet() {
            let mut bytes = [0; 16];
            bytes[..octets.len()].copy_from_slice(octets);
            let address = match family {
                1 => IpAddr::from(*bytes.first_chunk::<4>().unwrap()).to_string(),
                2 => IpAddr::from(bytes).to_string(),
                _ => format!("family{family}"),
            };
            write!(line, " ecs={address}/{source}/{scope}").unwrap();
        }
        out.push(line);
    }
    out
}

/// Plays one transcript; returns its text with the replies of now, and what differs.
fn play(text: &str, folder: &Path, wrong: &mut Vec<String>) -> String {
    let mut stage = Stage::new();
    let mut out: Vec<String> = Vec::new();
    let mut case = String::new();
    let all: Vec<&str> = text.lines().collect();
    let mut at = 0;
    let mut asked = 0;
    while at < all.len() {
        let line = all[at];
        out.push(line.to_owned());
        at += 1;
        let (verb, rest) = split(line, " ");
        match verb {
            "" | "#" => {}
            "include" => {
                let path = folder.join(format!("{rest}.inc"));
                let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let lines: Vec<&str> = text.lines().collect();
                let mut at = 0;
                while at < lines.len() {
                    let line = lines[at];
                    at += 1;
                    if let Some(file) = line.strip_prefix("<<< ") {
                        let end = at + lines[at..].iter().position(|line| *line == ">>>").expect("an end of the file");
                        stage.texts.insert(file.to_owned(), lines[at..end].join("\n"));
                        stage.world = None;
                        at = end + 1;
                    } else if !line.is_empty() && !line.starts_with('#') {
                        assert!(stage.set(line), "{rest}.inc: {line}");
                    }
                }
            }
            "case" => case = rest.to_owned(),
            "<<<" | "<<!" => {
                let end = at + all[at..].iter().position(|line| *line == ">>>").expect("an end of the file");
                let before = stage.texts.insert(rest.to_owned(), all[at..end].join("\n"));
                out.extend(all[at..=end].iter().map(|line| (*line).to_owned()));
                at = end + 1;
                stage.world = None;
                if verb == "<<!" {
                    let refused = stage.built().err().unwrap_or_else(|| "it loads".to_owned());
                    let now: Vec<String> = refused.lines().map(|line| format!("! {line}")).collect();
                    expect(&all, &mut at, "! ", &now, &case, rest, wrong, &mut out);
                    match before {
                        Some(before) => stage.texts.insert(rest.to_owned(), before),
                        None => stage.texts.remove(rest),
                    };
                }
            }
            "ask" => {
                asked += 1;
                let question = stage.question(rest);
                let reply = stage.reply(&question, question.seed);
                let now = match reply {
                    Ok(reply) => printed(reply.as_ref()),
                    Err(problems) => problems.lines().map(|line| format!("> does not load: {line}")).collect(),
                };
                expect(&all, &mut at, "> ", &now, &case, rest, wrong, &mut out);
            }
            "draws" => {
                asked += 1;
                let mut words = rest.splitn(3, ' ');
                let count = words.next().and_then(|count| count.parse().ok()).expect(line);
                let mode = words.next().expect(line);
                let question = stage.question(words.next().expect(line));
                let tally = stage.tally(mode, &question, count);
                let tally = tally.unwrap_or_else(|problems| BTreeMap::from([(problems, 0.0)]));
                let mut wanted: BTreeMap<String, f64> = BTreeMap::new();
                while let Some(line) = all.get(at).filter(|line| line.starts_with("= ")) {
                    let (key, share) = line[2..].rsplit_once(' ').expect(line);
                    wanted.insert(key.to_owned(), share.parse().expect(line));
                    out.push((*line).to_owned());
                    at += 1;
                }
                let fits = tally.len() == wanted.len()
                    && wanted.iter().all(|(key, share)| {
                        tally.get(key).is_some_and(|seen| {
                            (seen - share).abs() <= if *share == 1.0 { 0.0 } else { stage.tolerance }
                        })
                    });
                if !fits {
                    wrong.push(format!("{case}\n  {line}\n  wanted {wanted:?}\n  drawn  {tally:?}"));
                }
            }
            _ => assert!(stage.set(line), "{line}: no such line in a transcript"),
        }
    }
    assert!(asked > 0, "a transcript that asks nothing");
    out.join("\n") + "\n"
}

/// Compares the lines that follow with those of now, and writes those of now.
#[expect(clippy::too_many_arguments, reason = "one step of playing")]
fn expect(
    all: &[&str],
    at: &mut usize,
    prefix: &str,
    now: &[String],
    case: &str,
    asked: &str,
    wrong: &mut Vec<String>,
    out: &mut Vec<String>,
) {
    let from = *at;
    while all.get(*at).is_some_and(|line| line.starts_with(prefix)) {
        *at += 1;
    }
    if all[from..*at] != *now {
        let before = all[from..*at].join("\n    ");
        wrong.push(format!("{case}\n  {asked}\n  wanted\n    {before}\n  got\n    {}", now.join("\n    ")));
    }
    out.extend_from_slice(now);
}

fn transcripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of transcripts") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            transcripts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn transcripts_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut paths = Vec::new();
    transcripts(&folder, &mut paths);
    assert!(!paths.is_empty());
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a transcript");
        let mut here = Vec::new();
        let now = play(&text, &folder, &mut here);
        let file = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        wrong.extend(here.into_iter().map(|what| format!("{file}: {what}")));
        if update && now != text {
            std::fs::write(&path, now).expect("a transcript to rewrite");
        }
    }
    assert!(wrong.is_empty(), "{}\n\n{} differ", wrong.join("\n\n"), wrong.len());
}

/// Every case of the specification's §10 is in `tests/spec/cases.md`, and where it says tested, a test cites it.
#[test]
fn every_case_is_accounted_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("tests/spec/cases.md")).expect("the table of cases");
    let mut texts = Vec::new();
    collect(&root.join("tests"), &mut texts);
    collect(&root.join("src"), &mut texts);
    let mut listed = 0;
    let mut missing = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| T")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, id, place, ..] = cells[..] else { panic!("{line}") };
        listed += 1;
        if let Some(place) = place.strip_prefix("tested: ") {
            let cites = |text: &str| text.contains(id) || text.contains(&format!("{}_", id.to_lowercase()));
            let cited = texts.iter().any(|(path, text)| path.ends_with(place) && cites(text));
            if !cited {
                missing.push(format!("{id} is not cited in {place}"));
            }
        } else {
            assert!(!place.is_empty(), "{id}: neither tested nor said why not");
            let named = format!("{}_", id.to_lowercase());
            for (path, _) in
                texts.iter().filter(|(_, text)| text.contains(&named) || text.contains(&format!("case {id}")))
            {
                missing.push(format!("{id} is said not to be here, and {} cites it", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert_eq!(listed, CASES, "cases listed");
}

/// How many cases §10 of the specification has.
const CASES: usize = 308;

fn collect(folder: &Path, texts: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, texts);
        } else if !path.ends_with("cases.md")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.push((path, text));
        }
    }
}

//! What the documents and samples show is true: every example loads, and every shown mistake is told as shown.

use std::fs;
use std::path::Path;

use waymark::config::Config;
use waymark::model::fleet::{Webhook, WebhookForm};
use waymark::model::signing::Wish;
use waymark::model::transfer::Transfers;
use waymark::model::{Problem, RateLimit};
use waymark::store::{self, Options};

/// A fenced block: what stands behind the backticks, its text, and the line it begins at.
struct Block {
    info: String,
    text: String,
    line: usize,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(info), None) => {
                open = Some(Block { info: info.to_owned(), text: String::new(), line: index + 1 });
            }
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// What examples take for granted.
const CONTEXT: [(&str, &str); 3] = [
    ("[check.web-1]", "[check.web-1]\ntcp = \"192.0.2.1:80\"\n"),
    ("[check.web-2]", "[check.web-2]\ntcp = \"192.0.2.2:80\"\n"),
    ("[collection.isps]", "[collection.isps]\nisp-a = [\"203.0.113.0/24\"]\n"),
];

/// What loading an example says, warnings of unused checks aside.
fn load(example: &str) -> Vec<Problem> {
    let zoned = example.lines().any(|line| line.starts_with("zone = ")) || !example.contains("[[record]]");
    let text = if zoned { example.to_owned() } else { format!("zone = \"example.com\"\n{example}") };
    let missing = CONTEXT.iter().filter(|(head, _)| !example.contains(head));
    let context: String = missing.map(|(_, text)| *text).chain(["# context\n"]).collect();
    let mut files = vec![("example.com.toml", text.as_str())];
    if context.contains('[') {
        files.push(("context.toml", &context));
    }
    let said =
        store::load_texts(&files, &Options::default()).map_or_else(|problems| problems, |loaded| loaded.warnings);
    said.into_iter().filter(|problem| !problem.what.contains("is used by no record")).collect()
}

#[test]
fn every_zone_in_the_document_loads() {
    let document = read("docs/zones.md");
    let mut policies = String::new();
    let mut count = 0;
    for block in blocks(&document).iter().filter(|block| block.info == "toml") {
        let said = load(&block.text);
        assert!(said.is_empty(), "docs/zones.md:{}: {said:#?}", block.line);
        policies.push_str(&block.text);
        count += 1;
    }
    assert!(count >= 20, "{count} examples");
    for policy in ["weighted", "failover", "latency", "geolocation", "geoproximity", "ip", "multivalue"] {
        assert!(policies.contains(&format!("\n{policy} = ")), "no example of {policy}");
    }
}

#[test]
fn the_mistakes_in_the_document_are_told_as_shown() {
    let document = read("docs/zones.md");
    let blocks = blocks(&document);
    let at = blocks.iter().position(|block| block.info == "toml wrong").unwrap();
    let said: String = load(&blocks[at].text).iter().map(|problem| format!("{problem}\n")).collect();
    assert_eq!(blocks[at + 1].text, said);
}

#[test]
fn every_configuration_in_the_document_loads() {
    for (name, least) in [("docs/configuration.md", 8), ("docs/edge.md", 6), ("docs/api.md", 2), ("docs/dnssec.md", 0)]
    {
        let document = read(name);
        let examples: Vec<_> = blocks(&document).into_iter().filter(|block| block.info == "toml").collect();
        assert!(examples.len() >= least);
        for block in examples {
            let config = Config::parse("waymark.toml", &block.text);
            assert!(config.is_ok(), "{name}:{}: {config:#?}", block.line);
        }
    }
}

#[test]
fn the_example_configuration_shows_the_defaults() {
    let text = read("waymark.example.toml");
    let nothing = Config::parse("waymark.toml", "").unwrap();
    assert_eq!(Config::parse("waymark.toml", &text).unwrap(), nothing);

    // With every key written out, what has a default keeps it.
    let shown: String = text.lines().map(|line| format!("{}\n", bare(line))).collect();
    let shown = Config::parse("waymark.toml", &shown).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mut expected = nothing.clone();
    assert!(shown.geoip.is_some() && shown.asn.is_some() && shown.latency.is_some() && shown.query_log.is_some());
    (expected.geoip, expected.asn, expected.latency) = (shown.geoip.clone(), shown.asn.clone(), shown.latency.clone());
    assert!(shown.user.is_some());
    (expected.workers, expected.user) = (shown.workers, shown.user.clone());
    assert!(shown.names_state && !nothing.names_state);
    expected.names_state = true;
    let bare = "[tls]\ncertificate = \"c\"\nkey = \"k\"\ndot = \"127.0.0.1:853\"\n";
    let bare = Config::parse("waymark.toml", bare).unwrap().tls.unwrap();
    assert_eq!(shown.tls.as_ref().map(|tls| &tls.doh_path), Some(&bare.doh_path), "the default path");
    expected.tls = shown.tls.clone();
    let api = shown.api.clone().expect("[api]");
    assert!(api.certificate.is_some() && !api.keys.is_empty() && !api.pending.is_zero());
    let bare = Config::parse("waymark.toml", "[api]\n").unwrap().api.expect("[api]");
    assert_eq!((&api.listen, api.is_open), (&bare.listen, bare.is_open), "defaults");
    expected.api = Some(api);
    (expected.query_log, expected.store) = (shown.query_log.clone(), shown.store.clone());
    assert!(shown.behaviour.chaos.version.is_some() && shown.behaviour.chaos.id.is_some());
    expected.behaviour.chaos = shown.behaviour.chaos.clone();
    assert!(!shown.behaviour.nsid.is_empty() && shown.cookies.secret.is_some());
    expected.behaviour.nsid = shown.behaviour.nsid.clone();
    (expected.cookies.secret, expected.cookies.others) = (shown.cookies.secret, shown.cookies.others);
    let limit = Config::parse("waymark.toml", "[rate_limit]\n").unwrap().behaviour.rate_limit.unwrap();
    let exempt = shown.behaviour.rate_limit.as_ref().map(|limit| limit.exempt.clone()).unwrap_or_default();
    expected.behaviour.rate_limit = Some(RateLimit { exempt, ..limit });
    let transfers = &shown.behaviour.transfers;
    assert!(!transfers.keys.is_empty() && transfers.general.notify.is_some() && !transfers.zones.is_empty());
    assert_eq!((transfers.at_once, transfers.journal), (Transfers::default().at_once, Transfers::default().journal));
    expected.behaviour.transfers = transfers.clone();
    let plan = &shown.health.plan;
    assert!(plan.resolver.is_some() && plan.push_token.is_some() && plan.webhooks[0].authorization.is_some());
    assert!(plan.checkers[0].region.is_some() && plan.checkers[0].source.is_some());
    let webhook = Webhook { form: WebhookForm::Json, ..plan.webhooks[0].clone() };
    assert_eq!(plan.webhooks, [webhook], "the default form");
    expected.health.plan.resolver = plan.resolver;
    expected.health.plan.push_token = plan.push_token.clone();
    expected.health.plan.webhooks = plan.webhooks.clone();
    expected.health.plan.checkers = plan.checkers.clone();
    assert_eq!(shown, expected);
    let store::Options { providers, views, name_servers, hostmaster, listeners, alarms, dnssec } = shown.store;
    assert_eq!(listeners, Some(expected.listener_names()));
    assert!(!providers.is_empty() && !views.is_empty() && !name_servers.is_empty() && hostmaster.is_some());
    let [wish] = &Vec::from_iter(dnssec.values())[..] else { panic!("{dnssec:?}") };
    let bare = Config::parse("waymark.toml", "[dnssec.zone.a]\n").unwrap().store.dnssec;
    let bare = Wish { at: wish.at.clone(), ..bare.into_values().next().unwrap() };
    assert_eq!(*wish, &bare, "defaults");
    let [alarm] = &Vec::from_iter(alarms.values())[..] else { panic!("{alarms:?}") };
    let bare = "[alarm.a]\nprometheus = \"http://p\"\nquery = \"x\"\nunhealthy_when = \"> 80\"\n";
    let bare = Config::parse("waymark.toml", bare).unwrap().store.alarms["a"].clone();
    assert_eq!((alarm.interval, alarm.missing), (bare.interval, bare.missing), "defaults");
}

/// A line with the `#` in front of a key taken off.
fn bare(line: &str) -> &str {
    line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)
}

/// The keys the reader knows where `text` has the unknown key `xyzzyxyzzy`.
fn known(problems: &[Problem]) -> Vec<String> {
    let unknown = problems.iter().find(|problem| problem.what.ends_with("unknown key `xyzzyxyzzy`")).unwrap();
    let known = unknown.mend.strip_prefix("known here: ").unwrap_or_else(|| panic!("{unknown}"));
    known.split(", ").map(str::to_owned).collect()
}

/// A check of every kind.
const KINDS: [&str; 14] = [
    "http = \"http://h/\"",
    "https = \"https://h/\"",
    "tcp = \"h:1\"",
    "tls = \"h:1\"",
    "grpc = \"grpc://h:1\"",
    "grpc = \"grpcs://h:1\"",
    "icmp = \"h\"",
    "dns = \"h\"",
    "calculated = []",
    "given = \"healthy\"",
    "prometheus = \"http://p\"",
    "alertmanager = \"http://a\"",
    "file = \"/f\"",
    "push = true",
];

/// Every key of every kind of check stands in a table of the page on health.
#[test]
fn every_key_of_a_check_is_told_with_its_meaning() {
    let document = read("docs/health.md");
    for kind in KINDS {
        let text = format!("[check.a]\n{kind}\nxyzzyxyzzy = 1\n");
        let problems = store::load_texts(&[("z.toml", &text)], &Options::default()).unwrap_err();
        for key in known(&problems) {
            let row = document.lines().any(|line| {
                line.strip_prefix("| ")
                    .is_some_and(|row| row.split(" | ").next().is_some_and(|cell| cell.contains(&format!("`{key}"))))
            });
            assert!(row, "{key} of {kind} has no row");
        }
    }
}

#[test]
fn every_key_of_a_zone_file_is_documented() {
    let document = read("docs/zones.md");
    let (body, table) = document.split_once("# Every key").unwrap();
    let entry = |policy: &str, key: &str| format!("[[record]]\n{policy} = [{{ xyzzyxyzzy = 1, {key}value = \"\" }}]\n");
    let tables = [
        "xyzzyxyzzy = 1\n".to_owned(),
        "[[record]]\nxyzzyxyzzy = 1\n".to_owned(),
        "[[record]]\nfailover = { xyzzyxyzzy = 1 }\n".to_owned(),
        "[[record]]\nip = { xyzzyxyzzy = 1, choices = [] }\n".to_owned(),
        entry("weighted", ""),
        entry("latency", ""),
        entry("geolocation", ""),
        entry("geoproximity", ""),
        "[[record]]\nip = { collection = \"c\", choices = [{ xyzzyxyzzy = 1 }] }\n".to_owned(),
        "[view.a]\nxyzzyxyzzy = 1\n".to_owned(),
        "zone = \"a.test\"\n[dnssec]\nxyzzyxyzzy = 1\n".to_owned(),
        "[[provider]]\nxyzzyxyzzy = 1\n".to_owned(),
    ];
    let tables: Vec<_> =
        tables.into_iter().chain(KINDS.map(|kind| format!("[check.a]\n{kind}\nxyzzyxyzzy = 1\n"))).collect();
    let mut count = 0;
    for text in &tables {
        let problems = store::load_texts(&[("z.toml", text)], &Options::default()).unwrap_err();
        for key in known(&problems) {
            let headed = [format!("`{key}`"), format!("[{key}."), format!("[[{key}]]")];
            assert!(headed.iter().any(|shown| table.contains(shown)), "{key} is not in the table of keys");
            assert!(body.contains(&key), "{key} is only listed");
            count += 1;
        }
    }
    assert!(count > 60, "{count} keys");
}

#[test]
fn every_key_of_the_configuration_is_documented() {
    let document = read("docs/configuration.md") + &read("docs/edge.md");
    let example = read("waymark.example.toml");
    let sections = [
        "",
        "[dns]",
        "[tls]",
        "[cookies]",
        "[rate_limit]",
        "[geo]",
        "[health]",
        "[log]",
        "[query_log]",
        "[checker.a]",
        "[webhook.a]",
        "[listen.a]",
        "[key.a]",
        "[transfer]",
        "[transfer.zone.a]",
        "[dnssec]",
        "[dnssec.zone.a]",
        "[api]",
        "[api.tls]",
        "[api.key.a]",
        "[api.limit]",
    ];
    let alarms = &KINDS[KINDS.len() - 4..];
    let sections =
        sections.into_iter().map(str::to_owned).chain(alarms.iter().map(|kind| format!("[alarm.a]\n{kind}")));
    for head in sections {
        let head = format!("{head}\n");
        let problems = Config::parse("waymark.toml", &format!("{head}xyzzyxyzzy = 1\n")).unwrap_err();
        for key in known(&problems) {
            for (name, text) in [("the document", &document), ("the example", &example)] {
                let headed = [format!("{key} = "), format!("[{key}]"), format!("[{key}."), format!("[[{key}]]")];
                let below = format!(".{key}.\"");
                let told = text.contains(&below)
                    || headed.iter().any(|shown| text.contains(shown))
                    || ALSO.contains(&&*key) && text.contains(&key);
                assert!(told, "{key} is not in {name}");
            }
        }
    }
}

/// Keys that stand in for another and are named beside it.
const ALSO: [&str; 11] = [
    "limit",
    "push_token_file",
    "url_file",
    "authorization_file",
    "secret_file",
    "previous_file",
    "next_file",
    "alertmanager",
    "matchers",
    "file",
    "push",
];

#[test]
fn the_samples_load_without_a_word() {
    let zones = Path::new(env!("CARGO_MANIFEST_DIR")).join("zones");
    let loaded = store::load(&zones, &Options::default(), None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{warnings:#?}");
}

#[test]
fn the_samples_show_every_policy() {
    use waymark::model::routing::PolicyName as P;
    let zones = Path::new(env!("CARGO_MANIFEST_DIR")).join("zones");
    let names = ["shared.toml", "sample.toml", "tree.toml", "private.toml"];
    let texts = names.map(|name| (name, fs::read_to_string(zones.join(name)).unwrap()));
    let files = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let loaded = store::load_texts(&files, &Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(loaded.warnings.is_empty(), "{:#?}", loaded.warnings);
    let groups = loaded.account.zones.iter().flat_map(|zone| zone.groups.values());
    let shown: std::collections::BTreeSet<_> = groups.map(|group| group.routing.name()).collect();
    let all =
        [P::Simple, P::Weighted, P::Latency, P::Failover, P::Geolocation, P::Geoproximity, P::IpBased, P::Multivalue];
    assert_eq!(shown, all.into());
}

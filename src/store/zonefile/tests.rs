//! Master files whole: directives, inheritance, recovery, and the rules of a zone.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::rdata::print;
use crate::model::routing::{Routing, Target};

const HEAD: &str = "$TTL 300\n@ SOA ns1 host 1 2 3 4 60\n@ NS ns1\nns1 A 192.0.2.1\n";

struct Loaded {
    zone: Option<HostedZone>,
    problems: Vec<Problem>,
}

fn load_with(files: &[(&str, &str)]) -> Loaded {
    let map: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut include =
        |path: &str| map.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "no such file".to_owned());
    let mut problems = Vec::new();
    let (name, text) = files[0];
    let mut zones = load(name, text.as_bytes(), &mut include, &mut problems);
    assert!(zones.len() <= 1);
    Loaded { zone: zones.pop(), problems }
}

fn load_one(text: &str) -> Loaded {
    load_with(&[("z/example.com.zone", text)])
}

/// The records as `owner ttl type data`, without those of `HEAD`.
fn records(loaded: &Loaded) -> Vec<String> {
    let zone = loaded.zone.as_ref().expect("a zone");
    let mut out = Vec::new();
    for ((owner, rtype), group) in &zone.groups {
        let Routing::Simple(candidate) = &group.routing else { panic!("simple") };
        let Target::Values { ttl, rdata } = &candidate.target else { panic!("values") };
        out.extend(rdata.iter().map(|one| format!("{owner} {ttl} {rtype} {}", print(*rtype, one))));
    }
    out.retain(|record| !record.contains(" SOA ") && !record.contains("ns1.example.com."));
    out
}

fn clean(text: &str) -> Vec<String> {
    let loaded = load_one(text);
    assert_eq!(loaded.problems, [], "{text}");
    records(&loaded)
}

/// The problems as `line: word…`, where each expected text must be found in what is said.
#[track_caller]
fn says(loaded: &Loaded, expected: &[(u32, Severity, &str)]) {
    let shown: Vec<String> = loaded.problems.iter().map(Problem::to_string).collect();
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for (problem, (line, severity, what)) in loaded.problems.iter().zip(expected) {
        assert_eq!((problem.at.line, problem.severity), (*line, *severity), "{problem}");
        assert!(problem.what.contains(what), "{problem} lacks {what:?}");
    }
}

use Severity::{Error, Warning};

#[test]
fn owners_classes_and_ttls_in_any_order() {
    let text = format!(
        "{HEAD}a 60 IN A 192.0.2.2\n  IN 1h30m AAAA 2001:db8::1\n\tTXT x\nB.c A 192.0.2.3\nd.example.com. class1 a 192.0.2.4\n"
    );
    assert_eq!(
        clean(&text),
        [
            "a.example.com. 60 A 192.0.2.2",
            "a.example.com. 300 TXT \"x\"",
            "a.example.com. 5400 AAAA 2001:db8::1",
            "b.c.example.com. 300 A 192.0.2.3",
            "d.example.com. 300 A 192.0.2.4",
        ]
    );
}

#[test]
fn a_missing_ttl_is_the_last_one_or_the_soa_minimum() {
    let soa = "@ SOA ns1 host 1 2 3 4 60\n@ NS ns1\nns1 A 192.0.2.1\n";
    assert_eq!(clean(&format!("{soa}a A 192.0.2.2\n")), ["a.example.com. 60 A 192.0.2.2"], "RFC 2308 §4");
    assert_eq!(
        clean(&format!("{soa}a 7 A 192.0.2.2\nb A 192.0.2.3\n$TTL 9\nc A 192.0.2.4\nd 8 A 192.0.2.5\ne A 192.0.2.6\n")),
        [
            "a.example.com. 7 A 192.0.2.2",
            "b.example.com. 7 A 192.0.2.3",
            "c.example.com. 9 A 192.0.2.4",
            "d.example.com. 8 A 192.0.2.5",
            "e.example.com. 9 A 192.0.2.6",
        ],
        "RFC 1035 §5.1: the last stated; RFC 2308 §4: $TTL before it"
    );
}

#[test]
fn parentheses_comments_escapes_and_unknown_types() {
    let text = format!(
        "{HEAD}@ MX ( 10 ; first\n  mail ) ; end\nmail A 192.0.2.9\nt TXT \"two\nlines\" a\\;b \\065\nu TYPE65280 \\# 4 (0A00\n 0001)\na\\.b\\064 A \\# 4 C0000207\n"
    );
    assert_eq!(
        clean(&text),
        [
            r#"t.example.com. 300 TXT "two\010lines" "a;b" "A""#,
            r"u.example.com. 300 TYPE65280 \# 4 0A000001",
            r"a\.b\@.example.com. 300 A 192.0.2.7",
            "mail.example.com. 300 A 192.0.2.9",
            "example.com. 300 MX 10 mail.example.com.",
        ]
    );
}

#[test]
fn the_origin_is_the_stem_until_said_otherwise() {
    let text =
        "$ORIGIN Example.NET.\n$TTL 1\n@ SOA a.x. b.x. 1 2 3 4 5\n@ NS Host.x.\n$ORIGIN sub\nw NS x\nx.w A 192.0.2.1\n";
    let loaded = load_with(&[("any.zone", text)]);
    says(&loaded, &[(6, Warning, "x.sub.example.net. has no address")][..0]);
    assert_eq!(
        records(&loaded),
        [
            "w.sub.example.net. 1 NS x.sub.Example.NET.",
            "x.w.sub.example.net. 1 A 192.0.2.1",
            "example.net. 1 NS Host.x.",
        ],
        "letter case inside values is kept"
    );
    let zone = loaded.zone.unwrap();
    assert_eq!((zone.name.to_string().as_str(), zone.at.line), ("example.net.", 3));
    assert_eq!(&*zone.id.0, "example.net");
}

#[test]
fn includes_are_beside_the_file_and_bounded() {
    let main = format!("{HEAD}$INCLUDE inc/a sub\nafter A 192.0.2.9\n$INCLUDE \"/abs\"\n TXT still-after\n");
    let loaded = load_with(&[
        ("z/example.com.zone", &main),
        ("z/inc/a", "@ A 192.0.2.5\n$ORIGIN deep\n$INCLUDE ../b\nx A 192.0.2.6\n"),
        ("z/b", "y A 192.0.2.7\nz A bad\n"),
        ("/abs", "abs A 192.0.2.8\n"),
    ]);
    assert_eq!(loaded.problems.len(), 1);
    assert_eq!(loaded.problems[0].at.to_string(), "z/b:2", "the included file's own line");
    assert_eq!(
        records(&loaded),
        [
            "x.deep.sub.example.com. 300 A 192.0.2.6",
            "y.deep.sub.example.com. 300 A 192.0.2.7",
            "abs.example.com. 300 A 192.0.2.8",
            "sub.example.com. 300 A 192.0.2.5",
            "after.example.com. 300 A 192.0.2.9",
            "after.example.com. 300 TXT \"still-after\"",
        ],
        "origin and owner come back after an include"
    );
    let loop_ = load_with(&[
        ("z/example.com.zone", &format!("{HEAD}$INCLUDE a\n")),
        ("z/a", "$INCLUDE ./b\n"),
        ("z/b", "$INCLUDE a\n$INCLUDE nowhere\n$INCLUDE\n"),
    ]);
    says(&loop_, &[(1, Error, "includes itself"), (2, Error, "no such file"), (3, Error, "takes a file")]);
}

#[test]
fn generate_writes_entries() {
    let text = format!(
        "{HEAD}$GENERATE 1-3/2 h$ 60 A 192.0.2.$\n$GENERATE 10-11 ${{0,3,n}} PTR h${{-9}}.x.\n$GENERATE 1-2 m$ IN MX \"10 m$.x.\"\n$GENERATE 1-1 u$ URI 1 1 \"http://$ /\"\n"
    );
    assert_eq!(
        clean(&text),
        [
            "a.0.example.com. 300 PTR h1.x.",
            "b.0.example.com. 300 PTR h2.x.",
            "h1.example.com. 60 A 192.0.2.1",
            "h3.example.com. 60 A 192.0.2.3",
            "m1.example.com. 300 MX 10 m1.x.",
            "m2.example.com. 300 MX 10 m2.x.",
            "u1.example.com. 300 URI 1 1 \"http://1 /\"",
        ]
    );
    let text = format!(
        "{HEAD}$GENERATE 0-300 h$ A 192.0.2.$\n$GENERATE 0-9999999 h$ A 192.0.2.1\n$GENERATE 1-2 a\n$GENERATE 2-1 a A 192.0.2.1\n$GENERATE 1-2 a$ A ${{q}}\n"
    );
    says(
        &load_one(&text),
        &[
            (5, Error, "\"192.0.2.256\" is not an IPv4 address"),
            (6, Error, "10000000 records"),
            (7, Error, "no type"),
            (8, Error, "no range"),
            (9, Error, "modifier"),
        ],
    );
}

#[test]
fn every_mistake_is_reported_in_one_pass() {
    let text = "\
$TTL 1x
@ 300 SOA ns1 host 1 2 3 4 60
  NS ns1
ns1 A 192.0.2.999
a..b A 192.0.2.1
 A 192.0.2.2
c CH A 192.0.2.1
d 2147483648 A 192.0.2.1
e BOGUS x
f
$WHAT x
g TXT \"never closed
h MX mail
i ANY x
j A 192.0.2.1 extra
k NULL x
l ( A
m A 192.0.2.4
";
    says(
        &load_one(text),
        &[
            (1, Error, "$TTL takes"),
            (4, Error, "A record of ns1.example.com.: \"192.0.2.999\" is not an IPv4 address"),
            (5, Error, "the owner \"a..b\" is not a domain name: a label is empty"),
            (7, Error, "class \"CH\" is not served"),
            (8, Error, "the TTL \"2147483648\""),
            (9, Error, "\"BOGUS\" is no record type"),
            (10, Error, "no type"),
            (11, Error, "\"$WHAT\" is no directive"),
            (12, Error, "a quotation mark is never closed"),
            (13, Error, "MX record of h.example.com."),
            (14, Error, "type ANY is never zone data"),
            (15, Error, "\"extra\" is more"),
            (16, Error, "type NULL has no text form"),
            (17, Error, "a parenthesis is never closed"),
        ],
    );
}

#[test]
fn the_zone_as_a_whole() {
    let text = format!(
        "{HEAD}out.example.org. A 192.0.2.1
@ SOA ns1 host 2 2 3 4 60
sub SOA ns1 host 1 2 3 4 60
c CNAME x.
c A 192.0.2.1
cc CNAME x.
cc CNAME y.
d DNAME x.
d CNAME x.
"
    );
    says(
        &load_one(&text),
        &[
            (2, Error, "several SOA"),
            (5, Error, "outside zone example.com."),
            (7, Error, "SOA record of sub.example.com."),
            (8, Error, "c.example.com. has a CNAME and a A record (z/example.com.zone:9)"),
            (10, Error, "several CNAME"),
            (13, Error, "d.example.com. has a CNAME and a DNAME"),
        ],
    );
    says(&load_one("$TTL 1\n@ SOA a.x. b.x. 1 2 3 4 5\n"), &[(2, Error, "no NS record at its apex")]);
    says(&load_one("$TTL 1\n@ NS a.x.\n"), &[(0, Error, "no SOA")]);
    says(&load_one("$TTL 1\n@ SOA a.x.\n@ NS a.x.\n"), &[(2, Error, "SOA record of example.com.")]);
    says(&load_one(""), &[(0, Error, "no SOA")]);
}

#[test]
fn doubts_are_warnings() {
    let text = format!(
        "{HEAD}a 60 A 192.0.2.1
a 50 A 192.0.2.2
a A 192.0.2.1
m MX 10 alias
alias CNAME a
sub NS ns.sub
sub NS NS.sub
sub NS alias
ok NS ns.elsewhere
d DS 1 8 2 00
"
    );
    let loaded = load_one(&text);
    says(
        &loaded,
        &[
            (6, Warning, "have the TTLs 60 and 50; 50 is served"),
            (7, Warning, "given twice: 192.0.2.1"),
            (8, Warning, "its target alias.example.com. is a CNAME"),
            (10, Warning, "its server ns.sub.example.com. has no address"),
            (10, Warning, "its target alias.example.com. is a CNAME"),
            (11, Warning, "given twice: NS.sub.example.com."),
            (14, Warning, "does not have the length of its type"),
        ],
    );
    assert_eq!(records(&loaded)[..2], ["a.example.com. 50 A 192.0.2.1", "a.example.com. 50 A 192.0.2.2"]);
}

#[test]
fn large_sets_lose_their_duplicates_too() {
    let mut text = HEAD.to_owned();
    for at in 0..200 {
        text.push_str(&format!("t TXT \"{}\"\nn PTR X{}.x.\nn PTR x{}.x.\n", at % 100, at % 50, at % 50));
    }
    let loaded = load_one(&text);
    assert_eq!(records(&loaded).len(), 150);
    assert_eq!(loaded.problems.len(), 100 + 350);
}

#[test]
fn problems_are_bounded() {
    let text = format!("{HEAD}{}", "x A bad\n".repeat(5000));
    let loaded = load_one(&text);
    assert_eq!(loaded.problems.len(), 1001);
    assert!(loaded.problems[1000].what.contains("more problems"));
    assert!(loaded.problems[1000].is_error());
}

/// What a fuzzer would write: pieces of master files in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "\n",
        " ",
        "\t",
        "@",
        "a",
        "*",
        "x.y",
        "example.com.",
        "300",
        "1h",
        "IN",
        "CH",
        "A",
        "NS",
        "SOA",
        "TXT",
        "CNAME",
        "DNAME",
        "MX",
        "SVCB",
        "TYPE1",
        "\\#",
        "4",
        "0",
        "c0000201",
        "192.0.2.1",
        "\"",
        "\"t\"",
        "(",
        ")",
        ";",
        "\\",
        "\\065",
        "$ORIGIN",
        "$TTL",
        "$INCLUDE",
        "$GENERATE",
        "1-9",
        "$",
        "${0,2,n}",
        "alpn=\"h2\"",
        "\u{e9}",
        "\n@ 1 SOA a b 1 2 3 4 5\n",
        "\n@ NS c.\n",
    ]);
    proptest::collection::vec((piece, any::<bool>()), 0..60).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, gap)| if gap { format!("{piece} ") } else { piece.to_owned() }).collect()
    })
}

/// A zone that mostly loads: a good head, then entries good and bad.
fn entries() -> impl Strategy<Value = String> {
    let owner = proptest::sample::select(vec!["a", "b.a", "*.a", "A", " ", "@", "x\\.y", "sub", "ns.sub", "\\255"]);
    let head = proptest::sample::select(vec!["", "60", "IN", "60 IN", "IN 1h", "$TTL 5\n@"]);
    let data = proptest::sample::select(vec![
        "A 192.0.2.1",
        "A 192.0.2.2",
        "AAAA ::1",
        "TXT \"a;b\" c\\\"d",
        "TXT (\n \"x\ny\" ; c\n)",
        "MX 10 a",
        "MX 20 A",
        "CNAME a",
        "DNAME q.x.",
        "NS ns.sub",
        "SRV 1 2 3 b.a",
        "SVCB 1 . alpn=h2,\"h3\" mandatory=alpn",
        "CAA 0 issue \"ca;x\"",
        "TYPE65280 \\# 2 AbCd",
        "A \\# 4 01020304",
        "LOC 1 N 1 E 0m",
        "DS 1 8 2 00",
        "NSEC a A TYPE700",
        "A bad",
    ]);
    let entry = (owner, head, data).prop_map(|(owner, head, data)| format!("{owner} {head} {data}\n"));
    proptest::collection::vec(entry, 0..8).prop_map(|entries| format!("{HEAD}{}", entries.concat()))
}

fn printed(zone: &HostedZone) -> String {
    let mut out = String::new();
    for ((owner, rtype), group) in &zone.groups {
        let Routing::Simple(candidate) = &group.routing else { panic!("simple") };
        let Target::Values { ttl, rdata } = &candidate.target else { panic!("values") };
        for one in rdata {
            out.push_str(&format!("{owner} {ttl} IN {rtype} {}\n", print(*rtype, one)));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_text_loads_or_is_refused_and_prints_the_same(text in prop_oneof![pieces(), entries()]) {
        let limits = Limits { generated: 100, includes: 5, depth: 3, problems: 50 };
        let mut problems = Vec::new();
        let own = text.clone();
        let mut include = |_: &str| Ok(own.clone().into_bytes());
        let zones = load_within(limits, "example.com.zone", text.as_bytes(), &mut include, &mut problems);
        if !problems.iter().any(Problem::is_error) {
            let first = printed(&zones[0]);
            let again = load_one(&first);
            prop_assert!(!again.problems.iter().any(Problem::is_error), "{:?}\n{}", again.problems, first);
            prop_assert_eq!(printed(&again.zone.unwrap()), first);
        }
    }
}

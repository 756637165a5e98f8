//! The conformance zones as master files: each loads without an error, and to the records in its `.golden` file.
//!
//! `UPDATE_GOLDEN=1 cargo test --test zonefile` writes the golden files anew.

use std::fmt::Write;
use std::path::Path;

use waymark::model::rdata::print;
use waymark::model::routing::{Routing, Target};
use waymark::model::{HostedZone, Problem};
use waymark::store::zonefile;

fn printed(zone: &HostedZone) -> String {
    let mut out = String::new();
    for ((owner, rtype), group) in &zone.groups {
        let Routing::Simple(candidate) = &group.routing else { panic!("a master file knows no policies") };
        let Target::Values { ttl, rdata } = &candidate.target else { panic!("nor aliases") };
        for one in rdata {
            writeln!(out, "{owner} {ttl} IN {rtype} {}", print(*rtype, one)).unwrap();
        }
    }
    out
}

/// Loads `text` as the zone `origin`.
fn load(origin: &str, text: &[u8]) -> (Vec<HostedZone>, Vec<Problem>) {
    let mut problems = Vec::new();
    let name = format!("{}.zone", origin.trim_end_matches('.'));
    let zones = zonefile::load(&*name, text, &mut |_: &str| Err("nothing is included".to_owned()), &mut problems);
    (zones, problems)
}

#[test]
fn conformance_zones() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let list = std::fs::read_to_string(base.join("zones/zones.tsv")).unwrap();
    assert_eq!(list.lines().count(), 5);
    for line in list.lines() {
        let (origin, path) = line.split_once('\t').unwrap();
        let path = base.join(path);
        let (zones, problems) = load(origin, &std::fs::read(&path).unwrap());
        assert!(!problems.iter().any(Problem::is_error), "{problems:#?}");
        let [zone] = &zones[..] else { panic!("{origin} is one zone") };
        assert_eq!(zone.name.to_string(), origin);
        let mut text: String = problems.iter().map(|problem| format!("; {problem}\n")).collect();
        text.push_str(&printed(zone));
        let golden = path.with_extension("golden");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&golden).unwrap(), "{}", golden.display());
        let (again, problems) = load(origin, text.as_bytes());
        assert!(!problems.iter().any(Problem::is_error), "{problems:#?}");
        assert_eq!(printed(&again[0]), printed(zone), "what is printed loads the same");
    }
}

/// RFC 9460 appendix D.3: a zone with any of these is refused, at the record's line.
#[test]
fn rfc_9460_failures() {
    let head = "$TTL 60\nsvcb.test. SOA ns.svcb.test. h.svcb.test. 1 60 60 60 60\nsvcb.test. NS ns.svcb.test.\n\
                ns.svcb.test. A 127.0.0.1\n";
    let bad = [
        "key123=abc key123=def",
        "mandatory",
        "alpn",
        "port",
        "ipv4hint",
        "ipv6hint",
        "no-default-alpn=abc",
        "mandatory=key123",
        "mandatory=mandatory",
        "mandatory=key123,key123 key123=abc",
    ];
    for params in bad {
        let text = format!("{head}x.svcb.test. SVCB 1 foo.example.com. {params}\n");
        let (_, problems) = load("svcb.test.", text.as_bytes());
        assert_eq!(problems.iter().map(|problem| problem.at.line).collect::<Vec<_>>(), [5], "{params}");
        assert!(problems[0].is_error(), "{params}");
    }
    let good = format!("{head}x.svcb.test. SVCB 1 foo.example.com. key123=abc\n");
    assert_eq!(load("svcb.test.", good.as_bytes()).1, []);
}

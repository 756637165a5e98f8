//! Any bytes as a master file: no panic, bounded work, and a zone without errors prints to one that loads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::model::rdata::print;
use waymark::model::routing::{Routing, Target};
use waymark::model::{HostedZone, Problem};
use waymark::store::zonefile::{Limits, load_within};

const LIMITS: Limits = Limits { generated: 1000, includes: 8, depth: 4, problems: 100 };

fuzz_target!(|data: &[u8]| {
    // An included file is the input itself, so that $INCLUDE is walked too.
    let mut include = |path: &str| if path.contains('x') { Err("no such file".to_owned()) } else { Ok(data.to_vec()) };
    let mut problems = Vec::new();
    let zones = load_within(LIMITS, "example.com.zone", data, &mut include, &mut problems);
    if problems.iter().any(Problem::is_error) {
        return;
    }
    for zone in zones {
        let text = printed(&zone);
        let mut problems = Vec::new();
        let again = load_within(LIMITS, "example.com.zone", text.as_bytes(), &mut include, &mut problems);
        assert!(!problems.iter().any(Problem::is_error), "{problems:?}\n{text}");
        assert_eq!(again.iter().map(printed).collect::<Vec<_>>(), [text]);
    }
});

fn printed(zone: &HostedZone) -> String {
    let mut out = String::new();
    for ((owner, rtype), group) in &zone.groups {
        let Routing::Simple(candidate) = &group.routing else { panic!("a master file knows no policies") };
        let Target::Values { ttl, rdata } = &candidate.target else { panic!("nor aliases") };
        for one in rdata {
            out.push_str(&format!("{owner} {ttl} IN {rtype} {}\n", print(*rtype, one)));
        }
    }
    out
}

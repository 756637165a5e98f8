use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::snapshot::geography::Geography;
use crate::snapshot::{Behaviour, Ground, compile};
use crate::store;

const A: RecordType = RecordType(1);

/// Zones with one weighted group of two each.
fn snapshot(zones: &[&str]) -> Arc<Snapshot> {
    let files: Vec<_> = zones
        .iter()
        .map(|zone| {
            let text = format!(
                "zone = \"{zone}\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nweighted = [\n  \
                 {{ id = \"blue\", weight = 1, value = \"192.0.2.1\" }},\n  \
                 {{ id = \"gr\\\"een\", weight = 1, value = \"192.0.2.2\" }},\n]\n"
            );
            (format!("{zone}.toml"), text)
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let account = store::load_texts(&files, &store::Options::default()).expect("zones").account;
    let geography = Arc::new(Geography::nowhere());
    let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
    Arc::new(compile(&account, &ground, None).expect("a snapshot").snapshot)
}

fn index(snapshot: &Snapshot, zone: &str) -> u32 {
    snapshot.zones.iter().position(|one| &*one.id.0 == zone).expect("the zone") as u32
}

/// Picks member `member` of the zone's only policy group, and answers.
fn answer(tally: &mut Tally, snapshot: &Snapshot, zone: &str, member: u32, last_resort: bool) {
    let zone = index(snapshot, zone);
    let group = snapshot.zones[zone as usize]
        .groups()
        .map(|(_, group)| group)
        .find(|group| group.members.len() == 2)
        .expect("a group");
    tally.picked(group.counter + member, last_resort);
    tally.answered(Some(zone), A, 0, Transport::Udp);
}

fn value(page: &str, series: &str) -> u64 {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().expect("a number"))
}

fn picks(page: &str, zone: &str, record: &str) -> u64 {
    let labels =
        format!(r#"{{zone="{zone}.",id="{zone}",name="www.{zone}.",type="A",policy="weighted",record="{record}"}}"#);
    value(page, &format!("waymark_picks_total{labels}"))
}

#[test]
fn counts_are_by_name_and_survive_zones_that_move_and_go() {
    let registry = Arc::new(Registry::default());
    let (mut one, mut other) = (Tally::new(registry.clone(), Speaks::Udp), Tally::new(registry.clone(), Speaks::Udp));
    let before = snapshot(&["b.example", "c.example"]);
    one.enter(&before);
    other.enter(&before);
    answer(&mut one, &before, "b.example", 0, false);
    answer(&mut other, &before, "b.example", 0, true);
    answer(&mut other, &before, "c.example", 1, false);

    // In the next world the indices of both zones are others, and one of the zones is gone.
    let after = snapshot(&["a.example", "b.example"]);
    one.enter(&after);
    answer(&mut one, &after, "b.example", 0, false);
    answer(&mut one, &after, "a.example", 0, false);
    let page = registry.render(&Moment::default());
    assert_eq!(picks(&page, "b.example", "blue"), 3, "{page}");
    assert_eq!(picks(&page, "c.example", r#"gr\"een"#), 1, "the quote is escaped: {page}");
    assert_eq!(picks(&page, "a.example", "blue"), 1);
    assert_eq!(value(&page, r#"waymark_answers_total{policy="weighted"}"#), 5);
    assert_eq!(value(&page, r#"waymark_last_resort_answers_total{policy="weighted"}"#), 1);
    assert_eq!(value(&page, r#"waymark_queries_total{transport="udp",type="A",rcode="NOERROR"}"#), 5);

    other.enter(&after);
    drop((one, other));
    assert_eq!(registry.render(&Moment::default()), page, "nothing is lost when workers end");
}

#[test]
fn zones_are_counted_by_the_transports_that_a_worker_speaks() {
    let registry = Arc::new(Registry::default());
    let (before, after) = (snapshot(&["a.example", "b.example"]), snapshot(&["a.example"]));
    let encrypted = [Transport::Dot, Transport::Doh, Transport::Doq, Transport::Doh3];
    for (speaks, transports) in
        [(Speaks::Udp, &[Transport::Udp][..]), (Speaks::Tcp, &[Transport::Tcp]), (Speaks::Encrypted, &encrypted)]
    {
        let mut tally = Tally::new(registry.clone(), speaks);
        tally.enter(&before);
        for transport in transports {
            tally.answered(Some(index(&before, "a.example")), A, 0, *transport);
            tally.answered(Some(index(&before, "b.example")), A, 3, *transport);
        }
        // One zone goes, the other goes on to be counted.
        tally.enter(&after);
        for transport in transports {
            tally.answered(Some(index(&after, "a.example")), A, 0, *transport);
        }
    }
    let page = registry.render(&Moment::default());
    for (zone, rcode, count) in [("a.example", "NOERROR", 2), ("b.example", "NXDOMAIN", 1)] {
        for transport in super::shard::TRANSPORTS {
            let labels = format!(r#"{{zone="{zone}.",id="{zone}",transport="{transport}",rcode="{rcode}"}}"#);
            assert_eq!(value(&page, &format!("waymark_zone_queries_total{labels}")), count, "{page}");
        }
        let types = format!(r#"waymark_zone_queries_by_type_total{{zone="{zone}.",id="{zone}",type="A"}}"#);
        assert_eq!(value(&page, &types), 6 * count, "{page}");
    }
}

#[test]
fn a_worker_goes_on_while_anothers_counts_are_added_up_and_leaves_no_place_behind() {
    let registry = Arc::new(Registry::default());
    let (one, mut other) = (Tally::new(registry.clone(), Speaks::Udp), Tally::new(registry.clone(), Speaks::Udp));
    let adding = lock(&one.place);
    for zones in [&["a.example"][..], &["a.example", "b.example"], &["b.example"]] {
        let now = snapshot(zones);
        other.enter(&now);
        answer(&mut other, &now, zones[0], 0, false);
    }
    drop(adding);
    let counted = |registry: &Registry| {
        let page = registry.render(&moment());
        ["a.example", "b.example"].map(|zone| picks(&page, zone, "blue"))
    };
    assert_eq!(counted(&registry), [2, 1]);
    drop((one, other));
    assert_eq!((counted(&registry), lock(&registry.shards).places.len()), ([2, 1], 0));
}

#[test]
fn a_reply_forgets_the_picks_before_it() {
    let registry = Arc::new(Registry::default());
    let mut tally = Tally::new(registry.clone(), Speaks::Udp);
    let world = snapshot(&["a.example"]);
    tally.enter(&world);
    tally.picked(0, false);
    tally.panicked();
    tally.picked(0, false);
    tally.silent();
    tally.answered(None, RecordType(65_280), 9, Transport::Tcp);
    answer(&mut tally, &world, "a.example", 1, false);
    let page = registry.render(&Moment::default());
    assert_eq!((picks(&page, "a.example", "blue"), value(&page, "waymark_panics_total")), (0, 1));
    assert_eq!(value(&page, "waymark_silences_total"), 1);
    assert_eq!(value(&page, r#"waymark_queries_total{transport="tcp",type="other",rcode="other"}"#), 1);
}

fn moment() -> Moment {
    let millis = Duration::from_millis;
    let endpoint = CheckState {
        id: "web-1".into(),
        healthy: false,
        share: 0.0,
        percent: Some(100.0 / 3.0),
        children: None,
        checkers: vec![("a".into(), true), ("b".into(), false)],
    };
    let site =
        CheckState { id: "site".into(), healthy: true, share: 0.5, children: Some(2), percent: None, checkers: vec![] };
    let taken = Durations { buckets: vec![(millis(1), 5), (millis(500), 2)], beyond: 1, sum: millis(2500) };
    let probes = Probes {
        in_flight: 3,
        overdue: 2,
        uncounted: 1,
        lateness: Durations::default(),
        phases: vec![("connect", taken)],
    };
    Moment { checks: vec![endpoint, site], probes, ..Moment::default() }
}

#[test]
fn health_is_told_by_check_and_checker() {
    let page = Registry::default().render(&moment());
    for line in [
        r#"waymark_check_healthy{check="web-1"} 0"#,
        r#"waymark_check_share{check="site"} 0.500"#,
        r#"waymark_check_healthy_percent{check="web-1"} 33.3"#,
        r#"waymark_check_children_healthy{check="site"} 2"#,
        r#"waymark_checker_healthy{check="web-1",checker="a"} 1"#,
        r#"waymark_checker_healthy{check="web-1",checker="b"} 0"#,
        "waymark_probes_in_flight 3",
        "waymark_probes_overdue 2",
        "waymark_probes_uncounted_total 1",
        r#"waymark_probe_lateness_seconds_bucket{le="+Inf"} 0"#,
        r#"waymark_probe_duration_seconds_bucket{phase="connect",le="0.001"} 5"#,
        r#"waymark_probe_duration_seconds_bucket{phase="connect",le="0.5"} 7"#,
        r#"waymark_probe_duration_seconds_bucket{phase="connect",le="+Inf"} 8"#,
        r#"waymark_probe_duration_seconds_sum{phase="connect"} 2.500000"#,
        r#"waymark_probe_duration_seconds_count{phase="connect"} 8"#,
    ] {
        assert!(page.lines().any(|found| found == line), "C-38: no {line} in\n{page}");
    }
    assert!(!page.contains(r#"percent{check="site""#) && !page.contains(r#"children_healthy{check="web-1""#), "C-38");
}

#[test]
fn every_family_is_described_once_and_every_line_is_well_formed() {
    let registry = Arc::new(Registry::default());
    registry.turned(&CheckId("web-1".into()), Status::Unhealthy);
    let mut tally = Tally::new(registry.clone(), Speaks::Udp);
    let world = snapshot(&["a.example"]);
    tally.enter(&world);
    answer(&mut tally, &world, "a.example", 1, true);
    let moment = moment();
    let page = registry.render(&moment);
    let (mut families, mut histograms) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a kind");
            assert!(families.insert(name.to_owned()), "{name} twice");
            if kind == "histogram" {
                histograms.insert(name.to_owned());
            }
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().expect("a name");
            let parts = ["_bucket", "_sum", "_count"];
            let whole =
                parts.iter().find_map(|part| name.strip_suffix(part)).filter(|whole| histograms.contains(*whole));
            assert!(families.contains(whole.unwrap_or(name)), "{line}");
            assert!(line.rsplit(' ').next().is_some_and(|value| value.parse::<f64>().is_ok()), "{line}");
        }
    }
    assert_eq!(value(&page, r#"waymark_check_transitions_total{check="web-1",to="unhealthy"}"#), 1);
}

#[test]
fn every_figure_of_health_is_told_of() {
    let page = Registry::default().render(&moment());
    let told = include_str!("../../docs/operating-health.md");
    let families = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let of_health = families.filter(|name| name.starts_with("waymark_check") || name.starts_with("waymark_probe"));
    let untold: Vec<_> = of_health.filter(|name| !told.contains(&format!("`{name}"))).collect();
    assert!(untold.is_empty(), "docs/operating-health.md does not tell of {untold:?}");
}

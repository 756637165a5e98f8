//! What clients make, beside what files say.

use super::tests::{answered_for, found, id, started, started_with, status, tcp, zone};
use super::*;
use crate::model::check::Status;
use crate::model::{Candidate, Name, RecordGroup, RecordType, Routing, Rule, Target, Tree, ZoneId};
use crate::snapshot::zone::{Group, Zone};
use crate::store;

/// A zone as a client would have made it: `text` is the same in a file.
fn made(text: &str) -> (ZoneId, Arc<HostedZone>) {
    let loaded = store::load_texts(&[("edit.toml", text)], &store::Options::default()).expect("a zone");
    let zone = loaded.account.zones[0].clone();
    (zone.id.clone(), zone)
}

/// A zone of one record, `www`.
fn of_one(apex: &str, value: &str) -> (ZoneId, Arc<HostedZone>) {
    made(&format!("zone = {apex:?}\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = {value:?}\n"))
}

fn whole((id, zone): (ZoneId, Arc<HostedZone>)) -> Edit {
    Edit { zones: vec![(id, Some(ZoneEdit::Whole(zone)))], ..Edit::default() }
}

/// How the group at `www` stands for everybody; `None` where that depends on the client.
fn www_stands(control: &Control) -> Option<bool> {
    let world = control.world().load();
    let is_of_www = |(_, group): &(u32, &Group), zone: &Zone| zone.node_name(group.node).starts_with(b"\x03www");
    let found = world.snapshot.zones.numbered().find_map(|(number, zone)| {
        let (group, _) = zone.groups().find(|group| zone.is_made() && is_of_www(group, zone))?;
        Some(world.standings.of(number).at(group).is_healthy())
    });
    found.expect("a group at www")
}

/// Takes the groups of `name` from `there` over into the zone made before under its id.
fn taking(name: &str, (id, there): &(ZoneId, Arc<HostedZone>)) -> Edit {
    let name = Name::parse(name, Some(&there.name)).expect("a name");
    let key = (name, RecordType::A);
    let group = there.groups.get(&key).cloned();
    Edit { zones: vec![(id.clone(), Some(ZoneEdit::Groups(vec![(key, group)])))], ..Edit::default() }
}

fn take(control: &Control, edit: Edit) -> ReloadReport {
    control.edit(edit, || Ok::<_, ()>(())).expect("taken")
}

fn problems(refused: Result<ReloadReport, Refusal<()>>) -> String {
    match refused {
        Err(Refusal::Problems(problems)) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
        other => panic!("{other:?}"),
    }
}

fn www(control: &Control, apex: &[u8]) -> String {
    answered_for(control, &[b"\x03www", apex].concat(), "192.0.2.99")
}

const NET: &[u8] = b"\x07example\x03net\0";
const COM: &[u8] = b"\x07example\x03com\0";

#[test]
fn what_is_made_is_served_beside_the_files_and_outlives_reloads() {
    let (control, script) = started();
    assert_eq!(www(&control, NET), "REFUSED");
    let report = take(&control, whole(of_one("example.net", "192.0.2.7")));
    assert_eq!((report.serial, report.zones, report.changed), (2, 2, 1));
    assert_eq!((www(&control, NET), www(&control, COM)), (".7".to_owned(), ".1".to_owned()));
    let report = take(&control, taking("www", &of_one("example.net", "192.0.2.8")));
    assert_eq!((report.changed, www(&control, NET)), (1, ".8".to_owned()));
    script.send(Some(zone(&tcp(1)))).unwrap();
    assert_eq!((control.reload().expect("taken").changed, www(&control, NET)), (0, ".8".to_owned()));
    let (id, _) = of_one("example.net", "192.0.2.7");
    take(&control, taking("www", &made("zone = \"example.net\"\n")));
    assert_eq!(www(&control, NET), "NXDOMAIN");
    let report = take(&control, Edit { zones: vec![(id, None)], ..Edit::default() });
    assert_eq!((report.zones, report.changed, www(&control, NET)), (1, 1, "REFUSED".to_owned()));
}

#[test]
fn a_start_takes_what_was_made_before_it() {
    let (script, source) = std::sync::mpsc::channel();
    script.send(Some(zone(&tcp(1)))).unwrap();
    let source = Box::new(super::tests::Scripted(source));
    let (control, report) = Control::start(source, whole(of_one("example.net", "192.0.2.7"))).expect("a world");
    assert_eq!((report.zones, www(&control, NET), www(&control, COM)), (2, ".7".to_owned(), ".1".to_owned()));
}

#[test]
fn a_refused_edit_and_one_that_is_not_kept_change_nothing() {
    let (control, script) = started();
    take(&control, whole(of_one("example.net", "192.0.2.7")));
    let before = control.world().load_full();
    let mut persisted = false;
    let alias = made(
        "zone = \"example.net\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nalias = \"b\"\n[[record]]\nname = \"b\"\ntype = \"A\"\nvalue = \"192.0.2.9\"\n",
    );
    let refused = control.edit(taking("www", &alias), || {
        persisted = true;
        Ok(())
    });
    let text = problems(refused);
    assert!(text.contains("that target was not found") && !persisted, "{text}");
    let refused = control.edit(taking("www", &of_one("example.net", "192.0.2.8")), || Err("disk full"));
    assert!(matches!(refused, Err(Refusal::Persist("disk full"))));
    assert!(Arc::ptr_eq(&before, &control.world().load()));
    let gone = Edit { zones: vec![(ZoneId("Z9".into()), None)], ..Edit::default() };
    let text = problems(control.edit(gone, || Ok(())));
    assert!(text.contains("no client made a hosted zone \"Z9\""), "{text}");
    // A file's zone is its own.
    let text = problems(control.edit(taking("www", &of_one("example.com", "192.0.2.8")), || Ok(())));
    assert!(text.contains("no client made a hosted zone \"example.com\""), "{text}");
    script.send(Some(zone(&tcp(1)))).unwrap();
    control.reload().expect("taken");
    assert_eq!(www(&control, NET), ".7");
}

#[test]
fn z4_a_file_and_a_client_cannot_both_have_a_zone() {
    let (control, script) = started();
    let of_id = |id: &str, zone: &str, value: &str| {
        whole(made(&format!(
            "zone = {zone:?}\nid = {id:?}\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = {value:?}\n"
        )))
    };
    let text = problems(control.edit(of_id("Z1", "example.com", "192.0.2.8"), || Ok(())));
    assert!(text.contains("public zone example.com. is already defined at"), "{text}");
    take(&control, of_id("Z2", "example.net", "192.0.2.7"));
    script.send(Some("zone = \"example.net\"\n".to_owned())).unwrap();
    let refused = control.reload().expect_err("two zones of one name");
    assert!(refused[0].what.contains("public zone example.net. is already defined at"), "{refused:?}");
    assert_eq!((www(&control, NET), www(&control, COM)), (".7".to_owned(), ".1".to_owned()));
}

#[test]
fn a_zone_of_a_file_is_hidden_by_what_it_was_imported_as() {
    // A plain zone is kept in its compiled form alone, from which it must come back.
    let (control, script) =
        started_with("zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n");
    let (id, _) = of_one("example.com", "192.0.2.8");
    let gone = || Edit { zones: vec![(id.clone(), None)], ..Edit::default() };
    take(&control, whole(of_one("example.net", "192.0.2.7")));
    for _ in 0..2 {
        // The id is what tells an import from a clash.
        take(&control, whole(of_one("example.com", "192.0.2.8")));
        assert_eq!((www(&control, COM), www(&control, NET)), (".8".to_owned(), ".7".to_owned()));
        take(&control, whole(of_one("example.com", "192.0.2.9")));
        assert_eq!(www(&control, COM), ".9");
        take(&control, gone());
        assert_eq!((www(&control, COM), www(&control, NET)), (".1".to_owned(), ".7".to_owned()), "the file's again");
    }
    take(&control, whole(of_one("example.com", "192.0.2.8")));
    script.send(Some("zone = \"example.com\"\n".to_owned())).unwrap();
    let report = control.reload().expect("the file is not looked at for it");
    let told: Vec<_> = report.warnings.iter().map(|warning| &*warning.what).collect();
    assert!(told.contains(&"zone example.com. is served as the API has it, not as this file says"), "{told:?}");
    assert_eq!((www(&control, COM), report.zones), (".8".to_owned(), 2));
    take(&control, gone());
    assert_eq!(www(&control, COM), "NXDOMAIN", "as the file says by now");
}

#[test]
fn c33_records_that_are_made_may_name_checks_of_files_and_hold_them_there() {
    let (control, script) = started_with(&zone(&tcp(1)));
    let net = "zone = \"example.net\"\n[check.c]\ntcp = \"127.0.0.1:1\"\n[[record]]\nname = \"www\"\ntype = \"A\"\n\
               failover = { primary = { value = \"192.0.2.7\", check = \"c\" }, secondary = { value = \"192.0.2.8\" } }\n";
    take(&control, whole(made(net)));
    assert_eq!(www(&control, NET), ".7");
    control.report(&id(), found(Status::Unhealthy));
    assert_eq!((www(&control, NET), status(&control)), (".8".to_owned(), Status::Unhealthy));
    script.send(Some("zone = \"example.com\"\n".to_owned())).unwrap();
    let refused = control.reload().expect_err("its check is gone");
    assert!(refused.iter().any(|problem| problem.what.contains("refers to health check \"c\"")), "{refused:?}");
    assert_eq!(www(&control, NET), ".8");
}

#[test]
fn checks_that_are_made_come_change_and_go() {
    let (control, _script) = started();
    let d = |port: u16| {
        let text = format!("zone = \"x.test\"\n[check.d]\ntcp = \"127.0.0.1:{port}\"\n");
        let loaded = store::load_texts(&[("edit.toml", &text)], &store::Options::default()).expect("a check");
        loaded.account.checks[0].clone()
    };
    let edit = |check: Option<HealthCheck>| Edit { checks: vec![(CheckId("d".into()), check)], ..Edit::default() };
    take(&control, edit(Some(d(1))));
    let turned = control.report(&CheckId("d".into()), found(Status::Unhealthy));
    assert_eq!(turned.len(), 1);
    let mut forced = d(1);
    forced.inverted = true;
    let report = take(&control, edit(Some(forced)));
    assert_eq!(report.transitions, [Transition { check: CheckId("d".into()), to: Status::Healthy }]);
    take(&control, edit(None));
    assert!(control.world().load().snapshot.checks.slot(&CheckId("d".into())).is_none());
    let text = problems(control.edit(edit(None), || Ok(())));
    assert!(text.contains("no client made a health check \"d\""), "{text}");
}

/// A zone whose `www` is drawn among the groups `t` and, at the last, `u`, as these lines say `t`.
fn of_aliases(t: &str) -> (ZoneId, Arc<HostedZone>) {
    made(&format!(
        "zone = \"example.net\"\n[check.c]\ntcp = \"127.0.0.1:1\"\n\
         [[record]]\nname = \"t\"\ntype = \"A\"\n{t}\n\
         [[record]]\nname = \"u\"\ntype = \"A\"\nvalue = \"192.0.2.8\"\n\
         [[record]]\nname = \"www\"\ntype = \"A\"\nweighted = [{{ id = \"t\", weight = 1, alias = \"t\", evaluate = true }}, \
         {{ id = \"u\", weight = 0, alias = \"u\" }}]\n"
    ))
}

#[test]
fn h10_an_alias_follows_a_target_that_an_edit_makes_healthy() {
    let (control, _script) = started();
    let with_check = of_aliases("weighted = [{ id = \"1\", weight = 1, value = \"192.0.2.7\", check = \"c\" }]");
    let without = of_aliases("weighted = [{ id = \"1\", weight = 1, value = \"192.0.2.7\" }]");
    take(&control, whole(with_check.clone()));
    assert_eq!(www(&control, NET), ".7");
    control.report(&id(), found(Status::Unhealthy));
    assert_eq!(www(&control, NET), ".8", "P-23: what weighs nothing is drawn when nothing else is healthy");
    take(&control, taking("t", &without));
    assert_eq!(www(&control, NET), ".7", "no check speaks against it any more");
    take(&control, taking("t", &with_check));
    assert_eq!(www(&control, NET), ".8");
}

#[test]
fn an_alias_stands_alike_for_everybody_as_soon_as_its_targets_do() {
    let (control, _script) = started();
    let by_client = of_aliases("latency = [{ id = \"1\", region = \"eu-west-1\", value = \"192.0.2.7\" }]");
    let alike = of_aliases("weighted = [{ id = \"1\", weight = 1, value = \"192.0.2.7\" }]");
    take(&control, whole(alike.clone()));
    assert_eq!(www_stands(&control), Some(true));
    take(&control, taking("t", &by_client));
    assert_eq!(www_stands(&control), None);
    take(&control, taking("t", &alike));
    assert_eq!(www_stands(&control), Some(true));
}

#[test]
fn what_edits_leave_over_of_members_is_bounded() {
    let (control, _script) = started();
    let of_ids = |prefix: char| {
        let aliases = (0..100).map(|at| format!("{{ id = \"{prefix}{at}\", weight = 1, alias = \"t\" }}"));
        made(&format!(
            "zone = \"example.net\"\n[[record]]\nname = \"t\"\ntype = \"A\"\nvalue = \"192.0.2.7\"\n\
             [[record]]\nname = \"www\"\ntype = \"A\"\nweighted = [{}]\n",
            aliases.collect::<Vec<_>>().join(", ")
        ))
    };
    let both = ['a', 'b'].map(of_ids);
    take(&control, whole(both[0].clone()));
    let members = |control: &Control| {
        let world = control.world().load();
        world.snapshot.zones.iter().find(|zone| zone.is_made()).map(|zone| zone.members).expect("a zone")
    };
    assert_eq!(members(&control), 100);
    for turn in 1..=250 {
        take(&control, taking("www", &both[turn % 2]));
    }
    assert!(members(&control) < 20_000, "each worker counts by them: {}", members(&control));
    assert_eq!(www(&control, NET), ".7");
}

#[test]
fn a_number_that_was_an_alias_target_is_a_part_of_its_new_tree_alone() {
    let (control, _script) = started();
    let record = |name: &str, rtype: &str, routing: &str| {
        format!("[[record]]\nname = \"{name}\"\ntype = \"{rtype}\"\n{routing}\n")
    };
    let one = |value: &str| format!("weighted = [{{ id = \"1\", weight = 1, {value} }}]");
    let before = [
        "zone = \"example.net\"\n".to_owned(),
        record("a", "AAAA", &one("value = \"2001:db8::1\"")),
        record("b", "AAAA", &one("value = \"2001:db8::2\"")),
        record("www", "AAAA", &one("alias = \"a\"")),
    ];
    take(&control, whole(made(&before.concat())));
    let after = [
        "zone = \"example.net\"\n".to_owned(),
        record("www", "AAAA", &one("value = \"2001:db8::3\"")),
        record("www", "A", "value = \"192.0.2.5\""),
    ];
    let (id, after) = made(&after.concat());
    let key = |name: &str, rtype| (Name::parse(name, Some(&after.name)).expect("a name"), rtype);
    let end = after.groups[&key("www", RecordType::A)].clone();
    let at = end.at.clone();
    let target = Target::Rule { rule: 1, evaluate: false };
    let start = Routing::Weighted(vec![Candidate { id: "1".into(), key: 1, check: None, target, at: at.clone() }]);
    let rules = [("start", RecordGroup { routing: start, at: at.clone() }), ("end", end)];
    let rules = rules.map(|(id, group)| Rule { id: id.into(), group }).into();
    let tree = Routing::Tree(Arc::new(Tree::new("i1".into(), rules).expect("a tree")));
    // The tree is compiled first, and its second rule under the number that the alias' target had.
    let groups = vec![
        (key("a", RecordType::AAAA), None),
        (key("b", RecordType::AAAA), None),
        (key("www", RecordType::A), Some(RecordGroup { routing: tree, at })),
        (key("www", RecordType::AAAA), Some(after.groups[&key("www", RecordType::AAAA)].clone())),
    ];
    take(&control, Edit { zones: vec![(id, Some(ZoneEdit::Groups(groups)))], ..Edit::default() });
    assert_eq!(www(&control, NET), ".5");
}

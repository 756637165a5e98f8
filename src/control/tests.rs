use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;
use crate::model::At;
use crate::model::check::{FULL_SHARE, Status};
use crate::snapshot::Behaviour;
use crate::snapshot::geography::Geography;
use crate::store;
use crate::wire::{Peer, Transport, rcode, respond};

/// Gives what it is sent: a zone file's text, or nothing but a problem.
pub(super) struct Scripted(pub(super) Receiver<Option<String>>);

impl Source for Scripted {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let text = self.0.recv().expect("a script").ok_or_else(|| {
            let at = At::new("zone.toml", 3);
            vec![Problem::error(&at, "one", ""), Problem::error(&at, "two", "")]
        })?;
        let loaded = store::load_texts(&[("zone.toml", &text)], &store::Options::default())?;
        let geography = Arc::new(Geography::nowhere());
        let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
        Ok(Gathered { account: loaded.account, ground, plan: Plan::default(), warnings: loaded.warnings })
    }
}

pub(super) fn zone(checks: &str) -> String {
    format!(
        "zone = \"example.com\"\n{checks}\n[[record]]\nname = \"www\"\ntype = \"A\"\n\
         value = \"192.0.2.1\"\ncheck = \"c\"\n"
    )
}

pub(super) fn tcp(port: u16) -> String {
    format!("[check.c]\ntcp = \"127.0.0.1:{port}\"\n")
}

pub(super) fn started() -> (Control, Sender<Option<String>>) {
    let (script, source) = channel();
    script.send(Some(zone(&tcp(1)))).unwrap();
    let (control, report) = Control::start(Box::new(Scripted(source)), Edit::default()).expect("a world");
    assert_eq!((report.serial, report.zones, report.changed), (1, 1, 1));
    (control, script)
}

pub(super) fn started_with(text: &str) -> (Control, Sender<Option<String>>) {
    let (script, source) = channel();
    script.send(Some(text.to_owned())).unwrap();
    (Control::start(Box::new(Scripted(source)), Edit::default()).expect("a world").0, script)
}

/// The last octet of the address answered to `A w.example.com`, or the response code.
fn answered(control: &Control, source: &str) -> String {
    answered_for(control, b"\x01w\x07example\x03com\0", source)
}

/// The same for another name, in wire form.
pub(super) fn answered_for(control: &Control, name: &[u8], source: &str) -> String {
    let question = [&b"\0\x01\0\0\0\x01\0\0\0\0\0\0"[..], name, b"\0\x01\0\x01"].concat();
    let source: IpAddr = source.parse().unwrap();
    let peer = Peer { source, listener: 0, transport: Transport::Udp };
    let mut out = [0; 512];
    let reply = respond(&control.world().load(), &question, &peer, 0, &mut out, &mut ()).expect("a reply");
    if reply.rcode == 0 { format!(".{}", out[reply.len - 1]) } else { rcode::name(reply.rcode).to_owned() }
}

pub(super) fn status(control: &Control) -> Status {
    let world = control.world().load();
    world.health.status(world.snapshot.checks.slot(&id()).expect("the check"))
}

pub(super) fn found(raw: Status) -> Finding {
    Finding { raw, share: FULL_SHARE, seen: true }
}

pub(super) fn id() -> CheckId {
    CheckId("c".into())
}

#[test]
fn a_refused_reload_reports_everything_and_keeps_the_world() {
    let (control, script) = started();
    let before = control.world().load_full();
    script.send(None).unwrap();
    assert_eq!(control.reload().expect_err("refused").len(), 2);
    assert!(Arc::ptr_eq(&before, &control.world().load()));
    assert_eq!(control.in_use().serial, 1);
    script.send(Some(zone(&tcp(1)))).unwrap();
    let report = control.reload().expect("taken");
    assert_eq!((report.serial, report.changed), (2, 0), "the same text is no change");
}

#[test]
fn verdicts_turn_checks_once_and_outlive_reloads() {
    let (control, script) = started();
    assert_eq!(control.report(&id(), found(Status::Unhealthy)).len(), 1);
    assert_eq!(control.report(&id(), found(Status::Unhealthy)), [], "nothing new");
    assert_eq!(control.report(&CheckId("gone".into()), found(Status::Unhealthy)), [], "a check that is not there");
    script.send(Some(zone(&format!("\n\n{}", tcp(1))))).unwrap();
    assert!(control.reload().expect("taken").transitions.is_empty());
    assert_eq!(status(&control), Status::Unhealthy, "known of a check that only moved in its file");
    script.send(Some(zone(&tcp(2)))).unwrap();
    control.reload().expect("taken");
    assert_eq!(status(&control), Status::Unhealthy, "the fleet keeps its view of an endpoint that moved, too");
    script
        .send(Some(zone("[check.d]\ntcp = \"127.0.0.1:1\"\n[check.c]\ncalculated = [\"d\"]\nat_least = 1\n")))
        .unwrap();
    control.reload().expect("taken");
    assert_eq!(status(&control), Status::Healthy, "another kind of check is another check");
}

#[test]
fn the_operators_word_comes_and_goes_with_a_reload() {
    let (control, script) = started();
    control.report(&id(), found(Status::Unhealthy));
    script.send(Some(zone(&format!("{}forced = \"up\"\n", tcp(1))))).unwrap();
    let report = control.reload().expect("taken");
    assert_eq!(report.transitions, [Transition { check: id(), to: Status::Healthy }]);
    assert_eq!(control.report(&id(), found(Status::Healthy)), [], "heard, and outdone by the operator");
    control.report(&id(), found(Status::Unhealthy));
    script.send(Some(zone(&tcp(1)))).unwrap();
    assert_eq!(control.reload().expect("taken").transitions.len(), 1);
    assert_eq!(status(&control), Status::Unhealthy, "the truth was known all along");
}

#[test]
fn t061_z24_a_private_zone_keeps_its_last_view() {
    let tied = |views: &str| {
        format!(
            "zone = \"example.com\"\nviews = [{views}]\n[view.v1]\nnetworks = [\"10.0.0.0/8\"]\n[view.v2]\n\
             networks = [\"172.16.0.0/12\"]\n[[record]]\nname = \"w\"\ntype = \"A\"\nvalue = \"192.0.2.7\"\n"
        )
    };
    let (control, script) = started_with(&tied("\"v1\", \"v2\""));
    let both = |control: &Control| ["10.0.0.1", "172.16.0.1"].map(|source| answered(control, source));
    assert_eq!(both(&control), [".7", ".7"]);
    script.send(Some(tied("\"v1\""))).unwrap();
    control.reload().expect("another view is left");
    assert_eq!(both(&control), [".7", "REFUSED"], "v2 is disassociated");
    script.send(Some(tied(""))).unwrap();
    let problems = control.reload().expect_err("the last one stays");
    assert!(problems.len() == 1 && problems[0].what.contains("is tied to no view"), "{problems:?}");
    assert_eq!((both(&control), control.in_use().serial), ([".7", "REFUSED"].map(str::to_owned), 2));
}

#[test]
fn t209_p60_a_block_moves_between_locations_at_once() {
    let blocks = |a: &str, b: &str| {
        format!(
            "zone = \"example.com\"\n[collection.c1]\nisp-a = [{a}]\nisp-b = [{b}]\n[[record]]\nname = \"w\"\n\
             type = \"A\"\nip = {{ collection = \"c1\", choices = [{{ location = \"isp-a\", value = \"192.0.2.1\" }}, \
             {{ location = \"isp-b\", value = \"192.0.2.2\" }}] }}\n"
        )
    };
    let (control, script) = started_with(&blocks("\"203.0.113.0/24\"", "\"203.0.0.0/16\""));
    assert_eq!((answered(&control, "203.0.113.7"), control.in_use().serial), (".1".to_owned(), 1));
    script.send(Some(blocks("\"2001:db8::/32\"", "\"203.0.0.0/16\", \"203.0.113.0/24\""))).unwrap();
    let report = control.reload().expect("taken");
    assert_eq!((answered(&control, "203.0.113.7"), report.serial), (".2".to_owned(), 2), "version 2");
}

fn said(pattern: &str, word: Word) -> (Pattern, Word) {
    (Pattern(pattern.into()), word)
}

#[test]
fn only_checks_that_a_change_touches_are_decided_anew() {
    let (control, script) = started();
    script.send(Some(zone(&format!("{}[check.d]\ntcp = \"127.0.0.1:2\"\n", tcp(1))))).unwrap();
    control.reload().expect("taken");
    let considered = control.consider(vec![said("?", Word::Down)], vec![Pattern("d".into())]);
    assert_eq!(considered.touched.len(), 1);
    let turned = control.obey(considered);
    assert_eq!(turned, [Transition { check: CheckId("d".into()), to: Status::Unhealthy }]);
    assert_eq!(status(&control), Status::Healthy);
}

#[test]
fn words_are_held_against_the_checks_while_others_write() {
    let (control, script) = started();
    let control = Arc::new(control);
    let writing = lock(&control.writing);
    let (tell, told) = channel();
    let considering = control.clone();
    std::thread::spawn(move || {
        let considered = considering.consider(vec![said("c", Word::Down)], vec![Pattern("c".into())]);
        tell.send(considered.touched.len())
    });
    assert_eq!(told.recv_timeout(Duration::from_secs(60)), Ok(1), "it waits for no lock");
    drop(writing);
    // The check comes into another slot meanwhile.
    let considered = control.consider(vec![said("c", Word::Down)], vec![Pattern("c".into())]);
    script.send(Some(zone(&format!("[check.a]\ntcp = \"127.0.0.1:2\"\n{}", tcp(1))))).unwrap();
    control.reload().expect("taken");
    assert_eq!(control.obey(considered), [Transition { check: id(), to: Status::Unhealthy }]);
    assert_eq!(status(&control), Status::Unhealthy);
}

#[test]
fn words_said_while_a_world_is_prepared_hold_in_it() {
    let (control, script) = started();
    script.send(Some(zone(&tcp(2)))).unwrap();
    let prepared = control.prepare().expect("a world");
    control.obey(control.consider(vec![said("c", Word::Down)], vec![Pattern("c".into())]));
    control.swap(prepared);
    assert_eq!(status(&control), Status::Unhealthy);
}

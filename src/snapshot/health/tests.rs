//! The table by itself: what holds a check until failback, what an operator's word does, what share is left.

use std::time::Duration;

use super::*;
use crate::model::At;
use crate::model::check::{Endpoint, Pattern, Protocol, Recovery, Words};

fn named(id: &str) -> CheckId {
    CheckId(id.into())
}

fn check(id: &str, kind: CheckKind) -> HealthCheck {
    HealthCheck::new(named(id), kind, At::new("test.toml", 1))
}

fn endpoint(id: &str) -> HealthCheck {
    check(id, CheckKind::Endpoint(Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80)))
}

/// A calculated check of `a` and `b`.
fn sum(threshold: u16) -> HealthCheck {
    check("sum", CheckKind::Calculated { children: vec![named("a"), named("b")], threshold })
}

fn manual(check: HealthCheck) -> HealthCheck {
    HealthCheck { recovery: Recovery { manual_failback: true, ..check.recovery }, ..check }
}

/// A table with its checks.
struct Stage {
    checks: Checks,
    table: HealthTable,
}

impl Stage {
    fn new(checks: &[HealthCheck]) -> Self {
        let checks = Checks::new(checks, None);
        Self { table: HealthTable::new(&checks), checks }
    }

    /// The same after a reload.
    fn reloaded(&self, checks: &[HealthCheck]) -> Self {
        let checks = Checks::new(checks, Some(&self.checks));
        let known = |check: &HealthCheck| self.checks.slot(&check.id).map(|slot| self.table.known(slot));
        Self { table: HealthTable::carrying(&checks, known, &self.table.said(&self.checks)), checks }
    }

    fn slot(&self, id: &str) -> Slot {
        self.checks.slot(&named(id)).expect("the check")
    }

    fn report(&self, id: &str, healthy: bool, seen: bool) -> Vec<Transition> {
        let finding = Finding { raw: Status::from_healthy(healthy), share: FULL_SHARE, seen };
        self.table.report(&self.checks, self.slot(id), finding)
    }

    fn up(&self, id: &str) -> Vec<Transition> {
        self.report(id, true, false)
    }

    fn down(&self, id: &str) -> Vec<Transition> {
        self.report(id, false, true)
    }

    /// Takes these words in place of all before; what turned.
    fn say(&self, words: &[(&str, Word)]) -> Vec<String> {
        let words = Words::new(words.iter().map(|(pattern, word)| (Pattern((*pattern).into()), *word)));
        let touched: Vec<_> = self.checks.iter().map(|(slot, check)| (slot, words.of(&check.id))).collect();
        let turned = self.table.obey(&self.checks, &touched);
        turned.iter().map(|Transition { check, to }| format!("{check} {to}")).collect()
    }

    fn release(&self, id: &str) -> Vec<Transition> {
        self.table.release(&self.checks, self.slot(id))
    }

    fn is_up(&self, id: &str) -> bool {
        self.table.status(self.slot(id)).is_healthy()
    }

    fn is_held(&self, id: &str) -> bool {
        self.table.is_held(self.slot(id))
    }

    fn share(&self, id: &str) -> u8 {
        self.table.share(self.slot(id))
    }
}

#[test]
fn a_check_seen_unhealthy_is_held_until_failback() {
    let stage = Stage::new(&[manual(endpoint("web")), endpoint("free")]);
    stage.down("web");
    stage.down("free");
    assert_eq!((stage.is_held("web"), stage.is_held("free")), (true, false));
    assert_eq!(stage.up("web"), [], "held");
    assert_eq!(stage.up("free").len(), 1);
    assert_eq!(stage.release("web").len(), 1);
    assert!(stage.is_up("web") && !stage.is_held("web"));
    stage.down("web");
    assert_eq!(stage.release("web"), [], "its votes still find it unhealthy");
    assert!(stage.is_held("web") && !stage.is_up("web"));
    let reloaded = stage.reloaded(&[manual(endpoint("web"))]);
    assert!(reloaded.is_held("web"));
    reloaded.up("web");
    assert!(!reloaded.is_up("web"));
    let let_go = reloaded.reloaded(&[endpoint("web")]);
    assert!(let_go.is_up("web") && !let_go.is_held("web"), "failback is automatic now");
}

#[test]
fn what_nobody_saw_holds_nothing() {
    let stage = Stage::new(&[manual(endpoint("web"))]);
    stage.report("web", false, false);
    assert_eq!((stage.is_up("web"), stage.is_held("web")), (false, false));
    assert_eq!(stage.up("web").len(), 1);
}

#[test]
fn a_calculated_check_is_held_as_any_other() {
    let checks = [manual(sum(2)), endpoint("a"), endpoint("b")];
    let stage = Stage::new(&checks);
    assert_eq!(stage.down("a").len(), 2);
    assert!(stage.is_held("sum"));
    assert_eq!(stage.up("a").len(), 1, "the child comes back, and the check does not");
    assert_eq!((stage.is_up("sum"), stage.table.raw(stage.slot("sum"))), (false, Status::Unhealthy));
    let reloaded = stage.reloaded(&checks);
    assert!(reloaded.is_held("sum") && !reloaded.is_up("sum"));
    assert_eq!(reloaded.release("sum").len(), 1);
    assert!(reloaded.is_up("sum"));
    reloaded.down("b");
    assert_eq!((reloaded.release("sum"), reloaded.is_held("sum")), (Vec::new(), true), "a child is still down");
    reloaded.say(&[("sum", Word::Up)]);
    assert!(reloaded.is_up("sum"), "an override is above it");
    let again = reloaded.table.hold(&reloaded.checks, reloaded.slot("a"));
    assert_eq!((again, reloaded.is_held("a")), (Vec::new(), false), "only where failback is manual");
}

#[test]
fn children_that_are_only_supposed_to_be_down_hold_nothing() {
    let inverted = |id| HealthCheck { inverted: true, ..endpoint(id) };
    let stage = Stage::new(&[manual(sum(1)), inverted("a"), inverted("b")]);
    assert!(!stage.is_up("sum") && !stage.is_held("sum"), "C-23");
    stage.up("a");
    assert!(!stage.is_held("sum"), "the other may still be up");
    stage.up("b");
    assert!(stage.is_held("sum"), "both were seen");
    let never = Stage::new(&[manual(sum(3)), endpoint("a"), endpoint("b")]);
    never.down("a");
    assert!(!never.is_up("sum") && !never.is_held("sum"), "unhealthy by its definition (T289)");
}

#[test]
fn a_given_check_is_held_until_failback_too() {
    let given = |status| manual(check("switch", CheckKind::Given { status }));
    let stage = Stage::new(&[given(Status::Healthy)]);
    assert!(!stage.is_held("switch"));
    let off = stage.reloaded(&[given(Status::Unhealthy)]);
    assert!(off.is_held("switch"));
    let on = off.reloaded(&[given(Status::Healthy)]);
    assert!(!on.is_up("switch"));
    assert_eq!(on.release("switch").len(), 1);
    assert!(on.is_up("switch") && !on.is_held("switch"));
}

#[test]
fn an_override_to_obey_is_above_the_word_in_the_file() {
    let forced = HealthCheck { forced: Some(Status::Healthy), ..endpoint("web") };
    let stage = Stage::new(std::slice::from_ref(&forced));
    stage.down("web");
    assert!(stage.is_up("web"), "forced");
    assert_eq!(stage.say(&[("web", Word::Obey)]), ["web unhealthy"], "its votes are obeyed");
    assert_eq!(stage.table.word(stage.slot("web")), Some(Word::Obey));
    assert!(!stage.reloaded(&[forced]).is_up("web"), "after a reload as well");
    assert_eq!(stage.say(&[]), ["web healthy"], "no word at all leaves it to the file");
}

#[test]
fn the_share_is_whole_under_a_word_and_while_disabled() {
    let slow = Recovery { slow_start: Some(Duration::from_secs(100)), ..Recovery::default() };
    let web = HealthCheck { recovery: slow, ..endpoint("web") };
    let stage = Stage::new(std::slice::from_ref(&web));
    let degraded = Finding { raw: Status::Healthy, share: 51, seen: false };
    stage.table.report(&stage.checks, stage.slot("web"), degraded);
    assert_eq!(stage.share("web"), 51);
    stage.say(&[("web", Word::Up)]);
    assert_eq!(stage.share("web"), FULL_SHARE, "up is up");
    stage.say(&[("web", Word::Obey)]);
    assert_eq!(stage.share("web"), 51);
    let disabled = stage.reloaded(&[HealthCheck { disabled: true, ..web.clone() }]);
    assert_eq!(disabled.share("web"), FULL_SHARE, "nobody looks, so nothing is known to be wrong (C-24)");
    let forced = stage.reloaded(&[HealthCheck { forced: Some(Status::Healthy), ..web.clone() }]);
    assert_eq!(forced.share("web"), 51, "obey shields it from the file's word");
    forced.say(&[]);
    assert_eq!(forced.share("web"), FULL_SHARE);

    let stage = Stage::new(&[web]);
    stage.down("web");
    stage.up("web");
    assert_eq!(stage.share("web"), 1, "slow start");
    stage.say(&[("web", Word::Up)]);
    assert_eq!(stage.share("web"), FULL_SHARE);
    stage.table.rise(&stage.checks, stage.slot("web"), 100);
    assert_eq!(stage.share("web"), FULL_SHARE, "it rises unseen");
    stage.say(&[]);
    assert_eq!(stage.share("web"), 100);
}

#[test]
fn words_on_a_check_and_its_children_turn_it_once() {
    let stage = Stage::new(&[sum(1), endpoint("a"), endpoint("b")]);
    stage.say(&[("sum", Word::Down), ("a", Word::Down), ("b", Word::Down)]);
    assert_eq!(stage.say(&[]), ["a healthy", "b healthy", "sum healthy"]);
    stage.say(&[("*", Word::Down), ("sum", Word::Up)]);
    assert_eq!(stage.say(&[]), ["a healthy", "b healthy"], "it was up under its word, and is by its children");
}

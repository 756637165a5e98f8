//! The board on a paused clock. Worked cases of spec §10.14 here: T263, T264, T265, T266, T285.

use super::*;
use std::time::SystemTime;

use crate::model::At;
use crate::model::check::{Alarm, Endpoint, Missing, Protocol, Recovery, Source};
use crate::probe::{Outcome, Report};

fn named(id: &str) -> CheckId {
    CheckId(id.into())
}

fn check(id: &str) -> HealthCheck {
    let endpoint = Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80);
    HealthCheck::new(named(id), CheckKind::Endpoint(endpoint), At::new("test.toml", 1))
}

fn plan(checkers: usize) -> Plan {
    let checker = |at| Checker { name: format!("c{at:02}").into(), region: None, source: None };
    Plan { checkers: (0..checkers).map(checker).collect(), ..Plan::default() }
}

fn vote(checker: usize, status: Option<Status>) -> Vote {
    let outcome = match status {
        Some(Status::Healthy) => Outcome::Connected,
        Some(Status::Unhealthy) => Outcome::Refused,
        None => Outcome::NotProbed { error: "too many open files".to_owned() },
    };
    Vote {
        checker: format!("c{checker:02}").into(),
        check: named("web"),
        status,
        proven: status.is_some(),
        seen: status.is_some(),
        degraded: None,
        contrary: (0, 3),
        at: SystemTime::now(),
        report: Report::of(outcome),
    }
}

const UP: Option<Status> = Some(Status::Healthy);
const DOWN: Option<Status> = Some(Status::Unhealthy);

/// The standing after so many of `total` checkers vote healthy and the others unhealthy.
fn standing(healthy: usize, total: usize) -> Standing {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(total));
    for at in 0..total {
        board.vote(vote(at, if at < healthy { UP } else { DOWN }));
    }
    board.view(&named("web")).expect("the check").ballot.standing().expect("voters")
}

#[test]
fn t263_t264_t265_more_than_eighteen_percent() {
    let raw = |healthy, total| standing(healthy, total).raw.is_healthy();
    assert_eq!([raw(2, 16), raw(3, 16)], [false, true], "C-21");
    assert_eq!([raw(1, 6), raw(2, 6)], [false, true], "C-21");
    assert_eq!([raw(9, 50), raw(10, 50)], [false, true], "C-20");
}

#[tokio::test(start_paused = true)]
async fn t285_nothing_heard_is_healthy_and_says_so() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(3));
    let standing = board.view(&named("web")).unwrap().ballot.standing().unwrap();
    assert_eq!((standing.raw, standing.proven, standing.healthy), (Status::Healthy, false, 3), "C-18, C-23");
    assert_eq!(board.awaited(), 1);
}

#[tokio::test(start_paused = true)]
async fn c22_a_checker_that_stops_reporting_leaves_the_count_and_nothing_goes_down_for_it() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(3));
    (0..3).for_each(|at| drop(board.vote(vote(at, UP))));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(board.age(), [], "unknown is not down");
    let standing = board.view(&named("web")).unwrap().ballot.standing().unwrap();
    assert_eq!((standing.raw, standing.total), (Status::Healthy, 0));
    let verdict = board.vote(vote(1, DOWN)).expect("the one who can tell decides");
    assert_eq!(verdict.finding.raw, Status::Unhealthy);
    board.vote(vote(1, None));
    assert_eq!(board.view(&named("web")).unwrap().ballot.standing().unwrap().raw, Status::Unhealthy, "the last known");
}

/// The verdict's raw status and share.
fn told(verdict: Option<Verdict>) -> Option<(Status, u8)> {
    verdict.map(|verdict| (verdict.finding.raw, verdict.finding.share))
}

#[test]
fn t266_eighty_percent_can_be_asked_for() {
    let raw = |healthy| {
        let board = Board::new();
        board.reconcile(&[check("web")], &Plan { healthy_percent: 80, ..plan(16) });
        for at in 0..16 {
            board.vote(vote(at, if at < healthy { UP } else { DOWN }));
        }
        board.view(&named("web")).unwrap().ballot.standing().unwrap().raw.is_healthy()
    };
    assert_eq!([raw(12), raw(13)], [false, true], "C-20");
}

#[test]
fn nothing_is_told_before_there_is_a_vote_and_the_first_proof_is() {
    let board = Board::new();
    assert_eq!(board.reconcile(&[check("web")], &plan(1)), [], "C-18: the table supposes the same by itself");
    let unproven = Vote { proven: false, ..vote(0, UP) };
    assert_eq!(board.vote(unproven), None);
    assert_eq!(told(board.vote(vote(0, UP))), Some((Status::Healthy, FULL_SHARE)), "no longer supposed");
    assert_eq!(board.vote(vote(0, UP)), None, "no news");
}

#[test]
fn a_checker_that_joins_is_counted_for_what_is_known() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(2));
    board.vote(vote(0, DOWN));
    assert_eq!(board.vote(vote(1, DOWN)).map(|verdict| verdict.finding.raw), DOWN);
    assert_eq!(board.reconcile(&[check("web")], &plan(4)), [], "a reload that adds checkers turns nothing");
    assert_eq!(board.vote(Vote { proven: false, ..vote(2, UP) }), None, "nor does what the new one only supposes");
    let verdict = board.vote(vote(2, UP)).expect("a look of its own counts");
    assert_eq!(verdict.finding.raw, Status::Healthy, "1 of 4 is 25 %");
}

#[tokio::test(start_paused = true)]
async fn c22_a_checker_never_heard_of_leaves_the_count_too() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(2));
    board.vote(vote(0, DOWN));
    assert_eq!(board.view(&named("web")).unwrap().ballot.standing().unwrap().total, 2);
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(30)).await;
        board.vote(vote(0, DOWN));
    }
    let verdicts = board.age();
    assert_eq!(verdicts.len(), 1, "the one that reports decides");
    assert_eq!((verdicts[0].finding.raw, board.age()), (Status::Unhealthy, Vec::new()));
}

#[test]
fn readiness_is_held_by_those_who_can_report_and_by_nobody_else() {
    let calculated = CheckKind::Calculated { children: vec![named("web")], threshold: 1 };
    let given = CheckKind::Given { status: Status::Unhealthy };
    let checks = [
        check("web"),
        HealthCheck { disabled: true, ..check("off") },
        HealthCheck { kind: calculated, ..check("sum") },
        HealthCheck { kind: given, ..check("given") },
    ];
    let board = Board::new();
    board.reconcile(&checks, &plan(2));
    assert_eq!(board.awaited(), 1);
    board.vote(vote(0, UP));
    assert_eq!(board.awaited(), 1, "the other has not said a word");
    board.vote(vote(1, None));
    assert_eq!(board.awaited(), 0, "that it cannot tell is a report");
    board.reconcile(&[HealthCheck { disabled: true, ..check("web") }], &plan(2));
    assert_eq!(board.awaited(), 0);
}

/// A checker's vote that something is wrong all the same.
fn worn(checker: usize) -> Vote {
    Vote { degraded: Some("expires soon".into()), ..vote(checker, UP) }
}

#[test]
fn c20_degraded_goes_by_the_quorum_of_the_healthy() {
    let degraded = |wrong: usize, healthy: usize, total: usize| {
        let board = Board::new();
        board.reconcile(&[check("web")], &plan(total));
        for at in 0..total {
            let held = if at < healthy { vote(at, UP) } else { vote(at, DOWN) };
            board.vote(if at < wrong { worn(at) } else { held });
        }
        board.view(&named("web")).unwrap().ballot.standing().unwrap().degraded
    };
    assert_eq!([degraded(4, 6, 6), degraded(5, 6, 6)], [false, true], "2 of 6 find nothing wrong, 1 of 6 is too few");
    assert_eq!([degraded(1, 2, 8), degraded(2, 2, 8)], [false, true], "those that hold it unhealthy have no say");
    let seen_once = Report { degraded: Some("expires soon".into()), ..Report::of(Outcome::Connected) };
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(1));
    board.vote(Vote { report: seen_once, ..vote(0, UP) });
    assert!(!board.view(&named("web")).unwrap().ballot.standing().unwrap().degraded, "one look is below the threshold");
}

#[test]
fn c18_what_is_shown_of_a_voter_is_what_it_is_counted_for() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(3));
    for at in 0..2 {
        board.vote(vote(at, DOWN));
    }
    board.vote(Vote { proven: false, ..vote(2, UP) });
    let shown = || {
        let ballot = board.view(&named("web")).unwrap().ballot;
        let healthy = ballot.casts().filter(|(_, cast)| ballot.holds(cast).is_healthy()).count();
        (healthy, ballot.standing().unwrap().healthy)
    };
    assert_eq!(shown(), (1, 1), "healthy until shown otherwise");
    board.vote(vote(2, DOWN));
    board.reconcile(&[check("web")], &plan(4));
    board.vote(Vote { proven: false, ..vote(3, UP) });
    assert_eq!(shown(), (0, 0), "who has not seen it is counted for what is known, and shown so");
}

#[test]
fn what_was_seen_is_known_to_voters_that_are_called_later() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(1));
    assert_eq!(board.known(), BTreeMap::new());
    board.vote(Vote { proven: false, ..vote(0, UP) });
    assert_eq!(board.known(), BTreeMap::new(), "supposed, and seen by nobody");
    board.vote(vote(0, DOWN));
    board.reconcile(&[HealthCheck { disabled: true, ..check("web") }], &plan(1));
    let known = Known { status: Status::Unhealthy, degraded: None };
    assert_eq!(board.known(), [(named("web"), known)].into(), "while nobody looks");
}

#[tokio::test(start_paused = true)]
async fn c22_an_alarm_whose_follower_is_silent_is_unknown_and_stays_as_it_was() {
    let alarm = Alarm { source: Source::Push, interval: Duration::from_secs(60), missing: Missing::Healthy };
    let limit = alarm.rhythm() * 3;
    let board = Board::new();
    board.reconcile(&[HealthCheck { kind: CheckKind::Alarm(alarm), ..check("web") }], &plan(1));
    let said = Vote { checker: ALARM.into(), ..vote(0, DOWN) };
    board.vote(said.clone());
    let counted = |board: &Board| {
        let ballot = board.view(&named("web")).unwrap().ballot;
        let probes = ballot.casts().map(|(_, cast)| cast.probes).sum::<u64>();
        (ballot.standing().unwrap().total, ballot.standing().unwrap().raw, probes)
    };
    tokio::time::sleep(limit).await;
    board.vote(said);
    tokio::time::sleep(limit).await;
    board.age();
    assert_eq!(counted(&board), (1, Status::Unhealthy, 1), "told again it is no new vote, and no old one");
    tokio::time::sleep(Duration::from_millis(1)).await;
    board.age();
    assert_eq!(counted(&board), (0, Status::Unhealthy, 1));
}

#[test]
fn degraded_lessens_or_counts_as_unhealthy() {
    let degraded = || worn(0);
    let with = |degraded_percent| {
        let CheckKind::Endpoint(endpoint) = check("web").kind else { panic!("an endpoint") };
        HealthCheck { kind: CheckKind::Endpoint(Endpoint { degraded_percent, ..endpoint }), ..check("web") }
    };
    for (percent, expected) in
        [(100, (Status::Healthy, 255)), (20, (Status::Healthy, 51)), (0, (Status::Unhealthy, 255))]
    {
        let board = Board::new();
        board.reconcile(&[with(percent)], &plan(1));
        assert_eq!(told(board.vote(degraded())), Some(expected));
        let well = board.vote(vote(0, UP));
        assert_eq!(well.is_some(), percent != 100);
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_begins_as_its_missing_data_say() {
    let alarm = |missing| Alarm { source: Source::Push, interval: Duration::from_secs(60), missing };
    let check = |missing| HealthCheck { kind: CheckKind::Alarm(alarm(missing)), ..check("web") };
    let board = Board::new();
    assert_eq!(board.reconcile(&[check(Missing::Unhealthy)], &plan(1)), []);
    let raw = |board: &Board| board.view(&named("web")).unwrap().ballot.standing().unwrap().raw;
    assert_eq!(raw(&board), Status::Unhealthy);
    let said = Vote { checker: ALARM.into(), ..vote(0, UP) };
    assert_eq!(told(board.vote(said)), Some((Status::Healthy, FULL_SHARE)));
    assert_eq!(board.reconcile(&[check(Missing::LastKnown)], &plan(1)), []);
    assert_eq!(raw(&board), Status::Healthy, "another alarm goes on from the status it had");
}

#[test]
fn views_are_taken_while_votes_come_in() {
    let board = Board::new();
    board.reconcile(&[check("web")], &plan(1));
    board.vote(vote(0, UP));
    let views = board.views();
    board.vote(vote(0, DOWN));
    let probes = |view: &View| view.ballot.casts().map(|(_, cast)| cast.probes).sum::<u64>();
    assert_eq!((probes(&views[0]), probes(&board.views()[0])), (1, 2));
}

#[test]
fn only_what_a_voter_saw_is_seen() {
    let alarm = Alarm { source: Source::Push, interval: Duration::from_secs(60), missing: Missing::Unhealthy };
    let board = Board::new();
    let recovery = Recovery { manual_failback: true, slow_start: None };
    board.reconcile(&[HealthCheck { recovery, kind: CheckKind::Alarm(alarm), ..check("web") }], &plan(1));
    let said = |status, seen| board.vote(Vote { checker: ALARM.into(), seen, ..vote(0, status) });
    let told = |verdict: Option<Verdict>| verdict.map(|verdict| (verdict.finding.raw, verdict.finding.seen));
    assert_eq!(told(said(DOWN, false)), Some((Status::Unhealthy, false)), "what `missing` wants, and nobody saw it");
    assert_eq!(told(said(DOWN, true)), Some((Status::Unhealthy, true)));
    assert_eq!(told(said(UP, true)), Some((Status::Healthy, false)));
}

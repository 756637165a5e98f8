//! The board on a paused clock. Worked cases of spec §10.14 here: T263, T264, T265, T285.

use super::*;
use std::time::SystemTime;

use crate::model::At;
use crate::model::check::{Endpoint, Protocol, Recovery};
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
    assert_eq!(verdict.raw, Status::Unhealthy);
    board.vote(vote(1, None));
    assert_eq!(board.view(&named("web")).unwrap().ballot.standing().unwrap().raw, Status::Unhealthy, "the last known");
}

#[test]
fn manual_failback_holds_a_check_until_it_is_said() {
    let board = Board::new();
    let recovery = Recovery { manual_failback: true, slow_start: None };
    board.reconcile(&[HealthCheck { recovery, ..check("web") }], &plan(1));
    assert_eq!(board.vote(vote(0, DOWN)).map(|verdict| verdict.raw), DOWN);
    assert_eq!(board.vote(vote(0, UP)), None, "held");
    assert_eq!(board.latched(), [named("web")]);
    let (held, verdict) = board.fail_back(&named("web")).expect("the check");
    assert_eq!((held, verdict.map(|verdict| verdict.raw)), (true, UP));
    assert_eq!(board.fail_back(&named("gone")), None);
}

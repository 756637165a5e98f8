//! The pure counting behind a check's status: one checker's threshold, and the quorum of many (§5.4, §5.5).

use proptest::prelude::*;
use waymark::model::check::{Status, Threshold, Thresholds, quorum};

/// Outcomes as letters, S for success and F for failure; at which of them, from 1, the status flips.
fn flips(checker: &mut Threshold, outcomes: &str) -> Vec<usize> {
    let flipped = |letter: u8| {
        let outcome = Status::from_healthy(letter == b'S');
        checker.observe(outcome).inspect(|to| assert_eq!(*to, outcome)).is_some()
    };
    let flips: Vec<bool> = outcomes.bytes().map(flipped).collect();
    (1..).zip(flips).filter(|(_, flip)| *flip).map(|(at, _)| at).collect()
}

#[test]
fn a_run_of_contrary_outcomes_flips() {
    let mut checker = Threshold::new(Thresholds::both(3));
    assert_eq!(checker.status(), Status::Healthy, "C-18");
    assert_eq!(flips(&mut checker, "FFSFFF"), [6], "T260, C-17");
    assert_eq!(flips(&mut checker, "SSFSSS"), [6], "T261, C-17");
    assert_eq!(flips(&mut Threshold::new(Thresholds::both(1)), "F"), [1], "T262, C-18");
}

#[test]
fn more_than_the_percentage_is_healthy() {
    let of = |healthy, total, percent| quorum(healthy, total, percent).is_healthy();
    assert_eq!([of(2, 16, 18), of(3, 16, 18)], [false, true], "T263, C-21");
    assert_eq!([of(1, 6, 18), of(2, 6, 18)], [false, true], "T264, C-21");
    assert_eq!([of(9, 50, 18), of(10, 50, 18)], [false, true], "T265, C-20: exactly 18 % is not enough");
    assert_eq!([of(12, 16, 80), of(13, 16, 80)], [false, true], "T266, C-20");
    let least = |total| (0..=total).find(|healthy| of(*healthy, total, 18));
    assert_eq!([6, 8, 9, 12, 15, 16, 18, 24].map(least), [2, 2, 2, 3, 3, 3, 4, 5].map(Some), "C-21");
}

proptest! {
    /// C-17: the status is that of the last run of `needed` equal outcomes, healthy before there is one.
    #[test]
    fn status_is_the_last_long_run(needed in 1u8..=10, outcomes in prop::collection::vec(any::<bool>(), 0..80)) {
        let mut checker = Threshold::new(Thresholds::both(needed));
        for healthy in &outcomes {
            checker.observe(Status::from_healthy(*healthy));
        }
        let runs = outcomes.chunk_by(|a, b| a == b).rev();
        let last = runs.into_iter().find(|run| run.len() >= usize::from(needed)).is_none_or(|run| run[0]);
        prop_assert_eq!(checker.status(), Status::from_healthy(last));
    }
}

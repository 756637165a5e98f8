//! As many requests a second as the configuration lets through, for those who test how their clients slow down (I-24).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::edge::Allowance;
use crate::route53::{ApiError, Code};

/// For how many milliseconds requests that did not come are saved up.
const SAVED: u64 = 1000;

/// Requests that are still let through: so many a second, and no more saved up than a second's.
#[derive(Debug)]
pub struct Throttle {
    a_second: u32,
    allowance: Mutex<Allowance>,
}

impl Throttle {
    /// One for so many requests a second.
    pub fn new(requests: u32) -> Self {
        Self { a_second: requests, allowance: Mutex::new(Allowance::saved_for(SAVED)) }
    }

    /// Lets a request through that came `now`, since 1970, or refuses it.
    pub(super) fn pass(&self, now: Duration) -> Result<(), ApiError> {
        // What is written is whole whenever a lock is let go.
        let mut allowance = self.allowance.lock().unwrap_or_else(PoisonError::into_inner);
        if allowance.left(self.a_second, now.as_millis() as u64) == 0 {
            return Err(ApiError::new(Code::Throttling, "Rate exceeded"));
        }
        allowance.spend(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t375_the_sixth_request_of_a_second_is_one_too_many() {
        let throttle = Throttle::new(5);
        let at = |millis: u64| throttle.pass(Duration::from_millis(1_800_000_000_000 + millis));
        assert!((0..5).all(|_| at(0).is_ok()));
        let refused = at(100).unwrap_err();
        assert_eq!((refused.code, &*refused.message), (Code::Throttling, "Rate exceeded"), "T375, I-24");
        assert!(at(200).is_ok() && at(201).is_err(), "five a second");
        assert!(at(100).is_err() && at(150).is_err(), "the clock went back");
        assert!((0..5).all(|_| at(9000).is_ok()) && at(9000).is_err(), "no more is saved up");
    }
}

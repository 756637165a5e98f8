//! How much may be done yet of what is bounded by the second: signatures for names as they are asked, as a flood of names
//! that are not there must not cost others their answers; requests of the API.

/// An allowance, refilled as time goes by.
#[derive(Debug)]
pub struct Allowance {
    /// For how many milliseconds it is saved up.
    saved: u64,
    /// Thousandths of what is allowed.
    left: u64,
    /// When it was refilled, in milliseconds since 1970.
    at: u64,
}

impl Allowance {
    /// One that is saved up for so many milliseconds, and is full at first.
    pub fn saved_for(millis: u64) -> Self {
        Self { saved: millis, left: 0, at: 0 }
    }

    /// How much there is now, at so much a second; `now` in milliseconds since 1970.
    pub fn left(&mut self, a_second: u32, now: u64) -> u16 {
        // A clock that went back refills nothing until it goes on.
        let passed = now.saturating_sub(self.at).min(self.saved);
        self.left = (self.left + passed * u64::from(a_second)).min(self.saved * u64::from(a_second));
        self.at = now;
        self.whole()
    }

    /// So much was done; how much is left.
    pub fn spend(&mut self, done: u16) -> u16 {
        self.left = self.left.saturating_sub(u64::from(done) * 1000);
        self.whole()
    }

    fn whole(&self) -> u16 {
        u16::try_from(self.left / 1000).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_refilled_by_the_clock_and_saved_for_a_quarter_of_a_second() {
        let mut allowance = Allowance::saved_for(250);
        assert_eq!(allowance.left(1000, 1_000_000), 250);
        (0..250).for_each(|made| assert_eq!(allowance.spend(1), 249 - made));
        assert_eq!(allowance.left(1000, 1_000_000), 0);
        assert_eq!(allowance.left(1000, 1_000_003), 3);
        assert_eq!(allowance.left(1000, 900_000), 3, "the clock went back");
        assert_eq!(allowance.left(1000, 900_002), 5);
        assert_eq!(allowance.left(1000, 2_000_000), 250);
        assert_eq!(allowance.spend(u16::MAX), 0);
        assert_eq!(allowance.left(0, 3_000_000), 0, "none are allowed");
    }
}

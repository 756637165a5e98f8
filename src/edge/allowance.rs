//! Signatures that may be made for names as they are asked: a flood of names that are not there must not cost others
//! their answers.

/// For how much of a second it may be saved up, in thousandths.
const SAVED: u64 = 250;

/// What one worker may still sign, refilled as time goes by.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    /// Thousandths of a signature.
    left: u64,
    /// When it was refilled, in milliseconds since 1970.
    at: u64,
}

impl Allowance {
    /// How many signatures may be made now, at so many a second.
    pub(super) fn left(&mut self, a_second: u32, now: u64) -> u16 {
        // A clock that went back refills nothing until it goes on.
        let passed = now.saturating_sub(self.at).min(SAVED);
        self.left = (self.left + passed * u64::from(a_second)).min(SAVED * u64::from(a_second));
        self.at = now;
        self.whole()
    }

    /// So many were made; how many are left.
    pub(super) fn spend(&mut self, made: u16) -> u16 {
        self.left = self.left.saturating_sub(u64::from(made) * 1000);
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
        let mut allowance = Allowance::default();
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

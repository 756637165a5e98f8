//! Failover: PRIMARY while it is healthy, else SECONDARY, and PRIMARY again when neither is (P-31, H-17).

use super::Plan;

/// Primary first; a group with one member has that one (P-33).
pub fn plan(members: usize) -> Plan<'static> {
    Plan::AsWritten(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Entropy, select};

    #[test]
    fn truth_table() {
        let picked = |primary: bool, secondary: bool| {
            let health = [primary, secondary];
            select(&plan(2), |member| u8::from(health[member]), &mut Entropy::new(0)).members().next()
        };
        assert_eq!(picked(true, true), Some(0), "P-31");
        assert_eq!(picked(true, false), Some(0), "P-31");
        assert_eq!(picked(false, true), Some(1), "P-31");
        assert_eq!(picked(false, false), Some(0), "P-31, H-17");
        assert_eq!(select(&plan(1), |_| 0, &mut Entropy::new(0)).members().next(), Some(0), "P-33");
    }
}

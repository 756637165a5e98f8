//! Simple: one record set, answered whatever its health (P-15, P-16).

use super::Plan;

/// The one member; with nothing healthy it is the last resort and answered all the same (H-20).
pub fn plan() -> Plan<'static> {
    Plan::AsWritten(1)
}

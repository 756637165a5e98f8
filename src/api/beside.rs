//! What some operations look at beside the account: health as it is now, and the query logs.

use std::fmt;
use std::sync::Arc;

use crate::health::View;
use crate::log::zones::ZoneLogs;
use crate::model::CheckId;
use crate::model::fleet::Plan;

/// How a check stands by now; `None` for one that nobody watches over.
pub type Viewing = dyn Fn(&CheckId) -> Option<View> + Send + Sync;

/// What there is beside the account.
pub struct Beside {
    /// What is known of a check, by its id.
    pub view: Box<Viewing>,
    /// Who probes.
    pub plan: Box<dyn Fn() -> Arc<Plan> + Send + Sync>,
    /// The query logs of zones.
    pub logs: Arc<ZoneLogs>,
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").field("logs", &self.logs).finish_non_exhaustive()
    }
}

//! What one checker says of one check: plain data, so that checkers on other machines can say it too.

use std::sync::Arc;
use std::time::SystemTime;

use super::outcome::Report;
use crate::model::CheckId;
use crate::model::check::Status;

/// A checker's view of a check after its latest probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Who looked.
    pub checker: Arc<str>,
    /// At what.
    pub check: CheckId,
    /// What it holds after so many looks (C-17); `None` when it cannot tell.
    pub status: Option<Status>,
    /// Whether probes have shown that status, rather than its being assumed (C-18).
    pub proven: bool,
    /// Whether anything of the endpoint stands behind it: an alarm of which nothing was ever known votes as `missing`
    /// wants, which holds no check until failback.
    pub seen: bool,
    /// What is wrong with the endpoint all the same, once as many probes in a row have seen it as turn a status.
    pub degraded: Option<Arc<str>>,
    /// How many outcomes in a row say the contrary, and how many would turn the status.
    pub contrary: (u8, u8),
    /// When the latest probe ended.
    pub at: SystemTime,
    /// What it found.
    pub report: Report,
}

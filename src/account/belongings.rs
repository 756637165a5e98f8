//! What goes when a zone goes: tags, authorizations, its query log, its keys.

use super::dnssec::Keys;
use super::tags::{self, Tags};
use super::vpc::Authorization;
use super::{Draft, query_logging};
use crate::route53::QueryLoggingConfig;

/// Takes away what hangs on a zone that is being deleted; `zone` is its bare id.
pub(super) fn forget(draft: &mut Draft<'_>, zone: &str) {
    draft.remove::<Tags>(&tags::key_of("hostedzone", zone));
    draft.remove::<Keys>(zone);
    if let Some(config) = query_logging::of_zone(draft.reader(), zone) {
        draft.remove::<QueryLoggingConfig>(&config);
    }
    let within = format!("{zone}/");
    let authorizations: Vec<String> =
        draft.reader().list::<Authorization>(&within, "").map(|(id, _)| id.to_owned()).collect();
    for id in authorizations {
        draft.remove::<Authorization>(&id);
    }
}

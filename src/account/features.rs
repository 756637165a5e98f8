//! What can be switched on for a zone: accelerated recovery alone, which costs nothing where there is one Region.

use super::Draft;
use crate::route53::{ApiError, HostedZoneFeatures};

/// Notes whether a public zone has accelerated recovery; it has at once.
pub fn update(draft: &mut Draft<'_>, zone: &str, recovery: Option<bool>) -> Result<(), ApiError> {
    let mut zone = (*draft.zone(zone)?).clone();
    if zone.is_private() {
        let what = format!("Invalid parameter : hosted zone {} is private, and has no accelerated recovery", zone.id());
        return Err(ApiError::invalid_input(what));
    }
    let Some(recovery) = recovery else { return Ok(()) };
    let status = if recovery { "ENABLED" } else { "DISABLED" };
    zone.hosted_zone.features =
        Some(HostedZoneFeatures { accelerated_recovery_status: Some(status.to_owned()), failure_reasons: None });
    let id = zone.id().to_owned();
    draft.put(&id, zone);
    Ok(())
}

//! Refusals that more than one subject gives, in Route 53's words (§9.5).

use crate::database::{StoreError, Trouble};
use crate::model::{HostedZone, Name};
use crate::route53::{ApiError, Code};

/// No zone has this id.
pub fn no_such_zone(id: &str) -> ApiError {
    ApiError::new(Code::NoSuchHostedZone, format!("No hosted zone found with ID: {id}"))
}

/// No change has this id, or none any more.
pub fn no_such_change(id: &str) -> ApiError {
    ApiError::new(Code::NoSuchChange, format!("Could not find resource with ID: {id}"))
}

/// No health check has this id (C-33).
pub fn no_such_check(id: &str) -> ApiError {
    ApiError::new(Code::NoSuchHealthCheck, format!("A health check with id {id} does not exist."))
}

/// The zone is the operator's and changes with its file alone.
pub fn filed(zone: &HostedZone) -> ApiError {
    let (id, file) = (&zone.id.0, &zone.at.file);
    ApiError::new(
        Code::AccessDenied,
        format!(
            "The resource hostedzone/{id} can only be managed through the file {file}: change the file, or move the \
             zone to the API with `waymark import {id}`"
        ),
    )
}

/// A name as the API takes it, or what is wrong with it (N-3, N-6).
pub fn name(text: &str) -> Result<Name, ApiError> {
    crate::store::dump::name(text).map_err(ApiError::invalid_input)
}

/// A page's size: `asked`, or `usual` where nothing was, at most `most` (I-20…I-22).
pub fn page(asked: Option<&str>, usual: usize, most: usize) -> Result<usize, ApiError> {
    let Some(asked) = asked else { return Ok(usual) };
    match asked.parse::<usize>() {
        Ok(items) if items > 0 => Ok(items.min(most)),
        _ => Err(ApiError::invalid_input(format!("Invalid maxItems value: {asked} is no positive number"))),
    }
}

/// Where a thing that was made is, for the Location of the answer: `hostedzone`, `Z1`.
pub fn location(kind: &str, id: &str) -> String {
    format!("/2013-04-01/{kind}/{id}")
}

/// The store did not take a change.
pub(super) fn not_kept(error: &StoreError) -> ApiError {
    let code = match error {
        StoreError::Conflict { .. } | StoreError::Trouble { trouble: Trouble::Full | Trouble::Busy, .. } => {
            Code::ServiceUnavailable
        }
        StoreError::Trouble { .. } => Code::InternalFailure,
    };
    ApiError::new(code, format!("The change could not be kept, and nothing was changed: {error}"))
}

//! Reusable delegation sets as documents (Z-13).

use crate::route53::{ApiError, Code, DelegationSet};

use super::documents::Reader;

/// By the CallerReference it was made with.
pub(super) fn index(set: &DelegationSet, _id: &str) -> Vec<String> {
    set.caller_reference.as_deref().map(reference).into_iter().collect()
}

/// What a reusable set is found by that was made with this CallerReference.
pub fn reference(reference: &str) -> String {
    format!("reference/delegationset/{reference}")
}

/// The reusable set of this bare id.
pub fn find<'a>(reader: Reader<'a>, id: &str) -> Result<&'a DelegationSet, ApiError> {
    let refusal = || ApiError::new(Code::NoSuchDelegationSet, format!("No delegation set found with ID: {id}"));
    reader.find::<DelegationSet>(id).map(|set| &**set).ok_or_else(refusal)
}

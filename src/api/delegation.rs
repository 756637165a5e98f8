//! Reusable delegation sets (Z-13).

use crate::account::{Account, delegation};
use crate::route53::{
    ApiError, Caller, CreateReusableDelegationSetRequest, CreateReusableDelegationSetResponse,
    DeleteReusableDelegationSetRequest, DeleteReusableDelegationSetResponse, GetReusableDelegationSetRequest,
    GetReusableDelegationSetResponse, ListReusableDelegationSetsRequest, ListReusableDelegationSetsResponse,
};

/// Makes a set, or makes that of a zone reusable.
pub fn create_reusable_delegation_set(
    account: &Account,
    caller: &Caller,
    input: CreateReusableDelegationSetRequest,
) -> Result<CreateReusableDelegationSetResponse, ApiError> {
    account.transact(caller, "CreateReusableDelegationSet", |draft| delegation::create(draft, input))
}

/// One set.
pub fn get_reusable_delegation_set(
    account: &Account,
    _: &Caller,
    input: GetReusableDelegationSetRequest,
) -> Result<GetReusableDelegationSetResponse, ApiError> {
    let found = account.read(|reader| delegation::find(reader, &input.id).cloned());
    Ok(GetReusableDelegationSetResponse { delegation_set: found? })
}

/// Sets by id.
pub fn list_reusable_delegation_sets(
    account: &Account,
    _: &Caller,
    input: ListReusableDelegationSetsRequest,
) -> Result<ListReusableDelegationSetsResponse, ApiError> {
    account.read(|reader| delegation::list(reader, input))
}

/// Deletes a set that no zone has.
pub fn delete_reusable_delegation_set(
    account: &Account,
    caller: &Caller,
    input: DeleteReusableDelegationSetRequest,
) -> Result<DeleteReusableDelegationSetResponse, ApiError> {
    account.transact(caller, "DeleteReusableDelegationSet", |draft| {
        delegation::delete(draft, &input.id)?;
        Ok(DeleteReusableDelegationSetResponse {})
    })
}

//! CIDR collections: blocks of addresses by location (P-53, P-60).

use crate::account::{Account, cidr};
use crate::route53::{
    ApiError, Caller, ChangeCidrCollectionRequest, ChangeCidrCollectionResponse, CreateCidrCollectionRequest,
    CreateCidrCollectionResponse, DeleteCidrCollectionRequest, DeleteCidrCollectionResponse, ListCidrBlocksRequest,
    ListCidrBlocksResponse, ListCidrCollectionsRequest, ListCidrCollectionsResponse, ListCidrLocationsRequest,
    ListCidrLocationsResponse,
};

/// Makes an empty collection.
pub fn create_cidr_collection(
    account: &Account,
    caller: &Caller,
    input: CreateCidrCollectionRequest,
) -> Result<CreateCidrCollectionResponse, ApiError> {
    account.transact(caller, "CreateCidrCollection", |draft| cidr::create(draft, input))
}

/// Puts blocks into locations and takes them out, all or none.
pub fn change_cidr_collection(
    account: &Account,
    caller: &Caller,
    input: ChangeCidrCollectionRequest,
) -> Result<ChangeCidrCollectionResponse, ApiError> {
    account.transact(caller, "ChangeCidrCollection", |draft| cidr::change(draft, input))
}

/// Deletes an empty collection.
pub fn delete_cidr_collection(
    account: &Account,
    caller: &Caller,
    input: DeleteCidrCollectionRequest,
) -> Result<DeleteCidrCollectionResponse, ApiError> {
    account.transact(caller, "DeleteCidrCollection", |draft| {
        cidr::delete(draft, &input.id)?;
        Ok(DeleteCidrCollectionResponse {})
    })
}

/// Collections by id.
pub fn list_cidr_collections(
    account: &Account,
    _: &Caller,
    input: ListCidrCollectionsRequest,
) -> Result<ListCidrCollectionsResponse, ApiError> {
    account.read(|reader| cidr::list(reader, &input))
}

/// The locations of a collection by name.
pub fn list_cidr_locations(
    account: &Account,
    _: &Caller,
    input: ListCidrLocationsRequest,
) -> Result<ListCidrLocationsResponse, ApiError> {
    account.read(|reader| cidr::locations(reader, &input))
}

/// The blocks of a collection, or of one location.
pub fn list_cidr_blocks(
    account: &Account,
    _: &Caller,
    input: ListCidrBlocksRequest,
) -> Result<ListCidrBlocksResponse, ApiError> {
    account.read(|reader| cidr::blocks(reader, &input))
}

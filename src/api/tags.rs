//! Tags of zones and health checks.

use crate::account::{Account, tags};
use crate::route53::{
    ApiError, Caller, ChangeTagsForResourceRequest, ChangeTagsForResourceResponse, ListTagsForResourceRequest,
    ListTagsForResourceResponse, ListTagsForResourcesRequest, ListTagsForResourcesResponse,
};

/// Adds tags, changes them, takes them away.
pub fn change_tags_for_resource(
    account: &Account,
    caller: &Caller,
    input: ChangeTagsForResourceRequest,
) -> Result<ChangeTagsForResourceResponse, ApiError> {
    account.transact(caller, "ChangeTagsForResource", |draft| {
        tags::change(draft, input)?;
        Ok(ChangeTagsForResourceResponse {})
    })
}

/// The tags of one zone or health check.
pub fn list_tags_for_resource(
    account: &Account,
    _: &Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, ApiError> {
    let world = account.world();
    let found = account.read(|reader| tags::find(reader, &world, &input.resource_type, &input.resource_id));
    Ok(ListTagsForResourceResponse { resource_tag_set: found? })
}

/// The tags of up to ten zones or health checks.
pub fn list_tags_for_resources(
    account: &Account,
    _: &Caller,
    input: ListTagsForResourcesRequest,
) -> Result<ListTagsForResourcesResponse, ApiError> {
    let world = account.world();
    let found = account.read(|reader| tags::find_all(reader, &world, &input.resource_type, &input.resource_ids));
    Ok(ListTagsForResourcesResponse { resource_tag_sets: found? })
}

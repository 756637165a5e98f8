//! Record sets that nobody may change, and what else is switched on for a zone (I-13, I-27).

use crate::account::{Account, features, protections};
use crate::route53::{
    ApiError, Caller, CreateResourceRecordSetProtectionsRequest, CreateResourceRecordSetProtectionsResponse,
    DeleteResourceRecordSetProtectionsRequest, DeleteResourceRecordSetProtectionsResponse,
    ListResourceRecordSetProtectionsRequest, ListResourceRecordSetProtectionsResponse, UpdateHostedZoneFeaturesRequest,
    UpdateHostedZoneFeaturesResponse,
};

/// Protects names and types, all or none.
pub fn create_resource_record_set_protections(
    account: &Account,
    caller: &Caller,
    input: CreateResourceRecordSetProtectionsRequest,
) -> Result<CreateResourceRecordSetProtectionsResponse, ApiError> {
    account.transact(caller, "CreateResourceRecordSetProtections", |draft| {
        protections::create(draft, &input.hosted_zone_id, input.protections)?;
        Ok(CreateResourceRecordSetProtectionsResponse {})
    })
}

/// The protections of a zone, in the order of its record sets.
pub fn list_resource_record_set_protections(
    account: &Account,
    _: &Caller,
    input: ListResourceRecordSetProtectionsRequest,
) -> Result<ListResourceRecordSetProtectionsResponse, ApiError> {
    let world = account.world();
    account.read(|reader| protections::list(reader, &world, &input))
}

/// Takes protections away, all or none.
pub fn delete_resource_record_set_protections(
    account: &Account,
    caller: &Caller,
    input: DeleteResourceRecordSetProtectionsRequest,
) -> Result<DeleteResourceRecordSetProtectionsResponse, ApiError> {
    account.transact(caller, "DeleteResourceRecordSetProtections", |draft| {
        protections::delete(draft, &input.hosted_zone_id, input.protections)?;
        Ok(DeleteResourceRecordSetProtectionsResponse {})
    })
}

/// Notes whether a zone is to be changeable when a Region fails. There is one Region here, so that it is.
pub fn update_hosted_zone_features(
    account: &Account,
    caller: &Caller,
    input: UpdateHostedZoneFeaturesRequest,
) -> Result<UpdateHostedZoneFeaturesResponse, ApiError> {
    account.transact(caller, "UpdateHostedZoneFeatures", |draft| {
        features::update(draft, &input.hosted_zone_id, input.enable_accelerated_recovery)?;
        Ok(UpdateHostedZoneFeaturesResponse {})
    })
}

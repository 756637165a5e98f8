//! VPCs and the private zones they see (Z-24 … Z-26).

use crate::account::{Account, vpc};
use crate::route53::{
    ApiError, AssociateVPCWithHostedZoneRequest, AssociateVPCWithHostedZoneResponse, Caller,
    CreateVPCAssociationAuthorizationRequest, CreateVPCAssociationAuthorizationResponse,
    DeleteVPCAssociationAuthorizationRequest, DeleteVPCAssociationAuthorizationResponse,
    DisassociateVPCFromHostedZoneRequest, DisassociateVPCFromHostedZoneResponse, ListHostedZonesByVPCRequest,
    ListHostedZonesByVPCResponse, ListVPCAssociationAuthorizationsRequest, ListVPCAssociationAuthorizationsResponse,
    bare_id,
};

/// Ties a private zone to one more VPC.
pub fn associate_vpc_with_hosted_zone(
    account: &Account,
    caller: &Caller,
    input: AssociateVPCWithHostedZoneRequest,
) -> Result<AssociateVPCWithHostedZoneResponse, ApiError> {
    account.transact(caller, "AssociateVPCWithHostedZone", |draft| {
        let zone = draft.zone(&input.hosted_zone_id)?;
        let change_info = vpc::associate(draft, &zone, input.vpc, input.comment)?;
        Ok(AssociateVPCWithHostedZoneResponse { change_info })
    })
}

/// Unties a private zone from a VPC that is not its last.
pub fn disassociate_vpc_from_hosted_zone(
    account: &Account,
    caller: &Caller,
    input: DisassociateVPCFromHostedZoneRequest,
) -> Result<DisassociateVPCFromHostedZoneResponse, ApiError> {
    account.transact(caller, "DisassociateVPCFromHostedZone", |draft| {
        let change_info = vpc::disassociate(draft, &input.hosted_zone_id, &input.vpc, input.comment)?;
        Ok(DisassociateVPCFromHostedZoneResponse { change_info })
    })
}

/// The private zones that a VPC sees.
pub fn list_hosted_zones_by_vpc(
    account: &Account,
    _: &Caller,
    input: ListHostedZonesByVPCRequest,
) -> Result<ListHostedZonesByVPCResponse, ApiError> {
    let world = account.world();
    account.read(|reader| vpc::zones(reader, &world, input))
}

/// Allows a VPC's owner to tie it to a zone.
pub fn create_vpc_association_authorization(
    account: &Account,
    caller: &Caller,
    input: CreateVPCAssociationAuthorizationRequest,
) -> Result<CreateVPCAssociationAuthorizationResponse, ApiError> {
    account.transact(caller, "CreateVPCAssociationAuthorization", |draft| {
        vpc::authorize(draft, &input.hosted_zone_id, input.vpc.clone())?;
        let hosted_zone_id = bare_id(&input.hosted_zone_id).to_owned();
        Ok(CreateVPCAssociationAuthorizationResponse { hosted_zone_id, vpc: input.vpc })
    })
}

/// Takes such an authorization back.
pub fn delete_vpc_association_authorization(
    account: &Account,
    caller: &Caller,
    input: DeleteVPCAssociationAuthorizationRequest,
) -> Result<DeleteVPCAssociationAuthorizationResponse, ApiError> {
    account.transact(caller, "DeleteVPCAssociationAuthorization", |draft| {
        vpc::deauthorize(draft, &input.hosted_zone_id, &input.vpc)?;
        Ok(DeleteVPCAssociationAuthorizationResponse {})
    })
}

/// The VPCs that are authorized for a zone.
pub fn list_vpc_association_authorizations(
    account: &Account,
    _: &Caller,
    input: ListVPCAssociationAuthorizationsRequest,
) -> Result<ListVPCAssociationAuthorizationsResponse, ApiError> {
    let world = account.world();
    account.read(|reader| vpc::authorizations(reader, &world, &input))
}

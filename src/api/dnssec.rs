//! Key-signing keys and signing (S-1 … S-8).

use crate::account::{Account, dnssec};
use crate::route53::{
    ActivateKeySigningKeyRequest, ActivateKeySigningKeyResponse, ApiError, Caller, CreateKeySigningKeyRequest,
    CreateKeySigningKeyResponse, DeactivateKeySigningKeyRequest, DeactivateKeySigningKeyResponse,
    DeleteKeySigningKeyRequest, DeleteKeySigningKeyResponse, DisableHostedZoneDNSSECRequest,
    DisableHostedZoneDNSSECResponse, EnableHostedZoneDNSSECRequest, EnableHostedZoneDNSSECResponse, GetDNSSECRequest,
    GetDNSSECResponse,
};

/// Whether a zone is signed, and its keys.
pub fn get_dnssec(account: &Account, _: &Caller, input: GetDNSSECRequest) -> Result<GetDNSSECResponse, ApiError> {
    let world = account.world();
    account.read(|reader| dnssec::find(reader, &world, &input.hosted_zone_id))
}

/// Makes a key.
pub fn create_key_signing_key(
    account: &Account,
    caller: &Caller,
    input: CreateKeySigningKeyRequest,
) -> Result<CreateKeySigningKeyResponse, ApiError> {
    account.transact(caller, "CreateKeySigningKey", |draft| dnssec::create(draft, input))
}

/// Makes a key active.
pub fn activate_key_signing_key(
    account: &Account,
    caller: &Caller,
    input: ActivateKeySigningKeyRequest,
) -> Result<ActivateKeySigningKeyResponse, ApiError> {
    account.transact(caller, "ActivateKeySigningKey", |draft| {
        let change_info = dnssec::activate(draft, &input.hosted_zone_id, &input.name)?;
        Ok(ActivateKeySigningKeyResponse { change_info })
    })
}

/// Makes a key inactive.
pub fn deactivate_key_signing_key(
    account: &Account,
    caller: &Caller,
    input: DeactivateKeySigningKeyRequest,
) -> Result<DeactivateKeySigningKeyResponse, ApiError> {
    account.transact(caller, "DeactivateKeySigningKey", |draft| {
        let change_info = dnssec::deactivate(draft, &input.hosted_zone_id, &input.name)?;
        Ok(DeactivateKeySigningKeyResponse { change_info })
    })
}

/// Deletes an inactive key.
pub fn delete_key_signing_key(
    account: &Account,
    caller: &Caller,
    input: DeleteKeySigningKeyRequest,
) -> Result<DeleteKeySigningKeyResponse, ApiError> {
    account.transact(caller, "DeleteKeySigningKey", |draft| {
        let change_info = dnssec::delete(draft, &input.hosted_zone_id, &input.name)?;
        Ok(DeleteKeySigningKeyResponse { change_info })
    })
}

/// Has a zone signed.
pub fn enable_hosted_zone_dnssec(
    account: &Account,
    caller: &Caller,
    input: EnableHostedZoneDNSSECRequest,
) -> Result<EnableHostedZoneDNSSECResponse, ApiError> {
    account.transact(caller, "EnableHostedZoneDNSSEC", |draft| {
        let change_info = dnssec::enable(draft, &input.hosted_zone_id)?;
        Ok(EnableHostedZoneDNSSECResponse { change_info })
    })
}

/// Leaves a zone unsigned.
pub fn disable_hosted_zone_dnssec(
    account: &Account,
    caller: &Caller,
    input: DisableHostedZoneDNSSECRequest,
) -> Result<DisableHostedZoneDNSSECResponse, ApiError> {
    account.transact(caller, "DisableHostedZoneDNSSEC", |draft| {
        let change_info = dnssec::disable(draft, &input.hosted_zone_id)?;
        Ok(DisableHostedZoneDNSSECResponse { change_info })
    })
}

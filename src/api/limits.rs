//! What the account may hold, and how much of it is used (§2.6).

use crate::account::{Account, limits};
use crate::route53::{
    ApiError, Caller, GetAccountLimitRequest, GetAccountLimitResponse, GetHostedZoneLimitRequest,
    GetHostedZoneLimitResponse, GetReusableDelegationSetLimitRequest, GetReusableDelegationSetLimitResponse,
};

/// A limit of the account.
pub fn get_account_limit(
    account: &Account,
    _: &Caller,
    input: GetAccountLimitRequest,
) -> Result<GetAccountLimitResponse, ApiError> {
    let settings = account.settings();
    account.read(|reader| limits::of_account(reader, &settings, &input.r#type))
}

/// A limit of a zone.
pub fn get_hosted_zone_limit(
    account: &Account,
    _: &Caller,
    input: GetHostedZoneLimitRequest,
) -> Result<GetHostedZoneLimitResponse, ApiError> {
    let (world, settings) = (account.world(), account.settings());
    account.read(|reader| limits::of_zone(reader, &world, &settings, &input.hosted_zone_id, &input.r#type))
}

/// How many zones may have a reusable delegation set.
pub fn get_reusable_delegation_set_limit(
    account: &Account,
    _: &Caller,
    input: GetReusableDelegationSetLimitRequest,
) -> Result<GetReusableDelegationSetLimitResponse, ApiError> {
    let settings = account.settings();
    account.read(|reader| limits::of_delegation_set(reader, &settings, &input.delegation_set_id, &input.r#type))
}

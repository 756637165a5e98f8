//! Which zones' queries are logged, and where (Q-21 … Q-23).

use super::beside::Beside;
use crate::account::{Account, query_logging};
use crate::log::zones::ZoneLogs;
use crate::route53::{
    ApiError, Caller, CreateQueryLoggingConfigRequest, CreateQueryLoggingConfigResponse,
    DeleteQueryLoggingConfigRequest, DeleteQueryLoggingConfigResponse, GetQueryLoggingConfigRequest,
    GetQueryLoggingConfigResponse, ListQueryLoggingConfigsRequest, ListQueryLoggingConfigsResponse,
};

/// Has a public zone's queries written to a log group.
pub fn create_query_logging_config(
    account: &Account,
    beside: &Beside,
    caller: &Caller,
    input: CreateQueryLoggingConfigRequest,
) -> Result<CreateQueryLoggingConfigResponse, ApiError> {
    let made = account.transact(caller, "CreateQueryLoggingConfig", |draft| query_logging::create(draft, input))?;
    tell(account, &beside.logs);
    Ok(made)
}

/// One configuration.
pub fn get_query_logging_config(
    account: &Account,
    _: &Caller,
    input: GetQueryLoggingConfigRequest,
) -> Result<GetQueryLoggingConfigResponse, ApiError> {
    let found = account.read(|reader| query_logging::find(reader, &input.id).cloned());
    Ok(GetQueryLoggingConfigResponse { query_logging_config: (*found?).clone() })
}

/// Configurations by id, or that of one zone.
pub fn list_query_logging_configs(
    account: &Account,
    _: &Caller,
    input: ListQueryLoggingConfigsRequest,
) -> Result<ListQueryLoggingConfigsResponse, ApiError> {
    let world = account.world();
    account.read(|reader| query_logging::list(reader, &world, &input))
}

/// Ends the logging that a configuration began.
pub fn delete_query_logging_config(
    account: &Account,
    beside: &Beside,
    caller: &Caller,
    input: DeleteQueryLoggingConfigRequest,
) -> Result<DeleteQueryLoggingConfigResponse, ApiError> {
    account.transact(caller, "DeleteQueryLoggingConfig", |draft| query_logging::delete(draft, &input.id))?;
    tell(account, &beside.logs);
    Ok(DeleteQueryLoggingConfigResponse {})
}

/// Has the logs write what the account wants: at the start, and whenever that changes.
pub fn tell(account: &Account, logs: &ZoneLogs) {
    account.read(|reader| logs.set(query_logging::groups(reader)));
}

//! Query logging configurations: which zones' queries are written to which log group.

use std::sync::Arc;

use super::page::{cut, start, token};
use super::{Draft, Reader, ids, refusal, zone};
use crate::route53::{
    ApiError, Code, CreateQueryLoggingConfigRequest, CreateQueryLoggingConfigResponse, ListQueryLoggingConfigsRequest,
    ListQueryLoggingConfigsResponse, QueryLoggingConfig, bare_id,
};
use crate::snapshot::World;

pub(super) fn index(config: &QueryLoggingConfig, _: &str) -> Vec<String> {
    vec![logged(&config.hosted_zone_id)]
}

fn logged(zone: &str) -> String {
    format!("logged/{zone}")
}

/// The log group that an ARN names, `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, an `:*` behind it or not.
pub fn group(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    let mut parts = rest.splitn(6, ':');
    let (_, service, region, account, kind) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let name = parts.next()?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    let is_own = service == "logs" && !region.is_empty() && !account.is_empty() && kind == "log-group";
    // The characters of CloudWatch Logs' names; the parts between slashes become directories.
    let is_name = |octet: u8| octet.is_ascii_alphanumeric() || b"_-/.#".contains(&octet);
    let is_path = name.trim_start_matches('/').split('/').all(|part| !["", ".", ".."].contains(&part));
    (is_own && (1..=512).contains(&name.len()) && name.bytes().all(is_name) && is_path).then_some(name)
}

/// Refuses zones that are not there, and private ones (Z-32).
fn judge(reader: Reader<'_>, world: &World, id: &str) -> Result<(), ApiError> {
    match zone::is_private(reader, world, id)? {
        true => Err(ApiError::invalid_input(format!(
            "Invalid parameter : hosted zone {id} is private, and query logging is for public hosted zones only"
        ))),
        false => Ok(()),
    }
}

/// Has a zone's queries logged.
pub fn create(
    draft: &mut Draft<'_>,
    input: CreateQueryLoggingConfigRequest,
) -> Result<CreateQueryLoggingConfigResponse, ApiError> {
    let CreateQueryLoggingConfigRequest { hosted_zone_id, cloud_watch_logs_log_group_arn } = input;
    let zone = bare_id(&hosted_zone_id).to_owned();
    judge(draft.reader(), draft.world(), &zone)?;
    if group(&cloud_watch_logs_log_group_arn).is_none() {
        let what = format!(
            "The ARN for the CloudWatch Logs log group is invalid: {cloud_watch_logs_log_group_arn} is not of the form \
             arn:aws:logs:us-east-1:000000000000:log-group:NAME"
        );
        return Err(ApiError::invalid_input(what));
    }
    if draft.reader().indexed(&logged(&zone)).is_some() {
        let what = format!("A query logging configuration already exists for the hosted zone {zone}.");
        return Err(ApiError::new(Code::QueryLoggingConfigAlreadyExists, what));
    }
    let config = QueryLoggingConfig { id: ids::uuid(), hosted_zone_id: zone, cloud_watch_logs_log_group_arn };
    draft.put(&config.id, config.clone());
    Ok(CreateQueryLoggingConfigResponse {
        location: refusal::location("queryloggingconfig", &config.id),
        query_logging_config: config,
    })
}

/// A configuration that there is.
pub fn find<'a>(reader: Reader<'a>, id: &str) -> Result<&'a Arc<QueryLoggingConfig>, ApiError> {
    let missing = || {
        let what = format!("There is no DNS query logging configuration with the ID {id}.");
        ApiError::new(Code::NoSuchQueryLoggingConfig, what)
    };
    reader.find::<QueryLoggingConfig>(id).ok_or_else(missing)
}

/// Has the queries of its zone logged no more.
pub fn delete(draft: &mut Draft<'_>, id: &str) -> Result<(), ApiError> {
    find(draft.reader(), id)?;
    draft.remove::<QueryLoggingConfig>(id);
    Ok(())
}

/// A page of configurations, by id, or the one of a zone.
pub fn list(
    reader: Reader<'_>,
    world: &World,
    asked: &ListQueryLoggingConfigsRequest,
) -> Result<ListQueryLoggingConfigsResponse, ApiError> {
    let most = refusal::page(asked.max_results.as_deref(), 100, 100)?;
    let begin = start("querylog", asked.next_token.as_deref())?.unwrap_or_default();
    if let Some(zone) = asked.hosted_zone_id.as_deref().map(bare_id) {
        zone::known(reader, world, zone)?;
        let own = reader.indexed(&logged(zone)).and_then(|id| reader.find::<QueryLoggingConfig>(id));
        let query_logging_configs = own.map(|config| (**config).clone()).into_iter().collect();
        return Ok(ListQueryLoggingConfigsResponse { query_logging_configs, next_token: None });
    }
    let (page, next) = cut(reader.list::<QueryLoggingConfig>("", &begin), most);
    Ok(ListQueryLoggingConfigsResponse {
        query_logging_configs: page.into_iter().map(|(_, config)| (**config).clone()).collect(),
        next_token: next.map(|(id, _)| token("querylog", id)),
    })
}

/// Zones whose queries are logged, each with its log group.
pub fn groups(reader: Reader<'_>) -> Vec<(String, String)> {
    let configs = reader.list::<QueryLoggingConfig>("", "").map(|(_, config)| config);
    let pair = |config: &Arc<QueryLoggingConfig>| {
        Some((config.hosted_zone_id.clone(), group(&config.cloud_watch_logs_log_group_arn)?.to_owned()))
    };
    configs.filter_map(pair).collect()
}

/// The id of a zone's configuration.
pub(super) fn of_zone(reader: Reader<'_>, zone: &str) -> Option<String> {
    reader.indexed(&logged(zone)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q22_a_log_group_is_named_by_its_arn() {
        let arn = |name: &str| format!("arn:aws:logs:us-east-1:123456789012:log-group:{name}");
        assert_eq!(group(&arn("/aws/route53/example.com")), Some("/aws/route53/example.com"));
        assert_eq!(group(&arn("plain:*")), Some("plain"));
        for bad in ["", ":*", "/", "a//b", "../x", "/a/../b", "a/.", "a b", "a/", "ü"] {
            assert_eq!(group(&arn(bad)), None, "{bad:?}");
        }
        for bad in
            ["", "x", "arn:aws:s3:us-east-1:1:log-group:x", "arn:aws:logs::1:log-group:x", "arn:aws:logs:r:1:x:y"]
        {
            assert_eq!(group(bad), None, "{bad:?}");
        }
    }
}

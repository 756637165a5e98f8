//! Health checks that clients made: their documents, what is left of those deleted, and what the fleet watches of both.

pub mod config;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::page::cut;
use super::tags::{self, Tags};
use super::{Draft, Reader, Settings, THE_API, filed, ids, record, refusal};
use crate::model::check::{CheckKind, Status};
use crate::model::{self, CheckId, Problem};
use crate::route53::{
    ApiError, Code, CreateHealthCheckRequest, CreateHealthCheckResponse, HealthCheck, ListHealthChecksRequest,
    ListHealthChecksResponse, UpdateHealthCheckRequest,
};
use crate::snapshot::World;
use crate::store::dump;
use config::Surroundings;

/// How long a deleted check's CallerReference stays taken, in milliseconds (C-29).
const REMEMBERED: i64 = 3 * 24 * 3600 * 1000;

/// What is remembered of a deleted check (C-29, C-32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Gone {
    caller_reference: String,
    /// When it was deleted, in milliseconds since the Unix epoch.
    at: i64,
}

pub(super) fn index(check: &HealthCheck, id: &str) -> Vec<String> {
    let children = check.health_check_config.child_health_checks.iter().flatten();
    let children = children.map(|child| format!("{}{id}", parents(child)));
    children.chain([reference(&check.caller_reference)]).collect()
}

pub(super) fn index_gone(gone: &Gone, id: &str) -> Vec<String> {
    vec![format!("{}{id}", gone_reference(&gone.caller_reference)), format!("gone/{:014}/{id}", gone.at)]
}

fn reference(reference: &str) -> String {
    format!("reference/check/{reference}")
}

/// What the words begin with that deleted checks of a reference are found by, and of those that begin with it.
fn gone_reference(reference: &str) -> String {
    format!("reference/gone/{reference}/")
}

/// What the words begin with that a child's calculated checks are found by.
fn parents(child: &str) -> String {
    format!("child/{child}/")
}

/// A health check as it is shown: with what is told of the alarm that it follows.
fn shown(check: &HealthCheck, settings: &Settings) -> HealthCheck {
    let named = check.health_check_config.alarm_identifier.as_ref();
    let alarm = named.and_then(|named| settings.options.alarms.get(&*named.name));
    HealthCheck { cloud_watch_alarm_configuration: alarm.and_then(config::alarm_configuration), ..check.clone() }
}

/// A check that a client made.
pub fn find(reader: Reader<'_>, settings: &Settings, id: &str) -> Result<HealthCheck, ApiError> {
    let check = reader.find::<HealthCheck>(id).ok_or_else(|| refusal::no_such_check(id))?;
    Ok(shown(check, settings))
}

/// How many there are.
pub fn count(reader: Reader<'_>) -> i64 {
    i64::try_from(reader.count::<HealthCheck>("")).unwrap_or(i64::MAX)
}

/// A page of them, by id; 100 unless told, 1000 at most (I-21).
pub fn list(
    reader: Reader<'_>,
    settings: &Settings,
    asked: ListHealthChecksRequest,
) -> Result<ListHealthChecksResponse, ApiError> {
    let most = refusal::page(asked.max_items.as_deref(), 100, 1000)?;
    let marker = asked.marker.unwrap_or_default();
    let (page, next) = cut(reader.list::<HealthCheck>("", &marker), most);
    Ok(ListHealthChecksResponse {
        health_checks: page.into_iter().map(|(_, check)| shown(check, settings)).collect(),
        marker,
        is_truncated: next.is_some(),
        next_marker: next.map(|(id, _)| id.to_owned()),
        max_items: most.to_string(),
    })
}

/// Makes a check, or finds the one that the same request made before (C-29).
pub fn create(draft: &mut Draft<'_>, input: CreateHealthCheckRequest) -> Result<CreateHealthCheckResponse, ApiError> {
    let CreateHealthCheckRequest { caller_reference, health_check_config } = input;
    let answer = |check: HealthCheck| CreateHealthCheckResponse {
        location: refusal::location("healthcheck", &check.id),
        health_check: check,
    };
    let taken = |why: &str| {
        let what = format!("A health check with the caller reference {caller_reference} {why}.");
        Err(ApiError::new(Code::HealthCheckAlreadyExists, what))
    };
    if let Some(id) = draft.reader().indexed(&reference(&caller_reference)) {
        let check = find(draft.reader(), draft.settings(), id)?;
        return match config::is_repeated(&check.health_check_config, &health_check_config) {
            true => Ok(answer(check)),
            false => taken("and other settings already exists"),
        };
    }
    let is_recent =
        |gone: &Gone| gone.caller_reference == caller_reference && gone.at >= draft.caller().at - REMEMBERED;
    let is_taken = {
        let mut gone = draft.reader().index(&gone_reference(&caller_reference), "");
        gone.any(|(_, id)| draft.reader().find::<Gone>(id).is_some_and(|gone| is_recent(gone)))
    };
    if is_taken {
        return taken("was deleted recently");
    }
    if draft.reader().count::<HealthCheck>("") as u64 >= draft.settings().quotas.health_checks {
        let what = "Limits Exceeded: MAX_HEALTH_CHECKS_BY_OWNER - Cannot create more health checks.";
        return Err(ApiError::new(Code::TooManyHealthChecks, what));
    }
    let check = HealthCheck {
        id: ids::uuid(),
        caller_reference,
        health_check_config: config::completed(health_check_config),
        health_check_version: 1,
        ..HealthCheck::default()
    };
    judge(draft, &check)?;
    draft.put(&check.id, check.clone());
    Ok(answer(shown(&check, draft.settings())))
}

/// Changes what an update names of a check (C-30, C-31).
pub fn update(draft: &mut Draft<'_>, input: UpdateHealthCheckRequest) -> Result<HealthCheck, ApiError> {
    let id = input.health_check_id.clone();
    let before = draft.reader().find::<HealthCheck>(&id).ok_or_else(|| refusal::no_such_check(&id))?.clone();
    let check = config::updated(&before, input)?;
    judge(draft, &check)?;
    draft.put(&id, check.clone());
    Ok(shown(&check, draft.settings()))
}

/// Deletes a check. Records that name it take it for healthy from then on, calculated checks for unhealthy (C-32, H-1).
pub fn delete(draft: &mut Draft<'_>, id: &str) -> Result<(), ApiError> {
    let check = draft.reader().find::<HealthCheck>(id).ok_or_else(|| refusal::no_such_check(id))?.clone();
    let now = draft.caller().at;
    let old: Vec<String> = draft
        .reader()
        .index("gone/", "")
        .take_while(|(word, _)| at(word).is_some_and(|at| at < now - REMEMBERED))
        .map(|(_, id)| id.to_owned())
        .filter(|id| !is_named(draft.reader(), id))
        .collect();
    for id in old {
        draft.remove::<Gone>(&id);
    }
    draft.remove::<HealthCheck>(id);
    draft.remove::<Tags>(&tags::key_of("healthcheck", id));
    draft.put(id, Gone { caller_reference: check.caller_reference.clone(), at: now });
    Ok(())
}

/// The moment in a word that deleted checks are found by.
fn at(word: &str) -> Option<i64> {
    word.split('/').nth(1)?.parse().ok()
}

fn judge(draft: &Draft<'_>, check: &HealthCheck) -> Result<(), ApiError> {
    let calculated = |id: &str| is_calculated(draft.reader(), draft.world(), id);
    let around = Surroundings { calculated: &calculated, alarms: &draft.settings().options.alarms };
    config::judge(&check.health_check_config, &around)
}

/// Whether a check is calculated; `None` where neither a client made one of this id nor a file defines it.
pub fn is_calculated(reader: Reader<'_>, world: &World, id: &str) -> Option<bool> {
    match reader.find::<HealthCheck>(id) {
        Some(check) => Some(check.health_check_config.r#type == "CALCULATED"),
        None => filed_check(world, id).map(|check| matches!(check.kind, CheckKind::Calculated { .. })),
    }
}

/// The check of this id that a file defines.
pub fn filed_check<'a>(world: &'a World, id: &str) -> Option<&'a model::HealthCheck> {
    let checks = &world.snapshot.checks;
    let check = checks.slot(&CheckId(id.into())).and_then(|slot| checks.check(slot));
    check.filter(|check| &*check.at.file != THE_API)
}

/// Whether a client's check was deleted, and is not there.
pub(super) fn is_gone(reader: Reader<'_>, id: &str) -> bool {
    reader.find::<HealthCheck>(id).is_none() && reader.find::<Gone>(id).is_some()
}

/// Whether a record set, a traffic policy instance or a calculated check names it.
fn is_named(reader: Reader<'_>, id: &str) -> bool {
    let any = |words: &str| reader.index(words, "").next().is_some();
    any(&record::checked(id, "")) || any(&parents(id))
}

/// The checks that a draft gives the world to watch in place of others, or takes away.
pub(super) fn edit(draft: &Draft<'_>, problems: &mut Vec<Problem>) -> Vec<(CheckId, Option<model::HealthCheck>)> {
    let (before, after) = (draft.before(), draft.reader());
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    for (key, now) in &draft.over.all {
        for document in before.document(key).into_iter().chain(now) {
            match document {
                Document::Check(check) => {
                    touched.insert(&check.id);
                    let parents = parents(&check.id);
                    touched.extend(after.index(&parents, "").chain(before.index(&parents, "")).map(|(_, id)| id));
                }
                Document::Record(record) => touched.extend(record.health_check_id.as_deref()),
                Document::TrafficPolicyInstance(instance) => touched.extend(instance.checks.iter().map(String::as_str)),
                _ => {}
            }
        }
    }
    let changed = touched.into_iter().filter_map(|id| {
        let was = watched(before, draft.settings(), id, &mut Vec::new());
        let mut noted = Vec::new();
        let is = watched(after, draft.settings(), id, &mut noted);
        (was != is).then(|| {
            problems.append(&mut noted);
            (CheckId(id.into()), is)
        })
    });
    changed.collect()
}

/// All checks that the world is to watch at the start.
pub(super) fn everything(
    reader: Reader<'_>,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) -> Vec<(CheckId, Option<model::HealthCheck>)> {
    let made = reader.list::<HealthCheck>("", "").map(|(id, _)| id);
    let ids = made.chain(reader.list::<Gone>("", "").map(|(id, _)| id));
    let watch = |id: &str| watched(reader, settings, id, problems).map(|check| (CheckId(id.into()), Some(check)));
    ids.filter_map(watch).collect()
}

/// The checks that follow alarms of the configuration, which may say something else of them by now (C-26).
pub(super) fn leaning(
    reader: Reader<'_>,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) -> Vec<(CheckId, Option<model::HealthCheck>)> {
    let follows = |check: &HealthCheck| check.health_check_config.alarm_identifier.is_some();
    let following = reader.list::<HealthCheck>("", "").filter(|(_, check)| follows(check));
    following
        .filter_map(|(id, check)| Some((CheckId(id.into()), Some(compiled(reader, settings, check, problems)?))))
        .collect()
}

/// What is watched under an id: a check that is there, or one that is gone and that records or instances still name, which counts as
/// healthy (H-1).
fn watched(
    reader: Reader<'_>,
    settings: &Settings,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Option<model::HealthCheck> {
    match (reader.find::<HealthCheck>(id), reader.find::<Gone>(id)) {
        (Some(check), _) => compiled(reader, settings, check, problems),
        (None, Some(_)) if reader.index(&record::checked(id, ""), "").next().is_some() => {
            let kind = CheckKind::Given { status: Status::Healthy };
            Some(model::HealthCheck::new(CheckId(id.into()), kind, filed::at(0)))
        }
        _ => None,
    }
}

/// A check as it is watched. Children that are gone are left out, so that they count as not healthy (C-25).
fn compiled(
    reader: Reader<'_>,
    settings: &Settings,
    check: &HealthCheck,
    problems: &mut Vec<Problem>,
) -> Option<model::HealthCheck> {
    // A structure of texts and numbers always has a text.
    let text = serde_json::to_string(check).ok()?;
    let mut compiled = dump::health_check(&filed::at(0), &text, &settings.options.alarms, problems)?;
    if let CheckKind::Calculated { children, .. } = &mut compiled.kind {
        children.retain(|child| !is_gone(reader, &child.0));
    }
    Some(compiled)
}

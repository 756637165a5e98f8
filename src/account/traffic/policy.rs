//! Versions of traffic policies as documents (F-6…F-8).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Document;
use crate::account::documents::Reader;
use crate::account::{Draft, traffic};
use crate::route53::{ApiError, Code, TrafficPolicy};

/// One version; what is deleted can still be read by its id (F-8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Version {
    /// As `get-traffic-policy` prints it.
    pub traffic_policy: TrafficPolicy,
    /// When it was made, in milliseconds since the Unix epoch: policies are listed in that order.
    pub at: i64,
    /// Whether it is in no list any more and can be used no more.
    #[serde(default)]
    pub deleted: bool,
}

/// The id of a version's document: versions sort by number.
fn id_of(policy: &str, version: i64) -> String {
    format!("{policy}/{version:010}")
}

/// Versions that are not deleted are found by their policy and by its name; the first, deleted or not, by when its policy
/// was made.
pub(in crate::account) fn index(version: &Version, _id: &str) -> Vec<String> {
    let Version { traffic_policy: TrafficPolicy { id, version: number, name, .. }, at, deleted } = version;
    let made = (*number == 1).then(|| made(*at, id));
    let live = (!deleted).then(|| [format!("{}{number:010}", live(id)), format!("{}{id}/{number}", named(name))]);
    made.into_iter().chain(live.into_iter().flatten()).collect()
}

fn made(at: i64, policy: &str) -> String {
    format!("policy-made/{at:014}/{policy}")
}

fn live(policy: &str) -> String {
    format!("policy/{policy}/")
}

/// A name may hold anything but what ends it here.
fn named(name: &str) -> String {
    format!("policy-name/{name}\0")
}

/// The refusal of a policy or version that is not there.
pub fn none(policy: &str, version: Option<i64>) -> ApiError {
    let version = version.map_or_else(String::new, |version| format!(" and version: {version}"));
    ApiError::new(
        Code::NoSuchTrafficPolicy,
        format!("No traffic policy exists with the specified ID: {policy}{version}"),
    )
}

/// A version, deleted or not.
pub fn find<'a>(reader: Reader<'a>, policy: &str, version: i64) -> Result<&'a Arc<Version>, ApiError> {
    reader.find::<Version>(&id_of(policy, version)).ok_or_else(|| none(policy, Some(version)))
}

/// A version that can be used.
pub fn usable<'a>(reader: Reader<'a>, policy: &str, version: i64) -> Result<&'a Arc<Version>, ApiError> {
    let found = find(reader, policy, version)?;
    if found.deleted { Err(none(policy, Some(version))) } else { Ok(found) }
}

/// The versions of a policy that are not deleted, from `number` on, by number.
pub fn versions<'a>(reader: Reader<'a>, policy: &str, number: i64) -> impl Iterator<Item = &'a Arc<Version>> + use<'a> {
    let within = live(policy);
    reader.index(&within, &format!("{within}{number:010}")).filter_map(move |(_, id)| reader.find::<Version>(id))
}

/// The ids of policies with a version that is not deleted, in the order they were made, from that of `from` on; `None`
/// where `from` is none.
pub fn listed<'a>(reader: Reader<'a>, from: Option<&str>) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
    let begin = match from {
        None => String::new(),
        Some(policy) => made(find(reader, policy, 1).ok()?.at, policy),
    };
    let policy = |(word, _): (&'a str, &str)| word.rsplit('/').next();
    let is_live = move |policy: &&str| versions(reader, policy, 0).next().is_some();
    Some(reader.index("policy-made/", &begin).filter_map(policy).filter(is_live))
}

/// Whether a policy goes by this name (F-6).
pub fn is_taken(reader: Reader<'_>, name: &str) -> bool {
    reader.index(&named(name), "").next().is_some()
}

/// A document of the API read, or everything wrong with it.
pub fn read(text: &str) -> Result<Document, ApiError> {
    let refuse = |problems: Vec<String>| {
        let message = match &problems[..] {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        ApiError::new(Code::InvalidTrafficPolicyDocument, message)
    };
    Document::parse(text).map_err(refuse)
}

/// Puts a version behind the last there ever was of its policy (F-7).
pub fn add(draft: &mut Draft<'_>, policy: TrafficPolicy) -> TrafficPolicy {
    let last = draft.reader().list::<Version>(&format!("{}/", policy.id), "").last();
    let number = last.map_or(1, |(_, last)| last.traffic_policy.version + 1);
    let policy = TrafficPolicy { version: number, ..policy };
    put(draft, policy.clone(), draft.caller().at, false);
    policy
}

/// Puts a version in place of what it was.
pub fn put(draft: &mut Draft<'_>, policy: TrafficPolicy, at: i64, deleted: bool) {
    let id = id_of(&policy.id, policy.version);
    draft.put(&id, Version { traffic_policy: policy, at, deleted });
}

/// Whether an instance uses a version (F-8).
pub fn is_used(reader: Reader<'_>, policy: &str, version: i64) -> bool {
    traffic::instance::of_policy(reader, policy, version, "").next().is_some()
}

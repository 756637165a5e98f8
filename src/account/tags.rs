//! Tags of zones and health checks.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::checks::filed_check;
use super::{Draft, Reader, refusal, zone};
use crate::route53::{ApiError, ChangeTagsForResourceRequest, HealthCheck, ResourceTagSet, Tag};
use crate::snapshot::World;

/// The longest id a tag may hang on: zones' have 32 characters at most (Z-6).
const LONGEST_ZONE_ID: usize = 32;

/// The tags of one zone or health check, by key; never none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags(Vec<(String, String)>);

/// The id of the document that holds a thing's tags.
pub fn key_of(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

pub(super) fn index(_: &Tags, _: &str) -> Vec<String> {
    Vec::new()
}

/// Refuses the id of what is not there; `kind` is `hostedzone` or `healthcheck`.
fn judge(reader: Reader<'_>, world: &World, kind: &str, id: &str) -> Result<(), ApiError> {
    if kind == "healthcheck" {
        let is_there = reader.find::<HealthCheck>(id).is_some() || filed_check(world, id).is_some();
        return if is_there { Ok(()) } else { Err(refusal::no_such_check(id)) };
    }
    // Ids are bare here, other than anywhere else.
    if id.len() > LONGEST_ZONE_ID || id.contains('/') {
        return Err(ApiError::invalid_input(format!(
            "1 validation error detected: Value '{id}' at 'resourceId' failed to satisfy constraint: Member must have \
             length less than or equal to {LONGEST_ZONE_ID}"
        )));
    }
    zone::known(reader, world, id)
}

/// The tags of a thing.
pub fn find(reader: Reader<'_>, world: &World, kind: &str, id: &str) -> Result<ResourceTagSet, ApiError> {
    judge(reader, world, kind, id)?;
    let tags = reader.find::<Tags>(&key_of(kind, id)).map(|tags| tags.0.clone()).unwrap_or_default();
    let tag = |(key, value)| Tag { key: Some(key), value: Some(value) };
    Ok(ResourceTagSet {
        resource_type: Some(kind.to_owned()),
        resource_id: Some(id.to_owned()),
        tags: Some(tags.into_iter().map(tag).collect()),
    })
}

/// The tags of up to ten things, each told once.
pub fn find_all(
    reader: Reader<'_>,
    world: &World,
    kind: &str,
    ids: &[String],
) -> Result<Vec<ResourceTagSet>, ApiError> {
    let mut seen = BTreeSet::new();
    ids.iter().filter(|id| seen.insert(*id)).map(|id| find(reader, world, kind, id)).collect()
}

/// Takes tags away and gives others, or gives those that are there another value.
pub fn change(draft: &mut Draft<'_>, input: ChangeTagsForResourceRequest) -> Result<(), ApiError> {
    let ChangeTagsForResourceRequest { resource_type, resource_id, add_tags, remove_tag_keys } = input;
    judge(draft.reader(), draft.world(), &resource_type, &resource_id)?;
    let (add, remove) = (add_tags.unwrap_or_default(), remove_tag_keys.unwrap_or_default());
    let document = key_of(&resource_type, &resource_id);
    let before = draft.reader().find::<Tags>(&document).map(|tags| tags.0.clone()).unwrap_or_default();
    let tags = changed(before, add, &remove, draft.settings().quotas.tags).map_err(ApiError::invalid_input)?;
    match tags.is_empty() {
        true => draft.remove::<Tags>(&document),
        false => draft.put(&document, Tags(tags)),
    }
    Ok(())
}

fn changed(
    mut tags: Vec<(String, String)>,
    add: Vec<Tag>,
    remove: &[String],
    most: u64,
) -> Result<Vec<(String, String)>, String> {
    if add.is_empty() && remove.is_empty() {
        return Err("Invalid parameter : AddTags or RemoveTagKeys must name a tag".to_owned());
    }
    let mut seen = BTreeSet::new();
    for key in add.iter().map(|tag| tag.key.as_deref().unwrap_or_default()) {
        if key.is_empty() {
            return Err("Invalid parameter : a tag must have a key".to_owned());
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(format!("Invalid parameter : the prefix aws: is reserved, so there can be no tag {key}"));
        }
        if !seen.insert(key) {
            return Err(format!("Invalid parameter : the tag {key} is added twice"));
        }
        if remove.iter().any(|removed| removed == key) {
            return Err(format!("Invalid parameter : the tag {key} is both added and removed"));
        }
    }
    tags.retain(|(key, _)| !remove.contains(key) && add.iter().all(|tag| tag.key.as_ref() != Some(key)));
    tags.extend(add.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())));
    tags.sort();
    if tags.len() as u64 > most {
        return Err(format!("Invalid parameter : there would be {} tags, more than {most}", tags.len()));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: Some(key.to_owned()), value: Some(value.to_owned()) }
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn tags_come_go_and_change() {
        // I-2, Tags
        let before = vec![pair("a", "1"), pair("b", "2"), pair("c", "3")];
        let after = changed(before, vec![tag("d", ""), tag("a", "9")], &["b".to_owned(), "none".to_owned()], 50);
        assert_eq!(after.unwrap(), [pair("a", "9"), pair("c", "3"), pair("d", "")]);
    }

    #[test]
    fn tags_that_cannot_be_are_refused() {
        let refused = |add: Vec<Tag>, remove: &[&str]| {
            let remove: Vec<String> = remove.iter().map(|key| (*key).to_owned()).collect();
            changed(vec![pair("x", "1")], add, &remove, 2).unwrap_err()
        };
        assert!(refused(vec![], &[]).contains("must name a tag"));
        assert!(refused(vec![tag("", "1")], &[]).contains("must have a key"));
        assert!(refused(vec![tag("AWS:x", "1")], &[]).contains("reserved"));
        assert!(refused(vec![tag("a", "1"), tag("a", "2")], &[]).contains("added twice"));
        assert!(refused(vec![tag("a", "1")], &["a"]).contains("both added and removed"));
        assert!(refused(vec![tag("a", "1"), tag("b", "2")], &[]).contains("3 tags, more than 2"));
        assert_eq!(changed(vec![pair("x", "1")], vec![tag("x", "2"), tag("y", "3")], &[], 2).unwrap().len(), 2);
    }
}

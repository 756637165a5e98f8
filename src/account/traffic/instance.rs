//! Traffic policy instances as documents, and the record groups they make (F-9…F-14).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Origin, policy};
use crate::account::documents::Reader;
use crate::account::{Draft, Settings, checks, order, record, refusal};
use crate::model::{At, Name, Problem, RecordGroup, RecordType};
use crate::route53::{ApiError, Code, ResourceRecordSet, TrafficPolicyInstance, bare_id};

/// The states of an instance (F-10).
pub const APPLIED: &str = "Applied";
/// Its records are being made.
pub const CREATING: &str = "Creating";
/// Its records are being made anew.
pub const UPDATING: &str = "Updating";
/// Its records could not be made; Message says why.
pub const FAILED: &str = "Failed";

/// An instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// As `get-traffic-policy-instance` prints it, zone id bare; the state is what the last change set out for.
    pub traffic_policy_instance: TrafficPolicyInstance,
    /// When it was last changed, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The health checks that its records name, each once; none where it never had any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
}

/// By zone, name and type, which are no other instance's (F-9), by the version it uses (F-8), and by the health checks
/// that its records name, as record sets are.
pub(in crate::account) fn index(instance: &Instance, id: &str) -> Vec<String> {
    let TrafficPolicyInstance { traffic_policy_id, traffic_policy_version, .. } = &instance.traffic_policy_instance;
    let place = instance.place();
    let own = [format!("instance/{place}"), format!("{}{place}", using(traffic_policy_id, *traffic_policy_version))];
    own.into_iter().chain(instance.checks.iter().map(|check| record::checked(check, id))).collect()
}

fn using(policy: &str, version: i64) -> String {
    format!("instance-of/{policy}/{version:010}/")
}

/// Where instances of a zone, name and type stand in their lists: by zone, then as record sets do (I-18).
pub fn place(zone: &str, name: &Name, rtype: &str) -> String {
    format!("{zone}/{}", order::group(name, rtype))
}

impl Instance {
    /// Its name.
    pub fn name(&self) -> Name {
        Name::parse_route53(&self.traffic_policy_instance.name).unwrap_or_else(|_| Name::root())
    }

    fn place(&self) -> String {
        let TrafficPolicyInstance { hosted_zone_id, traffic_policy_type, .. } = &self.traffic_policy_instance;
        place(hosted_zone_id, &self.name(), traffic_policy_type)
    }

    /// As it is shown: in force as soon as it can be found, unless testers want it to take longer (I-15).
    pub fn shown(&self, settings: &Settings, now: i64) -> TrafficPolicyInstance {
        let waits = i64::try_from(settings.pending.as_millis()).unwrap_or(i64::MAX);
        let shown = &self.traffic_policy_instance;
        let state = match shown.state.as_str() {
            FAILED => FAILED,
            state if now < self.at.saturating_add(waits) => state,
            _ => APPLIED,
        };
        TrafficPolicyInstance { state: state.to_owned(), ..shown.clone() }
    }
}

/// An instance by its id.
pub fn find<'a>(reader: Reader<'a>, id: &str) -> Result<&'a Arc<Instance>, ApiError> {
    let refusal = || {
        let message = format!("No traffic policy instance exists with the specified ID: {id}");
        ApiError::new(Code::NoSuchTrafficPolicyInstance, message)
    };
    reader.find::<Instance>(bare_id(id)).ok_or_else(refusal)
}

/// The instance at a zone, name and type (F-9).
pub fn at<'a>(reader: Reader<'a>, zone: &str, name: &Name, rtype: &str) -> Option<&'a Arc<Instance>> {
    reader.find(reader.indexed(&format!("instance/{}", place(zone, name, rtype)))?)
}

/// Instances whose places begin with `within`, from `from` on.
pub fn list<'a>(reader: Reader<'a>, within: &str, from: &str) -> impl Iterator<Item = &'a Arc<Instance>> + use<'a> {
    let instances = reader.index(&format!("instance/{within}"), &format!("instance/{from}"));
    instances.filter_map(move |(_, id)| reader.find(id))
}

/// Instances that use a version, from a place on.
pub fn of_policy<'a>(
    reader: Reader<'a>,
    policy: &str,
    version: i64,
    from: &str,
) -> impl Iterator<Item = &'a Arc<Instance>> + use<'a> {
    let within = using(policy, version);
    reader.index(&within, &format!("{within}{from}")).filter_map(move |(_, id)| reader.find(id))
}

/// The document of the record set that shows an instance in its zone (F-12).
fn root(instance: &Instance) -> (String, ResourceRecordSet) {
    let TrafficPolicyInstance { id, hosted_zone_id, name, traffic_policy_type, .. } = &instance.traffic_policy_instance;
    let set = ResourceRecordSet {
        name: name.clone(),
        r#type: traffic_policy_type.clone(),
        traffic_policy_instance_id: Some(id.clone()),
        ..ResourceRecordSet::default()
    };
    (record::id(hosted_zone_id, &instance.name(), traffic_policy_type, None), set)
}

/// Puts an instance and the record set that shows it. Its records are made anew when the draft is taken, all in one:
/// until then the old ones answer, then the new ones (F-11).
pub fn put(draft: &mut Draft<'_>, instance: Instance) {
    let TrafficPolicyInstance { id, hosted_zone_id, name, traffic_policy_type, .. } = &instance.traffic_policy_instance;
    let within = format!("{hosted_zone_id}/{}", order::group(&instance.name(), traffic_policy_type));
    let is_other = |set: &ResourceRecordSet| set.traffic_policy_instance_id.as_deref() != Some(id);
    if draft.reader().list::<ResourceRecordSet>(&within, "").any(|(_, set)| is_other(set)) {
        let what = format!(
            "Tried to create resource record set [name='{name}', type='{traffic_policy_type}'] but it already exists"
        );
        draft.fault(what);
    }
    let checks = checks_of(draft.reader(), &instance);
    for check in &checks {
        // What others name that was named before its deletion is watched on, so that the rules would not miss it (C-33).
        if checks::is_gone(draft.reader(), check) && checks::filed_check(draft.world(), check).is_none() {
            draft.fault(refusal::no_such_check(check).message);
        }
    }
    let (place, set) = root(&instance);
    draft.put_record(&place, set);
    keep(draft, Instance { checks, ..instance });
}

/// The health checks that the document of an instance's version names. Where that cannot be read there are none, and no
/// records either: making those says why.
fn checks_of(reader: Reader<'_>, instance: &Instance) -> Vec<String> {
    let TrafficPolicyInstance { traffic_policy_id, traffic_policy_version, .. } = &instance.traffic_policy_instance;
    let version = policy::find(reader, traffic_policy_id, *traffic_policy_version);
    let document = version.and_then(|version| policy::read(&version.traffic_policy.document));
    document.map(|document| document.checks().into_iter().map(str::to_owned).collect()).unwrap_or_default()
}

/// Puts an instance and leaves its records as they are.
pub fn keep(draft: &mut Draft<'_>, instance: Instance) {
    let id = instance.traffic_policy_instance.id.clone();
    draft.put(&id, instance);
}

/// Takes an instance and its records away.
pub fn remove(draft: &mut Draft<'_>, instance: &Instance) {
    let (place, set) = root(instance);
    // One that failed has none, or another's stands there.
    if draft.reader().find::<ResourceRecordSet>(&place).is_some_and(|found| **found == set) {
        draft.remove::<ResourceRecordSet>(&place);
    }
    draft.remove::<Instance>(&instance.traffic_policy_instance.id);
}

/// What is wrong with changing a record set that an instance made; nothing with any other (F-12).
pub fn guarded(set: &ResourceRecordSet) -> Option<String> {
    let id = set.traffic_policy_instance_id.as_deref()?;
    Some(format!(
        "RRSet with DNS name {}, type {} belongs to traffic policy instance {id}: it changes with the instance alone",
        set.name, set.r#type
    ))
}

/// Puts the groups of record sets that instances made among those of their zone.
pub(in crate::account) fn place_groups(
    groups: &mut BTreeMap<(Name, RecordType), RecordGroup>,
    records: &[(At, &Arc<ResourceRecordSet>)],
    reader: Reader<'_>,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) {
    for (at, set) in records {
        let Some((key, group)) = group(set, at, reader, settings, problems) else { continue };
        let (name, rtype) = (key.0.to_route53(), key.1);
        match groups.entry(key) {
            Entry::Vacant(entry) => _ = entry.insert(group),
            Entry::Occupied(other) => problems.push(Problem::error(
                &other.get().at,
                format!(
                    "RRSet with DNS name {name}, type {rtype} cannot be created as other RRSets exist with the same \
                     name and type."
                ),
                "delete the traffic policy instance there first",
            )),
        }
    }
}

/// The group of an instance, by the record set that shows it.
fn group(
    set: &ResourceRecordSet,
    at: &At,
    reader: Reader<'_>,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) -> Option<((Name, RecordType), RecordGroup)> {
    let id = set.traffic_policy_instance_id.as_deref()?;
    let mut broken = |what: String| {
        let what = format!("record set {} {} of traffic policy instance {id}: {what}", set.name, set.r#type);
        problems.push(Problem::error(at, what, "make the instance again"));
        None
    };
    let Some(instance) = reader.find::<Instance>(id) else { return broken("there is no such instance".to_owned()) };
    let TrafficPolicyInstance { traffic_policy_id, traffic_policy_version, ttl, .. } =
        &instance.traffic_policy_instance;
    let version = policy::find(reader, traffic_policy_id, *traffic_policy_version);
    let document = version.and_then(|version| policy::read(&version.traffic_policy.document));
    let (document, ttl) = match (document, u32::try_from(*ttl)) {
        (Ok(document), Ok(ttl)) => (document, ttl),
        (Err(error), _) => return broken(error.message),
        (_, Err(_)) => return broken(format!("TTL {ttl} is out of range")),
    };
    let group = document.group(Origin { id, ttl, at }, &settings.options, problems);
    Some(((instance.name(), document.rtype), group))
}

//! A batch of changes of a zone's record sets, all of it or nothing (I-3…I-12).
//!
//! What is malformed whatever the zone holds ends a batch with InvalidInput; what does not fit the zone, and values that
//! are none of their type, are gathered and told together. What only the state after the whole batch can show (P-3, N-26,
//! N-27, A-5, Z-18) the world's rules find when the draft is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::{id, same, structure};
use crate::account::checks::filed_check;
use crate::account::zone::Zone;
use crate::account::{Draft, order, protections, refusal, traffic};
use crate::model::rules::Limits;
use crate::model::{Name, RecordType, rdata};
use crate::route53::{ApiError, Change, Code, ResourceRecordSet, bare_id};

/// The most ResourceRecord elements of a batch, an alias being one; twice for UPSERT (I-11).
const MOST_RECORDS: usize = 1000;
/// The most characters of all values of a batch; twice for UPSERT (I-11).
const MOST_CHARACTERS: usize = 32_000;

/// A change whose names are read.
struct Asked<'a> {
    action: Action,
    name: Name,
    /// As it is to be kept.
    set: ResourceRecordSet,
    given: &'a Change,
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Create,
    Delete,
    Upsert,
}

/// Puts a batch into the draft, or says why it is malformed; what else is wrong with it the draft notes.
pub fn change(draft: &mut Draft<'_>, zone: &str, changes: &[Change]) -> Result<(), ApiError> {
    let zone = draft.zone(zone)?;
    if let Some(fault) = structure::fault(changes) {
        return Err(ApiError::invalid_input(fault));
    }
    let asked = changes.iter().map(|change| Asked::read(zone.id(), change)).collect::<Result<Vec<_>, _>>()?;
    check_size(&asked)?;
    for check in asked.iter().filter(|asked| asked.action != Action::Delete) {
        if let Some(check) = &check.set.health_check_id {
            check_exists(draft, check)?;
        }
    }
    draft.blame(Code::InvalidChangeBatch);
    let repeated = repeated(&asked);
    for (rtype, name) in repeated.values() {
        draft.fault(format!(
            "The request contains an invalid set of changes for a resource record set '{rtype} {}'",
            name.to_route53()
        ));
    }
    for asked in asked.into_iter().filter(|asked| !repeated.contains_key(&asked.id)) {
        let (name, rtype) = (asked.name.clone(), asked.set.r#type.clone());
        if !one(draft, &zone, asked) {
            draft.miss(&name, &rtype);
        }
    }
    check_quotas(draft, &zone);
    Ok(())
}

impl<'a> Asked<'a> {
    fn read(zone: &str, given: &'a Change) -> Result<Self, ApiError> {
        let action = match given.action.as_str() {
            "CREATE" => Action::Create,
            "DELETE" => Action::Delete,
            "UPSERT" => Action::Upsert,
            other => return Err(unknown_action(other)),
        };
        let mut set = given.resource_record_set.clone();
        let name = refusal::name(&set.name)?;
        set.name = name.to_route53();
        set.multi_value_answer = set.multi_value_answer.filter(|answers| *answers);
        if let Some(alias) = &mut set.alias_target {
            alias.dns_name = refusal::name(&alias.dns_name)?.to_route53();
            alias.hosted_zone_id = bare_id(&alias.hosted_zone_id).to_owned();
        }
        let id = id(zone, &name, &set.r#type, set.set_identifier.as_deref());
        Ok(Self { action, name, set, given, id })
    }

    /// The record set as messages name it: `[name='a.example.com.', type='A', set-identifier='b']`.
    fn named(&self) -> String {
        let mut text = format!("[name='{}', type='{}'", self.set.name, self.set.r#type);
        if let Some(set) = &self.set.set_identifier {
            text.push_str(&format!(", set-identifier='{set}'"));
        }
        text + "]"
    }

    /// How many ResourceRecord elements it counts for, and how many characters of values (I-11).
    fn size(&self) -> (usize, usize) {
        let records = self.given.resource_record_set.resource_records.as_deref().unwrap_or_default();
        let characters: usize = records.iter().map(|record| record.value.chars().count()).sum();
        let times = if self.action == Action::Upsert { 2 } else { 1 };
        (records.len().max(1) * times, characters * times)
    }
}

/// I-10: as the service's XML schema says it.
fn unknown_action(action: &str) -> ApiError {
    ApiError::invalid_input(format!(
        "Invalid XML ; javax.xml.stream.XMLStreamException: org.xml.sax.SAXParseException; cvc-enumeration-valid: Value \
         '{action}' is not facet-valid with respect to enumeration '[CREATE, DELETE, UPSERT]'. It must be a value from \
         the enumeration."
    ))
}

/// I-11.
fn check_size(asked: &[Asked<'_>]) -> Result<(), ApiError> {
    let sizes = asked.iter().map(Asked::size);
    let (records, characters) =
        sizes.fold((0, 0), |(all, most), (records, characters)| (all + records, most + characters));
    let mut faults = Vec::new();
    if records > MOST_RECORDS {
        faults.push(format!("Number of records limit of {MOST_RECORDS} exceeded."));
    }
    if characters > MOST_CHARACTERS {
        faults.push(format!("Number of characters limit of {MOST_CHARACTERS} exceeded."));
    }
    if faults.is_empty() { Ok(()) } else { Err(ApiError::batch(&faults)) }
}

/// C-33: made by the API or defined in a file.
fn check_exists(draft: &Draft<'_>, check: &str) -> Result<(), ApiError> {
    let is_there =
        draft.reader().document(&format!("check/{check}")).is_some() || filed_check(draft.world(), check).is_some();
    if is_there { Ok(()) } else { Err(refusal::no_such_check(check)) }
}

/// I-8: the record sets of which a batch wants more than one thing, a DELETE before what takes its place apart.
fn repeated(asked: &[Asked<'_>]) -> BTreeMap<String, (String, Name)> {
    let mut wanted: BTreeMap<&str, Vec<&Asked<'_>>> = BTreeMap::new();
    for asked in asked {
        wanted.entry(&asked.id).or_default().push(asked);
    }
    let is_repeated = |wanted: &[&Asked<'_>]| match wanted {
        [_] => false,
        [first, second] => first.action != Action::Delete || second.action == Action::Delete,
        _ => true,
    };
    let repeated = wanted.into_iter().filter(|(_, wanted)| is_repeated(wanted));
    repeated.map(|(id, wanted)| (id.to_owned(), (wanted[0].set.r#type.clone(), wanted[0].name.clone()))).collect()
}

/// Puts one change into the draft; whether it could be.
fn one(draft: &mut Draft<'_>, zone: &Zone, asked: Asked<'_>) -> bool {
    if let Some(why) = protections::refused(draft.reader(), zone.id(), &asked.name, &asked.set.r#type) {
        draft.fault(why);
        return false;
    }
    let before = draft.reader().find::<ResourceRecordSet>(&asked.id).cloned();
    let made = before.as_deref().unwrap_or(&asked.set);
    if let Some(fault) = traffic::instance::guarded(made).or_else(|| traffic::instance::guarded(&asked.set)) {
        draft.fault(fault);
        return false;
    }
    match (asked.action, before) {
        (Action::Create, Some(_)) => {
            draft.fault(format!("Tried to create resource record set {} but it already exists", asked.named()));
            faults(draft, zone, &asked).into_iter().for_each(|fault| draft.fault(fault));
            false
        }
        (Action::Delete, None) => {
            draft.fault(format!("Tried to delete resource record set {} but it was not found", asked.named()));
            false
        }
        (Action::Delete, Some(before)) if !same::same(&before, &asked.set) => {
            draft.fault(format!(
                "Tried to delete resource record set {} but the values provided do not match the current values",
                asked.named()
            ));
            false
        }
        (Action::Delete, Some(_)) => {
            draft.remove::<ResourceRecordSet>(&asked.id);
            true
        }
        (Action::Create | Action::Upsert, _) => {
            let faults = faults(draft, zone, &asked);
            let is_sound = faults.is_empty();
            faults.into_iter().for_each(|fault| draft.fault(fault));
            if is_sound {
                draft.put_record(&asked.id, asked.set);
            }
            is_sound
        }
    }
}

/// What is wrong with a record set by itself: N-8, N-18, N-21, §2.6, and aliases into other zones.
fn faults(draft: &Draft<'_>, zone: &Zone, asked: &Asked<'_>) -> Vec<String> {
    let Asked { name, set, .. } = asked;
    let mut faults = Vec::new();
    if !name.is_within(&zone.name()) {
        let zone = &zone.hosted_zone.name;
        faults.push(format!("RRSet with DNS name {} is not permitted in zone {zone}", set.name));
    }
    let Ok(rtype) = set.r#type.parse::<RecordType>() else {
        faults.push(format!("RRSet with DNS name {}, type {} is of no type that is known", set.name, set.r#type));
        return faults;
    };
    let records = set.resource_records.as_deref().unwrap_or_default();
    let most = Limits::ROUTE53.values_per_rrset.unwrap_or(usize::MAX);
    if records.len() > most {
        faults.push(format!(
            "Exceeded limit on number of resource records for {}, type {rtype} in this zone: {} of at most {most}.",
            set.name,
            records.len()
        ));
    }
    let mut seen = BTreeSet::new();
    for record in records {
        match rdata::parse_route53(rtype, &record.value) {
            Err(error) => faults.push(format!("Invalid Resource Record: '{}'", error.route53())),
            Ok(value) => {
                if !seen.insert(rdata::canonical(rtype, &value).into_owned()) {
                    faults.push(format!("Duplicate Resource Record: '{}'", record.value));
                }
            }
        }
    }
    if let Some(alias) = &set.alias_target {
        let other = alias.hosted_zone_id.as_str();
        let is_ours = draft.reader().find::<Zone>(other).is_some() || draft.filed(other).is_some();
        if other != zone.id() && is_ours {
            faults.push(format!(
                "Tried to create an alias that targets {}, type {rtype} in zone {other}, but the alias target name does \
                 not lie within the target zone",
                alias.dns_name
            ));
        }
    }
    faults
}

/// I-12 and the quotas of groups (§2.6), on the state after the batch.
fn check_quotas(draft: &mut Draft<'_>, zone: &Zone) {
    let limits = Limits::ROUTE53;
    let most = draft.settings().quotas.record_sets;
    let mut faults = Vec::new();
    let total = draft.reader().count::<ResourceRecordSet>(&format!("{}/", zone.id()));
    let before = draft.before().count::<ResourceRecordSet>(&format!("{}/", zone.id()));
    if total as u64 > most && total > before {
        faults.push(format!(
            "Exceeded limit on number of resource record sets in zone {}: {total} of at most {most}.",
            zone.hosted_zone.name
        ));
    }
    let put = draft.turns.keys().filter_map(|id| draft.reader().find::<ResourceRecordSet>(id));
    let groups: BTreeSet<(String, String, &str)> =
        put.filter_map(|set| Some((set.name.clone(), set.r#type.clone(), policy(set)?))).collect();
    for (name, rtype, policy) in groups {
        let most = if policy == "geo-proximity" { limits.geoproximity_rrsets } else { limits.rrsets_per_group };
        let Ok(owner) = Name::parse_route53(&name) else { continue };
        let within = format!("{}/{}", zone.id(), order::group(&owner, &rtype));
        let most = most.filter(|most| draft.reader().list::<ResourceRecordSet>(&within, "").nth(*most).is_some());
        if most.is_some() {
            faults.push(format!("Exceeded limit on number of {policy} RRSets for {name}, type {rtype} in this zone."));
        }
    }
    faults.into_iter().for_each(|fault| draft.fault(fault));
}

/// The policy of a record set whose group has a quota, as messages call it.
fn policy(set: &ResourceRecordSet) -> Option<&'static str> {
    let policies = [
        (set.weight.is_some(), "weighted"),
        (set.region.is_some(), "latency"),
        (set.geo_location.is_some(), "geolocation"),
        (set.geo_proximity_location.is_some(), "geo-proximity"),
        (set.cidr_routing_config.is_some(), "CIDR"),
        (set.multi_value_answer == Some(true), "multivalue answer"),
    ];
    policies.into_iter().find_map(|(has, policy)| has.then_some(policy))
}

//! One record set as `list-resource-record-sets` prints it: structure, policy, and what it answers (P-1, P-2, I-10).

use std::sync::Arc;

use super::location;
use super::node::{Fields, Node};
use super::target::Origin;
use crate::model::name::NameError;
use crate::model::place::{Area, Region};
use crate::model::routing::{Anchor, LocationName};
use crate::model::{At, CheckId, Name, Problem, RecordType, Target};

/// A record set, its policy not yet held against the others of its group.
#[derive(Debug)]
pub(super) struct RecordSet {
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    /// SetIdentifier; empty for simple.
    pub(super) id: Arc<str>,
    pub(super) policy: Policy,
    pub(super) check: Option<CheckId>,
    pub(super) target: Target,
    pub(super) at: At,
}

/// The policy a record set claims, with its key (P-1).
#[derive(Debug)]
pub(super) enum Policy {
    Simple,
    Weighted(u8),
    Latency(Region),
    Primary,
    Secondary,
    Geolocation(Area),
    Geoproximity(Anchor),
    IpBased(Arc<str>, LocationName),
    Multivalue,
}

/// A record set of which only name and type are read yet.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    fields: Fields<'a>,
}

/// The members that say a policy, in the order of Route 53's message (P-2).
const POLICIES: [&str; 7] =
    ["Weight", "Region", "Failover", "GeoLocation", "MultiValueAnswer", "GeoProximityLocation", "CidrRoutingConfig"];

/// Name and type of a record set; `None` if either is unusable.
pub(super) fn head<'a>(node: Node<'a>, problems: &mut Vec<Problem>) -> Option<Head<'a>> {
    let mut fields = Fields::of(node, "record set");
    let head = read_head(&mut fields);
    match head {
        Some((name, rtype)) => {
            fields.subject = format!("record set {} {rtype}", name.to_route53());
            Some(Head { name, rtype, fields })
        }
        None => {
            problems.extend(fields.finish_quietly());
            None
        }
    }
}

fn read_head(fields: &mut Fields<'_>) -> Option<(Name, RecordType)> {
    let at = fields.at.clone();
    for key in ["Name", "Type"] {
        if fields.lacks(key) {
            fields.error(&at, format!("record set without {key}"), "write it as the AWS CLI prints it");
        }
    }
    let name = fields.text("Name").map(|text| route53_name(&text).map_err(|what| (what, text)));
    let rtype = fields.text("Type").map(|text| text.parse().map_err(|_| text));
    let name = match name? {
        Ok(name) => Some(name),
        Err((what, text)) => {
            fields.error(&at, what, format!("write {text:?} with octal escapes, as the AWS CLI prints it"));
            None
        }
    };
    let rtype = match rtype? {
        Ok(rtype) if RecordType::ROUTE53.contains(&rtype) => Some(rtype),
        Ok(rtype) => {
            fields.error(&at, format!("record set of type {rtype}, which Route 53 does not store"), OTHER_TYPES);
            None
        }
        Err(text) => {
            fields.error(&at, format!("record set of type {text:?}, which is none"), OTHER_TYPES);
            None
        }
    };
    Some((name?, rtype?))
}

const OTHER_TYPES: &str = "put records of other types into a .zone file";

/// A name of the API, or Route 53's message (N-3, N-6).
pub(super) fn route53_name(text: &str) -> Result<Name, String> {
    Name::parse_route53(text).map_err(|error| {
        let (code, words) = match error {
            NameError::EmptyLabel => ("DomainLabelEmpty", "Domain label is empty"),
            NameError::LabelTooLong => ("DomainLabelTooLong", "Domain label is too long"),
            NameError::NameTooLong => ("DomainNameTooLong", "Domain name is too long"),
            _ => ("UnsupportedCharacter", "Value contains unsupported characters"),
        };
        format!("FATAL problem: {code} ({words}) encountered with '{text}'")
    })
}

impl Head<'_> {
    /// The record set; `None` when it cannot be served, which `problems` then explains.
    pub(super) fn read(self, origin: &Origin<'_>, problems: &mut Vec<Problem>) -> Option<RecordSet> {
        let Self { name, rtype, mut fields } = self;
        let at = fields.at.clone();
        let id = fields.text("SetIdentifier");
        let change = format!(
            "in Change with [Action=CREATE, Name={}, Type={rtype}, SetIdentifier={}]",
            name.to_route53(),
            id.as_deref().unwrap_or("null")
        );
        let policy = policy(&mut fields, id.is_some(), &change);
        let check = fields.text("HealthCheckId").map(|id| CheckId(id.into()));
        let target = super::target::read(&mut fields, (&name, rtype), origin, &change);
        problems.extend(fields.finish());
        Some(RecordSet { name, rtype, id: id.unwrap_or_default().into(), policy: policy?, check, target: target?, at })
    }
}

/// P-1, P-2: at most one policy, and a SetIdentifier if and only if there is one.
fn policy(fields: &mut Fields<'_>, identified: bool, change: &str) -> Option<Policy> {
    let at = fields.at.clone();
    let multivalue = fields.truth("MultiValueAnswer") == Some(true);
    let given: Vec<&str> =
        POLICIES.into_iter().filter(|key| fields.has(key) || (*key == "MultiValueAnswer" && multivalue)).collect();
    let one = match given[..] {
        [] if !identified => return Some(Policy::Simple),
        [one] if identified => one,
        [_] => {
            fields.error(
                &at,
                format!("Invalid request: Missing field 'SetIdentifier' {change}"),
                "give each record of a policy group an identifier of its own",
            );
            fields.take(given[0]);
            return None;
        }
        _ => {
            let found = if given.is_empty() { "none" } else { "more than one" };
            fields.error(
                &at,
                format!(
                    "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, \
                     MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found {found} {change}"
                ),
                match given.is_empty() {
                    true => "remove SetIdentifier, or say the policy".to_owned(),
                    false => format!("keep one of {}", given.join(", ")),
                },
            );
            for key in given {
                fields.take(key);
            }
            return None;
        }
    };
    match one {
        "Weight" => fields.number("Weight", 0..=255).and_then(|weight| u8::try_from(weight).ok()).map(Policy::Weighted),
        "Region" => location::region(fields, "Region").map(Policy::Latency),
        "Failover" => match fields.text("Failover")?.as_str() {
            "PRIMARY" => Some(Policy::Primary),
            "SECONDARY" => Some(Policy::Secondary),
            other => {
                let what = format!("{}: Failover {other:?} is neither PRIMARY nor SECONDARY", fields.subject);
                fields.error(&at, what, "write one of the two");
                None
            }
        },
        "GeoLocation" => location::area(fields).map(Policy::Geolocation),
        "GeoProximityLocation" => location::anchor(fields).map(Policy::Geoproximity),
        "CidrRoutingConfig" => {
            location::cidr(fields).map(|(collection, location)| Policy::IpBased(collection, location))
        }
        _ => Some(Policy::Multivalue),
    }
}

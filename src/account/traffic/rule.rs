//! One rule of a traffic policy document (F-3).

use super::document::{Format, Known, Link, Reference, Rule};
use super::json::{Fields, Json};
use super::place;
use crate::model::CheckId;

/// The most references of a rule, and of a geoproximity rule (§2.6).
const MOST: (usize, usize) = (100, 30);

/// A rule; `None` if it cannot be made sense of.
pub(super) fn read(
    mut fields: Fields,
    format: Format,
    is_cname: bool,
    known: &Known,
    problems: &mut Vec<String>,
) -> Option<Rule> {
    let kind = place::required(&mut fields, "RuleType", problems)?;
    let rule = match kind.as_str() {
        "failover" => failover(&mut fields, known, problems),
        "geo" => {
            let many = many(&mut fields, &["Locations"], MOST.0, known, problems, place::area);
            distinct(&fields, &many, |area| *area, "location", problems);
            Some(Rule::Geo(many))
        }
        "geoproximity" => {
            // Clients write the name of the list in two ways.
            let names = ["GeoproximityLocations", "GeoProximityLocations"];
            let anchor = |fields: &mut Fields, problems: &mut Vec<String>| place::anchor(fields, format, problems);
            let many = many(&mut fields, &names, MOST.1, known, problems, anchor);
            distinct(&fields, &many, |anchor| anchor.site, "location", problems);
            Some(Rule::Geoproximity(many))
        }
        "latency" => {
            let many = many(&mut fields, &["Regions"], MOST.0, known, problems, place::region);
            distinct(&fields, &many, |region| *region, "Region", problems);
            Some(Rule::Latency(many))
        }
        "weighted" => {
            let weight = |fields: &mut Fields, problems: &mut Vec<String>| {
                if !fields.has("Weight") {
                    fields.fault(problems, "Weight is missing");
                }
                fields.number("Weight", 0..=255, problems).and_then(|weight| u8::try_from(weight).ok())
            };
            Some(Rule::Weighted(many(&mut fields, &["Items"], MOST.0, known, problems, weight)))
        }
        "multivalue" => {
            if is_cname {
                fields.fault(problems, "a CNAME has one target per answer, so no multivalue rule makes it");
            }
            let many = many(&mut fields, &["Items"], MOST.0, known, problems, |_, _| Some(()));
            for (at, one) in many.iter().enumerate() {
                match &one.link {
                    Link::Rule(_) => fields.fault(problems, format!("Items[{at}] leads to a rule, not an endpoint")),
                    Link::Endpoint(id) if known.is_alias(id) => {
                        fields.fault(problems, format!("Items[{at}] leads to endpoint '{id}', which is not a value"));
                    }
                    Link::Endpoint(_) if one.evaluate => {
                        fields
                            .fault(problems, format!("Items[{at}]: EvaluateTargetHealth is not for multivalue rules"));
                    }
                    Link::Endpoint(_) => {}
                }
            }
            Some(Rule::Multivalue(many))
        }
        other => {
            let what =
                format!("RuleType '{other}' is none of failover, geo, geoproximity, latency, weighted and multivalue");
            fields.fault(problems, what);
            return None;
        }
    };
    fields.finish(problems);
    rule
}

/// F-3, P-30: a primary, a secondary, or both.
fn failover(fields: &mut Fields, known: &Known, problems: &mut Vec<String>) -> Option<Rule> {
    let mut side = |key: &str| {
        let json = fields.take(key)?;
        let side = Fields::of(fields.path_of(key), json, problems);
        reference(side, known, problems, |_, _| Some(()))
    };
    let (primary, secondary) = (side("Primary"), side("Secondary"));
    if primary.is_none() && secondary.is_none() && problems.is_empty() {
        fields.fault(problems, "Primary and Secondary are missing");
    }
    Some(Rule::Failover { primary, secondary })
}

/// The references of a list, which goes by one of `names`.
fn many<K>(
    fields: &mut Fields,
    names: &[&str],
    most: usize,
    known: &Known,
    problems: &mut Vec<String>,
    key: impl Fn(&mut Fields, &mut Vec<String>) -> Option<K>,
) -> Vec<Reference<K>> {
    let name = names.iter().find(|name| fields.has(name)).unwrap_or(&names[0]);
    let missing = !fields.has(name);
    let items: Vec<Json> = fields.list(name, problems).unwrap_or_default();
    if missing {
        fields.fault(problems, format!("{name} is missing"));
    } else if items.len() > most {
        fields.fault(problems, format!("{name} has {} entries, more than {most}", items.len()));
    } else if items.is_empty() {
        fields.fault(problems, format!("{name} must be a list of at least one"));
    }
    let path = fields.path_of(name);
    let read = |(at, json): (usize, Json)| {
        let item = Fields::of(format!("{path}[{at}]"), json, problems);
        reference(item, known, problems, &key)
    };
    items.into_iter().enumerate().filter_map(read).collect()
}

/// F-3: exactly one of EndpointReference and RuleReference; a check; EvaluateTargetHealth.
fn reference<K>(
    mut fields: Fields,
    known: &Known,
    problems: &mut Vec<String>,
    key: impl Fn(&mut Fields, &mut Vec<String>) -> Option<K>,
) -> Option<Reference<K>> {
    let key = key(&mut fields, problems);
    let ways = (fields.text("EndpointReference", problems), fields.text("RuleReference", problems));
    let link = match ways {
        (Some(endpoint), None) => Some(Link::Endpoint(endpoint)),
        (None, Some(rule)) => Some(Link::Rule(rule)),
        (endpoint, _) => {
            let found = if endpoint.is_some() { "both" } else { "none" };
            let what = format!("expected exactly one of EndpointReference and RuleReference, but found {found}");
            fields.fault(problems, what);
            None
        }
    };
    if let Some(link) = &link {
        known.check(link, &fields, problems);
    }
    let evaluate = fields.truth("EvaluateTargetHealth", problems).unwrap_or(false);
    let check = fields.text("HealthCheck", problems).filter(|id| !id.is_empty()).map(|id| CheckId(id.into()));
    fields.finish(problems);
    Some(Reference { key: key?, link: link?, evaluate, check })
}

/// F-5: no place twice, nor more than one default.
fn distinct<K, P: PartialEq>(
    fields: &Fields,
    many: &[Reference<K>],
    place: impl Fn(&K) -> P,
    what: &str,
    problems: &mut Vec<String>,
) {
    for (at, one) in many.iter().enumerate() {
        if let Some(first) = many[..at].iter().position(|earlier| place(&earlier.key) == place(&one.key)) {
            fields.fault(problems, format!("{what} {at} is the same as {what} {first}"));
        }
    }
}

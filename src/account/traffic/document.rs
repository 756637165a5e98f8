//! A traffic policy document, checked: references are known, rules form no circle, every key is in range (F-1…F-5).

use std::collections::{BTreeMap, BTreeSet};

use super::json::{Fields, Json, note};
use super::{place, rule};
use crate::model::place::{Area, Region};
use crate::model::routing::Anchor;
use crate::model::rules::alias::MAX_DEPTH;
use crate::model::{CheckId, Name, Rdata, RecordType, rdata};

/// The longest document in characters (F-1).
const LONGEST: usize = 102_400;

/// Which of the two formats a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 2015-10-01.
    Of2015,
    /// 2023-05-09, which adds Location objects and Local Zones.
    Of2023,
}

/// A document without fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The type of every record it makes.
    pub rtype: RecordType,
    /// Where an answer begins.
    pub start: Link,
    /// Endpoints by id.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Rules by id, also those nothing leads to.
    pub rules: BTreeMap<String, Rule>,
}

/// Where a reference leads: the id of a rule or an endpoint that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A rule.
    Rule(String),
    /// An endpoint.
    Endpoint(String),
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A value of the document's type.
    Value(Rdata),
    /// An AWS resource by its domain name, or an S3 website by its bucket's, and its Region.
    Alias {
        /// What kind of resource.
        kind: Kind,
        /// Its name.
        name: Name,
        /// The Region; always given for S3 websites.
        region: Option<Region>,
    },
}

/// The kinds of AWS resources (F-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Route 53's")]
pub enum Kind {
    CloudFront,
    ApplicationLoadBalancer,
    ElasticLoadBalancer,
    NetworkLoadBalancer,
    ElasticBeanstalk,
    S3Website,
}

impl Kind {
    const WORDS: [(&'static str, Self); 6] = [
        ("cloudfront", Self::CloudFront),
        ("application-load-balancer", Self::ApplicationLoadBalancer),
        ("elastic-load-balancer", Self::ElasticLoadBalancer),
        ("network-load-balancer", Self::NetworkLoadBalancer),
        ("elastic-beanstalk", Self::ElasticBeanstalk),
        ("s3-website", Self::S3Website),
    ];
}

/// A rule: where it leads, each way with the policy's key (F-3).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are Route 53's")]
pub enum Rule {
    Failover { primary: Option<Reference<()>>, secondary: Option<Reference<()>> },
    Geo(Vec<Reference<Area>>),
    Geoproximity(Vec<Reference<Anchor>>),
    Latency(Vec<Reference<Region>>),
    Weighted(Vec<Reference<u8>>),
    Multivalue(Vec<Reference<()>>),
}

/// One way a rule leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference<K> {
    /// What the policy needs to know.
    pub key: K,
    /// Where it leads.
    pub link: Link,
    /// EvaluateTargetHealth; false when absent. It says nothing about endpoints that are values.
    pub evaluate: bool,
    /// The health check that must pass.
    pub check: Option<CheckId>,
}

impl Rule {
    /// Where it leads, each way with the check that must pass on it.
    fn ways(&self) -> Vec<(&Link, Option<&CheckId>)> {
        fn all<'a, K: 'a>(
            references: impl IntoIterator<Item = &'a Reference<K>>,
        ) -> Vec<(&'a Link, Option<&'a CheckId>)> {
            references.into_iter().map(|reference| (&reference.link, reference.check.as_ref())).collect()
        }
        match self {
            Self::Failover { primary, secondary } => all(primary.iter().chain(secondary)),
            Self::Geo(many) => all(many),
            Self::Geoproximity(many) => all(many),
            Self::Latency(many) => all(many),
            Self::Weighted(many) => all(many),
            Self::Multivalue(many) => all(many),
        }
    }

    /// Where it leads.
    pub fn links(&self) -> Vec<&Link> {
        self.ways().into_iter().map(|(link, _)| link).collect()
    }
}

impl Document {
    /// The health checks that its rules name, each once, also rules that nothing leads to.
    pub fn checks(&self) -> BTreeSet<&str> {
        self.rules.values().flat_map(Rule::ways).filter_map(|(_, check)| Some(&*check?.0)).collect()
    }

    /// A document from its JSON text.
    ///
    /// # Errors
    /// Everything wrong with it, each with its path; the first twenty where there is more.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        if text.chars().count() > LONGEST {
            return Err(vec![format!("the document has more than {LONGEST} characters")]);
        }
        let json: Json = serde_json::from_str(text).map_err(|error| vec![format!("no valid JSON: {error}")])?;
        let mut problems = Vec::new();
        let document = read(json, &mut problems);
        match document {
            Some(document) if problems.is_empty() => Ok(document),
            _ => Err(problems),
        }
    }
}

/// Types that may be steered at all (§2.4).
fn is_steerable(rtype: RecordType) -> bool {
    let fixed = matches!(rtype, RecordType::NS | RecordType::SOA | RecordType::DS);
    RecordType::ROUTE53.contains(&rtype) && !fixed
}

fn read(json: Json, problems: &mut Vec<String>) -> Option<Document> {
    let mut fields = Fields::of("", json, problems);
    let format = match place::required(&mut fields, "AWSPolicyFormatVersion", problems).as_deref() {
        Some("2015-10-01") => Some(Format::Of2015),
        Some("2023-05-09") => Some(Format::Of2023),
        Some(other) => {
            let what = format!("AWSPolicyFormatVersion '{other}' is neither 2015-10-01 nor 2023-05-09");
            fields.fault(problems, what);
            None
        }
        None => None,
    };
    let rtype = place::required(&mut fields, "RecordType", problems).and_then(|text| {
        let written = |rtype: &RecordType| is_steerable(*rtype) && rtype.to_string() == text;
        let rtype = text.parse().ok().filter(written);
        if rtype.is_none() {
            fields.fault(problems, format!("RecordType '{text}' is none that a traffic policy can make"));
        }
        rtype
    });
    let starts = (fields.text("StartRule", problems), fields.text("StartEndpoint", problems));
    let start = match starts {
        (Some(rule), None) => Some(Link::Rule(rule)),
        (None, Some(endpoint)) => Some(Link::Endpoint(endpoint)),
        (start, _) => {
            let found = if start.is_some() { "both" } else { "none" };
            fields.fault(problems, format!("expected exactly one of StartRule and StartEndpoint, but found {found}"));
            None
        }
    };
    // Which ids there are is known before any is referred to.
    let endpoints = children(&mut fields, "Endpoints", problems);
    let rules = children(&mut fields, "Rules", problems);
    let known = Known {
        endpoints: endpoints.iter().map(|(id, endpoint)| (id.clone(), endpoint.says("Type", "value"))).collect(),
        rules: rules.iter().map(|(id, _)| id.clone()).collect(),
    };
    if let Some(link) = &start {
        known.check(link, &fields, problems);
    }
    fields.finish(problems);
    let (format, is_cname) = (format.unwrap_or(Format::Of2023), rtype == Some(RecordType::CNAME));
    let endpoints: BTreeMap<_, _> =
        endpoints.into_iter().filter_map(|(id, fields)| Some((id, endpoint(fields, rtype, problems)?))).collect();
    let rules: BTreeMap<_, _> = rules
        .into_iter()
        .filter_map(|(id, fields)| Some((id, rule::read(fields, format, is_cname, &known, problems)?)))
        .collect();
    if problems.is_empty() {
        check_chains(&rules, problems);
    }
    Some(Document { rtype: rtype?, start: start?, endpoints, rules })
}

/// The objects of a map by their ids.
fn children(fields: &mut Fields, key: &str, problems: &mut Vec<String>) -> Vec<(String, Fields)> {
    let Some(json) = fields.take(key) else { return Vec::new() };
    let mut map = Fields::of(fields.path_of(key), json, problems);
    let members = map.drain();
    members.into_iter().map(|(id, json)| (id.clone(), Fields::of(map.path_of(&id), json, problems))).collect()
}

/// The ids a document defines.
pub(super) struct Known {
    /// Endpoints, and whether each is a value.
    endpoints: BTreeMap<String, bool>,
    rules: BTreeSet<String>,
}

impl Known {
    /// Notes a link that leads nowhere.
    pub(super) fn check(&self, link: &Link, fields: &Fields, problems: &mut Vec<String>) {
        match link {
            Link::Rule(id) if !self.rules.contains(id) => {
                fields.fault(problems, format!("rule '{id}' is not among Rules"));
            }
            Link::Endpoint(id) if !self.endpoints.contains_key(id) => {
                fields.fault(problems, format!("endpoint '{id}' is not among Endpoints"));
            }
            Link::Rule(_) | Link::Endpoint(_) => {}
        }
    }

    /// Whether an endpoint is an AWS resource.
    pub(super) fn is_alias(&self, endpoint: &str) -> bool {
        self.endpoints.get(endpoint) == Some(&false)
    }
}

/// F-2.
fn endpoint(mut fields: Fields, rtype: Option<RecordType>, problems: &mut Vec<String>) -> Option<Endpoint> {
    let kind = place::required(&mut fields, "Type", problems);
    let value = place::required(&mut fields, "Value", problems);
    let has_region = fields.has("Region");
    let region = has_region.then(|| place::region(&mut fields, problems)).flatten();
    let made = match kind.as_deref() {
        None => None,
        Some("value") => {
            if has_region {
                fields.fault(problems, "Region is for AWS resources, and this is a value");
            }
            value.zip(rtype).and_then(|(value, rtype)| match rdata::parse_route53(rtype, &value) {
                Ok(rdata) => Some(Endpoint::Value(rdata)),
                Err(error) => {
                    fields.fault(problems, format!("Invalid Resource Record: '{}'", error.route53()));
                    None
                }
            })
        }
        Some(word) => match Kind::WORDS.iter().find(|(known, _)| *known == word) {
            None => {
                let known = Kind::WORDS.map(|(known, _)| known).join(", ");
                fields.fault(problems, format!("Type '{word}' is none of value, {known}"));
                None
            }
            Some((_, kind)) => {
                if *kind == Kind::S3Website && !has_region {
                    fields.fault(problems, "Region is missing");
                }
                value.and_then(|value| match Name::parse_route53(&value) {
                    Ok(name) => Some(Endpoint::Alias { kind: *kind, name, region }),
                    Err(error) => {
                        fields.fault(problems, format!("Value '{value}' is no domain name: {error}"));
                        None
                    }
                })
            }
        },
    };
    fields.finish(problems);
    made
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    /// How many rules may follow one another from here.
    Done(u32),
}

/// F-5: no circles; and no chain longer than answers follow. The walk keeps its own stack.
fn check_chains(rules: &BTreeMap<String, Rule>, problems: &mut Vec<String>) {
    let below = |id: &str| -> Vec<&str> {
        let links = rules.get(id).map(Rule::links).unwrap_or_default();
        links.into_iter().filter_map(|link| if let Link::Rule(id) = link { Some(&**id) } else { None }).collect()
    };
    let mut marks: BTreeMap<&str, Mark> = BTreeMap::new();
    for start in rules.keys() {
        if marks.contains_key(start.as_str()) {
            continue;
        }
        marks.insert(start, Mark::Open);
        let mut path = vec![(start.as_str(), below(start), 0u32)];
        while let Some((id, next, depth)) = path.last_mut() {
            let id = *id;
            let Some(target) = next.pop() else {
                let depth = *depth;
                marks.insert(id, Mark::Done(depth));
                path.pop();
                if depth == MAX_DEPTH + 1 {
                    note(problems, || format!("Rules.{id}: it is the first of more than {MAX_DEPTH} rules in a row"));
                }
                if let Some((_, _, above)) = path.last_mut() {
                    *above = (*above).max(depth + 1);
                }
                continue;
            };
            match marks.get(target) {
                Some(Mark::Done(below)) => *depth = (*depth).max(below + 1),
                Some(Mark::Open) => {
                    let from = path.iter().position(|(on, ..)| *on == target).unwrap_or(0);
                    let mut circle: Vec<&str> = path[from..].iter().map(|(on, ..)| *on).collect();
                    circle.push(target);
                    note(problems, || format!("Rules.{target}: rules go round in a circle: {}", circle.join(" → ")));
                }
                None => {
                    marks.insert(target, Mark::Open);
                    path.push((target, below(target), 0));
                }
            }
        }
    }
}

//! From a document to the record group of an instance: the start at its name, all other rules in its tree (F-9, F-13).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::document::{Document, Endpoint, Kind, Link, Reference, Rule};
use crate::model::place::Region;
use crate::model::{At, Candidate, Name, Problem, RecordGroup, Routing, Target, Tree, tree};
use crate::store::{Options, unmapped};

/// How much of a rule's id goes into the SetIdentifiers of its records, which have at most 128 characters (§2.6).
const ID_CHARACTERS: usize = 120;

/// What of an instance its records depend on.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Its id.
    pub id: &'a str,
    /// Seconds, 0..=2147483647: the TTL of every record (F-9).
    pub ttl: u32,
    /// Where problems with it are said to be.
    pub at: &'a At,
}

impl Document {
    /// What the document makes of an instance's name and type; `options` say what stands in for AWS resources, and
    /// it is warned of those that nothing stands in for.
    pub fn group(&self, origin: Origin<'_>, options: &Options, problems: &mut Vec<Problem>) -> RecordGroup {
        let order = self.order();
        let making = Making {
            document: self,
            origin,
            options,
            places: order.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect(),
        };
        let rules: Vec<_> = order.iter().map(|(id, rule)| making.rule(id, rule)).collect();
        let routing = match (&self.start, Tree::new(origin.id.into(), rules)) {
            (Link::Rule(_), Some(tree)) => Routing::Tree(Arc::new(tree)),
            (start, _) => {
                let start = Reference { key: (), link: start.clone(), evaluate: false, check: None };
                Routing::Simple(Candidate { id: "".into(), ..making.candidate("", 0, &start) })
            }
        };
        let group = RecordGroup { routing, at: origin.at.clone() };
        self.warn(&group, origin, problems);
        group
    }

    /// Tells once of each resource that answers nothing.
    fn warn(&self, group: &RecordGroup, origin: Origin<'_>, problems: &mut Vec<Problem>) {
        let unmapped = |target: &Target| match target {
            Target::Provider { of, rdata, .. } if rdata.is_empty() => Some(of.clone()),
            _ => None,
        };
        let names: BTreeSet<_> =
            group.routing.candidates().iter().filter_map(|candidate| unmapped(candidate.target)).collect();
        for name in names {
            let (id, rtype) = (origin.id, self.rtype);
            let what = format!(
                "traffic policy instance {id} leads to {name}, and no provider with {rtype} values stands in for it: it \
                 answers nothing and is not healthy"
            );
            let mend = format!("add [[provider]] name = \"{name}\" with {rtype} = [\"…\"] to waymark.toml");
            problems.push(Problem::warning(origin.at, what, mend));
        }
    }

    /// The rules that the start leads to, each before those it leads to. The document has no circles.
    fn order(&self) -> Vec<(&str, &Rule)> {
        let mut order = Vec::new();
        let mut seen = BTreeMap::new();
        let mut path: Vec<(&str, &Rule, Vec<&Link>)> = Vec::new();
        let mut next = Some(&self.start);
        loop {
            if let Some(Link::Rule(id)) = next
                && let Some(rule) = self.rules.get(id)
                && seen.insert(id, ()).is_none()
            {
                path.push((id, rule, rule.links()));
            }
            let Some((id, rule, links)) = path.last_mut() else { break };
            next = links.pop();
            if next.is_none() {
                order.push((*id, *rule));
                path.pop();
            }
        }
        order.reverse();
        order
    }
}

/// One document on its way to one group.
struct Making<'a> {
    document: &'a Document,
    origin: Origin<'a>,
    options: &'a Options,
    /// The place of each rule in the tree.
    places: BTreeMap<&'a str, usize>,
}

impl Making<'_> {
    fn rule(&self, id: &str, rule: &Rule) -> tree::Rule {
        let one = |at: usize, side: &Option<Reference<()>>| {
            side.as_ref().map(|reference| Box::new(self.candidate(id, at, reference)))
        };
        let routing = match rule {
            Rule::Failover { primary, secondary } => {
                Routing::Failover { primary: one(0, primary), secondary: one(1, secondary) }
            }
            Rule::Geo(many) => Routing::Geolocation(self.candidates(id, many)),
            Rule::Geoproximity(many) => Routing::Geoproximity(self.candidates(id, many)),
            Rule::Latency(many) => Routing::Latency(self.candidates(id, many)),
            Rule::Weighted(many) => Routing::Weighted(self.candidates(id, many)),
            Rule::Multivalue(many) => Routing::Multivalue(self.candidates(id, many)),
        };
        tree::Rule { id: id.into(), group: RecordGroup { routing, at: self.origin.at.clone() } }
    }

    fn candidates<K: Clone>(&self, rule: &str, many: &[Reference<K>]) -> Vec<Candidate<K>> {
        many.iter().enumerate().map(|(at, reference)| self.candidate(rule, at, reference)).collect()
    }

    /// SetIdentifiers sort as the document lists its references, so that weighted draws follow that order (P-23).
    fn candidate<K: Clone>(&self, rule: &str, at: usize, reference: &Reference<K>) -> Candidate<K> {
        let rule: String = rule.chars().take(ID_CHARACTERS).collect();
        Candidate {
            id: format!("{rule}/{at:02}").into(),
            key: reference.key.clone(),
            check: reference.check.clone(),
            target: self.target(&reference.link, reference.evaluate),
            at: self.origin.at.clone(),
        }
    }

    fn target(&self, link: &Link, evaluate: bool) -> Target {
        match link {
            Link::Rule(id) => {
                Target::Rule { rule: self.places.get(id.as_str()).copied().unwrap_or(usize::MAX), evaluate }
            }
            Link::Endpoint(id) => match self.document.endpoints.get(id) {
                Some(Endpoint::Value(rdata)) => Target::Values { ttl: self.origin.ttl, rdata: vec![rdata.clone()] },
                Some(Endpoint::Alias { kind, name, region }) => self.resource(*kind, name, *region, evaluate),
                None => unmapped(&Name::root(), evaluate),
            },
        }
    }

    /// What a provider gives for an AWS resource, or nothing (decision 12). An S3 website may be known by its bucket's
    /// name or by the website endpoint of its Region, which is what a record set's alias would name.
    fn resource(&self, kind: Kind, name: &Name, region: Option<Region>, evaluate: bool) -> Target {
        let rtype = self.document.rtype;
        let websites = region
            .filter(|_| kind == Kind::S3Website)
            .into_iter()
            .flat_map(|region| ["-", "."].map(|dash| format!("s3-website{dash}{}.amazonaws.com.", region.code())));
        let names = std::iter::once(name.clone()).chain(websites.filter_map(|name| Name::parse_route53(&name).ok()));
        let found = names.into_iter().find_map(|name| self.options.external(&name, rtype, evaluate));
        found.unwrap_or_else(|| unmapped(name, evaluate))
    }
}

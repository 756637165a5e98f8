//! Account dumps: what the AWS CLI prints of zones, record sets, health checks and CIDR collections, made into model.
//!
//! ```text
//!  file ─► documents, one after another ─► parts by key ─► drafts of zones ─► groups ─► HostedZone
//! ```
//!
//! A file holds one JSON object with all parts, or the outputs of several commands one after another; a
//! list of record sets belongs to the zone named before it. Structure is judged here in Route 53's words
//! (P-1, P-2, I-10); final state by `model::rules`.

mod check;
mod collection;
mod group;
mod location;
mod node;
mod record;
mod target;
#[cfg(test)]
mod tests;
mod zone;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Options;
use crate::model::check::Alarm;
use crate::model::{At, CidrCollection, HealthCheck, HostedZone, Name, Problem, RecordGroup, RecordType, View};
use node::{Fields, Node, Source};
use record::Head;
use target::Origin;
use zone::Draft;

/// What a dump holds.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Zones whose record sets are in the file.
    pub zones: Vec<HostedZone>,
    /// Health checks.
    pub checks: Vec<HealthCheck>,
    /// CIDR collections.
    pub collections: Vec<CidrCollection>,
    /// One view for each VPC a private zone is tied to, without networks.
    pub views: Vec<View>,
}

/// Members of answers that carry nothing to serve.
const IGNORED: [&str; 9] = [
    "DelegationSet",
    "MaxItems",
    "Marker",
    "NextMarker",
    "NextRecordType",
    "NextRecordIdentifier",
    "IsTruncated",
    "ChangeInfo",
    "Location",
];
/// Members that do; a document without any of either is no dump.
const PARTS: [&str; 9] = [
    "HostedZone",
    "HostedZones",
    "VPCs",
    "ResourceRecordSets",
    "HealthCheck",
    "HealthChecks",
    "CidrCollections",
    "CidrBlocks",
    "CidrLocations",
];
const MEND_EMPTY: &str = "see docs/twin.md for the commands that make one";

/// A name as the API writes it, or Route 53's message about it (N-3, N-6).
pub fn name(text: &str) -> Result<Name, String> {
    record::route53_name(text)
}

/// Record sets of a zone as groups: each is JSON as the AWS CLI prints it, and where it is written. The first of a group
/// says its policy; one that does not fit is noted and left out.
pub fn groups<'t>(
    records: impl IntoIterator<Item = (At, &'t str)>,
    (id, name): (&str, &Name),
    options: &Options,
    problems: &mut Vec<Problem>,
) -> BTreeMap<(Name, RecordType), RecordGroup> {
    let origin = Origin { id: Some(id), name, options };
    let mut read = Vec::new();
    for (at, text) in records {
        let source = Source::of_line(at, text);
        for node in source.documents(problems) {
            read.extend(record::head(node, problems).and_then(|head| head.read(&origin, problems)));
        }
    }
    group::assemble(read, problems)
}

/// A health check, as one element of what `list-health-checks` prints; `alarms` are what CloudWatch alarms are followed by.
pub fn health_check(
    at: &At,
    text: &str,
    alarms: &BTreeMap<Arc<str>, Alarm>,
    problems: &mut Vec<Problem>,
) -> Option<HealthCheck> {
    let source = Source::of_line(at.clone(), text);
    source.documents(problems).first().and_then(|node| check::read(*node, alarms, problems))
}

/// Reads the dump `text` of the file `name`; problems are added, errors among them mean it cannot be served.
pub fn load(name: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Parsed {
    let source = Source::new(name, text);
    let noted = problems.len();
    let mut reader =
        Reader { options, problems, parsed: Parsed::default(), drafts: Vec::new(), scope: 0..0, collections: 0..0 };
    for document in source.documents(reader.problems) {
        for part in document.items().unwrap_or_else(|| vec![document]) {
            reader.document(part);
        }
    }
    let parsed = reader.finish(name);
    problems[noted..].sort_by(|a, b| a.at.cmp(&b.at));
    parsed
}

/// An id without the `/hostedzone/` that answers print before it (Z-6).
fn bare_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

struct Reader<'a> {
    options: &'a Options,
    problems: &'a mut Vec<Problem>,
    parsed: Parsed,
    drafts: Vec<Draft>,
    /// The zones that record sets belong to: those of the last document that named any.
    scope: Range<usize>,
    /// The collections of the last document that named any.
    collections: Range<usize>,
}

impl Reader<'_> {
    /// One answer of the CLI, or one object that holds several.
    fn document(&mut self, node: Node<'_>) {
        let mut fields = Fields::of(node, "dump");
        let at = fields.at.clone();
        if !PARTS.iter().chain(&IGNORED).any(|key| fields.has(key)) {
            fields.error(&at, "this is no dump: it holds none of the parts the AWS CLI prints", MEND_EMPTY);
        }
        let zones = both(&mut fields, "HostedZone", "HostedZones");
        self.zones(zones);
        if let Some(vpcs) = fields.list("VPCs") {
            self.vpcs(vpcs, &mut fields);
        }
        if let Some(records) = fields.list("ResourceRecordSets") {
            self.records(records, &mut fields);
        }
        for node in both(&mut fields, "HealthCheck", "HealthChecks") {
            self.parsed.checks.extend(check::read(node, &self.options.alarms, self.problems));
        }
        if let Some(collections) = fields.list("CidrCollections") {
            let start = self.parsed.collections.len();
            self.parsed
                .collections
                .extend(collections.into_iter().filter_map(|node| collection::read(node, self.problems)));
            self.collections = start..self.parsed.collections.len();
        }
        for key in ["CidrBlocks", "CidrLocations"] {
            if let Some(blocks) = fields.list(key) {
                self.blocks(blocks, &mut fields);
            }
        }
        let truncated = fields.truth("IsTruncated") == Some(true);
        let more = ["NextToken", "NextRecordName"].into_iter().filter(|key| fields.take(key).is_some()).count() > 0;
        if truncated || more {
            let mend = "dump again without --max-items and --no-paginate";
            fields.warn(&at, "the list goes on where this dump ends", mend);
        }
        for key in IGNORED {
            fields.take(key);
        }
        self.problems.extend(fields.finish());
    }

    fn zones(&mut self, nodes: Vec<Node<'_>>) {
        if nodes.is_empty() {
            return;
        }
        let start = self.drafts.len();
        self.drafts.extend(nodes.into_iter().filter_map(|node| zone::read(node, self.problems)));
        self.scope = start..self.drafts.len();
    }

    fn vpcs(&mut self, vpcs: Vec<Node<'_>>, fields: &mut Fields<'_>) {
        let at = fields.at.clone();
        match &mut self.drafts[self.scope.clone()] {
            [draft] => self.parsed.views.extend(zone::tie(draft, vpcs, self.problems)),
            // What list-hosted-zones-by-vpc or another command prints.
            _ => fields.warn(&at, "VPCs without one hosted zone they belong to", "use what get-hosted-zone prints"),
        }
    }

    /// Record sets go to the zone in scope; among several, to the one whose name fits best.
    fn records(&mut self, nodes: Vec<Node<'_>>, fields: &mut Fields<'_>) {
        let heads: Vec<(Head<'_>, At)> =
            nodes.into_iter().filter_map(|node| Some((record::head(node, self.problems)?, node.at()))).collect();
        if self.scope.is_empty() && !self.guess_zone(&heads, fields) {
            return;
        }
        if let [draft] = &mut self.drafts[self.scope.clone()] {
            draft.records.get_or_insert_default();
        }
        let mut by_name: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        for index in self.scope.clone() {
            by_name.entry(self.drafts[index].name.clone()).or_default().push(index);
        }
        for (head, at) in heads {
            let fitting =
                std::iter::successors(Some(head.name.clone()), Name::parent).find_map(|name| by_name.get(&name));
            let index = match (self.scope.len(), fitting.map(Vec::as_slice)) {
                (1, _) => self.scope.start,
                (_, Some([one])) => *one,
                (_, found) => {
                    let which = if found.is_some() { "more than one" } else { "none" };
                    let what = format!("record set {} {} fits {which} of the zones before it", head.name, head.rtype);
                    let mend = "put each zone with its own record sets into one object or one file";
                    self.problems.push(Problem::error(&at, what, mend));
                    continue;
                }
            };
            let draft = &mut self.drafts[index];
            draft.seen += 1;
            let records = draft.records.get_or_insert_default();
            let origin = Origin { id: draft.id.as_deref(), name: &draft.name, options: self.options };
            records.extend(head.read(&origin, self.problems));
        }
    }

    /// Where no zone is named before its record sets, their SOA names it.
    fn guess_zone(&mut self, heads: &[(Head<'_>, At)], fields: &mut Fields<'_>) -> bool {
        let at = fields.at.clone();
        let Some((soa, at_soa)) = heads.iter().find(|(head, _)| head.rtype == RecordType::SOA) else {
            fields.error(&at, "record sets without a hosted zone", "put what get-hosted-zone prints before them");
            return false;
        };
        let what = format!("no HostedZone part: the record sets are taken for a public zone {}, by its SOA", soa.name);
        fields.warn(&at, what, "put what get-hosted-zone prints before them");
        let start = self.drafts.len();
        self.drafts.push(Draft {
            id: None,
            name: soa.name.clone(),
            comment: String::new(),
            private: false,
            views: Vec::new(),
            count: None,
            records: None,
            seen: 0,
            at: at_soa.clone(),
        });
        self.scope = start..start + 1;
        true
    }

    /// Blocks go to the collection named before them, if it is one.
    fn blocks(&mut self, nodes: Vec<Node<'_>>, fields: &mut Fields<'_>) {
        let at = fields.at.clone();
        match &mut self.parsed.collections[self.collections.clone()] {
            [collection] => collection::add(collection, nodes, self.problems),
            several => {
                let count = several.len();
                let what = format!("CIDR blocks after {count} collections, so it is not known whose they are");
                fields.error(&at, what, "put {\"CidrCollections\": [{\"Id\": \"…\"}]} before each list of blocks");
            }
        }
    }

    fn finish(self, file: &str) -> Parsed {
        let Self { problems, mut parsed, drafts, .. } = self;
        let stem = file.rsplit('/').next().unwrap_or(file);
        let fallback = stem.strip_suffix(".json").unwrap_or(stem);
        parsed.zones.extend(drafts.into_iter().filter_map(|draft| draft.finish(fallback, problems)));
        parsed
    }
}

/// What `get-…` and `list-…` print of one kind of thing.
fn both<'a>(fields: &mut Fields<'a>, one: &str, many: &str) -> Vec<Node<'a>> {
    fields.take(one).into_iter().chain(fields.list(many).unwrap_or_default()).collect()
}

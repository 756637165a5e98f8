//! A zone in our own format, as `docs/zones.md` tells it.

use std::fmt::Write;

use super::Exported;
use super::checks::check;
use super::loss;
use super::referred::Referred;
use crate::model::place::Area;
use crate::model::routing::{Anchor, CandidateRef, LocationName, Site};
use crate::model::signing::Wish;
use crate::model::{
    Candidate, CidrCollection, HostedZone, Name, RecordGroup, RecordType, Routing, Target, Visibility, rdata,
};

pub(super) fn print(zone: &HostedZone, referred: &Referred<'_>) -> Exported {
    let mut page = Page { text: String::new(), zone: &zone.name };
    page.line("zone", text(zone.name.to_string()));
    page.line("id", text(&*zone.id.0));
    if !zone.comment.is_empty() {
        page.line("comment", text(&*zone.comment));
    }
    match &zone.visibility {
        Visibility::Public { listeners } if listeners.is_empty() => {}
        Visibility::Public { listeners } => page.line("listeners", texts(listeners.iter().map(|name| &**name))),
        Visibility::Private { views } => page.line("views", texts(views.iter().map(|view| &*view.0))),
    }
    if let Some(Wish { algorithm, is_single, cds, .. }) = &zone.dnssec {
        page.text.push_str("\n[dnssec]\n");
        page.line("algorithm", text(algorithm.name().to_ascii_lowercase()));
        page.line("keys", text(if *is_single { "csk" } else { "split" }));
        page.line("cds", cds);
    }
    for found in &referred.checks {
        page.text.push('\n');
        check(found, &mut page.text);
    }
    for found in &referred.collections {
        page.collection(found);
    }
    let mut losses = Vec::new();
    let mut groups: Vec<_> =
        zone.groups.iter().map(|((name, rtype), group)| (name.listed(), name, *rtype, group)).collect();
    groups.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
    for (_, name, rtype, group) in groups {
        if let Routing::Tree(tree) = &group.routing {
            losses.push(loss::of(name, rtype, loss::tree(tree)));
            continue;
        }
        page.record(name, rtype, group);
        losses.extend(loss::ambiguous(group, &zone.name).map(|of| {
            loss::of(name, rtype, format!("the alias to {of} in another hosted zone reads as one within this zone"))
        }));
    }
    Exported { text: page.text, losses }
}

/// A text in quotes on one line, as a key may be written too.
pub(super) fn text(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    if text.contains(['"', '\\']) && !text.contains(|c: char| c == '\'' || c.is_control()) {
        return format!("'{text}'");
    }
    // JSON's escapes are TOML's too; DEL is a control character in TOML alone.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// An array of texts.
pub(super) fn texts<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<_> = all.into_iter().map(text).collect();
    format!("[{}]", all.join(", "))
}

struct Page<'a> {
    text: String,
    zone: &'a Name,
}

/// Entries of an inline table, growing.
#[derive(Default)]
struct Fields(Vec<String>);

impl Fields {
    fn put(&mut self, key: &str, value: impl std::fmt::Display) {
        self.0.push(format!("{key} = {value}"));
    }
}

impl Page<'_> {
    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn collection(&mut self, collection: &CidrCollection) {
        let _ = writeln!(self.text, "\n[collection.{}]", text(&*collection.id));
        for (location, blocks) in &collection.locations {
            let blocks: Vec<_> = blocks.iter().map(ToString::to_string).collect();
            self.line(&text(&**location), texts(blocks.iter().map(String::as_str)));
        }
    }

    fn record(&mut self, name: &Name, rtype: RecordType, group: &RecordGroup) {
        self.text.push_str("\n[[record]]\n");
        self.line("name", text(self.relative(name)));
        self.line("type", text(rtype.to_string()));
        match &group.routing {
            Routing::Simple(one) => {
                for field in self.bare(rtype, one.into()).0 {
                    let _ = writeln!(self.text, "{field}");
                }
            }
            Routing::Weighted(many) => {
                self.candidates("weighted", rtype, many, |weight, fields| fields.put("weight", weight));
            }
            Routing::Latency(many) => {
                self.candidates("latency", rtype, many, |region, fields| fields.put("region", text(region.code())));
            }
            Routing::Failover { primary, secondary } => {
                for (key, one) in [("failover.primary", primary), ("failover.secondary", secondary)] {
                    if let Some(one) = one {
                        let fields = self.fields(rtype, one, |(), _| {});
                        self.line(key, fields);
                    }
                }
            }
            Routing::Geolocation(many) => self.candidates("geolocation", rtype, many, area),
            Routing::Geoproximity(many) => self.candidates("geoproximity", rtype, many, anchor),
            Routing::IpBased { collection, candidates } => {
                self.line("ip.collection", text(&**collection));
                self.candidates("ip.choices", rtype, candidates, |location, fields| {
                    let name = match location {
                        LocationName::Default => "*",
                        LocationName::Named(name) => name,
                    };
                    fields.put("location", text(name));
                });
            }
            Routing::Multivalue(many) => self.candidates("multivalue", rtype, many, |(), _| {}),
            // Told as a loss.
            Routing::Tree(_) => {}
        }
    }

    fn candidates<K>(&mut self, key: &str, rtype: RecordType, many: &[Candidate<K>], with: impl Fn(&K, &mut Fields)) {
        let _ = writeln!(self.text, "{key} = [");
        for one in many {
            let fields = self.fields(rtype, one, &with);
            let _ = writeln!(self.text, "    {fields},");
        }
        self.text.push_str("]\n");
    }

    fn fields<K>(&self, rtype: RecordType, one: &Candidate<K>, with: impl Fn(&K, &mut Fields)) -> String {
        let mut fields = Fields::default();
        fields.put("id", text(&*one.id));
        with(&one.key, &mut fields);
        fields.0.extend(self.bare(rtype, one.into()).0);
        format!("{{ {} }}", fields.0.join(", "))
    }

    /// Check and target, which all policies have.
    fn bare(&self, rtype: RecordType, candidate: CandidateRef<'_>) -> Fields {
        let mut fields = Fields::default();
        if let Some(check) = candidate.check {
            fields.put("check", text(&*check.0));
        }
        let alias = |to: String, evaluate: bool, fields: &mut Fields| {
            fields.put("alias", text(to));
            if evaluate {
                fields.put("evaluate", true);
            }
        };
        match candidate.target {
            Target::Values { ttl, rdata } => {
                fields.put("ttl", ttl);
                let values: Vec<_> = rdata.iter().map(|rdata| rdata::print(rtype, rdata)).collect();
                match &values[..] {
                    [one] => fields.put("value", text(one)),
                    many => fields.put("values", texts(many.iter().map(String::as_str))),
                }
            }
            Target::Alias { to, evaluate } => alias(self.relative(to), *evaluate, &mut fields),
            Target::Provider { of, evaluate, .. } => alias(of.to_string(), *evaluate, &mut fields),
            // Only inside a tree.
            Target::Rule { .. } => {}
        }
        fields
    }

    /// A name as short as it may be written without a word of warning.
    fn relative(&self, name: &Name) -> String {
        let whole = name.to_string();
        if name == self.zone {
            return "@".to_owned();
        }
        let inside = name.is_within(self.zone);
        let short = whole.strip_suffix(&self.zone.to_string()).unwrap_or(&whole);
        // Below the root there is no other dot to take off than the last one.
        let short = if self.zone.label_count() == 0 { &whole[..whole.len() - 1] } else { short.trim_end_matches('.') };
        let doubled = Name::parse(short, Some(&Name::root())).is_ok_and(|name| name.is_within(self.zone));
        if !inside || (doubled && self.zone.label_count() > 0) { whole } else { short.to_owned() }
    }
}

fn area(area: &Area, fields: &mut Fields) {
    match area {
        Area::Default => fields.put("default", true),
        Area::Continent(continent) => fields.put("continent", text(continent.code())),
        Area::Country(country) => fields.put("country", text(country.code())),
        Area::Subdivision(country, subdivision) => {
            fields.put("country", text(country.code()));
            fields.put("subdivision", text(subdivision.code()));
        }
    }
}

fn anchor(anchor: &Anchor, fields: &mut Fields) {
    match anchor.site {
        Site::Region(region) => fields.put("region", text(region.code())),
        Site::LocalZone(row) => fields.put("local_zone", text(row.group)),
        // With a point, as whole numbers are read too but say less.
        Site::Point(point) => fields.put("coordinates", format!("[{:?}, {:?}]", point.latitude, point.longitude)),
    }
    if anchor.bias != 0 {
        fields.put("bias", anchor.bias);
    }
}

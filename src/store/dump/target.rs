//! What a record set answers with: values, an alias in the zone, or one beyond it (I-10, A-1, A-2).

use super::node::Fields;
use super::record::route53_name;
use crate::model::{Name, Rdata, RecordType, Target, rdata};
use crate::store::{Options, provider};

/// The zone a record set is read for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// The zone's id; `None` when the dump does not say it.
    pub(super) id: Option<&'a str>,
    pub(super) name: &'a Name,
    pub(super) options: &'a Options,
}

const FORMS: &str = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";

/// Values or alias; `None` when there is neither, or it cannot be served.
pub(super) fn read(
    fields: &mut Fields<'_>,
    (name, rtype): (&Name, RecordType),
    origin: &Origin<'_>,
    change: &str,
) -> Option<Target> {
    let at = fields.at.clone();
    let policy = fields.text("TrafficPolicyInstanceId");
    let alias = fields.object("AliasTarget");
    if alias.is_some() {
        // Old versions of the CLI and emulators print an empty list and TTL 0 beside an alias.
        fields.drop_if("ResourceRecords", |node| node.items().is_some_and(|items| items.is_empty()));
        fields.drop_if("TTL", |node| node.number() == Some(0));
    }
    let has_values = (fields.has("TTL"), fields.has("ResourceRecords"));
    if let Some(instance) = &policy {
        let served = alias.is_some() || has_values == (true, true);
        let rest = if served { "only what the record set holds is served" } else { "it is not served" };
        let what = format!("{} was made by traffic policy instance {instance}: {rest}", fields.subject);
        fields.warn(&at, what, "write what the traffic policy does into a .toml file");
        if !served {
            return None;
        }
    }
    let found = match (&alias, has_values) {
        (Some(_), (false, false)) | (None, (true, true)) => None,
        (Some(_), _) => Some("more than one"),
        (None, _) => Some("none"),
    };
    if let Some(found) = found {
        fields.error(
            &at,
            format!("Invalid request: Expected exactly one of {FORMS}, but found {found} {change}"),
            match alias.is_some() {
                true => "an alias has no TTL and no values of its own: remove them",
                false => "give it TTL and ResourceRecords",
            },
        );
        fields.take("TTL");
        fields.take("ResourceRecords");
        return None;
    }
    match alias {
        Some(alias) => read_alias(fields, alias, (name, rtype), origin),
        None => {
            let ttl = fields.number("TTL", 0..=2_147_483_647).and_then(|ttl| u32::try_from(ttl).ok());
            let rdata = read_values(fields, rtype);
            Some(Target::Values { ttl: ttl?, rdata: rdata? })
        }
    }
}

/// N-18: each value by the rules of its type.
fn read_values(fields: &mut Fields<'_>, rtype: RecordType) -> Option<Vec<Rdata>> {
    let mut all = Vec::new();
    let mut whole = true;
    for node in fields.list("ResourceRecords")? {
        let at = node.at();
        let mut record = Fields::of(node, &format!("{}: ResourceRecords", fields.subject));
        let value = record.text("Value");
        if value.is_none() {
            let what = format!("{}: a resource record lacks Value", fields.subject);
            record.error(&at, what, "each is {\"Value\": \"…\"}");
        }
        fields.absorb(record);
        match value.map(|value| (rdata::parse_route53(rtype, &value), value)) {
            None => whole = false,
            Some((Err(error), _)) => {
                let what = format!("Invalid Resource Record: '{}' at {}", error.route53(), fields.subject);
                fields.error(&at, what, error.to_string());
                whole = false;
            }
            Some((Ok(rdata), _)) => all.push(rdata),
        }
    }
    whole.then_some(all)
}

/// an alias is in the zone when it says the zone's own id; all else is beyond it.
fn read_alias(
    fields: &mut Fields<'_>,
    mut alias: Fields<'_>,
    (name, rtype): (&Name, RecordType),
    origin: &Origin<'_>,
) -> Option<Target> {
    let at = alias.at.clone();
    for key in ["HostedZoneId", "DNSName", "EvaluateTargetHealth"] {
        if alias.lacks(key) {
            let what = format!("{} lacks {key}", alias.subject);
            alias.error(&at, what, "an AliasTarget is HostedZoneId, DNSName and EvaluateTargetHealth");
        }
    }
    let zone = alias.text("HostedZoneId");
    let target = alias.text("DNSName");
    let evaluate = alias.truth("EvaluateTargetHealth");
    fields.absorb(alias);
    let (zone, target, evaluate) = (zone?, target?, evaluate?);
    let to = match route53_name(&target) {
        Ok(to) => to,
        Err(what) => {
            fields.error(&at, what, "write the alias target with octal escapes, as the AWS CLI prints it");
            return None;
        }
    };
    let here = match origin.id {
        Some(id) => super::bare_id(&zone) == id,
        None => to.is_within(origin.name),
    };
    if here {
        return Some(Target::Alias { to, evaluate });
    }
    let found = origin.options.external(&to, rtype, evaluate);
    let mapped = matches!(&found, Some(Target::Provider { rdata, .. }) if !rdata.is_empty());
    if !mapped {
        let of_type = if found.is_some() { format!(" with {rtype} values") } else { String::new() };
        fields.warn(
            &at,
            format!(
                "alias {} {rtype} points at {to} in hosted zone {zone}, beyond this zone, and no provider{of_type} \
                 stands in for it: it answers nothing and is not healthy",
                name.to_route53()
            ),
            format!("add [[provider]] name = \"{to}\" with {rtype} = [\"…\"] to waymark.toml"),
        );
    }
    Some(found.unwrap_or_else(|| provider::unmapped(&to, evaluate)))
}

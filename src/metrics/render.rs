//! Figures as Prometheus reads them (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::Arc;

use super::moment::{Moment, WebhookState};
use super::shard::{OTHER, RCODES, TRANSPORTS, TYPES, Totals};
use super::{Registry, Signatures, health};
use crate::model::routing::PolicyName;

/// A family of series: its name without prefix, its kind, what it says.
pub(super) struct Family<'a> {
    out: &'a mut String,
    name: &'static str,
}

pub(super) fn render(
    totals: &Totals,
    transitions: &BTreeMap<(Arc<str>, bool), u64>,
    registry: &Registry,
    moment: &Moment,
) -> String {
    let mut out = String::new();
    queries(&mut out, totals);
    answers(&mut out, totals);

    health::render(&mut out, transitions, moment);

    webhooks(&mut out, &moment.webhooks);
    transfers(&mut out, registry);
    api(&mut out, registry);
    let mut reloads = family(&mut out, "reloads_total", "counter", "Reloads by outcome.");
    reloads.series(&[("outcome", &"ok")], registry.reloads.value());
    reloads.series(&[("outcome", &"refused")], registry.refusals.value());
    let single = [
        ("panics_total", "Queries answered SERVFAIL because answering them panicked.", registry.panics.value()),
        ("silences_total", "Packets that deserved no answer.", totals.silences),
        ("query_log_dropped_total", "Query log lines dropped rather than slowing answers.", registry.unlogged.value()),
    ];
    for (name, help, count) in single {
        family(&mut out, name, "counter", help).series(&[], count);
    }

    let mut limited = family(&mut out, "rate_limited_total", "counter", "Replies over a rate limit.");
    let outcomes = [
        ("dropped", &registry.limited.dropped),
        ("slipped", &registry.limited.cut),
        ("bad_cookie", &registry.limited.bad_cookie),
        ("would_drop", &registry.limited.would_drop),
        ("would_slip", &registry.limited.would_cut),
    ];
    for (action, counter) in outcomes {
        limited.series(&[("action", &action)], counter.value());
    }

    let mut signatures = family(&mut out, "dnssec_signatures_total", "counter", "Signatures by when they were made.");
    let Signatures { asked, ahead, failed } = &registry.signatures;
    for (made, counter) in [("asked", asked), ("ahead", ahead), ("failed", failed)] {
        signatures.series(&[("made", &made)], counter.value());
    }

    family(&mut out, "zones", "gauge", "Zones served.").series(&[], moment.zones);
    family(&mut out, "snapshot_serial", "gauge", "Worlds taken into use since the start.").series(&[], moment.serial);
    family(&mut out, "snapshot_age_seconds", "gauge", "Time since the world in use was loaded.")
        .series(&[], format_args!("{:.3}", moment.age));
    let [open, accepted, evicted] = moment.connections;
    family(&mut out, "tcp_connections", "gauge", "Connections of TCP, TLS and QUIC open.").series(&[], open);
    family(&mut out, "tcp_accepted_total", "counter", "Connections of TCP, TLS and QUIC accepted.")
        .series(&[], accepted);
    family(&mut out, "tcp_evicted_total", "counter", "Connections of TCP, TLS and QUIC ended to make room.")
        .series(&[], evicted);
    let mut troubles = family(&mut out, "socket_errors_total", "counter", "What went wrong at the sockets, by kind.");
    for (kind, count) in &moment.troubles {
        troubles.series(&[("kind", kind)], count);
    }
    out
}

fn transfers(out: &mut String, registry: &Registry) {
    let mut transfers = family(out, "transfers_total", "counter", "Zone transfers by what was sent and how it ended.");
    for ([kind, outcome], count) in registry.transfers.all() {
        transfers.series(&[("kind", &kind), ("outcome", &outcome)], count);
    }
    let mut notifies = family(out, "notify_total", "counter", "Secondaries told of a zone by what came of it.");
    for ([outcome], count) in registry.notifies.all() {
        notifies.series(&[("outcome", &outcome)], count);
    }
}

fn api(out: &mut String, registry: &Registry) {
    let mut requests = family(out, "api_requests_total", "counter", "Requests of the API by what came of them.");
    for ([operation, code], count) in registry.api.all() {
        requests.series(&[("operation", &operation), ("code", &code)], count);
    }
    let what = "Requests of the API that did not prove who sent them.";
    family(out, "api_strangers_total", "counter", what).series(&[], registry.api_strangers.value());
}

fn webhooks(out: &mut String, webhooks: &[WebhookState]) {
    let mut messages =
        family(out, "webhook_messages_total", "counter", "Messages to a webhook by what became of them.");
    for webhook in webhooks {
        for (outcome, count) in ["sent", "failed", "dropped"].iter().zip(webhook.outcomes) {
            messages.series(&[("webhook", &webhook.name), ("outcome", outcome)], count);
        }
    }
    let mut waiting = family(out, "webhook_waiting", "gauge", "Messages that wait for a webhook.");
    for webhook in webhooks {
        waiting.series(&[("webhook", &webhook.name)], webhook.waiting);
    }
}

fn queries(out: &mut String, totals: &Totals) {
    let mut whole = family(out, "queries_total", "counter", "Queries answered.");
    for ((transport, rtype, rcode), count) in &totals.whole {
        let labels: [(&str, &dyn Display); 3] = [
            ("transport", &TRANSPORTS[*transport]),
            ("type", &cell(&TYPES, *rtype)),
            ("rcode", &cell(&RCODES, *rcode)),
        ];
        whole.series(&labels, *count);
    }
    let mut zones = family(out, "zone_queries_total", "counter", "Queries answered from a zone, by result.");
    for ((zone, transport, rcode), count) in &totals.zones {
        let labels: [(&str, &dyn Display); 4] = [
            ("zone", &zone.name),
            ("id", &zone.id),
            ("transport", &TRANSPORTS[*transport]),
            ("rcode", &cell(&RCODES, *rcode)),
        ];
        zones.series(&labels, *count);
    }
    let mut types = family(out, "zone_queries_by_type_total", "counter", "Queries answered from a zone, by type.");
    for ((zone, rtype), count) in &totals.zone_types {
        types.series(&[("zone", &zone.name), ("id", &zone.id), ("type", &cell(&TYPES, *rtype))], *count);
    }
}

fn answers(out: &mut String, totals: &Totals) {
    let sums: [(&'static str, &str, usize); 2] = [
        ("answers_total", "Record sets picked, by routing policy.", 0),
        ("last_resort_answers_total", "Record sets picked with nothing healthy, by routing policy.", 1),
    ];
    for (name, help, at) in sums {
        let mut policies = family(out, name, "counter", help);
        for (policy, counts) in &totals.policies {
            policies.series(&[("policy", policy as &PolicyName)], counts[at]);
        }
    }
    let picks: [(&'static str, &str, usize); 2] = [
        ("picks_total", "Times a record set was picked from those beside it.", 0),
        ("last_resort_picks_total", "The same with nothing healthy.", 1),
    ];
    for (name, help, at) in picks {
        let mut members = family(out, name, "counter", help);
        for (member, counts) in totals.members.iter().filter(|(_, counts)| counts[at] != 0) {
            let labels: [(&str, &dyn Display); 6] = [
                ("zone", &member.zone.name),
                ("id", &member.zone.id),
                ("name", &member.name),
                ("type", &member.rtype),
                ("policy", &member.policy),
                ("record", &member.candidate),
            ];
            members.series(&labels, counts[at]);
        }
    }
}

fn cell(table: &[(u16, &'static str)], at: usize) -> &'static str {
    table.get(at).map_or(OTHER, |(_, name)| name)
}

pub(super) fn family<'a>(out: &'a mut String, name: &'static str, kind: &str, help: &str) -> Family<'a> {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# HELP waymark_{name} {help}\n# TYPE waymark_{name} {kind}");
    Family { out, name }
}

impl Family<'_> {
    pub(super) fn series(&mut self, labels: &[(&str, &dyn Display)], value: impl Display) {
        self.part("", labels, value);
    }

    /// A series whose name goes on after the family's, as those of a histogram do.
    pub(super) fn part(&mut self, suffix: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        let _ = write!(self.out, "waymark_{}{suffix}", self.name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let open = if at == 0 { '{' } else { ',' };
            let text = text.to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.out, "{open}{label}=\"{text}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.out, "{close} {value}");
    }
}

//! Figures of health checks: what each steers by, who voted what, and how the fleet keeps up.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use super::moment::{CheckState, Durations, Moment, Probes};
use super::render::{Family, family};

pub(super) fn render(out: &mut String, transitions: &BTreeMap<(Arc<str>, bool), u64>, moment: &Moment) {
    checks(out, &moment.checks);
    let mut turns = family(out, "check_transitions_total", "counter", "Changes of a check's effective status.");
    for ((check, healthy), count) in transitions {
        turns.series(&[("check", check), ("to", if *healthy { &"healthy" } else { &"unhealthy" })], *count);
    }
    probes(out, &moment.probes);
}

fn checks(out: &mut String, checks: &[CheckState]) {
    let mut status = family(out, "check_healthy", "gauge", "Whether a health check steers as healthy.");
    for check in checks {
        status.series(&[("check", &check.id)], u64::from(check.healthy));
    }
    let mut share = family(out, "check_share", "gauge", "The part of their weight a check leaves its records.");
    for check in checks {
        share.series(&[("check", &check.id)], format_args!("{:.3}", check.share));
    }
    let help = "Percentage of the checkers that can tell which hold an endpoint healthy.";
    let mut percent = family(out, "check_healthy_percent", "gauge", help);
    for (check, value) in checks.iter().filter_map(|check| Some((check, check.percent?))) {
        percent.series(&[("check", &check.id)], format_args!("{value:.1}"));
    }
    let mut children = family(out, "check_children_healthy", "gauge", "Healthy children of a calculated check.");
    for (check, count) in checks.iter().filter_map(|check| Some((check, check.children?))) {
        children.series(&[("check", &check.id)], count);
    }
    let help = "Whether a checker holds an endpoint healthy; absent while it cannot tell.";
    let mut checkers = family(out, "checker_healthy", "gauge", help);
    for check in checks {
        for (checker, healthy) in &check.checkers {
            checkers.series(&[("check", &check.id), ("checker", checker)], u64::from(*healthy));
        }
    }
}

fn probes(out: &mut String, probes: &Probes) {
    family(out, "probes_in_flight", "gauge", "Probes under way.").series(&[], probes.in_flight);
    family(out, "probes_overdue", "gauge", "Probes that are due and wait for their turn.").series(&[], probes.overdue);
    let help = "Probes that said nothing of their endpoint and counted neither way.";
    family(out, "probes_uncounted_total", "counter", help).series(&[], probes.uncounted);
    let mut lateness = family(out, "probe_lateness_seconds", "histogram", "How late probes began.");
    histogram(&mut lateness, &[], &probes.lateness);
    let mut durations = family(out, "probe_duration_seconds", "histogram", "How long the phases of a probe took.");
    for (phase, taken) in &probes.phases {
        histogram(&mut durations, &[("phase", phase)], taken);
    }
}

fn histogram(family: &mut Family<'_>, labels: &[(&str, &dyn Display)], durations: &Durations) {
    let mut count = 0;
    for (bound, here) in &durations.buckets {
        count += here;
        let bound = bound.as_secs_f64();
        family.part("_bucket", &[labels, &[("le", &bound)]].concat(), count);
    }
    count += durations.beyond;
    family.part("_bucket", &[labels, &[("le", &"+Inf")]].concat(), count);
    family.part("_sum", labels, format_args!("{:.6}", durations.sum.as_secs_f64()));
    family.part("_count", labels, count);
}

//! Aliases within a zone: targets that exist, no loops, and the order in which a compiler may follow them.
//!
//! ```text
//!   www A ──alias──► app A ──alias──► use1 A (values)      depth 2, order: use1, app, www
//! ```
//!
//! The walk is a loop with its own stack, so a chain of any length in a file is safe to judge.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use super::near::suggest;
use crate::model::{HostedZone, Name, Problem, RecordGroup, RecordType, Routing, Target};

/// How many aliases may follow one another (A-6).
pub const MAX_DEPTH: u32 = 16;
/// The most candidates one answer may have to look at: anyone may ask at will, and each look costs time.
pub const MOST_EVALUATIONS: u64 = 100_000;
/// Suggestions cost a walk over the zone; after this many mistakes they are left out.
const SUGGESTIONS: usize = 20;

/// A group's place in its zone.
pub type GroupKey = (Name, RecordType);

/// One group that holds an alias or is the target of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The group.
    pub key: &'a GroupKey,
    /// The longest chain of aliases from here: 0 for a group without any.
    pub depth: u32,
    /// Candidates looked at to tell the group's health, no result remembered (H-5).
    pub health_cost: u64,
    /// Candidates looked at for one answer in the worst case: health here, then the dearest branch.
    pub answer_cost: u64,
}

/// The groups that aliases touch, every target before what points at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasPlan<'a> {
    /// In the order in which they can be compiled.
    pub steps: Vec<Step<'a>>,
    /// Loops found, each from a group back to itself (the first is not repeated); edges that close one are ignored
    /// in `steps`.
    pub loops: Vec<Vec<&'a GroupKey>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Orders the groups that aliases touch; loops are listed, dangling targets left out (A-5, A-6).
pub fn plan(zone: &HostedZone) -> AliasPlan<'_> {
    plan_from(zone, zone.groups.iter().filter(|(_, group)| is_alias(group)).map(|(key, _)| key))
}

fn is_alias(group: &RecordGroup) -> bool {
    let hops = |target: &Target| matches!(target, Target::Alias { .. } | Target::Rule { .. });
    group.routing.candidates().iter().any(|candidate| hops(candidate.target))
}

/// The same of those groups that aliases lead to from `starts`.
fn plan_from<'a>(zone: &'a HostedZone, starts: impl Iterator<Item = &'a GroupKey>) -> AliasPlan<'a> {
    let mut index: BTreeMap<&GroupKey, usize> = BTreeMap::new();
    let mut keys: Vec<&GroupKey> = Vec::new();
    let mut targets: Vec<Vec<usize>> = Vec::new();
    for key in starts {
        enter(key, &mut index, &mut keys);
    }
    let mut next = 0;
    while next < keys.len() {
        let key = keys[next];
        let mut edges = Vec::new();
        for candidate in zone.groups[key].routing.candidates() {
            let Target::Alias { to, .. } = candidate.target else { continue };
            if let Some((target, _)) = zone.groups.get_key_value(&(to.clone(), key.1)) {
                edges.push(enter(target, &mut index, &mut keys));
            }
        }
        targets.push(edges);
        next += 1;
    }
    let mut plan = AliasPlan::default();
    let mut marks = vec![Mark::New; keys.len()];
    let mut placed: Vec<usize> = vec![usize::MAX; keys.len()];
    for start in 0..keys.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            let Some(&target) = targets[node].get(*edge) else {
                path.pop();
                marks[node] = Mark::Done;
                placed[node] = plan.steps.len();
                let step = measure(zone, keys[node], &index, &placed, &plan.steps);
                plan.steps.push(step);
                continue;
            };
            *edge += 1;
            match marks[target] {
                Mark::Done => {}
                Mark::New => {
                    marks[target] = Mark::Open;
                    path.push((target, 0));
                }
                Mark::Open => {
                    let from = path.iter().position(|(on, _)| *on == target).unwrap_or(0);
                    plan.loops.push(path[from..].iter().map(|(on, _)| keys[*on]).collect());
                }
            }
        }
    }
    plan
}

fn enter<'a>(key: &'a GroupKey, index: &mut BTreeMap<&'a GroupKey, usize>, keys: &mut Vec<&'a GroupKey>) -> usize {
    *index.entry(key).or_insert_with(|| {
        keys.push(key);
        keys.len() - 1
    })
}

/// What it takes to answer for a group, and the longest chain below it.
#[derive(Clone, Copy, Default)]
struct Measure {
    depth: u32,
    health: u64,
    answer: u64,
}

/// A group whose targets are measured; an edge back into an open loop counts as a leaf.
fn measure<'a>(
    zone: &HostedZone,
    key: &'a GroupKey,
    index: &BTreeMap<&GroupKey, usize>,
    placed: &[usize],
    steps: &[Step<'_>],
) -> Step<'a> {
    let of_alias = |to: &Name| {
        let step = index.get(&(to.clone(), key.1)).and_then(|at| steps.get(placed[*at]))?;
        Some(Measure { depth: step.depth, health: step.health_cost, answer: step.answer_cost })
    };
    let parts: Vec<_> = zone.groups[key].parts().collect();
    let mut measured = vec![Measure::default(); parts.len()];
    for (at, part) in parts.iter().enumerate().rev() {
        let mut sum = Measure::default();
        for candidate in part.routing.candidates() {
            sum.health = sum.health.saturating_add(1);
            let (target, evaluate) = match candidate.target {
                Target::Alias { to, evaluate } => (of_alias(to), *evaluate),
                Target::Rule { rule, evaluate } => (measured.get(*rule).copied(), *evaluate),
                Target::Values { .. } | Target::Provider { .. } => continue,
            };
            sum.depth = sum.depth.max(1 + target.map_or(0, |target| target.depth));
            if let Some(target) = target {
                sum.answer = sum.answer.max(target.answer);
                if evaluate {
                    sum.health = sum.health.saturating_add(target.health);
                }
            }
        }
        measured[at] = Measure { answer: sum.health.saturating_add(sum.answer), ..sum };
    }
    let Measure { depth, health, answer } = measured.first().copied().unwrap_or_default();
    Step { key, depth, health_cost: health, answer_cost: answer }
}

/// A-3, A-5, A-6, A-7 and §2.4 for every alias of a zone.
pub(super) fn check(zone: &HostedZone, problems: &mut Vec<Problem>) {
    check_targets(zone, &zone.groups, problems);
    check_plan(zone, &plan(zone), problems);
}

/// The same for some groups of a zone that was sound before they came, went or changed, and for those that lean on them.
pub(super) fn check_groups(
    zone: &HostedZone,
    touched: &BTreeSet<GroupKey>,
    referring: &dyn Fn(&Name) -> Vec<GroupKey>,
    problems: &mut Vec<Problem>,
) {
    let pointing = |(name, rtype): &GroupKey| {
        let keys = referring(name).into_iter().filter(move |(_, other)| other == rtype);
        keys.filter_map(|key| zone.groups.get_key_value(&key)).filter(|(_, group)| is_alias(group)).collect::<Vec<_>>()
    };
    let gone = touched.iter().filter(|key| !zone.groups.contains_key(key)).flat_map(pointing);
    let mut leaning: BTreeMap<_, _> = gone.collect();
    leaning.extend(touched.iter().filter_map(|key| zone.groups.get_key_value(key)));
    check_targets(zone, leaning.clone(), problems);
    // Chains and costs change for whoever points here, by however many hops.
    let mut new: Vec<_> = leaning.keys().copied().collect();
    let mut starts: BTreeSet<&GroupKey> = new.iter().copied().collect();
    while let Some(key) = new.pop() {
        new.extend(pointing(key).into_iter().map(|(key, _)| key).filter(|key| starts.insert(key)));
    }
    let is_part = |key: &&GroupKey| zone.groups.get(*key).is_some_and(is_alias);
    check_plan(zone, &plan_from(zone, starts.into_iter().filter(is_part)), problems);
}

fn check_targets<'a>(
    zone: &HostedZone,
    groups: impl IntoIterator<Item = (&'a GroupKey, &'a RecordGroup)>,
    problems: &mut Vec<Problem>,
) {
    let mut missed = 0;
    let parts = groups.into_iter().flat_map(|(key, group)| group.parts().map(move |part| (key, part)));
    for ((name, rtype), group) in parts {
        let subject = Subject { zone, name, rtype: *rtype, group };
        for candidate in group.routing.candidates() {
            if matches!(candidate.target, Target::Values { .. }) {
                continue;
            }
            if super::group::is_simple_only(*rtype) {
                problems.push(Problem::error(
                    candidate.at,
                    format!("{} contains an alias target, but aliases of that type are forbidden", subject.rrset("")),
                    "write the values themselves",
                ));
            }
            if matches!(group.routing, Routing::Multivalue(_)) {
                problems.push(Problem::error(
                    candidate.at,
                    format!("{} is a multivalue answer and cannot be an alias", subject.rrset(candidate.id)),
                    "give it values, or use weighted routing with equal weights",
                ));
            }
            if let Target::Alias { to, .. } = candidate.target {
                missed += usize::from(check_target(&subject, to, candidate.at, missed < SUGGESTIONS, problems));
            }
        }
    }
}

/// A-5; whether the target is missing.
fn check_target(
    subject: &Subject<'_>,
    to: &Name,
    at: &crate::model::At,
    may_suggest: bool,
    problems: &mut Vec<Problem>,
) -> bool {
    let (zone, rtype) = (subject.zone, subject.rtype);
    if zone.groups.contains_key(&(to.clone(), rtype)) {
        return false;
    }
    let tried =
        format!("Tried to create an alias that targets {}, type {rtype} in zone {}, but", to.to_route53(), zone.id.0);
    if !to.is_within(&zone.name) {
        problems.push(Problem::error(
            at,
            format!("{tried} the alias target name does not lie within the target zone"),
            "map the name to local values as a provider in waymark.toml, or use a CNAME",
        ));
    }
    let types: Vec<String> = zone
        .groups
        .range((to.clone(), RecordType(0))..=(to.clone(), RecordType(u16::MAX)))
        .map(|((_, rtype), _)| rtype.to_string())
        .collect();
    let otherwise = format!("give {to} a record of type {rtype}, or point the alias at a name that has one");
    let mend = match (types.is_empty(), may_suggest) {
        (false, _) => format!("{to} has {} only, and an alias answers with records of its own type", types.join(", ")),
        (true, false) => otherwise,
        (true, true) => {
            let names: Vec<String> = zone
                .groups
                .keys()
                .filter(|(name, known)| *known == rtype && name != subject.name)
                .map(|(name, _)| name.to_string())
                .collect();
            suggest(&to.to_string(), names.iter().map(String::as_str), &otherwise)
        }
    };
    problems.push(Problem::error(at, format!("{tried} that target was not found"), mend));
    true
}

fn check_plan(zone: &HostedZone, plan: &AliasPlan<'_>, problems: &mut Vec<Problem>) {
    for circle in &plan.loops {
        let mut path: Vec<String> = circle.iter().take(MAX_DEPTH as usize).map(|(name, _)| name.to_string()).collect();
        if circle.len() > path.len() {
            path.push("…".to_owned());
        }
        path.push(circle[0].0.to_string());
        problems.push(Problem::error(
            &zone.groups[circle[0]].at,
            format!("aliases of type {} go round in a circle: {}", circle[0].1, path.join(" → ")),
            "point one of them at a record with values",
        ));
    }
    for step in &plan.steps {
        let at = &zone.groups[step.key].at;
        let (name, rtype) = step.key;
        if step.depth == MAX_DEPTH + 1 {
            problems.push(Problem::error(
                at,
                format!("alias {name} {rtype} is the first of {} in a row, more than {MAX_DEPTH}", step.depth),
                "point it closer to the values",
            ));
        }
        let first_of_its_branch = step.answer_cost - step.health_cost <= MOST_EVALUATIONS;
        if step.depth <= MAX_DEPTH && step.answer_cost > MOST_EVALUATIONS && first_of_its_branch {
            problems.push(Problem::error(
                at,
                format!(
                    "an answer for {name} {rtype} may have to look at {} records through its aliases, more than \
                     {MOST_EVALUATIONS}",
                    step.answer_cost
                ),
                "let the aliases of upper levels not evaluate their target's health, or make the tree flatter",
            ));
        }
    }
}

//! Why an answer is what it is: the question is put to the same answer path the wire uses, with a witness.
//!
//! Used offline (`waymark explain --zones`), against a running server (the control socket) and by tests.

mod detail;
mod reply;
mod request;
mod text;
mod trace;

use std::sync::Arc;

use serde::Serialize;

use crate::answer::{Location, Match, Verdict};
use crate::model::check::{CheckKind, Status};
use crate::model::place::Place;
use crate::model::{CheckId, HealthCheck, Name, RecordGroup, RecordType, Routing, View, Visibility};
use crate::snapshot::health::HealthTable;
use crate::snapshot::zone::{Data, Group, Member, MemberTarget, Policy, Zone};
use crate::snapshot::{Snapshot, World};
use crate::wire::{Peer, rcode, respond};
use trace::{Considered, Evaluation, Step, Trace};

pub use reply::answers;
pub use request::{BadRequest, Request, Wording};

/// Everything worth knowing of one answer.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The question: name, type, who asks.
    pub question: String,
    /// The seed the dice were thrown with; the same seed gives the same answer.
    pub seed: u64,
    /// The zone, its kind and the client's view.
    pub zone: Option<String>,
    /// What happened, in order.
    pub steps: Vec<Explained>,
    /// The response code.
    pub rcode: String,
    /// Whether the answer is authoritative.
    pub authoritative: bool,
    /// Leading bits of the client's address the answer depended on.
    pub scope: u8,
    /// Why the scope is what it is.
    pub scope_reason: String,
    /// The answer, authority and additional sections, as a master file would write them.
    pub answer: Vec<String>,
    /// The authority section.
    pub authority: Vec<String>,
    /// The additional section.
    pub additional: Vec<String>,
    /// Where the geography comes from; its licence asks to be named.
    pub geography: String,
}

/// One step on the way.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Explained {
    /// A name was matched.
    Name {
        /// The node's name.
        name: String,
        /// How.
        how: String,
    },
    /// A group was picked from.
    Group(GroupExplained),
    /// A CNAME or DNAME led on.
    Follows,
}

/// A group and what became of each of its candidates.
#[derive(Clone, Debug, Serialize)]
pub struct GroupExplained {
    /// Its name.
    pub name: String,
    /// Its type.
    pub rtype: String,
    /// The rule of a traffic policy it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its policy.
    pub policy: String,
    /// Where the client is, as this policy sees it.
    pub location: Option<String>,
    /// Candidates, in the order considered; those never reached last.
    pub candidates: Vec<CandidateExplained>,
    /// Nothing was healthy, so everything counted as healthy (H-12).
    pub last_resort: bool,
    /// The group has nothing for this client (P-40, P-59).
    pub nothing_applies: bool,
}

/// A candidate and why it was taken or passed over.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateExplained {
    /// SetIdentifier.
    pub id: String,
    /// Weight, Region and latency, area, distance and bias, blocks.
    pub key: String,
    /// What it answers with.
    pub target: String,
    /// Whether it was taken.
    pub taken: bool,
    /// Why.
    pub why: String,
    /// What stands behind its check's status: votes, the last failure, an override.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<CheckExplained>,
    /// The groups its target's health was read from.
    pub target_health: Vec<GroupExplained>,
}

/// What stands behind a check's status, in words; `None` where nothing is known.
pub type Words<'a> = &'a dyn Fn(&CheckId) -> Option<String>;

/// What stands behind a check's status.
#[derive(Clone, Debug, Serialize)]
pub struct CheckExplained {
    /// The check.
    pub check: String,
    /// Votes, the last failure, an override, in words.
    pub words: String,
}

/// Explains the answer to one question, with what `words` tells of the checks on the way.
///
/// # Errors
/// A supposed check that does not exist.
pub fn explain(world: &World, request: &Request, words: Words<'_>) -> Result<Explanation, BadRequest> {
    let supposed = suppose(world, request)?;
    let world = supposed.as_ref().unwrap_or(world);
    let packet = request.packet()?;
    let peer =
        Peer { source: request.source.to_canonical(), listener: request.listener, transport: request.transport() };
    let mut out = vec![0; 65_535];
    let mut trace = Trace::default();
    let reply = respond(world, &packet, &peer, request.seed, &mut out, &mut trace).ok_or(BadRequest::NoReply)?;
    let trace = trace.finish();
    let sections = reply::read(&out[..reply.len]).ok_or(BadRequest::Unreadable)?;
    // Of a private zone's clients only their view and their own address count (Z-34).
    let is_private = trace
        .zone
        .and_then(|(index, _)| world.snapshot.source(index))
        .is_some_and(|source| matches!(source.visibility, Visibility::Private { .. }));
    let regarded = Request { subnet: request.subnet.filter(|_| !is_private), ..request.clone() };
    let scene = Scene { world, request: &regarded, trace: &trace, is_private, words };
    let (scope, scope_reason) = scene.scope(reply.subnet.map_or(0, |(_, scope)| scope));
    Ok(Explanation {
        question: request.to_string(),
        seed: request.seed,
        zone: scene.zone_line(),
        steps: scene.steps(),
        rcode: rcode::name(reply.rcode).to_owned(),
        authoritative: out[2] & 0x04 != 0,
        scope,
        scope_reason,
        answer: sections.answer,
        authority: sections.authority,
        additional: sections.additional,
        geography: world.snapshot.geography.source.clone(),
    })
}

/// The same world with the requested health.
fn suppose(world: &World, request: &Request) -> Result<Option<World>, BadRequest> {
    if request.health.is_empty() {
        return Ok(None);
    }
    let checks = &world.snapshot.checks;
    let known = |check: &HealthCheck| checks.slot(&check.id).map(|slot| world.health.known(slot));
    let health = HealthTable::carrying(checks, known, &world.health.said(checks));
    let mut supposed = Vec::new();
    for (id, status) in &request.health {
        let slot = checks.slot(id).ok_or_else(|| BadRequest::NoSuchCheck(id.to_string()))?;
        supposed.push((slot, *status));
    }
    health.suppose(checks, &supposed);
    Ok(Some(World::new(Arc::clone(&world.snapshot), health)))
}

/// What the explanation is made from.
struct Scene<'a> {
    world: &'a World,
    /// The question as the zone regards it.
    request: &'a Request,
    trace: &'a Trace,
    is_private: bool,
    words: Words<'a>,
}

impl Scene<'_> {
    fn snapshot(&self) -> &Snapshot {
        &self.world.snapshot
    }

    fn zone(&self) -> Option<(&Zone, u32)> {
        self.trace.zone.map(|(index, _)| (&self.snapshot().zones[index as usize], index))
    }

    fn zone_line(&self) -> Option<String> {
        let (zone, _) = self.zone()?;
        let view = self.view().map_or_else(String::new, |view| format!(", client is in view {}", view.id.0));
        Some(format!("{} (id {}{view})", zone.name, zone.id.0))
    }

    fn steps(&self) -> Vec<Explained> {
        let Some((zone, index)) = self.zone() else { return Vec::new() };
        let explained = |step: &Step| match step {
            Step::Node(node, how) => Explained::Name { name: name_text(zone.node_name(*node)), how: how_text(*how) },
            Step::Group(evaluation) => Explained::Group(self.group(zone, index, evaluation)),
            Step::Follows => Explained::Follows,
        };
        self.trace.steps.iter().map(explained).collect()
    }

    fn group(&self, zone: &Zone, index: u32, evaluation: &Evaluation) -> GroupExplained {
        let name = zone.name_at(evaluation.node);
        let is_it = |group: &&Group| (group.node, group.counter) == (evaluation.node, evaluation.counter);
        let group = zone.groups().map(|(_, group)| group).find(is_it);
        let (source, rule) = self.source(index, &name, evaluation.rtype, group);
        let place = evaluation.steered.map(|steered| self.place(steered));
        let location = place.as_ref().map(|(whose, place)| format!("{whose} is in {}", detail::place(place)));
        let mut candidates = Vec::new();
        let mut seen = Vec::new();
        for considered in &evaluation.considered {
            let member = considered.member;
            if seen.contains(&member) {
                continue;
            }
            seen.push(member);
            let taken = evaluation.picked.contains(&member);
            let inner = considered.inner.iter().map(|inner| self.group(zone, index, inner)).collect();
            let why = self.why(group.map(|group| &group.members[member]), considered, taken, evaluation);
            candidates.push(self.candidate(
                (zone, index),
                source,
                group,
                member,
                place.as_ref().map(|(_, place)| place),
                taken,
                why,
                inner,
            ));
        }
        let rest = group.map_or(0, |group| group.members.len());
        for member in (0..rest).filter(|member| !seen.contains(member)) {
            let why = match evaluation.done {
                _ if !group.is_none_or(|group| self.applies(group, member, evaluation.steered)) => {
                    "does not apply to this client"
                }
                true => "not reached",
                false => "not looked at: one healthy record is enough (H-5)",
            };
            candidates.push(self.candidate(
                (zone, index),
                source,
                group,
                member,
                place.as_ref().map(|(_, place)| place),
                false,
                why.to_owned(),
                Vec::new(),
            ));
        }
        GroupExplained {
            name: name.to_string(),
            rtype: evaluation.rtype.to_string(),
            rule: rule.map(ToString::to_string),
            policy: evaluation.policy.to_string(),
            location,
            candidates,
            last_resort: evaluation.last_resort,
            nothing_applies: evaluation.picked.is_empty() && evaluation.done,
        }
    }

    /// What a compiled group was made from, and what the traffic policy calls it.
    fn source<'a>(
        &'a self,
        zone: u32,
        name: &Name,
        rtype: RecordType,
        group: Option<&'a Group>,
    ) -> (Option<&'a RecordGroup>, Option<&'a str>) {
        let kept = self.snapshot().source(zone).and_then(|source| source.groups.get(&(name.clone(), rtype)));
        let whole = kept.or_else(|| group?.source.as_deref());
        match whole.map(|whole| &whole.routing) {
            Some(Routing::Tree(tree)) => {
                let rule = tree.rules().get(usize::from(group.map_or(0, |group| group.rule)));
                (rule.map(|rule| &rule.group), rule.map(|rule| &*rule.id))
            }
            _ => (whole, None),
        }
    }

    /// The name of an alias target.
    fn target_name(&self, zone: &Zone, index: u32, to: Data) -> String {
        let Some((node, rtype)) = zone.owner(to) else { return "?".to_owned() };
        let name = zone.name_at(node);
        let rule = match to {
            Data::Group(group) if zone.group(group).rule > 0 => {
                self.source(index, &name, rtype, Some(zone.group(group))).1
            }
            _ => None,
        };
        rule.map_or_else(|| format!("{name} {rtype}"), |rule| format!("rule {rule}"))
    }

    /// Whether a location-dependent group considers the member for this client at all (H-4).
    fn applies(&self, group: &Group, member: usize, steered: Option<Location>) -> bool {
        let steering = match &group.policy {
            Policy::Latency(steering)
            | Policy::Geolocation(steering)
            | Policy::Geoproximity(steering)
            | Policy::IpBased(steering) => steering,
            Policy::Simple | Policy::Weighted(_) | Policy::Failover | Policy::Multivalue => return true,
        };
        let order = match steered {
            Some(Location::Resolver) => steering.order(self.request.resolver()).0,
            Some(Location::Server) => steering.fallback(),
            Some(Location::View) => {
                self.view().and_then(|view| view.region).map_or(&[][..], |region| steering.view(region))
            }
            Some(Location::Client) | None => steering.order(self.request.steering()).0,
        };
        order.iter().any(|choice| usize::from(choice.member) == member)
    }

    /// The view the client is in.
    fn view(&self) -> Option<&View> {
        let (_, view) = self.trace.zone?;
        view.map(|view| self.snapshot().catalog.view_at(view))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one line, put together in one place")]
    fn candidate(
        &self,
        (zone, index): (&Zone, u32),
        source: Option<&RecordGroup>,
        group: Option<&Group>,
        member: usize,
        place: Option<&Place>,
        taken: bool,
        why: String,
        target_health: Vec<GroupExplained>,
    ) -> CandidateExplained {
        let compiled = group.map(|group| &group.members[member]);
        let id = compiled.map_or_else(String::new, |member| member.id.to_string());
        let values = |rrset| detail::values(zone, group.map_or(0, |group| group.node), rrset);
        let key =
            source.map_or_else(String::new, |source| detail::key(&source.routing, &id, member, place, self.snapshot()));
        let target = compiled.map_or_else(String::new, |member| match member.target {
            MemberTarget::Rrset(rrset) => values(rrset),
            MemberTarget::Alias { to, evaluate } => {
                let health = if evaluate { "evaluating its health" } else { "whatever its health" };
                format!("alias to {} ({health})", self.target_name(zone, index, to))
            }
            MemberTarget::Provider { rrset, .. } => format!("provider: {}", values(rrset)),
            MemberTarget::Nothing => "a target that does not exist".to_owned(),
        });
        let health = compiled.and_then(|member| self.health(member));
        CandidateExplained { id, key, target, taken, why, health, target_health }
    }

    fn why(&self, member: Option<&Member>, considered: &Considered, taken: bool, evaluation: &Evaluation) -> String {
        let verdict = considered.verdict;
        let check = member.and_then(|member| crate::answer::check_of(self.snapshot(), member));
        let check = check.map_or_else(|| "its check".to_owned(), |check| format!("check {}", check.id));
        let health = match verdict {
            Verdict::NoCheck => "no check, always healthy".to_owned(),
            Verdict::Healthy => match member.and_then(|member| member.check) {
                Some(_) => format!("{check} is healthy{}", detail::lessened(evaluation.policy, considered.share)),
                None => "its target is healthy".to_owned(),
            },
            Verdict::CheckFails => format!("{check} is unhealthy"),
            Verdict::TargetFails => "its target has no healthy record".to_owned(),
            Verdict::NoTarget => "its target does not exist".to_owned(),
        };
        match (taken, evaluation.last_resort, verdict.is_healthy()) {
            (true, true, _) => format!("taken as last resort: {health}, and so is everything else"),
            (true, false, _) => format!("taken: {health}"),
            (false, _, true) if !evaluation.picked.is_empty() => {
                format!("passed over: {health}, but another was drawn")
            }
            (false, _, true) => health,
            (false, _, false) => format!("passed over: {health}"),
        }
    }

    /// What stands behind the status of a member's check, unless that is supposed.
    fn health(&self, member: &Member) -> Option<CheckExplained> {
        let check = crate::answer::check_of(self.snapshot(), member)?;
        let supposed = &self.request.health;
        let is_supposed = match check.kind {
            CheckKind::Calculated { .. } => !supposed.is_empty(),
            CheckKind::Endpoint(_) | CheckKind::Alarm(_) | CheckKind::Given { .. } => {
                supposed.iter().any(|(supposed, _)| *supposed == check.id)
            }
        };
        let words = (self.words)(&check.id).filter(|words| !is_supposed && !words.is_empty())?;
        Some(CheckExplained { check: check.id.to_string(), words })
    }

    /// Whose place steered, and what is known of it.
    fn place(&self, steered: Location) -> (String, Place) {
        let geography = &self.snapshot().geography;
        let client = self.request.steering();
        match steered {
            Location::Client => (format!("client {}", self.request.client_text()), geography.place(client).clone()),
            Location::Resolver => {
                let source = self.request.resolver();
                (format!("resolver {source} (nothing is known of the client subnet)"), geography.place(source).clone())
            }
            Location::Server => {
                let region = self.snapshot().behaviour.server_location;
                ("the server itself (nothing is known of the client)".to_owned(), Place::of_region(region))
            }
            Location::View => {
                let region = self.view().and_then(|view| view.region).unwrap_or_default();
                (format!("the view's Region {}", region.code()), Place::of_region(region))
            }
        }
    }

    fn scope(&self, scope: u8) -> (u8, String) {
        fn policies(steps: &[Step]) -> Vec<String> {
            let mut names: Vec<String> = Vec::new();
            let mut todo: Vec<&Evaluation> = steps
                .iter()
                .filter_map(|step| match step {
                    Step::Group(group) => Some(group),
                    Step::Node(..) | Step::Follows => None,
                })
                .collect();
            while let Some(group) = todo.pop() {
                if group.steered.is_some() && !names.contains(&group.policy.to_string()) {
                    names.push(group.policy.to_string());
                }
                todo.extend(group.considered.iter().flat_map(|considered| &considered.inner));
            }
            names
        }
        let policies = policies(&self.trace.steps);
        let reason = match (self.request.subnet, policies.is_empty()) {
            _ if self.is_private => "a private zone regards no client subnet (Z-34)".to_owned(),
            (None, true) => "no policy looked at the client's address".to_owned(),
            (None, false) => {
                format!("no client subnet was given; {} looked at the resolver's address", policies.join(", "))
            }
            (Some(_), true) => "no policy looked at the client's address, so the answer holds for everyone".to_owned(),
            (Some((_, len)), false) if scope == len => {
                format!(
                    "the client subnet itself: inside a wider prefix {} orders its records differently, or may",
                    policies.join(", ")
                )
            }
            (Some(_), false) => {
                format!("the widest prefix around the client in which {} orders its records alike", policies.join(", "))
            }
        };
        (scope, reason)
    }
}

fn name_text(wire: &[u8]) -> String {
    crate::model::Name::from_wire(wire).map_or_else(|error| error.to_string(), |name| name.to_string())
}

fn how_text(how: Match) -> String {
    match how {
        Match::Exact => "exists",
        Match::Wildcard => "is the wildcard that covers the name (RFC 4592)",
        Match::NoSuchName => "is the closest that exists, and has no wildcard (RFC 4592 §3.3.1)",
        Match::Cut => "is a zone cut: the answer is a referral (RFC 1034 §4.3.2)",
        Match::Dname => "is a DNAME above the name (RFC 6672)",
    }
    .to_owned()
}

/// A status as `--health` takes it: `up`, `healthy`, `down`, `unhealthy`.
pub fn status_from_text(text: &str) -> Option<Status> {
    match text {
        "up" | "healthy" => Some(Status::Healthy),
        "down" | "unhealthy" => Some(Status::Unhealthy),
        _ => None,
    }
}

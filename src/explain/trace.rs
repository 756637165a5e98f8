//! A witness that keeps every step of an answer as a tree: the groups on the way, and inside each candidate
//! the groups that were looked at for its health alone.

use crate::answer::{Event, Location, Match, Verdict, Witness};
use crate::model::RecordType;
use crate::model::routing::PolicyName;
use crate::snapshot::zone::{Group, NodeIndex};

/// What was seen while a question was answered.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// The zone's index and the client's view.
    pub(super) zone: Option<(u32, Option<u16>)>,
    /// Everything in order.
    pub(super) steps: Vec<Step>,
    open: Vec<Evaluation>,
}

#[derive(Debug)]
pub(super) enum Step {
    Node(NodeIndex, Match),
    Group(Evaluation),
    Follows,
}

/// One look at a group for one client.
#[derive(Debug)]
pub(super) struct Evaluation {
    pub(super) node: NodeIndex,
    pub(super) rtype: RecordType,
    pub(super) policy: PolicyName,
    pub(super) counter: u32,
    pub(super) steered: Option<Location>,
    pub(super) considered: Vec<Considered>,
    pub(super) picked: Vec<usize>,
    pub(super) last_resort: bool,
    pub(super) done: bool,
}

/// One look at a candidate's health.
#[derive(Debug)]
pub(super) struct Considered {
    pub(super) member: usize,
    pub(super) verdict: Verdict,
    /// The share of its weight that its own check leaves it.
    pub(super) share: u8,
    /// The groups its alias target's health was read from.
    pub(super) inner: Vec<Evaluation>,
}

impl Trace {
    /// Everything seen, the last group closed.
    pub(super) fn finish(mut self) -> Self {
        self.close_path();
        self
    }

    fn close_path(&mut self) {
        self.steps.extend(self.open.drain(..).map(Step::Group));
    }

    /// The open evaluation of `group`; those opened inside it are handed back.
    fn at(&mut self, group: &Group) -> (Option<&mut Evaluation>, Vec<Evaluation>) {
        let Some(at) = self.open.iter().rposition(|open| open.is(group)) else { return (None, Vec::new()) };
        let inner = self.open.split_off(at + 1);
        (self.open.last_mut(), inner)
    }
}

impl Evaluation {
    fn is(&self, group: &Group) -> bool {
        (self.node, self.rtype, self.counter) == (group.node, group.rtype, group.counter)
    }
}

impl Witness for Trace {
    const CURIOUS: bool = true;

    fn saw(&mut self, event: Event<'_>) {
        match event {
            Event::Zone { index, view, .. } => self.zone = Some((index, view)),
            Event::Node { node, how } => {
                self.close_path();
                self.steps.push(Step::Node(node, how));
            }
            Event::Group { group, steered } => {
                if self.open.last().is_some_and(|open| open.done) {
                    self.close_path();
                }
                self.open.push(Evaluation {
                    node: group.node,
                    rtype: group.rtype,
                    policy: group.policy.name(),
                    counter: group.counter,
                    steered,
                    considered: Vec::new(),
                    picked: Vec::new(),
                    last_resort: false,
                    done: false,
                });
            }
            Event::Considered { group, member, verdict, share } => {
                let (open, inner) = self.at(group);
                if let Some(open) = open {
                    open.considered.push(Considered { member, verdict, share, inner });
                }
            }
            Event::Picked { group, member, last_resort } => {
                if let (Some(open), _) = self.at(group) {
                    open.picked.push(member);
                    open.last_resort = last_resort;
                    open.done = true;
                }
            }
            Event::NoCandidate { group } => {
                if let (Some(open), _) = self.at(group) {
                    open.done = true;
                }
            }
            Event::Follows { .. } => {
                self.close_path();
                self.steps.push(Step::Follows);
            }
        }
    }
}

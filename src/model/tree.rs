//! Record groups without names of their own: what a traffic policy puts behind the one record its instance shows.
//!
//! ```text
//!   app A = Tree ─► rule 0, the start ─┬─► rule 1 ──► values        only `app A` can be asked for or listed
//!                                      └─► rule 2 ─┬► values        (F-12); the rest has no name, so no query
//!                                                  └► rule 3 ─► …   and no alias can reach it
//! ```

use std::sync::Arc;

use super::{RecordGroup, Target};

/// The groups of one traffic policy instance, each pointing at later ones only (F-5, F-9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    instance: Arc<str>,
    rules: Box<[Rule]>,
}

/// One group of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the policy document calls it.
    pub id: Arc<str>,
    /// Its record sets; never a tree itself.
    pub group: RecordGroup,
}

impl Tree {
    /// A tree that begins with the first of `rules`; `None` when there is none, one is a tree, or one points at itself,
    /// at an earlier one or at nothing.
    pub fn new(instance: Arc<str>, rules: Vec<Rule>) -> Option<Self> {
        let is_sound = |(at, rule): (usize, &Rule)| {
            let forward = |target: &Target| match target {
                Target::Rule { rule, .. } => (at + 1..rules.len()).contains(rule),
                Target::Values { .. } | Target::Alias { .. } | Target::Provider { .. } => true,
            };
            let nested = matches!(rule.group.routing, super::Routing::Tree(_));
            !nested && rule.group.routing.candidates().iter().all(|candidate| forward(candidate.target))
        };
        let is_sound = !rules.is_empty() && rules.iter().enumerate().all(is_sound);
        is_sound.then(|| Self { instance, rules: rules.into() })
    }

    /// The id of the traffic policy instance that made it.
    pub fn instance(&self) -> &Arc<str> {
        &self.instance
    }

    /// All rules, the start first, every one before those it points at.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{At, Candidate, Routing};

    fn rule(id: &str, target: Target) -> Rule {
        let at = At::new("t", 1);
        let candidate = Candidate { id: "".into(), key: (), check: None, target, at: at.clone() };
        Rule { id: id.into(), group: RecordGroup { routing: Routing::Simple(candidate), at } }
    }

    #[test]
    fn f5_rules_point_at_later_ones_only() {
        let to = |rule| Target::Rule { rule, evaluate: true };
        let values = || Target::Values { ttl: 60, rdata: Vec::new() };
        let tree = |rules| Tree::new("i".into(), rules);
        assert_eq!(tree(Vec::new()), None);
        assert!(tree(vec![rule("a", values())]).is_some());
        assert!(tree(vec![rule("a", to(1)), rule("b", values())]).is_some());
        assert_eq!(tree(vec![rule("a", to(0))]), None, "itself");
        assert_eq!(tree(vec![rule("a", to(1)), rule("b", to(0))]), None, "an earlier one");
        assert_eq!(tree(vec![rule("a", to(1))]), None, "none at all");
        let whole = tree(vec![rule("a", to(1)), rule("b", values())]).expect("sound");
        let group = RecordGroup { routing: Routing::Tree(Arc::new(whole)), at: At::new("t", 1) };
        assert_eq!((group.parts().count(), group.record_sets(), group.routing.candidates().len()), (2, 1, 2), "F-12");
        assert_eq!(tree(vec![Rule { id: "a".into(), group }]), None, "a tree in a tree");
    }
}

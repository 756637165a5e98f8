//! The provider table: what stands in for alias targets outside every zone, such as load balancers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::rules::suggest;
use crate::model::{At, CheckId, HealthCheck, Name, Problem, Rdata, RecordType, Target};

/// What answers for an alias target that no zone holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The targets it speaks for.
    pub pattern: Pattern,
    /// Seconds, 0..=2147483647; 60 by default.
    pub ttl: u32,
    /// Values by type.
    pub values: BTreeMap<RecordType, Vec<Rdata>>,
    /// The health check that speaks for it; `None` means healthy.
    pub check: Option<CheckId>,
    /// Where it is written.
    pub at: At,
}

/// Which alias targets a provider speaks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// One name.
    Exact(Name),
    /// Every name below this one, written `*.name`.
    Below(Name),
}

impl Pattern {
    /// From a name; a leftmost label `*` takes in every name below the rest.
    pub fn new(name: Name) -> Self {
        match name.parent() {
            Some(parent) if name.is_wildcard() => Self::Below(parent),
            _ => Self::Exact(name),
        }
    }

    /// Whether it takes in `name`, and how closely: more is closer.
    pub fn closeness(&self, name: &Name) -> Option<usize> {
        match self {
            Self::Exact(exact) => (exact == name).then_some(usize::MAX),
            Self::Below(parent) => (name != parent && name.is_within(parent)).then(|| parent.label_count()),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(f, "{name}"),
            Self::Below(parent) => write!(f, "*.{parent}"),
        }
    }
}

impl super::Options {
    /// The target of an alias to `of`, a name outside the zone; `None` when no provider speaks for it.
    pub fn external(&self, of: &Name, rtype: RecordType, evaluate: bool) -> Option<Target> {
        let speaks = |provider: &&Provider| provider.pattern.closeness(of).is_some();
        let closest = |provider: &&Provider| provider.pattern.closeness(of);
        let provider = self.providers.iter().filter(speaks).max_by_key(closest)?;
        Some(Target::Provider {
            of: of.to_string().into(),
            ttl: provider.ttl,
            rdata: provider.values.get(&rtype).cloned().unwrap_or_default(),
            check: provider.check.clone(),
            evaluate,
        })
    }
}

/// C-33: a health check that a provider names must exist, whether an alias needs the provider or not.
pub(super) fn check(providers: &[Provider], checks: &[HealthCheck], problems: &mut Vec<Problem>) {
    let known: BTreeSet<&str> = checks.iter().map(|check| &*check.id.0).collect();
    for Provider { pattern, check, at, .. } in providers {
        if let Some(CheckId(check)) = check.as_ref().filter(|check| !known.contains(&*check.0)) {
            let what = format!("provider for {pattern} refers to health check {check:?}, which does not exist");
            let mend = suggest(check, known.iter().copied(), "define the check, or remove the reference");
            problems.push(Problem::error(at, what, mend));
        }
    }
}

/// The target of an alias nothing speaks for: NODATA, and never healthy (`docs/decisions/0012-aliases-to-nothing.md`).
pub(crate) fn unmapped(of: &Name, evaluate: bool) -> Target {
    Target::Provider { of: of.to_string().into(), ttl: 60, rdata: Vec::new(), check: None, evaluate }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text, Some(&Name::root())).unwrap()
    }

    #[test]
    fn the_closest_provider_speaks() {
        let provider = |pattern: &str, ttl| Provider {
            pattern: Pattern::new(name(pattern)),
            ttl,
            values: BTreeMap::new(),
            check: None,
            at: At::new("t", 1),
        };
        let options = super::super::Options {
            providers: vec![
                provider("*.com", 1),
                provider("*.elb.amazonaws.com", 2),
                provider("a.elb.amazonaws.com", 3),
                provider("*.a.elb.amazonaws.com", 4),
            ],
            ..Default::default()
        };
        let ttl = |of: &str| match options.external(&name(of), RecordType::A, false) {
            Some(Target::Provider { ttl, .. }) => ttl,
            _ => 0,
        };
        assert_eq!(ttl("a.elb.amazonaws.com"), 3);
        assert_eq!(ttl("b.elb.amazonaws.com"), 2);
        assert_eq!(ttl("elb.amazonaws.com"), 1);
        assert_eq!(ttl("x.a.elb.amazonaws.com"), 4);
        assert_eq!(ttl("example.org"), 0);
        assert_eq!(ttl("com"), 0);
    }
}

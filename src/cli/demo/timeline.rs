//! The live timeline: one line per event, stamped with the seconds since the start, each change told once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::time::Instant;

use super::ask::Picture;
use super::lab::{Decided, Forming, Voted};
use crate::health::{Standing, View};
use crate::model::CheckId;
use crate::model::check::Status;

/// Where events are told, and what was told last.
#[derive(Debug)]
pub(super) struct Timeline<W> {
    out: W,
    start: Instant,
    probes: BTreeMap<(CheckId, Arc<str>), Told>,
    answers: BTreeMap<&'static str, BTreeSet<Ipv4Addr>>,
}

/// What was last told of a check's probes.
#[derive(Debug)]
struct Told {
    made: u64,
    text: String,
    status: Status,
}

impl<W: Write> Timeline<W> {
    /// A timeline that begins now.
    pub(super) fn new(out: W) -> Self {
        Self { out, start: Instant::now(), probes: BTreeMap::new(), answers: BTreeMap::new() }
    }

    /// One event of `kind` about `subject`.
    pub(super) fn event(&mut self, kind: &str, subject: impl Display, text: impl Display) -> io::Result<()> {
        let seconds = self.start.elapsed().as_secs_f64();
        writeln!(self.out, "{seconds:7.2} s  {kind:<8} {subject:<10} {text}")?;
        self.out.flush()
    }

    /// A line outside the timeline.
    pub(super) fn note(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// The latest votes: told when their probe's outcome is another, goes against the status held, or turned it.
    pub(super) fn probes(&mut self, views: &[View]) -> io::Result<()> {
        for view in views {
            for (checker, cast) in view.ballot.casts() {
                let Some(vote) = &cast.vote else { continue };
                let (key, held) = ((vote.check.clone(), checker.clone()), view.ballot.holds(cast));
                let text = vote.report.to_string();
                let before = self.probes.get(&key);
                let made = before.map_or(0, |before| before.made);
                let contrary = vote.report.outcome.status() != Some(held);
                let other = before.is_none_or(|before| before.text != text || before.status != held);
                if cast.probes > made && (contrary || other) {
                    let still = if contrary { format!("  (still {held})") } else { String::new() };
                    self.event("probe", &vote.check, format_args!("{checker:<15} {text}{still}"))?;
                }
                if cast.probes > made {
                    self.probes.insert(key, Told { made: cast.probes, text, status: held });
                }
            }
        }
        Ok(())
    }

    /// A vote that is another than before, or a verdict and what it changed.
    pub(super) fn forming(&mut self, forming: &Forming) -> io::Result<()> {
        match forming {
            Forming::Vote(Voted { check, checker, status, standing }) => {
                self.event("vote", check, format_args!("{checker:<15} {status}: {}", sum(standing)))
            }
            Forming::Verdict(Decided { verdict, standing, transitions, .. }) => {
                self.event("verdict", &verdict.check, format_args!("{}: {}", verdict.finding.raw, sum(standing)))?;
                for transition in transitions {
                    self.event("health", &transition.check, format_args!("now {}", transition.to))?;
                }
                Ok(())
            }
        }
    }

    /// The answers of the moment, those that are others than before.
    pub(super) fn answers(&mut self, picture: &Picture) -> io::Result<()> {
        let drawn = picture.split.keys().copied().collect();
        let names = [
            ("app", "failover", picture.app.clone()),
            ("split", "weighted", drawn),
            ("all", "multivalue", picture.all.clone()),
        ];
        for (name, policy, addresses) in names {
            if self.answers.get(name) != Some(&addresses) {
                let listed: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                self.event("answer", name, format_args!("{} ({policy})", listed.join(" ")))?;
                self.answers.insert(name, addresses);
            }
        }
        Ok(())
    }
}

/// What the votes add up to so far.
fn sum(standing: &Standing) -> String {
    let Standing { healthy, total, .. } = standing;
    let assumed = if standing.proven { "" } else { ", some of them assumed" };
    format!("{healthy} of {total} healthy{assumed}")
}

//! The failover scene: the primary lives, dies, lives again, and every policy follows.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::ask::{Client, Picture};
use super::backend::Backend;
use super::lab::{Forming, Lab};
use super::timeline::Timeline;
use super::{Error, Failover};
use crate::model::check::{CheckKind, Status};
use crate::model::fleet::{Checker, Plan};
use crate::store;

const ZONE: &str = "demo.example";
const PRIMARY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SECONDARY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
/// Who probes, and the Region each stands for.
const CHECKERS: [(&str, &str); 3] =
    [("eu-west-1a", "eu-west-1"), ("us-east-1a", "us-east-1"), ("ap-southeast-1a", "ap-southeast-1")];
/// A majority must find a backend healthy, so that the second of three votes decides either way.
const HEALTHY_PERCENT: u8 = 50;
/// How long a switch may take before the demo calls it missing.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often the demo looks.
const LOOK: Duration = Duration::from_millis(40);

/// The demo's zone file over two backends.
fn zone(primary: &Backend, secondary: &Backend) -> String {
    format!(
        r#"zone = "{ZONE}"
ttl  = 1

[check.primary]
http = "http://{}/health"
interval = 1
threshold = 2

[check.secondary]
tcp = "{}"
interval = 1
threshold = 2

[[record]]
name = "app"
type = "A"
failover = {{ primary = {{ value = "{PRIMARY}", check = "primary" }}, secondary = {{ value = "{SECONDARY}", check = "secondary" }} }}

[[record]]
name = "split"
type = "A"
weighted = [
  {{ id = "blue",  weight = 10, value = "{PRIMARY}", check = "primary" }},
  {{ id = "green", weight = 10, value = "{SECONDARY}", check = "secondary" }},
]

[[record]]
name = "all"
type = "A"
multivalue = [
  {{ id = "one", value = "{PRIMARY}", check = "primary" }},
  {{ id = "two", value = "{SECONDARY}", check = "secondary" }},
]
"#,
        primary.address, secondary.address
    )
}

/// Three checkers, all of them on this machine.
fn plan() -> Plan {
    let checker =
        |(name, region): (&str, &str)| Checker { name: name.into(), region: Some(region.into()), source: None };
    Plan { checkers: CHECKERS.map(checker).into(), healthy_percent: HEALTHY_PERCENT, ..Plan::default() }
}

/// Shows the scene on standard output; true when every switch was seen.
pub(super) async fn show(arguments: &Failover) -> Result<bool, Error> {
    let mut primary = Backend::start().map_err(Error::io("start a backend"))?;
    let secondary = Backend::start().map_err(Error::io("start a backend"))?;
    let mut stage = Stage::new(arguments, &primary, &secondary, io::stdout()).await?;

    stage.open(&primary, &secondary)?;
    let up = stage.act(&[PRIMARY, SECONDARY], PRIMARY, Status::Healthy, "kill the primary").await?;

    primary.kill().await;
    stage.tell("backend", "primary", "killed: its port refuses connections")?;
    let down = stage.act(&[SECONDARY], SECONDARY, Status::Unhealthy, "bring the primary back").await?;

    primary.revive().map_err(Error::io("bring the backend back"))?;
    stage.tell("backend", "primary", "back on its port")?;
    let back = stage.act(&[PRIMARY, SECONDARY], PRIMARY, Status::Healthy, "end").await?;

    stage.close(&[("at the start", up), ("after the kill", down), ("after the return", back)])
}

/// How long after an act its verdict and its answers were there; `None` for what did not come in time.
#[derive(Clone, Copy, Debug, Default)]
struct Switch {
    verdict: Option<Duration>,
    answers: Option<Duration>,
}

/// The server, who asks it, and where it is told.
struct Stage<W> {
    lab: Lab,
    client: Client,
    timeline: Timeline<W>,
    enter: Option<mpsc::Receiver<()>>,
    hold: Duration,
}

impl<W: Write> Stage<W> {
    async fn new(arguments: &Failover, primary: &Backend, secondary: &Backend, out: W) -> Result<Self, Error> {
        let text = zone(primary, secondary);
        let loaded = store::load_texts(&[("demo.toml", &text)], &store::Options::default()).map_err(Error::Zone)?;
        let mut account = loaded.account;
        for check in &mut account.checks {
            if let CheckKind::Endpoint(endpoint) = &mut check.kind {
                endpoint.interval = arguments.interval();
            }
        }
        let lab = Lab::start(account, plan(), arguments.port)?;
        let client = Client::new(lab.address, ZONE).await?;
        let enter = if arguments.step { Some(enter_key().map_err(Error::io("listen to the keyboard"))?) } else { None };
        Ok(Self { lab, client, timeline: Timeline::new(out), enter, hold: Duration::from_secs(arguments.hold) })
    }

    fn open(&mut self, primary: &Backend, secondary: &Backend) -> Result<(), Error> {
        let port = self.lab.address.port();
        let title = "Two backends, one HTTP and one TCP check, and three names whose answers follow them.";
        self.timeline.note(title).map_err(Error::io("write"))?;
        let names: Vec<_> = CHECKERS.iter().map(|(name, _)| *name).collect();
        let names =
            format!("Checkers: {}; healthy is what more than {HEALTHY_PERCENT} % of them say is.\n", names.join(", "));
        self.timeline.note(names).map_err(Error::io("write"))?;
        self.tell("backend", "primary", format_args!("http://{}/health stands for {PRIMARY}", primary.address))?;
        self.tell("backend", "secondary", format_args!("tcp {} stands for {SECONDARY}", secondary.address))?;
        self.tell("server", ZONE, format_args!("answers on 127.0.0.1 port {port}; ask it yourself meanwhile:"))?;
        let ask =
            format!("             dig +short @127.0.0.1 -p {port} app.{ZONE} A     (or split.{ZONE}, all.{ZONE})");
        self.timeline.note(ask).map_err(Error::io("write"))
    }

    /// Waits for the answers an act must bring, then stays a while; tells everything meanwhile.
    async fn act(&mut self, living: &[Ipv4Addr], app: Ipv4Addr, status: Status, next: &str) -> Result<Switch, Error> {
        let acted = Instant::now();
        let living: BTreeSet<_> = living.iter().copied().collect();
        let mut switch = Switch::default();
        while (switch.verdict.is_none() || switch.answers.is_none()) && acted.elapsed() < DEADLINE {
            let picture = self.look(status, acted, &mut switch).await?;
            let drawn: BTreeSet<_> = picture.split.into_keys().collect();
            if picture.app == BTreeSet::from([app]) && picture.all == living && drawn == living {
                switch.answers.get_or_insert(acted.elapsed());
            }
            sleep(LOOK).await;
        }
        self.stay(next, status, acted, &mut switch).await?;
        Ok(switch)
    }

    async fn stay(&mut self, next: &str, status: Status, acted: Instant, switch: &mut Switch) -> Result<(), Error> {
        if self.enter.is_some() {
            self.timeline.note(format_args!("--- press Enter to {next}")).map_err(Error::io("write"))?;
        }
        let until = Instant::now() + self.hold;
        loop {
            let over = match &mut self.enter {
                Some(enter) => !matches!(enter.try_recv(), Err(mpsc::error::TryRecvError::Empty)),
                None => Instant::now() >= until,
            };
            if over {
                return Ok(());
            }
            self.look(status, acted, switch).await?;
            sleep(LOOK).await;
        }
    }

    /// Tells what is new since the last look; notes when the primary's verdict turned to `status`.
    async fn look(&mut self, status: Status, acted: Instant, switch: &mut Switch) -> Result<Picture, Error> {
        let views = self.lab.views();
        self.timeline.probes(&views).map_err(Error::io("write"))?;
        while let Ok(forming) = self.lab.forming.try_recv() {
            if let Forming::Verdict(decided) = &forming
                && decided.verdict.check.0.as_ref() == "primary"
                && decided.verdict.finding.raw == status
            {
                switch.verdict.get_or_insert(decided.at.saturating_duration_since(acted));
            }
            self.timeline.forming(&forming).map_err(Error::io("write"))?;
        }
        let picture = self.client.picture().await?;
        self.timeline.answers(&picture).map_err(Error::io("write"))?;
        Ok(picture)
    }

    fn tell(&mut self, kind: &str, subject: &str, text: impl std::fmt::Display) -> Result<(), Error> {
        self.timeline.event(kind, subject, text).map_err(Error::io("write"))
    }

    fn close(&mut self, switches: &[(&str, Switch)]) -> Result<bool, Error> {
        let views = self.lab.views();
        let probes: u64 = views.iter().flat_map(|view| view.ballot.casts()).map(|(_, cast)| cast.probes).sum();
        let (whole, text) = summary(switches);
        let text = format!("\n{probes} probes made, {} queries answered\n{text}", self.client.answered);
        self.timeline.note(text).map_err(Error::io("write"))?;
        Ok(whole)
    }
}

/// Whether nothing is missing, and the table that shows it.
fn summary(switches: &[(&str, Switch)]) -> (bool, String) {
    let seconds = |time: Option<Duration>| match time {
        Some(time) => format!("{:.2} s", time.as_secs_f64()),
        None => "never".to_owned(),
    };
    let mut lines = vec![format!("{:<18} {:>10} {:>10}", "", "verdict", "answers")];
    for (when, switch) in switches {
        lines.push(format!("{when:<18} {:>10} {:>10}", seconds(switch.verdict), seconds(switch.answers)));
    }
    let whole = switches.iter().all(|(_, switch)| switch.verdict.is_some() && switch.answers.is_some());
    lines.push(match whole {
        true => "The answers followed the primary both ways.".to_owned(),
        false => "A switch was not seen.".to_owned(),
    });
    (whole, lines.join("\n"))
}

/// One message per line typed; the end of the input reads as Enter.
fn enter_key() -> io::Result<mpsc::Receiver<()>> {
    let (typed, enter) = mpsc::channel(1);
    std::thread::Builder::new().name("demo-keys".to_owned()).spawn(move || {
        for line in io::stdin().lines() {
            if line.is_err() || typed.blocking_send(()).is_err() {
                return;
            }
        }
    })?;
    Ok(enter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_is_missing_fails_the_demo() {
        let seen = Switch { verdict: Some(Duration::from_millis(910)), answers: Some(Duration::from_millis(950)) };
        let (whole, text) = summary(&[("after the kill", seen), ("after the return", seen)]);
        assert!(whole && text.contains("0.91 s     0.95 s") && text.ends_with("both ways."), "{text}");
        for missing in [Switch { answers: None, ..seen }, Switch { verdict: None, ..seen }] {
            let (whole, text) = summary(&[("after the kill", seen), ("after the return", missing)]);
            assert!(!whole && text.contains("never") && text.ends_with("A switch was not seen."), "{text}");
        }
    }
}

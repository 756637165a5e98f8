//! What a run of the fleet cost, and how it compares with the bars.

use std::time::{Duration, Instant};

use crate::WARM_UP;
use crate::server::{Look, Server};

/// The most that memory may grow by in the second half of a run.
const FLAT: f64 = 1.05;
/// The most that a figure may differ by and count as unchanged; the tarpits themselves are a hundredth of the probes.
const ALIKE: f64 = 1.25;
/// The same for a figure that is told as the bound of a bucket, each up to two and a half times the one before.
const BUCKET: f64 = 2.5;

/// A run: a look at its beginning, middle and end.
pub(crate) struct Course {
    looks: [Look; 3],
}

impl Course {
    /// Watches a server for so long, after it has warmed up.
    pub(crate) fn of(server: &Server, window: Duration) -> std::io::Result<Self> {
        std::thread::sleep(WARM_UP);
        let begun = Instant::now();
        let first = server.look()?;
        std::thread::sleep(window / 2);
        let middle = server.look()?;
        std::thread::sleep(window.saturating_sub(begun.elapsed()));
        Ok(Self { looks: [first, middle, server.look()?] })
    }

    fn ends(&self) -> (&Look, &Look) {
        (&self.looks[0], &self.looks[2])
    }

    fn seconds(&self) -> f64 {
        let (first, last) = self.ends();
        (last.at - first.at).as_secs_f64()
    }

    /// Processors kept busy.
    fn cores(&self) -> f64 {
        let (first, last) = self.ends();
        (last.cpu - first.cpu).as_secs_f64() / self.seconds()
    }

    fn rate(&self) -> f64 {
        let (first, last) = self.ends();
        (last.probes - first.probes) as f64 / self.seconds()
    }

    /// The least bound, in milliseconds, below which so many percent of the probes began.
    fn late(&self, percent: f64) -> f64 {
        let (first, last) = self.ends();
        let counts: Vec<(f64, u64)> =
            first.late.iter().zip(&last.late).map(|((bound, before), (_, after))| (*bound, after - before)).collect();
        let all = counts.last().map_or(0, |(_, count)| *count) as f64;
        counts.iter().find(|(_, count)| *count as f64 >= all * percent / 100.0).map_or(f64::NAN, |(bound, _)| *bound)
    }

    fn memory(&self, at: usize) -> f64 {
        self.looks[at].memory as f64 / f64::from(1 << 20)
    }
}

/// Prints both runs side by side; whether they keep the bars.
pub(crate) fn table(plain: &Course, tarred: &Course, tarpits: usize) -> bool {
    let row = |name: &str, value: &dyn Fn(&Course) -> String| {
        println!("{name:<34} {:>16} {:>16}", value(plain), value(tarred));
    };
    println!("{:<34} {:>16} {:>16}", "", "all well", format!("{tarpits} tarpits"));
    row("cores busy (bar 0.5)", &|run| format!("{:.3}", run.cores()));
    row("probes per second", &|run| format!("{:.0}", run.rate()));
    row("lateness p50, at most ms", &|run| format!("{}", run.late(50.0)));
    row("lateness p99, at most ms (bar 100)", &|run| format!("{}", run.late(99.0)));
    row("lateness p99.9, at most ms", &|run| format!("{}", run.late(99.9)));
    for (at, name) in ["MiB at the start", "MiB in the middle", "MiB at the end"].iter().enumerate() {
        row(name, &|run| format!("{:.1}", run.memory(at)));
    }
    for (at, name) in ["in flight at the end", "overdue at the end", "uncounted since the start"].iter().enumerate() {
        row(name, &|run| run.looks[2].others[at].to_string());
    }
    row("unhealthy at the end", &|run| run.looks[2].unhealthy.to_string());
    judge(&bars(plain, tarred))
}

/// Each bar in words, and whether it was kept. Those between two figures of one run hold on any machine.
fn bars(plain: &Course, tarred: &Course) -> Vec<(String, bool)> {
    let mut bars = Vec::new();
    for (run, name) in [(plain, "all well"), (tarred, "with tarpits")] {
        let growth = run.memory(2) / run.memory(1);
        bars.push((format!("{name}: less than half a processor is busy"), run.cores() < 0.5));
        bars.push((format!("{name}: 99 % of the probes begin within 100 ms"), run.late(99.0) <= 100.0));
        bars.push((format!("{name}: memory is flat ({growth:.3} times what it was half-way)"), growth <= FLAT));
    }
    let ratio = |figure: &dyn Fn(&Course) -> f64| figure(tarred) / figure(plain);
    let ratios = [
        ("processors", ratio(&Course::cores), ALIKE),
        ("lateness p99", ratio(&|run| run.late(99.0)), BUCKET),
        ("memory at the end", ratio(&|run| run.memory(2)), ALIKE),
        ("probes left out", 1.0 / ratio(&Course::rate), ALIKE),
    ];
    for (name, ratio, most) in ratios {
        bars.push((format!("tarpits change nothing: {name} ({ratio:.2} times, at most {most})"), ratio <= most));
    }
    bars
}

/// Prints every bar; whether all were kept.
fn judge(bars: &[(String, bool)]) -> bool {
    for (bar, kept) in bars {
        println!("{} {bar}", if *kept { "kept  " } else { "MISSED" });
    }
    bars.iter().all(|(_, kept)| *kept)
}

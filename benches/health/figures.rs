//! What a run of the fleet cost, and how it compares with the bars.

use std::time::{Duration, Instant};

use crate::WARM_UP;
use crate::server::{Look, Server};

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
    [plain, tarred].iter().all(|run| run.cores() < 0.5 && run.late(99.0) <= 100.0)
}

//! The failover demo as a user runs it, with the real `dig` asking beside it at every step.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const PRIMARY: &str = "192.0.2.1";
const SECONDARY: &str = "192.0.2.2";

struct Demo {
    child: Child,
    keys: ChildStdin,
    lines: Receiver<String>,
    told: Vec<String>,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .args(["demo", "failover"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let keys = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, keys, lines, told: Vec::new() }
    }

    /// Reads on to a line that contains `part`.
    fn until(&mut self, part: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else { panic!("no {part:?} in {:#?}", self.told) };
            self.told.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    fn enter(&mut self) {
        self.keys.write_all(b"\n").expect("the demo listens");
    }

    /// The exit status and everything told.
    fn end(mut self) -> (ExitStatus, String) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.told.push(line);
        }
        (self.child.wait().expect("the demo ends"), self.told.join("\n"))
    }
}

/// The addresses the real `dig` prints.
fn dig(port: &str, name: &str) -> BTreeSet<String> {
    let output = Command::new("dig")
        .args(["+short", "+time=2", "+tries=1", "@127.0.0.1", "-p", port, &format!("{name}.demo.example"), "A"])
        .output()
        .expect("dig is installed");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Digs until `app` answers `app`, `all` answers `living` and the draws of `split` are `living` too.
fn dig_until(port: &str, app: &str, living: &[&str]) {
    let set = |addresses: &[&str]| addresses.iter().map(|address| (*address).to_owned()).collect::<BTreeSet<_>>();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let drawn = (0..12).flat_map(|_| dig(port, "split")).collect::<BTreeSet<_>>();
        let seen = (dig(port, "app"), dig(port, "all"), drawn);
        if seen == (set(&[app]), set(living), set(living)) {
            return;
        }
        assert!(Instant::now() < deadline, "dig sees {seen:?}, not {app} and {living:?}");
    }
}

#[test]
fn dig_sees_the_switch_both_ways() {
    let mut demo = Demo::start(&["--step", "--interval", "100"]);
    let ask = demo.until("dig +short @127.0.0.1 -p ");
    let port = ask.split("-p ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();

    demo.until("press Enter to kill the primary");
    dig_until(&port, PRIMARY, &[PRIMARY, SECONDARY]);
    demo.enter();
    demo.until("press Enter to bring the primary back");
    if !demo.told.iter().any(|line| line.contains("0 of 3 healthy")) {
        demo.until("0 of 3 healthy");
    }
    dig_until(&port, SECONDARY, &[SECONDARY]);
    demo.enter();
    demo.until("press Enter to end");
    dig_until(&port, PRIMARY, &[PRIMARY, SECONDARY]);
    demo.enter();

    let (status, told) = demo.end();
    assert!(status.success(), "{told}");
    for part in [
        "primary    eu-west-1a      Success: HTTP Status Code 200, OK",
        "primary    us-east-1a      Success: HTTP Status Code 200, OK",
        "secondary  ap-southeast-1a Success: TCP connection established.",
        " unhealthy: 2 of 3 healthy",
        "verdict  primary    unhealthy: 1 of 3 healthy",
        " healthy: 1 of 3 healthy",
        "verdict  primary    healthy: 2 of 3 healthy",
        "health   primary    now unhealthy",
        "health   primary    now healthy",
        "answer   app        192.0.2.2 (failover)",
        "The answers followed the primary both ways.",
    ] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
}

#[test]
fn the_demo_ends_by_itself() {
    let (status, told) = Demo::start(&["--hold", "0", "--interval", "50"]).end();
    assert!(status.success(), "{told}");
    assert!(told.contains("after the return"), "{told}");
}

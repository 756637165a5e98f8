//! A server that is started as root gives it up on every thread before it reads a zone.

use std::fs;
use std::process::Command;

use hickory_proto::rr::RecordType;
use rustix::process::geteuid;

use crate::harness::{Server, run, text, udp, values, waymark};

const ZONE: &str = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";

/// `waymark` as root, by sudo where this is someone else.
fn as_root(arguments: &[&str]) -> Command {
    if geteuid().is_root() {
        return waymark(arguments);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", env!("CARGO_BIN_EXE_waymark")]).args(arguments);
    command
}

/// The words behind `key` in a thread's status.
fn words(status: &str, key: &str) -> Vec<String> {
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn root_is_given_up_on_every_thread() {
    // A port that only root may bind, and a state directory that only the one it becomes may use.
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(scratch.path(), permissions).unwrap();
    let flags =
        ["--user", "nobody", "--listen", "127.0.53.1:53", "--http", "127.0.0.1:0", "--state", state.to_str().unwrap()];
    let mut command = as_root(&["serve"]);
    command.args(flags).args(["--zones", "/nowhere"]);
    let refused = run(&mut command);
    assert_eq!(refused.status.code(), Some(3), "no zones: {}", text(&refused.stderr));

    let zones = scratch.path().join("zones");
    fs::create_dir(&zones).unwrap();
    fs::write(zones.join("example.com.toml"), ZONE).unwrap();
    let mut command = as_root(&["serve"]);
    command.args(flags).arg("--zones").arg(&zones);
    let server = Server::run(command, &[], "").greeted();
    let answer = udp(server.dns, "www.example.com.", RecordType::A);
    // By sudo, the server is a child of our child.
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_it = |id: &String| {
        let line = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        line.contains(state.to_str().unwrap()) && line.contains("waymark\0serve") && !line.starts_with("sudo")
    };
    let id = processes.into_iter().find(is_it).expect("it runs");
    let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap().map(|entry| entry.unwrap().path());
    let statuses: Vec<_> = threads.map(|thread| fs::read_to_string(thread.join("status")).unwrap()).collect();
    let (command, arguments) = if geteuid().is_root() { ("kill", &[][..]) } else { ("sudo", &["-n", "kill"][..]) };
    assert!(run(Command::new(command).args(arguments).arg(&id)).status.success());
    assert!(server.end().success());

    assert_eq!(answer.map(|answer| values(&answer)).unwrap_or_default(), ["192.0.2.1"]);
    assert!(statuses.len() > 4, "{statuses:?}");
    let nobody = text(&run(Command::new("id").args(["-u", "nobody"])).stdout).trim().to_owned();
    for status in statuses {
        assert_eq!(words(&status, "Uid:"), vec![nobody.clone(); 4], "{status}");
        assert!(!words(&status, "Gid:").contains(&"0".to_owned()), "{status}");
        assert!(!words(&status, "Groups:").contains(&"0".to_owned()), "{status}");
        for set in ["CapPrm:", "CapEff:", "CapAmb:"] {
            assert_eq!(words(&status, set), ["0000000000000000"], "{set} {status}");
        }
        assert_eq!(words(&status, "NoNewPrivs:"), ["1"], "{status}");
    }
}

#[test]
fn a_user_that_is_none_is_an_error_and_root_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--state", folder.path().to_str().unwrap()];
    for (user, said) in
        [("nobody-of-that-name", "is no user of this machine"), ("root", "is root; name one that is not")]
    {
        let output = run(as_root(&["serve", "--user", user]).args(place));
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stderr).contains(&format!("`user` {user:?} {said}")), "{}", text(&output.stderr));
    }
    let output = run(as_root(&["serve", "--zones", "/nowhere"]).args(place));
    assert!(text(&output.stderr).contains("runs as root, which it needs for nothing"), "{}", text(&output.stderr));
}

//! Where a server listens: at all addresses of a machine, and at others after a reload.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::Command;

use hickory_proto::rr::RecordType;
use serde_json::Value;

use crate::harness::{Server, connect, frame, poll, query, read_framed, run, text, udp, values};

const ZONE: &str = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";

fn www(at: SocketAddr) -> Vec<String> {
    udp(at, "www.example.com.", RecordType::A).map(|answer| values(&answer)).unwrap_or_default()
}

fn problem(answer: &Value) -> String {
    let problem = &answer["problems"][0];
    let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    format!("{}:{}: {}; {}", word("file"), problem["line"], word("what"), word("mend"))
}

/// RFC 2181 §4.1: an answer leaves from the address that was asked. In a network of its own, where the machine has
/// several addresses of both families; dig takes no answer from another address.
#[test]
fn at_all_addresses_answers_leave_from_the_one_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("zones")).unwrap();
    std::fs::write(folder.path().join("zones/example.com.toml"), ZONE).unwrap();
    std::fs::write(folder.path().join("waymark.toml"), "listen = [\"0.0.0.0:5300\", \"[::]:5300\"]\nworkers = 2\n")
        .unwrap();
    let script = r#"
        set -e
        ip link set lo up
        ip addr add fd00:53::1/128 dev lo nodad
        ip addr add fd00:53::2/128 dev lo nodad
        "$1" serve > said 2> errors &
        server=$!
        for try in $(seq 600); do grep -q "answers on" said && break; sleep 0.05; done
        for ask in "-b 127.0.0.1 @127.0.0.2" "-b 127.0.0.2 @127.0.0.1" "-b 127.1.2.3 @127.3.2.1" \
            "-b fd00:53::1 @fd00:53::2" "-b fd00:53::2 @fd00:53::1" "-b fd00:53::1 @::1"; do
          for transport in +notcp +tcp; do
            dig $ask -p 5300 $transport +tries=1 +time=5 +short www.example.com A
          done
        done
        kill $server
        wait $server
    "#;
    let is_root = rustix::process::geteuid().is_root();
    let mut command = Command::new("unshare");
    command.args(if is_root { &["-n"][..] } else { &["-r", "-n"] });
    command.args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_waymark")]).current_dir(folder.path());
    let output = run(&mut command);
    assert_eq!(text(&output.stdout), "192.0.2.1\n".repeat(12), "{}{}", text(&output.stderr), {
        std::fs::read_to_string(folder.path().join("errors")).unwrap_or_default()
    });
    assert!(output.status.success());
}

#[test]
fn a_reload_listens_where_it_is_told_and_nowhere_else() {
    let first = "workers = 2\n[listen]\nhome = \"127.0.0.1:0\"\n";
    let server = Server::listening(&[("example.com.toml", ZONE)], first);
    let port = server.dns.port();
    let other = SocketAddr::from(([127, 0, 0, 2], port));
    let mut stays = connect(server.dns);

    server.write_config(&format!("{first}away = \"{other}\"\n"));
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(www(other), ["192.0.2.1"]);
    let mut goes = connect(other);
    goes.write_all(&frame(&query(1, "www.example.com.", RecordType::A))).unwrap();
    assert_eq!(values(&read_framed(&mut goes).unwrap()), ["192.0.2.1"]);

    // One that cannot be had: told with its line and how to mend it, and all that worked stays.
    server.write_config(&format!("{first}away = [\"127.0.0.3:{port}\",\n  \"198.51.100.1:{port}\"]\n"));
    let refused = server.reload();
    assert_eq!(
        problem(&refused),
        format!(
            "waymark.toml:5: cannot bind 198.51.100.1:{port} over UDP: Cannot assign requested address (os error 99); \
             write an address of this machine, or take it out of `listen`"
        )
    );
    assert_eq!((www(server.dns), www(other)), (vec!["192.0.2.1".to_owned()], vec!["192.0.2.1".to_owned()]));
    std::net::UdpSocket::bind(("127.0.0.3", port)).expect("what was bound for a refused reload is let go");
    let taken = std::net::UdpSocket::bind(("127.0.0.4", port)).expect("an address");
    server.write_config(&format!("{first}away = \"127.0.0.4:{port}\"\n"));
    assert!(problem(&server.reload()).contains("Address already in use (os error 98); stop whoever has it"));
    drop(taken);

    // Let go: connections there end, those elsewhere do not notice.
    server.write_config(first);
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(goes.read(&mut [0]).unwrap(), 0, "an idle connection is ended");
    poll("the address to be free", || std::net::UdpSocket::bind(other).ok());
    poll("its TCP to be free", || std::net::TcpListener::bind(other).ok());
    stays.write_all(&frame(&query(2, "www.example.com.", RecordType::A))).unwrap();
    assert_eq!(values(&read_framed(&mut stays).unwrap()), ["192.0.2.1"]);
    assert_eq!(server.ask_control(&serde_json::json!({ "op": "status" }))["listening"]["dns"][1], Value::Null);

    // From one address to all of them, to both, and back, while the first is in use.
    let [one, all, other] = ["127.0.0.1", "0.0.0.0", "127.0.0.6"].map(|address| format!("\"{address}:{port}\""));
    let both = format!("{all}, {other}");
    for listen in [&one, &all, &one, &both, &one] {
        server.write_config(&format!("workers = 2\nlisten = [{listen}]\n"));
        let reloaded = server.reload();
        assert_eq!(reloaded["ok"], true, "{listen}: {reloaded}");
        assert_eq!(www(server.dns), ["192.0.2.1"], "{listen}");
    }
    drop(server);
}

/// The name decides what is seen (Z-24, Z-27), and goes with the world that knows it; no query is lost meanwhile.
#[test]
fn an_address_changes_its_name_without_losing_a_query() {
    let zones = [
        ("public.toml", "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n"),
        (
            "private.toml",
            "zone = \"example.com\"\nid = \"inside\"\nviews = [\"inside\"]\n[view.inside]\nlisteners = [\"lan\"]\n\
             [[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"10.0.0.1\"\n",
        ),
    ];
    let named = |name: &str| format!("workers = 2\n[listen]\n{name} = \"127.0.0.1:0\"\nlan = \"127.0.0.5:0\"\n");
    let renamed = "workers = 2\n[listen]\nlan = [\"127.0.0.1:0\", \"127.0.0.5:0\"]\n";
    let server = Server::listening(&zones, &named("world"));
    let at = server.dns;
    assert_eq!(www(at), ["192.0.2.1"]);
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let asking = {
        let stop = stop.clone();
        std::thread::spawn(move || {
            let mut seen = Vec::new();
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let answer = udp(at, "www.example.com.", RecordType::A);
                seen.push(answer.map(|answer| (answer.metadata.response_code, values(&answer))));
            }
            seen
        })
    };
    let concrete = |text: &str| text.replace("127.0.0.1:0", &at.to_string());
    for _ in 0..5 {
        server.write_config(&concrete(renamed));
        assert_eq!(server.reload()["ok"], true);
        assert_eq!(www(at), ["10.0.0.1"]);
        server.write_config(&concrete(&named("world")));
        assert_eq!(server.reload()["ok"], true);
        assert_eq!(www(at), ["192.0.2.1"]);
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let seen = asking.join().unwrap();
    let is_whole = |answer: &Option<(_, Vec<String>)>| answer.as_ref().is_some_and(|(_, values)| values.len() == 1);
    let odd: Vec<_> = seen.iter().enumerate().filter(|(_, answer)| !is_whole(answer)).collect();
    assert!(odd.is_empty(), "of {} queries: {odd:?}", seen.len());
}

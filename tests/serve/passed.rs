//! Sockets that systemd passes (sd_listen_fds(3)), passed here by python3, which binds and then becomes the server.

use std::io::Write;
use std::process::Command;

use hickory_proto::rr::RecordType;

use crate::harness::{Server, connect, frame, query, read_framed, udp, values};

const ZONES: [(&str, &str); 2] = [
    ("public.toml", "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n"),
    (
        "private.toml",
        "zone = \"example.com\"\nid = \"inside\"\nviews = [\"inside\"]\n[view.inside]\nlisteners = [\"lan\"]\n\
         [[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"10.0.0.1\"\n",
    ),
];

/// Binds UDP and TCP on one port of each address, and passes the sockets as LISTEN_FDS says. Where it stays, it shuts
/// down one of the first address once the file `which` names it.
const PASS: &str = r#"
import os, socket, sys, time
stays, binary, names = sys.argv[1] == "stay", sys.argv[2], sys.argv[3]
sockets = []
for address in ["127.0.0.1", "127.0.0.2"]:
    tcp = socket.create_server((address, 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    sockets += [udp, tcp]
child = os.fork() if stays else 0
if child == 0:
    held = [os.dup(each.fileno()) for each in sockets]
    high = [os.dup2(fd, 100 + at) for at, fd in enumerate(held)]
    for at, fd in enumerate(high):
        os.dup2(fd, 3 + at, inheritable=True)
    os.closerange(3 + len(high), 200)
    os.environ.update(LISTEN_FDS=str(len(high)), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=names)
    os.execv(binary, [binary, "serve", "--http", "127.0.0.1:0"])
while not os.path.exists("which"):
    time.sleep(0.01)
which = {"udp": 0, "tcp": 1}[open("which").read()]
try:
    # One that has no peer says so and is shut down all the same.
    sockets[which].shutdown(socket.SHUT_RDWR)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

/// A server with the sockets of two addresses under these names.
fn passed(mode: &str, names: &str, config: &str, zones: &[(&str, &str)]) -> Server {
    let mut command = Command::new("python3");
    command.args(["-c", PASS, mode, env!("CARGO_BIN_EXE_waymark"), names]);
    Server::run(command, zones, config)
}

#[test]
fn sockets_that_are_passed_are_served_under_their_names() {
    let server = passed("become", "a.socket:a.socket:lan:lan", "workers = 3\n", &ZONES).greeted();
    let dns = server.ask_control(&serde_json::json!({ "op": "status" }))["listening"]["dns"].clone();
    let [world, lan] = [0, 1].map(|at| dns[at].as_str().expect("two addresses").parse().unwrap());
    assert_eq!(dns.as_array().map(Vec::len), Some(2), "the default addresses are not taken besides");
    for (at, expected) in [(world, "192.0.2.1"), (lan, "10.0.0.1")] {
        for _ in 0..20 {
            assert_eq!(values(&udp(at, "www.example.com.", RecordType::A).unwrap()), [expected]);
        }
        for id in 0..20 {
            let mut stream = connect(at);
            stream.write_all(&frame(&query(id, "www.example.com.", RecordType::A))).unwrap();
            assert_eq!(values(&read_framed(&mut stream).unwrap()), [expected]);
        }
    }
    // A name in the configuration goes above; the sockets outlive every reload.
    server.write_config(&format!("workers = 3\n[listen]\nlan = [\"{world}\", \"{lan}\"]\n"));
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(values(&udp(world, "www.example.com.", RecordType::A).unwrap()), ["10.0.0.1"]);
    let said = server.ended();
    assert!(said.iter().any(|line| line.contains("ended")), "{said:?}");
}

#[test]
fn what_is_no_socket_is_refused() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "exec 3</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" serve",
        env!("CARGO_BIN_EXE_waymark"),
    ]);
    let server = Server::run(command, &[], "");
    server.until("socket 1 of those that systemd passed cannot be served: it is neither a UDP nor a TCP socket");
    assert_eq!(server.end().code(), Some(4));
}

/// A socket that is shut down under its worker is loud, and ends the server so that whoever started it starts it anew.
#[test]
fn a_listener_that_dies_ends_the_server_with_a_code_of_its_own() {
    for (which, said) in [("tcp", "worker tcp-0-"), ("udp", "worker udp-0-")] {
        let server = passed("stay", "", "workers = 1\n", &ZONES[..1]).greeted();
        std::fs::write(server.folder().join("what"), which).unwrap();
        std::fs::rename(server.folder().join("what"), server.folder().join("which")).unwrap();
        let line = server.until(said);
        assert!(line.contains(" ended: "), "{line}");
        assert_eq!(server.end().code(), Some(5), "{which}");
    }
}

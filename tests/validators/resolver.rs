//! Unbound as a resolver that validates, and questions to it.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::harness::{Server, poll};
use crate::message::{Ask, Message, Opt, decode};
use crate::peers::{Peer, at, free_port};

/// Authenticated data (RFC 4035 §3.2.3).
pub(crate) const AD: u16 = 0x0020;
/// Recursion is desired, and to be told what is authentic (RFC 6840 §5.7).
const WANTED: u16 = 0x0100 | AD;

/// Unbound as a resolver that asks `server` for example.com, believes what these keys vouch for, and asks in mixed letter
/// case (0x20).
pub(crate) fn unbound(server: SocketAddr, keys: &[&str]) -> Peer {
    let anchor = |key: &&str| format!("  trust-anchor: \"example.com. IN DNSKEY {key}\"\n");
    let anchors: String = keys.iter().map(anchor).collect();
    let address = free_port();
    Peer::start("unbound", address, &["-d", "-p", "-c"], |folder| {
        format!(
            "server:\n  directory: \"{folder}\"\n  chroot: \"\"\n  username: \"\"\n  use-syslog: no\n  logfile: \"\"\n  \
             interface: 127.0.0.1\n  port: {port}\n  do-not-query-localhost: no\n  num-threads: 1\n  use-caps-for-id: yes\n  \
             target-fetch-policy: \"0 0 0 0 0\"\n  module-config: \"validator iterator\"\n  val-log-level: 2\n{anchors}\
             remote-control:\n  control-enable: no\n\
             stub-zone:\n  name: \"example.com\"\n  stub-addr: {at}\n",
            port = address.port(),
            at = at(server)
        )
    })
}

/// A question to a resolver; `None` when no answer comes in time.
pub(crate) fn resolve(resolver: SocketAddr, name: &str, rtype: u16) -> Option<Message> {
    let name = waymark::model::Name::parse(name, None).expect("a name").wire().to_vec();
    let edns = Some(Opt { udp: 4096, version: 0, dnssec_ok: false, options: Vec::new() });
    let ask = Ask { id: 7, flags: WANTED, name, rtype, class: 1, edns };
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.connect(resolver).expect("loopback");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket option");
    socket.send(&ask.bytes()).expect("loopback sends");
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer).ok()?;
    Some(decode(&buffer[..length], true).expect("an answer that can be read"))
}

/// The same, once it answers.
pub(crate) fn resolver(server: &Server, keys: &[&str]) -> Peer {
    let peer = unbound(server.dns, keys);
    poll("unbound to answer", || resolve(peer.address, "example.com.", 6).filter(|reply| !reply.answer.is_empty()));
    peer
}

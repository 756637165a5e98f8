//! Sockets that systemd bound and passed on (socket activation, sd_listen_fds(3)).

use std::sync::Arc;

use listenfd::ListenFd;

use super::Failure;
use crate::config::Listener;
use crate::edge::listen::Bound;
use crate::model::At;

/// What the names of the sockets are in.
const NAMES: &str = "LISTEN_FDNAMES";

/// The sockets passed to this process, one listener for each address; none where nobody passed any. To be called before
/// there are other threads, since it takes what it has read out of the environment.
pub(super) fn take() -> Result<Vec<(Listener, Bound)>, Failure> {
    let names = std::env::var(NAMES).unwrap_or_default();
    let names: Vec<_> = names.split(':').collect();
    let mut passed = ListenFd::from_env();
    let mut listeners: Vec<(Listener, Bound)> = Vec::new();
    for at in 0..passed.len() {
        let mut alone = Bound::default();
        match (passed.take_udp_socket(at), passed.take_tcp_listener(at)) {
            (Ok(Some(udp)), _) => alone.udp.push(udp),
            (_, Ok(Some(tcp))) => alone.tcp.push(tcp),
            _ => return Err(refused(at, "it is neither a UDP nor a TCP socket")),
        }
        let Ok(alone) = alone.adopted() else { return Err(refused(at, "it is not bound to an address")) };
        match listeners.iter_mut().find(|(_, bound)| bound.address == alone.address) {
            Some((_, bound)) => bound.join(alone),
            None => listeners.push((listener(names.get(at).copied().unwrap_or_default(), &alone), alone)),
        }
    }
    Ok(listeners)
}

/// Units name their sockets with FileDescriptorName=; without it systemd says the unit's own name.
fn listener(name: &str, bound: &Bound) -> Listener {
    let is_given = !name.is_empty() && name != "unknown" && !name.ends_with(".socket");
    let name: Arc<str> = if is_given { name.into() } else { bound.address.to_string().into() };
    Listener { name, address: bound.address, proxies: Vec::new(), at: At::new(NAMES, 0) }
}

fn refused(at: usize, why: &str) -> Failure {
    Failure::Passed(format!("socket {} of those that systemd passed cannot be served: {why}", at + 1))
}

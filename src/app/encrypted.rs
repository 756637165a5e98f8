//! Encrypted transports as the server holds them: sockets for each worker, and where they are.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::{Config, Listener, Tls};
use crate::edge::Limits;
use crate::edge::encrypted::{Identity, Sockets, Terms};
use crate::edge::listen::{BindError, bind_datagrams, bind_streams};

/// Everything encrypted, before its threads start.
pub(super) struct Encrypted {
    /// What each worker listens at.
    pub(super) workers: Vec<Sockets>,
    pub(super) terms: Terms,
    /// The kind and address of each listener.
    addresses: Vec<(&'static str, SocketAddr)>,
    path: String,
}

impl Encrypted {
    /// Binds what `tls` names, for so many workers.
    pub(super) fn bind(
        config: &Config,
        tls: &Tls,
        count: usize,
        identity: &Arc<Identity>,
        limits: &Limits,
    ) -> Result<Self, BindError> {
        let names = config.listener_names();
        let number =
            |listener: &Listener| names.iter().position(|name| *name == listener.name).unwrap_or_default() as u16;
        let mut workers: Vec<_> = (0..count).map(|_| Sockets::default()).collect();
        let mut addresses = Vec::new();
        for listener in &tls.dot {
            let (address, sockets) = bind_streams(listener.address, count)?;
            addresses.push(("DoT", address));
            deal(&mut workers, sockets, |worker, socket| worker.dot.push((number(listener), socket)));
        }
        for listener in &tls.doh {
            let (address, sockets) = bind_streams(listener.address, count)?;
            addresses.push(("DoH", address));
            deal(&mut workers, sockets, |worker, socket| worker.doh.push((number(listener), socket)));
        }
        for listener in &tls.doq {
            let (address, sockets) = bind_datagrams(listener.address, count)?;
            addresses.push(("DoQ", address));
            deal(&mut workers, sockets, |worker, socket| worker.doq.push((number(listener), socket)));
        }
        for listener in &tls.doh3 {
            let (address, sockets) = bind_datagrams(listener.address, count)?;
            addresses.push(("DoH3", address));
            deal(&mut workers, sockets, |worker, socket| worker.doh3.push((number(listener), socket)));
        }
        Ok(Self { workers, terms: Terms::new(identity, &tls.doh_path, limits), addresses, path: tls.doh_path.clone() })
    }

    /// Where it answers, in words: `DoT on 127.0.0.1:853, DoH on https://127.0.0.1:443/dns-query`.
    pub(super) fn shown(&self) -> String {
        let shown = self.addresses.iter().map(|(kind, address)| match *kind {
            "DoT" | "DoQ" => format!("{kind} on {address}"),
            _ => format!("{kind} on https://{address}{}", self.path),
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

/// Gives each worker one of the sockets.
fn deal<S>(workers: &mut [Sockets], sockets: Vec<S>, mut give: impl FnMut(&mut Sockets, S)) {
    workers.iter_mut().zip(sockets).for_each(|(worker, socket)| give(worker, socket));
}

//! How one endpoint is asked: the protocols side by side, and a script in their place under test.

use std::net::Ipv4Addr;

use super::outcome::Outcome;
use super::{http, target, tcp};
use crate::model::CheckId;
use crate::model::check::{Endpoint, Protocol};

/// A prepared way of asking one endpoint.
#[derive(Debug)]
pub(super) enum Prober {
    Tcp(Endpoint),
    Http(Endpoint, Box<http::Ask>),
    /// The request cannot be written; said at every probe.
    Unaskable(String),
    #[cfg(test)]
    Scripted(super::tests::Part),
}

impl Prober {
    pub(super) fn new(id: &CheckId, endpoint: &Endpoint) -> Self {
        match &endpoint.protocol {
            Protocol::Tcp => Self::Tcp(endpoint.clone()),
            Protocol::Http { path, host_header, search } => {
                let question = http::Question { host_header: host_header.as_deref(), search: search.as_deref() };
                match http::Ask::new(id, endpoint, path, &question) {
                    Ok(ask) => Self::Http(endpoint.clone(), Box::new(ask)),
                    Err(error) => Self::Unaskable(error),
                }
            }
        }
    }

    /// Asks once: what was found, and the address asked when the endpoint is given by name.
    pub(super) async fn ask(&self) -> (Outcome, Option<Ipv4Addr>) {
        let endpoint = match self {
            Self::Tcp(endpoint) | Self::Http(endpoint, _) => endpoint,
            Self::Unaskable(error) => return (Outcome::NotProbed { error: error.clone() }, None),
            #[cfg(test)]
            Self::Scripted(part) => return (part.play().await, None),
        };
        let target = match target::locate(endpoint).await {
            Ok(target) => target,
            Err(outcome) => return (outcome, None),
        };
        let outcome = match self {
            Self::Http(_, ask) => ask.ask(target.address).await,
            _ => tcp::ask(target.address, endpoint.connect_timeout).await,
        };
        (outcome, target.resolved)
    }
}

//! How one endpoint is asked: the protocols side by side, and a script in their place under test.

use super::outcome::{Outcome, Report};
use super::{Settings, http, target, tcp};
use crate::model::CheckId;
use crate::model::check::{Endpoint, Protocol};
use crate::model::fleet::Checker;

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
    pub(super) fn new(id: &CheckId, endpoint: &Endpoint, _checker: &Checker, _settings: &Settings) -> Self {
        match &endpoint.protocol {
            Protocol::Tcp => Self::Tcp(endpoint.clone()),
            Protocol::Http { path, host_header, search, tls: _ } => {
                let question = http::Question { host_header: host_header.as_deref(), search: search.as_deref() };
                match http::Ask::new(id, endpoint, path, &question) {
                    Ok(ask) => Self::Http(endpoint.clone(), Box::new(ask)),
                    Err(error) => Self::Unaskable(error),
                }
            }
            Protocol::Tls(_) | Protocol::Grpc { .. } | Protocol::Icmp | Protocol::Dns { .. } => {
                Self::Unaskable("there is no such probe yet".to_owned())
            }
        }
    }

    /// Asks once.
    pub(super) async fn ask(&self) -> Report {
        let endpoint = match self {
            Self::Tcp(endpoint) | Self::Http(endpoint, _) => endpoint,
            Self::Unaskable(error) => return Report::of(Outcome::NotProbed { error: error.clone() }),
            #[cfg(test)]
            Self::Scripted(part) => return Report::of(part.play().await),
        };
        let target = match target::locate(endpoint).await {
            Ok(target) => target,
            Err(outcome) => return Report::of(outcome),
        };
        let outcome = match self {
            Self::Http(_, ask) => ask.ask(target.address).await,
            _ => tcp::ask(target.address, endpoint.connect_timeout).await,
        };
        Report { resolved: target.resolved, ..Report::of(outcome) }
    }
}

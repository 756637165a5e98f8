//! How one endpoint is asked: the protocols side by side, and a script in their place under test.

use std::net::IpAddr;
use std::sync::Arc;

use super::common::Common;
use super::dial::Route;
use super::outcome::{Notes, Outcome, Report};
use super::{dns, grpc, http, icmp, target, tcp, tls};
use crate::model::CheckId;
use crate::model::check::{Endpoint, Protocol};
use crate::model::fleet::Checker;

/// A way of asking one endpoint.
#[derive(Debug)]
pub(super) enum Prober {
    Way(Way),
    #[cfg(test)]
    Scripted(super::tests::Part),
}

/// Who asks what; nothing is prepared and all of it shared, as there is one for each checker of each check.
#[derive(Debug)]
pub(super) struct Way {
    id: CheckId,
    endpoint: Arc<Endpoint>,
    source: Option<IpAddr>,
    common: Arc<Common>,
}

impl Prober {
    pub(super) fn new(id: &CheckId, endpoint: &Arc<Endpoint>, checker: &Checker, common: &Arc<Common>) -> Self {
        Self::Way(Way { id: id.clone(), endpoint: endpoint.clone(), source: checker.source, common: common.clone() })
    }

    /// Asks once.
    pub(super) async fn ask(&self) -> Report {
        match self {
            Self::Way(way) => way.ask().await,
            #[cfg(test)]
            Self::Scripted(part) => part.play().await,
        }
    }
}

impl Way {
    async fn ask(&self) -> Report {
        let mut notes = Notes::default();
        let outcome = self.asked(&mut notes).await.unwrap_or_else(|outcome| outcome);
        if let Outcome::NotProbed { error } = &outcome {
            self.common.tell(&self.id, error);
        }
        Report::with(outcome, notes)
    }

    async fn asked(&self, notes: &mut Notes) -> Result<Outcome, Outcome> {
        let Self { id, endpoint, source, common } = self;
        let address = target::locate(endpoint, &common.targets, &common.finder, notes).await?;
        let route = Route::new(address, *source)?;
        let kit = &common.kit;
        match &endpoint.protocol {
            Protocol::Tcp => tcp::ask(&route, endpoint.connect_timeout, notes).await,
            Protocol::Http { path, host_header, search, tls } => {
                let question = http::Question {
                    path,
                    host_header: host_header.as_deref(),
                    search: search.as_deref(),
                    tls: tls.as_ref(),
                };
                http::ask(id, endpoint, question, kit, &route, notes).await
            }
            Protocol::Tls(tls) => tls::ask(endpoint, tls, kit, &route, notes).await,
            Protocol::Grpc { service, authority, tls } => {
                let question = grpc::Question { service, authority: authority.as_deref(), tls: tls.as_ref() };
                grpc::ask(id, endpoint, question, kit, &route, notes).await
            }
            Protocol::Icmp => icmp::ask(route, endpoint.response_timeout, notes).await,
            Protocol::Dns { name, rtype, expect } => {
                let question = dns::Question { name, rtype: *rtype, expect: expect.as_deref() };
                dns::ask(endpoint, question, route, notes).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fleet::Plan;

    #[test]
    fn there_may_be_very_many() {
        assert!(size_of::<Way>() <= 64, "160,000 of them: {} bytes", size_of::<Way>());
        let endpoint = Arc::new(Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80));
        let common = Arc::new(Common::new(&Plan::default()));
        let prober = Prober::new(&CheckId("web".into()), &endpoint, &Checker::local(), &common);
        let under_way = size_of_val(&prober.ask());
        assert!(under_way <= 16_384, "512 under way: {under_way} bytes");
    }
}

//! What came of telling secondaries: counted and logged.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::posts::Posts;
use crate::announce::{Announcer, Outcome};
use crate::metrics::Registry;
use crate::model::Name;

/// An announcer on the runtime this is called from.
pub(super) fn announcer(posts: Arc<Posts>, registry: Arc<Registry>) -> Announcer {
    let witness = move |zone: &Name, secondary: SocketAddr, serial: u32, outcome: Outcome| match outcome {
        Outcome::Heard => {
            registry.notifies.count(["heard"]);
            tracing::info!(%zone, serial, %secondary, "secondary notified");
        }
        Outcome::Refused(rcode) => {
            registry.notifies.count(["refused"]);
            tracing::warn!(%zone, serial, %secondary, rcode, "secondary refuses NOTIFY");
        }
        Outcome::Silent => {
            registry.notifies.count(["silent"]);
            tracing::warn!(%zone, serial, %secondary, "secondary does not answer NOTIFY, or not with the key it should");
        }
    };
    Announcer::new(Handle::current(), Box::new(move || posts.addresses()), Arc::new(witness))
}

//! What becomes of every answer: it is counted, and written to the query log where there is one.

use std::sync::Arc;
use std::time::SystemTime;

use super::limits::Notices;
use crate::answer::{Event, Witness};
use crate::edge::{Action, Limited, Recorder};
use crate::log::query::{Line, QueryLog};
use crate::log::zones::ZoneLogs;
use crate::metrics::{Registry, Speaks, Tally};
use crate::snapshot::World;
use crate::transfer::{Ending, Kind, Transfer};
use crate::wire::{Peer, Reply};

/// Octets before the question's name in a packet.
const HEADER: usize = 12;

/// One worker's records.
pub(super) struct Recording {
    tally: Tally,
    registry: Arc<Registry>,
    log: Option<QueryLog>,
    zone_logs: Option<Arc<ZoneLogs>>,
    notices: Notices,
}

impl Recording {
    /// A place for one more worker, whose clients speak this.
    pub(super) fn new(
        (registry, speaks): (&Arc<Registry>, Speaks),
        (log, zone_logs): (Option<QueryLog>, Option<Arc<ZoneLogs>>),
        notices: Notices,
    ) -> Self {
        Self { tally: Tally::new(registry.clone(), speaks), registry: registry.clone(), log, zone_logs, notices }
    }
}

impl Witness for Recording {
    #[inline]
    fn saw(&mut self, event: Event<'_>) {
        if let Event::Picked { group, member, last_resort } = event {
            self.tally.picked(group.counter + member as u32, last_resort);
        }
    }
}

impl Recorder for Recording {
    fn enter(&mut self, world: &Arc<World>) {
        self.tally.enter(&world.snapshot);
    }

    fn answered(&mut self, world: &World, packet: &[u8], peer: &Peer, reply: &Reply) {
        if reply.signed > 0 {
            self.registry.signatures.asked.add_all(reply.signed.into());
        }
        self.tally.answered(reply.zone, reply.rtype, reply.rcode, peer.transport);
        // Queries that hit no zone are in no zone's log.
        let zone_logs = self.zone_logs.as_ref().filter(|logs| logs.any());
        let Some(zone) = reply.zone.filter(|_| self.log.is_some() || zone_logs.is_some()) else { return };
        let Some(zone) = world.snapshot.zones.get(zone as usize) else { return };
        let name = packet.get(HEADER..HEADER + usize::from(reply.name_len)).unwrap_or_default();
        let subnet = reply.subnet.map(|(subnet, _)| (subnet.address, subnet.len));
        let (what, who) = ((reply.rtype, reply.rcode), (peer.transport, peer.source.to_canonical()));
        let now = SystemTime::now();
        let line = || Line::new(now, &zone.id.0, name, what, who, subnet);
        let written = self.log.as_ref().is_none_or(|log| log.put(line()));
        if !zone_logs.is_none_or(|logs| logs.put(&zone.id.0, line)) || !written {
            self.registry.unlogged.add();
        }
    }

    fn kept_silent(&mut self, _: &Peer) {
        self.tally.silent();
    }

    fn panicked(&mut self, _: &Peer) {
        self.tally.panicked();
    }
    fn limited(&mut self, _: &Peer, limited: &Limited) {
        let counter = match limited.action {
            Action::Dropped => &self.registry.limited.dropped,
            Action::Cut => &self.registry.limited.cut,
            Action::BadCookie => &self.registry.limited.bad_cookie,
            Action::WouldDrop => &self.registry.limited.would_drop,
            Action::WouldCut => &self.registry.limited.would_cut,
        };
        counter.add();
        if limited.action == Action::Dropped {
            self.tally.withheld();
        }
        if limited.begins {
            // What does not fit is counted all the same; telling must not hold up answers.
            let _ = self.notices.try_send(*limited);
        }
    }

    fn transferred(&mut self, transfer: &Transfer, peer: &Peer, ending: Ending) {
        let kind = match transfer.kind() {
            Kind::Axfr => "axfr",
            Kind::Ixfr => "ixfr",
            Kind::Current => "current",
        };
        let outcome = match ending {
            Ending::Done => "done",
            Ending::Cut => "cut",
            Ending::Declined => "declined",
        };
        self.registry.transfers.count([kind, outcome]);
        let (zone, serial, key) = (&transfer.zone().name, transfer.zone().serial(), transfer.key());
        let (messages, octets, client) = (transfer.messages, transfer.octets, peer.source.to_canonical());
        tracing::info!(%zone, serial, %client, ?key, kind, outcome, messages, octets, "zone transfer");
    }
}

//! Signing ahead: zones that are new or differ at once, all of them again before their signatures end.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;

use crate::metrics::Registry;
use crate::model::ZoneId;
use crate::snapshot::zone::Zone;
use crate::snapshot::{Snapshot, World};

/// How often it is looked for zones that changed.
const LOOK: Duration = Duration::from_millis(250);
/// How often all zones are gone through: a fraction of how long any signature holds.
const ROUND: Duration = Duration::from_secs(3600);
/// How much signing gives way to answering where processors are short.
const YIELDING: i32 = 10;

/// Signs ahead on a thread of its own for as long as the server lives.
pub(super) fn start(world: Arc<ArcSwap<World>>, registry: Arc<Registry>) -> std::io::Result<()> {
    let mut signer = Signer::default();
    let rounds = move || {
        // Where the system does not allow it, all are equal.
        let _ = rustix::process::nice(YIELDING);
        loop {
            let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as u32);
            signer.look(&world.load_full(), seconds, Instant::now(), &registry);
            thread::sleep(LOOK);
        }
    };
    thread::Builder::new().name("signer".to_owned()).spawn(rounds).map(drop)
}

/// What is signed by now.
#[derive(Default)]
struct Signer {
    seen: Weak<Snapshot>,
    signed: HashMap<ZoneId, Weak<Zone>>,
    round: Option<Instant>,
}

impl Signer {
    /// Signs what is due in this world at `now`, in seconds since 1970 modulo 2³².
    fn look(&mut self, world: &World, now: u32, moment: Instant, registry: &Registry) {
        if self.round.is_none_or(|round| moment.duration_since(round) >= ROUND) {
            self.signed.clear();
            self.round = Some(moment);
        } else if self.seen.as_ptr() == Arc::as_ptr(&world.snapshot) {
            return;
        }
        self.seen = Arc::downgrade(&world.snapshot);
        let mut seen = HashMap::new();
        for zone in world.snapshot.zones.iter().filter(|zone| zone.signed.is_some()) {
            let is_done = |known: &Weak<Zone>| known.as_ptr() == Arc::as_ptr(zone);
            if !self.signed.get(&zone.id).is_some_and(is_done) {
                let renewed = zone.sign_ahead(now);
                registry.signatures.ahead.add_all(renewed.made as u64);
                registry.signatures.failed.add_all(renewed.failed as u64);
                if renewed.failed > 0 {
                    let failed = renewed.failed;
                    tracing::error!(zone = %zone.name, failed, "signatures could not be made: a key is out of reach");
                }
            }
            seen.insert(zone.id.clone(), Arc::downgrade(zone));
        }
        self.signed = seen;
    }
}

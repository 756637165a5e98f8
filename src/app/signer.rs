//! Signing ahead: zones that are new or differ at once, all of them again before their signatures end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;

use crate::dnssec::Renewed;
use crate::metrics::Registry;
use crate::snapshot::World;
use crate::snapshot::zones::Zones;

/// How often it is looked for zones that changed.
const LOOK: Duration = Duration::from_millis(250);
/// How often all zones are gone through: a fraction of how long any signature holds.
const ROUND: Duration = Duration::from_secs(3600);
/// How soon after something failed.
const AGAIN: Duration = Duration::from_secs(60);
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
            let look = AssertUnwindSafe(|| signer.look(&world.load_full(), seconds, Instant::now(), &registry));
            if catch_unwind(look).is_err() {
                // What was asked for is signed all the same.
                tracing::error!("signing ahead panicked; it is tried again in an hour");
            }
            thread::sleep(LOOK);
        }
    };
    thread::Builder::new().name("signer".to_owned()).spawn(rounds).map(drop)
}

/// What is signed by now.
#[derive(Default)]
struct Signer {
    /// The zones as they were last.
    zones: Zones,
    /// When all were gone through, and whether anything failed since.
    round: Option<(Instant, bool)>,
}

impl Signer {
    /// Signs what is due in this world at `now`, in seconds since 1970 modulo 2³².
    fn look(&mut self, world: &World, now: u32, moment: Instant, registry: &Registry) {
        let lasts = |failed: bool| if failed { AGAIN } else { ROUND };
        let is_due = self.round.is_none_or(|(round, failed)| moment.duration_since(round) >= lasts(failed));
        let zones = world.snapshot.zones.clone();
        let due = match is_due {
            true => (0..zones.numbers() as u32).collect(),
            false => zones.differences(&self.zones),
        };
        // Before the work, which may panic.
        self.zones = zones.clone();
        let round = self.round.get_or_insert((moment, false));
        if is_due {
            *round = (moment, false);
        }
        for zone in due.iter().filter_map(|number| zones.get(*number as usize)) {
            let Renewed { made, failed } = zone.sign_ahead(now);
            registry.signatures.ahead.add_all(made as u64);
            registry.signatures.failed.add_all(failed as u64);
            if failed > 0 {
                round.1 = true;
                tracing::error!(zone = %zone.name, failed, "no signatures: a key is out of reach, or a set too large");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Settings;
    use crate::account::tests::lab::{Lab, NOW, Shared};
    use crate::account::tests::rollover::signed_zone;

    #[test]
    fn zones_that_changed_are_signed_and_all_of_them_every_hour() {
        let state = tempfile::tempdir().unwrap();
        let settings = Settings { keys: state.path().join("keys"), ..Settings::default() };
        let lab = Lab::with(Shared::new(), &[], settings);
        let zone = signed_zone(&lab);
        let (mut signer, registry, start) = (Signer::default(), Registry::default(), Instant::now());
        let mut look = |seconds: u64, after: Duration| {
            let before = registry.signatures.ahead.value();
            let now = (NOW / 1000) as u32 + seconds as u32;
            signer.look(&lab.account.world(), now, start + after, &registry);
            registry.signatures.ahead.value() - before
        };
        let all = look(0, Duration::ZERO);
        assert!(all >= 3, "SOA, which is that of denials too, NS and the keys: {all}");
        let week = 7 * 24 * 3600;
        assert_eq!(look(week, Duration::from_secs(1)), 0, "nothing changed, and the hour is not over");
        assert_eq!(look(week, ROUND), all, "half of their time is over");
        lab.put(&zone, "www.example.com", "A", "192.0.2.1");
        assert_eq!(look(week, ROUND + LOOK), 1, "what is new alone");
        assert_eq!(registry.signatures.failed.value(), 0);
    }
}

//! Tells the log which networks are being limited, off the answer path and a few lines a while at most.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use crate::edge::Limited;

/// How many may wait to be told; more are counted in the metrics alone.
const WAITING: usize = 256;
/// How often they are told.
const INTERVAL: Duration = Duration::from_secs(5);
/// How many networks are named each time.
const NAMED: usize = 10;

/// Where workers put what they begin to limit.
pub(super) type Notices = SyncSender<Limited>;

/// A channel whose far end is told by [`tell`].
pub(super) fn notices() -> (Notices, Receiver<Limited>) {
    sync_channel(WAITING)
}

/// Tells what has begun to be limited, for ever.
pub(super) async fn tell(begun: Receiver<Limited>) {
    let mut every = tokio::time::interval(INTERVAL);
    loop {
        every.tick().await;
        let (lines, more) = lines(begun.try_iter());
        for line in lines {
            tracing::warn!("{line}");
        }
        if more > 0 {
            tracing::warn!(more, "other networks are over a rate limit too");
        }
    }
}

/// One line for each network and limit, and how many there are beyond those named.
fn lines(begun: impl Iterator<Item = Limited>) -> (Vec<String>, usize) {
    let mut times = BTreeMap::new();
    for Limited { network, kind, .. } in begun {
        *times.entry((network, kind.name())).or_insert(0) += 1;
    }
    let line = |((network, kind), times): (&(ipnet::IpNet, &str), &i32)| {
        let again = if *times > 1 { format!(", {times} times anew") } else { String::new() };
        format!("{network} is over the rate limit `{kind}`{again}")
    };
    (times.iter().take(NAMED).map(line).collect(), times.len().saturating_sub(NAMED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::{Action, Kind};

    #[test]
    fn each_network_is_told_once_and_no_more_than_a_few() {
        let limited = |third: u8| Limited {
            network: format!("192.0.{third}.0/24").parse().expect("a network"),
            kind: Kind::NxDomain,
            action: Action::Dropped,
            begins: true,
        };
        assert_eq!(lines(std::iter::empty()), (Vec::new(), 0));
        let (told, more) = lines([limited(2), limited(3), limited(2)].into_iter());
        let expected = [
            "192.0.2.0/24 is over the rate limit `nxdomain`, 2 times anew",
            "192.0.3.0/24 is over the rate limit `nxdomain`",
        ];
        assert_eq!((told.iter().map(String::as_str).collect::<Vec<_>>(), more), (expected.to_vec(), 0));
        let (told, more) = lines((0..25).map(limited));
        assert_eq!((told.len(), more), (10, 15));
    }
}

//! File descriptors: as many as the system grants, and how many of them probes may take.
//!
//! Queries come first. Probes get what DNS over TCP and everything else leave, so that a fleet under way can never
//! take the descriptor that an answer needs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is left for pages, files, followers and webhooks.
const RESERVE: u64 = 512;
/// The most a probe holds at one time: its connection, and a socket to look a name up.
const PER_PROBE: u64 = 2;

/// Raises the limit of this process as far as the system lets it; what it is then, `None` for no limit.
pub(super) fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, ?current, ?maximum, "cannot raise the limit of file descriptors");
            current
        }
    }
}

/// How many of the `wanted` probes may be under way at one time, 1 and up, beside so many TCP connections.
pub(super) fn probes(wanted: usize, limit: Option<u64>, connections: u32) -> usize {
    let left = limit.unwrap_or(u64::MAX).saturating_sub(RESERVE + u64::from(connections)) / PER_PROBE;
    wanted.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)
}

/// The same for this process beside its workers, and said where it is fewer than wanted.
pub(super) fn grant(wanted: usize, connections: u32, workers: u32) -> usize {
    let limit = raise();
    let granted = probes(wanted, limit, connections.saturating_add(workers));
    if granted < wanted {
        tracing::warn!(
            granted,
            wanted,
            ?limit,
            connections,
            "file descriptors allow fewer probes at one time; raise LimitNOFILE"
        );
    } else {
        tracing::info!(granted, ?limit, "probes at one time");
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_get_what_answers_leave() {
        assert_eq!(probes(4096, None, 1024), 4096);
        assert_eq!(probes(4096, Some(1 << 20), 1024), 4096);
        assert_eq!(probes(4096, Some(4096), 1024), (4096 - 1024 - 512) / 2);
        assert_eq!(probes(100, Some(4096), 1024), 100);
        assert_eq!(probes(4096, Some(1024), 1024), 1, "one at a time, and none of them takes an answer's place");
        assert_eq!(probes(0, None, 0), 1);
    }

    #[test]
    fn the_limit_is_raised_to_the_hard_one() {
        let limit = raise();
        assert_eq!(getrlimit(Resource::Nofile).current, limit);
        assert_eq!(getrlimit(Resource::Nofile).maximum, limit);
    }
}

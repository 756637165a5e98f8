//! How many responses a client's network may get over UDP in a second.

use ipnet::IpNet;

/// Limits of responses to one network, so that forged questions make no flood of answers; 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Positive answers of one name, a second.
    pub responses: u32,
    /// Answers without data from one zone, a second.
    pub nodata: u32,
    /// Names that do not exist in one zone, a second.
    pub nxdomain: u32,
    /// Referrals at one zone cut, a second.
    pub referrals: u32,
    /// Errors, a second.
    pub errors: u32,
    /// Answers of every kind together, a second.
    pub all: u32,
    /// How many seconds' worth of answers may come at once after a silence, 1..=15.
    pub window: u32,
    /// One in so many answers over the limit is sent cut rather than dropped; 0 never, 1 always, at most 10.
    pub slip: u32,
    /// Leading bits that IPv4 clients share a limit by, 1..=32.
    pub ipv4_prefix: u8,
    /// Leading bits that IPv6 clients share a limit by, 1..=128.
    pub ipv6_prefix: u8,
    /// Who is never limited.
    pub exempt: Vec<IpNet>,
    /// What would be limited is counted and sent all the same.
    pub dry_run: bool,
}

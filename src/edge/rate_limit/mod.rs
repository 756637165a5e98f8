//! Response rate limiting: what one network is sent over UDP, so that forged questions make no flood of answers.
//!
//! Responses to one prefix are counted by what they are about: a positive answer by the node it was found at (so all
//! names under a wildcard count as one), a referral by its zone cut, absence by its zone, errors together. What is over
//! the limit is dropped, or cut so that an honest client comes again over TCP or with a cookie.

mod table;

use std::net::IpAddr;

use ipnet::IpNet;

use super::Recorder;
use crate::answer::Answered;
use crate::model::RateLimit;
use crate::policy::Entropy;
use crate::wire::{Peer, Proof, Reply, cut, rcode};
use table::{Rate, Table, Taken};

/// What a response was limited by, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// The network that gets too much.
    pub network: IpNet,
    /// Of what.
    pub kind: Kind,
    /// What became of the response.
    pub action: Action,
    /// This is the first response over the limit for a while.
    pub begins: bool,
}

/// Responses that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Responses,
    NoData,
    NxDomain,
    Referrals,
    Errors,
    All,
}

/// What becomes of a response over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is not sent.
    Dropped,
    /// It is sent cut, with TC.
    Cut,
    /// It is sent as BADCOOKIE, since the client takes cookies.
    BadCookie,
    /// Limits are only tried: it is sent, and would not have been.
    WouldDrop,
    /// Limits are only tried: it is sent whole, and would have been cut.
    WouldCut,
}

/// The counts of all workers.
#[derive(Debug)]
pub struct RateLimiter(Table);

impl Default for RateLimiter {
    fn default() -> Self {
        Self(Table::new())
    }
}

impl RateLimiter {
    /// Takes the memory that limits need, where it has not yet; for when a world with limits is entered.
    pub(super) fn prepare(&self) {
        self.0.prepare();
    }

    /// Whether the reply in `out` is sent; it is cut where that is what the limit makes of it.
    #[inline(never)]
    pub(super) fn passes<R: Recorder>(
        &self,
        limit: &RateLimit,
        peer: &Peer,
        reply: &mut Reply,
        out: &mut [u8],
        (millis, entropy): (u64, &mut Entropy),
        recorder: &mut R,
    ) -> bool {
        let source = peer.source.to_canonical();
        if reply.proof == Proof::Valid || limit.exempt.iter().any(|network| network.contains(&source)) {
            return true;
        }
        let network = network(source, limit);
        let Some((kind, begins)) = self.over(limit, network, reply, millis) else { return true };
        let is_cut = limit.slip > 0 && entropy.below(limit.slip) == 0;
        let action = match (limit.dry_run, is_cut) {
            (true, true) => Action::WouldCut,
            (true, false) => Action::WouldDrop,
            (false, false) => Action::Dropped,
            (false, true) => {
                cut(out, reply);
                if reply.rcode == rcode::BADCOOKIE { Action::BadCookie } else { Action::Cut }
            }
        };
        recorder.limited(peer, &Limited { network, kind, action, begins });
        action != Action::Dropped
    }

    /// The limit that the reply is over, and whether that is new.
    fn over(&self, limit: &RateLimit, network: IpNet, reply: &Reply, millis: u64) -> Option<(Kind, bool)> {
        let (kind, tokens, about) = kind(limit, reply);
        [(kind, tokens, about), (Kind::All, limit.all, (u32::MAX, u32::MAX))].into_iter().find_map(|limited| {
            let (kind, tokens, about) = limited;
            let rate = (tokens > 0).then_some(Rate { tokens, window: limit.window.max(1) })?;
            match self.0.take(&key(network, kind, about), rate, millis.wrapping_mul(1000)) {
                Taken::Token => None,
                Taken::Nothing { begins } => Some((kind, begins)),
            }
        })
    }
}

/// What a reply counts as, how much of it there may be, and the zone and node that it is about.
fn kind(limit: &RateLimit, reply: &Reply) -> (Kind, u32, (u32, u32)) {
    let (zone, anywhere) = (reply.zone.unwrap_or(u32::MAX), u32::MAX);
    match reply.result {
        Some(Answered::Records) => (Kind::Responses, limit.responses, (zone, reply.node)),
        Some(Answered::NoData) => (Kind::NoData, limit.nodata, (zone, anywhere)),
        Some(Answered::NxDomain) => (Kind::NxDomain, limit.nxdomain, (zone, anywhere)),
        Some(Answered::Referral) => (Kind::Referrals, limit.referrals, (zone, reply.node)),
        // What is not looked up in any zone, as CHAOS names and cookies by themselves.
        None if reply.rcode == rcode::NOERROR => (Kind::Responses, limit.responses, (anywhere, anywhere)),
        Some(Answered::Refused | Answered::YxDomain) | None => (Kind::Errors, limit.errors, (anywhere, anywhere)),
    }
}

/// The network that a client shares its limits with.
fn network(source: IpAddr, limit: &RateLimit) -> IpNet {
    let bits = if source.is_ipv4() { limit.ipv4_prefix } else { limit.ipv6_prefix };
    IpNet::new(source, bits).map_or_else(|_| source.into(), |network| network.trunc())
}

fn key(network: IpNet, kind: Kind, (zone, node): (u32, u32)) -> [u8; 26] {
    let mut key = [0; 26];
    key[0] = kind as u8;
    match network.addr() {
        IpAddr::V4(address) => key[1..5].copy_from_slice(&address.octets()),
        IpAddr::V6(address) => {
            key[1..17].copy_from_slice(&address.octets());
            key[17] = 6;
        }
    }
    key[18..22].copy_from_slice(&zone.to_be_bytes());
    key[22..].copy_from_slice(&node.to_be_bytes());
    key
}

impl Kind {
    /// What its limit is called in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::Referrals => "referrals",
            Self::Errors => "errors",
            Self::All => "all",
        }
    }
}

#[cfg(test)]
mod tests;

//! What the reply's OPT record carries besides the client subnet: cookie, server identity, idle timeout.

use super::cookie::{self, Proof, WHOLE};
use super::edns::{COOKIE, Edns, KEEPALIVE, Malformed, NSID};
use super::respond::{Peer, Turn};
use crate::snapshot::Behaviour;

/// Octets of an option's code and length.
const HEAD: usize = 4;

/// Options of a reply.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options<'w> {
    /// What the query's cookie proves.
    pub(super) proof: Proof,
    cookie: Option<[u8; WHOLE]>,
    /// Who answers (RFC 5001); empty where nobody asked or nothing is told.
    nsid: &'w [u8],
    /// How long the connection may be idle, in units of 100 ms (RFC 7828 §3.1).
    idle: Option<u16>,
}

impl<'w> Options<'w> {
    /// Takes in what a query with options of these kinds is given: nothing where one of them is malformed.
    #[inline(never)]
    pub(super) fn fill(
        &mut self,
        edns: &Edns<'_>,
        behaviour: &'w Behaviour,
        peer: &Peer,
        turn: &Turn,
    ) -> Result<(), Malformed> {
        // Where there is no connection to keep, the option is ignored, whatever it holds (RFC 7828 §3.2.1).
        let keepalive = turn.idle.zip(edns.first(KEEPALIVE));
        if keepalive.is_some_and(|(_, data)| !data.is_empty()) {
            return Err(Malformed);
        }
        if let Some((cookies, data)) = behaviour.cookies.as_ref().zip(edns.first(COOKIE)) {
            let (proof, whole) = cookie::judge(data, cookies, peer.source, turn.now)?;
            (self.proof, self.cookie) = (proof, Some(whole));
        }
        self.idle = keepalive.map(|(idle, _)| idle);
        // What a client puts into it means nothing (RFC 5001 §2.1).
        if edns.first(NSID).is_some() {
            self.nsid = &behaviour.nsid;
        }
        Ok(())
    }

    /// Octets they take.
    #[inline]
    pub(super) fn len(&self) -> usize {
        let nsid = if self.nsid.is_empty() { 0 } else { HEAD + self.nsid.len() };
        nsid + self.cookie.map_or(0, |_| HEAD + WHOLE) + self.idle.map_or(0, |_| HEAD + 2)
    }

    /// Writes them at the front of `out`, which has room for [`Self::len`].
    #[inline(never)]
    pub(super) fn write(&self, out: &mut [u8]) {
        let mut at = 0;
        let mut put = |code: u16, data: &[u8]| {
            let end = at + HEAD + data.len();
            out[at..at + 2].copy_from_slice(&code.to_be_bytes());
            out[at + 2..at + HEAD].copy_from_slice(&(data.len() as u16).to_be_bytes());
            out[at + HEAD..end].copy_from_slice(data);
            at = end;
        };
        if let Some(cookie) = &self.cookie {
            put(COOKIE, cookie);
        }
        if !self.nsid.is_empty() {
            put(NSID, self.nsid);
        }
        if let Some(idle) = self.idle {
            put(KEEPALIVE, &idle.to_be_bytes());
        }
    }
}

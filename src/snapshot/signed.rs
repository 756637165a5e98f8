//! A zone that is signed: its keys, and the records of it that they sign.

use std::hash::Hasher;
use std::sync::Arc;

use super::rrset::{RECORD_HEAD, Rrset, TO_OWNER};
use super::zone::Zone;
use crate::dnssec::{Builder, Records, Signatures};
use crate::model::RecordType;
use crate::model::signing::{Signing, ZoneKey};

/// The longest a TTL is in a signed zone, in seconds (S-11, N-24).
pub const LONGEST_TTL: u32 = 604_800;

/// The TTL of a zone's keys in seconds.
pub const KEYS_TTL: u32 = 3600;

/// How a zone is signed, and its signatures; shared by all its forms for as long as its keys are the same.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The keys.
    pub signing: Arc<Signing>,
    /// What they signed.
    pub signatures: Arc<Signatures>,
}

impl Signed {
    /// One with room for the signatures of so many sets.
    pub(super) fn new(signing: Arc<Signing>, sets: usize) -> Self {
        let signatures = Arc::new(Signatures::new(signing.salt, sets));
        Self { signing, signatures }
    }

    /// The keys that sign a type (S-8, RFC 7344 §4.1).
    pub fn keys(&self, rtype: RecordType) -> &[ZoneKey] {
        match rtype {
            RecordType::DNSKEY | RecordType::CDS | RecordType::CDNSKEY => &self.signing.entries,
            _ => &self.signing.zone,
        }
    }
}

impl Zone {
    /// Has a new zone of so many sets signed by these keys; signatures of the zone it comes after are kept where the same
    /// keys made them, so that what did not change is not signed again.
    pub(super) fn sign_by(&mut self, signing: Option<&Arc<Signing>>, sets: usize, old: Option<&Self>) {
        let old = old.and_then(|old| old.signed.as_ref());
        self.signed = signing.map(|signing| match old {
            Some(old) if old.signing == *signing => old.clone(),
            Some(old) if (&old.signing.zone, old.signing.salt) == (&signing.zone, signing.salt) => {
                Signed { signing: signing.clone(), signatures: old.signatures.clone() }
            }
            _ => Signed::new(signing.clone(), sets),
        });
    }
}

/// RRsets of a zone that make up one set at `owner`.
pub struct Rrsets<'a> {
    /// The zone.
    pub zone: &'a Zone,
    /// The RRsets.
    pub rrsets: &'a [Rrset],
    /// Whose they are, folded.
    pub owner: &'a [u8],
}

/// As many RRsets as are put into an order of their own.
const SOME: usize = 16;

impl Rrsets<'_> {
    /// Tells each RRset, in an order that chance has no part in.
    fn each(&self, mut tell: impl FnMut(Rrset)) {
        match self.rrsets {
            [one] => tell(*one),
            some if some.len() <= SOME => {
                let mut sorted = [Rrset::default(); SOME];
                let sorted = &mut sorted[..some.len()];
                sorted.copy_from_slice(some);
                sorted.sort_unstable();
                sorted.iter().copied().for_each(tell);
            }
            many => many.iter().copied().for_each(tell),
        }
    }
}

impl Records for Rrsets<'_> {
    fn hash(&self, hasher: &mut dyn Hasher) {
        self.each(|rrset| {
            let wire = self.zone.wire(rrset);
            hasher.write(wire.records);
            wire.pointers.iter().for_each(|pointer| hasher.write_u16(*pointer));
        });
    }

    fn write(&self, to: &mut Builder<'_>) -> Option<()> {
        let mut fits = Some(());
        self.each(|rrset| {
            let wire = self.zone.wire(rrset);
            for index in 0..wire.starts.len() {
                let range = wire.record(index);
                let mut at = range.start + RECORD_HEAD;
                let mut pointers = wire.pointers_of(&range);
                let mut name: Option<&[u8]> = None;
                let pieces = std::iter::from_fn(|| {
                    if let Some(name) = name.take() {
                        return Some(name);
                    }
                    if at >= range.end {
                        return None;
                    }
                    let start = at;
                    let Some(fix) = pointers.next() else {
                        at = range.end;
                        return Some(&wire.records[start..range.end]);
                    };
                    name =
                        Some(if wire.records[fix..fix + 2] == TO_OWNER { self.owner } else { self.zone.name.wire() });
                    at = fix + 2;
                    Some(&wire.records[start..fix])
                });
                fits = fits.and_then(|()| to.record(pieces));
            }
        });
        fits
    }
}

//! RRSIG records behind what they cover (RFC 4034 §3).

use super::encode::Encoder;
use super::query::IN;
use crate::answer::Section;
use crate::dnssec::{Origin, Set, Signature};
use crate::model::RecordType;
use crate::model::signing::ZoneKey;
use crate::snapshot::rrset::RECORD_HEAD;
use crate::snapshot::signed::Signed;

/// Octets of an RRSIG's data before the signer's name.
const HEAD: usize = 18;

/// Why a signature is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// None could be made: the key is out of reach.
    OutOfReach,
    /// Too many are asked for at once of what is made up for questions.
    NotNow,
}

impl Encoder<'_> {
    /// Puts a signature of each key behind the set put last; that there is no room for them is no reason to cut what is
    /// additional (RFC 4035 §3.1.1).
    #[inline(never)]
    pub(super) fn put_signatures(
        &mut self,
        section: Section,
        signed: &Signed,
        set: &Set<'_>,
        origin: Origin,
        required: bool,
    ) {
        if self.truncated || self.is_nothing_put() {
            return;
        }
        let Some(owner) = self.set_owner() else {
            // It lies further than a pointer reaches: only owners in the additional section are ever written there.
            return;
        };
        self.put_each(section, owner, signed, set, origin, required);
    }

    /// Puts the signatures of a set at the current name without the set (RFC 4035 §3.1).
    #[cold]
    pub(super) fn put_signatures_alone(&mut self, signed: &Signed, set: &Set<'_>, origin: Origin) {
        if self.truncated {
            return;
        }
        let owner = self.begin();
        self.put_each(Section::Answer, owner, signed, set, origin, true);
    }

    fn put_each(
        &mut self,
        section: Section,
        owner: u16,
        signed: &Signed,
        set: &Set<'_>,
        origin: Origin,
        required: bool,
    ) {
        let (whole, mut put) = (self.at, 0);
        for key in signed.keys(set.rtype) {
            let place = signed.signatures.place(key, set, origin);
            let signature = match signed.signatures.find(place, self.now) {
                Some(found) => found,
                None if origin == Origin::Question && self.spare == Some(0) => {
                    self.missing = Some(Missing::NotNow);
                    return;
                }
                None => match signed.signatures.make(key, set, place, self.now) {
                    Some(made) => {
                        self.signed += 1;
                        if origin == Origin::Question {
                            self.spent += 1;
                            self.spare = self.spare.map(|spare| spare - 1);
                        }
                        made
                    }
                    None => {
                        self.missing = Some(Missing::OutOfReach);
                        return;
                    }
                },
            };
            if self.put_signature(owner, key, set, &signature).is_none() {
                match section {
                    Section::Additional => self.at = whole,
                    Section::Answer | Section::Authority => self.take_back(section, required),
                }
                return;
            }
            put += 1;
        }
        self.count(section, put);
    }

    fn put_signature(&mut self, owner: u16, key: &ZoneKey, set: &Set<'_>, signature: &Signature) -> Option<()> {
        let len = HEAD + set.apex.len() + signature.octets.len();
        let out = self.room(RECORD_HEAD + len)?;
        let (head, data) = out.split_first_chunk_mut::<RECORD_HEAD>()?;
        head[..2].copy_from_slice(&owner.to_be_bytes());
        head[2..4].copy_from_slice(&RecordType::RRSIG.0.to_be_bytes());
        head[4..6].copy_from_slice(&IN.to_be_bytes());
        head[6..10].copy_from_slice(&set.ttl.to_be_bytes());
        head[10..].copy_from_slice(&(len as u16).to_be_bytes());
        let (head, rest) = data.split_first_chunk_mut::<HEAD>()?;
        *head = set.head(key, signature.inception, signature.expiration);
        // The signer's name is never compressed (RFC 4034 §3.1.7).
        rest[..set.apex.len()].copy_from_slice(set.apex);
        rest[set.apex.len()..].copy_from_slice(&signature.octets);
        Some(())
    }
}

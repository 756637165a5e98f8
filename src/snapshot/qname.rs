//! A name being looked up: folded, on the stack, with its label starts.

use crate::model::name::MAX_NAME;

/// The most labels a name can have, root included.
const MAX_LABELS: usize = 128;

/// Room for the longest name, in whole blocks to fold and with a word to spare behind it.
const ROOM: usize = 17 * BLOCK;
/// Octets folded at a time.
const BLOCK: usize = 16;

/// A folded domain name with its label starts.
#[derive(Clone)]
pub struct Qname {
    /// The wire form, a word of zeros behind it, then anything.
    wire: [u8; ROOM],
    len: u8,
    labels: u8,
    starts: [u8; MAX_LABELS],
}

impl Default for Qname {
    /// The root.
    fn default() -> Self {
        Self { wire: [0; ROOM], len: 1, labels: 0, starts: [0; MAX_LABELS] }
    }
}

impl Qname {
    /// Reads an uncompressed name from the front of `bytes`, folding it; `None` when there is no legal one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut name = Self::default();
        name.fill(bytes)?;
        Some(name)
    }

    /// Becomes the uncompressed name at the front of `bytes`, folded; `None`, and any name, when there is no legal
    /// one.
    #[inline(always)]
    pub fn fill(&mut self, bytes: &[u8]) -> Option<()> {
        let within = &bytes[..bytes.len().min(MAX_NAME)];
        let (mut at, mut labels, mut lengths) = (0, 0, 0);
        loop {
            let len = *within.get(at)?;
            self.starts[labels % MAX_LABELS] = at as u8;
            if len == 0 {
                break;
            }
            lengths |= len;
            at += 1 + usize::from(len);
            labels += 1;
        }
        // Only what is longer than a label may be has bits above those of 63.
        if lengths > 63 {
            return None;
        }
        let len = at + 1;
        let (blocks, _) = self.wire.as_chunks_mut::<BLOCK>();
        let blocks = &mut blocks[..len.div_ceil(BLOCK)];
        match bytes.as_chunks::<BLOCK>().0.get(..blocks.len()) {
            // What follows the name comes along.
            Some(from) => blocks.iter_mut().zip(from).for_each(|(block, from)| {
                *block = *from;
                fold(block);
            }),
            None => {
                blocks.as_flattened_mut()[..len].copy_from_slice(&within[..len]);
                blocks.iter_mut().for_each(fold);
            }
        }
        self.wire[len..len + WORD].fill(0);
        self.len = len as u8;
        self.labels = labels as u8;
        Some(())
    }

    /// The whole name's wire form.
    pub fn wire(&self) -> &[u8] {
        &self.wire[..usize::from(self.len)]
    }

    /// Octets of the wire form.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Never: the root alone is one octet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Labels, the root not counted.
    pub fn labels(&self) -> usize {
        usize::from(self.labels)
    }

    /// The suffix that begins at label `label`; `labels()` gives the root.
    #[inline]
    pub fn suffix(&self, label: usize) -> &[u8] {
        &self.wire[usize::from(self.starts[label])..usize::from(self.len)]
    }

    /// The hash of that suffix, eight octets at a time; what lies behind the name counts as zeros.
    #[inline]
    pub fn hash(&self, label: usize) -> u32 {
        let (mut at, end) = (usize::from(self.starts[label]), usize::from(self.len));
        let mut hash = SEED;
        while at < end {
            hash = mix(hash, self.word(at));
            at += WORD;
        }
        finish(hash)
    }

    /// Whether `octets` begin with that suffix; they go on for a word at least.
    #[inline]
    pub fn begins(&self, label: usize, mut octets: &[u8]) -> bool {
        let (mut at, end) = (usize::from(self.starts[label]), usize::from(self.len));
        while let Some((held, rest)) = octets.split_first_chunk::<WORD>() {
            let differ = self.word(at) ^ u64::from_le_bytes(*held);
            if end - at <= WORD {
                // What is held behind the name is not compared.
                return differ << (8 * (WORD - (end - at))) == 0;
            }
            if differ != 0 {
                return false;
            }
            (at, octets) = (at + WORD, rest);
        }
        false
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u64 {
        // What begins in a name is always there, which is seen only so.
        self.wire.get(at % 256..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
    }
}

/// Lengths are below the letters, so they stay as they are.
#[inline(always)]
fn fold(block: &mut [u8; BLOCK]) {
    block.make_ascii_lowercase();
}

/// Octets that are hashed and compared at a time.
const WORD: usize = 8;

/// The hash of a folded name in wire form, as [`Qname::hash`] has it.
pub fn hash(name: &[u8]) -> u32 {
    let (words, rest) = name.as_chunks::<WORD>();
    let hash = words.iter().fold(SEED, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let mut last = [0; WORD];
    last[..rest.len()].copy_from_slice(rest);
    finish(if rest.is_empty() { hash } else { mix(hash, u64::from_le_bytes(last)) })
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9fb2_1c65_1e98_df25;

#[inline(always)]
fn mix(hash: u64, word: u64) -> u64 {
    let hash = (hash ^ word).wrapping_mul(FACTOR);
    hash ^ hash >> 29
}

#[inline(always)]
fn finish(hash: u64) -> u32 {
    (hash >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffix_hashes_are_those_of_the_suffix_alone() {
        let whole = Qname::read(b"\x03WwW\x07Example\x03com\x00").unwrap();
        let suffix = Qname::read(b"\x07example\x03com\x00").unwrap();
        assert_eq!(whole.wire(), b"\x03www\x07example\x03com\x00");
        assert_eq!((whole.labels(), whole.suffix(1)), (3, suffix.wire()));
        assert_eq!(whole.hash(1), suffix.hash(0));
        for label in 0..=3 {
            assert_eq!(hash(whole.suffix(label)), whole.hash(label));
            let mut octets = [whole.suffix(label), &[9; 8]].concat();
            assert!(whole.begins(label, &octets) && !whole.begins(label, &octets[..octets.len() - 8]));
            for at in 0..whole.suffix(label).len() {
                octets[at] ^= 1;
                assert!(!whole.begins(label, &octets), "octet {at} from label {label}");
                octets[at] ^= 1;
            }
        }
        assert_ne!(whole.hash(0), whole.hash(1));
    }

    #[test]
    fn illegal_names_are_none() {
        for bytes in [&b""[..], b"\x03ww", b"\xc0\x0c", b"\x40aaaa", &[1, b'a'].repeat(128)] {
            assert!(Qname::read(bytes).is_none());
        }
        assert_eq!(Qname::read(&[[1, b'a'].repeat(127), vec![0]].concat()).unwrap().labels(), 127);
    }
}

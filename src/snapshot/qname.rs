//! A name being looked up: folded, on the stack, with the hash of every suffix.

use crate::model::name::MAX_NAME;

/// The most labels a name can have, root included.
const MAX_LABELS: usize = 128;

/// A folded domain name with its label starts and suffix hashes.
#[derive(Clone)]
pub struct Qname {
    wire: [u8; MAX_NAME],
    len: u8,
    starts: [u8; MAX_LABELS],
    hashes: [u32; MAX_LABELS],
    labels: u8,
}

impl Qname {
    /// Reads an uncompressed name from the front of `bytes`, folding it; `None` when there is no legal one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut name =
            Self { wire: [0; MAX_NAME], len: 0, starts: [0; MAX_LABELS], hashes: [0; MAX_LABELS], labels: 0 };
        let mut at = 0;
        let mut labels = 0;
        loop {
            let len = usize::from(*bytes.get(at)?);
            if len > 63 || at + len + 1 > MAX_NAME {
                return None;
            }
            *name.starts.get_mut(labels)? = at as u8;
            let end = at + 1 + len;
            let label = bytes.get(at + 1..end)?;
            let folded = name.wire.get_mut(at..end)?;
            folded[0] = len as u8;
            folded[1..].copy_from_slice(label);
            folded[1..].make_ascii_lowercase();
            at = end;
            if len == 0 {
                break;
            }
            labels += 1;
        }
        name.len = at as u8;
        name.labels = labels as u8;
        let mut hash = SEED;
        for label in (0..labels).rev() {
            let (start, end) = (usize::from(name.starts[label]), usize::from(name.starts[label + 1]));
            hash = extend(hash, &name.wire[start..end]);
            name.hashes[label] = finish(hash);
        }
        Some(name)
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
    pub fn suffix(&self, label: usize) -> &[u8] {
        &self.wire[usize::from(self.starts[label])..usize::from(self.len)]
    }

    /// The hash of that suffix.
    pub fn hash(&self, label: usize) -> u32 {
        self.hashes[label]
    }
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9fb2_1c65_1e98_df25;

fn extend(mut hash: u64, label: &[u8]) -> u64 {
    for chunk in label.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        hash ^= hash >> 29;
    }
    hash
}

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

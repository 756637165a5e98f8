//! Reading fields off uncompressed wire bytes, forwards only.

use crate::model::name::{MAX_LABEL, MAX_NAME};

/// What is left of the wire bytes.
pub(super) struct Wire<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn all(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A length octet and that many octets.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let len = self.u8()?;
        self.take(usize::from(len))
    }

    /// An uncompressed name, root label included.
    pub(super) fn name(&mut self) -> Option<&'a [u8]> {
        let mut len = 0;
        loop {
            match usize::from(*self.rest.get(len)?) {
                0 => break,
                label if label <= MAX_LABEL => len += 1 + label,
                _ => return None,
            }
        }
        if len + 1 > MAX_NAME { None } else { self.take(len + 1) }
    }
}

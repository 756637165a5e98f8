//! One message of a transfer being filled: owners as pointers where they were written before.

/// Octets of the header.
pub(super) const HEADER: usize = 12;
/// Octets before the data of a record without its owner: type, class, TTL, length.
pub(super) const HEAD: usize = 10;
/// The furthest a pointer leads (RFC 1035 §4.1.4).
const FURTHEST: usize = 0x3fff;
/// The most labels a name has, root included.
const LABELS: usize = 128;

/// A message behind its header and question.
pub(super) struct Page<'o> {
    out: &'o mut [u8],
    /// Where the next record goes.
    pub(super) at: usize,
    /// Records in the answer section.
    pub(super) answers: u16,
    most: usize,
    full: usize,
    /// The name met last: where it and each of its endings are, by how many octets the ending has.
    met: [(u8, u16); LABELS],
    labels: usize,
    name: [u8; 255],
    name_len: usize,
}

/// Which pointers a record's data holds, as the zone's bytes have them.
#[derive(Clone, Copy)]
pub(super) enum Pointer {
    Apex,
    Owner,
}

impl<'o> Page<'o> {
    /// A page with its question, which is the zone's apex, of at most `most` octets; no record is begun behind `full`.
    pub(super) fn new(out: &'o mut [u8], question: &[u8], most: usize, full: usize) -> Option<Self> {
        let at = HEADER + question.len();
        out.get_mut(HEADER..at)?.copy_from_slice(question);
        let mut page =
            Self { out, at, answers: 0, most, full, met: [(0, 0); LABELS], labels: 0, name: [0; 255], name_len: 0 };
        page.meet(&question[..question.len() - 4], |at| Some(HEADER + at));
        Some(page)
    }

    /// Adds a record whose owner is `owner` and the rest `rest`, in which pointers stand at `pointers`; whether it fits.
    pub(super) fn put(
        &mut self,
        owner: &[u8],
        rest: &[u8],
        ttl: Option<u32>,
        pointers: impl Iterator<Item = (usize, Pointer)>,
    ) -> bool {
        let start = self.at;
        // A record alone may be longer than a full page, for there is nowhere else for it.
        let limit = if self.answers == 0 { self.most } else { self.most.min(self.full) };
        let (prefix, known) = self.known(owner);
        let owner_len = prefix + if known.is_some() { 2 } else { 0 };
        let end = start + owner_len + rest.len();
        if end > limit || self.answers == u16::MAX {
            return false;
        }
        self.out[start..start + prefix].copy_from_slice(&owner[..prefix]);
        if let Some(known) = known {
            self.out[start + prefix..start + owner_len].copy_from_slice(&pointer(known));
        }
        let body = start + owner_len;
        self.out[body..end].copy_from_slice(rest);
        if let Some(ttl) = ttl {
            self.out[body + 4..body + 8].copy_from_slice(&ttl.to_be_bytes());
        }
        let place = if prefix == 0 { known.unwrap_or(start) } else { start };
        for (at, to) in pointers {
            let to = match to {
                Pointer::Apex => HEADER,
                Pointer::Owner => place,
            };
            self.out[body + at..body + at + 2].copy_from_slice(&pointer(to));
        }
        self.at = end;
        self.answers += 1;
        if prefix > 0 {
            self.remember(owner, prefix, start);
        }
        true
    }

    /// How much of a name must be written out, and where the rest of it is.
    fn known(&self, owner: &[u8]) -> (usize, Option<usize>) {
        let mut at = 0;
        while owner.get(at).is_some_and(|len| *len != 0) {
            let ending = &owner[at..];
            if let Some(place) = self.place(ending) {
                return (at, Some(place));
            }
            at += 1 + usize::from(owner[at]);
        }
        (owner.len(), None)
    }

    fn place(&self, ending: &[u8]) -> Option<usize> {
        let held = &self.met[..self.labels];
        let (_, place) = held.iter().find(|(len, _)| usize::from(*len) == ending.len())?;
        let last = &self.name[self.name_len - ending.len()..self.name_len];
        (last == ending).then_some(usize::from(*place))
    }

    /// Notes a name written at `start` up to `prefix`, with its end where the name before has it.
    fn remember(&mut self, owner: &[u8], prefix: usize, start: usize) {
        let (held, labels) = (self.met, self.labels);
        let ending = |len: usize| held[..labels].iter().find(|(held, _)| usize::from(*held) == len);
        self.meet(owner, |at| match at < prefix {
            true => Some(start + at).filter(|place| *place <= FURTHEST),
            false => ending(owner.len() - at).map(|(_, place)| usize::from(*place)),
        });
    }

    fn meet(&mut self, name: &[u8], place: impl Fn(usize) -> Option<usize>) {
        let mut at = 0;
        self.labels = 0;
        while let Some(len) = name.get(at).filter(|len| **len != 0) {
            if let Some(place) = place(at) {
                self.met[self.labels] = ((name.len() - at) as u8, place as u16);
                self.labels += 1;
            }
            at += 1 + usize::from(*len);
        }
        self.name[..name.len()].copy_from_slice(name);
        self.name_len = name.len();
    }
}

fn pointer(to: usize) -> [u8; 2] {
    (0xc000 | (to & FURTHEST) as u16).to_be_bytes()
}

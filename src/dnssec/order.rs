//! Names in canonical order (RFC 4034 §6.1).

use std::cmp::Ordering;

/// The most labels a name has, root included.
const LABELS: usize = 128;
/// Octets of a name's rank.
const RANK: usize = size_of::<u128>();

/// Numbers of folded names in the order of those names, which end in the same `apex` octets.
pub fn in_order<'n>(numbers: impl Iterator<Item = u32>, apex: usize, name: impl Fn(u32) -> &'n [u8]) -> Box<[u32]> {
    let mut ranked: Vec<_> = numbers.map(|number| (rank(name(number), apex), number)).collect();
    // Most names differ in their ranks, and those lie side by side.
    ranked.sort_unstable_by(|(one, a), (other, b)| one.cmp(other).then_with(|| compare(name(*a), name(*b))));
    ranked.into_iter().map(|(_, number)| number).collect()
}

/// Which of two folded names comes first.
fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let (one, other) = (Labels::of(one), Labels::of(other));
    one.rightmost_first().cmp(other.rightmost_first())
}

/// A number by which names are ordered as far as it goes: their octets before the apex, label by label from the right.
fn rank(name: &[u8], apex: usize) -> u128 {
    let (mut rank, mut at) = ([0; RANK], 0);
    let mut put = |octet: u8| {
        if let Some(place) = rank.get_mut(at) {
            *place = octet;
        }
        at += 1;
    };
    for label in Labels::of(&name[..name.len().saturating_sub(apex)]).rightmost_first() {
        for octet in label {
            // 0 ends a label, before whatever goes on.
            if *octet < 2 {
                put(1);
            }
            put(*octet);
        }
        put(0);
    }
    u128::from_be_bytes(rank)
}

/// Where the labels of a name begin.
struct Labels<'n> {
    name: &'n [u8],
    starts: [u8; LABELS],
    count: usize,
}

impl<'n> Labels<'n> {
    fn of(name: &'n [u8]) -> Self {
        let (mut starts, mut count, mut at) = ([0; LABELS], 0, 0);
        while let (Some(len), Some(start)) = (name.get(at).filter(|len| **len > 0), starts.get_mut(count)) {
            *start = at as u8;
            count += 1;
            at += 1 + usize::from(*len);
        }
        Self { name, starts, count }
    }

    fn rightmost_first(&self) -> impl Iterator<Item = &'n [u8]> {
        self.starts[..self.count].iter().rev().map(|start| {
            let (len, rest) = self.name[usize::from(*start)..].split_first().unwrap_or((&0, &[]));
            &rest[..usize::from(*len).min(rest.len())]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wire(labels: &[&[u8]]) -> Vec<u8> {
        let mut name: Vec<u8> = labels.iter().flat_map(|label| [&[label.len() as u8], *label].concat()).collect();
        name.push(0);
        name
    }

    fn sorted(names: &[Vec<u8>], apex: usize) -> Vec<u32> {
        in_order(0..names.len() as u32, apex, |number| &names[number as usize]).into_vec()
    }

    #[test]
    fn the_order_of_rfc_4034() {
        // §6.1, in its order; upper case is folded before.
        let names: [&[&[u8]]; 9] = [
            &[b"example"],
            &[b"a", b"example"],
            &[b"yljkjljk", b"a", b"example"],
            &[b"z", b"a", b"example"],
            &[b"zabc", b"a", b"example"],
            &[b"z", b"example"],
            &[&[1], b"z", b"example"],
            &[b"*", b"z", b"example"],
            &[&[200], b"z", b"example"],
        ];
        let names: Vec<_> = names.iter().rev().map(|labels| wire(labels)).collect();
        for apex in [1, 9] {
            assert_eq!(sorted(&names, apex), (0..9).rev().collect::<Vec<_>>());
        }
    }

    proptest! {
        /// By labels of their own vectors, which compare as RFC 4034 wants; few octets, so that they meet.
        #[test]
        fn names_are_ordered_as_lists_of_labels(
            names in proptest::collection::btree_set(
                proptest::collection::vec(
                    proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(2), Just(b'a'), Just(255)], 1..20),
                    0..5),
                1..40)
        ) {
            // A set of lists, rightmost label first, is in order already.
            let wires: Vec<_> = names.iter().map(|labels| {
                let labels: Vec<&[u8]> = labels.iter().rev().map(|label| &**label).chain([&b"z"[..]]).collect();
                wire(&labels)
            }).collect();
            let shuffled: Vec<_> = wires.iter().rev().cloned().collect();
            let found: Vec<_> = sorted(&shuffled, 3).into_iter().map(|at| shuffled[at as usize].clone()).collect();
            prop_assert_eq!(found, wires);
        }
    }
}

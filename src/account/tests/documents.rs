//! Documents under drafts: what is read through both is what is there once the draft is taken.

use proptest::prelude::*;

use super::lab::{Lab, caller};
use crate::account::Kind;
use crate::route53::{ApiError, Code, DelegationSet};

fn set(reference: &str) -> DelegationSet {
    DelegationSet { caller_reference: Some(reference.to_owned()), ..DelegationSet::default() }
}

type Pairs = Vec<(String, String)>;

/// Every set with its reference, how many are counted, and what the references lead to.
fn read(reader: crate::account::Reader<'_>) -> (Pairs, usize, Pairs) {
    let list = reader.list::<DelegationSet>("", "");
    let list: Vec<_> =
        list.map(|(id, set)| (id.to_owned(), set.caller_reference.clone().unwrap_or_default())).collect();
    let index = reader.index("reference/", "").map(|(word, id)| (word.to_owned(), id.to_owned())).collect();
    (list, reader.count::<DelegationSet>(""), index)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_draft_reads_as_the_documents_do_after_it(
        drafts in prop::collection::vec(prop::collection::vec((0..6u8, prop::option::of(0..4u8)), 0..8), 1..6),
    ) {
        let lab = Lab::new();
        let mut expected = std::collections::BTreeMap::new();
        for draft in drafts {
            let seen = lab.account.transact(&caller(), "Test", |over| {
                for (id, reference) in draft {
                    // References are each one's own, as the operations see to.
                    let reference = reference.map(|reference| format!("{id}-{reference}"));
                    let id = format!("N{id}");
                    match reference {
                        Some(reference) => {
                            over.put(&id, set(&reference));
                            expected.insert(id, reference);
                        }
                        None => {
                            over.remove::<DelegationSet>(&id);
                            expected.remove(&id);
                        }
                    }
                }
                Ok(read(over.reader()))
            }).expect("nothing is wrong");
            prop_assert_eq!(&seen, &lab.account.read(read));
            let list: Vec<_> = expected.clone().into_iter().collect();
            let mut index: Vec<_> = expected.iter().map(|(id, reference)| {
                (format!("reference/delegationset/{reference}"), id.clone())
            }).collect();
            index.sort();
            prop_assert_eq!(seen, (list, expected.len(), index));
        }
    }
}

#[test]
fn what_an_operation_refuses_leaves_nothing_behind() {
    let lab = Lab::new();
    let refused: Result<(), _> = lab.account.transact(&caller(), "Test", |draft| {
        draft.put("N1", set("a"));
        Err(ApiError::new(Code::LimitsExceeded, "enough"))
    });
    assert_eq!(refused.unwrap_err().code, Code::LimitsExceeded);
    let faulty = lab.account.transact(&caller(), "Test", |draft| {
        draft.put("N1", set("a"));
        draft.fault("one thing");
        draft.fault("another");
        Ok(())
    });
    assert_eq!(faulty.unwrap_err(), ApiError::invalid_input("one thing, another"));
    assert_eq!(lab.account.read(read), (Pairs::new(), 0, Pairs::new()));
    assert_eq!(<DelegationSet as Kind>::ROOM, "delegationset");
}

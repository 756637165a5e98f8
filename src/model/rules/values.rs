//! The values of one record set by themselves, wherever they are written: in a record or in a provider.

use std::collections::BTreeSet;

use crate::model::{Rdata, RecordType, rdata};

/// What is wrong with these values of `owner`, each with how to mend it: none, several where the type has one, one
/// written twice (N-21, RFC 2181 §5, §10.1, RFC 6672 §2.4).
pub fn value_faults(rtype: RecordType, values: &[Rdata], owner: &str) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    if values.is_empty() {
        faults.push((format!("{owner} has no value"), "give it at least one".to_owned()));
    }
    let one = match rtype {
        RecordType::CNAME => Some("a CNAME has exactly one; several by weight need weighted routing"),
        RecordType::DNAME => Some("keep one (RFC 6672 §2.4)"),
        _ => None,
    };
    if let Some(mend) = one.filter(|_| values.len() > 1) {
        faults.push((format!("{owner} has {} values", values.len()), mend.to_owned()));
    }
    let mut seen = BTreeSet::new();
    for value in values.iter().filter(|_| values.len() > 1) {
        if !seen.insert(rdata::canonical(rtype, value)) {
            let what = format!("Duplicate Resource Record: '{}' at {owner}", rdata::print_route53(rtype, value));
            faults.push((what, "write each value once".to_owned()));
        }
    }
    faults
}

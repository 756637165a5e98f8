//! The order of listings (I-18).

use crate::model::Name;

/// What a name is listed by: its labels as Route 53 prints them, the last first, a dot after each (I-18).
pub fn listed(name: &Name) -> String {
    let printed = name.to_route53();
    // A dot within a label is printed as an escape.
    let mut key = String::with_capacity(printed.len());
    for label in printed.trim_end_matches('.').rsplit('.') {
        key.push_str(label);
        key.push('.');
    }
    key
}

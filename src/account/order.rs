//! Where names and record sets stand in listings, as texts that sort so (I-18).

use crate::model::Name;

/// Where a record set stands in its zone's listing: by name, then type, then SetIdentifier. Blanks separate, as they sort
/// before everything that a name holds and no name holds one.
pub fn record(name: &Name, rtype: &str, set: Option<&str>) -> String {
    format!("{}{}", group(name, rtype), set.unwrap_or_default())
}

/// What the places of all record sets of a name and type begin with.
pub fn group(name: &Name, rtype: &str) -> String {
    format!("{} {rtype} ", name.listed())
}

/// Where a listing begins that is to start at these (I-20).
pub fn start(name: &Name, rtype: Option<&str>, set: Option<&str>) -> String {
    match (rtype, set) {
        (None, _) => name.listed(),
        (Some(rtype), None) => format!("{} {rtype}", name.listed()),
        (Some(rtype), Some(set)) => record(name, rtype, Some(set)),
    }
}

/// Where a zone stands among the zones by name, the id deciding between equals (I-21).
pub fn zone(name: &Name, id: &str) -> String {
    format!("{} {id}", name.listed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse_route53(text).expect("a name")
    }

    #[test]
    fn i18_i20_types_and_identifiers_follow_and_starts_come_before_them() {
        let a = name("a.example.com");
        let all = [
            start(&a, None, None),
            start(&a, Some("A"), None),
            record(&a, "A", None),
            start(&a, Some("A"), Some("b")),
            record(&a, "A", Some("blue")),
            record(&a, "AAAA", None),
            record(&a, "MX", None),
            // The parent's child sorts behind it, whatever it is called.
            record(&name("!.a.example.com"), "A", None),
        ];
        assert!(all.is_sorted(), "{all:?}");
    }
}

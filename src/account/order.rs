//! Where names and record sets stand in listings, as texts that sort so (I-18).

use crate::model::Name;

/// A name with its labels reversed and a dot behind each, in the API's escapes: `com.example.www.`; the root is empty.
pub fn reversed(name: &Name) -> String {
    let text = name.to_route53();
    let mut labels: Vec<&str> = text.trim_end_matches('.').split('.').filter(|label| !label.is_empty()).collect();
    labels.reverse();
    labels.iter().flat_map(|label| [*label, "."]).collect()
}

/// Where a record set stands in its zone's listing: by name, then type, then SetIdentifier. Blanks separate, as they sort
/// before everything that a name holds and no name holds one.
pub fn record(name: &Name, rtype: &str, set: Option<&str>) -> String {
    format!("{}{}", group(name, rtype), set.unwrap_or_default())
}

/// What the places of all record sets of a name and type begin with.
pub fn group(name: &Name, rtype: &str) -> String {
    format!("{} {rtype} ", reversed(name))
}

/// Where a listing begins that is to start at these (I-20).
pub fn start(name: &Name, rtype: Option<&str>, set: Option<&str>) -> String {
    match (rtype, set) {
        (None, _) => reversed(name),
        (Some(rtype), None) => format!("{} {rtype}", reversed(name)),
        (Some(rtype), Some(set)) => record(name, rtype, Some(set)),
    }
}

/// Where a zone stands among the zones by name, the id deciding between equals (I-21).
pub fn zone(name: &Name, id: &str) -> String {
    format!("{} {id}", reversed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse_route53(text).expect("a name")
    }

    #[test]
    fn t358_i18_names_stand_as_route_53_lists_them() {
        let apex = name("example.com");
        let labels = ["", "0.", "*.", "_s.", "a-b.", "a.", "b.a.", "z."];
        let sorted: Vec<_> =
            labels.iter().map(|label| record(&name(&format!("{label}example.com")), "A", None)).collect();
        assert!(sorted.is_sorted(), "{sorted:?}");
        assert_eq!(reversed(&apex), "com.example.");
        assert_eq!(reversed(&name("*.example.com")), r"com.example.\052.");
        assert_eq!(reversed(&Name::root()), "");
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

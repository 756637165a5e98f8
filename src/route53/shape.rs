//! What a member of the model may hold, and the words for what it may not.

use std::net::IpAddr;

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// Members, in the order of the model.
    Structure(&'static [Member]),
    /// Values of one shape.
    List {
        /// The shape of each.
        item: &'static Self,
        /// What the element of each is called.
        element: &'static str,
        /// How many there must be.
        min: usize,
        /// How many there may be.
        max: Option<usize>,
    },
    /// Text; bounds count characters.
    Text {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: Option<usize>,
        /// Which characters.
        form: Form,
    },
    /// The id of a zone, change or delegation set, with or without what the API puts in front of it.
    Id {
        /// The most characters, without that.
        max: usize,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Whole {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
    },
    /// A number.
    Real,
    /// True or false.
    Truth,
    /// A moment as ISO 8601; the API only gives them.
    Moment,
}

/// One member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in XML and JSON.
    pub name: &'static str,
    /// What it holds.
    pub shape: &'static Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Where it travels.
    pub place: Place,
}

/// Where a member travels, and what it is called there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the body, by its own name.
    Body,
    /// In the path.
    Path(&'static str),
    /// In the query.
    Query(&'static str),
    /// In a header of the response.
    Header(&'static str),
}

/// The patterns of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// No pattern.
    Any,
    /// Something besides blanks.
    NotBlank,
    /// Letters, digits, `_` and `-`.
    Word,
    /// The same and `*`.
    WordOrStar,
    /// ASCII.
    Ascii,
    /// Degrees, with at most two decimals.
    Latitude,
    /// Degrees, with at most two decimals.
    Longitude,
    /// A UUID in lower case.
    Uuid,
    /// An IPv4 or IPv6 address.
    Address,
}

impl Form {
    /// Whether a text keeps to the pattern.
    pub fn is_kept_by(self, text: &str) -> bool {
        let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        match self {
            Self::Any => true,
            Self::NotBlank => text.chars().any(|letter| !letter.is_whitespace()),
            Self::Word => !text.is_empty() && text.chars().all(word),
            Self::WordOrStar => !text.is_empty() && text.chars().all(|letter| word(letter) || letter == '*'),
            Self::Ascii => !text.is_empty() && text.is_ascii(),
            Self::Latitude => is_degrees(text, 2),
            Self::Longitude => is_degrees(text, 3),
            Self::Uuid => is_uuid(text),
            Self::Address => text.parse::<IpAddr>().is_ok(),
        }
    }

    /// The pattern as messages show it.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Any => ".*",
            Self::NotBlank => r".*\S.*",
            Self::Word => r"[0-9A-Za-z_\-]+",
            Self::WordOrStar => r"[0-9A-Za-z_\-\*]+",
            Self::Ascii => r"\p{ASCII}+",
            Self::Latitude => r"[-+]?[0-9]{1,2}(\.[0-9]{0,2})?",
            Self::Longitude => r"[-+]?[0-9]{1,3}(\.[0-9]{0,2})?",
            Self::Uuid => "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
            Self::Address => "an IPv4 or IPv6 address",
        }
    }
}

fn is_degrees(text: &str, whole: usize) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (integer, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    (1..=whole).contains(&integer.len()) && digits(integer) && decimals.len() <= 2 && digits(decimals)
}

fn is_uuid(text: &str) -> bool {
    let hexadecimal = |part: &str| part.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hexadecimal)
}

/// What comes before ids where the API writes them.
const PREFIXES: [&str; 3] = ["/hostedzone/", "/change/", "/delegationset/"];

/// An id without what the API may have put in front of it.
pub fn bare_id(id: &str) -> &str {
    PREFIXES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_the_patterns_of_the_model() {
        let kept = [
            (Form::NotBlank, " a "),
            (Form::Word, "a-B_9"),
            (Form::WordOrStar, "*"),
            (Form::Ascii, " \n~"),
            (Form::Latitude, "-12.34"),
            (Form::Latitude, "+1."),
            (Form::Longitude, "180"),
            (Form::Uuid, "0123abcd-0123-0123-0123-0123456789ab"),
            (Form::Address, "::1"),
        ];
        for (form, text) in kept {
            assert!(form.is_kept_by(text), "{form:?} {text:?}");
        }
        let broken = [
            (Form::NotBlank, " \t"),
            (Form::Word, ""),
            (Form::Word, "*"),
            (Form::Ascii, "é"),
            (Form::Latitude, "123"),
            (Form::Latitude, ".5"),
            (Form::Longitude, "1.234"),
            (Form::Longitude, "--1"),
            (Form::Uuid, "0123ABCD-0123-0123-0123-0123456789ab"),
            (Form::Uuid, "0123abcd-0123-0123-0123-0123456789a"),
            (Form::Address, "1.2.3.04"),
        ];
        for (form, text) in broken {
            assert!(!form.is_kept_by(text), "{form:?} {text:?}");
        }
    }

    #[test]
    fn ids_lose_what_the_api_put_in_front_of_them() {
        assert_eq!(bare_id("/hostedzone/Z1"), "Z1");
        assert_eq!(bare_id("/change/C1"), "C1");
        assert_eq!(bare_id("/delegationset/N1"), "N1");
        assert_eq!(bare_id("Z1"), "Z1");
        assert_eq!(bare_id("hostedzone/Z1"), "hostedzone/Z1");
    }
}

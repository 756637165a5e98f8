//! What is wrong with a value, in our words and in Route 53's.

use std::fmt;

use crate::model::RecordType;
use crate::model::name::NameError;

/// A value that is not one of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdataError {
    /// The type the value was read as.
    pub rtype: RecordType,
    /// What is wrong.
    pub fault: Fault,
    /// The part of the value that is wrong; the whole value when Route 53's syntax was read.
    pub value: Box<str>,
}

/// What can be wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The value ends where this was expected.
    Missing(&'static str),
    /// More fields than the type has.
    Extra,
    /// Not a decimal number from 0 to `max`.
    Number {
        /// The largest number allowed.
        max: u32,
    },
    /// Not a dotted quad.
    Ipv4,
    /// Not an IPv6 address (RFC 4291 §2.2).
    Ipv6,
    /// Not a domain name.
    Name(NameError),
    /// A character-string outside quotation marks, where they are demanded (N-18).
    Unquoted,
    /// Quotation marks around something other than a character-string, or inside an unquoted one.
    Quoted,
    /// Two quoted strings without a blank between (N-20).
    Adjacent,
    /// A quotation mark that is never closed.
    Unclosed,
    /// A character-string of more than 255 octets (RFC 1035 §3.3).
    StringTooLong,
    /// A value of more than 4000 characters (spec §2.6).
    ValueTooLong,
    /// A backslash that begins no valid escape.
    Escape,
    /// A semicolon outside quotes: it would begin a comment.
    Comment,
    /// Not pairs of hexadecimal digits.
    Hex,
    /// Not base64 (RFC 4648 §4).
    Base64,
    /// Not base32hex (RFC 4648 §7).
    Base32,
    /// Not a record type.
    Type,
    /// A CAA tag that is not letters and digits (RFC 8659 §4.1).
    Tag,
    /// A CAA tag Route 53 does not take without the critical flag (§2.3).
    TagNotAllowed,
    /// An SvcPriority over 32767, which Route 53 refuses (§2.3).
    SvcPriority,
    /// A rule of SvcParams, in words (RFC 9460 §2).
    Svc(String),
    /// Another rule of the type, in words.
    Rule(&'static str),
    /// More than 65,535 octets.
    TooLong,
    /// The bytes do not have the type's fields.
    Wire,
    /// A type that is never zone data, or that has no text form but `\#`.
    NoForm,
    /// `\#` with a length that is not that of the hex behind it (RFC 3597 §5).
    GenericLength,
}

/// A fault and the token it was found in.
#[derive(Debug)]
pub(super) struct Bad {
    pub(super) fault: Fault,
    pub(super) value: String,
}

impl Bad {
    pub(super) fn new(fault: Fault, token: &[u8]) -> Self {
        Self { fault, value: String::from_utf8_lossy(token).into_owned() }
    }

    pub(super) fn of(self, rtype: RecordType) -> RdataError {
        RdataError { rtype, fault: self.fault, value: self.value.into() }
    }
}

impl fmt::Display for RdataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.value.chars().count() > 60 {
            format!("{:?}", self.value.chars().take(57).collect::<String>() + "...")
        } else {
            format!("{:?}", self.value)
        };
        match &self.fault {
            Fault::Missing(what) => write!(f, "the value ends where {what} is expected"),
            Fault::Extra => write!(f, "{shown} is more than the type's fields"),
            Fault::Number { max } => write!(f, "{shown} is not a number in 0..={max}"),
            Fault::Ipv4 => write!(f, "{shown} is not an IPv4 address"),
            Fault::Ipv6 => write!(f, "{shown} is not an IPv6 address"),
            Fault::Name(error) => write!(f, "{shown} is not a domain name: {error}"),
            Fault::Unquoted => write!(f, "{shown} is not enclosed in quotation marks"),
            Fault::Quoted => write!(f, "a quotation mark is out of place in {shown}"),
            Fault::Adjacent => write!(f, "quoted strings need a blank between them in {shown}"),
            Fault::Unclosed => write!(f, "a quotation mark is never closed in {shown}"),
            Fault::StringTooLong => write!(f, "the character-string {shown} is longer than 255 octets"),
            Fault::ValueTooLong => write!(f, "the value {shown} is longer than 4000 characters"),
            Fault::Escape => write!(f, "a backslash begins no valid escape in {shown}"),
            Fault::Comment => write!(f, "a semicolon outside quotation marks begins a comment in {shown}"),
            Fault::Hex => write!(f, "{shown} is not pairs of hexadecimal digits"),
            Fault::Base64 => write!(f, "{shown} is not base64"),
            Fault::Base32 => write!(f, "{shown} is not base32hex"),
            Fault::Type => write!(f, "{shown} is no record type"),
            Fault::Tag => write!(f, "the tag {shown} is not letters and digits only"),
            Fault::TagNotAllowed => {
                write!(f, "only issue, issuewild and iodef are allowed without the critical flag in {shown}")
            }
            Fault::SvcPriority => write!(f, "the SvcPriority is over 32767 in {shown}"),
            Fault::Svc(rule) => f.write_str(rule),
            Fault::Rule(rule) => write!(f, "{rule} in {shown}"),
            Fault::TooLong => write!(f, "the record data is longer than 65535 octets"),
            Fault::Wire => write!(f, "the bytes {shown} do not have the fields of type {}", self.rtype),
            Fault::NoForm => write!(f, "type {} has no text form", self.rtype),
            Fault::GenericLength => write!(f, "the length {shown} after \\# is not that of the hex that follows"),
        }
    }
}

impl std::error::Error for RdataError {}

impl RdataError {
    /// Route 53's error code; the ones not in §2.3 or N-6 are formed by analogy. Empty where the service gives only
    /// a sentence.
    pub fn code(&self) -> String {
        let of_type = |word: &str| format!("{}RRDATA{word}", self.rtype);
        match &self.fault {
            Fault::Missing(_) | Fault::Extra => of_type(&format!("Not{}", self.field_count().0)),
            Fault::Number { .. } => of_type("InvalidNumber"),
            Fault::Ipv4 => "ARRDATAIllegalIPv4Address".to_owned(),
            Fault::Ipv6 => "AAAARRDATAIllegalIPv6Address".to_owned(),
            Fault::Name(NameError::EmptyLabel) => "DomainLabelEmpty".to_owned(),
            Fault::Name(NameError::LabelTooLong) => "DomainLabelTooLong".to_owned(),
            Fault::Name(NameError::NameTooLong) => "DomainNameTooLong".to_owned(),
            Fault::Name(_) => "UnsupportedCharacter".to_owned(),
            Fault::Unquoted | Fault::Quoted | Fault::Adjacent | Fault::Unclosed | Fault::Escape | Fault::Comment => {
                "InvalidCharacterString".to_owned()
            }
            Fault::StringTooLong | Fault::ValueTooLong => "CharacterStringTooLong".to_owned(),
            Fault::Tag | Fault::TagNotAllowed => "CAARRDATAInvalidTag".to_owned(),
            Fault::SvcPriority => String::new(),
            Fault::Hex => of_type("InvalidHex"),
            Fault::Base64 | Fault::Base32 => of_type("InvalidEncoding"),
            Fault::Svc(_) => of_type("InvalidSvcParams"),
            Fault::Type | Fault::Rule(_) | Fault::TooLong | Fault::Wire | Fault::NoForm | Fault::GenericLength => {
                of_type("InvalidValue")
            }
        }
    }

    /// The sentence the service sends: `FATAL problem: <code> (<text>) encountered with '<value>'` (N-18).
    pub fn route53(&self) -> String {
        let text = match &self.fault {
            Fault::SvcPriority => return "Unsupported SvcPriority value.".to_owned(),
            Fault::Missing(_) | Fault::Extra => self.field_count().1,
            Fault::Number { .. } => "Value is not a valid number".to_owned(),
            Fault::Ipv4 => "Value is not a valid IPv4 address".to_owned(),
            Fault::Ipv6 => "Value is not a valid IPv6 address".to_owned(),
            Fault::Name(NameError::EmptyLabel) => "Domain label is empty".to_owned(),
            Fault::Name(NameError::LabelTooLong) => "Domain label is too long".to_owned(),
            Fault::Name(NameError::NameTooLong) => "Domain name is too long".to_owned(),
            Fault::Name(_) => "Value contains unsupported characters".to_owned(),
            Fault::Unquoted | Fault::Quoted => "Value should be enclosed in quotation marks".to_owned(),
            Fault::StringTooLong | Fault::ValueTooLong => "Value is too long".to_owned(),
            Fault::Tag | Fault::TagNotAllowed => "Invalid tag".to_owned(),
            _ => self.to_string(),
        };
        let value = match self.fault {
            Fault::TagNotAllowed => "Only issue/issuewild/iodef is allowed for non critical flags.",
            _ => &self.value,
        };
        format!("FATAL problem: {} ({text}) encountered with '{value}'", self.code())
    }

    fn field_count(&self) -> (String, String) {
        const WORDS: [&str; 8] = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven"];
        match super::schema::fields(self.rtype).map_or(1, <[_]>::len) {
            0 | 1 => ("SingleField".to_owned(), "Value contains spaces".to_owned()),
            n => (
                format!("{}Fields", WORDS.get(n).copied().unwrap_or("Enough")),
                format!("{} record doesn't have {n} fields", self.rtype),
            ),
        }
    }
}

//! JSON as a traffic policy document has it: objects keep every key they were written with, also twice.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The most faults that are told of one document.
const MOST_FAULTS: usize = 20;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Truth(bool),
    /// As `serde_json` prints it.
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Truth(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}

impl Json {
    /// As it would be written, cut short for a message.
    fn shown(&self) -> String {
        let text = match self {
            Self::Null => "null".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        };
        match text.char_indices().nth(100) {
            Some((cut, _)) => format!("{}…", &text[..cut]),
            None => text,
        }
    }
}

/// Notes what is wrong, unless enough is: a message with a fault for every key would be many times as long as the document.
pub(super) fn note(problems: &mut Vec<String>, what: impl FnOnce() -> String) {
    if problems.len() < MOST_FAULTS {
        problems.push(what());
    }
}

/// An object read member by member; what is wrong is told with its path in the document.
pub(super) struct Fields {
    /// `Rules.site.Primary`; empty for the document itself.
    path: String,
    members: Vec<(String, Json)>,
}

impl Fields {
    /// The members of a value that should be an object; null counts as absent, of a key written twice the first counts.
    pub(super) fn of(path: impl Into<String>, json: Json, problems: &mut Vec<String>) -> Self {
        let mut fields = Self { path: path.into(), members: Vec::new() };
        let Json::Object(members) = json else {
            fields.fault(problems, format!("expected an object, but found {}", json.shown()));
            return fields;
        };
        let mut known = BTreeSet::new();
        for (key, value) in members {
            if known.insert(key.clone()) {
                fields.members.push((key, value));
            } else {
                fields.fault(problems, format!("{key} is written twice"));
            }
        }
        fields.members.retain(|(_, value)| *value != Json::Null);
        fields
    }

    /// The path of a member.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Notes what is wrong with the object.
    pub(super) fn fault(&self, problems: &mut Vec<String>, what: impl fmt::Display) {
        note(problems, || if self.path.is_empty() { what.to_string() } else { format!("{}: {what}", self.path) });
    }

    /// Whether a member is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|(known, _)| known == key)
    }

    /// Whether a member is this text.
    pub(super) fn says(&self, key: &str, text: &str) -> bool {
        self.members.iter().any(|(known, value)| known == key && matches!(value, Json::Text(said) if said == text))
    }

    /// A member, taken out.
    pub(super) fn take(&mut self, key: &str) -> Option<Json> {
        let at = self.members.iter().position(|(known, _)| known == key)?;
        Some(self.members.remove(at).1)
    }

    /// All members, taken out.
    pub(super) fn drain(&mut self) -> Vec<(String, Json)> {
        std::mem::take(&mut self.members)
    }

    fn typed<T>(
        &mut self,
        key: &str,
        kind: &str,
        problems: &mut Vec<String>,
        read: impl Fn(&Json) -> Option<T>,
    ) -> Option<T> {
        let json = self.take(key)?;
        let value = read(&json);
        if value.is_none() {
            self.fault(problems, format!("{key} must be {kind}, but is {}", json.shown()));
        }
        value
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str, problems: &mut Vec<String>) -> Option<String> {
        self.typed(key, "a string", problems, |json| match json {
            Json::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// Degrees, as a string or a number (F-1).
    pub(super) fn decimal(&mut self, key: &str, problems: &mut Vec<String>) -> Option<String> {
        self.typed(key, "a number", problems, |json| match json {
            Json::Text(text) | Json::Number(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// A truth value, as itself or as a string (F-1).
    pub(super) fn truth(&mut self, key: &str, problems: &mut Vec<String>) -> Option<bool> {
        self.typed(key, "true or false", problems, |json| match json {
            Json::Truth(truth) => Some(*truth),
            Json::Text(text) => text.to_ascii_lowercase().parse().ok(),
            _ => None,
        })
    }

    /// A whole number within bounds, as itself or as a string (F-1).
    pub(super) fn number(
        &mut self,
        key: &str,
        range: std::ops::RangeInclusive<i64>,
        problems: &mut Vec<String>,
    ) -> Option<i64> {
        let kind = format!("a whole number from {} to {}", range.start(), range.end());
        self.typed(key, &kind, problems, |json| match json {
            Json::Text(text) | Json::Number(text) => text.parse().ok().filter(|number| range.contains(number)),
            _ => None,
        })
    }

    /// A list.
    pub(super) fn list(&mut self, key: &str, problems: &mut Vec<String>) -> Option<Vec<Json>> {
        let list = self.typed(key, "a list", problems, |json| matches!(json, Json::List(_)).then(|| json.clone()))?;
        if let Json::List(items) = list { Some(items) } else { None }
    }

    /// Notes every member that nobody took: a word misspelt would otherwise go by unheard.
    pub(super) fn finish(self, problems: &mut Vec<String>) {
        for (key, _) in &self.members {
            self.fault(problems, format!("{key} is not known here"));
        }
    }
}

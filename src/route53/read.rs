//! Requests: path, query and body by the shapes of the model; everything that is wrong is said at once.
//!
//! What the schema of the XML would refuse is told as a fault of the document, the rest as a broken constraint.

use serde_json::{Map, Number, Value};

use super::element::Element;
use super::error::ApiError;
use super::operation::{Asked, Input};
use super::operations::Code;
use super::shape::{Form, Member, Place, Shape, bare_id};

/// The most faults one message tells.
const MOST_FAULTS: usize = 20;
/// The most characters of a value that a message repeats.
const LONGEST_ECHO: usize = 128;

/// Reads the request of an operation. `body` may be empty where nothing in it is required.
pub fn read<I: Input>(asked: &Asked, query: &[(String, String)], body: &[u8]) -> Result<I, ApiError> {
    let route = I::OPERATION.route();
    let Shape::Structure(members) = route.input else { return Err(internal("the input is no structure")) };
    let document = match route.root {
        Some(root) if !body.iter().all(u8::is_ascii_whitespace) => Some(document(root, body)?),
        _ => None,
    };
    let mut reading = Reading::default();
    let nothing = Element::default();
    let mut values = reading.structure(document.as_ref().unwrap_or(&nothing), members);
    for member in *members {
        let text = match member.place {
            Place::Body | Place::Header(_) => continue,
            Place::Path(name) => asked.members.iter().find(|(named, _)| *named == name).map(|(_, text)| text),
            Place::Query(name) => query.iter().find(|(named, _)| named == name).map(|(_, text)| text),
        };
        reading.at(member.name, |reading| match text {
            Some(text) => {
                let value = reading.simple(text, member.shape, true);
                values.insert(member.name.to_owned(), value);
            }
            None if member.required => reading.missing(),
            None => {}
        });
    }
    reading.outcome()?;
    serde_json::from_value(Value::Object(values)).map_err(|error| internal(&error.to_string()))
}

fn internal(why: &str) -> ApiError {
    ApiError::new(Code::InternalFailure, format!("the request could not be read: {why}"))
}

fn document(root: &str, body: &[u8]) -> Result<Element, ApiError> {
    let element = Element::parse(body).map_err(|why| ApiError::invalid_input(format!("Invalid XML ; {why}")))?;
    if element.name == root {
        return Ok(element);
    }
    let why =
        format!("cvc-elt.1: Cannot find the declaration of element '{}'; '{root}' is expected.", echo(&element.name));
    Err(ApiError::invalid_input(format!("Invalid XML ; {why}")))
}

/// As much of a text as a message may repeat.
fn echo(text: &str) -> String {
    if text.chars().count() <= LONGEST_ECHO {
        return text.to_owned();
    }
    text.chars().take(LONGEST_ECHO).chain("...".chars()).collect()
}

#[derive(Default)]
struct Reading {
    /// What the schema would refuse.
    document: Vec<String>,
    /// Constraints that are broken, as many as are told.
    constraints: Vec<String>,
    /// How many are broken.
    broken: usize,
    /// Where reading is.
    path: Vec<String>,
}

impl Reading {
    fn outcome(self) -> Result<(), ApiError> {
        if !self.document.is_empty() {
            return Err(ApiError::invalid_input(format!("Invalid XML ; {}", self.document.join(" ; "))));
        }
        let count = self.broken;
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        let told = self.constraints.join("; ");
        Err(ApiError::invalid_input(format!("{count} validation {errors} detected: {told}")))
    }

    fn at<T>(&mut self, name: &str, then: impl FnOnce(&mut Self) -> T) -> T {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        self.path.push(first.into_iter().chain(letters).collect());
        let value = then(self);
        self.path.pop();
        value
    }

    fn broken(&mut self, value: Option<&str>, constraint: &str) {
        self.broken += 1;
        if self.constraints.len() == MOST_FAULTS {
            return;
        }
        let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{}'", echo(value)));
        let at = self.path.join(".");
        self.constraints.push(format!("Value {value} at '{at}' failed to satisfy constraint: {constraint}"));
    }

    fn missing(&mut self) {
        self.broken(None, "Member must not be null");
    }

    fn refused(&mut self, why: String) {
        if self.document.len() < MOST_FAULTS {
            self.document.push(why);
        }
    }

    fn structure(&mut self, element: &Element, members: &[Member]) -> Map<String, Value> {
        let mut values = Map::new();
        if !element.is_blank() {
            let why = "must have no character [children], because the type's content type is element-only";
            self.refused(format!("cvc-complex-type.2.3: Element '{}' {why}.", echo(&element.name)));
        }
        for child in &element.children {
            let is_named = |member: &&Member| member.place == Place::Body && member.name == child.name;
            match members.iter().find(is_named) {
                Some(member) if !values.contains_key(member.name) => {
                    let value = self.at(member.name, |reading| reading.value(child, member.shape));
                    values.insert(member.name.to_owned(), value);
                }
                _ => self.refused(unexpected(&child.name)),
            }
        }
        for member in members.iter().filter(|member| member.place == Place::Body && member.required) {
            if !values.contains_key(member.name) {
                self.at(member.name, Self::missing);
            }
        }
        values
    }

    fn value(&mut self, element: &Element, shape: &Shape) -> Value {
        match shape {
            Shape::Structure(members) => Value::Object(self.structure(element, members)),
            Shape::List { item, element: name, min, max } => {
                let mut values = Vec::with_capacity(element.children.len());
                for child in &element.children {
                    if child.name != *name {
                        self.refused(unexpected(&child.name));
                        continue;
                    }
                    let path = self.path.len();
                    self.path.push((values.len() + 1).to_string());
                    self.path.push("member".to_owned());
                    values.push(self.value(child, item));
                    self.path.truncate(path);
                }
                self.length(values.len(), *min, *max, "[...]");
                Value::Array(values)
            }
            _ => {
                if let Some(child) = element.children.first() {
                    self.refused(unexpected(&child.name));
                }
                self.simple(&element.text, shape, false)
            }
        }
    }

    fn length(&mut self, length: usize, min: usize, max: Option<usize>, value: &str) {
        if length < min {
            self.broken(Some(value), &format!("Member must have length greater than or equal to {min}"));
        }
        if let Some(max) = max.filter(|max| length > *max) {
            self.broken(Some(value), &format!("Member must have length less than or equal to {max}"));
        }
    }

    /// A value without parts; outside a document there is no schema that could refuse it.
    fn simple(&mut self, text: &str, shape: &Shape, outside: bool) -> Value {
        let number = |kind| format!("cvc-datatype-valid.1.2.1: '{}' is not a valid value for '{kind}'.", echo(text));
        let refuse = |reading: &mut Self, kind| match outside {
            true => reading.broken(Some(text), &format!("Member must be a valid {kind}")),
            false => reading.refused(number(kind)),
        };
        match shape {
            Shape::Id { max } => {
                let id = bare_id(text);
                self.length(id.chars().count(), 0, Some(*max), id);
                Value::String(id.to_owned())
            }
            Shape::Text { min, max, form } => {
                self.text(text, *min, *max, *form);
                Value::String(text.to_owned())
            }
            Shape::OneOf(words) => {
                self.word(text, words, outside);
                Value::String(text.to_owned())
            }
            Shape::Moment => Value::String(text.to_owned()),
            Shape::Truth => match text.trim_ascii() {
                "true" | "1" => Value::Bool(true),
                "false" | "0" => Value::Bool(false),
                _ => {
                    refuse(self, "boolean");
                    Value::Null
                }
            },
            Shape::Whole { min, max } => match text.trim_ascii().parse::<i64>() {
                Ok(number) => {
                    self.range(number, *min, *max);
                    Value::from(number)
                }
                Err(_) => {
                    refuse(self, "integer");
                    Value::Null
                }
            },
            Shape::Real => match text.trim_ascii().parse().ok().and_then(Number::from_f64) {
                Some(number) => Value::Number(number),
                None => {
                    refuse(self, "double");
                    Value::Null
                }
            },
            Shape::Structure(_) | Shape::List { .. } => Value::Null,
        }
    }

    fn text(&mut self, text: &str, min: usize, max: Option<usize>, form: Form) {
        self.length(text.chars().count(), min, max, text);
        if !form.is_kept_by(text) {
            self.broken(Some(text), &format!("Member must satisfy regular expression pattern: {}", form.pattern()));
        }
    }

    fn word(&mut self, text: &str, words: &[&str], outside: bool) {
        if words.contains(&text) {
            return;
        }
        let words = words.join(", ");
        if outside {
            self.broken(Some(text), &format!("Member must satisfy enum value set: [{words}]"));
        } else {
            // I-10
            let what = format!("Value '{}' is not facet-valid with respect to enumeration '[{words}]'", echo(text));
            self.refused(format!("cvc-enumeration-valid: {what}. It must be a value from the enumeration."));
        }
    }

    fn range(&mut self, number: i64, min: Option<i64>, max: Option<i64>) {
        let text = number.to_string();
        if let Some(min) = min.filter(|min| number < *min) {
            self.broken(Some(&text), &format!("Member must have value greater than or equal to {min}"));
        }
        if let Some(max) = max.filter(|max| number > *max) {
            self.broken(Some(&text), &format!("Member must have value less than or equal to {max}"));
        }
    }
}

fn unexpected(name: &str) -> String {
    format!("cvc-complex-type.2.4.a: Invalid content was found starting with element '{}'.", echo(name))
}

//! Responses: a structure of the model as one line of XML, in the model's order, with every required member.

use serde_json::Value;

use super::element::escape;
use super::error::{ApiError, NAMESPACE};
use super::operation::{Input, Route};
use super::operations::Code;
use super::shape::{Place, Shape};

/// A response of an operation that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `Location` header: where what was made is found.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

/// Writes what an operation gives.
pub fn write<I: Input>(output: &I::Output) -> Result<Answer, ApiError> {
    let route = I::OPERATION.route();
    let internal = |error: serde_json::Error| {
        ApiError::new(Code::InternalFailure, format!("the response could not be written: {error}"))
    };
    Ok(answer(route, &serde_json::to_value(output).map_err(internal)?))
}

fn answer(route: &Route, value: &Value) -> Answer {
    let mut body = format!("<?xml version=\"1.0\"?>\n<{} xmlns=\"{NAMESPACE}\">", route.answer);
    content(value, route.output, &mut body);
    body.push_str(&format!("</{}>", route.answer));
    Answer { status: route.status, location: location(value, route.output), body }
}

fn location(value: &Value, shape: &Shape) -> Option<String> {
    let Shape::Structure(members) = shape else { return None };
    let member = members.iter().find(|member| member.place == Place::Header("Location"))?;
    value.get(member.name)?.as_str().map(str::to_owned)
}

fn content(value: &Value, shape: &Shape, out: &mut String) {
    match (shape, value) {
        (Shape::Structure(members), _) => {
            for member in members.iter().filter(|member| member.place == Place::Body) {
                if let Some(value) = value.get(member.name) {
                    element(member.name, value, member.shape, out);
                }
            }
        }
        (Shape::List { item, element: name, .. }, Value::Array(values)) => {
            for value in values {
                element(name, value, item, out);
            }
        }
        (_, Value::String(text)) => escape(text, out),
        (_, value) => out.push_str(&value.to_string()),
    }
}

/// Appends a value of a shape as an element.
pub(super) fn element(name: &str, value: &Value, shape: &Shape, out: &mut String) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    content(value, shape, out);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

//! Which operation a request asks for.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::operations::{Code, Operation};
use super::shape::{Place, Shape};

/// The HTTP methods of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Changes.
    Post,
    /// Deletes.
    Delete,
}

/// How an operation is asked for, what it takes and what it gives.
#[derive(Debug)]
pub struct Route {
    /// What the operation is called.
    pub name: &'static str,
    /// The method of the request.
    pub method: Method,
    /// The path after the version; `{Name}` stands for a member.
    pub path: &'static str,
    /// The status of success.
    pub status: u16,
    /// The root element of the request's body; none where there is no body.
    pub root: Option<&'static str>,
    /// The structure of the request.
    pub input: &'static Shape,
    /// The structure of the response.
    pub output: &'static Shape,
    /// The root element of the response's body.
    pub answer: &'static str,
}

impl Route {
    /// Whether the query may hold a parameter of this name.
    pub fn takes(&self, name: &str) -> bool {
        let Shape::Structure(members) = self.input else { return false };
        members.iter().any(|member| matches!(member.place, Place::Query(parameter) if parameter == name))
    }
}

/// The request of an operation.
pub trait Input: DeserializeOwned {
    /// Whose it is.
    const OPERATION: Operation;
    /// What that operation answers.
    type Output: Serialize;
}

/// What the path of a request says: the operation and the members that are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The operation.
    pub operation: Operation,
    /// Names in the path of its route, and what stands in their places.
    pub members: Vec<(&'static str, String)>,
}

impl Operation {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.route().name
    }

    /// Whether it changes nothing: the operations that GET, and ListTagsForResources.
    pub fn only_reads(self) -> bool {
        self.route().method == Method::Get || self == Self::ListTagsForResources
    }

    /// Finds the operation of a request by method and path, as they are on the wire. Any `/YYYY-MM-DD/` is
    /// taken for the version, one `/` at the end does not matter, and ids may bring `/hostedzone/` along.
    pub fn find(method: &str, path: &str) -> Result<Asked, ApiError> {
        let unknown =
            || ApiError::new(Code::InvalidAction, format!("Unable to determine the operation of {method} {path}"));
        let asked = match method {
            "GET" => Some(Method::Get),
            "POST" => Some(Method::Post),
            "DELETE" => Some(Method::Delete),
            _ => None,
        };
        let segments = segments(path).ok_or_else(unknown)?;
        let mut is_known = false;
        for operation in Self::ALL {
            let route = operation.route();
            let Some(members) = members(route.path, &segments) else { continue };
            if Some(route.method) == asked {
                return Ok(Asked { operation, members });
            }
            is_known = true;
        }
        if !is_known {
            return Err(unknown());
        }
        Err(ApiError::new(Code::MethodNotAllowed, format!("{method} is not allowed on {path}")))
    }
}

/// The segments after the version, decoded.
fn segments(path: &str) -> Option<Vec<String>> {
    let (version, rest) = path.strip_prefix('/')?.split_once('/')?;
    let is_date = version.len() == 10
        && version
            .bytes()
            .enumerate()
            .all(|(at, octet)| if at == 4 || at == 7 { octet == b'-' } else { octet.is_ascii_digit() });
    if !is_date {
        return None;
    }
    rest.strip_suffix('/').unwrap_or(rest).split('/').map(decode).collect()
}

fn members(path: &'static str, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
    if path.split('/').count() != segments.len() {
        return None;
    }
    let mut members = Vec::new();
    for (expected, segment) in path.split('/').zip(segments) {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => members.push((name, segment.clone())),
            None if expected == segment => {}
            _ => return None,
        }
    }
    Some(members)
}

/// Text without its `%XX`; nothing where that is malformed or not UTF-8.
fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = rest else { return None };
        let digit = |octet: &u8| char::from(*octet).to_digit(16);
        octets.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
        rest = tail;
    }
    String::from_utf8(octets).ok()
}

/// The parameters of a query, decoded; `+` is a blank. What is malformed is left as it is.
pub fn parameters(query: &str) -> Vec<(String, String)> {
    let text = |text: &str| {
        let text = text.replace('+', " ");
        decode(&text).unwrap_or(text)
    };
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> (Operation, Vec<(&'static str, String)>) {
        let asked = Operation::find(method, path).unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        (asked.operation, asked.members)
    }

    #[test]
    fn every_operation_is_found_by_its_own_route() {
        for operation in Operation::ALL {
            let route = operation.route();
            let method = format!("{:?}", route.method).to_uppercase();
            let path = format!("/2013-04-01/{}", route.path.replace('{', "x").replace('}', "y"));
            for path in [path.clone(), format!("{path}/"), path.replace("2013-04-01", "2013-05-27")] {
                assert_eq!(found(&method, &path).0, operation, "{method} {path}");
            }
            assert!(matches!(route.input, Shape::Structure(_)) && matches!(route.output, Shape::Structure(_)));
        }
    }

    #[test]
    fn members_of_the_path_are_decoded() {
        let (operation, members) = found("POST", "/2013-04-01/hostedzone/%2Fhostedzone%2FZ1/rrset/");
        assert_eq!(operation, Operation::ChangeResourceRecordSets);
        assert_eq!(members, [("Id", "/hostedzone/Z1".to_owned())]);
        let (operation, members) = found("GET", "/2013-04-01/trafficpolicy/a%20b/3");
        assert_eq!(operation, Operation::GetTrafficPolicy);
        assert_eq!(members, [("Id", "a b".to_owned()), ("Version", "3".to_owned())]);
    }

    #[test]
    fn what_is_no_route_is_said_to_be_none() {
        for path in [
            "",
            "/",
            "/hostedzone",
            "/2013-04-01",
            "/2013-04-01/",
            "/2013-04-01/x",
            "/2013-4-1/hostedzone",
            "/2013-04-01/hostedzone//rrset",
            "/2013-04-01/hostedzone/%zz",
            "/2013-04-01/hostedzone/%ff",
        ] {
            assert_eq!(Operation::find("GET", path).unwrap_err().code, Code::InvalidAction, "{path}");
        }
        for method in ["PUT", "DELETE", "HEAD"] {
            assert_eq!(Operation::find(method, "/2013-04-01/hostedzone").unwrap_err().code, Code::MethodNotAllowed);
        }
    }

    #[test]
    fn parameters_are_decoded() {
        let pairs = parameters("name=%2A.go.example.&id=a%20b%26c&type&x=1=2&&y=a+b&z=%zz");
        let expected =
            [("name", "*.go.example."), ("id", "a b&c"), ("type", ""), ("x", "1=2"), ("y", "a b"), ("z", "%zz")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_only_reads_is_what_gets_and_one_more() {
        assert!(Operation::ListTagsForResources.only_reads() && Operation::TestDNSAnswer.only_reads());
        assert!(!Operation::ChangeTagsForResource.only_reads() && !Operation::DeleteHostedZone.only_reads());
    }
}

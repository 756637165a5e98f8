//! Errors as the API's clients hear them.

use super::element::escape;
use super::operations::Code;
use super::shapes::PROTECTION_ERRORS;
use super::types::ProtectionError;
use super::write::element;

/// The namespace of every body.
pub(super) const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// Why an operation was refused (I-17).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// What kind of refusal it is, in Route 53's words.
    pub code: Code,
    /// Why, for people; some clients look for parts of it.
    pub message: String,
    /// What is wrong with which record set; only protections say it (I-27).
    pub protections: Vec<ProtectionError>,
}

impl Code {
    /// The code as clients know it.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// Its HTTP status (§9.5).
    pub fn status(self) -> u16 {
        self.row().1
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl ApiError {
    /// A refusal with its reason.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), protections: Vec::new() }
    }

    /// InvalidInput, for what is malformed whatever the account holds (I-10).
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidInput, message)
    }

    /// InvalidChangeBatch with all that is wrong with a batch (I-17).
    pub fn batch<S: AsRef<str>>(messages: &[S]) -> Self {
        let messages: Vec<&str> = messages.iter().map(AsRef::as_ref).collect();
        Self::new(Code::InvalidChangeBatch, format!("[{}]", messages.join(", ")))
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The body of the response, one line.
    pub fn body(&self, request_id: &str) -> String {
        let side = if self.status() < 500 { "Sender" } else { "Receiver" };
        let mut body = format!(
            "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{}</Code><Message>",
            self.code
        );
        escape(&self.message, &mut body);
        body.push_str("</Message>");
        if let Ok(protections) = serde_json::to_value(&self.protections)
            && !self.protections.is_empty()
        {
            element("Errors", &protections, &PROTECTION_ERRORS, &mut body);
        }
        body.push_str("</Error><RequestId>");
        escape(request_id, &mut body);
        body.push_str("</RequestId></ErrorResponse>");
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route53::Element;

    #[test]
    fn a_batch_says_all_that_is_wrong_in_one_message() {
        // I-17, T345
        let error = ApiError::batch(&["one \"a\"", "two <b>"]);
        assert_eq!((error.status(), error.message.as_str()), (400, "[one \"a\", two <b>]"));
        let body = error.body("r-1");
        assert!(body.contains("<Message>[one &quot;a&quot;, two &lt;b&gt;]</Message>"), "{body}");
        let tree = Element::parse(body.as_bytes()).unwrap();
        assert_eq!(tree.name, "ErrorResponse");
        let [error, request] = &tree.children[..] else { panic!("{tree:?}") };
        let texts: Vec<_> = error.children.iter().map(|child| (child.name.as_str(), child.text.as_str())).collect();
        assert_eq!(texts, [("Type", "Sender"), ("Code", "InvalidChangeBatch"), ("Message", "[one \"a\", two <b>]")]);
        assert_eq!((request.name.as_str(), request.text.as_str()), ("RequestId", "r-1"));
    }

    #[test]
    fn statuses_are_those_of_the_model_and_of_the_front() {
        // §9.5, I-24
        let expected = [
            (Code::NoSuchHostedZone, 404),
            (Code::NoSuchDelegationSet, 400),
            (Code::NotAuthorizedException, 401),
            (Code::HealthCheckVersionMismatch, 409),
            (Code::Throttling, 400),
            (Code::AccessDenied, 403),
            (Code::InternalFailure, 500),
            (Code::ServiceUnavailable, 503),
        ];
        for (code, status) in expected {
            assert_eq!(code.status(), status, "{code}");
        }
        assert!(ApiError::new(Code::InternalFailure, "").body("").contains("<Type>Receiver</Type>"));
    }

    #[test]
    fn protections_say_what_is_wrong_with_each() {
        // I-27
        let mut error = ApiError::new(Code::ProtectionAlreadyExists, "all of them");
        error.protections.push(ProtectionError {
            record_name: "a.example.".to_owned(),
            record_type: "A".to_owned(),
            code: "ALREADY".to_owned(),
            message: "it is".to_owned(),
        });
        let inside = "<Errors><ProtectionError><RecordName>a.example.</RecordName><RecordType>A</RecordType><Code>ALREADY</Code><Message>it is</Message></ProtectionError></Errors></Error>";
        assert!(error.body("r").contains(inside));
    }
}

//! Statuses that scripts push over HTTP: who may, and what they say.

use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::watch::Watch;
use crate::control::Control;
use crate::edge::http::Pushed;
use crate::model::CheckId;
use crate::model::check::Status;
use crate::model::fleet::Secret;

const BEARER: &[u8] = b"Bearer ";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    status: Word,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Healthy,
    Unhealthy,
}

/// Takes the status of a check from a script that shows this Authorization header.
pub(super) fn push(
    control: &Control,
    watch: &Watch,
    check: &CheckId,
    authorization: Option<&[u8]>,
    body: &[u8],
) -> Pushed {
    let plan = control.plan();
    let Some(token) = &plan.push_token else {
        return Pushed::Nowhere("no push token is configured, so nothing is pushed here".to_owned());
    };
    if !is_shown(token, authorization) {
        tracing::debug!("a push without the push token was refused");
        return Pushed::Unauthorized;
    }
    let Body { status, reason } = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => {
            let like = r#"{"status":"healthy","reason":"…"} or {"status":"unhealthy","reason":"…"}"#;
            return Pushed::Malformed(format!("{error}; write {like}"));
        }
    };
    let status = match status {
        Word::Healthy => Status::Healthy,
        Word::Unhealthy => Status::Unhealthy,
    };
    match watch.push(check, status, &reason) {
        true => Pushed::Taken,
        false => Pushed::Nowhere("no such check is followed by pushes".to_owned()),
    }
}

/// Whether the header is `Bearer` and the token, in a time that tells nothing of the token.
fn is_shown(token: &Secret, authorization: Option<&[u8]>) -> bool {
    let Some((scheme, shown)) = authorization.and_then(|header| header.split_at_checked(BEARER.len())) else {
        return false;
    };
    scheme.eq_ignore_ascii_case(BEARER) && bool::from(shown.ct_eq(token.0.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_opens() {
        let shown = |header: &str| is_shown(&Secret("s3cret".into()), Some(header.as_bytes()));
        assert!(shown("Bearer s3cret") && shown("bearer s3cret"), "RFC 9110 §11.1: schemes have no case");
        for header in
            ["", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret2", "Bearer S3CRET", "Basic s3cret", "s3cret"]
        {
            assert!(!shown(header), "{header}");
        }
        assert!(!is_shown(&Secret("s3cret".into()), None));
    }

    #[test]
    fn a_body_says_a_status_and_may_say_why() {
        let read = |text: &str| serde_json::from_str::<Body>(text).map(|body| body.reason).ok();
        assert_eq!(read(r#"{"status":"healthy"}"#).as_deref(), Some(""));
        assert_eq!(read(r#"{"status":"unhealthy","reason":"full"}"#).as_deref(), Some("full"));
        for wrong in ["", "healthy", r#"{"status":"up"}"#, r#"{"reason":"x"}"#, r#"{"status":"healthy","until":1}"#] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

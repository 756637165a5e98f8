//! Signature Version 4: whose request it is, and whether they really sent it.
//!
//! A request is judged in two steps, so that nobody's body is read who does not name a key: [`Claim::read`] takes
//! what the head says of key, moment and signature; [`Claim::prove`] holds it against the secret and the real body.
//! A request may be sent again as long as its moment is in the window, as at AWS.

mod canonical;
#[cfg(test)]
mod tests;

use ring::digest::{SHA256, digest};
use ring::hmac;
use subtle::ConstantTimeEq;

use crate::route53::{ApiError, Code, parameters};
use canonical::canonical;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "route53";
const END: &str = "aws4_request";
/// How far a client's clock may be off, in seconds.
const WINDOW: i64 = 15 * 60;
/// The longest a presigned request may be good for, in seconds: seven days.
const LONGEST: i64 = 7 * 24 * 3600;
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
    Secret Access Key and signing method. Consult the service documentation for details.";

/// The head of a request as it is on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Head<'r> {
    /// The method.
    pub method: &'r str,
    /// The path, encoded.
    pub path: &'r str,
    /// The query, encoded, without its `?`.
    pub query: &'r str,
    /// Names and values of all headers in their order.
    pub headers: &'r [(String, Vec<u8>)],
}

impl Head<'_> {
    /// The first value of a header, by its name in lower case.
    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(named, _)| named.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok().map(str::trim)
    }
}

/// What a request says of who sent it and when; nothing of it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The id of the key.
    pub key: String,
    /// Day, Region, service and end, as the credential holds them.
    scope: String,
    /// The names of the headers that are signed, in lower case.
    signed: Vec<String>,
    signature: String,
    /// The moment as it is written: `20261128T050000Z`.
    moment: String,
    /// Whether it came in the query.
    is_presigned: bool,
}

impl Claim {
    /// Reads it and judges the moment; `now` is in seconds since 1970.
    pub fn read(head: &Head<'_>, now: i64) -> Result<Self, ApiError> {
        let query = parameters(head.query);
        let of_query = |name: &str| query.iter().find(|(named, _)| named == name).map(|(_, value)| value.as_str());
        let claim = match (head.header("authorization"), of_query("X-Amz-Signature")) {
            (Some(authorization), None) => {
                let moment = head.header("x-amz-date").or_else(|| head.header("date"));
                let parts = authorization
                    .strip_prefix(ALGORITHM)
                    .ok_or_else(|| incomplete(format!("Unsupported AWS 'algorithm': '{}'.", word(authorization))))?;
                let parts: Vec<_> = parts.split(',').filter_map(|part| part.trim().split_once('=')).collect();
                let part = |name: &str| parts.iter().find(|(named, _)| *named == name).map(|(_, value)| *value);
                let needed = ["Credential", "SignedHeaders", "Signature"].map(|name| (name, part(name)));
                Self::new(needed, ("a 'X-Amz-Date' or a 'Date' header", moment), "Authorization header", false)?
            }
            (None, Some(signature)) => {
                if of_query("X-Amz-Algorithm") != Some(ALGORITHM) {
                    return Err(incomplete("AWS query-string parameters must include 'X-Amz-Algorithm'."));
                }
                let [credential, headers] =
                    ["X-Amz-Credential", "X-Amz-SignedHeaders"].map(|name| (name, of_query(name)));
                let needed = [credential, headers, ("X-Amz-Signature", Some(signature))];
                Self::new(needed, ("'X-Amz-Date'", of_query("X-Amz-Date")), "AWS query-string", true)?
            }
            (None, None) => {
                return Err(ApiError::new(Code::MissingAuthenticationToken, "Request is missing Authentication Token"));
            }
            (Some(_), Some(_)) => return Err(incomplete("The request is signed in both header and query.")),
        };
        let lives = match (claim.is_presigned, of_query("X-Amz-Expires")) {
            (false, _) => WINDOW,
            (true, text) => text
                .and_then(|text| text.parse().ok())
                .filter(|seconds| (1..=LONGEST).contains(seconds))
                .ok_or_else(|| incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800."))?,
        };
        claim.judge_moment(lives, now)?;
        claim.judge_scope()?;
        Ok(claim)
    }

    fn new(
        needed: [(&str, Option<&str>); 3],
        (moment_name, moment): (&str, Option<&str>),
        place: &str,
        is_presigned: bool,
    ) -> Result<Self, ApiError> {
        let lacking: Vec<String> = needed
            .iter()
            .filter(|(_, value)| value.is_none_or(str::is_empty))
            .map(|(name, _)| format!("{place} requires '{name}' parameter."))
            .chain(moment.is_none().then(|| format!("{place} requires existence of {moment_name}.")))
            .collect();
        let ([Some(credential), Some(headers), Some(signature)], Some(moment), []) =
            (needed.map(|(_, value)| value), moment, &lacking[..])
        else {
            return Err(incomplete(lacking.join(" ")));
        };
        let (key, scope) = credential.split_once('/').ok_or_else(|| {
            incomplete(format!("Credential must have exactly 5 slash-delimited elements, got '{}'.", word(credential)))
        })?;
        let signed: Vec<String> = headers.split(';').map(str::to_ascii_lowercase).collect();
        if !signed.iter().any(|name| name == "host") {
            return Err(ApiError::new(
                Code::SignatureDoesNotMatch,
                "'Host' must be a 'SignedHeader' in the AWS Authorization.",
            ));
        }
        let [key, scope, signature, moment] = [key, scope, signature, moment].map(str::to_owned);
        Ok(Self { key, scope, signed, signature, moment, is_presigned })
    }

    fn judge_moment(&self, lives: i64, now: i64) -> Result<(), ApiError> {
        let Some(moment) = seconds(&self.moment) else {
            return Err(incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
                word(&self.moment)
            )));
        };
        if moment > now.saturating_add(WINDOW) {
            let what = format!("Signature not yet current: {} is still later than now + 15 min.", self.moment);
            return Err(ApiError::new(Code::SignatureDoesNotMatch, what));
        }
        if moment.saturating_add(lives) < now {
            let what = format!("Signature expired: {} is more than {lives} seconds ago.", self.moment);
            return Err(ApiError::new(Code::RequestExpired, what));
        }
        Ok(())
    }

    fn judge_scope(&self) -> Result<(), ApiError> {
        let wrong = |what: String| Err(ApiError::new(Code::SignatureDoesNotMatch, what));
        let parts: Vec<&str> = self.scope.split('/').collect();
        let [day, region, service, end] = parts[..] else {
            return Err(incomplete("Credential must have exactly 5 slash-delimited elements."));
        };
        match () {
            () if !self.moment.starts_with(day) || day.len() != 8 => {
                wrong("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.".to_owned())
            }
            // One server is in any Region.
            () if region.is_empty() => wrong("Credential should be scoped to a valid Region.".to_owned()),
            () if service != SERVICE => wrong(format!("Credential should be scoped to correct service: '{SERVICE}'.")),
            () if end != END => wrong(format!("Credential should be scoped with a valid terminator: '{END}'.")),
            () => Ok(()),
        }
    }

    /// Whether the request with this body was signed with `secret`; the time it takes tells nothing of either.
    pub fn prove(&self, head: &Head<'_>, body: &[u8], secret: &str) -> Result<(), ApiError> {
        let hash = hexadecimal(digest(&SHA256, body).as_ref());
        let told = head.header("x-amz-content-sha256");
        let is_right = bool::from(self.sign(head, &hash, secret).as_bytes().ct_eq(self.signature.as_bytes()));
        if is_right && told.is_none_or(|told| told.eq_ignore_ascii_case(&hash)) {
            return Ok(());
        }
        Err(ApiError::new(Code::SignatureDoesNotMatch, MISMATCH))
    }

    /// What the signature of the request should be; `hash` is that of its body.
    fn sign(&self, head: &Head<'_>, hash: &str, secret: &str) -> String {
        let request = canonical(head, &self.signed, hash, self.is_presigned);
        let request = hexadecimal(digest(&SHA256, request.as_bytes()).as_ref());
        let text = format!("{ALGORITHM}\n{}\n{}\n{request}", self.moment, self.scope);
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in self.scope.split('/') {
            key = keyed(&key, part);
        }
        hexadecimal(&keyed(&key, &text))
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn incomplete(what: impl Into<String>) -> ApiError {
    ApiError::new(Code::IncompleteSignature, what)
}

/// What a message repeats of a text that came without proof.
fn word(text: &str) -> String {
    text.chars().take_while(|letter| !letter.is_whitespace()).take(32).collect()
}

/// Seconds since 1970 of `20261128T050000Z`.
fn seconds(moment: &str) -> Option<i64> {
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    // The year takes no sign and every part its full width, so that one moment has one spelling.
    if moment.len() != 16 || !moment.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    time::PrimitiveDateTime::parse(moment, format).ok().map(|moment| moment.assume_utc().unix_timestamp())
}

/// Headers that sign a request with a body as `key` at this moment; `host` is the one header that is signed.
#[cfg(test)]
pub(super) fn sign_now(head: &Head<'_>, body: &str, key: &str, secret: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs() as i64;
    let now = time::OffsetDateTime::from_unix_timestamp(now).expect("a moment");
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let moment = now.format(format).expect("a text");
    let scope = format!("{}/us-east-1/{SERVICE}/{END}", &moment[..8]);
    let claim = Claim {
        key: key.to_owned(),
        scope: scope.clone(),
        signed: vec!["host".to_owned()],
        signature: String::new(),
        moment: moment.clone(),
        is_presigned: false,
    };
    let signature = claim.sign(head, &hexadecimal(digest(&SHA256, body.as_bytes()).as_ref()), secret);
    format!(
        "x-amz-date: {moment}\r\nauthorization: {ALGORITHM} Credential={key}/{scope}, SignedHeaders=host, Signature={signature}\r\n"
    )
}

//! The one form of a request that both sides sign.

use super::Head;
use crate::route53::parameters;

/// The canonical request; `hash` is that of the body.
pub(super) fn canonical(head: &Head<'_>, signed: &[String], hash: &str, is_presigned: bool) -> String {
    let mut text = format!("{}\n", head.method);
    path(head.path, &mut text);
    text.push('\n');
    query(head.query, is_presigned, &mut text);
    text.push('\n');
    for name in signed {
        text.push_str(name);
        text.push(':');
        header(head, name, &mut text);
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&signed.join(";"));
    text.push('\n');
    text.push_str(hash);
    text
}

/// Without dots and doubled slashes, and encoded once more than it is on the wire.
fn path(path: &str, out: &mut String) {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    for segment in &kept {
        out.push('/');
        encode(segment.as_bytes(), out);
    }
    if kept.is_empty() || path.ends_with('/') {
        out.push('/');
    }
}

/// All parameters but the signature, sorted by what they are encoded.
fn query(query: &str, is_presigned: bool, out: &mut String) {
    let encoded = |text: &str| {
        let mut out = String::new();
        encode(text.as_bytes(), &mut out);
        out
    };
    let mut pairs: Vec<_> = parameters(query)
        .into_iter()
        .filter(|(name, _)| !(is_presigned && name == "X-Amz-Signature"))
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
}

/// All values of a header, each trimmed and its blanks made one.
fn header(head: &Head<'_>, name: &str, out: &mut String) {
    let values = head.headers.iter().filter(|(named, _)| named.eq_ignore_ascii_case(name));
    for (at, (_, value)) in values.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let value = String::from_utf8_lossy(value);
        for (at, word) in value.split_ascii_whitespace().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
}

/// Octets with all but RFC 3986's unreserved characters as `%XX`.
fn encode(octets: &[u8], out: &mut String) {
    for octet in octets {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(octet) {
            out.push(char::from(*octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
    }
}

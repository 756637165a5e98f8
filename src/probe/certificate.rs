//! What probes read off a certificate: whether it covers a name, and when it expires.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_parser::parse_x509_certificate;

/// Whether the certificate is for this name, by its alternative names or its common name (C-13).
pub(super) fn covers(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let parsed = ParsedCertificate::try_from(certificate);
    if parsed.is_ok_and(|parsed| verify_server_name(&parsed, name).is_ok()) {
        return true;
    }
    let Ok((_, parsed)) = parse_x509_certificate(certificate) else { return false };
    parsed.subject().iter_common_name().any(|common| common.as_str().is_ok_and(|common| is_for(common, &name.to_str())))
}

/// Whether a common name, `*` standing for its first label, is for `name`.
fn is_for(common: &str, name: &str) -> bool {
    let rest = |text: &str| text.split_once('.').map(|(_, rest)| rest.to_ascii_lowercase());
    common.eq_ignore_ascii_case(name) || (common.starts_with("*.") && rest(common) == rest(name))
}

/// In words, when a certificate expires within `horizon` or has done so.
pub(super) fn expires_within(certificate: &CertificateDer<'_>, horizon: Duration) -> Option<String> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    let end = parsed.validity().not_after;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    tell(end.timestamp(), &end.to_string(), i64::try_from(now.as_secs()).unwrap_or(i64::MAX), horizon)
}

fn tell(end: i64, written: &str, now: i64, horizon: Duration) -> Option<String> {
    const DAY: i64 = 86_400;
    let left = end.saturating_sub(now);
    if left < 0 {
        return Some(format!("the certificate expired at {written}"));
    }
    let horizon = i64::try_from(horizon.as_secs()).unwrap_or(i64::MAX);
    let days = |left: i64| if left / DAY == 1 { "1 day".to_owned() } else { format!("{} days", left / DAY) };
    (left <= horizon).then(|| format!("the certificate expires in {}, at {written}", days(left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn horizons() {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        let now = 1_000_000;
        let told = |left_days: i64, horizon| tell(now + left_days * 86_400, "then", now, horizon);
        assert_eq!(told(30, days(14)), None);
        assert_eq!(told(14, days(14)).as_deref(), Some("the certificate expires in 14 days, at then"));
        assert_eq!(told(1, days(14)).as_deref(), Some("the certificate expires in 1 day, at then"));
        assert_eq!(told(-1, days(14)).as_deref(), Some("the certificate expired at then"));
    }

    #[test]
    fn c13_common_names_count() {
        assert!(is_for("www.example.com", "WWW.example.com"));
        assert!(is_for("*.example.com", "www.example.com"));
        assert!(!is_for("*.example.com", "a.www.example.com"));
        assert!(!is_for("*.example.com", "example.com"));
        assert!(!is_for("other.example.com", "www.example.com"));
    }
}

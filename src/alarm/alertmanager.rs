//! Alerts that fire at an Alertmanager.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::memory::Look;
use super::unanswered;
use crate::model::check::Status;
use crate::probe::clip;
use crate::web::{Answer, Web};

/// Asks `{url}/api/v2/alerts` for what fires, neither silenced nor inhibited.
pub(super) async fn look(web: &Web, url: &str, matchers: &[Arc<str>], limit: Duration) -> Look {
    let url = format!("{}/api/v2/alerts", url.trim_end_matches('/'));
    let states = [("active", "true"), ("silenced", "false"), ("inhibited", "false")];
    let filters = matchers.iter().map(|matcher| ("filter", &**matcher));
    let parameters: Vec<_> = filters.chain(states).collect();
    match web.get(&url, &parameters, limit).await {
        Ok(answer) => read(&answer),
        Err(trouble) => unanswered(trouble),
    }
}

#[derive(Deserialize)]
struct Alert {
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

fn read(answer: &Answer) -> Look {
    if answer.code != 200 {
        // Alertmanager's complaints are JSON texts.
        let why = serde_json::from_slice::<String>(&answer.body).unwrap_or_default();
        return Look::Nothing(format!("the server answered HTTP {} {}", answer.code, clip(&why)).trim_end().to_owned());
    }
    let alerts: Vec<Alert> = match serde_json::from_slice(&answer.body) {
        Ok(alerts) => alerts,
        Err(error) => {
            return Look::Nothing(format!("the answer is not Alertmanager's: {}", clip(&error.to_string())));
        }
    };
    let Some(first) = alerts.first() else {
        return Look::Says(Status::Healthy, "No such alert fires.".to_owned());
    };
    let name = first.labels.get("alertname").map_or("alert", String::as_str);
    let words = match alerts.len() {
        1 => format!("{} fires.", clip(name)),
        count => format!("{count} alerts fire, {} first.", clip(name)),
    };
    Look::Says(Status::Unhealthy, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, body: &str) -> Look {
        read(&Answer { code, body: body.into() })
    }

    #[test]
    fn any_alert_that_fires_is_unhealthy() {
        let alert = r#"{"annotations":{},"endsAt":"2026-01-01T00:05:00.000Z","fingerprint":"a1b2","receivers":[],
            "startsAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","generatorURL":"",
            "status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},
            "labels":{"alertname":"HighCPU","instance":"a"}}"#;
        let fires = Look::Says(Status::Unhealthy, "HighCPU fires.".to_owned());
        assert_eq!(said(200, &format!("[{alert}]")), fires);
        let fire = Look::Says(Status::Unhealthy, "2 alerts fire, HighCPU first.".to_owned());
        assert_eq!(said(200, &format!("[{alert},{alert}]")), fire);
        assert_eq!(said(200, "[]"), Look::Says(Status::Healthy, "No such alert fires.".to_owned()));
    }

    #[test]
    fn a_complaint_or_nonsense_is_missing() {
        let refused = Look::Nothing("the server answered HTTP 400 bad matcher format: x".to_owned());
        assert_eq!(said(400, r#""bad matcher format: x""#), refused);
        assert_eq!(said(503, "<html>"), Look::Nothing("the server answered HTTP 503".to_owned()));
        assert!(matches!(said(200, "{}"), Look::Nothing(_)));
    }
}

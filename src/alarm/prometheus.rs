//! One instant query of a Prometheus-compatible server.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::memory::Look;
use super::unanswered;
use crate::probe::clip;
use crate::web::{Answer, Web};

/// Asks `{url}/api/v1/query`.
pub(super) async fn look(web: &Web, url: &str, query: &str, limit: Duration) -> Look {
    let url = format!("{}/api/v1/query", url.trim_end_matches('/'));
    match web.get(&url, &[("query", query)], limit).await {
        Ok(answer) => read(&answer),
        Err(trouble) => unanswered(trouble),
    }
}

#[derive(Deserialize)]
struct Response {
    status: String,
    #[serde(default)]
    error: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    kind: String,
    result: Value,
}

/// A time, and a value as text.
type Sample = (IgnoredAny, String);

#[derive(Deserialize)]
struct Series {
    /// A native histogram has none.
    value: Option<Sample>,
}

fn read(answer: &Answer) -> Look {
    match serde_json::from_slice(&answer.body) {
        Ok(response) => value(response).map_or_else(Look::Nothing, Look::Value),
        Err(_) if answer.code != 200 => Look::Nothing(format!("the server answered HTTP {}", answer.code)),
        Err(error) => Look::Nothing(format!("the answer is not Prometheus': {}", clip(&error.to_string()))),
    }
}

fn value(response: Response) -> Result<f64, String> {
    let data = match response.data {
        Some(data) if response.status == "success" => data,
        _ => return Err(format!("the server refused the query: {}", clip(&response.error))),
    };
    let stray = |error: serde_json::Error| format!("the answer is not Prometheus': {}", clip(&error.to_string()));
    let (_, sample): Sample = match &*data.kind {
        "scalar" => serde_json::from_value(data.result).map_err(stray)?,
        "vector" => {
            let series: Vec<Series> = serde_json::from_value(data.result).map_err(stray)?;
            let count = series.len();
            match (series.into_iter().next(), count) {
                (Some(Series { value: Some(sample) }), 1) => sample,
                (Some(_), 1) => return Err("the query's sample is a histogram".to_owned()),
                (None, _) => return Err("the query has no sample".to_owned()),
                (Some(_), count) => return Err(format!("the query has {count} samples, not one")),
            }
        }
        "matrix" => return Err("the query has a range of samples, not one".to_owned()),
        "string" => return Err("the query is a text, not a number".to_owned()),
        other => return Err(format!("the answer is of an unknown type, {}", clip(other))),
    };
    match sample.parse::<f64>() {
        Ok(value) if value.is_nan() => Err("the value is NaN".to_owned()),
        Ok(value) => Ok(value),
        Err(_) => Err(format!("the value {} is no number", clip(&sample))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, body: &str) -> Look {
        read(&Answer { code, body: body.into() })
    }

    fn nothing(why: &str) -> Look {
        Look::Nothing(why.to_owned())
    }

    fn vector(samples: &str) -> String {
        format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{samples}]}}}}"#)
    }

    #[test]
    fn one_sample_or_a_scalar_is_a_value() {
        let load = r#"{"metric":{"__name__":"load","instance":"a"},"value":[1700000000.123,"70.5"]}"#;
        assert_eq!(said(200, &vector(load)), Look::Value(70.5));
        let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1e3"]}}"#;
        assert_eq!(said(200, scalar), Look::Value(1000.0));
        assert_eq!(said(200, &scalar.replace("1e3", "+Inf")), Look::Value(f64::INFINITY));
        assert_eq!(said(200, &scalar.replace("1e3", "-Inf")), Look::Value(f64::NEG_INFINITY));
    }

    #[test]
    fn anything_else_is_missing_and_says_why() {
        let sample = r#"{"metric":{},"value":[1,"1"]}"#;
        assert_eq!(said(200, &vector("")), nothing("the query has no sample"));
        let two = said(200, &vector(&format!("{sample},{sample}")));
        assert_eq!(two, nothing("the query has 2 samples, not one"));
        assert_eq!(said(200, &vector(r#"{"metric":{},"value":[1,"NaN"]}"#)), nothing("the value is NaN"));
        let histogram = r#"{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[]}]}"#;
        assert_eq!(said(200, &vector(histogram)), nothing("the query's sample is a histogram"));
        let matrix = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        assert_eq!(said(200, matrix), nothing("the query has a range of samples, not one"));
        let text = r#"{"status":"success","data":{"resultType":"string","result":[1,"x"]}}"#;
        assert_eq!(said(200, text), nothing("the query is a text, not a number"));
        let error = r#"{"status":"error","errorType":"bad_data","error":"1:4: parse error: unexpected end"}"#;
        assert_eq!(said(400, error), nothing("the server refused the query: 1:4: parse error: unexpected end"));
        assert_eq!(said(502, "<html>bad gateway"), nothing("the server answered HTTP 502"));
        let Look::Nothing(why) = said(200, "<html>hello") else { panic!("a value") };
        assert!(why.starts_with("the answer is not Prometheus': "), "{why}");
    }
}

//! Requests as botocore signs them (`recorded.json`), and what becomes of those that were tampered with.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Recorded {
    now: i64,
    key: String,
    secret: String,
    requests: Vec<Request>,
}

#[derive(Clone, Deserialize)]
struct Request {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("recorded.json")).expect("recorded requests")
}

fn named(name: &str) -> (Recorded, Request) {
    let recorded = recorded();
    let request =
        recorded.requests.iter().find(|request| request.name == name).expect("a request of this name").clone();
    (recorded, request)
}

fn judge(request: &Request, now: i64, secret: &str) -> Result<String, ApiError> {
    let headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let head = Head { method: &request.method, path, query, headers: &headers };
    let claim = Claim::read(&head, now)?;
    claim.prove(&head, request.body.as_bytes(), secret).map(|()| claim.key)
}

fn code(judged: Result<String, ApiError>) -> Code {
    judged.expect_err("a refusal").code
}

#[test]
fn what_botocore_signs_is_believed() {
    let Recorded { now, key, secret, requests } = recorded();
    assert!(requests.len() >= 14);
    for request in &requests {
        assert_eq!(judge(request, now, &secret).as_ref(), Ok(&key), "{}", request.name);
        assert_eq!(code(judge(request, now, "another secret")), Code::SignatureDoesNotMatch, "{}", request.name);
    }
}

#[test]
fn whatever_is_signed_cannot_be_changed() {
    let Recorded { now, secret, requests, .. } = recorded();
    for request in &requests {
        let mut changed = vec![
            Request { method: "PUT".to_owned(), ..request.clone() },
            Request { target: request.target.replace("2013-04-01", "2013-04-02"), ..request.clone() },
            Request {
                target: request.target.clone() + if request.target.contains('?') { "&x=1" } else { "?x=1" },
                ..request.clone()
            },
            Request { body: request.body.clone() + " ", ..request.clone() },
        ];
        let signed = |name: &str| {
            let all = request.target.clone() + &format!("{:?}", request.headers);
            let list =
                all.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(['&', ',']).next()).unwrap_or_default();
            list.split(';').any(|signed| signed == name)
        };
        for at in 0..request.headers.len() {
            if signed(&request.headers[at].0.to_ascii_lowercase()) {
                let mut tampered = request.clone();
                tampered.headers[at].1.insert(0, '2');
                changed.push(tampered);
            }
        }
        assert!(changed.len() > 4, "{}: its host at least is signed", request.name);
        for tampered in changed {
            let code = code(judge(&tampered, now, &secret));
            let moment_is_gone = tampered.headers.iter().any(|(_, value)| value.starts_with("220261128T"));
            let expected = if moment_is_gone { Code::IncompleteSignature } else { Code::SignatureDoesNotMatch };
            assert_eq!(
                code, expected,
                "{}: {} {} {:?}",
                request.name, tampered.method, tampered.target, tampered.headers
            );
        }
    }
}

#[test]
fn the_window_is_fifteen_minutes_to_either_side() {
    let (Recorded { now, secret, .. }, request) = named("change record sets");
    for skew in [-WINDOW, 0, WINDOW] {
        assert!(judge(&request, now + skew, &secret).is_ok(), "{skew}");
    }
    let late = judge(&request, now + WINDOW + 1, &secret).unwrap_err();
    assert_eq!((late.code, late.status()), (Code::RequestExpired, 400));
    let early = judge(&request, now - WINDOW - 1, &secret).unwrap_err();
    assert_eq!(early.code, Code::SignatureDoesNotMatch);
    assert!(early.message.starts_with("Signature not yet current"), "{early}");

    let (Recorded { now, secret, .. }, presigned) = named("presigned");
    assert!(judge(&presigned, now + 600, &secret).is_ok());
    assert_eq!(code(judge(&presigned, now + 601, &secret)), Code::RequestExpired);
    for expires in ["0", "604801", "-1", "x", ""] {
        let target = presigned.target.replace("Expires=600", &format!("Expires={expires}"));
        let changed = Request { target, ..presigned.clone() };
        assert_eq!(code(judge(&changed, now, &secret)), Code::IncompleteSignature, "{expires}");
    }
}

#[test]
fn what_is_missing_or_malformed_is_told() {
    let (Recorded { now, secret, .. }, request) = named("list zones");
    let with = |authorization: Option<&str>| {
        let mut request = request.clone();
        request.headers.retain(|(name, _)| name != "Authorization");
        request.headers.extend(authorization.map(|text| ("Authorization".to_owned(), text.to_owned())));
        judge(&request, now, &secret).unwrap_err()
    };
    assert_eq!(with(None).code, Code::MissingAuthenticationToken);
    assert_eq!(with(None).message, "Request is missing Authentication Token");
    let whole = "AWS4-HMAC-SHA256 Credential=K/20261128/us-east-1/route53/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";
    assert_eq!(with(Some(whole)).message, MISMATCH);
    let wrong = [
        ("Basic abc", Code::IncompleteSignature, "Unsupported AWS 'algorithm': 'Basic'."),
        (
            "AWS4-HMAC-SHA256 Credential=x",
            Code::IncompleteSignature,
            "Authorization header requires 'SignedHeaders' parameter. Authorization header requires 'Signature' parameter.",
        ),
        (&whole.replace("K/2026", "K2026"), Code::IncompleteSignature, "exactly 5 slash-delimited elements"),
        (&whole.replace("/us-east-1", ""), Code::IncompleteSignature, "exactly 5 slash-delimited elements"),
        (&whole.replace("host;", ""), Code::SignatureDoesNotMatch, "'Host' must be a 'SignedHeader'"),
        (&whole.replace("20261128", "20261127"), Code::SignatureDoesNotMatch, "Date in Credential scope"),
        (&whole.replace("route53", "s3"), Code::SignatureDoesNotMatch, "correct service: 'route53'"),
        (&whole.replace("aws4_request", "aws5"), Code::SignatureDoesNotMatch, "terminator: 'aws4_request'"),
    ];
    for (text, code, message) in wrong {
        let error = with(Some(text));
        assert_eq!(error.code, code, "{text}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
    let mut undated = request.clone();
    undated.headers.retain(|(name, _)| name != "X-Amz-Date");
    let error = judge(&undated, now, &secret).unwrap_err();
    assert!(error.message.contains("requires existence of a 'X-Amz-Date' or a 'Date' header"), "{error}");
    for date in [
        "Sat, 28 Nov 2026 05:00:00 GMT",
        "2026-11-28T05:00:00Z",
        "20261328T050000Z",
        "+0261128T050000Z",
        "20261128T050000Zé",
    ] {
        let mut odd = undated.clone();
        odd.headers.push(("X-Amz-Date".to_owned(), date.to_owned()));
        let error = judge(&odd, now, &secret).unwrap_err();
        assert!(error.message.contains("Date must be in ISO-8601 'basic format'"), "{date}: {error}");
    }
    let (_, presigned) = named("presigned");
    let both = Request { headers: request.headers.clone(), ..presigned };
    assert_eq!(code(judge(&both, now, &secret)), Code::IncompleteSignature);
}

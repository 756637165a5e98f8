//! A path, a query and a body, each after a line's end, as requests: no panic, bounded trees, and what is written reads as
//! XML again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::route53::{
    ApiError, ChangeCidrCollectionRequest, ChangeResourceRecordSetsRequest, ChangeResourceRecordSetsResponse,
    ChangeTagsForResourceRequest, Code, CreateHealthCheckRequest, CreateHostedZoneRequest, CreateTrafficPolicyRequest,
    DEEPEST, Element, Input, Operation, UpdateHealthCheckRequest, parameters, read, write,
};

fn deep(element: &Element) -> usize {
    1 + element.children.iter().map(deep).max().unwrap_or(0)
}

fn judge<I: Input>(method: &str, path: &str, query: &[(String, String)], body: &[u8]) -> Option<I> {
    let asked = Operation::find(method, path).expect("a route");
    assert_eq!(asked.operation, I::OPERATION);
    match read::<I>(&asked, query, body) {
        Ok(request) => Some(request),
        Err(ApiError { code, message, .. }) => {
            assert_eq!(code, Code::InvalidInput, "{message}");
            // A small body never makes a large message.
            assert!(message.len() < 32 << 10, "{}", message.len());
            None
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |octet| *octet == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (path, query, body) = (part(), part(), part());
    let (path, query) = (&*String::from_utf8_lossy(path), &*String::from_utf8_lossy(query));
    // Any method and path find an operation or none.
    for method in ["GET", "POST", "DELETE", path] {
        let _ = Operation::find(method, path);
    }
    if let Ok(tree) = Element::parse(body) {
        assert!(deep(&tree) <= DEEPEST);
    }
    let query = parameters(query);
    judge::<CreateHostedZoneRequest>("POST", "/2013-04-01/hostedzone", &query, body);
    judge::<ChangeTagsForResourceRequest>("POST", "/2013-04-01/tags/hostedzone/Z1", &query, body);
    judge::<CreateHealthCheckRequest>("POST", "/2013-04-01/healthcheck", &query, body);
    judge::<UpdateHealthCheckRequest>("POST", "/2013-04-01/healthcheck/h", &query, body);
    judge::<CreateTrafficPolicyRequest>("POST", "/2013-04-01/trafficpolicy", &query, body);
    let collection = "/2013-04-01/cidrcollection/00000000-0000-0000-0000-000000000000";
    judge::<ChangeCidrCollectionRequest>("POST", collection, &query, body);
    let changes = judge::<ChangeResourceRecordSetsRequest>("POST", "/2013-04-01/hostedzone/Z1/rrset", &query, body);
    if let Some(changes) = changes {
        let json = serde_json::to_string(&changes).expect("JSON");
        assert_eq!(serde_json::from_str::<ChangeResourceRecordSetsRequest>(&json).expect("the same"), changes);
    }
    // What is answered is one line of XML whatever texts are in it.
    let text = String::from_utf8_lossy(body).into_owned();
    let mut response = ChangeResourceRecordSetsResponse::default();
    response.change_info.comment = Some(text.clone());
    let written = write::<ChangeResourceRecordSetsRequest>(&response).expect("XML").body;
    for body in [written, ApiError::batch(&[&text]).body(&text)] {
        assert!(Element::parse(body.as_bytes()).is_ok(), "{body}");
        assert_eq!(body.lines().count(), 2, "{body}");
    }
});

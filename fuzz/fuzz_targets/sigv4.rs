//! A request as it is on the wire, more or less: no panic, and nobody is believed who does not know the secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::api::sigv4::{Claim, Head};
use waymark::route53::Code;

/// 2026-11-28 05:00, when the seeds were signed.
const NOW: i64 = 1_795_842_000;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap_or_default().split_once(' ').unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |(name, value): (&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).map(header).collect();
    let head = Head { method, path, query, headers: &headers };
    match Claim::read(&head, NOW) {
        Ok(claim) => {
            let error = claim.prove(&head, body.as_bytes(), "a secret that no input holds").expect_err("believed");
            assert_eq!(error.code, Code::SignatureDoesNotMatch);
        }
        Err(error) => {
            assert!(matches!(error.status(), 400 | 403), "{error}");
            assert!(error.message.len() < 4096, "{}", error.message.len());
        }
    }
});

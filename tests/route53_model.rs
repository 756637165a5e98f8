//! What `tools/route53/generate.py` writes is what is committed.

use std::process::Command;

#[test]
fn the_tables_of_the_api_are_what_the_model_says() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/route53/generate.py");
    let said = Command::new("python3").args([script, "--check"]).output().expect("python3 runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

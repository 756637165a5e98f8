//! `waymark import`: a zone of a file becomes one of the API.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Running, count, owner};

/// The longest file that is sent to the server, in bytes.
const MOST: u64 = 900 << 10;

/// Move a zone of a file to the API, which may change it from then on.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A zone that is served from a file, by its name or id; or a file that is not served yet
    what: String,
    /// Who does it [default: user@host]
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(import: &Import) -> ExitCode {
    let Import { what, owner: named, running } = import;
    let mut request = json!({ "op": "import", "zone": what, "owner": owner(named.as_deref()) });
    let path = PathBuf::from(what);
    if path.is_file() {
        match read(&path) {
            Ok(text) => (request["file"], request["text"]) = (json!(path), json!(text)),
            Err(error) => {
                eprintln!("waymark: {what}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let is_served = request["text"].is_null();
    running.perform(&request, |answer| {
        let zones = answer["zones"].as_array().into_iter().flatten();
        zones.flat_map(|zone| told(zone, is_served)).collect::<Vec<_>>().join("\n")
    })
}

/// Lines on a zone that was taken over; `is_served` where its file is among those served.
fn told(zone: &Value, is_served: bool) -> Vec<String> {
    let text = |key: &str| zone[key].as_str().unwrap_or_default();
    let records = count(zone["records"].as_u64().unwrap_or_default(), "record set");
    let mut lines = vec![format!("{} is the API's now, as {}, with {records}", text("name"), text("zone"))];
    let stays: Vec<&str> = zone["stays"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let file = text("file");
    match (is_served, stays.is_empty()) {
        (false, _) => {}
        (true, true) => lines.push(format!("{file} is no longer looked at for it: remove it")),
        (true, false) => lines.push(format!(
            "{file} is no longer looked at for it: remove its zone and records, and keep what they refer to: {}",
            stays.join(", ")
        )),
    }
    lines
}

fn read(path: &std::path::Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MOST {
        return Err("too long to be sent; put it among the zone files, reload, and import its zone by name".to_owned());
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

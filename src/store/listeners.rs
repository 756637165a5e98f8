//! Listeners that zones and views name must be in the configuration.

use std::sync::Arc;

use crate::model::rules::suggest_among;
use crate::model::{Account, At, Problem, Visibility};

/// Notes every listener that is named but not among `known`.
pub(super) fn check(account: &Account, known: &[Arc<str>], problems: &mut Vec<Problem>) {
    let of_views = account.views.iter().map(|view| (format!("view {:?}", &*view.id.0), &view.at, &view.listeners));
    let of_zones = account.zones.iter().filter_map(|zone| match &zone.visibility {
        Visibility::Public { listeners } => Some((format!("zone {}", zone.name), &zone.at, listeners)),
        Visibility::Private { .. } => None,
    });
    for (who, at, listeners) in of_views.chain(of_zones) {
        for listener in listeners.iter().filter(|listener| !known.contains(listener)) {
            problems.push(unknown(&who, at, listener, known));
        }
    }
}

fn unknown(who: &str, at: &At, listener: &str, known: &[Arc<str>]) -> Problem {
    let mend = suggest_among(listener, known.iter().map(|name| &**name));
    Problem::error(at, format!("{who} names the listener {listener:?}, which does not exist"), mend)
}

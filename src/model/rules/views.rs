//! Views: each has clients, and each client is in one view (Z-24).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Problem;
use crate::model::view::{Block, View, ViewId};

/// Z-24: a view nobody is in is a warning, two that claim the same clients an error: the first would have them all.
pub(super) fn check(views: &[View], problems: &mut Vec<Problem>) {
    let mut claims: BTreeMap<Block, Vec<&View>> = BTreeMap::new();
    for view in views {
        let ViewId(id) = &view.id;
        let blocks = claimed(view);
        if blocks.is_empty() {
            problems.push(Problem::warning(
                &view.at,
                format!("view {id:?} has neither networks nor listeners, so nobody is in it"),
                format!("define [view.{id:?}] with networks = [\"10.0.0.0/16\"] in waymark.toml"),
            ));
        }
        let taken = blocks.iter().find_map(|block| {
            let earlier = claims.get(block)?.iter().find(|earlier| earlier.id != view.id && meet(earlier, view))?;
            Some((block, *earlier))
        });
        if let Some((block, View { id: ViewId(first), at, .. })) = taken {
            let clients = if block.is_empty() { "every client".to_owned() } else { format!("network {block}") };
            problems.push(Problem::error(
                &view.at,
                format!("view {id:?} takes in {clients}, as view {first:?} does ({at}), and a client is in one view"),
                "give each network to one view, or the views listeners of their own",
            ));
        }
        for block in blocks {
            claims.entry(block).or_default().push(view);
        }
    }
}

/// The networks whose clients are in a view: without any, all that come to its listeners.
fn claimed(view: &View) -> BTreeSet<Block> {
    if view.networks.is_empty() && !view.listeners.is_empty() {
        return [Block::V4 { address: 0, len: 0 }, Block::V6 { address: 0, len: 0 }].into();
    }
    view.networks.iter().copied().collect()
}

/// Whether some listener counts for both views.
fn meet(one: &View, other: &View) -> bool {
    let everywhere = one.listeners.is_empty() || other.listeners.is_empty();
    everywhere || one.listeners.iter().any(|listener| other.listeners.contains(listener))
}

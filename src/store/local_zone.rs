//! Local Zone groups by name, for every format that names them (P-45).

use crate::model::place::{self, Coordinates};

/// Where the group is; `None` for one the table does not know.
pub(crate) fn point(group: &str) -> Option<Coordinates> {
    place::local_zone(group)
}

/// Every group the table knows.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    place::local_zones().iter().map(|row| row.group)
}

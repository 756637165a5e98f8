//! Local Zone groups by name, for every format that names them (P-45).

use crate::model::place;
use crate::model::routing::Site;

/// The group as a place; `None` for one the table does not know.
pub(crate) fn site(group: &str) -> Option<Site> {
    place::local_zone(group).map(Site::LocalZone)
}

/// Every group the table knows.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    place::local_zones().iter().map(|row| row.group)
}

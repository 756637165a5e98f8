//! Serials of signed zones that are copied: they rise every day, as those who copy a zone come for new signatures only
//! when its serial is another (decision 27).

use std::collections::BTreeMap;

use super::documents::Reader;
use super::zone::Zone;
use super::{Settings, dnssec};
use crate::model::rdata::Rdata;
use crate::model::{Name, RecordGroup, RecordType, Routing, Target};

/// Octets of SOA data from the serial on (RFC 1035 §3.3.13).
const NUMBERS: usize = 20;

/// Whether a zone's serial is raised.
pub(super) fn is_raised(reader: Reader<'_>, settings: &Settings, zone: &Zone) -> bool {
    dnssec::is_signed(reader, zone.id()) && settings.transfers.concern(&zone.name())
}

/// Raises the serial among a zone's groups by the days since 1970, where it is raised: so it rises from day to day, and
/// with whatever clients write into the SOA record.
pub(super) fn raise(
    groups: &mut BTreeMap<(Name, RecordType), RecordGroup>,
    zone: &Zone,
    reader: Reader<'_>,
    settings: &Settings,
) {
    let Some(group) = groups.get_mut(&(zone.name(), RecordType::SOA)) else { return };
    if !is_raised(reader, settings, zone) {
        return;
    }
    let Routing::Simple(record) = &mut group.routing else { return };
    let Target::Values { rdata, .. } = &mut record.target else { return };
    for Rdata(value) in rdata {
        let mut octets = value.to_vec();
        let at = octets.len().saturating_sub(NUMBERS);
        if let Some(serial) = octets[at..].first_chunk_mut() {
            *serial = u32::from_be_bytes(*serial).wrapping_add(settings.today).to_be_bytes();
        }
        *value = octets.into();
    }
}

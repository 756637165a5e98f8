//! The eight ways to choose, as a record writes them (P-1), and the places they speak of.

use super::candidate::Naming;
use super::record::Frame;
use super::{Table, Text, Value};
use crate::model::place::{Area, Continent, Coordinates, Country, Region, Subdivision};
use crate::model::routing::{Anchor, LocationName, Site};
use crate::model::rules::suggest_among;
use crate::model::{Candidate, RecordType, Routing};
use crate::store::local_zone;

/// Keys that make a record anything but simple.
const POLICIES: [&str; 7] = ["weighted", "latency", "failover", "geolocation", "geoproximity", "ip", "multivalue"];

impl<'p> Frame<'p> {
    /// Reads the record's policy and its candidates; `None` after a mistake that leaves nothing.
    pub(super) fn routing(&self, table: &mut Table<'p, '_>, rtype: RecordType) -> Option<Routing> {
        let given: Vec<_> = POLICIES.into_iter().filter(|policy| table.has(policy)).collect();
        let found = POLICIES.map(|policy| table.take(policy));
        let [weighted, latency, failover, geolocation, geoproximity, ip, multivalue] = found;
        if given.len() > 1 {
            let what = format!("has `{}`: a name and type has one policy (P-3)", given.join("` and `"));
            table.error(what, "keep one; alias one record to another to combine policies (P-67)");
        }
        if given.is_empty() {
            let id = table.text("id").map(|id| id.text);
            return Some(Routing::Simple(self.rest(table, rtype, id, Naming::None)));
        }
        for key in ["value", "values", "alias", "evaluate", "check", "id"] {
            if table.has(key) {
                let what = format!("`{key}` beside `{}`", given[0]);
                let value = table.take(key)?;
                value.error(what, format!("write it in each entry of `{}`", given[0]));
            }
        }
        let frame = self.with_ttl(table.seconds("ttl", super::TTL_RANGE));
        let routing = if let Some(value) = weighted {
            Routing::Weighted(frame.candidates(value, rtype, "weighted", |table| {
                let weight = table.required("weight", "0 to 255")?.integer(0..=255)?;
                Some((u8::try_from(weight).ok()?, Naming::ByValue))
            })?)
        } else if let Some(value) = latency {
            Routing::Latency(frame.candidates(value, rtype, "latency", |table| {
                let region = region(table.required("region", "\"us-east-1\"")?)?;
                Some((region, Naming::Known(region.code().into())))
            })?)
        } else if let Some(value) = failover {
            frame.failover(value, rtype)?
        } else if let Some(value) = geolocation {
            Routing::Geolocation(frame.candidates(value, rtype, "geolocation", area)?)
        } else if let Some(value) = geoproximity {
            Routing::Geoproximity(frame.candidates(value, rtype, "geoproximity", anchor)?)
        } else if let Some(value) = ip {
            frame.ip(value, rtype)?
        } else {
            Routing::Multivalue(frame.candidates(multivalue?, rtype, "multivalue", |_| Some(((), Naming::ByValue)))?)
        };
        (!routing.candidates().is_empty()).then_some(routing)
    }

    fn with_ttl(&self, ttl: Option<u32>) -> Self {
        Self { ttl: ttl.unwrap_or(self.ttl), ..*self }
    }

    fn candidates<'i, K>(
        &self,
        value: Value<'p, 'i>,
        rtype: RecordType,
        noun: &str,
        key: impl Fn(&mut Table<'p, 'i>) -> Option<(K, Naming)>,
    ) -> Option<Vec<Candidate<K>>> {
        let empty = value.is_empty_array();
        if empty {
            value.error(format!("`{noun}` is empty"), "write at least one entry");
        }
        Some(value.items()?.into_iter().filter_map(|item| self.candidate(item, rtype, noun, &key)).collect())
    }

    fn failover(&self, value: Value<'p, '_>, rtype: RecordType) -> Option<Routing> {
        let label = value.label().to_owned();
        let mut table = value.table(label)?;
        if !table.has("primary") && !table.has("secondary") {
            table.error("`failover` has neither `primary` nor `secondary`", "");
        }
        let [primary, secondary] = ["primary", "secondary"]
            .map(|role| self.candidate(table.take(role)?, rtype, role, |_| Some(((), Naming::Known(role.into())))));
        table.finish();
        (primary.is_some() || secondary.is_some())
            .then_some(Routing::Failover { primary: primary.map(Box::new), secondary: secondary.map(Box::new) })
    }

    fn ip(&self, value: Value<'p, '_>, rtype: RecordType) -> Option<Routing> {
        let label = value.label().to_owned();
        let mut table = value.table(label)?;
        let collection = table.required("collection", "\"a name\", defined in [collection.NAME]").and_then(Value::text);
        let choices = table.required("choices", "[{ location = \"…\", value = \"…\" }]");
        table.finish();
        let candidates = self.candidates(choices?, rtype, "ip", |table| {
            let location =
                table.required("location", "\"a location of the collection\", or \"*\" for the rest")?.text()?;
            let name: std::sync::Arc<str> = location.text.into();
            let key = if &*name == "*" { LocationName::Default } else { LocationName::Named(name.clone()) };
            Some((key, Naming::Known(name)))
        })?;
        Some(Routing::IpBased { collection: collection?.text.into(), candidates })
    }
}

/// A Region by its code (P-25).
pub(crate) fn region(value: Value<'_, '_>) -> Option<Region> {
    let place = value.place();
    let Text { text, .. } = value.text()?;
    let found = Region::from_code(&text);
    if found.is_none() {
        place.error(format!("{text:?} is no Region"), suggest_among(&text, Region::all().map(Region::code)));
    }
    found
}

/// The area a geolocation record serves (P-35, P-37).
fn area(table: &mut Table<'_, '_>) -> Option<(Area, Naming)> {
    let given: Vec<_> = ["continent", "country", "default"].into_iter().filter(|key| table.has(key)).collect();
    let continent = table.take("continent");
    let country = table.take("country");
    let subdivision = table.take("subdivision");
    let default = table.take("default");
    if given.len() != 1 {
        let mend = "continent = \"EU\", country = \"US\" with or without subdivision = \"WA\", or default = true";
        table.error("needs one of `continent`, `country` and `default` (P-35)", mend);
        return None;
    }
    if let (Some(subdivision), None) = (&subdivision, &country) {
        subdivision.error("`subdivision` without `country` (P-35)", "add country = \"US\"");
        return None;
    }
    if let Some(value) = continent {
        let place = value.place();
        let code = value.text()?.text;
        let Some(continent) = Continent::from_code(&code) else {
            place.error(format!("{code:?} is no continent"), "write AF, AN, AS, EU, NA, OC or SA");
            return None;
        };
        return Some((Area::Continent(continent), Naming::Known(format!("continent-{code}").into())));
    }
    if let Some(value) = default {
        let place = value.place();
        if !value.boolean()? {
            place.error("`default` is false", "write default = true, or name a place");
            return None;
        }
        return Some((Area::Default, Naming::Known("default".into())));
    }
    let value = country?;
    let place = value.place();
    let code = value.text()?.text;
    let country = match Country::from_code(&code) {
        Some(country) if country.is_supported() => country,
        Some(_) => {
            place.error(format!("Route 53 cannot find the country {code:?} (P-37)"), "");
            return None;
        }
        None if code == "*" => {
            place.error("country \"*\" is the default location", "write default = true");
            return None;
        }
        None => {
            let upper = code.to_ascii_uppercase();
            let known = Country::from_code(&upper).is_some();
            let mend =
                if known { format!("write {upper:?}") } else { "write an ISO 3166 code of two letters".to_owned() };
            place.error(format!("{code:?} is no country"), mend);
            return None;
        }
    };
    let Some(value) = subdivision else {
        return Some((Area::Country(country), Naming::Known(code.into())));
    };
    let place = value.place();
    let part = value.text()?.text;
    if !matches!(&*code, "US" | "UA") {
        place.error(format!("{code:?} has no subdivisions here (P-35)"), "only US and UA have");
        return None;
    }
    match Subdivision::from_code(&part).filter(|_| part.len() == 2) {
        Some(subdivision) => {
            Some((Area::Subdivision(country, subdivision), Naming::Known(format!("{code}-{part}").into())))
        }
        None => {
            let bare = part.strip_prefix(&format!("{code}-"));
            let mend =
                bare.map_or_else(|| "write two letters, such as \"WA\"".to_owned(), |bare| format!("write {bare:?}"));
            place.error(format!("{part:?} is no subdivision of {code:?}"), mend);
            None
        }
    }
}

/// Where a geoproximity record is, and its bias (P-44, P-45).
fn anchor(table: &mut Table<'_, '_>) -> Option<(Anchor, Naming)> {
    let given = ["region", "local_zone", "coordinates"].into_iter().filter(|key| table.has(key)).count();
    let bias = match table.take("bias") {
        Some(bias) => bias.integer(-99..=99).map(|bias| bias as i8),
        None => Some(0),
    };
    let (by_region, by_zone, by_point) = (table.take("region"), table.take("local_zone"), table.take("coordinates"));
    if given != 1 {
        let mend = "region = \"us-west-2\", local_zone = \"us-west-2-den-1\", or coordinates = [47.61, -122.33]";
        table.error("needs one of `region`, `local_zone` and `coordinates` (P-44)", mend);
        return None;
    }
    let (site, name) = if let Some(value) = by_region {
        let region = region(value)?;
        (Site::Region(region), region.code().to_owned())
    } else if let Some(value) = by_zone {
        let place = value.place();
        let group = value.text()?.text;
        let Some(site) = local_zone::site(&group) else {
            let what = format!("{group:?} is no Local Zone group (P-45)");
            place.error(what, suggest_among(&group, local_zone::groups()));
            return None;
        };
        (site, group)
    } else {
        let point = coordinates(by_point?)?;
        (Site::Point(point), format!("{},{}", point.latitude, point.longitude))
    };
    Some((Anchor { site, bias: bias? }, Naming::Known(name.into())))
}

/// `[latitude, longitude]` in degrees.
fn coordinates(value: Value<'_, '_>) -> Option<Coordinates> {
    let place = value.place();
    let numbers: Option<Vec<f64>> = value.items()?.into_iter().map(Value::number).collect();
    match numbers?[..] {
        [latitude, longitude] if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 => {
            Some(Coordinates { latitude, longitude })
        }
        [_, _] => {
            place.error("`coordinates` lie off the globe", "latitude is in -90..=90, longitude in -180..=180");
            None
        }
        _ => {
            place.error("`coordinates` are two numbers", "[latitude, longitude], such as [47.61, -122.33]");
            None
        }
    }
}

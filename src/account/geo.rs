//! The places that geolocation records may name, as ListGeoLocations prints them (P-35, P-37, I-21).

use super::page::cut;
use super::refusal::page;
use crate::model::place::{Continent, Country};
use crate::route53::{
    ApiError, Code, GeoLocationDetails, GetGeoLocationRequest, ListGeoLocationsRequest, ListGeoLocationsResponse,
};

/// Countries by code, each followed by its subdivisions by code, the default `*` before them and continents at the end.
pub fn locations() -> impl Iterator<Item = GeoLocationDetails> {
    let default = GeoLocationDetails {
        country_code: Some("*".to_owned()),
        country_name: Some("Default".to_owned()),
        ..GeoLocationDetails::default()
    };
    let countries = Country::all().filter(|country| country.is_supported()).flat_map(|country| {
        let whole = GeoLocationDetails {
            country_code: Some(country.code().to_owned()),
            country_name: Some(country.name().to_owned()),
            ..GeoLocationDetails::default()
        };
        let mut parts: Vec<_> = country
            .subdivisions()
            .map(|row| GeoLocationDetails {
                subdivision_code: Some(row.subdivision.code().to_owned()),
                subdivision_name: Some(row.name.to_owned()),
                ..whole.clone()
            })
            .collect();
        parts.sort_by(|a, b| a.subdivision_code.cmp(&b.subdivision_code));
        std::iter::once(whole).chain(parts)
    });
    let continents = Continent::all().map(|continent| GeoLocationDetails {
        continent_code: Some(continent.code().to_owned()),
        continent_name: Some(continent.name().to_owned()),
        ..GeoLocationDetails::default()
    });
    std::iter::once(default).chain(countries).chain(continents)
}

/// The one place that the codes name; no code at all means the default. NoSuchGeoLocation where there is none (P-37).
pub fn find(asked: &GetGeoLocationRequest) -> Result<GeoLocationDetails, ApiError> {
    let GetGeoLocationRequest { continent_code, country_code, subdivision_code } = asked;
    check(continent_code.as_deref(), country_code.as_deref(), subdivision_code.as_deref())?;
    let country = match (continent_code, country_code) {
        (None, None) => Some("*".to_owned()),
        _ => country_code.clone(),
    };
    let wanted = (continent_code, &country, subdivision_code);
    let mut found = locations().filter(|place| codes(place) == wanted);
    found.next().ok_or_else(|| {
        let words = [("continent", continent_code), ("country", &country), ("subdivision", subdivision_code)];
        let named: Vec<_> =
            words.iter().filter_map(|(kind, code)| Some(format!("{kind} = {}", code.as_ref()?))).collect();
        ApiError::new(Code::NoSuchGeoLocation, format!("Cannot find location: '{}'.", named.join(", ")))
    })
}

/// A page of places, from the first at or after the codes that the start names.
pub fn list(asked: &ListGeoLocationsRequest) -> Result<ListGeoLocationsResponse, ApiError> {
    let ListGeoLocationsRequest { start_continent_code, start_country_code, start_subdivision_code, max_items } = asked;
    check(start_continent_code.as_deref(), start_country_code.as_deref(), start_subdivision_code.as_deref())?;
    let most = page(max_items.as_deref(), 100, 100)?;
    // None sorts before every code: countries, whose continent is none, come before continents.
    let start = (start_continent_code, start_country_code, start_subdivision_code);
    let rest = locations().skip_while(|place| codes(place) < start);
    let (geo_location_details_list, next) = cut(rest, most);
    let (next_continent_code, next_country_code, next_subdivision_code) =
        next.map_or((None, None, None), |next| (next.continent_code, next.country_code, next.subdivision_code));
    let is_truncated = next_continent_code.is_some() || next_country_code.is_some();
    Ok(ListGeoLocationsResponse {
        geo_location_details_list,
        is_truncated,
        next_continent_code,
        next_country_code,
        next_subdivision_code,
        max_items: most.to_string(),
    })
}

fn codes(place: &GeoLocationDetails) -> (&Option<String>, &Option<String>, &Option<String>) {
    (&place.continent_code, &place.country_code, &place.subdivision_code)
}

/// P-35: a continent goes alone, and a subdivision needs its country.
fn check(continent: Option<&str>, country: Option<&str>, subdivision: Option<&str>) -> Result<(), ApiError> {
    if continent.is_some() && (country.is_some() || subdivision.is_some()) {
        let what = "Invalid parameter : a continent code cannot be combined with a country code or a subdivision code";
        return Err(ApiError::invalid_input(what));
    }
    if subdivision.is_some() && country.is_none() {
        return Err(ApiError::invalid_input("Invalid parameter : a subdivision code needs a country code"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(continent: &str, country: &str, subdivision: &str) -> GetGeoLocationRequest {
        let code = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        GetGeoLocationRequest {
            continent_code: code(continent),
            country_code: code(country),
            subdivision_code: code(subdivision),
        }
    }

    #[test]
    fn countries_come_first_and_continents_last() {
        // I-21
        let all: Vec<_> = locations().collect();
        let shown: Vec<_> = all
            .iter()
            .map(|place| {
                let code = |code: &Option<String>| code.clone().unwrap_or_default();
                format!(
                    "{}/{}/{}",
                    code(&place.continent_code),
                    code(&place.country_code),
                    code(&place.subdivision_code)
                )
            })
            .collect();
        assert_eq!(shown[..3], ["/*/", "/AD/", "/AE/"]);
        assert_eq!(shown[shown.len() - 7..], ["AF//", "AN//", "AS//", "EU//", "NA//", "OC//", "SA//"]);
        let us = shown.iter().position(|code| code == "/US/").unwrap();
        assert_eq!(shown[us + 1..us + 3], ["/US/AK", "/US/AL"], "subdivisions follow their country");
        assert_eq!(shown[us + 52], "/UY/");
        for unsupported in ["/BV/", "/CX/", "/EH/", "/HM/"] {
            assert!(!shown.contains(&unsupported.to_owned()), "P-37: {unsupported}");
        }
    }

    #[test]
    fn one_place_by_its_codes() {
        let switzerland = find(&place("", "CH", "")).unwrap();
        assert_eq!(switzerland.country_name.as_deref(), Some("Switzerland"));
        assert_eq!(find(&place("AF", "", "")).unwrap().continent_name.as_deref(), Some("Africa"), "P-43");
        assert_eq!(find(&place("", "AF", "")).unwrap().country_name.as_deref(), Some("Afghanistan"), "P-43");
        assert_eq!(find(&place("", "US", "WA")).unwrap().subdivision_name.as_deref(), Some("Washington"));
        assert_eq!(find(&place("", "", "")).unwrap().country_name.as_deref(), Some("Default"));
        let unknown = find(&place("", "BV", "")).unwrap_err();
        assert_eq!(
            (unknown.code, unknown.message.as_str()),
            (Code::NoSuchGeoLocation, "Cannot find location: 'country = BV'.")
        );
        assert_eq!(find(&place("", "CH", "ZH")).unwrap_err().code, Code::NoSuchGeoLocation, "P-35");
        assert_eq!(find(&place("EU", "CH", "")).unwrap_err().code, Code::InvalidInput, "P-35");
        assert_eq!(find(&place("", "", "WA")).unwrap_err().code, Code::InvalidInput, "P-35");
    }

    #[test]
    fn pages_give_every_place_once() {
        // I-21
        let mut asked =
            ListGeoLocationsRequest { max_items: Some("37".to_owned()), ..ListGeoLocationsRequest::default() };
        let mut seen = Vec::new();
        loop {
            let page = list(&asked).unwrap();
            assert!(page.geo_location_details_list.len() <= 37 && page.max_items == "37");
            seen.extend(page.geo_location_details_list);
            if !page.is_truncated {
                assert_eq!(page.next_country_code, None);
                break;
            }
            asked.start_continent_code = page.next_continent_code;
            asked.start_country_code = page.next_country_code;
            asked.start_subdivision_code = page.next_subdivision_code;
        }
        assert_eq!(seen, locations().collect::<Vec<_>>());
        let bad = ListGeoLocationsRequest { max_items: Some("0".to_owned()), ..ListGeoLocationsRequest::default() };
        assert_eq!(list(&bad).unwrap_err().code, Code::InvalidInput, "I-22");
    }
}

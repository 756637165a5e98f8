//! The places that geolocation records may name (P-35, P-37, I-21).

use crate::account::{Account, geo};
use crate::route53::{
    ApiError, Caller, GetGeoLocationRequest, GetGeoLocationResponse, ListGeoLocationsRequest, ListGeoLocationsResponse,
};

/// One place by its codes.
pub fn get_geo_location(
    _: &Account,
    _: &Caller,
    input: GetGeoLocationRequest,
) -> Result<GetGeoLocationResponse, ApiError> {
    Ok(GetGeoLocationResponse { geo_location_details: geo::find(&input)? })
}

/// All places: countries with their subdivisions, then continents.
pub fn list_geo_locations(
    _: &Account,
    _: &Caller,
    input: ListGeoLocationsRequest,
) -> Result<ListGeoLocationsResponse, ApiError> {
    geo::list(&input)
}

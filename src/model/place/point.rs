//! Points on the globe and the distance between them.

/// A point on the globe in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    /// -90..=90, north positive.
    pub latitude: f64,
    /// -180..=180, east positive.
    pub longitude: f64,
}

/// The mean radius of the earth in kilometres (P-46).
const EARTH_RADIUS_KM: f64 = 6371.0088;

impl Coordinates {
    /// A point on the globe; `None` outside of -90..=90 and -180..=180.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
            .then_some(Self { latitude, longitude })
    }

    /// From the strings of Route 53's API: at most two decimals, in range (P-44). The error is a clause that
    /// names the value at fault.
    pub fn parse_api(latitude: &str, longitude: &str) -> Result<Self, String> {
        let parse = |name: &str, text: &str, digits: usize, most: f64| {
            let value = is_api_decimal(text, digits).then(|| text.parse::<f64>().ok()).flatten();
            value.filter(|value| value.abs() <= most).ok_or_else(|| {
                format!("{name} \"{text}\" is not a number from -{most} to {most} with at most two decimals")
            })
        };
        Ok(Self {
            latitude: parse("latitude", latitude, 2, 90.0)?,
            longitude: parse("longitude", longitude, 3, 180.0)?,
        })
    }

    /// Great-circle distance in kilometres, haversine (P-46).
    pub fn distance_km(self, to: Self) -> f64 {
        let (lat_a, lat_b) = (self.latitude.to_radians(), to.latitude.to_radians());
        let half_lat = ((lat_b - lat_a) / 2.0).sin();
        let half_lon = ((to.longitude - self.longitude).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
    }
}

/// `[-+]?[0-9]{1,digits}(\.[0-9]{0,2})?`, the pattern of the API.
fn is_api_decimal(text: &str, digits: usize) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (1..=digits).contains(&whole.len()) && fraction.len() <= 2 && numeric(whole) && numeric(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_strings_have_two_decimals() {
        let good = [("47.61", "-122.33"), ("+9", "-9."), ("-90", "180"), ("90.00", "-180.00"), ("0", "007")];
        for (latitude, longitude) in good {
            assert!(Coordinates::parse_api(latitude, longitude).is_ok(), "P-44: {latitude} {longitude}");
        }
        for bad in ["47.608", "", "-", ".5", "1e1", "047", "90.01", "-91", " 1", "1,5", "NaN", "inf", "+-1", "1.5.5"] {
            assert!(Coordinates::parse_api(bad, "0").is_err(), "P-44, T194: {bad:?}");
        }
        for bad in ["180.01", "1800", "-181", "12.345"] {
            let said = Coordinates::parse_api("0", bad).unwrap_err();
            assert!(said.contains("longitude") && said.contains(bad), "P-44: {said}");
        }
    }

    #[test]
    fn distances_of_the_specification() {
        let at = |latitude, longitude| Coordinates { latitude, longitude };
        let clients = [
            (at(47.61, -122.33), [280.9, 3702.8, 7276.2, 7697.1, 16504.0]),
            (at(38.95, -77.45), [3510.1, 0.0, 5465.6, 10882.6, 13081.8]),
            (at(51.51, -0.13), [7746.1, 5921.4, 463.0, 9559.5, 9069.8]),
            (at(35.68, 139.69), [7971.1, 10882.6, 9585.5, 0.0, 13538.5]),
            (at(-23.55, -46.63), [10650.0, 7654.0, 9392.8, 18535.4, 7429.3]),
            (at(50.11, 8.68), [8245.6, 6553.3, 1087.7, 9333.0, 8698.0]),
            (at(32.78, -96.80), [2432.9, 1869.1, 7178.2, 10398.0, 14686.2]),
            (at(39.74, -104.99), [1375.6, 2360.5, 7081.9, 9332.6, 15441.0]),
        ];
        let anchors = [at(45.84, -119.70), at(38.95, -77.45), at(53.35, -6.26), at(35.68, 139.69), at(-26.20, 28.05)];
        for (client, expected) in clients {
            for (anchor, km) in anchors.iter().zip(expected) {
                let got = client.distance_km(*anchor);
                assert!((got - km).abs() <= 0.051, "§10.1: {client:?} to {anchor:?}: {got} instead of {km}");
                assert!((anchor.distance_km(client) - got).abs() < 1e-9, "P-46: symmetric");
            }
        }
    }

    #[test]
    fn distances_around_the_globe() {
        let at = |latitude, longitude| Coordinates { latitude, longitude };
        let half = std::f64::consts::PI * EARTH_RADIUS_KM;
        assert!((at(90.0, 0.0).distance_km(at(-90.0, 77.0)) - half).abs() < 1e-6, "P-46: pole to pole");
        assert!((at(0.0, 0.0).distance_km(at(0.0, 180.0)) - half).abs() < 1e-6, "P-46: antipodes");
        assert!((at(10.0, 179.5).distance_km(at(10.0, -179.5)) - 109.5).abs() < 0.1, "P-46: across the date line");
    }
}

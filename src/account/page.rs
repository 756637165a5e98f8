//! Pages of listings, and the tokens that say where the next one begins (I-21).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::route53::{ApiError, Code};

/// The first `most`, and the one that the next page begins with.
pub fn cut<T>(mut items: impl Iterator<Item = T>, most: usize) -> (Vec<T>, Option<T>) {
    let page = items.by_ref().take(most).collect();
    (page, items.next())
}

/// A token that stands for the next page of `list`, which begins at `key`.
pub(super) fn token(list: &str, key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{list}\0{key}"))
}

/// Where the page of `list` begins that a token stands for; InvalidPaginationToken if it was never given out for it.
pub(super) fn start(list: &str, token: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|octets| String::from_utf8(octets).ok());
    let key = text.as_deref().and_then(|text| text.strip_prefix(list)?.strip_prefix('\0'));
    match key {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(ApiError::new(
            Code::InvalidPaginationToken,
            "The value that you specified to get the second or subsequent page of results is invalid.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_good_for_their_own_list_alone() {
        // I-21
        let given = token("vpc", "Z1/ü");
        assert!(given.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet)));
        assert_eq!(start("vpc", Some(&given)).unwrap().as_deref(), Some("Z1/ü"));
        assert_eq!(start("vpc", None).unwrap(), None);
        for (list, token) in [("vp", &*given), ("vpcs", &given), ("vpc", "%"), ("vpc", "AAAA"), ("vpc", "_w")] {
            assert_eq!(start(list, Some(token)).unwrap_err().code, Code::InvalidPaginationToken, "{list} {token}");
        }
    }

    #[test]
    fn a_page_is_followed_by_the_first_of_the_next() {
        assert_eq!(cut(1..=3, 2), (vec![1, 2], Some(3)));
        assert_eq!(cut(1..=2, 2), (vec![1, 2], None));
    }
}

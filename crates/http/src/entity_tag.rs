//! Entity tags (RFC 9110): whether a client already holds the version that it requests.

use axum::http::{HeaderMap, header};

/// Returns whether `If-None-Match` names this entity tag. Tags are compared without their weakness.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|list| list.split(',')).any(|held| held.trim() == "*" || bare(held) == bare(etag))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn holding(tags: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(tags))])
    }

    #[test]
    fn a_held_version_is_known_in_each_form_of_the_header() {
        for tags in ["\"a\"", "W/\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(is_known(&holding(tags), "\"a\""), "{tags}");
            assert!(is_known(&holding(tags), "W/\"a\""), "{tags}");
        }
        for tags in ["\"b\"", "a", ""] {
            assert!(!is_known(&holding(tags), "\"a\""), "{tags}");
        }
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}

//! Validation of return addresses, which prevents open redirects.

/// Returns the address to redirect to after sign-in: a path of this site, or else the start page. `//host` and `/\host`
/// would lead to another site.
pub fn return_url(address: &str) -> &str {
    let mut letters = address.chars();
    let is_local = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    if is_local && !address.chars().any(char::is_control) { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_gone_back_to() {
        assert_eq!(return_url("/orgs/1?page=2"), "/orgs/1?page=2");
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "evil",
            "/a\nb",
            "/\t/evil",
        ] {
            assert_eq!(return_url(evil), "/", "{evil:?}");
        }
    }
}

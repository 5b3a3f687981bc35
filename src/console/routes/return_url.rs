//! Addresses that may be gone back to.

/// An address to go back to after signing in: one path of this site, or else the start. `//host` and `/\host` would
/// lead elsewhere.
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

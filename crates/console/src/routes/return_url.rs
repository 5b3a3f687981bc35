//! Validation of return addresses, which prevents open redirects.

use super::{address_of, below_base};

/// Returns the address to redirect to after sign-in: one of this site, or else the start page. `//host` and `/\host`
/// would lead to another site.
pub fn return_url(address: &str) -> String {
    let path = below_base(address).filter(|path| is_local(path));
    address_of(path.unwrap_or("/"))
}

fn is_local(path: &str) -> bool {
    let mut letters = path.chars();
    let is_path = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    is_path && !path.chars().any(char::is_control) && !leads_up(path)
}

/// Returns whether a path has segments that browsers resolve, which could lead out of the base path.
fn leads_up(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.split(['/', '\\']).any(|segment| matches!(segment.to_lowercase().replace("%2e", ".").as_str(), "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_gone_back_to() {
        for address in ["/orgs/1?page=2", "/orgs/1?search=/../x", "/orgs/..1"] {
            assert_eq!(return_url(address), address);
        }
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "evil",
            "/a\nb",
            "/\t/evil",
            "/../evil",
            "/orgs/%2E./evil",
            "/orgs\\..\\evil?page=2",
            "/.",
        ] {
            assert_eq!(return_url(evil), "/", "{evil:?}");
        }
    }
}

//! The path below which a reverse proxy serves Jeton.

use std::{fmt, str::FromStr};

/// The error for a text that is no base path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no base path; write one or more segments of letters, digits and - _ . ~ without a slash at the end, like \
     /jeton"
)]
pub struct NotABasePath(pub String);

/// The path below which browsers and clients reach Jeton: empty at the root of a host, else segments with a slash
/// before each, such as `/jeton`. The reverse proxy removes it from requests, and Jeton adds it to every address it
/// writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// Returns the path without a slash at its end; empty at the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether Jeton is served at the root of its host.
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the address of a path of Jeton. `path`: begins with a slash; a query may follow.
    pub fn join(&self, path: &str) -> String {
        [self.as_str(), path].concat()
    }

    /// Returns the path of Jeton that an address names, with its query; `None` if the address is not below this one.
    pub fn strip<'a>(&self, address: &'a str) -> Option<&'a str> {
        address.strip_prefix(self.as_str()).filter(|path| path.starts_with('/'))
    }
}

impl FromStr for BasePath {
    type Err = NotABasePath;

    fn from_str(text: &str) -> Result<Self, NotABasePath> {
        let is_path = |text: &str| text.strip_prefix('/').is_some_and(|path| path.split('/').all(is_plain));
        if text.is_empty() || is_path(text) { Ok(Self(text.to_owned())) } else { Err(NotABasePath(text.to_owned())) }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns whether a segment is the same in URLs, HTML, cookies and scripts, without escaping.
fn is_plain(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_needs_no_escaping_anywhere() {
        for path in ["", "/jeton", "/tools/jeton", "/v1.0/~a_b-c"] {
            assert_eq!(path.parse::<BasePath>().map(|base| base.to_string()), Ok(path.to_owned()));
        }
        for path in [
            "/", "jeton", "/jeton/", "//jeton", "/a//b", "/..", "/a/../b", "/.", "/a b", "/a%2fb", "/a;b", "/a\"b",
            "/a'", "/a?b", "/a#b", "/ä", "/a\n", "/a,b", "/{a}", "/*",
        ] {
            assert_eq!(path.parse::<BasePath>(), Err(NotABasePath(path.to_owned())), "{path:?}");
        }
    }

    #[test]
    fn an_address_is_below_the_path_or_names_nothing() {
        let base: BasePath = "/orgs".parse().unwrap();
        assert_eq!(base.join("/orgs/1?page=2"), "/orgs/orgs/1?page=2");
        assert_eq!(base.strip("/orgs/orgs/1?page=2"), Some("/orgs/1?page=2"));
        assert_eq!(base.strip("/orgs/1"), Some("/1"));
        for elsewhere in
            ["/orgs", "/orgs?page=2", "/orgsx/1", "/other/orgs/1", "orgs/1", "", "https://example.com/orgs/1"]
        {
            assert_eq!(base.strip(elsewhere), None, "{elsewhere}");
        }
        let root = BasePath::default();
        assert_eq!((root.join("/sign-in").as_str(), root.strip("/sign-in")), ("/sign-in", Some("/sign-in")));
        assert_eq!(root.strip("sign-in"), None);
    }
}

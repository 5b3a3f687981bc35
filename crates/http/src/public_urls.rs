//! The URLs at which browsers reach Jeton.

use std::str::FromStr;

use axum::http::{HeaderMap, header};
use url::{Host, Url};

use jeton_model::{BasePath, base_path::NotABasePath};

/// A URL at which browsers reach Jeton: scheme, host and port, and the base path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    base_path: BasePath,
}

/// The error for a text that is no public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPublicUrl {
    /// The text is no URL.
    #[error(transparent)]
    NotAUrl(#[from] url::ParseError),
    /// The URL is none of the web.
    #[error("the scheme must be http or https")]
    Scheme,
    /// The URL has parts that are not used.
    #[error("give only scheme, host, port and path, such as https://tokens.example.com or https://example.com/jeton")]
    OtherParts,
    /// The path is none that Jeton writes into addresses.
    #[error(transparent)]
    BasePath(#[from] NotABasePath),
}

impl PublicUrl {
    /// Returns the URL.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the URL for messages.
    fn shown(&self) -> String {
        format!("{}{}", self.url.origin().ascii_serialization(), self.base_path)
    }
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    /// Parses a URL, whose path may end with a slash.
    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let url: Url = text.parse()?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAPublicUrl::Scheme);
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() || !url.has_host() {
            return Err(NotAPublicUrl::OtherParts);
        }
        let base_path = url.path().strip_suffix('/').unwrap_or(url.path()).parse()?;
        Ok(Self { url, base_path })
    }
}

/// The URLs at which browsers reach Jeton, all with the same path; none if the requests themselves determine it.
#[derive(Clone, Debug, Default)]
pub struct PublicUrls {
    urls: Vec<PublicUrl>,
    base_path: BasePath,
}

/// The reason why URLs cannot be used together, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Two URLs have different paths.
    #[error("the public URLs {0} and {1} have different paths; give all of them the same path")]
    Paths(String, String),
    /// Two URLs differ in nothing that the `Host` header of a request shows.
    #[error("the public URLs {0} and {1} differ in their scheme only, which no request shows; remove one of them")]
    Schemes(String, String),
}

impl PublicUrls {
    /// Returns these URLs; the first is the main one.
    ///
    /// # Errors
    /// Fails if two of them have different paths, or cannot be told apart by the `Host` header.
    pub fn new(urls: Vec<PublicUrl>) -> Result<Self, PublicUrlError> {
        let base_path = urls.first().map(|public| public.base_path.clone()).unwrap_or_default();
        let mut distinct: Vec<PublicUrl> = Vec::new();
        for url in urls {
            if let Some(error) = distinct.iter().find_map(|other| conflict(other, &url)) {
                return Err(error);
            }
            if distinct.iter().all(|other| other.url.origin() != url.url.origin()) {
                distinct.push(url);
            }
        }
        Ok(Self { urls: distinct, base_path })
    }

    /// Returns whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.urls.is_empty()
    }

    /// Returns the URL that a request is for: the one with the host and port of its `Host` header, else the first with
    /// its host, else the main one. A proxy may not pass the host on, or only without its port.
    pub fn of_request(&self, headers: &HeaderMap) -> Option<&Url> {
        let main = &self.urls.first()?.url;
        if self.urls.len() == 1 {
            return Some(main);
        }
        let Some(target) = requested(headers) else { return Some(main) };
        let all = self.urls.iter().map(PublicUrl::url);
        let named: Vec<&Url> = all.filter(|url| url.host() == target.host()).collect();
        let is_port = |url: &Url| target.port() == url.port() || target.port() == url.port_or_known_default();
        named.iter().copied().find(|url| is_port(url)).or_else(|| named.first().copied()).or(Some(main))
    }

    /// Returns whether the URL that a request is for has the scheme https; false without URLs. The `Host` header is
    /// parsed only if the URLs have different schemes: every response depends on the scheme.
    pub fn is_https(&self, headers: &HeaderMap) -> bool {
        let is_https = |url: &Url| url.scheme() == "https";
        let mut urls = self.urls.iter().map(PublicUrl::url);
        urls.clone().any(is_https) && (urls.all(is_https) || self.of_request(headers).is_some_and(is_https))
    }

    /// Returns whether one of the URLs has this host.
    pub fn have_host(&self, host: &Host<&str>) -> bool {
        self.urls.iter().any(|public| public.url.host().as_ref() == Some(host))
    }

    /// Returns the path below which browsers reach Jeton, the same for all URLs: the root without public URLs.
    pub const fn base_path(&self) -> &BasePath {
        &self.base_path
    }
}

/// Returns the host and port that a request was sent to, as a URL; `None` without a valid `Host` header.
pub(crate) fn requested(headers: &HeaderMap) -> Option<Url> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    format!("http://{host}/").parse().ok()
}

fn conflict(one: &PublicUrl, two: &PublicUrl) -> Option<PublicUrlError> {
    if one.base_path != two.base_path {
        return Some(PublicUrlError::Paths(one.shown(), two.shown()));
    }
    let (first, second) = (&one.url, &two.url);
    let differ_in_scheme =
        first.host() == second.host() && first.port() == second.port() && first.scheme() != second.scheme();
    differ_in_scheme.then(|| PublicUrlError::Schemes(one.shown(), two.shown()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn urls(list: &[&str]) -> Result<PublicUrls, PublicUrlError> {
        PublicUrls::new(list.iter().map(|url| url.parse().unwrap()).collect())
    }

    fn origin(url: &Url) -> String {
        url.origin().ascii_serialization()
    }

    fn chosen(list: &[&str], host: &'static str) -> String {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        urls(list).unwrap().of_request(&headers).map_or_else(String::new, origin)
    }

    #[test]
    fn the_host_of_a_request_decides_which_url_applies() {
        let list = ["https://tokens.example.com", "http://jeton:8086", "https://jeton:8443", "http://10.0.0.7"];
        for (host, url) in [
            ("tokens.example.com", "https://tokens.example.com"),
            ("TOKENS.example.com:443", "https://tokens.example.com"),
            ("tokens.example.com:9000", "https://tokens.example.com"),
            ("jeton:8086", "http://jeton:8086"),
            ("jeton:8443", "https://jeton:8443"),
            ("jeton", "http://jeton:8086"),
            ("10.0.0.7", "http://10.0.0.7"),
            ("10.0.0.7:80", "http://10.0.0.7"),
        ] {
            assert_eq!(chosen(&list, host), url, "{host}");
        }
    }

    #[test]
    fn the_first_url_applies_where_no_other_does() {
        let list = ["https://tokens.example.com", "http://jeton:8086"];
        for host in ["127.0.0.1:8086", "evil.example", "jeton.evil.example:8086", "", "a b"] {
            assert_eq!(chosen(&list, host), "https://tokens.example.com", "{host}");
        }
        assert_eq!(chosen(&list[1..], "tokens.example.com"), "http://jeton:8086", "the only one");
        assert_eq!(chosen(&[], "tokens.example.com"), "");
        let without_host = urls(&list).unwrap().of_request(&HeaderMap::new()).map(origin);
        assert_eq!(without_host.as_deref(), Some("https://tokens.example.com"));
    }

    #[test]
    fn the_scheme_is_that_of_the_url_that_a_request_is_for() {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("jeton:8086"))]);
        for list in [
            [].as_slice(),
            &["https://a.example"],
            &["http://a.example"],
            &["https://a.example", "https://jeton:8086"],
            &["http://a.example", "http://jeton:8086"],
            &["https://a.example", "http://jeton:8086"],
            &["http://a.example", "https://jeton:8086"],
        ] {
            let urls = urls(list).unwrap();
            let expected = urls.of_request(&headers).is_some_and(|url| url.scheme() == "https");
            assert_eq!(urls.is_https(&headers), expected, "{list:?}");
        }
    }

    #[test]
    fn urls_that_no_request_tells_apart_are_refused() {
        let schemes = PublicUrlError::Schemes("https://a.example".into(), "http://a.example".into());
        assert_eq!(urls(&["https://a.example", "http://a.example"]).err(), Some(schemes));
        assert_eq!(urls(&["https://a.example", "http://a.example:8086"]).err(), None);
        assert_eq!(urls(&["https://a.example", "https://a.example:443/"]).err(), None, "the same one twice");
        let paths = PublicUrlError::Paths("https://a.example/jeton".into(), "http://b.example".into());
        assert_eq!(urls(&["https://a.example/jeton", "http://b.example"]).err(), Some(paths));
    }

    #[test]
    fn all_urls_share_one_path() {
        let path = |list: &[&str]| urls(list).unwrap().base_path().to_string();
        assert_eq!(path(&[]), "");
        assert_eq!(path(&["https://a.example", "http://b.example/"]), "");
        assert_eq!(path(&["https://a.example/jeton", "http://b.example/jeton/"]), "/jeton");
    }

    #[test]
    fn a_public_url_is_scheme_host_port_and_a_plain_path() {
        let refused = |text: &str| text.parse::<PublicUrl>().err();
        assert_eq!(refused("https://a.example:8443/tools/jeton/"), None);
        assert_eq!(refused("https://a.example/a//b"), Some(NotAPublicUrl::BasePath(NotABasePath("/a//b".into()))));
        assert_eq!(refused("ftp://a.example"), Some(NotAPublicUrl::Scheme));
        for text in ["https://a.example?a=b", "https://a.example/#a", "https://u@a.example", "https://u:p@a.example"] {
            assert_eq!(refused(text), Some(NotAPublicUrl::OtherParts), "{text}");
        }
        assert!(matches!(refused("a.example"), Some(NotAPublicUrl::NotAUrl(_))));
    }
}

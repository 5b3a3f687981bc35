//! Settings of the server that handlers read.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use url::{Host, Url};

use jeton_model::BasePath;

use crate::{
    error::ApiError,
    public_urls::{PublicUrls, requested},
};

/// The part of the server's configuration that handlers read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URLs at which browsers reach Jeton; without any, the request's own headers determine it.
    pub public_urls: PublicUrls,
    /// The path that all of them share, below which a reverse proxy serves Jeton.
    pub base_path: BasePath,
    /// Networks of reverse proxies whose forwarded header is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The one header in which trusted proxies name the client.
    pub forwarded_header: HeaderName,
    /// True if the server's own listener uses TLS.
    pub is_encrypted: bool,
    /// True if the server's own listener serves `/metrics`.
    pub has_metrics: bool,
    /// True if lists and single reads of authorizations repeat the token that authenticates the request.
    pub echo_own_token: bool,
}

impl Settings {
    /// Returns whether an address is that of a trusted proxy.
    pub fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    /// Returns whether the browser that sent a request reaches Jeton by https: cookies are then `Secure`. Without a
    /// public URL, the listener decides.
    pub fn is_https(&self, headers: &HeaderMap) -> bool {
        if self.public_urls.is_empty() { self.is_encrypted } else { self.public_urls.is_https(headers) }
    }

    /// Returns scheme, host and port as the browser that sent a request sees them, without a trailing slash: of the
    /// public URL, or of the request.
    pub fn origin(&self, headers: &HeaderMap) -> Option<String> {
        let of = |url: &Url| url.origin().ascii_serialization();
        match self.public_urls.of_request(headers) {
            Some(url) => Some(of(url)),
            None => self.requested(headers).as_ref().map(of),
        }
    }

    /// Returns the host and port that a request names, as a URL with the scheme of the listener.
    fn requested(&self, headers: &HeaderMap) -> Option<Url> {
        let mut url = requested(headers)?;
        if self.is_encrypted {
            url.set_scheme("https").ok()?;
        }
        Some(url)
    }

    /// Returns the URL that clients are configured with: the origin and the base path, without a trailing slash.
    pub fn base_url(&self, headers: &HeaderMap) -> Option<String> {
        Some(self.origin(headers)? + self.base_path.as_str())
    }

    /// Allows set-up only under host names that no attacker can point here: those of the public URLs, localhost, an IP
    /// address. Otherwise a web page could use DNS rebinding to read the operator token of a new server.
    pub fn check_setup_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if self.knows_host(headers) { Ok(()) } else { Err(ApiError::ForeignHost { what: "set-up" }) }
    }

    /// Allows signing in under the same host names only, where a public URL is set. Without one, the valid names are
    /// unknown.
    pub fn check_sign_in_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let known = self.public_urls.is_empty() || self.knows_host(headers);
        if known { Ok(()) } else { Err(ApiError::ForeignHost { what: "signing in" }) }
    }

    fn knows_host(&self, headers: &HeaderMap) -> bool {
        match requested(headers).as_ref().and_then(Url::host) {
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            Some(name) => name == Host::Domain("localhost") || self.public_urls.have_host(&name),
            None => false,
        }
    }
}

#[cfg(test)]
impl Settings {
    /// The settings of a server without TLS that browsers reach at these URLs.
    pub(crate) fn reached_at(public_urls: &[&str]) -> Self {
        let public_urls = PublicUrls::new(public_urls.iter().map(|url| url.parse().unwrap()).collect()).unwrap();
        Self {
            base_path: public_urls.base_path().clone(),
            public_urls,
            trusted_proxies: Vec::new(),
            forwarded_header: HeaderName::from_static("x-forwarded-for"),
            is_encrypted: false,
            has_metrics: true,
            echo_own_token: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn host(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(name))])
    }

    #[test]
    fn set_up_answers_under_names_nobody_else_can_point_here() {
        let bare = Settings::reached_at(&[]);
        for name in ["localhost", "localhost:8086", "127.0.0.1:8086", "[::1]:8086", "10.0.0.7"] {
            assert_eq!(bare.check_setup_host(&host(name)), Ok(()), "{name}");
        }
        for name in ["evil.example", "localhost.evil.example:8086", "tokens.example.com", ""] {
            assert_eq!(bare.check_setup_host(&host(name)), Err(ApiError::ForeignHost { what: "set-up" }), "{name}");
        }
        let public = Settings::reached_at(&["https://tokens.example.com", "http://jeton:8086"]);
        for name in ["tokens.example.com", "jeton:8086", "jeton", "localhost", "10.0.0.7"] {
            assert_eq!(public.check_setup_host(&host(name)), Ok(()), "{name}");
        }
        let refused = Err(ApiError::ForeignHost { what: "set-up" });
        assert_eq!(public.check_setup_host(&host("jeton.evil.example:8086")), refused);
    }

    #[test]
    fn signing_in_answers_under_any_name_until_a_public_url_is_set() {
        let (bare, public) = (Settings::reached_at(&[]), Settings::reached_at(&["https://tokens.example.com"]));
        for name in ["evil.example", "tokens.example.com.evil.example", ""] {
            assert_eq!(bare.check_sign_in_host(&host(name)), Ok(()), "{name}");
            let refused = Err(ApiError::ForeignHost { what: "signing in" });
            assert_eq!(public.check_sign_in_host(&host(name)), refused, "{name}");
        }
        for name in ["tokens.example.com", "TOKENS.example.com:443", "localhost:8086", "127.0.0.1:8086", "[::1]:8086"] {
            assert_eq!(public.check_sign_in_host(&host(name)), Ok(()), "{name}");
        }
    }

    #[test]
    fn the_public_url_decides_what_browsers_see() {
        let public = Settings::reached_at(&["https://tokens.example.com"]);
        for name in ["tokens.example.com", "127.0.0.1:8086"] {
            assert!(public.is_https(&host(name)), "{name}");
            assert_eq!(public.origin(&host(name)).as_deref(), Some("https://tokens.example.com"), "{name}");
        }
        assert_eq!(Settings::reached_at(&[]).origin(&host("localhost:8086")).as_deref(), Some("http://localhost:8086"));
        assert!(!Settings::reached_at(&[]).is_https(&host("localhost:443")));
        let below = Settings::reached_at(&["https://example.com/jeton"]);
        assert_eq!(below.origin(&host("127.0.0.1:8086")).as_deref(), Some("https://example.com"));
        assert_eq!(below.base_url(&host("127.0.0.1:8086")).as_deref(), Some("https://example.com/jeton"));
    }

    #[test]
    fn without_a_public_url_a_listener_with_tls_is_reached_by_https() {
        let encrypted = |public_urls: &[&str]| Settings { is_encrypted: true, ..Settings::reached_at(public_urls) };
        for (name, origin) in [("jeton:8443", "https://jeton:8443"), ("jeton:443", "https://jeton")] {
            assert!(encrypted(&[]).is_https(&host(name)), "{name}");
            assert_eq!(encrypted(&[]).origin(&host(name)).as_deref(), Some(origin), "{name}");
        }
        assert!(!encrypted(&["http://jeton:8086"]).is_https(&host("jeton:8086")), "the public URL decides");
    }

    #[test]
    fn of_several_public_urls_the_host_decides() {
        let public = Settings::reached_at(&["https://tokens.example.com", "http://jeton:8086"]);
        assert!(!public.is_https(&host("jeton:8086")));
        assert_eq!(public.origin(&host("jeton:8086")).as_deref(), Some("http://jeton:8086"));
        for name in ["tokens.example.com", "10.0.0.7:8086", "evil.example"] {
            assert!(public.is_https(&host(name)), "{name}");
            assert_eq!(public.origin(&host(name)).as_deref(), Some("https://tokens.example.com"), "{name}");
        }
        let below = Settings::reached_at(&["https://example.com/jeton", "http://jeton:8086/jeton/"]);
        assert_eq!(below.base_url(&host("jeton:8086")).as_deref(), Some("http://jeton:8086/jeton"));
        assert_eq!(below.base_url(&host("example.com")).as_deref(), Some("https://example.com/jeton"));
    }
}

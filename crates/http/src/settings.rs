//! Settings of the server that handlers read.

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use url::{Host, Url};

use crate::error::ApiError;

/// The part of the server's configuration that handlers read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URL at which browsers reach Jeton; without it, the request's own headers determine it.
    pub public_url: Option<Url>,
    /// Networks of reverse proxies whose forwarded header is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The one header in which trusted proxies name the client.
    pub forwarded_header: HeaderName,
    /// True if the server's own listener serves `/metrics`.
    pub has_metrics: bool,
}

impl Settings {
    /// Returns whether browsers reach Jeton by https: cookies are then `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Returns scheme, host and port as browsers see them, without a trailing slash: of the public URL, or of the
    /// request.
    pub fn origin(&self, headers: &HeaderMap) -> Option<String> {
        if let Some(url) = &self.public_url {
            return Some(url.origin().ascii_serialization());
        }
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let url: Url = format!("http://{host}/").parse().ok()?;
        Some(url.origin().ascii_serialization())
    }

    /// Allows set-up only under host names that no attacker can point here: the public URL's, localhost, an IP address.
    /// Otherwise a web page could use DNS rebinding to read the operator token of a new server.
    pub fn check_setup_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if self.knows_host(headers) { Ok(()) } else { Err(ApiError::ForeignHost { what: "set-up" }) }
    }

    /// Allows signing in under the same host names only, where a public URL is set. Without one, the valid names are
    /// unknown.
    pub fn check_sign_in_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let known = self.public_url.is_none() || self.knows_host(headers);
        if known { Ok(()) } else { Err(ApiError::ForeignHost { what: "signing in" }) }
    }

    fn knows_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let url: Option<Url> = format!("http://{host}/").parse().ok();
        let expected = self.public_url.as_ref().and_then(Url::host);
        match url.as_ref().and_then(Url::host) {
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            Some(Host::Domain(name)) => name == "localhost" || expected == Some(Host::Domain(name)),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn settings(public_url: Option<&str>) -> Settings {
        Settings {
            public_url: public_url.map(|url| url.parse().unwrap()),
            trusted_proxies: Vec::new(),
            forwarded_header: HeaderName::from_static("x-forwarded-for"),
            has_metrics: true,
        }
    }

    fn host(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(name))])
    }

    #[test]
    fn set_up_answers_under_names_nobody_else_can_point_here() {
        let bare = settings(None);
        for name in ["localhost", "localhost:8086", "127.0.0.1:8086", "[::1]:8086", "10.0.0.7"] {
            assert_eq!(bare.check_setup_host(&host(name)), Ok(()), "{name}");
        }
        for name in ["evil.example", "localhost.evil.example:8086", "tokens.example.com", ""] {
            assert_eq!(bare.check_setup_host(&host(name)), Err(ApiError::ForeignHost { what: "set-up" }), "{name}");
        }
        let public = settings(Some("https://tokens.example.com"));
        assert_eq!(public.check_setup_host(&host("tokens.example.com")), Ok(()));
    }

    #[test]
    fn signing_in_answers_under_any_name_until_a_public_url_is_set() {
        let (bare, public) = (settings(None), settings(Some("https://tokens.example.com")));
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
        let public = settings(Some("https://tokens.example.com"));
        assert!(public.is_https());
        assert_eq!(public.origin(&host("127.0.0.1:8086")).as_deref(), Some("https://tokens.example.com"));
        assert_eq!(settings(None).origin(&host("localhost:8086")).as_deref(), Some("http://localhost:8086"));
    }
}

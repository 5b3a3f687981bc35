//! The listener that redirects browsers from http to https.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header, uri::PathAndQuery},
    response::{IntoResponse as _, Response},
};
use url::Url;

use jeton_http::{settings::Settings, state::AppState};

/// The answer to a request that may have revealed a secret already: a redirect would hide the mistake.
const REFUSED: &str = "This server is reached by https only. The request was not encrypted: a token or password that it \
                       contained is to be replaced.\n";

/// Returns the routes of the listener. `port`: that of the listener with TLS.
pub fn router(state: AppState, port: u16) -> Router {
    Router::new().fallback(move |request: Request| {
        let answered = answer(&state.settings, port, &request);
        async move { answered }
    })
}

fn answer(settings: &Settings, port: u16, request: &Request) -> Response {
    let headers = request.headers();
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_page || headers.contains_key(header::AUTHORIZATION) {
        return (StatusCode::FORBIDDEN, REFUSED).into_response();
    }
    match origin(settings, port, headers) {
        Some(origin) => {
            let path = request.uri().path_and_query().map(PathAndQuery::as_str);
            // Only a target that begins with a slash: anything else, such as `*`, would become a part of the host.
            let path = path.filter(|path| path.starts_with('/')).unwrap_or("/");
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{origin}{path}"))]).into_response()
        }
        None => (StatusCode::BAD_REQUEST, "The request names no host.\n").into_response(),
    }
}

/// Returns the public URL, or the host that the request names with the port of the listener with TLS.
fn origin(settings: &Settings, port: u16, headers: &HeaderMap) -> Option<String> {
    let mut url: Url = settings.origin(headers)?.parse().ok()?;
    // A URL made from the request has the port of this listener.
    if settings.public_urls.is_empty() || url.scheme() != "https" {
        url.set_scheme("https").ok()?;
        url.set_port(Some(port)).ok()?;
    }
    Some(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{self, HeaderName},
    };

    use jeton_http::public_urls::PublicUrls;

    use super::*;

    /// Returns the target of the redirect by a server without a public URL.
    fn led(host: &str, target: &str) -> Option<String> {
        let settings = Settings {
            public_urls: PublicUrls::default(),
            base_path: jeton_model::BasePath::default(),
            trusted_proxies: Vec::new(),
            forwarded_header: HeaderName::from_static("x-forwarded-for"),
            is_encrypted: true,
            has_metrics: true,
            echo_own_token: false,
        };
        let request = http::Request::builder().uri(target).header(header::HOST, host);
        let request = request.body(Body::empty()).unwrap();
        let response = answer(&settings, 8443, &request);
        response.headers().get(header::LOCATION).map(|place| place.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_redirect_leads_to_the_host_of_the_request_whatever_its_target() {
        for (host, target, place) in [
            ("jeton", "/orgs?a=b", "https://jeton:8443/orgs?a=b"),
            ("jeton:8080", "//evil.example/", "https://jeton:8443//evil.example/"),
            ("jeton", "http://evil.example/x", "https://jeton:8443/x"),
            ("jeton", "*", "https://jeton:8443/"),
            ("user@jeton", "/", "https://jeton:8443/"),
            ("[::1]:80", "/", "https://[::1]:8443/"),
        ] {
            assert_eq!(led(host, target).as_deref(), Some(place), "{host} {target}");
        }
        for host in ["", "a b", "jeton:99999"] {
            assert_eq!(led(host, "/"), None, "{host:?}");
        }
    }
}

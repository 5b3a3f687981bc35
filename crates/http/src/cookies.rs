//! Cookies: the session keys of the API (InfluxDB's own cookie) and of the console, and the console's preferences.

use axum::http::{HeaderMap, header};

use jeton_model::{BasePath, Timestamp, console::preference_cookie::preference_cookie};

pub use jeton_model::console::preference_cookie::THEME;

use crate::settings::Settings;

/// Name of the API's session cookie, as in influxd.
pub const API: &str = "influxdb-oss-session";

/// Returns the name of the console's session cookie. `headers`: those of the request, which tell whether it uses https.
/// With https, the prefix `__Host-` makes browsers require `Secure`, the path `/` and this exact host. Below a base
/// path the path is another, and `__Secure-` requires `Secure` alone.
pub fn console_name(settings: &Settings, headers: &HeaderMap) -> &'static str {
    match (settings.is_https(headers), settings.base_path.is_root()) {
        (true, true) => "__Host-jeton",
        (true, false) => "__Secure-jeton",
        (false, _) => "jeton",
    }
}

/// Returns the `Set-Cookie` value of a preference, which scripts may read and change; not secret.
pub fn preference(name: &str, value: &str, base: &BasePath) -> String {
    preference_cookie(name, Some(value), &base.join("/"))
}

/// Name of the cookie with the organization that a visitor viewed last; not secret.
pub const LAST_ORG: &str = "jeton-org";

/// Returns the `Set-Cookie` value of the theme; anything but light and dark deletes the cookie.
pub fn theme(name: &str, base: &BasePath) -> String {
    match name {
        "light" | "dark" => preference(THEME, name, base),
        _ => preference_cookie(THEME, None, &base.join("/")),
    }
}

/// Returns the `Set-Cookie` value of the organization viewed last.
pub fn last_org(org: jeton_model::OrgId, base: &BasePath) -> String {
    format!("{LAST_ORG}={org}; Path={base}/; Max-Age=31536000; HttpOnly; SameSite=Lax")
}

/// Returns the value of a cookie.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name && !value.is_empty()).then_some(value)
        })
}

/// Returns the `Set-Cookie` value of the API's session (docs/influxdb-compatibility.md §2.4).
pub fn api(key: &str, expires: Timestamp, settings: &Settings, headers: &HeaderMap) -> String {
    let (base, secure) = (&settings.base_path, secure(settings, headers));
    format!("{API}={key}; Path={base}/api/; Expires={}; HttpOnly{secure}; SameSite=Strict", expires.http_date())
}

/// Returns the `Set-Cookie` value of the console's session. It is a session cookie: the server decides when it expires.
/// `SameSite=Lax` sends it with links from other sites, but not with their forms (CSRF).
pub fn console(key: &str, settings: &Settings, headers: &HeaderMap) -> String {
    let (base, secure) = (&settings.base_path, secure(settings, headers));
    format!("{}={key}; Path={base}/; HttpOnly{secure}; SameSite=Lax", console_name(settings, headers))
}

/// Returns the `Set-Cookie` value that deletes the console's session cookie.
pub fn forget_console(settings: &Settings, headers: &HeaderMap) -> String {
    format!("{}; Max-Age=0", console("", settings, headers))
}

/// Returns the attribute that keeps a cookie from connections without encryption.
fn secure(settings: &Settings, headers: &HeaderMap) -> &'static str {
    if settings.is_https(headers) { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn host(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(name))])
    }

    #[test]
    fn cookies_are_found_among_others() {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("a=1; jeton=key==; b="))]);
        assert_eq!(read(&headers, "jeton"), Some("key=="));
        assert_eq!(read(&headers, "b"), None);
        assert_eq!(read(&headers, "eton"), None);
    }

    #[test]
    fn the_api_cookie_is_written_as_influxd_does() {
        let (http, none) = (Settings::reached_at(&["http://localhost:8086"]), HeaderMap::new());
        let cookie = api("k", Timestamp::from_micros(1_625_735_411_000_000), &http, &none);
        assert_eq!(
            cookie,
            "influxdb-oss-session=k; Path=/api/; Expires=Thu, 08 Jul 2021 09:10:11 GMT; HttpOnly; SameSite=Strict"
        );
        let https = Settings::reached_at(&["https://tokens.example.com"]);
        assert!(console("k", &https, &none).starts_with("__Host-jeton=k; Path=/; HttpOnly; Secure"));
    }

    #[test]
    fn below_a_base_path_cookies_are_sent_to_no_other_path() {
        let (base, both) = (
            "/jeton".parse::<BasePath>().unwrap(),
            Settings::reached_at(&["https://example.com/jeton", "http://jeton:8086/jeton"]),
        );
        let (https, http) = (host("example.com"), host("jeton:8086"));
        let now = Timestamp::from_micros(1_625_735_411_000_000);
        assert_eq!(console("k", &both, &https), "__Secure-jeton=k; Path=/jeton/; HttpOnly; Secure; SameSite=Lax");
        assert_eq!(console("k", &both, &http), "jeton=k; Path=/jeton/; HttpOnly; SameSite=Lax");
        assert_eq!(
            forget_console(&both, &https),
            "__Secure-jeton=; Path=/jeton/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"
        );
        let (secure, plain) = (api("k", now, &both, &https), api("k", now, &both, &http));
        assert!(secure.starts_with("influxdb-oss-session=k; Path=/jeton/api/; ") && secure.contains("; Secure; "));
        assert!(plain.starts_with("influxdb-oss-session=k; Path=/jeton/api/; ") && !plain.contains("Secure"));
        assert!(theme("dark", &base).starts_with("jeton-theme=dark; Path=/jeton/; "));
        assert!(theme("system", &base).starts_with("jeton-theme=; Path=/jeton/; Max-Age=0; "));
    }
}

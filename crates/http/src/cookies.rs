//! Cookies: the session keys of the API (InfluxDB's own cookie) and of the console, and the console's preferences.

use axum::http::{HeaderMap, header};

use jeton_model::Timestamp;

/// Name of the API's session cookie, as in influxd.
pub const API: &str = "influxdb-oss-session";

/// Returns the name of the console's session cookie. With https, the prefix `__Host-` makes browsers require `Secure`,
/// the path `/` and this exact host.
pub const fn console_name(https: bool) -> &'static str {
    if https { "__Host-jeton" } else { "jeton" }
}

/// Name of the cookie with the theme that a visitor chose; not secret.
pub const THEME: &str = "jeton-theme";

/// Returns the `Set-Cookie` value of a preference, which scripts may read and change; not secret.
pub fn preference(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
}

/// Name of the cookie with the organization that a visitor viewed last; not secret.
pub const LAST_ORG: &str = "jeton-org";

/// Returns the `Set-Cookie` value of the theme; anything but light and dark deletes the cookie.
pub fn theme(name: &str) -> String {
    match name {
        "light" | "dark" => preference(THEME, name),
        _ => format!("{THEME}=; Path=/; Max-Age=0; SameSite=Lax"),
    }
}

/// Returns the `Set-Cookie` value of the organization viewed last.
pub fn last_org(org: jeton_model::OrgId) -> String {
    format!("{LAST_ORG}={org}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
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
pub fn api(key: &str, expires: Timestamp, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{API}={key}; Path=/api/; Expires={}; HttpOnly{secure}; SameSite=Strict", expires.http_date())
}

/// Returns the `Set-Cookie` value of the console's session. It is a session cookie: the server decides when it expires.
/// `SameSite=Lax` sends it with links from other sites, but not with their forms (CSRF).
pub fn console(key: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}={key}; Path=/; HttpOnly{secure}; SameSite=Lax", console_name(https))
}

/// Returns the `Set-Cookie` value that deletes the console's session cookie.
pub fn forget_console(https: bool) -> String {
    format!("{}; Max-Age=0", console("", https))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("a=1; jeton=key==; b="))]);
        assert_eq!(read(&headers, "jeton"), Some("key=="));
        assert_eq!(read(&headers, "b"), None);
        assert_eq!(read(&headers, "eton"), None);
    }

    #[test]
    fn the_api_cookie_is_written_as_influxd_does() {
        let cookie = api("k", Timestamp::from_micros(1_625_735_411_000_000), false);
        assert_eq!(
            cookie,
            "influxdb-oss-session=k; Path=/api/; Expires=Thu, 08 Jul 2021 09:10:11 GMT; HttpOnly; SameSite=Strict"
        );
        assert!(console("k", true).starts_with("__Host-jeton=k; Path=/; HttpOnly; Secure"));
    }
}

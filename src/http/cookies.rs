//! The two cookies that hold a session's key: InfluxDB's own for the API, and the console's.

use axum::http::{HeaderMap, header};

use crate::model::Timestamp;

/// The API's, as influxd names it.
pub const API: &str = "influxdb-oss-session";

/// The console's. Behind https its name makes browsers insist on `Secure`, on `/` and on this very host.
pub const fn console_name(https: bool) -> &'static str {
    if https { "__Host-jeton" } else { "jeton" }
}

/// The theme a visitor chose; no secret.
pub const THEME: &str = "jeton-theme";

/// `Set-Cookie` of a preference, which scripts may read and change; no secret.
pub fn preference(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
}

/// The organization a visitor looked at last; no secret.
pub const LAST_ORG: &str = "jeton-org";

/// `Set-Cookie` of the theme; anything but light and dark forgets it.
pub fn theme(name: &str) -> String {
    match name {
        "light" | "dark" => preference(THEME, name),
        _ => format!("{THEME}=; Path=/; Max-Age=0; SameSite=Lax"),
    }
}

/// `Set-Cookie` of the organization looked at.
pub fn last_org(org: crate::model::OrgId) -> String {
    format!("{LAST_ORG}={org}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
}

/// The value of a cookie.
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

/// `Set-Cookie` of the API (contract §2.4).
pub fn api(key: &str, expires: Timestamp, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{API}={key}; Path=/api/; Expires={}; HttpOnly{secure}; SameSite=Strict", expires.http_date())
}

/// `Set-Cookie` of the console. It goes when the browser does; the server decides how long it counts. A link from
/// elsewhere arrives signed in (`Lax`), a form from elsewhere does not.
pub fn console(key: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}={key}; Path=/; HttpOnly{secure}; SameSite=Lax", console_name(https))
}

/// `Set-Cookie` that takes the console's cookie back.
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

//! URLs of servers, and segments of paths.

use url::Url;

use crate::error::{Failure, Outcome};

/// Parses a base URL: scheme and host, optionally a path.
pub fn host_url(text: &str) -> Outcome<Url> {
    let refuse = |reason: &str| Failure::new(format!("host URL \"{text}\" is invalid: {reason}"));
    let parsed: Option<Url> = text.parse().ok();
    match parsed {
        Some(url) if !matches!(url.scheme(), "http" | "https") => {
            Err(refuse("a scheme of http or https must be provided for host url"))
        }
        // Credentials would appear in errors and process lists.
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Failure::new("host URL is invalid: remove the user name and the password"))
        }
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(url),
        Some(_) => Err(refuse("remove the query and the fragment")),
        None => Err(refuse("a scheme of http or https must be provided for host url")),
    }
}

/// Escapes any text as one segment of a path.
pub fn segment(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let escape = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    // The API has no empty segments, and dot segments would leave the path.
    if matches!(text, "" | "." | "..") { "%20".into() } else { text.bytes().map(escape).collect() }
}

//! Responses: successes, errors in `influx`'s wording, and failed connections (docs/influxdb-compatibility.md §7.1).

use std::error::Error as _;

use reqwest::{
    Method, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderName, LOCATION},
};
use serde_json::Value;
use url::Url;

use crate::error::{Failure, Outcome};

/// Returns a successful response; formats an error as `influx` does: `<status line>: <message>`.
pub async fn checked(response: Response) -> Outcome<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let line = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"));
    let header = |name: HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    if status.is_redirection() {
        let failure = Failure::refused(status.as_u16(), format!("{line}: the server redirects to another address"));
        return Err(failure.hint(format!("set --host to that address: {}", header(LOCATION))));
    }
    let kind = header(CONTENT_TYPE);
    let body: Option<Value> = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let said = body.as_ref().and_then(|body| body.get("message").or_else(|| body.get("error")).and_then(Value::as_str));
    let message = match said {
        Some(message) => format!("{line}: {message}"),
        None => format!("{line}: unable to decode response content type \"{kind}\""),
    };
    Err(advised(Failure::refused(status.as_u16(), message), status, said.unwrap_or_default()))
}

/// Adds a hint to an error that has no message of its own.
fn advised(failure: Failure, status: StatusCode, said: &str) -> Failure {
    match (status, said) {
        (StatusCode::UNAUTHORIZED, "unauthorized access") => failure.hint(
            "the token is missing, unknown, expired or not accepted from this address; set one with --token -, \
             JETON_TOKEN or jeton config create",
        ),
        (StatusCode::UNAUTHORIZED, "token is inactive") => {
            failure.hint("this token was deactivated; activate it with another token: jeton auth active --id ID")
        }
        (StatusCode::UNAUTHORIZED, said) if said.ends_with("is unauthorized") => {
            failure.hint("the token does not hold this permission; use one that does")
        }
        (StatusCode::FORBIDDEN, said) if said.contains("is not allowed") => {
            failure.hint("you can grant only permissions that you hold; use a token that holds this permission")
        }
        _ => failure,
    }
}

/// Formats a failed connection as `Get "http://…": …`, without the query: people paste secrets into it.
pub fn unreachable(method: &Method, url: &Url, error: &reqwest::Error) -> Failure {
    let mut shown = url.clone();
    shown.set_query(None);
    let name = method.as_str();
    let method = format!("{}{}", &name[..1], name[1..].to_lowercase());
    let reason = if error.is_timeout() { "the request timed out".to_owned() } else { innermost(error) };
    let failure = Failure::new(format!("{method} \"{shown}\": {reason}"));
    if error.is_connect() {
        failure.hint("check that the server is running, or set its address with --host")
    } else {
        failure
    }
}

/// Returns the innermost cause of an error, which is the most specific.
pub fn innermost(error: &reqwest::Error) -> String {
    let mut last = error.source();
    while let Some(next) = last.and_then(std::error::Error::source) {
        last = Some(next);
    }
    last.map_or_else(|| "unknown error".into(), ToString::to_string)
}

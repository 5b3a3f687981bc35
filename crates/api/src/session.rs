//! Sign-in and sign-out (docs/influxdb-compatibility.md §2.4).

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;

use jeton_http::{
    cookies,
    error::{ApiError, ErrorBody, refuse_compactly},
    state::AppState,
};
use jeton_model::session_kind::SessionKind;
use jeton_service::{Error, error::AuthError};

use crate::{
    extractors::{Client, basic},
    no_content,
    openapi::schema::{Open, TooManyAttempts},
};

/// Sign in
///
/// Needs name and password as `Authorization: Basic`. The response sets the session cookie.
#[utoipa::path(post, path = "/api/v2/signin", tag = "Sessions", operation_id = "PostSignin", security(("Password" = [])),
    responses(
        (status = 204, description = "Signed in.", headers(("Set-Cookie" = String, description = "`influxdb-oss-session`."))),
        (status = 401, description = "Name or password is wrong.", body = ErrorBody), TooManyAttempts, Open,
    ))]
pub async fn sign_in(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.settings.check_sign_in_host(&headers)?;
    let (name, password) = basic(&headers).ok_or(Error::Auth(AuthError::Unauthenticated))?;
    let signed_in = state.service.sign_in(&name, &password, SessionKind::Api, &client).await?;
    let cookie = cookies::api(signed_in.key.expose_secret(), signed_in.expires_at, &state.settings, &headers);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Sign out
///
/// Ends the session of the cookie.
// The cookie is checked here, not by the middleware `authenticate`.
#[utoipa::path(post, path = "/api/v2/signout", tag = "Sessions", operation_id = "PostSignout", security(("Session" = [])),
    responses((status = 204, description = "Signed out."), (status = 401, description = "There is no such session.", body = ErrorBody), Open))]
pub async fn sign_out(State(state): State<AppState>, Client(client): Client, headers: HeaderMap) -> Response {
    let signed_out = async {
        let key = cookies::read(&headers, cookies::API).ok_or(Error::Auth(AuthError::Unauthenticated))?;
        state.service.sign_out(key, SessionKind::Api, &client).await
    };
    match signed_out.await {
        Ok(()) => no_content().into_response(),
        Err(error) => refuse_compactly(error),
    }
}

/// Forbids browsers and proxies to cache a response.
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

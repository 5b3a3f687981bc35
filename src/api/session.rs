//! Signing in and out (contract §2.4).

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;

use super::{
    extract::{Client, basic},
    no_content,
    refusal::{Refusal, refuse_compactly},
};
use crate::{
    model::Error,
    server::{AppState, cookie},
    service::sessions::Kind,
};

pub async fn sign_in(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (name, password) = basic(&headers).ok_or(Error::Unauthenticated)?;
    let signed_in = state.service.sign_in(&name, &password, Kind::Api, &client).await?;
    let cookie = cookie::api(signed_in.key.expose_secret(), signed_in.expires_at, state.config.is_https());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// The cookie is asked for here, and not at the gate.
pub async fn sign_out(State(state): State<AppState>, Client(client): Client, headers: HeaderMap) -> Response {
    let signed_out = async {
        let key = cookie::read(&headers, cookie::API).ok_or(Error::Unauthenticated)?;
        let caller = state.service.caller_by_session(key, client).await?;
        state.service.sign_out(&caller).await
    };
    match signed_out.await {
        Ok(()) => no_content().into_response(),
        Err(error) => refuse_compactly(&error),
    }
}

/// Adds what a browser must not keep.
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

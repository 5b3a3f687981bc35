//! What handlers ask of a request.

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;

use super::refusal::Refusal;
use crate::{
    model::{Error, id::IdError},
    service,
};

/// Who asks: put there by the gate.
pub struct Caller(pub service::Caller);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts
            .extensions
            .get::<service::Caller>()
            .cloned()
            .map(Self)
            .ok_or_else(|| Refusal(Error::Unauthenticated).into_response())
    }
}

/// Where a request comes from.
pub struct Client(pub service::Client);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or_default()))
    }
}

/// The one id in a path.
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr<Err = IdError> + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = Path::<OnlyId>::from_request_parts(parts, state).await;
        let id = path.map_err(|_| IdError::Length).and_then(|Path(OnlyId { id })| id.parse());
        id.map(Self).map_err(|error| Refusal(error.into()).into_response())
    }
}

/// By its name: the routers around this one leave parameters of their own.
#[derive(serde::Deserialize)]
struct OnlyId {
    id: String,
}

/// Name and password of `Authorization: Basic …`.
pub fn basic(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.into(), password.into()))
}

//! Extractors of handlers.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;

use jeton_http::error::ApiError;
use jeton_model::id::IdError;
use jeton_service::{Error, error::AuthError};

/// The caller of a request, as the middleware `authenticate` found it; taken out of the request, to save a copy.
pub struct Caller(pub jeton_service::Caller);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts
            .extensions
            .remove::<jeton_service::Caller>()
            .map(Self)
            .ok_or_else(|| ApiError::from(Error::Auth(AuthError::Unauthenticated)).into_response())
    }
}

/// The program and address that a request comes from.
pub struct Client(pub jeton_service::Client);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or_default()))
    }
}

/// The first id in a path: the resource.
pub struct PathId<T>(pub T);

/// The first id in a path, for operations on a part of that resource, which refuse an invalid id with another message.
pub struct ParentId<T>(pub T);

/// The last id in a path: the part of the resource.
pub struct PartId<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err = IdError> + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let ids = ids(parts, state).await;
        parse(ids.first()).map(Self).map_err(|error| ApiError::from(error).into_response())
    }
}

impl<S: Send + Sync, T: FromStr<Err = IdError> + Send> FromRequestParts<S> for ParentId<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let ids = ids(parts, state).await;
        parse(ids.first()).map(Self).map_err(|error| ApiError::CorruptId(error).into_response())
    }
}

impl<S: Send + Sync, T: FromStr<Err = IdError> + Send> FromRequestParts<S> for PartId<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let ids = ids(parts, state).await;
        parse(ids.last()).map(Self).map_err(|error| ApiError::from(error).into_response())
    }
}

/// Returns the ids in a path. Outer routers leave parameters of their own, which are skipped. Text that is not UTF-8 is
/// no id.
async fn ids<S: Send + Sync>(parts: &mut Parts, state: &S) -> Vec<String> {
    let parameters = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    let parameters = parameters.map_or_else(|_| Vec::new(), |Path(parameters)| parameters);
    parameters.into_iter().filter(|(name, _)| name.ends_with("ID")).map(|(_, value)| value).collect()
}

fn parse<T: FromStr<Err = IdError>>(text: Option<&String>) -> Result<T, IdError> {
    text.ok_or(IdError::Length)?.parse()
}

/// Returns name and password of `Authorization: Basic …`.
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

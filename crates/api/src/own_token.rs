//! The token that authenticates a request. With `--echo-own-token`, lists and single reads of authorizations repeat it.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::{AuthorizationId, token::NewToken};
use jeton_service::Caller;

use crate::session::no_store;

/// The token of a request, as it was presented, and its authorization.
#[derive(Clone)]
pub struct OwnToken {
    id: AuthorizationId,
    token: SecretString,
}

impl OwnToken {
    /// Returns the caller's token; `None` unless it was accepted.
    pub fn of(caller: &Caller, headers: &HeaderMap) -> Option<Self> {
        let token = presented(headers)?.to_owned().into();
        caller.accepted_token().map(|id| Self { id, token })
    }
}

/// Returns the token in `Token <t>` or `Bearer <t>`, in any case, with exactly one space; `None` for any other scheme.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("token") || scheme.eq_ignore_ascii_case("bearer");
    (known && !token.is_empty()).then_some(token)
}

/// The token that responses may repeat; none unless `--echo-own-token` is set.
#[derive(Clone)]
pub struct Echo(Option<OwnToken>);

impl Echo {
    /// Returns the value of the member `token` of an authorization: empty for all but the caller's own.
    pub fn token_of(&self, id: AuthorizationId) -> NewToken {
        let own = self.0.as_ref().filter(|own| own.id == id);
        NewToken::supplied(own.map(|own| own.token.expose_secret().to_owned()).unwrap_or_default())
    }

    /// Forbids caching of a response that may contain the token.
    pub fn protect(&self, response: Response) -> Response {
        if self.0.is_some() { no_store(response) } else { response }
    }
}

impl<S: Sync> FromRequestParts<S> for Echo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

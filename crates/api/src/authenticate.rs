//! Middleware in front of all routes of the API: CORS, authentication, and the shape of paths
//! (docs/influxdb-compatibility.md §1.6, §2.1).

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use jeton_http::{
    cookies,
    error::{MissingPermission, refuse_compactly},
    state::AppState,
};
use jeton_model::session_kind::SessionKind;
use jeton_service::{Caller, Client, Error, error::AuthError};

/// Paths that need no credential. They match exactly: with a trailing slash they do need one.
const OPEN: [(Method, &str); 7] = [
    (Method::GET, "/api/v2"),
    (Method::POST, "/api/v2/signin"),
    (Method::POST, "/api/v2/signout"),
    (Method::GET, "/api/v2/setup"),
    (Method::POST, "/api/v2/setup"),
    (Method::GET, "/api/v2/swagger.json"),
    (Method::GET, "/api/v2/openapi.json"),
];

/// Answers CORS preflights and authenticates every other request, before a route is matched.
pub async fn authenticate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // The outer router has already set it. Otherwise the names of inner routes would be appended to its path.
    request.extensions_mut().remove::<MatchedPath>();
    let origin = request.headers().get(header::ORIGIN).cloned();
    if request.method() == Method::OPTIONS {
        return preflight(origin);
    }
    let open = OPEN.iter().any(|(method, path)| request.method() == method && request.uri().path() == *path);
    let mut response = if open {
        next.run(request).await
    } else {
        let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
        match caller_of(&state, request.headers(), client).await {
            Ok(caller) => {
                let (token, shown) = (caller.accepted_token(), caller.shown());
                request.extensions_mut().insert(caller);
                let response = behind_gate(request, next).await;
                // The token was accepted but lacks a permission: this counts in its usage.
                if let (StatusCode::UNAUTHORIZED, Some(token)) = (response.status(), token) {
                    state.service.count_refusal(token);
                }
                if let Some(MissingPermission(permission)) = response.extensions().get() {
                    state.service.note_lacking(&shown, *permission);
                }
                response
            }
            Err(error) => refuse_compactly(error),
        }
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

async fn behind_gate(mut request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    *request.uri_mut() = without_trailing_slash(request.uri());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // influxd does not list the allowed methods.
        response.headers_mut().remove(header::ALLOW);
        *response.body_mut() = Body::empty();
    }
    response
}

/// Returns the caller of a request, by its `Authorization` header or by the cookie of a session.
async fn caller_of(state: &AppState, headers: &HeaderMap, client: Client) -> Result<Caller, Error> {
    if let Some(token) = token(headers) {
        return state.service.caller_by_token(token, client).await;
    }
    match cookies::read(headers, cookies::API) {
        Some(key) => state.service.caller_by_session(key, SessionKind::Api, client).await,
        None => Err(Error::Auth(AuthError::Unauthenticated)),
    }
}

/// Returns the token in `Token <t>` or `Bearer <t>`, in any case, with exactly one space; `None` for any other scheme.
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("token") || scheme.eq_ignore_ascii_case("bearer");
    (known && !token.is_empty()).then_some(token)
}

fn preflight(origin: Option<HeaderValue>) -> Response {
    let Some(origin) = origin else { return StatusCode::METHOD_NOT_ALLOWED.into_response() };
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET, OPTIONS, PUT, DELETE, PATCH")),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Accept, Content-Type, Content-Length, Accept-Encoding, Authorization, User-Agent",
            ),
        ),
        (header::VARY, HeaderValue::from_static("Origin")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn without_trailing_slash(uri: &Uri) -> Uri {
    let path = uri.path();
    let Some(shorter) = path.strip_suffix('/').filter(|path| !path.is_empty()) else { return uri.clone() };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{shorter}{query}").parse().unwrap_or_else(|_| uri.clone())
}

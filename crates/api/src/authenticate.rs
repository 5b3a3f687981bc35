//! The steps before all routes of the API: CORS, authentication, and the shape of paths
//! (docs/influxdb-compatibility.md §1.6, §2.1).

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use jeton_http::{
    cookies,
    error::{MissingPermission, refuse_compactly},
    state::AppState,
};
use jeton_model::{session_kind::SessionKind, token::EXPIRY_HEADER};
use jeton_service::{Caller, Client, Error, error::AuthError};

use crate::{
    Api,
    own_token::{OwnToken, presented},
};

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
pub async fn authenticate(api: &Api, mut request: Request) -> Response {
    let state = &api.state;
    let origin = request.headers().get(header::ORIGIN).cloned();
    if request.method() == Method::OPTIONS {
        return preflight(origin);
    }
    let open = OPEN.iter().any(|(method, path)| request.method() == method && request.uri().path() == *path);
    let mut response = if open {
        api.route(request).await
    } else {
        let client = request.extensions_mut().remove::<Client>().unwrap_or_default();
        match caller_of(state, request.headers(), client).await {
            Ok(caller) => {
                let (token, shown) = (caller.accepted_token(), caller.shown());
                let expiry = state.service.expiry_to_announce(&caller);
                if state.settings.echo_own_token
                    && let Some(own) = OwnToken::of(&caller, request.headers())
                {
                    request.extensions_mut().insert(own);
                }
                request.extensions_mut().insert(caller);
                let mut response = behind_gate(api, request).await;
                if let Some(end) = expiry.and_then(|end| HeaderValue::from_str(&end.to_string()).ok()) {
                    response.headers_mut().insert(EXPIRY_HEADER, end);
                }
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

async fn behind_gate(api: &Api, mut request: Request) -> Response {
    if request.method() == Method::HEAD && !is_watched(request.uri().path()) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(uri) = without_trailing_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    let mut response = api.route(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // influxd does not list the allowed methods.
        response.headers_mut().remove(header::ALLOW);
        *response.body_mut() = Body::empty();
    }
    response
}

/// Returns whether a path is that of one telegraf configuration, whose headers agents watch for changes.
fn is_watched(path: &str) -> bool {
    path.strip_prefix("/api/v2/telegrafs/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

/// Returns the caller of a request, by its `Authorization` header or by the cookie of a session.
async fn caller_of(state: &AppState, headers: &HeaderMap, client: Client) -> Result<Caller, Error> {
    if let Some(token) = presented(headers) {
        return state.service.caller_by_token(token, client).await;
    }
    match cookies::read(headers, cookies::API) {
        Some(key) => Box::pin(state.service.caller_by_session(key, SessionKind::Api, client)).await,
        None => Err(Error::Auth(AuthError::Unauthenticated)),
    }
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

/// Returns a URI without the slash at the end of its path; `None` if it has none.
fn without_trailing_slash(uri: &Uri) -> Option<Uri> {
    let shorter = uri.path().strip_suffix('/').filter(|path| !path.is_empty())?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{shorter}{query}").parse().ok()
}

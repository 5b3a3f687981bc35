//! The session of the console.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use leptos::server_fn::ServerFn as _;

use jeton_http::{cookies, state::AppState};
use jeton_model::session_kind::SessionKind;
use jeton_service::Client;

use crate::queries::LoadNewerEntries;

/// The path of the server function that pages poll, so that it does not extend the session.
const UNATTENDED: &str = LoadNewerEntries::PATH;

/// Middleware that adds the signed-in caller to the request's extensions.
pub(super) async fn who(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let name = cookies::console_name(&state.settings, request.headers());
    let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
    if let Some(key) = cookies::read(request.headers(), name) {
        let caller = if request.uri().path() == UNATTENDED {
            state.service.caller_by_unattended_session(key, SessionKind::Console, client).await
        } else {
            state.service.caller_by_session(key, SessionKind::Console, client).await
        };
        if let Ok(caller) = caller {
            request.extensions_mut().insert(caller);
        }
    }
    next.run(request).await
}

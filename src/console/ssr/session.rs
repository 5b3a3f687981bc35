//! Who is signed in to the console.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use leptos::server_fn::ServerFn as _;

use crate::{
    console::queries::LoadNewerEntries,
    http::{cookies, state::AppState},
    service::{Client, auth::sessions::SessionKind},
};

/// What pages ask by themselves, with nobody there perhaps.
const UNATTENDED: &str = LoadNewerEntries::PATH;

/// Puts whoever is signed in beside the request.
pub(super) async fn who(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let name = cookies::console_name(state.settings.is_https());
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

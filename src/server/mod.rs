//! Wiring: state, router, middleware, start and shutdown.

pub mod data_dir;
mod jobs;
mod metrics;
mod private_files;
mod site;
pub mod start;
mod startup_warnings;

use std::net::SocketAddr;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;

use jeton_http::{assets, client_info, csrf, request_limits, security_headers, state::AppState, telemetry};

pub use start::{Running, StartError, serve, start};

/// Returns the router of everything that Jeton serves.
pub fn router(state: AppState) -> Router {
    Router::new()
        .merge(jeton_api::router(&state))
        .merge(jeton_api::system::router(&state.settings))
        .merge(jeton_console::ssr::router(&state))
        .fallback(not_found)
        .layer(from_fn(telemetry::remember_route))
        .layer(from_fn_with_state(state.clone(), csrf::refuse_foreign))
        .layer(from_fn_with_state(state.clone(), client_info::identify))
        .layer(from_fn(request_limits::hold))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), security_headers::secure))
        .layer(from_fn(telemetry::observe))
        .with_state(state)
}

/// Router of the listener that serves the metrics alone.
fn metrics_router(state: AppState) -> Router {
    Router::from(jeton_api::system::metrics_routes())
        .layer(from_fn(request_limits::hold))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), security_headers::secure))
        .with_state(state)
}

async fn not_found(request: Request) -> Response {
    assets::file(request.uri(), request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// The service that passes the peer's address to handlers.
type MakeService = axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

//! Wiring: state, router, middleware, start and shutdown.

mod acceptor;
pub mod acme;
mod audit_out;
pub mod backup;
pub mod certificate;
pub mod config_watch;
mod connection;
pub mod data_dir;
mod data_error;
pub mod data_files;
mod database_jobs;
mod directory_lock;
mod file_marks;
mod first_set_up;
mod forward_auth;
mod front;
mod gate_warnings;
pub mod gates;
pub mod given_key;
mod hangup;
mod instance;
mod jobs;
pub mod key_file;
mod listeners;
mod metrics;
mod own_tls;
pub mod private_files;
mod redirect;
mod ring_provider;
mod run;
mod service_manager;
mod site;
pub mod start;
pub mod start_error;
mod startup_warnings;
pub mod tls;
mod tls_clients;
mod tls_config;
mod tls_source;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use jeton_http::{assets, state::AppState, telemetry::RememberRoute};

use forward_auth::ForwardAuthGates;
use front::Front;

pub use start::{Running, serve, start};
pub use start_error::StartError;

/// Returns the service of everything that Jeton serves.
fn front(state: AppState, forward_auth: ForwardAuthGates) -> Front {
    let others = Router::new()
        .merge(jeton_api::system::router(&state.settings))
        .merge(jeton_console::ssr::router(&state))
        .fallback(not_found)
        .layer(RememberRoute)
        .with_state(state.clone());
    Front::new(state, forward_auth, others)
}

/// Returns the service of the listener that serves the metrics alone.
fn metrics_front(state: AppState) -> Front {
    let metrics = Router::from(jeton_api::system::metrics_routes()).with_state(state.clone());
    Front::of_metrics(state, metrics)
}

/// Returns the service of the listener that redirects browsers to https at a port.
fn redirect_front(state: AppState, port: u16) -> Front {
    let router = redirect::router(state.clone(), port);
    Front::of_metrics(state, router)
}

async fn not_found(request: Request) -> Response {
    assets::file(request.uri(), request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

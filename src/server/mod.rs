//! Wiring: state, router, middleware, start and shutdown.

pub mod data_dir;
mod jobs;
mod metrics;
mod private_files;
pub mod start;
mod startup_warnings;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{FromRef, Request},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{api, config::Config, model::Timestamp, service::Service};

pub use crate::http::security_headers::INFLUXDB_VERSION;
pub use start::{Running, StartError, serve, start};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub service: Service,
    pub config: Arc<Config>,
    pub metrics: PrometheusHandle,
    pub started: Timestamp,
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// Everything Jeton answers.
pub fn router(state: AppState) -> Router {
    Router::new()
        .merge(api::router(&state))
        .merge(api::system::router(&state.config))
        .merge(crate::console::ssr::router(&state))
        .fallback(not_found)
        .layer(from_fn(crate::http::telemetry::remember_route))
        .layer(from_fn_with_state(state.clone(), crate::http::csrf::refuse_foreign))
        .layer(from_fn_with_state(state.clone(), crate::http::client_info::identify))
        .layer(from_fn(crate::http::request_limits::hold))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), crate::http::security_headers::secure))
        .layer(from_fn(crate::http::telemetry::observe))
        .with_state(state)
}

/// Router of the listener that serves the metrics alone.
fn metrics_router(state: AppState) -> Router {
    Router::from(api::system::metrics_routes())
        .layer(from_fn(crate::http::request_limits::hold))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(state.clone(), crate::http::security_headers::secure))
        .with_state(state)
}

async fn not_found(request: Request) -> Response {
    crate::http::assets::file(request.uri(), request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// What carries the peer's address to the handlers.
type MakeService = axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

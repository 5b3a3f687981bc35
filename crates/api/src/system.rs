//! Endpoints for monitoring, without credentials (docs/influxdb-compatibility.md §5.9).

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use jeton_http::{
    certificate_health::CertificateProblem, json_response::compact, security_headers::INFLUXDB_VERSION,
    settings::Settings, state::AppState,
};
use jeton_model::{Timestamp, duration::go_duration};

use crate::seen::Seen;

/// Returns the routes of health and readiness checks.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ping)).routes(routes!(health)).routes(routes!(ready))
}

/// Returns the route of the metrics.
pub fn metrics_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// Returns the routes beside the API; `/metrics` only if the metrics have no listener of their own.
pub fn router(settings: &Settings) -> Router<AppState> {
    let router = Router::from(routes()).route("/health/", get(health)).route("/ready/", get(ready));
    if settings.has_metrics { router.merge(metrics_routes()).route("/metrics/", get(metrics)) } else { router }
}

/// Health of the server and its database.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthCheck)]
struct Health {
    name: &'static str,
    message: &'static str,
    /// `pass` or `fail`.
    status: &'static str,
    #[schema(value_type = Vec<serde_json::Value>)]
    checks: [(); 0],
    /// Version of the InfluxDB whose API this is.
    version: &'static str,
    commit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
}

/// Start time and uptime of the server.
#[derive(Serialize, ToSchema)]
#[schema(as = Ready)]
struct Ready {
    status: &'static str,
    started: Timestamp,
    #[schema(examples("1h2m3.5s"))]
    up: String,
}

/// Check that the server responds
#[utoipa::path(get, path = "/ping", tag = "System", operation_id = "GetPing", security(()),
    responses((status = 204, description = "The server responds.")))]
async fn ping() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Check the health of the server and its database
///
/// A certificate that is missing or was not renewed is a message, and no failure.
#[utoipa::path(get, path = "/health", tag = "System", operation_id = "GetHealth", security(()),
    responses((status = 200, description = "The server and its database respond.", body = Health), (status = 503, description = "The database does not respond.", body = Health)))]
async fn health(State(state): State<AppState>, parts: Parts) -> Response {
    let problem = state.certificate.problem();
    let (status, word, message) = if state.service.is_healthy().await {
        (StatusCode::OK, "pass", problem.map_or("ready for queries and writes", CertificateProblem::message))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "fail", "the database does not answer")
    };
    let (version, seen) = (INFLUXDB_VERSION, Seen::of(&state, &parts));
    compact(status, &Health { name: "influxdb", message, status: word, checks: [], version, commit: "", seen })
}

/// Retrieve the start time and uptime of the server
#[utoipa::path(get, path = "/ready", tag = "System", operation_id = "GetReady", security(()),
    responses((status = 200, description = "The start time and uptime.", body = Ready)))]
async fn ready(State(state): State<AppState>) -> Response {
    let up = go_duration(state.service.now().micros() - state.started.micros());
    compact(StatusCode::OK, &Ready { status: "ready", started: state.started, up })
}

/// Retrieve the metrics for Prometheus
///
/// Absent if the server was started with another address for its metrics, or without metrics.
#[utoipa::path(get, path = "/metrics", tag = "System", operation_id = "GetMetrics", security(()),
    responses((status = 200, description = "Prometheus' text format.", body = String, content_type = "text/plain")))]
async fn metrics(State(state): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}

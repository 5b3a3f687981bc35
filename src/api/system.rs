//! What monitors ask, without credentials (contract §5.9).

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::json::compact;
use crate::{model::Status, server::AppState};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/ping", get(ping))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
}

async fn ping() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn health(State(state): State<AppState>) -> Response {
    let (status, word, message) = if state.service.is_healthy().await {
        (StatusCode::OK, "pass", "ready for queries and writes")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "fail", "the database does not answer")
    };
    let body = json!({
        "name": "influxdb", "message": message, "status": word, "checks": [], "version": crate::server::INFLUXDB_VERSION, "commit": "",
    });
    compact(status, &body)
}

async fn ready(State(state): State<AppState>) -> Response {
    let now = state.service.now();
    let up = now.seconds_since(state.started).max(0);
    let up = format!("{}h{}m{}s", up / 3600, up / 60 % 60, up % 60);
    compact(StatusCode::OK, &json!({"status": "ready", "started": state.started, "up": up}))
}

async fn metrics(State(state): State<AppState>) -> Response {
    match state.service.token_counts().await {
        Ok(counts) => set_token_counts(&counts),
        Err(error) => tracing::warn!(%error, "tokens could not be counted"),
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}

fn set_token_counts(counts: &[(Status, bool, u64)]) {
    for (state, of) in [("active", Some(Status::Active)), ("inactive", Some(Status::Inactive)), ("ended", None)] {
        let count: u64 = counts
            .iter()
            .filter(|(status, ended, _)| of.map_or(*ended, |of| !ended && *status == of))
            .map(|(_, _, count)| count)
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "no server has 2^52 tokens")]
        metrics::gauge!("jeton_tokens", "state" => state).set(count as f64);
    }
}

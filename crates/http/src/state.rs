//! The state that all handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;

use jeton_model::Timestamp;
use jeton_service::Service;

use crate::settings::Settings;

/// The state of every handler. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The service, whose operations contain all rules.
    pub service: Service,
    /// The options that handlers need.
    pub settings: Arc<Settings>,
    /// The recorder of the metrics, which renders them for Prometheus.
    pub metrics: PrometheusHandle,
    /// Time at which the server was started.
    pub started: Timestamp,
    /// The options of Leptos, such as the name of the site's files.
    pub leptos: LeptosOptions,
    /// Returns the OpenAPI document of the API, without the server's address.
    pub api_description: fn() -> serde_json::Value,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

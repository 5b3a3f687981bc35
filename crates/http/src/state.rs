//! The state that all handlers share.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;

use jeton_model::Timestamp;
use jeton_service::Service;

use crate::{
    certificate_health::CertificateHealth,
    gates::{Comparisons, RunningGates},
    settings::Settings,
};

/// The state of every handler. A clone copies one pointer: layers and extractors clone it several times per request.
#[derive(Clone)]
pub struct AppState(Arc<SharedState>);

/// The content of an [`AppState`].
pub struct SharedState {
    /// The service, whose operations contain all rules.
    pub service: Service,
    /// The gates that this server runs.
    pub running_gates: Arc<dyn RunningGates>,
    /// The last comparison of each gate with its database.
    pub comparisons: Comparisons,
    /// The options that handlers need.
    pub settings: Settings,
    /// The health of the server's own certificate.
    pub certificate: CertificateHealth,
    /// The recorder of the metrics, which renders them for Prometheus.
    pub metrics: PrometheusHandle,
    /// Time at which the server was started.
    pub started: Timestamp,
    /// The options of Leptos, such as the name of the site's files.
    pub leptos: LeptosOptions,
    /// Returns the OpenAPI document of the API, without the server's address.
    pub api_description: fn() -> serde_json::Value,
}

impl From<SharedState> for AppState {
    fn from(shared: SharedState) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = SharedState;

    fn deref(&self) -> &SharedState {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

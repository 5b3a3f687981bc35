//! Facts about the server, for the About page.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Facts about the running server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInfo {
    /// Jeton's version.
    pub version: String,
    /// The version of InfluxDB whose API is served.
    pub influxdb: String,
    /// The name of the database system.
    pub database: String,
    /// True if the database responds.
    pub is_healthy: bool,
    /// True if the metrics are served on this listener, and not on another or nowhere.
    pub has_metrics: bool,
    /// Time at which the server process started.
    pub started: Timestamp,
    /// Time at which these facts were read.
    pub now: Timestamp,
}

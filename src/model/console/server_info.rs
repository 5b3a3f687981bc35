//! Facts about the server, for the About page.

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// What runs here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInfo {
    /// Jeton's own.
    pub version: String,
    /// Of the InfluxDB whose API this is.
    pub influxdb: String,
    /// The database's kind.
    pub database: String,
    /// Whether the database answers.
    pub is_healthy: bool,
    /// Whether the metrics are at this address, and not at another or nowhere.
    pub has_metrics: bool,
    pub started: Timestamp,
    pub now: Timestamp,
}

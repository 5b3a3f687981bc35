//! What the About page asks for.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::ssr::request::Request;
use crate::model::{Error, Timestamp};

/// What runs here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFacts {
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

#[server(input = Json, output = Postcard)]
pub async fn load_about() -> Result<ServerFacts, Error> {
    let request = Request::current();
    request.caller()?;
    Ok(request.facts().await)
}

//! The parts of the server that only a gate for InfluxDB 2 uses.

use std::{pin::Pin, sync::Arc};

use http::{Request, Response};
use jeton_service::Client;

use crate::body::AnyBody;

/// Jeton's own API, which authenticates and authorizes requests itself.
pub trait OwnApi: Send + Sync + 'static {
    /// Answers a request. `client`: its origin, as the gate determined it; no header of the request may name another
    /// one.
    fn answer(&self, client: &Client, request: Request<AnyBody>) -> OwnAnswer;
}

/// The future of an answer of Jeton's own API.
pub type OwnAnswer = Pin<Box<dyn Future<Output = Response<AnyBody>> + Send>>;

/// The parts of the server that only a gate for InfluxDB 2 uses.
#[derive(Clone)]
pub struct Influxdb2Context {
    /// Jeton's own API.
    pub api: Arc<dyn OwnApi>,
}

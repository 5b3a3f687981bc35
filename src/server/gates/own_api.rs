//! Jeton's own API for gates of InfluxDB 2, which serves tokens, users, organizations and buckets in the place of the
//! database.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{HeaderName, Request};
use jeton_proxy::{AnyBody, OwnAnswer, OwnApi, boxed};
use tower::Service as _;

use crate::server::front::Front;

/// The service of the server's own listener.
pub struct ServerApi {
    front: Front,
    /// The header in which trusted proxies report the client's address. It is removed, because clients of a gate may
    /// forge it.
    forwarded: HeaderName,
}

impl ServerApi {
    /// Returns the API of a server's service. `forwarded`: the header in which trusted proxies report the client's
    /// address.
    pub fn new(front: Front, forwarded: HeaderName) -> Self {
        Self { front, forwarded }
    }
}

impl OwnApi for ServerApi {
    fn answer(&self, address: Option<IpAddr>, mut request: Request<AnyBody>) -> OwnAnswer {
        request.headers_mut().remove(&self.forwarded);
        // Without it, the address of the client is unknown.
        if let Some(address) = address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
        }
        let mut front = self.front.clone();
        Box::pin(async move {
            let Ok(response) = front.call(request).await;
            response.map(boxed)
        })
    }
}

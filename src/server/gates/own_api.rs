//! Jeton's own API for gates of InfluxDB 2, which serves tokens, users, organizations and buckets in the place of the
//! database.

use http::{HeaderName, Request};
use jeton_http::client_info::AtGate;
use jeton_proxy::{AnyBody, OwnAnswer, OwnApi, boxed};
use jeton_service::Client;
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
    fn answer(&self, client: &Client, mut request: Request<AnyBody>) -> OwnAnswer {
        request.headers_mut().remove(&self.forwarded);
        request.extensions_mut().insert(AtGate { address: client.address, peer: client.peer });
        let mut front = self.front.clone();
        Box::pin(async move {
            let Ok(response) = front.call(request).await;
            response.map(boxed)
        })
    }
}

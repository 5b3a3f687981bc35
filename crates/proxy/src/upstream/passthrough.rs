//! Requests that go on with the credential of their client, in observe mode.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use http::{
    HeaderMap, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use hyper::body::Incoming;
use jeton_gate::Passthrough;

use crate::{body::AnyBody, counters::UpstreamFailure};

use super::{NoResponse, Upstream, failure};

impl Upstream {
    /// Returns the request that is sent with the client's own credential; `None` if its target is too long. `received`:
    /// the headers of the client.
    pub(crate) fn passthrough(
        &self,
        passthrough: &Passthrough,
        received: &HeaderMap,
        body: AnyBody,
    ) -> Option<Request<AnyBody>> {
        let mut request = self.request(passthrough.request(), body)?;
        *request.uri_mut() = format!("{}{}", self.base, passthrough.target()).parse().ok()?;
        let headers = request.headers_mut();
        for name in [AUTHORIZATION, CONTENT_TYPE] {
            headers.remove(&name);
            if let Some(value) = received.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        Some(request)
    }

    /// Sends a request with the credential of its client. That the database does not accept it says nothing about the
    /// gate.
    pub(crate) async fn send_passthrough(
        &self,
        request: Request<AnyBody>,
        is_cut: Arc<AtomicBool>,
    ) -> Result<Response<Incoming>, NoResponse> {
        let sent = self.clients.own().request(request).await;
        let result = match &sent {
            Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                Err(NoResponse::Failed(UpstreamFailure::NoAnswer))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(failure(error, &is_cut)),
        };
        match result {
            // A probe would show more.
            Ok(()) if self.probe.is_none() && !self.is_refused.load(Ordering::Relaxed) => self.note_success(),
            Err(NoResponse::Failed(failure @ UpstreamFailure::Unreachable)) => {
                self.note_failure(failure, sent.as_ref().err());
            }
            // A stranger may send what a database answers by closing the connection.
            Ok(()) | Err(NoResponse::Failed(_) | NoResponse::Cut | NoResponse::TooLarge) => {}
        }
        result.and_then(|()| sent.map_err(|error| failure(&error, &is_cut)))
    }
}

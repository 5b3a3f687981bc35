//! The endpoint of forward auth on Jeton's own address, `/gate/{name}/auth`, to which reverse proxies send subrequests.

use std::collections::BTreeMap;

use axum::{body::Body, extract::Request, http::Uri, response::Response};
use jeton_gate::Args;
use jeton_http::{client_info::is_from_proxy, settings::Settings};
use jeton_proxy::{AuthRequest, ForwardAuth, unanswered};
use jeton_service::Client;
use tokio::sync::watch;

/// The parts of the path before and after the name of the gate.
const PATH: (&str, &str) = ("/gate/", "/auth");
/// The query string of a reverse proxy that sends the query string of the answer to the database.
const REWRITES: &str = "args=rewritten";

/// The gates with forward auth. Cheap to clone.
#[derive(Clone)]
pub struct ForwardAuthGates(watch::Receiver<BTreeMap<String, ForwardAuth>>);

/// A received request of a reverse proxy, and the gate that it names.
pub struct ReceivedAuthRequest {
    /// `None` if there is no such gate, or if the query string of the endpoint is unknown.
    gate: Option<ForwardAuth>,
    request: AuthRequest,
}

impl ForwardAuthGates {
    pub(super) fn new(gates: watch::Receiver<BTreeMap<String, ForwardAuth>>) -> Self {
        Self(gates)
    }

    /// Parses a request of a reverse proxy; `None` if its path is another one, or if it names an unknown gate and its
    /// peer is no trusted proxy. The client of the request must be identified before.
    pub fn parse(&self, settings: &Settings, request: &Request) -> Option<ReceivedAuthRequest> {
        let (name, args) = gate_and_args(request.uri())?;
        let mut client = request.extensions().get::<Client>().cloned().unwrap_or_default();
        let is_trusted = is_from_proxy(settings, request.extensions(), client.peer);
        // A reverse proxy never asks for itself: one that names no client leaves the address unknown.
        if is_trusted && !request.headers().contains_key(&settings.forwarded_header) {
            client.address = None;
        }
        let gate = self.0.borrow().get(name).cloned();
        if gate.is_none() && !is_trusted {
            return None;
        }
        let request =
            AuthRequest { headers: request.headers().clone(), client, is_trusted, args: args.unwrap_or(Args::Kept) };
        Some(ReceivedAuthRequest { gate: gate.filter(|_| args.is_some()), request })
    }
}

impl ReceivedAuthRequest {
    /// Answers the reverse proxy.
    pub async fn answer(self) -> Response {
        let answer = match &self.gate {
            Some(gate) => gate.answer(&self.request).await,
            None => unanswered(),
        };
        answer.map(Body::from)
    }
}

/// Returns the name of the gate, and the reverse proxy's use of the query string; `None` for an unknown use.
fn gate_and_args(uri: &Uri) -> Option<(&str, Option<Args>)> {
    let name = uri.path().strip_prefix(PATH.0)?.strip_suffix(PATH.1)?;
    let args = match uri.query() {
        None => Some(Args::Kept),
        Some(REWRITES) => Some(Args::Rewritten),
        Some(_) => None,
    };
    (!name.is_empty() && !name.contains('/')).then_some((name, args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_a_gate_and_what_happens_to_the_query_string() {
        let read = |text: &str| gate_and_args(&text.parse().unwrap()).map(|(name, args)| (name.to_owned(), args));
        assert_eq!(read("/gate/plant/auth"), Some(("plant".into(), Some(Args::Kept))));
        assert_eq!(read("/gate/plant/auth?args=rewritten"), Some(("plant".into(), Some(Args::Rewritten))));
        assert_eq!(read("/gate/plant/auth?args=kept"), Some(("plant".into(), None)));
        for path in ["/gate/plant", "/gate//auth", "/gate/auth", "/gate/a/b/auth", "/x/gate/plant/auth", "/gate/"] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}

//! Forward auth: a reverse proxy in front of the database asks about each request, and passes it on itself.
//!
//! The answer to an allowed request contains the gate's credential for the database. The trusted address of the reverse
//! proxy does not suffice to get it, because requests of clients come from the same address where this reverse proxy
//! also serves Jeton's console: the gate's key must be sent too.

mod original;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use jeton_gate::{Args, ForwardApproval, Malformed, Reason, Refusal};
use jeton_service::{Client, auth::token_holder::TokenHolder};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use crate::{
    comparison::keep_comparing,
    counters::{Outcome, UpstreamFailure},
    decide::{caller, credential, directory, holder},
    directories::Unavailable,
    gate::ProxyGate,
    handle::{count, note_use},
    policies::keep_policies_current,
};

use original::{Original, OriginalError};

/// The header in which the reverse proxy sends the gate's key.
const KEY: &str = "x-gate-key";
/// The header with the credential for the database.
const AUTHORIZATION: HeaderName = HeaderName::from_static("x-gate-authorization");
/// The header with the query string for the database.
const ARGS: HeaderName = HeaderName::from_static("x-gate-args");
/// The header with the reason of a refusal, for reverse proxies that leave out the body.
const ERROR: HeaderName = HeaderName::from_static("x-gate-error");
/// Maximum number of characters of that reason.
const MAX_ERROR: usize = 500;
/// Maximum time for a decision.
const WITHIN: Duration = Duration::from_secs(10);
/// The message for a request that does not come from a reverse proxy with the key.
const STRANGER: &str =
    "this gate answers reverse proxies that are among the trusted proxies and show its key; see docs/gate.md";

/// The forward auth of a gate. Cheap to clone.
#[derive(Clone)]
pub struct ForwardAuth {
    gate: ProxyGate,
    key: Arc<SecretString>,
}

/// A request of a reverse proxy that asks whether it may pass a client's request on. Its headers contain secrets, so
/// that it has no `Debug`.
pub struct AuthRequest {
    /// The headers: those of the client, and those with which the reverse proxy describes the request.
    pub headers: HeaderMap,
    /// The client of the request.
    pub client: Client,
    /// True if it comes from the address of a trusted proxy.
    pub is_trusted: bool,
    /// The use that the reverse proxy makes of the query string of the answer.
    pub args: Args,
}

impl ForwardAuth {
    /// Returns the forward auth of a gate; `None` if the gate has no key for reverse proxies.
    pub fn of(gate: &ProxyGate) -> Option<Self> {
        gate.forward_auth_key().map(|key| Self { gate: gate.clone(), key: Arc::clone(key) })
    }

    /// Probes the database of a gate that is not served, learns from it and compares the gate with it, until `shutdown`
    /// resolves.
    pub async fn guard(self, shutdown: impl Future<Output = ()> + Send) {
        let (upstream, service) = (self.gate.upstream(), self.gate.service());
        let probing = async {
            upstream.probe(service).await;
            tokio::join!(upstream.keep_probing(service), keep_policies_current(&self.gate), keep_comparing(&self.gate));
        };
        tokio::select! {
            () = shutdown => {}
            () = probing => {}
        }
    }

    /// Answers a reverse proxy: 204 with the headers of the request for the database, 401 or 403 for a refusal, 503 for
    /// a failure.
    pub async fn answer(&self, auth: &AuthRequest) -> Response<Bytes> {
        let (gate, is_trusted) = (self.gate.name(), auth.is_trusted);
        if !is_trusted || !self.has_key(&auth.headers) {
            tracing::debug!(gate, is_trusted, "a forward-auth request lacks a trusted address or the key");
            return unanswered();
        }
        let mut holder = None;
        let decided = AssertUnwindSafe(timeout(WITHIN, self.decide(auth, &mut holder))).catch_unwind().await;
        let decided = decided.unwrap_or_else(|_| {
            tracing::error!(gate, "a forward-auth request was answered with 503 after a panic");
            Ok(Err(self.gate.rules().failure()))
        });
        match decided.unwrap_or_else(|_| Err(self.gate.rules().failure())) {
            Ok(passed) => {
                self.gate.counters().decided(Outcome::Allowed);
                note_use(&self.gate, holder.as_deref().map(TokenHolder::id), &passed.buckets);
                self.allowed(&passed, auth.args)
            }
            Err(refusal) => {
                count(&self.gate, &refusal, holder.as_deref(), auth.client.address);
                refused(&refusal)
            }
        }
    }

    /// Decides about the request. `known` is set to the token's holder once the token was looked up, also if the
    /// request is refused.
    async fn decide(
        &self,
        auth: &AuthRequest,
        known: &mut Option<Arc<TokenHolder>>,
    ) -> Result<ForwardApproval, Refusal> {
        let gate = &self.gate;
        let original = Original::read(&auth.headers).map_err(|error| self.undescribed(error))?;
        let request = gate.rules().forwarded(&original.head(), auth.args)?;
        let unavailable = |reason| gate.rules().refusal(request.canonical(), reason);
        if !gate.upstream().asks() {
            gate.counters().failed(UpstreamFailure::Unguarded);
            return Err(unavailable(Reason::Unreachable));
        }
        let holder = holder(gate, credential(gate, request.canonical()), auth.client.clone()).await;
        *known = holder.map_err(|Unavailable| unavailable(Reason::Unavailable))?;
        let directory = directory(gate).await;
        let directory = directory.map_err(|Unavailable| unavailable(Reason::Unavailable))?;
        gate.rules().decide_forwarded(&request, &caller(known.as_deref()), &directory)
    }

    /// Returns the refusal of a request whose headers do not describe exactly one client request.
    fn undescribed(&self, error: OriginalError) -> Refusal {
        match error {
            OriginalError::Missing => {
                let gate = self.gate.name();
                tracing::warn!(gate, "a reverse proxy asks without X-Original-Method and X-Original-URI");
                self.gate.rules().failure()
            }
            OriginalError::Contradictory(name) => self.gate.rules().malformed(Malformed::RepeatedHeader(name)),
        }
    }

    /// Compares the key in constant time, so that the response time reveals nothing about it.
    fn has_key(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(KEY).iter();
        let (Some(given), None) = (given.next(), given.next()) else { return false };
        let (given, key) = (given.as_bytes(), self.key.expose_secret().as_bytes());
        let difference = given.iter().zip(key).fold(0, |difference, (one, other)| difference | (one ^ other));
        given.len() == key.len() && difference == 0
    }

    /// Returns the answer to an allowed request. With `Args::Kept`, the credential is also in `Authorization`: a
    /// reverse proxy that cannot change the query string cannot rename a header either.
    fn allowed(&self, passed: &ForwardApproval, args: Args) -> Response<Bytes> {
        let Ok(query) = HeaderValue::from_str(&passed.args) else { return refused(&self.gate.rules().failure()) };
        let mut response = empty(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        headers.insert(ARGS, query);
        if let Some(credential) = self.gate.upstream().credential() {
            headers.insert(AUTHORIZATION, credential.clone());
            if args == Args::Kept {
                headers.insert(header::AUTHORIZATION, credential.clone());
            }
        }
        response
    }
}

/// Returns the answer to a request that does not come from a reverse proxy with the key, or that names an unknown gate.
pub fn unanswered() -> Response<Bytes> {
    let mut response = empty(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    *response.body_mut() = Bytes::from_static(STRANGER.as_bytes());
    response
}

fn refused(refusal: &Refusal) -> Response<Bytes> {
    let answer = refusal.answer_to_proxy();
    let mut response = empty(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    if let Ok(value) = HeaderValue::try_from(one_line(&refusal.reason.message())) {
        response.headers_mut().insert(ERROR, value);
    }
    *response.body_mut() = answer.body.into();
    response
}

/// Returns a response whose `X-Gate-…` headers are empty: without them, a reverse proxy would use those of the client.
fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    for name in [AUTHORIZATION, ARGS] {
        response.headers_mut().insert(name, HeaderValue::from_static(""));
    }
    response
}

/// Returns the beginning of a text in visible ASCII.
fn one_line(text: &str) -> String {
    let visible = |letter| if matches!(letter, ' '..='~') { letter } else { '?' };
    text.chars().take(MAX_ERROR).map(visible).collect()
}

//! The database behind a gate.

mod ask;
mod cause;
mod clocks;
mod configured;
mod connector;
mod passthrough;
mod probing;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use http::{
    HeaderName, HeaderValue, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error},
    rt::{TokioExecutor, TokioTimer},
};
use jeton_gate::UpstreamRequest;
use jeton_model::binding::UpstreamHealth;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Notify;

use crate::{
    body::AnyBody,
    config::{ConfigError, GateConfig, Mode},
    counters::UpstreamFailure,
    log_limit::LogLimit,
    workers::PerWorker,
};

use cause::{advice, causes};
use configured::{base, credential, forbids_gate, is_secure, probe};
use connector::Connector;

/// Time after which an unused connection is closed, before the database does it.
const IDLE: Duration = Duration::from_secs(20);
/// Maximum number of unused connections that each client keeps.
const MAX_IDLE: usize = 64;
/// Maximum number of bytes of an answer that a connection buffers.
const BUFFER: usize = 128 * 1024;

/// The reason why a request has no answer of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoResponse {
    /// The database failed.
    Failed(UpstreamFailure),
    /// The client did not send its body to the end.
    Cut,
    /// The response to a request of the gate itself exceeds its size limit.
    TooLarge,
}

/// The database behind a gate, reached by HTTP/1.1: one exchange never ends another.
pub(crate) struct Upstream {
    gate: String,
    /// A client for each thread that serves connections, with connections of its own.
    clients: PerWorker<Client<Connector, AnyBody>>,
    /// Scheme and authority of every request.
    base: String,
    credential: Option<HeaderValue>,
    /// The secret with which the tokens of users are signed, for a database that has one.
    shared_secret: Option<SecretString>,
    /// True if 403 to a request with the credential of the gate says that this permits too little: the caller's
    /// permissions were decided before.
    forbids_gate: bool,
    /// The failure that was logged last, as [`Self::is_news`] numbers it, so that only changes are logged; 0 after a
    /// success.
    logged: AtomicU8,
    /// The lines about requests that the gate allows and the database refuses: a token for a database that does not exist
    /// causes any number of them.
    disagreements: LogLimit,
    /// False from a failure, or a probe that found no guarded database, to the next success.
    is_up: AtomicBool,
    /// True if the database refused the credential of the gate. No probe shows that it accepts it again.
    is_refused: AtomicBool,
    /// The target of the probe, for a database that must ask for a credential.
    probe: Option<&'static str>,
    /// True if the last probe found that the database asks for one, or if there is no probe.
    asks: AtomicBool,
    /// True if the gate observes: a database that asks for no credential is left as it was.
    observes: bool,
    /// True if the last probe succeeded without a credential.
    is_open: AtomicBool,
    lost: Notify,
    /// True if the clock of the database matters, because the gate signs tokens that expire.
    compares_clocks: bool,
    /// True if the last date of the database differed from Jeton's clock.
    is_skewed: AtomicBool,
    /// The health that the last request showed, as an index in [`UpstreamHealth::ALL`].
    health: AtomicU8,
}

impl Upstream {
    /// Returns the database of a configuration. It is not reached yet.
    pub(crate) fn new(config: &GateConfig) -> Result<Self, ConfigError> {
        let base = base(config)?;
        let connector = Connector::new(config, is_secure(&base))?;
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).pool_max_idle_per_host(MAX_IDLE);
        builder.http1_max_buf_size(BUFFER);
        let probe = probe(config);
        Ok(Self {
            gate: config.name.clone(),
            clients: PerWorker::new(|| builder.build(connector.clone())),
            base,
            credential: credential(config)?,
            shared_secret: config.shared_secret.clone(),
            forbids_gate: forbids_gate(config),
            logged: AtomicU8::new(0),
            disagreements: LogLimit::default(),
            is_up: AtomicBool::new(probe.is_none()),
            is_refused: AtomicBool::new(false),
            probe,
            asks: AtomicBool::new(probe.is_none()),
            observes: config.mode == Mode::Observe,
            is_open: AtomicBool::new(false),
            lost: Notify::new(),
            compares_clocks: config.has_users(),
            is_skewed: AtomicBool::new(false),
            health: AtomicU8::new(UpstreamHealth::Unknown as u8),
        })
    }

    /// Returns the health of the database, as the last request showed it.
    pub(crate) fn health(&self) -> UpstreamHealth {
        match self.noted_health() {
            UpstreamHealth::Healthy if self.is_skewed.load(Ordering::Relaxed) => UpstreamHealth::Skewed,
            noted => noted,
        }
    }

    fn noted_health(&self) -> UpstreamHealth {
        let place = usize::from(self.health.load(Ordering::Relaxed));
        UpstreamHealth::ALL.get(place).copied().unwrap_or_default()
    }

    fn note_health(&self, health: UpstreamHealth) {
        // Most requests find no change: a read is cheaper than a write that all threads share.
        if self.noted_health() != health {
            self.health.store(health as u8, Ordering::Relaxed);
        }
    }

    /// Returns the header with the credential of the gate, if there is one.
    pub(crate) fn credential(&self) -> Option<&HeaderValue> {
        self.credential.as_ref()
    }

    /// Returns the secret with which the tokens of users are signed, if there is one.
    pub(crate) fn shared_secret(&self) -> Option<&SecretString> {
        self.shared_secret.as_ref()
    }

    /// Returns whether the database requires a credential, or need not.
    pub(crate) fn asks(&self) -> bool {
        self.asks.load(Ordering::Relaxed)
    }

    /// Returns the request that is sent, without a credential; `None` if its target is too long.
    pub(crate) fn request(&self, decided: &UpstreamRequest, body: AnyBody) -> Option<Request<AnyBody>> {
        let target = format!("{}{}", self.base, decided.target());
        let mut request = Request::builder().method(decided.method().name()).uri(target).body(body).ok()?;
        let headers = request.headers_mut();
        for (name, value) in decided.headers() {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).ok()?);
        }
        debug_assert!(headers.get_all(CONTENT_TYPE).iter().count() <= 1, "a body has one type");
        Some(request)
    }

    /// Adds the credential of the gate, if it has one.
    pub(crate) fn authorize(&self, request: &mut Request<AnyBody>) {
        if let Some(credential) = &self.credential {
            request.headers_mut().insert(AUTHORIZATION, credential.clone());
        }
    }

    /// Returns whether both are the same database with the same secrets.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let shared = |upstream: &Self| upstream.shared_secret().map(|secret| secret.expose_secret().to_owned());
        self.base == other.base && self.credential == other.credential && shared(self) == shared(other)
    }

    /// Sends a request. It is sent once: a request of which the database may have seen a byte is never repeated.
    /// `is_cut`: becomes true if the client does not send its body to the end.
    pub(crate) async fn send(
        &self,
        mut request: Request<AnyBody>,
        is_cut: Arc<AtomicBool>,
    ) -> Result<Response<Incoming>, NoResponse> {
        let is_own = request.headers().get(AUTHORIZATION) == self.credential.as_ref();
        let asks = self.asks();
        if !asks {
            if !self.observes || !self.is_open.load(Ordering::Relaxed) {
                return Err(NoResponse::Failed(self.closed_by()));
            }
            // It needs none, and whoever answers there gets none.
            request.headers_mut().remove(AUTHORIZATION);
        }
        let sent = self.clients.own().request(request).await;
        let result = match &sent {
            Ok(response) => self.check(response.status(), is_own),
            Err(error) => Err(failure(error, &is_cut)),
        };
        match result {
            // None was sent: only a probe shows whether the database asks for a credential again.
            Ok(()) | Err(NoResponse::Failed(UpstreamFailure::Unauthorized)) if !asks => {}
            Ok(()) => self.note_success(),
            Err(NoResponse::Failed(failure)) => self.note_failure(failure, sent.as_ref().err()),
            Err(NoResponse::Cut | NoResponse::TooLarge) => {}
        }
        result.and_then(|()| sent.map_err(|error| failure(&error, &is_cut)))
    }

    /// Checks that an answer is one for the client. A refused credential is the gate's failure, and no protocol is
    /// switched. `is_own`: whether the request had the credential of the gate.
    fn check(&self, status: StatusCode, is_own: bool) -> Result<(), NoResponse> {
        match status {
            StatusCode::UNAUTHORIZED => Err(NoResponse::Failed(UpstreamFailure::Unauthorized)),
            StatusCode::FORBIDDEN if self.forbids_gate && is_own => {
                Err(NoResponse::Failed(UpstreamFailure::Unauthorized))
            }
            StatusCode::SWITCHING_PROTOCOLS => Err(NoResponse::Failed(UpstreamFailure::NoAnswer)),
            _ => Ok(()),
        }
    }

    /// Returns whether the last request or probe reached the database, it accepted the credential of the gate, and its
    /// clock agrees where that matters.
    pub(crate) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Relaxed) && !self.is_skewed.load(Ordering::Relaxed)
    }

    fn note_success(&self) {
        self.note_health(UpstreamHealth::Healthy);
        self.is_up.store(true, Ordering::Relaxed);
        self.is_refused.store(false, Ordering::Relaxed);
        if self.logged.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!(gate = self.gate, "the database answers again");
        }
    }

    /// Logs that the database refuses a request that the gate allowed, unless it was logged just before.
    pub(crate) fn log_disagreement(&self, status: StatusCode) {
        if self.disagreements.is_due(Instant::now()) {
            tracing::warn!(gate = self.gate, status = status.as_u16(), "a database refuses what its gate allowed");
        }
    }

    /// Records that the database did not create an authorization with a caller's permissions, although it answered: the
    /// gate's credential permits too little.
    pub(crate) fn note_no_delegation(&self) {
        self.note_failure(UpstreamFailure::Delegation, None);
    }

    fn note_failure(&self, failure: UpstreamFailure, error: Option<&Error>) {
        self.note_health(failure.into());
        self.is_up.store(false, Ordering::Relaxed);
        if matches!(failure, UpstreamFailure::Unauthorized | UpstreamFailure::Delegation) {
            self.is_refused.store(true, Ordering::Relaxed);
        }
        if failure == UpstreamFailure::Unreachable && self.probe.is_some() {
            // The next program at this address must first prove that it asks for a credential.
            self.asks.store(false, Ordering::Relaxed);
            self.is_open.store(false, Ordering::Relaxed);
            self.lost.notify_one();
        }
        self.log(failure, error);
    }

    /// Returns whether the failure differs from the last logged one.
    fn is_news(&self, failure: UpstreamFailure) -> bool {
        let number = failure as u8 + 1;
        self.logged.swap(number, Ordering::Relaxed) != number
    }

    fn log(&self, failure: UpstreamFailure, error: Option<&Error>) {
        if !self.is_news(failure) {
            return;
        }
        let cause = error.map_or_else(String::new, |error| causes(error));
        let advice = error.and_then(|error| advice(error));
        let failure = failure.name();
        tracing::warn!(gate = self.gate, failure, cause, advice, "the database behind the gate fails");
    }

    /// Returns the failure for requests while the gate is closed, because the database has not shown that it requires a
    /// credential.
    fn closed_by(&self) -> UpstreamFailure {
        match self.health() {
            UpstreamHealth::Unreachable => UpstreamFailure::Unreachable,
            _ => UpstreamFailure::Unguarded,
        }
    }
}

fn failure(error: &Error, is_cut: &AtomicBool) -> NoResponse {
    if error.is_connect() {
        NoResponse::Failed(UpstreamFailure::Unreachable)
    } else if is_cut.load(Ordering::SeqCst) {
        NoResponse::Cut
    } else {
        NoResponse::Failed(UpstreamFailure::NoAnswer)
    }
}

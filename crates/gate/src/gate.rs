//! One gate: a kind of database, and its settings.

use crate::{
    answer::Answer,
    demand::{Demand, OperatorOnly},
    influxdb1, influxdb2, influxdb3,
    kind::{Kind, Settings},
    plan::{Context, Outcome, Step},
    refusal::{Reason, Refusal, Shape, Surface},
    request::{CanonicalRequest, Credential, Malformed, Media, Method},
    upstream::{Scope, UpstreamRequest},
    victoriametrics,
};

/// A gate in front of one database.
#[derive(Clone, Debug)]
pub struct Gate {
    kind: Kind,
    settings: Settings,
}

impl Gate {
    /// Returns the gate of a kind.
    pub fn new(kind: Kind, settings: Settings) -> Self {
        Self { kind, settings }
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the refusal of a request that has no canonical form.
    pub fn malformed(&self, malformed: Malformed) -> Refusal {
        Refusal::new(malformed.into(), Shape { kind: self.kind, surface: Surface::Other })
    }

    /// Returns the refusal of a request for a reason that the gate meets outside of the decision.
    pub fn refusal(&self, request: &CanonicalRequest, reason: Reason) -> Refusal {
        Refusal::new(reason, Shape { kind: self.kind, surface: self.surface(request) })
    }

    /// Returns the refusal of a request whose surface is not known, for a failure of the gate.
    pub fn failure(&self) -> Refusal {
        Refusal::new(Reason::Unavailable, Shape { kind: self.kind, surface: Surface::Other })
    }

    /// Returns the credential that counts on the path of the request.
    pub fn credential<'r>(&self, request: &'r CanonicalRequest) -> Option<&'r Credential> {
        let credentials = request.credentials();
        if self.is_of_v1(request) { credentials.of_header_or_query() } else { credentials.of_header() }
    }

    /// Returns user name and password of the credential, which are those of a 1.x credential on 1.x paths alone. A
    /// token in the place of the password has precedence.
    pub fn v1_credential<'r>(&self, request: &'r CanonicalRequest) -> Option<(&'r str, &'r str)> {
        if self.is_of_v1(request) { self.credential(request)?.user_and_password() } else { None }
    }

    fn is_of_v1(&self, request: &CanonicalRequest) -> bool {
        let is_v1 = matches!(request.path().as_str(), "/write" | "/query" | "/ping" | "/influx/write");
        is_v1 || self.kind == Kind::Influxdb1
    }

    /// Returns whether Jeton's own API authorizes and answers the request.
    pub fn is_own(&self, request: &CanonicalRequest) -> bool {
        let is_asked = request.method() != Method::Options && self.surface(request) != Surface::Grpc;
        self.kind == Kind::Influxdb2 && is_asked && influxdb2::is_own(request.path())
    }

    /// Returns the answer to a request for the initial set-up, which does not depend on its caller; `None` for every
    /// other request. It needs no organization, which a server that is not set up does not have.
    pub fn set_up(&self, request: &CanonicalRequest) -> Option<Answer> {
        let is_asked = request.method() != Method::Options && self.surface(request) != Surface::Grpc;
        if self.kind == Kind::Influxdb2 && is_asked { influxdb2::set_up(request) } else { None }
    }

    /// Returns the first step towards the plan of a request. Unlisted requests are for operators.
    ///
    /// # Errors
    /// Fails with the refusal if a parameter that decides is missing, or occurs twice.
    pub fn classify(&self, request: &CanonicalRequest) -> Result<Step, Refusal> {
        let shape = Shape { kind: self.kind, surface: self.surface(request) };
        let context = Context { request: request.clone(), settings: self.settings.clone(), shape };
        self.step(&context).map_err(|reason| Refusal::new(reason, shape))
    }

    fn step(&self, context: &Context) -> Result<Step, Reason> {
        if context.shape.surface == Surface::Grpc {
            return Err(Reason::Grpc);
        }
        if context.request.method() == Method::Options {
            return Ok(context.plan(Demand::Nothing, Outcome::Preflight));
        }
        let listed = match self.kind {
            Kind::Influxdb1 => influxdb1::classify(context)?,
            Kind::Influxdb2 => influxdb2::classify(context)?,
            Kind::Influxdb3 => influxdb3::classify(context)?,
            Kind::Victoriametrics => victoriametrics::classify(context)?,
        };
        Ok(listed.unwrap_or_else(|| unlisted(context)))
    }

    fn surface(&self, request: &CanonicalRequest) -> Surface {
        let path = request.path().as_str();
        if *request.content().media() == Media::Grpc || path.starts_with("/arrow.flight.") {
            return Surface::Grpc;
        }
        match (self.kind, path) {
            (Kind::Influxdb1 | Kind::Influxdb2, "/query") => Surface::InfluxQl,
            (Kind::Influxdb2, "/api/v2/query") => Surface::Flux,
            (Kind::Victoriametrics, path) if victoriametrics::is_write(path) => Surface::Write,
            (Kind::Influxdb2, "/write") => Surface::MappedWrite,
            (Kind::Influxdb2, "/api/v2/delete") => Surface::Delete,
            (_, "/write" | "/api/v2/write") => Surface::Write,
            _ => Surface::Other,
        }
    }
}

/// Returns the plan of a request that is not listed: an operator's goes on as it was parsed.
fn unlisted(context: &Context) -> Step {
    let request = &context.request;
    let sent = UpstreamRequest::new(request, request.method(), request.path().as_str())
        .query(request.query().pairs().to_vec())
        .streamed(request, request.content().media().name());
    context.send(Demand::Operator(OperatorOnly::Unlisted), sent, Scope::None)
}

//! The way of a request: it is decided, carried to the database, and its answer is carried back.

mod unauthenticated;

use std::{collections::BTreeSet, net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use jeton_gate::{Allowed, Answer, Body, Decision, Observed, Reason, Refusal};
use jeton_model::{Action, AuthorizationId, BucketId};
use jeton_service::auth::token_holder::TokenHolder;
use tracing::Instrument as _;

use crate::{
    body::{self, AnyBody},
    connection::{Connection, Work},
    counters::{End, Outcome},
    decide,
    directories::Unavailable,
    exchange::{Begin, Exchange, guarded},
    failure,
    gate::ProxyGate,
    named::Named,
    own_api,
    peer::Peer,
    received::Received,
    recent::Presented,
    response_headers, send,
};

use unauthenticated::carry_unauthenticated;

/// Answers a request in its span of the log. `connection`: that of the client.
pub(crate) async fn handle(
    gate: ProxyGate,
    peer: Peer,
    connection: Arc<Connection>,
    mut request: Request<Incoming>,
) -> Response<AnyBody> {
    let named = Named::begin(request.headers_mut());
    let mut response = answer_logged(gate, peer, connection, request).instrument(named.span()).await;
    named.add_to(&mut response);
    response
}

/// Answers a request, also after a panic, and logs its answer.
async fn answer_logged(
    gate: ProxyGate,
    peer: Peer,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Response<AnyBody> {
    let begun = Instant::now();
    let work = connection.begin();
    // In HTTP/2, a connection carries other exchanges too.
    let own = (request.version() != Version::HTTP_2).then_some(connection);
    let answered = AssertUnwindSafe(answer(&gate, &peer, own.clone(), work, request)).catch_unwind().await;
    let response = answered.unwrap_or_else(|_| {
        tracing::error!(gate = gate.name(), "a request was answered with 503 after a panic");
        gate.counters().decided(Outcome::Unavailable);
        closing(respond(gate.rules().failure().answer()), own.as_deref())
    });
    // Neither path nor query: people put secrets there.
    let (status, milliseconds) = (response.status().as_u16(), begun.elapsed().as_millis());
    tracing::debug!(gate = gate.name(), status, milliseconds, "answered a request");
    response
}

async fn answer(
    gate: &ProxyGate,
    peer: &Peer,
    connection: Option<Arc<Connection>>,
    work: Work,
    request: Request<Incoming>,
) -> Response<AnyBody> {
    if request.version() < Version::HTTP_11 {
        gate.counters().decided(Outcome::Refused);
        return closing(respond(old_version()), connection.as_deref());
    }
    let origin = peer.origin(request.headers(), gate.service().now());
    let address = origin.address;
    let mut received = match Received::parse(request, origin) {
        Ok(received) => received,
        Err(malformed) => {
            gate.counters().decided(Outcome::Refused);
            let refusal = gate.rules().malformed(malformed);
            note(gate, &refusal, None, address);
            return closing(respond(refusal.answer()), connection.as_deref());
        }
    };
    let response = if let Some(answer) = gate.rules().set_up(&received.canonical) {
        gate.counters().decided(Outcome::Answered);
        respond(answer)
    } else {
        match carry(gate, &mut received, connection.clone(), work).await {
            Ok(response) => return response,
            Err(refusal) => respond(refusal.answer()),
        }
    };
    if received.is_unread() { closing(response, connection.as_deref()) } else { response }
}

/// Decides about a request and carries it to the database.
async fn carry(
    gate: &ProxyGate,
    received: &mut Received,
    connection: Option<Arc<Connection>>,
    work: Work,
) -> Result<Response<AnyBody>, Refusal> {
    if gate.rules().is_own(&received.canonical) {
        return own(gate, received).await;
    }
    let address = received.client.address;
    let credential = decide::credential(gate, &received.canonical);
    let holder = decide::holder(gate, credential, received.client.clone()).await;
    let holder = holder.map_err(|Unavailable| refusal(gate, received, Reason::Unavailable));
    let holder = holder.inspect_err(|refusal| count(gate, refusal, None, address))?;
    if gate.observes() && holder.is_none() {
        return carry_unauthenticated(gate, received, connection, work).await;
    }
    let decision = decide::decide(gate, received, holder.as_deref()).await;
    let decision = decision.inspect_err(|refusal| count(gate, refusal, holder.as_deref(), address))?;
    if received.was_read() {
        let checked = decide::check_still_works(gate, holder.clone()).await;
        let checked = checked.map_err(|reason| refusal(gate, received, reason));
        checked.inspect_err(|refusal| count(gate, refusal, None, address))?;
    }
    let decision = match decision {
        Observed::Decided(decision) => decision,
        Observed::WouldRefuse(allowed, refusal) => {
            return forward(gate, received, holder, &allowed, Some(&refusal), (connection, work)).await;
        }
    };
    match decision {
        Decision::Allow(allowed) => forward(gate, received, holder, &allowed, None, (connection, work)).await,
        Decision::Answer(answer) => {
            gate.counters().decided(Outcome::Answered);
            Ok(respond(answer))
        }
        Decision::Refuse(refusal) => {
            count(gate, &refusal, holder.as_deref(), address);
            Err(refusal)
        }
        Decision::Jeton => own(gate, received).await,
    }
}

/// Lets Jeton's own API answer.
async fn own(gate: &ProxyGate, received: &mut Received) -> Result<Response<AnyBody>, Refusal> {
    if let Some(response) = own_api::answer(gate, received).await {
        gate.counters().decided(Outcome::Answered);
        return Ok(response);
    }
    gate.counters().decided(Outcome::Unavailable);
    Err(gate.rules().refusal(&received.canonical, Reason::Unavailable))
}

/// Counts a refusal. A missing permission is also counted for the token, and reported to the audit log.
pub(crate) fn count(gate: &ProxyGate, refusal: &Refusal, holder: Option<&TokenHolder>, address: Option<IpAddr>) {
    let outcome = match refusal.reason {
        Reason::Unauthenticated => Outcome::Unauthenticated,
        Reason::Unavailable | Reason::Unreachable | Reason::Suspended(_) => Outcome::Unavailable,
        _ => Outcome::Refused,
    };
    gate.counters().decided(outcome);
    note(gate, refusal, holder.map(presented), address);
    let is_denied = refusal.reason.status() == 403 && !matches!(refusal.reason, Reason::ProxyOnly(_));
    if let Some(holder) = holder.filter(|_| is_denied) {
        gate.service().count_refusal(holder.id());
    }
    if let Some((holder, lacking)) = holder.zip(refusal.lacking) {
        gate.service().note_gate_refusal(holder.id(), gate.shared_name(), lacking, address);
    }
}

fn presented(holder: &TokenHolder) -> Presented {
    (holder.id(), holder.org())
}

/// Records the use of a token for actions on buckets.
pub(crate) fn note_use(gate: &ProxyGate, token: Option<AuthorizationId>, buckets: &BTreeSet<(Action, BucketId)>) {
    if let Some(token) = token {
        gate.service().note_gate_use(token, gate.shared_name(), buckets);
    }
}

/// Adds a refusal to the list of the last ones.
fn note(gate: &ProxyGate, refusal: &Refusal, token: Option<Presented>, address: Option<IpAddr>) {
    gate.recent().note(&refusal.reason, token, address, gate.service().now());
}

/// Counts what would be a refusal without observe mode, and keeps it among the last ones.
fn note_passed(gate: &ProxyGate, refusal: &Refusal, token: Option<Presented>, address: Option<IpAddr>) {
    gate.counters().decided(Outcome::WouldRefuse);
    gate.recent().note_passed(&refusal.reason, token, address, gate.service().now());
}

/// Carries a request to the database. `would`: the refusal without observe mode.
async fn forward(
    gate: &ProxyGate,
    received: &mut Received,
    holder: Option<Arc<TokenHolder>>,
    allowed: &Allowed,
    would: Option<&Refusal>,
    (connection, work): (Option<Arc<Connection>>, Work),
) -> Result<Response<AnyBody>, Refusal> {
    let (token, address) = (holder.as_deref().map(presented), received.client.address);
    let Some(exchange) = gate.exchanges().begin(begin(gate, holder, allowed, connection, work)) else {
        gate.counters().decided(Outcome::Refused);
        let refusal = refusal(gate, received, Reason::TooManyQueries);
        note(gate, &refusal, token, address);
        return Err(refusal);
    };
    let body = match allowed.request.body() {
        Body::Empty => body::empty(),
        Body::Built(bytes) => body::full(bytes.clone()),
        Body::Streamed => exchange.upload(received.stream()),
    };
    let refused = |reason| {
        let refusal = refusal(gate, received, reason);
        note(gate, &refusal, token, address);
        refusal
    };
    let Some(request) = gate.upstream().request(&allowed.request, body) else {
        gate.counters().decided(Outcome::Refused);
        return Err(refused(Reason::TooLarge));
    };
    match would {
        Some(refusal) => note_passed(gate, refusal, token, address),
        None => {
            gate.counters().decided(Outcome::Allowed);
            note_use(gate, token.map(|(id, _)| id), &allowed.buckets);
        }
    }
    let sent = tokio::select! {
        // The end of an exchange lets its request fail too.
        biased;
        end = exchange.ended() => return Err(refused(reason_of_end(end))),
        sent = send::send(gate, allowed, request, received.is_cut()) => sent,
    };
    match sent {
        Ok(response) => {
            exchange.begin_answer();
            Ok(pass_on(response, exchange))
        }
        Err(failure) => Err(refused(failure::reason(gate, failure))),
    }
}

fn refusal(gate: &ProxyGate, received: &Received, reason: Reason) -> Refusal {
    gate.rules().refusal(&received.canonical, reason)
}

fn begin(
    gate: &ProxyGate,
    holder: Option<Arc<TokenHolder>>,
    allowed: &Allowed,
    connection: Option<Arc<Connection>>,
    work: Work,
) -> Begin {
    let limits = gate.limits();
    let is_query = allowed.is_query();
    let longest = if is_query { limits.max_exchange.min(limits.max_query) } else { limits.max_exchange };
    Begin {
        holder,
        places: allowed.places.clone(),
        query_limit: is_query.then_some(limits.max_queries_per_token),
        longest,
        connection,
        work,
    }
}

/// Returns the reason for the client if the gate ends an exchange before its answer.
fn reason_of_end(end: End) -> Reason {
    match end {
        End::Revoked => Reason::Unauthenticated,
        // The next request gets the reason in its answer.
        End::TooLong | End::Unchecked | End::Unbound => Reason::Unavailable,
    }
}

/// Returns the database's answer for the client.
fn pass_on(response: Response<Incoming>, exchange: Exchange) -> Response<AnyBody> {
    let (mut parts, body) = response.into_parts();
    response_headers::filter(&mut parts.headers);
    // HTTP/1.1 from the database says nothing about the client's connection, and its extensions stay behind.
    let mut passed = Response::new(guarded(body::streamed(body), exchange));
    *passed.status_mut() = parts.status;
    *passed.headers_mut() = parts.headers;
    passed
}

/// Returns the answer to a request of HTTP/1.0, in which an answer that the gate cuts off looks like a whole one.
fn old_version() -> Answer {
    Answer {
        status: 505,
        headers: vec![("content-type", "text/plain; charset=utf-8".into())],
        body: "HTTP/1.0 is not supported; use HTTP/1.1 (in nginx: proxy_http_version 1.1)".into(),
    }
}

/// Returns the response with an answer of Jeton.
fn respond(answer: Answer) -> Response<AnyBody> {
    let mut response = Response::new(body::full(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Lets the client's connection close after the response, because the client may still be sending a body.
fn closing(mut response: Response<AnyBody>, connection: Option<&Connection>) -> Response<AnyBody> {
    if let Some(connection) = connection {
        connection.linger();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

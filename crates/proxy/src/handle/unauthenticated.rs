//! Observe mode: the way of a request without a token that works. It goes on with the credential that it has, and with
//! none of the gate's.

use std::sync::Arc;

use http::Response;
use jeton_gate::{Body, Passthrough, Reason, Refusal, UnauthenticatedDecision};

use crate::{
    body::{self, AnyBody},
    connection::{Connection, Work},
    counters::Outcome,
    exchange::Begin,
    failure,
    gate::ProxyGate,
    received::Received,
};

use super::{count, note, note_passed, own, pass_on, reason_of_end, refusal, respond};

/// Decides about a request without a token that works, and carries it to the database.
pub(super) async fn carry_unauthenticated(
    gate: &ProxyGate,
    received: &mut Received,
    connection: Option<Arc<Connection>>,
    work: Work,
) -> Result<Response<AnyBody>, Refusal> {
    let address = received.client.address;
    match gate.rules().observe_unauthenticated(&received.canonical) {
        UnauthenticatedDecision::Pass(passthrough) => pass(gate, received, &passthrough, connection, work).await,
        UnauthenticatedDecision::Answer(answer) => {
            gate.counters().decided(Outcome::Answered);
            Ok(respond(answer))
        }
        UnauthenticatedDecision::Refuse(refusal) => {
            count(gate, &refusal, None, address);
            Err(refusal)
        }
        UnauthenticatedDecision::Jeton => own(gate, received).await,
    }
}

async fn pass(
    gate: &ProxyGate,
    received: &mut Received,
    passthrough: &Passthrough,
    connection: Option<Arc<Connection>>,
    work: Work,
) -> Result<Response<AnyBody>, Refusal> {
    let address = received.client.address;
    let longest = gate.limits().max_exchange;
    let begin = Begin { holder: None, places: Vec::new(), query_limit: None, longest, connection, work };
    // Without a token, there is no limit to the number of queries.
    let exchange = gate.exchanges().begin(begin);
    let exchange = exchange.ok_or_else(|| refusal(gate, received, Reason::TooManyQueries))?;
    let body = match passthrough.request().body() {
        Body::Empty | Body::Built(_) => body::empty(),
        Body::Streamed => exchange.upload(received.stream()),
    };
    let refused = |reason| {
        let refusal = refusal(gate, received, reason);
        note(gate, &refusal, None, address);
        refusal
    };
    let Some(request) = gate.upstream().passthrough(passthrough, received.headers(), body) else {
        gate.counters().decided(Outcome::Refused);
        return Err(refused(Reason::TooLarge));
    };
    match passthrough.refusal() {
        Some(refusal) => note_passed(gate, refusal, None, address),
        None => gate.counters().decided(Outcome::Allowed),
    }
    let sent = tokio::select! {
        // The end of an exchange lets its request fail too.
        biased;
        end = exchange.ended() => return Err(refused(reason_of_end(end))),
        sent = gate.upstream().send_passthrough(request, received.is_cut()) => sent,
    };
    match sent {
        Ok(response) => {
            exchange.begin_answer();
            Ok(pass_on(response, exchange))
        }
        Err(failure) => Err(refused(failure::reason(gate, failure))),
    }
}

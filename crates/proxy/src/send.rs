//! Sending of an allowed request with the credential that its decision requires.

use std::sync::{Arc, atomic::AtomicBool};

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use jeton_gate::{Allowed, Authority, Body};

use crate::{
    body::{self, AnyBody},
    counters::UpstreamFailure,
    gate::ProxyGate,
    shadows::{Shadow, Shadows},
    upstream::NoResponse,
};

/// The path of Flux queries. Only the database can check computed bucket names, so that its refusal is passed on.
const FLUX: &str = "/api/v2/query";
/// The paths of requests that name a bucket of InfluxDB 2 by its id. The bucket is bound, so that 404 means that the
/// database lost it.
const BY_ID: [&str; 2] = ["/api/v2/delete", "/api/v2/write"];

/// The answer of the database to a request.
type Sent = Result<Response<Incoming>, NoResponse>;

/// Sends an allowed request. `is_cut` is set if the client does not send the body to its end.
pub(crate) async fn send(
    gate: &ProxyGate,
    allowed: &Allowed,
    mut request: Request<AnyBody>,
    is_cut: Arc<AtomicBool>,
) -> Sent {
    match &allowed.authority {
        Authority::Nobody => gate.upstream().send(request, is_cut).await,
        Authority::Gate => {
            gate.upstream().authorize(&mut request);
            gate.upstream().send(request, is_cut).await
        }
        Authority::Caller(_) | Authority::User(_) => match gate.shadows() {
            Some(shadows) => delegate(gate, shadows, allowed, request, is_cut).await,
            None => Err(NoResponse::Failed(UpstreamFailure::Delegation)),
        },
    }
}

/// Sends a request with a credential that has the caller's permissions. If its authorization or user was deleted from the
/// database, it is created again; a refused token that may have expired is signed again. Then a request without a body
/// is retried once.
async fn delegate(
    gate: &ProxyGate,
    shadows: &Arc<Shadows>,
    allowed: &Allowed,
    request: Request<AnyBody>,
    is_cut: Arc<AtomicBool>,
) -> Sent {
    let shadow = shadows.obtain(gate.upstream(), &allowed.authority).await?;
    let sent = send_as(gate, &shadow, request, Arc::clone(&is_cut)).await;
    if !is_refused(&sent) {
        return judged(gate, sent, allowed);
    }
    let may_be_gone = sent.is_err() || shadows.begin_check(&shadow);
    let is_gone = may_be_gone && shadows.forget_if_gone(gate.upstream(), &shadow, &allowed.authority).await;
    if is_gone {
        tracing::warn!(gate = gate.name(), "a credential of the gate was deleted or restricted in its database");
    }
    let is_renewed = is_gone || (sent.is_err() && shadow.renew(gate.service().now()));
    let again = (is_renewed && *allowed.request.body() == Body::Empty)
        .then(|| gate.upstream().request(&allowed.request, body::empty()))
        .flatten();
    let Some(again) = again else {
        let is_known = is_gone || !gate.upstream().asks();
        // The check succeeded with the gate's own credential, which says nothing about that of the shadow.
        let refused = |failure| if is_known { failure } else { NoResponse::Failed(UpstreamFailure::Delegation) };
        return judged(gate, sent.map_err(refused), allowed);
    };
    let shadow = shadows.obtain(gate.upstream(), &allowed.authority).await?;
    judged(gate, send_as(gate, &shadow, again, is_cut).await, allowed)
}

async fn send_as(gate: &ProxyGate, shadow: &Shadow, mut request: Request<AnyBody>, is_cut: Arc<AtomicBool>) -> Sent {
    shadow.authorize(&mut request, gate.service().now())?;
    gate.upstream().send(request, is_cut).await
}

/// Returns whether the database refused the credential or its permissions.
fn is_refused(sent: &Sent) -> bool {
    match sent {
        Ok(response) => response.status() == StatusCode::FORBIDDEN,
        Err(failure) => *failure == NoResponse::Failed(UpstreamFailure::Unauthorized),
    }
}

/// Turns the database's refusal of an allowed request into a failure of the upstream: the client is not at fault.
fn judged(gate: &ProxyGate, sent: Sent, allowed: &Allowed) -> Sent {
    let response = sent?;
    if !disagrees(response.status(), allowed) {
        return Ok(response);
    }
    gate.upstream().log_disagreement(response.status());
    Err(NoResponse::Failed(UpstreamFailure::Disagrees))
}

fn disagrees(status: StatusCode, allowed: &Allowed) -> bool {
    let path = allowed.request.path();
    match status {
        StatusCode::FORBIDDEN => path != FLUX,
        StatusCode::NOT_FOUND => matches!(allowed.authority, Authority::Caller(_)) && BY_ID.contains(&path),
        _ => false,
    }
}

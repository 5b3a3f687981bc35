//! The decision about a received request, before anything of it goes on.

use std::{sync::Arc, time::Duration};

use jeton_gate::{Caller, CanonicalRequest, Directory, NeedsSyntax, Observed, Plan, Reason, Refusal, Step};
use jeton_service::{
    Client, Error,
    auth::{
        token_holder::TokenHolder,
        v1_login::{Strangers, V1Login},
    },
    error::AuthError,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use crate::{
    body_memory::Reservation, directories::Unavailable, gate::ProxyGate, received::Received, upstream::NoResponse,
};

/// Maximum time for each query of Jeton's database that a decision needs.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);

/// The credential that a request carries.
pub(crate) struct Credential {
    /// As a token.
    token: SecretString,
    /// As a user name with a password, where 1.x credentials count.
    login: Option<V1Login>,
}

/// Returns the credential that a request carries.
pub(crate) fn credential(gate: &ProxyGate, canonical: &CanonicalRequest) -> Option<Credential> {
    let token = gate.rules().credential(canonical)?.secret().into();
    let login = gate.rules().v1_credential(canonical);
    let login = login.map(|(user, password)| V1Login { username: user.to_owned(), password: password.into() });
    Some(Credential { token, login })
}

/// Returns the holder of a credential; `None` if there is none that works.
///
/// # Errors
/// Fails if the status of the credential cannot be determined: a client with a live one must not get 401.
pub(crate) async fn holder(
    gate: &ProxyGate,
    credential: Option<Credential>,
    client: Client,
) -> Result<Option<Arc<TokenHolder>>, Unavailable> {
    let Some(Credential { token, login }) = credential else { return Ok(None) };
    let (service, observes) = (gate.service().clone(), gate.observes());
    let requested = async move {
        let token = token.expose_secret();
        match login {
            Some(login) => {
                let strangers = if observes { Strangers::Passed } else { Strangers::Refused };
                service.holder_of_login(token, &login, client, strangers).await
            }
            None if observes => service.holder_among_others(token, client).await,
            None => service.holder_of_token(token, client).await,
        }
    };
    match timeout(KNOWN_WITHIN, requested).await {
        Ok(Ok(holder)) => return Ok(holder.map(Arc::new)),
        // The clients of a gate that observes have credentials of the database, which are many unknown tokens.
        Ok(Err(Error::Auth(AuthError::TooManyAttempts { .. }))) if observes => return Ok(None),
        Ok(Err(error)) => tracing::debug!(gate = gate.name(), %error, "a credential could not be checked"),
        Err(_) => tracing::debug!(gate = gate.name(), "a credential could not be checked in time"),
    }
    Err(Unavailable)
}

/// Checks that a token is still live after the body of a request was read for the decision: reading takes time, and the
/// exchange is not watched yet.
///
/// # Errors
/// Fails with the reason for the client.
pub(crate) async fn check_still_works(gate: &ProxyGate, holder: Option<Arc<TokenHolder>>) -> Result<(), Reason> {
    let Some(holder) = holder else { return Ok(()) };
    let service = gate.service().clone();
    let requested = async move { service.still_works(&holder).await };
    match timeout(KNOWN_WITHIN, requested).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Reason::Unauthenticated),
        Ok(Err(_)) | Err(_) => Err(Reason::Unavailable),
    }
}

/// Decides: by the URL, before the first byte of the body is read, and then by the body, where it decides. A gate that
/// observes lets pass what its rules say.
pub(crate) async fn decide(
    gate: &ProxyGate,
    received: &mut Received,
    holder: Option<&TokenHolder>,
) -> Result<Observed, Refusal> {
    let mut step = gate.rules().classify(&received.canonical)?;
    let directory = directory(gate).await;
    let directory = directory.map_err(|Unavailable| gate.rules().refusal(&received.canonical, Reason::Unavailable))?;
    let caller = caller(holder);
    let mut reservations: Vec<Reservation<'_>> = Vec::new();
    loop {
        step = match step {
            Step::Plan(plan) if gate.observes() => return Ok(plan.observe(&caller, &directory)),
            Step::Plan(plan) => return Ok(Observed::Decided(plan.decide(&caller, &directory))),
            Step::Body(body) => {
                let admitted = if gate.observes() {
                    body.admit_observed(&caller, &directory)?
                } else {
                    body.admit(&caller, &directory)?
                };
                reservations.extend(reserve(gate, received, holder, admitted.limit())?);
                let read = received.read(admitted.limit()).await;
                admitted.read(&read.map_err(|reason| gate.rules().refusal(&received.canonical, reason))?)?
            }
            Step::Syntax(syntax) => Step::Plan(inspected(gate, &received.canonical, syntax).await?),
        };
    }
}

/// Reserves memory for a body of at most `limit` bytes, on the account of its token, until the request is decided.
fn reserve<'g>(
    gate: &'g ProxyGate,
    received: &Received,
    holder: Option<&TokenHolder>,
    limit: usize,
) -> Result<Option<Reservation<'g>>, Refusal> {
    let Some(holder) = holder else { return Ok(None) };
    let length = received.canonical.content().length().and_then(|length| usize::try_from(length).ok());
    let reservation = gate.body_memory().reserve(holder.id(), length.map_or(limit, |length| length.min(limit)));
    let refusal = || gate.rules().refusal(&received.canonical, Reason::TooManyQueries);
    reservation.map(Some).ok_or_else(refusal)
}

/// Returns the plan of a Flux query, whose text the database's own parser reads.
async fn inspected(gate: &ProxyGate, request: &CanonicalRequest, syntax: NeedsSyntax) -> Result<Plan, Refusal> {
    let verdict = gate.verdicts().of(gate.upstream(), gate.rules().settings(), syntax.text()).await;
    match verdict {
        Ok(Some(verdict)) => syntax.finish(&verdict),
        Ok(None) | Err(NoResponse::Cut) => Err(syntax.unavailable()),
        Err(NoResponse::TooLarge) => Err(gate.rules().refusal(request, Reason::TooLarge)),
        Err(NoResponse::Failed(failure)) => {
            gate.counters().failed(failure);
            Err(syntax.unavailable())
        }
    }
}

/// Returns the bindings of the gate, if they can be read in time.
pub(crate) async fn directory(gate: &ProxyGate) -> Result<Arc<Directory>, Unavailable> {
    timeout(KNOWN_WITHIN, gate.directories().directory()).await.unwrap_or(Err(Unavailable))
}

/// Returns the caller of a request.
pub(crate) fn caller(holder: Option<&TokenHolder>) -> Caller<'_> {
    holder.map_or(Caller::Anonymous, |holder| Caller::Token { org: holder.org(), permissions: holder.permissions() })
}

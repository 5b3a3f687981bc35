//! Helpers that several token actions share: reading limits, and the outcome of a creation.

use jeton_http::error::ApiError;
use jeton_model::{
    Action, AuthorizationId, BucketId, OrgId, ResourceType,
    describe::{Home, Named, Summary, description},
    grant::Breadth,
};
use jeton_service::tokens::{AuthorizationUpdate, Created, TokenOptions};

use crate::{
    forms::{
        outcome::{CreatedToken, FormFields, Outcome, TokenGate},
        tokens::{LimitsForm, NewTokenForm, TokenForm},
    },
    ssr::request::Request,
};

/// Updates a token with the submitted status, description, expiry and networks; absent fields change nothing.
pub(crate) async fn update(request: &Request, id: AuthorizationId, fields: &FormFields) -> Result<Outcome, ApiError> {
    let (TokenForm { status, description }, limits) = (fields.into(), LimitsForm::from(fields));
    let update = AuthorizationUpdate {
        status,
        description: description.map(|text| text.trim().to_owned()),
        expires_at: limits.expiry(request.service().now())?,
        // An empty field allows every network.
        networks: limits.networks.as_deref().map(str::parse).transpose()?,
    };
    apply(request, id, update).await
}

/// Applies changes to a token.
pub(crate) async fn apply(
    request: &Request,
    id: AuthorizationId,
    update: AuthorizationUpdate,
) -> Result<Outcome, ApiError> {
    let details = request.service().update_authorization(request.caller()?, id, update).await?;
    Ok(Outcome::Updated { description: details.authorization.description, status: details.authorization.status })
}

/// Returns the options that the dialogs request for a new token.
pub(crate) fn given(request: &Request, fields: &FormFields) -> Result<TokenOptions, ApiError> {
    let (NewTokenForm { description }, limits) = (fields.into(), LimitsForm::from(fields));
    let networks = limits.networks.as_deref().filter(|text| !text.trim().is_empty()).map(str::parse).transpose()?;
    Ok(TokenOptions { description, expires_at: limits.expiry(request.service().now())?, networks })
}

/// Returns the part of a new token that is displayed once.
pub(crate) async fn created_token(request: &Request, created: Created) -> CreatedToken {
    let Created { details, token } = created;
    let authorization = details.authorization;
    let org_name = details.org_name.unwrap_or_default();
    let home = Home { owner: Some(authorization.user), org: authorization.org, org_name: &org_name };
    let summary = Summary::of(&details.permissions, home);
    // As the service generates it, which knows no name of the organization.
    let generated = description(&details.permissions, Home { org_name: "", ..home });
    let written = details.permissions.iter().find(|named| {
        (named.permission.action, named.permission.resource.kind) == (Action::Write, ResourceType::Buckets)
            && named.name.is_some()
    });
    let named_bucket = |named: &Named| {
        let resource = named.permission.resource;
        resource.id.filter(|_| resource.kind == ResourceType::Buckets).map(BucketId)
    };
    let bucket = written.and_then(named_bucket).or_else(|| details.permissions.iter().find_map(named_bucket));
    let gate = gate_of(request, authorization.org, bucket).await;
    let everything = match summary.breadth {
        Breadth::Operator => Some("Everything in every organization".to_owned()),
        Breadth::AllAccess(_) => Some("Everything in this organization".to_owned()),
        Breadth::Custom => None,
    };
    let lines = summary.lines.iter().map(|(action, text)| format!("{} {text}", action.title()));
    CreatedToken {
        bucket: written.and_then(|named| named.name.clone()),
        summary: everything.into_iter().chain(lines).collect::<Vec<_>>().join(" · "),
        is_described: authorization.description != generated,
        token,
        id: authorization.id,
        org: authorization.org,
        org_name,
        description: authorization.description,
        base_url: request.base_url(),
        gate,
    }
}

/// Returns the gate of an organization at which a bucket is bound, or else its first one. A failure only leaves the
/// gate out of the examples, because the token exists already.
async fn gate_of(request: &Request, org: OrgId, bucket: Option<BucketId>) -> Option<TokenGate> {
    let caller = request.caller().ok()?;
    let gates = request.state().gates(caller).await.ok()?;
    let mut first = None;
    for gate in gates.into_iter().filter(|gate| gate.identity.org == org) {
        // Clients cannot connect to a gate that only answers reverse proxies.
        let Some(address) = gate.running.address else { continue };
        let bindings = request.service().gate_bindings(caller, &gate.identity.name).await.ok()?;
        let bound = bindings.into_iter().find(|bound| bound.org == org && Some(bound.bucket) == bucket);
        let is_bound = bound.is_some();
        let url = request.gate_url(address, gate.running.is_encrypted);
        let found = TokenGate { url, kind: gate.identity.kind, database: bound.map(|bound| bound.database) };
        if is_bound {
            return Some(found);
        }
        first.get_or_insert(found);
    }
    first
}

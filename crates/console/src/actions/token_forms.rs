//! Helpers that several token actions share: reading limits, and the outcome of a creation.

use jeton_http::error::ApiError;
use jeton_model::{
    Action, AuthorizationId, Expiry, ResourceType,
    describe::{Home, Summary},
    expiry,
    grant::Breadth,
};
use jeton_service::tokens::{AuthorizationUpdate, Created, TokenOptions};

use crate::{
    forms::outcome::{CreatedToken, FormFields, Outcome},
    ssr::request::Request,
};

/// Updates a token with the submitted status, description, expiry and networks; absent fields change nothing.
pub(crate) async fn update(request: &Request, id: AuthorizationId, fields: &FormFields) -> Result<Outcome, ApiError> {
    let update = AuthorizationUpdate {
        status: fields.get("status").map(Into::into),
        description: fields.get("description").map(|text| text.trim().to_owned()),
        expires_at: chosen_expiry(request, fields)?,
        // An empty field allows every network.
        networks: fields.get("networks").map(str::parse).transpose()?,
    };
    let details = request.service().update_authorization(request.caller()?, id, update).await?;
    Ok(Outcome::Updated { description: details.authorization.description, status: details.authorization.status })
}

/// Returns the options that the dialogs request for a new token.
pub(crate) fn given(request: &Request, fields: &FormFields) -> Result<TokenOptions, ApiError> {
    let description = fields.get("description").unwrap_or_default().to_owned();
    let networks = fields.get("networks").filter(|text| !text.trim().is_empty()).map(str::parse).transpose()?;
    Ok(TokenOptions { description, expires_at: chosen_expiry(request, fields)?, networks })
}

/// Returns the expiry that a form requests.
pub(crate) fn chosen_expiry(request: &Request, fields: &FormFields) -> Result<Option<Expiry>, ApiError> {
    let said = |name| fields.get(name).unwrap_or_default();
    Ok(expiry::chosen(said("expires"), said("expires-day"), request.service().now())?)
}

/// Returns the part of a new token that is displayed once.
pub(crate) fn created_token(request: &Request, created: Created) -> CreatedToken {
    let Created { details, token } = created;
    let authorization = details.authorization;
    let org_name = details.org_name.unwrap_or_default();
    let home = Home { owner: Some(authorization.user), org: authorization.org, org_name: &org_name };
    let summary = Summary::of(&details.permissions, home);
    let written = details.permissions.iter().find(|named| {
        (named.permission.action, named.permission.resource.kind) == (Action::Write, ResourceType::Buckets)
            && named.name.is_some()
    });
    let everything = match summary.breadth {
        Breadth::Operator => Some("Everything in every organization".to_owned()),
        Breadth::AllAccess(_) => Some("Everything in this organization".to_owned()),
        Breadth::Custom => None,
    };
    let lines = summary.lines.iter().map(|(action, text)| format!("{} {text}", action.title()));
    CreatedToken {
        bucket: written.and_then(|named| named.name.clone()),
        summary: everything.into_iter().chain(lines).collect::<Vec<_>>().join(" · "),
        token,
        id: authorization.id,
        org: authorization.org,
        org_name,
        description: authorization.description,
        origin: request.origin(),
    }
}

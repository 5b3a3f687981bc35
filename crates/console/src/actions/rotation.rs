//! Actions that rotate a token and that end the overlap of a rotation.

use jeton_http::error::ApiError;
use jeton_model::{AuthorizationId, IdempotencyKey, OrgId, console::selection::Selection};
use jeton_service::tokens::rotation::{RotateAuthorization, Rotated};

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
        tokens::{EndOverlapForm, LimitsForm, NewTokenForm, RotateForm},
    },
    routes::{PageRoute as _, Tokens},
    ssr::request::Request,
};

use super::token_forms::created_token;

pub(super) async fn rotate(
    request: &Request,
    id: AuthorizationId,
    fields: &FormFields,
    key: Option<&IdempotencyKey>,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let requested = RotateAuthorization {
        overlap: RotateForm::from(fields).overlap,
        expires_at: LimitsForm::from(fields).expiry(service.now())?,
        ..RotateAuthorization::default()
    };
    let rotated = service.rotate_authorization(caller, id, requested, key).await?;
    Ok(outcome(request, rotated).await)
}

/// Rotates a token into one with the selected permissions, and with the description and limits of the form.
pub(super) async fn rotate_with_changes(
    request: &Request,
    id: AuthorizationId,
    selection: &Selection,
    fields: &FormFields,
    key: Option<&IdempotencyKey>,
) -> Result<Outcome, ApiError> {
    let (RotateForm { overlap }, NewTokenForm { description }) = (fields.into(), fields.into());
    let limits = LimitsForm::from(fields);
    let requested = RotateAuthorization {
        overlap,
        expires_at: limits.expiry(request.service().now())?,
        description: Some(description),
        // An empty field allows every network.
        networks: limits.networks.as_deref().map(str::parse).transpose()?,
        permissions: None,
    };
    let rotated = request.service().rotate_custom(request.caller()?, id, selection, requested, key).await?;
    Ok(outcome(request, rotated).await)
}

/// Returns the new token, and how long the old one works.
async fn outcome(request: &Request, rotated: Rotated) -> Outcome {
    let Rotated { created, old } = rotated;
    let name = old.token_prefix.as_deref().map_or_else(|| "The old token".into(), |prefix| format!("{prefix}…"));
    let old = match old.expires_at {
        Some(end) if end > request.service().now() => {
            format!("{name} works until {}. Give programs the new token before then.", end.minute())
        }
        _ => format!("{name} no longer works. Give programs the new token."),
    };
    Outcome::Rotated { token: created_token(request, created).await, old }
}

/// Ends the overlap of one token, from the details of another token of its rotation chain.
pub(super) async fn end_overlap(
    request: &Request,
    org: OrgId,
    id: AuthorizationId,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    request.service().end_overlap(request.caller()?, id).await?;
    let shown = EndOverlapForm::from(fields).shown.and_then(|text| text.parse().ok()).unwrap_or(id);
    Ok(Outcome::Done { flash: Flash::OverlapEnded, to: Tokens::Details(shown).address(org, &[]) })
}

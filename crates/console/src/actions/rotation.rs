//! Actions that rotate a token and that end the overlap of a rotation.

use jeton_http::error::ApiError;
use jeton_model::{AuthorizationId, IdempotencyKey, OrgId};
use jeton_service::tokens::rotation::{RotateAuthorization, Rotated};

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
    },
    routes::{PageRoute as _, Tokens},
    ssr::request::Request,
};

use super::token_forms::{chosen_expiry, created_token};

pub(super) async fn rotate(
    request: &Request,
    id: AuthorizationId,
    fields: &FormFields,
    key: Option<&IdempotencyKey>,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let asked = RotateAuthorization {
        overlap: fields.get("overlap").map(Into::into),
        expires_at: chosen_expiry(request, fields)?,
    };
    let Rotated { created, old } = service.rotate_authorization(caller, id, asked, key).await?;
    let name = old.token_prefix.as_deref().map_or_else(|| "The old token".into(), |prefix| format!("{prefix}…"));
    let old = match old.expires_at {
        Some(end) if end > service.now() => {
            format!("{name} works until {}. Give programs the new token before then.", end.minute())
        }
        _ => format!("{name} no longer works. Give programs the new token."),
    };
    Ok(Outcome::Rotated { token: created_token(request, created), old })
}

/// Ends the overlap of one token, from the details of another token of its rotation chain.
pub(super) async fn end_overlap(
    request: &Request,
    org: OrgId,
    id: AuthorizationId,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    request.service().end_overlap(request.caller()?, id).await?;
    let shown = fields.get("shown").and_then(|text| text.parse().ok()).unwrap_or(id);
    Ok(Outcome::Done { flash: Flash::OverlapEnded, to: Tokens::Details(shown).address(org, &[]) })
}

//! Actions for the forms of the API Tokens page.

use jeton_http::error::ApiError;
use jeton_model::{
    OrgId,
    console::selection::{Pick, Selection},
};
use jeton_service::tokens::leaked::Reported;

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
        tokens::{CustomForm, DescendantsForm, EndOverlapForm, LeakedForm, SearchForm, TokenForm},
    },
    routes::{PageRoute as _, Tokens},
    ssr::request::Request,
};

use super::{
    bulk_tokens, rotation,
    token_forms::{created_token, given, update},
};

pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Tokens,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let key = fields.idempotency_key()?;
    let key = key.as_ref();
    match page {
        Tokens::AllAccess => {
            let created = service.create_all_access(caller, org, given(request, fields)?, key).await?;
            Ok(Outcome::Created(created_token(request, created).await))
        }
        // Only the button at the end of the form creates a token; the one beside the search field reloads the choices.
        Tokens::Custom if SearchForm::from(fields).find => Ok(Outcome::Searched),
        Tokens::Custom => {
            let CustomForm { permissions, rotates } = fields.into();
            let selection = permissions.iter().map(|text| text.parse::<Pick>()).collect::<Result<Selection, _>>()?;
            if let Some(id) = rotates {
                return rotation::rotate_with_changes(request, id.parse()?, &selection, fields, key).await;
            }
            let created = service.create_custom(caller, org, &selection, given(request, fields)?, key).await?;
            Ok(Outcome::Created(created_token(request, created).await))
        }
        Tokens::Clone(id) => {
            let created = service.clone_authorization(caller, id, key).await?;
            Ok(Outcome::Cloned(created_token(request, created).await))
        }
        Tokens::Descendants(id) => {
            let DescendantsForm { expected } = fields.into();
            let count = service.deactivate_descendants(caller, id, expected).await?.deactivated;
            Ok(Outcome::Many { flash: Flash::TokensUpdated, count, to: Tokens::Details(id).address(org, &[]) })
        }
        Tokens::Rotate(id) => rotation::rotate(request, id, fields, key).await,
        Tokens::Details(id) if EndOverlapForm::from(fields).pressed => {
            rotation::end_overlap(request, org, id, fields).await
        }
        Tokens::Delete(id) if TokenForm::from(fields).status.is_none() => {
            service.delete_authorization(caller, id).await?;
            Ok(Outcome::Deleted)
        }
        Tokens::Details(id) | Tokens::Edit(id) | Tokens::Rename(id) | Tokens::Limits(id) | Tokens::Delete(id) => {
            update(request, id, fields).await
        }
        Tokens::Leaked => {
            let text = Reported::Text(LeakedForm::from(fields).leaked);
            Ok(Outcome::Reported(service.report_leaked(caller, &text).await?))
        }
        Tokens::Selected => bulk_tokens::perform(request, org, fields).await,
        Tokens::List | Tokens::Filter | Tokens::Look | Tokens::Remedy | Tokens::Export(_) => {
            Err(ApiError::PathNotFound)
        }
    }
}

//! Actions on the tokens selected in the list.

use jeton_http::error::ApiError;
use jeton_model::{AuthorizationId, OrgId, Status, console::token_query::TokenQuery};
use jeton_service::tokens::{
    AuthorizationUpdate,
    bulk::{BulkAction, Targets},
};

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
        tokens::SelectedForm,
    },
    routes::{PageRoute as _, Tokens},
    ssr::request::Request,
};

use super::token_forms::apply;

/// Runs a bulk action. The form carries the state of the list beside the check boxes: with `all`, every token that
/// matches the filter is meant.
pub(super) async fn perform(request: &Request, org: OrgId, fields: &FormFields) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let form = SelectedForm::from(fields);
    // The status switch of a row belongs to the same form.
    for (id, status) in [(&form.activate, Status::Active), (&form.deactivate, Status::Inactive)] {
        if let Some(id) = id {
            let update = AuthorizationUpdate { status: Some(status.name().into()), ..AuthorizationUpdate::default() };
            return apply(request, id.parse()?, update).await;
        }
    }
    let query = TokenQuery::from_parameters(|name| fields.get(name));
    let to = Tokens::List.address(org, &query.parameters());
    let which = if form.all {
        Targets::Listed { query, expected: form.expected }
    } else {
        Targets::These(form.ids.iter().map(|id| id.parse::<AuthorizationId>()).collect::<Result<_, _>>()?)
    };
    let (what, flash) = match form.action.as_deref() {
        Some("activate") => (BulkAction::Activate, Flash::TokensUpdated),
        Some("deactivate") => (BulkAction::Deactivate, Flash::TokensUpdated),
        // Deletion cannot be undone, so it needs a confirmation.
        Some("delete") if !form.sure => {
            return Ok(Outcome::ConfirmationNeeded { count: service.count_meant(caller, org, &which).await? });
        }
        Some("delete") => (BulkAction::Delete, Flash::TokensDeleted),
        _ => return Err(ApiError::PathNotFound),
    };
    let count = service.change_tokens(caller, org, &which, what).await?;
    Ok(Outcome::Many { flash, count, to })
}

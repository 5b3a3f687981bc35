//! Actions on the tokens selected in the list.

use jeton_http::error::ApiError;
use jeton_model::{AuthorizationId, OrgId, console::token_query::TokenQuery};
use jeton_service::tokens::bulk::{BulkAction, Targets};

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
    },
    routes::{PageRoute as _, Tokens},
    ssr::request::Request,
};

/// Runs a bulk action. The form carries the state of the list beside the check boxes: with `all`, every token that
/// matches the filter is meant.
pub(super) async fn perform(request: &Request, org: OrgId, fields: &FormFields) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    // The status switch of a row belongs to the same form.
    for (name, status) in [("activate", "active"), ("deactivate", "inactive")] {
        if let Some(id) = fields.get(name) {
            let fields = FormFields(vec![("status".into(), status.into())]);
            return super::token_forms::update(request, id.parse()?, &fields).await;
        }
    }
    let query = TokenQuery::from_parameters(|name| fields.get(name));
    let to = Tokens::List.address(org, &query.parameters());
    let which = if fields.get("all").is_some() {
        Targets::Listed { query, expected: fields.get("expected").and_then(|count| count.parse().ok()) }
    } else {
        Targets::These(fields.all("id").map(str::parse::<AuthorizationId>).collect::<Result<_, _>>()?)
    };
    let (what, flash) = match fields.get("do") {
        Some("activate") => (BulkAction::Activate, Flash::TokensUpdated),
        Some("deactivate") => (BulkAction::Deactivate, Flash::TokensUpdated),
        // Deletion cannot be undone, so it needs a confirmation.
        Some("delete") if fields.get("sure").is_none() => {
            return Ok(Outcome::Asked { count: service.count_meant(caller, org, &which).await? });
        }
        Some("delete") => (BulkAction::Delete, Flash::TokensDeleted),
        _ => return Err(ApiError::PathNotFound),
    };
    let count = service.change_tokens(caller, org, &which, what).await?;
    Ok(Outcome::Many { flash, count, to })
}

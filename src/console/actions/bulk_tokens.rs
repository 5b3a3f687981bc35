//! What happens to the tokens that are selected in the list.

use crate::{
    console::{
        forms::{
            flash::Flash,
            outcome::{FormFields, Outcome},
        },
        routes::{PageRoute as _, Tokens},
        ssr::request::Request,
    },
    model::{AuthorizationId, Error, OrgId, console::tokens::TokenQuery},
    service::tokens::bulk::{BulkAction, Targets},
};

/// The form carries the state of the list beside the ticks: with `all`, everything that it filters is meant.
pub(super) async fn perform(request: &Request, org: OrgId, fields: &FormFields) -> Result<Outcome, Error> {
    let (service, caller) = (request.service(), request.caller()?);
    // A row's switch is in the same form.
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
        // What can't be taken back is asked about first.
        Some("delete") if fields.get("sure").is_none() => {
            return Ok(Outcome::Asked { count: service.count_meant(caller, org, &which).await? });
        }
        Some("delete") => (BulkAction::Delete, Flash::TokensDeleted),
        _ => return Err(Error::PathNotFound),
    };
    let count = service.change_tokens(caller, org, &which, what).await?;
    Ok(Outcome::Many { flash, count, to })
}

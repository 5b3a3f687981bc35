//! Actions for the forms of the Organizations page, and of the start page for users without an organization.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, org_rules::OrgRules};
use jeton_service::orgs::OrgUpdate;

use crate::{
    forms::{
        flash::Flash,
        org_rules::rules_of,
        outcome::{FormFields, Outcome},
    },
    routes::{Orgs, PageRoute as _, Tokens},
    ssr::request::Request,
};

/// Runs a form of the page. `list`: the address of the list behind the dialog, for the redirect after a deletion.
pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Orgs,
    list: String,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    match page {
        Orgs::Create => {
            let made = create(request, fields).await?;
            Ok(Outcome::Done { flash: Flash::OrgCreated, to: Orgs::Show(made).address(org, &[]) })
        }
        Orgs::Show(id) => {
            let given = |name| fields.get(name).map(|text| text.trim().to_owned());
            let update = OrgUpdate { name: given("name"), description: given("description") };
            match rules(fields)? {
                Some(rules) => service.update_org_and_rules(caller, id, update, rules).await?,
                None => service.update_org(caller, id, update).await?,
            };
            Ok(Outcome::Done { flash: Flash::OrgUpdated, to: page.address(org, &[]) })
        }
        Orgs::Delete(id) => {
            service.delete_org_by_name(caller, id, fields.get("name").unwrap_or_default()).await?;
            // The deleted organization's pages no longer exist: the start page redirects to another one.
            let to = if id == org { "/".into() } else { list };
            Ok(Outcome::Done { flash: Flash::OrgDeleted, to })
        }
        Orgs::List => Err(ApiError::PathNotFound),
    }
}

/// Returns the token rules, if the form has their fields.
fn rules(fields: &FormFields) -> Result<Option<OrgRules>, ApiError> {
    Ok(fields.get("rules").map(|_| rules_of(|name| fields.get(name).map(Into::into))).transpose()?)
}

/// Creates the first organization of a user who has none.
pub(super) async fn start(request: &Request, fields: &FormFields) -> Result<Outcome, ApiError> {
    let made = create(request, fields).await?;
    Ok(Outcome::Done { flash: Flash::OrgCreated, to: Tokens::List.address(made, &[]) })
}

async fn create(request: &Request, fields: &FormFields) -> Result<OrgId, ApiError> {
    let given = |name| fields.get(name).unwrap_or_default().trim();
    let made = request.service().create_org(request.caller()?, given("name"), given("description")).await?;
    Ok(made.id)
}

//! Actions for the forms of the Organizations page, and of the start page for users without an organization.

use jeton_http::error::ApiError;
use jeton_model::OrgId;
use jeton_service::orgs::OrgUpdate;

use crate::{
    forms::{
        flash::Flash,
        orgs::{DeleteOrgForm, NewOrgForm, OrgRulesForm, OrgSettingsForm},
        outcome::{FormFields, Outcome},
    },
    routes::{Orgs, PageRoute as _, Tokens, address_of},
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
            let form = OrgSettingsForm::from(fields);
            let trimmed = |text: String| text.trim().to_owned();
            let update = OrgUpdate { name: form.name.map(trimmed), description: form.description.map(trimmed) };
            if form.rules {
                let rules = OrgRulesForm::from(fields).rules()?;
                service.update_org_and_rules(caller, id, update, rules).await?;
            } else {
                service.update_org(caller, id, update).await?;
            }
            Ok(Outcome::Done { flash: Flash::OrgUpdated, to: page.address(org, &[]) })
        }
        Orgs::Delete(id) => {
            service.delete_org_by_name(caller, id, &DeleteOrgForm::from(fields).name).await?;
            // The deleted organization's pages no longer exist: the start page redirects to another one.
            let to = if id == org { address_of("/") } else { list };
            Ok(Outcome::Done { flash: Flash::OrgDeleted, to })
        }
        Orgs::List => Err(ApiError::PathNotFound),
    }
}

/// Creates the first organization of a user who has none.
pub(super) async fn start(request: &Request, fields: &FormFields) -> Result<Outcome, ApiError> {
    let made = create(request, fields).await?;
    Ok(Outcome::Done { flash: Flash::OrgCreated, to: Tokens::List.address(made, &[]) })
}

async fn create(request: &Request, fields: &FormFields) -> Result<OrgId, ApiError> {
    let NewOrgForm { name, description } = fields.into();
    let made = request.service().create_org(request.caller()?, name.trim(), description.trim()).await?;
    Ok(made.id)
}

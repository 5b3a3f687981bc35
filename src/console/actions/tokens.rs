//! The forms of the API Tokens page.

use crate::{
    console::{
        forms::{
            flash::Deed,
            outcome::{CreatedToken, Fields, Outcome},
        },
        routes::{Page as _, Tokens},
        ssr::request::Request,
    },
    model::{
        Action, AuthorizationId, Error, Expiry, OrgId, ResourceType,
        console::selection::{Pick, Selection},
        describe::{Home, Summary},
        expiry,
        grant::Breadth,
    },
    service::tokens::{AuthorizationUpdate, Created, Given, leaked::Reported},
};

use super::{bulk_tokens, rotation};

pub(super) async fn perform(request: &Request, org: OrgId, page: Tokens, fields: &Fields) -> Result<Outcome, Error> {
    let (service, caller) = (request.service(), request.caller()?);
    let form = fields.get("form").filter(|id| !id.is_empty());
    match page {
        Tokens::AllAccess => {
            let created = service.create_all_access(caller, org, given(request, fields)?, form).await?;
            Ok(Outcome::Created(created_token(request, created)))
        }
        // Only the button at the end of the form creates; the one beside the search field looks for more to tick.
        Tokens::Custom if fields.get("find").is_some() => Ok(Outcome::Searched),
        Tokens::Custom => {
            let selection = fields.all("permission").map(str::parse::<Pick>).collect::<Result<Selection, _>>()?;
            let created = service.create_custom(caller, org, &selection, given(request, fields)?, form).await?;
            Ok(Outcome::Created(created_token(request, created)))
        }
        Tokens::Clone(id) => {
            let created = service.clone_authorization(caller, id, form).await?;
            Ok(Outcome::Cloned(created_token(request, created)))
        }
        Tokens::Descendants(id) => {
            let expected = fields.get("expected").and_then(|number| number.parse().ok());
            let count = service.deactivate_descendants(caller, id, expected).await?.deactivated;
            Ok(Outcome::Many { deed: Deed::TokensUpdated, count, to: Tokens::Details(id).address(org, &[]) })
        }
        Tokens::Rotate(id) => rotation::rotate(request, id, fields, form).await,
        Tokens::Details(id) if fields.get("overlap").is_some() => rotation::end_overlap(request, org, id, fields).await,
        Tokens::Delete(id) if fields.get("status").is_none() => {
            service.delete_authorization(caller, id).await?;
            Ok(Outcome::Deleted)
        }
        Tokens::Details(id) | Tokens::Edit(id) | Tokens::Rename(id) | Tokens::Limits(id) | Tokens::Delete(id) => {
            update(request, id, fields).await
        }
        Tokens::Leaked => {
            let text = Reported::Text(fields.get("leaked").unwrap_or_default().into());
            Ok(Outcome::Reported(service.report_leaked(caller, &text).await?))
        }
        Tokens::Selected => bulk_tokens::perform(request, org, fields).await,
        Tokens::List | Tokens::Filter | Tokens::Look | Tokens::Remedy | Tokens::Export(_) => Err(Error::PathNotFound),
    }
}

pub(super) async fn update(request: &Request, id: AuthorizationId, fields: &Fields) -> Result<Outcome, Error> {
    let update = AuthorizationUpdate {
        status: fields.get("status").map(Into::into),
        description: fields.get("description").map(|text| text.trim().to_owned()),
        expires_at: chosen_expiry(request, fields)?,
        // Nothing in the field is everywhere.
        networks: fields.get("networks").map(str::parse).transpose()?,
    };
    let details = request.service().update_authorization(request.caller()?, id, update).await?;
    Ok(Outcome::Updated { description: details.authorization.description, status: details.authorization.status })
}

/// What the dialogs ask about a new token.
fn given(request: &Request, fields: &Fields) -> Result<Given, Error> {
    let description = fields.get("description").unwrap_or_default().to_owned();
    let networks = fields.get("networks").filter(|text| !text.trim().is_empty()).map(str::parse).transpose()?;
    Ok(Given { description, expires_at: chosen_expiry(request, fields)?, networks })
}

/// The expiry that a form asks for.
pub(super) fn chosen_expiry(request: &Request, fields: &Fields) -> Result<Option<Expiry>, Error> {
    let said = |name| fields.get(name).unwrap_or_default();
    expiry::chosen(said("expires"), said("expires-day"), request.service().now())
}

/// What is shown of a new token, once.
pub(super) fn created_token(request: &Request, created: Created) -> CreatedToken {
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

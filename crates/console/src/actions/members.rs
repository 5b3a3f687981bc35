//! Actions for the forms of the Members page.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, org::Role};

use crate::{
    forms::{
        flash::Flash,
        members::{AddMemberForm, MemberRoleForm},
        outcome::{FormFields, Outcome},
        users::UserStatusForm,
    },
    routes::{Members, address_of},
    ssr::request::Request,
};

use super::{
    user_forms::user,
    users::{change_status, delete, new_user},
};

/// Runs a form of the page. `to`: the address of the list that the form belongs to, for the redirect afterwards.
pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Members,
    to: String,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let flash = match page {
        Members::List if UserStatusForm::from(fields).status.is_some() => {
            return change_status(request, user(fields)?, fields, to).await;
        }
        Members::List => {
            service.change_role(caller, org, user(fields)?, role(fields)?).await?;
            Flash::RoleChanged
        }
        Members::Add => {
            let who = AddMemberForm::from(fields).user;
            service.add_named_member(caller, org, &who, role(fields)?).await?;
            Flash::MemberAdded
        }
        Members::Invite => {
            service.create_with_password(caller, new_user(fields, Some((org, role(fields)?)))).await?;
            Flash::MemberAdded
        }
        Members::Remove(id) => {
            service.dismiss_member(caller, org, id).await?;
            // Users who remove themselves may no longer see the list.
            let to = if id == caller.id() { address_of("/") } else { to };
            return Ok(Outcome::Done { flash: Flash::MemberRemoved, to });
        }
        Members::Deactivate(id) => return change_status(request, id, fields, to).await,
        Members::Delete(id) => return delete(request, id, fields, to).await,
    };
    Ok(Outcome::Done { flash, to })
}

fn role(fields: &FormFields) -> Result<Role, ApiError> {
    let role = MemberRoleForm::from(fields).role;
    role.ok_or_else(|| ApiError::field(MemberRoleForm::ROLE, "Choose owner or member."))
}

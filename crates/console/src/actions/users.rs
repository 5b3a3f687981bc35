//! Actions for the forms of the Users page.

use secrecy::ExposeSecret as _;

use jeton_http::error::ApiError;
use jeton_model::{OrgId, Status, UserId, org::Role};
use jeton_service::{
    error::AuthError,
    orgs::console_members::NewUser,
    users::{UserUpdate, sessions::Which},
};

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
        session::EndSessionsForm,
        users::{NewUserForm, RenameUserForm, SetPasswordForm, UserStatusForm},
    },
    routes::{self, PageRoute as _, Users},
    ssr::request::Request,
};

use super::user_forms::user;

/// Runs a form of the page. `to`: the address of the list that the form belongs to, for the redirect afterwards.
pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Users,
    to: String,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let flash = match page {
        Users::List => return change_status(request, user(fields)?, fields, to).await,
        Users::Create => {
            service.create_with_password(caller, new_user(fields, None)).await?;
            Flash::UserCreated
        }
        Users::Edit(id) => {
            let RenameUserForm { username: name } = fields.into();
            service.update_user(caller, id, UserUpdate { name, status: None }).await?;
            Flash::UserUpdated
        }
        Users::Password(id) => {
            service.set_password(caller, id, &SetPasswordForm::from(fields).password).await?;
            Flash::PasswordSet
        }
        Users::Sessions(id) => return end_sessions(request, org, id, &to, fields).await,
        Users::Deactivate(id) => return change_status(request, id, fields, to).await,
        Users::Delete(id) => return delete(request, id, fields, to).await,
    };
    Ok(Outcome::Done { flash, to })
}

/// Ends one session of a user, or all of them; the dialog then lists the remaining ones.
async fn end_sessions(
    request: &Request,
    org: OrgId,
    id: UserId,
    list: &str,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let form = EndSessionsForm::from(fields);
    let (which, flash) = match form.session.as_deref() {
        Some("all") => (Which::Others, Flash::UserSignedOut),
        Some(key) => (Which::One(key), Flash::SessionEnded),
        None => return Err(AuthError::SessionNotFound.into()),
    };
    request.service().end_user_sessions(request.caller()?, id, which).await?;
    let (_, state) = routes::split(list);
    Ok(Outcome::Done { flash, to: routes::with_parameters(Users::Sessions(id).address(org, &[]), &state) })
}

/// Activates or deactivates a user. Users who deactivate themselves are signed out.
pub(super) async fn change_status(
    request: &Request,
    id: UserId,
    fields: &FormFields,
    to: String,
) -> Result<Outcome, ApiError> {
    let caller = request.caller()?;
    let UserStatusForm { status } = fields.into();
    let update = UserUpdate { name: None, status };
    let user = request.service().update_user(caller, id, update).await?;
    Ok(match user.status {
        Status::Active => Outcome::Done { flash: Flash::UserActivated, to },
        Status::Inactive if id == caller.id() => Outcome::SignedOut,
        Status::Inactive => Outcome::Done { flash: Flash::UserDeactivated, to },
    })
}

/// Deletes a user, or deactivates them if the dialog's other button was pressed.
pub(super) async fn delete(
    request: &Request,
    id: UserId,
    fields: &FormFields,
    to: String,
) -> Result<Outcome, ApiError> {
    if UserStatusForm::from(fields).status.is_some() {
        return change_status(request, id, fields, to).await;
    }
    let caller = request.caller()?;
    request.service().delete_user(caller, id).await?;
    Ok(if id == caller.id() { Outcome::SignedOut } else { Outcome::Done { flash: Flash::UserDeleted, to } })
}

/// Returns the user that a form describes.
pub(super) fn new_user(fields: &FormFields, member_of: Option<(OrgId, Role)>) -> NewUser {
    let NewUserForm { username, password } = fields.into();
    let password = Some(password).filter(|password| !password.expose_secret().is_empty());
    NewUser { name: username, password, member_of }
}

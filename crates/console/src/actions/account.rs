//! Actions for the forms of the Account page.

use secrecy::ExposeSecret as _;

use jeton_http::error::ApiError;
use jeton_model::OrgId;
use jeton_service::users::sessions::Which;

use crate::{
    forms::{
        account::ChangePasswordForm,
        flash::Flash,
        outcome::{FormFields, Outcome},
        session::EndSessionsForm,
    },
    routes::{Account, PageRoute as _},
    ssr::request::Request,
};

pub(super) async fn perform(request: &Request, org: OrgId, fields: &FormFields) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let flash = match EndSessionsForm::from(fields).session.as_deref() {
        Some("others") => {
            service.end_sessions(caller, Which::Others).await?;
            Flash::SessionsEnded
        }
        Some(key) => {
            service.end_sessions(caller, Which::One(key)).await?;
            Flash::SessionEnded
        }
        None => {
            change_password(request, fields).await?;
            Flash::PasswordSet
        }
    };
    Ok(Outcome::Done { flash, to: Account.address(org, &[]) })
}

async fn change_password(request: &Request, fields: &FormFields) -> Result<(), ApiError> {
    let ChangePasswordForm { old, new, confirm } = fields.into();
    if new.expose_secret() != confirm.expose_secret() {
        return Err(ApiError::field(ChangePasswordForm::CONFIRM, "The passwords differ. Type the same one twice."));
    }
    let caller = request.caller()?;
    Ok(request.service().change_password(caller, caller.id(), &old, &new).await?)
}

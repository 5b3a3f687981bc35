//! Actions for set-up, sign-in and sign-out.

use secrecy::ExposeSecret;

use jeton_http::{cookies, error::ApiError};
use jeton_model::{ValidationError, session_kind::SessionKind};
use jeton_service::{Error, error::AuthError, setup::SetUp};

use crate::{
    forms::{
        outcome::{CreatedToken, FormFields, Outcome},
        session::{SetupForm, SignInForm},
    },
    routes,
    ssr::request::Request,
};

use super::ActionResult;

pub(super) async fn set_up(request: &Request, fields: &FormFields) -> Result<ActionResult, ApiError> {
    let state = request.state();
    state.settings.check_setup_host(&request.headers)?;
    let SetupForm { username, password, confirm, org, bucket } = fields.into();
    // Signing in to the console needs a password; the API's set-up does not.
    if password.expose_secret().is_empty() {
        return Err(ValidationError::PasswordLength.into());
    }
    if confirm.expose_secret() != password.expose_secret() {
        return Err(ApiError::field(SetupForm::CONFIRM, "The passwords differ. Type the same one twice."));
    }
    let given = SetUp { username, password: Some(password), org, bucket, retention_seconds: 0, token: None };
    let done = state.service.set_up(given, &request.client, true).await?;
    let token = CreatedToken {
        token: done.token,
        id: done.authorization.id,
        org: done.org.id,
        org_name: done.org.name,
        description: done.authorization.description,
        summary: "Everything in every organization".into(),
        is_described: true,
        bucket: Some(done.bucket.name),
        base_url: request.base_url(),
        gate: None,
    };
    let cookie =
        done.session.map(|session| cookies::console(session.key.expose_secret(), &state.settings, &request.headers));
    Ok(ActionResult { result: Ok(Outcome::SetUp(token)), cookie })
}

pub(super) async fn sign_in(request: &Request, fields: &FormFields, to: &str) -> Result<ActionResult, ApiError> {
    let state = request.state();
    state.settings.check_sign_in_host(&request.headers)?;
    let SignInForm { username, password } = fields.into();
    let session = state.service.sign_in(&username, &password, SessionKind::Console, &request.client).await?;
    let cookie = cookies::console(session.key.expose_secret(), &state.settings, &request.headers);
    Ok(ActionResult { result: Ok(Outcome::SignedIn { to: routes::return_url(to) }), cookie: Some(cookie) })
}

pub(super) async fn sign_out(request: &Request) -> Result<ActionResult, ApiError> {
    let state = request.state();
    let key = cookies::read(&request.headers, cookies::console_name(&state.settings, &request.headers));
    match state.service.sign_out(key.unwrap_or_default(), SessionKind::Console, &request.client).await {
        // A caller without a session is signed out already.
        Ok(()) | Err(Error::Auth(AuthError::Unauthenticated)) => {}
        Err(error) => return Err(error.into()),
    }
    let cookie = cookies::forget_console(&state.settings, &request.headers);
    Ok(ActionResult { result: Ok(Outcome::SignedOut), cookie: Some(cookie) })
}

//! Actions for set-up, sign-in and sign-out.

use secrecy::{ExposeSecret, SecretString};

use jeton_http::{cookies, error::ApiError};
use jeton_model::{ValidationError, session_kind::SessionKind};
use jeton_service::{Error, error::AuthError, setup::SetUp};

use crate::{
    forms::outcome::{CreatedToken, FormFields, Outcome},
    routes,
    ssr::request::Request,
};

use super::ActionResult;

pub(super) async fn set_up(request: &Request, fields: &FormFields) -> Result<ActionResult, ApiError> {
    let state = request.state();
    state.settings.check_setup_host(&request.headers)?;
    let text = |name| fields.get(name).unwrap_or_default().to_owned();
    let password: SecretString = text("password").into();
    // Signing in to the console needs a password; the API's set-up does not.
    if password.expose_secret().is_empty() {
        return Err(ValidationError::PasswordLength.into());
    }
    if fields.get("confirm") != Some(password.expose_secret()) {
        return Err(ApiError::field("confirm", "The passwords differ. Type the same one twice."));
    }
    let given = SetUp {
        username: text("username"),
        password: Some(password),
        org: text("org"),
        bucket: text("bucket"),
        retention_seconds: 0,
        token: None,
    };
    let done = state.service.set_up(given, &request.client, true).await?;
    let token = CreatedToken {
        token: done.token,
        id: done.authorization.id,
        org: done.org.id,
        org_name: done.org.name,
        description: done.authorization.description,
        summary: "Everything in every organization".into(),
        bucket: Some(done.bucket.name),
        origin: request.origin(),
    };
    let cookie = done.session.map(|session| cookies::console(session.key.expose_secret(), state.settings.is_https()));
    Ok(ActionResult { result: Ok(Outcome::SetUp(token)), cookie })
}

pub(super) async fn sign_in(request: &Request, fields: &FormFields, to: &str) -> Result<ActionResult, ApiError> {
    let state = request.state();
    state.settings.check_sign_in_host(&request.headers)?;
    let name = fields.get("username").unwrap_or_default();
    let password: SecretString = fields.get("password").unwrap_or_default().into();
    let session = state.service.sign_in(name, &password, SessionKind::Console, &request.client).await?;
    let cookie = cookies::console(session.key.expose_secret(), state.settings.is_https());
    Ok(ActionResult { result: Ok(Outcome::SignedIn { to: routes::return_url(to).into() }), cookie: Some(cookie) })
}

pub(super) async fn sign_out(request: &Request) -> Result<ActionResult, ApiError> {
    let state = request.state();
    let key = cookies::read(&request.headers, cookies::console_name(state.settings.is_https()));
    match state.service.sign_out(key.unwrap_or_default(), SessionKind::Console, &request.client).await {
        // A caller without a session is signed out already.
        Ok(()) | Err(Error::Auth(AuthError::Unauthenticated)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(ActionResult {
        result: Ok(Outcome::SignedOut),
        cookie: Some(cookies::forget_console(state.settings.is_https())),
    })
}

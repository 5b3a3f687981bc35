//! Records denials for the audit log in memory, so that a request does not wait for the database.

use std::{net::IpAddr, sync::Arc};

use jeton_model::{AuthorizationId, Permission, UserId, binding::Lacking, user::MAX_NAME};
use jeton_store::sessions::Session;

use crate::{
    Caller, Client, Error, Service,
    auth::caller::Credential,
    error::{AuthError, DelegationError},
    users::sessions,
};

use super::{
    denial_reason::{DenialReason, TOO_MANY_ATTEMPTS},
    denials::Denial,
    entry::Actor,
    gate_denials::DeniedAtGate,
};

/// The credential of a request, kept until its response is known.
#[derive(Clone, Debug)]
pub struct Shown {
    credential: Credential,
    user: UserId,
    client: Client,
}

impl Caller {
    /// The credential that was presented.
    pub fn shown(&self) -> Shown {
        Shown { credential: self.credential.clone(), user: self.id(), client: self.client.clone() }
    }
}

impl Service {
    /// Records that a token or a session lacked a permission.
    pub fn note_lacking(&self, shown: &Shown, permission: Permission) {
        let (now, reason) = (self.now(), DenialReason::Lacks(permission));
        let what = match &shown.credential {
            Credential::Token(id) | Credential::V1(id) => Denial::Known { id: *id, reason },
            Credential::Session(hash) => {
                let by = Actor::in_session(shown.user, sessions::short(hash), &shown.client, now);
                Denial::Session { by, reason }
            }
        };
        self.0.refusals.note(what, &shown.client, now);
    }

    /// Records a denied operation if the reason is a missing permission.
    pub fn note_refused(&self, caller: &Caller, error: &Error) {
        if let Error::Auth(AuthError::Unauthorized(permission))
        | Error::Delegation(DelegationError::NotGrantable(permission)) = error
        {
            self.note_lacking(&caller.shown(), *permission);
        }
    }

    /// Records that a known credential was denied.
    pub(crate) fn note_refusal(&self, id: AuthorizationId, reason: DenialReason, client: &Client) {
        self.0.refusals.note(Denial::Known { id, reason }, client, self.now());
    }

    /// Records that a gate refused a request because of what its token lacks.
    pub fn note_gate_refusal(
        &self,
        token: AuthorizationId,
        gate: &Arc<str>,
        lacking: Lacking,
        address: Option<IpAddr>,
    ) {
        let denied = DeniedAtGate { id: token, gate: Arc::clone(gate), lacking };
        let client = Client { address, ..Client::default() };
        self.0.refusals.note(Denial::AtGate(denied), &client, self.now());
    }

    /// Records that a known session was denied.
    pub(crate) fn note_session(&self, session: &Session, reason: DenialReason, client: &Client) {
        let now = self.now();
        let by = Actor::in_session(session.user, sessions::short(&session.key_hash), client, now);
        self.0.refusals.note(Denial::Session { by, reason }, client, now);
    }

    /// Records that an unknown token was denied.
    pub(crate) fn note_unknown(&self, client: &Client) {
        self.0.refusals.note(Denial::UnknownToken, client, self.now());
    }

    /// Records a failed sign-in; does nothing for a successful one.
    pub(crate) fn note_sign_in(&self, name: &str, client: &Client, refused: Option<&Error>) {
        let reason = match refused {
            Some(Error::Auth(AuthError::Unauthenticated)) => "wrong password",
            Some(Error::Auth(AuthError::TooManyAttempts { .. })) => TOO_MANY_ATTEMPTS,
            Some(Error::Auth(AuthError::UserInactive)) => "the user is inactive",
            Some(Error::Auth(AuthError::PasswordChangeRequired)) => "the password must be changed",
            _ => return,
        };
        let name = name.chars().take(MAX_NAME).collect();
        self.0.refusals.note(Denial::SignIn { name, reason }, client, self.now());
    }

    /// Records that `user`'s password was not changed.
    pub(crate) fn note_password(&self, caller: &Caller, user: UserId, refused: &Error) {
        let reason = match refused {
            Error::Auth(AuthError::WrongPassword) => "wrong password",
            Error::Auth(AuthError::TooManyAttempts { .. }) => TOO_MANY_ATTEMPTS,
            Error::Auth(AuthError::OldPasswordRequired) => "without the present password",
            Error::Auth(AuthError::UnknownUserForPassword) => "unknown user",
            _ => return,
        };
        let now = self.now();
        self.0.refusals.note(Denial::Password { by: Actor::of(caller, now), user, reason }, &caller.client, now);
    }
}

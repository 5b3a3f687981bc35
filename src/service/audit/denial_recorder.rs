//! Records refused requests for the audit log, without waiting for the database.

use crate::{
    model::{Authorization, Error, Permission, UserId, user::MAX_NAME},
    service::{Caller, Client, Service, auth::caller::Credential, users::sessions},
    store::sessions::Session,
};

use super::{
    denials::{Denial, DenialReason, TOO_MANY_ATTEMPTS},
    entry::Actor,
};

/// The credential of a request, for the moment its answer is known.
#[derive(Clone, Debug)]
pub struct Shown {
    credential: Credential,
    user: UserId,
    client: Client,
}

impl Caller {
    /// The credential that was shown.
    pub fn shown(&self) -> Shown {
        Shown { credential: self.credential.clone(), user: self.id(), client: self.client.clone() }
    }
}

impl Service {
    /// Notes that a token or a session lacked a permission.
    pub fn note_lacking(&self, shown: &Shown, permission: Permission) {
        let (now, why) = (self.now(), DenialReason::Lacks(permission));
        let what = match &shown.credential {
            Credential::Token(id) | Credential::V1(id) => Denial::Known { id: *id, why },
            Credential::Session(hash) => {
                let by = Actor::in_session(shown.user, sessions::short(hash), &shown.client, now);
                Denial::Session { by, why }
            }
        };
        self.0.refusals.note(what, &shown.client, now);
    }

    /// Notes the refusal of what a caller asked for, if it is one for lack of a permission.
    pub fn note_refused(&self, caller: &Caller, error: &Error) {
        if let Error::Unauthorized(permission) | Error::NotGrantable(permission) = error {
            self.note_lacking(&caller.shown(), *permission);
        }
    }

    /// Notes that a credential which is on record was refused.
    pub(crate) fn note_refusal(&self, authorization: &Authorization, why: DenialReason, client: &Client) {
        self.0.refusals.note(Denial::Known { id: authorization.id, why }, client, self.now());
    }

    /// Notes that a session which is on record was refused.
    pub(crate) fn note_session(&self, session: &Session, why: DenialReason, client: &Client) {
        let now = self.now();
        let by = Actor::in_session(session.user, sessions::short(&session.key_hash), client, now);
        self.0.refusals.note(Denial::Session { by, why }, client, now);
    }

    /// Notes that a token which nobody has was refused.
    pub(crate) fn note_unknown(&self, client: &Client) {
        self.0.refusals.note(Denial::UnknownToken, client, self.now());
    }

    /// Notes that someone could not sign in; nothing, if they could.
    pub(crate) fn note_sign_in(&self, name: &str, client: &Client, refused: Option<&Error>) {
        let why = match refused {
            Some(Error::Unauthenticated) => "wrong password",
            Some(Error::TooManyAttempts { .. }) => TOO_MANY_ATTEMPTS,
            Some(Error::UserInactive) => "the user is inactive",
            Some(Error::PasswordChangeRequired) => "the password must be changed",
            _ => return,
        };
        let name = name.chars().take(MAX_NAME).collect();
        self.0.refusals.note(Denial::SignIn { name, why }, client, self.now());
    }

    /// Notes that `user`'s password was not changed.
    pub(crate) fn note_password(&self, caller: &Caller, user: UserId, refused: &Error) {
        let why = match refused {
            Error::WrongPassword => "wrong password",
            Error::TooManyAttempts { .. } => TOO_MANY_ATTEMPTS,
            Error::OldPasswordRequired => "without the present password",
            Error::UnknownUserForPassword => "unknown user",
            _ => return,
        };
        let now = self.now();
        self.0.refusals.note(Denial::Password { by: Actor::of(caller, now), user, why }, &caller.client, now);
    }
}

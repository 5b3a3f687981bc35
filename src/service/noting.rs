//! What is noted when a credential is refused. None of it waits for anything.

use std::net::IpAddr;

use crate::model::{Authorization, AuthorizationId, Error, Permission, user::MAX_NAME};

use super::{
    Caller, Client, Service,
    caller::Credential,
    refusals::{What, Why},
};

/// A token that a request came with, for the moment its answer is known.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    id: AuthorizationId,
    address: Option<IpAddr>,
    peer: Option<IpAddr>,
}

impl Caller {
    /// The token or 1.x credential that was shown; `None` for a session.
    pub const fn shown(&self) -> Option<Shown> {
        match self.credential {
            Credential::Token(id) | Credential::V1(id) => {
                Some(Shown { id, address: self.client.address, peer: self.client.peer })
            }
            Credential::Session(_) => None,
        }
    }
}

impl Service {
    /// Notes that a token lacked a permission.
    pub fn note_lacking(&self, shown: Shown, permission: Permission) {
        let what = What::Known { id: shown.id, why: Why::Lacks(permission) };
        let client = Client { address: shown.address, peer: shown.peer, agent: None };
        self.0.refusals.note(what, &client, self.now());
    }

    /// Notes that a credential which is on record was refused.
    pub(super) fn note_refusal(&self, authorization: &Authorization, why: Why, client: &Client) {
        self.0.refusals.note(What::Known { id: authorization.id, why }, client, self.now());
    }

    /// Notes that a token which nobody has was refused.
    pub(super) fn note_unknown(&self, client: &Client) {
        self.0.refusals.note(What::UnknownToken, client, self.now());
    }

    /// Notes that someone could not sign in; nothing, if they could.
    pub(super) fn note_sign_in(&self, name: &str, client: &Client, refused: Option<&Error>) {
        let why = match refused {
            Some(Error::Unauthenticated) => "wrong password",
            Some(Error::TooManyAttempts { .. }) => "too many attempts",
            Some(Error::UserInactive) => "the user is inactive",
            Some(Error::PasswordChangeRequired) => "the password must be changed",
            _ => return,
        };
        let name = name.chars().take(MAX_NAME).collect();
        self.0.refusals.note(What::SignIn { name, why }, client, self.now());
    }
}

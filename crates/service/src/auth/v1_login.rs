//! 1.x clients at a gate: a user name with a password, which may be a token.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use jeton_model::{
    Timestamp,
    presented_token::PresentedToken,
    token::is_token,
    user::{MIN_PASSWORD, check_user_name},
};

use crate::{Client, Error, Service, error::AuthError};

use super::{
    accepted_passwords::AcceptedPasswords,
    rate_limit_key::RateLimitKey,
    token_holder::TokenHolder,
    tried_passwords::Attempt,
    v1_passwords::Verified,
    verifier::{ANSWERS_WITHIN, KnownCredential, KnownToken, Recalled, cannot_be_asked},
};

/// A user name and a password as a 1.x client presents them.
#[derive(Clone, Debug)]
pub struct V1Login {
    /// The user name of a 1.x credential, or any name beside a token.
    pub username: String,
    /// The password of the 1.x credential, or a token.
    pub password: SecretString,
}

/// The treatment of credentials that Jeton does not know, by a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    /// They are refused: each is a denial.
    Refused,
    /// They pass, because they are the database's own: they are no denials, and only those whose password or user name
    /// was looked up count as unknown.
    Passed,
}

/// The result of a look-up of a password as a token.
enum Found {
    /// It is a token.
    Token(Arc<KnownToken>),
    /// The database can't be asked, and memory has a 1.x credential with the password.
    Stale(Arc<KnownCredential>),
    /// It is none.
    Nothing,
}

impl V1Login {
    /// Returns whether a 1.x credential may have this user name and password. Whatever has the form of a token is a
    /// token: a client that goes on with a deleted one costs no verification, and does not wait for a guess of its own.
    fn may_be_a_credential(&self) -> bool {
        let password = self.password.expose_secret();
        check_user_name(&self.username).is_ok() && password.len() >= MIN_PASSWORD && !is_token(password)
    }
}

impl Service {
    /// Returns the holder of a token, or else of a 1.x credential, and records its use; `None` if neither works. `token`:
    /// the credential as it stands in the request, which may be a token as a whole. A token that Jeton knows is judged as
    /// that token, whatever the user name, and whether or not it works.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`] at the rate limit of unknown tokens, or for the user name; the database may fail.
    pub async fn holder_of_login(
        &self,
        token: &str,
        login: &V1Login,
        client: Client,
        strangers: Strangers,
    ) -> Result<Option<TokenHolder>, Error> {
        let password = login.password.expose_secret();
        let both = [PresentedToken::new(token), PresentedToken::new(password)];
        let tokens = if token == password { &both[..1] } else { &both[..] };
        let mut unread = Vec::new();
        for token in tokens {
            match self.recall(token).await {
                Recalled::Known(known) => return self.holder_as(&known, client),
                Recalled::Unknown => {}
                Recalled::Nothing => unread.push(*token),
            }
        }
        // A password that this client has proven is no guess: it spends nothing, and a few guesses do not stop it.
        let is_spared = self.0.accepted_passwords.spares(&login.username, self.signed(login), client.origin());
        let proven = match is_spared {
            true => self.proven_credential(&login.username, &login.password, &client).await,
            false => None,
        };
        if proven.is_none()
            && let Err(spent) = tokens.iter().try_for_each(|token| self.check_budget_for(token, &client))
            && !self.was_accepted(login, &client)
        {
            return Err(spent);
        }
        let proven = match self.first_known_in_time(&unread, login, &client, is_spared).await? {
            Found::Token(known) => return self.holder_as(&known, client),
            Found::Stale(known) => Some(known),
            Found::Nothing => proven,
        };
        match proven {
            Some(known) => Ok(self.accepted_holder(&known, login, client, AcceptedPasswords::used)),
            None => self.holder_by_password(login, client, strangers, !unread.is_empty()).await,
        }
    }

    /// Returns the holder of a 1.x credential with the correct password. If it works, `remember` remembers that.
    fn accepted_holder(
        &self,
        known: &KnownCredential,
        login: &V1Login,
        client: Client,
        remember: fn(&AcceptedPasswords, &str, Attempt, RateLimitKey, Timestamp),
    ) -> Option<TokenHolder> {
        let origin = client.origin();
        let holder = self.holder_with_password(known, client)?;
        remember(&self.0.accepted_passwords, &login.username, self.signed(login), origin, self.now());
        Some(holder)
    }

    /// Returns whether this client's origin has used a 1.x credential lately. It is exempt from the budget of unknown
    /// ones, as a token that was found before is; it may still not work.
    fn was_accepted(&self, login: &V1Login, client: &Client) -> bool {
        let (origin, now) = (client.origin(), self.now());
        self.0.accepted_passwords.has(&login.username, self.signed(login), origin, now)
    }

    /// Signs a user name and a password, whatever credential has them.
    fn signed(&self, login: &V1Login) -> Attempt {
        self.0.tried_passwords.attempt(&login.username, None, &login.password)
    }

    /// Returns the first of some tokens that the database has. Nobody can tell whether a password is one while the
    /// database can't be asked: then it is that of the 1.x credential that this client has proven, where memory may be
    /// stale. `is_spared`: false if no answer may tell that it is.
    async fn first_known_in_time(
        &self,
        tokens: &[PresentedToken<'_>],
        login: &V1Login,
        client: &Client,
        is_spared: bool,
    ) -> Result<Found, Error> {
        if tokens.is_empty() {
            return Ok(Found::Nothing);
        }
        let proven = || self.stale_proven_credential(&login.username, &login.password, client);
        let stale = || if is_spared { proven() } else { None };
        let read = match stale() {
            None => self.first_known(tokens).await,
            Some(known) if self.uses_stale_memory() => return Ok(Found::Stale(known)),
            Some(_) => timeout(ANSWERS_WITHIN, self.first_known(tokens)).await.unwrap_or(Err(Error::Unavailable)),
        };
        match read {
            // It is looked up again: it may have been revoked meanwhile.
            Err(error) if cannot_be_asked(&error) => stale().map(Found::Stale).ok_or_else(|| {
                // A guess spends no budget then, and the answer to the right one differs: it is counted as beyond it.
                self.was_accepted(login, client);
                error
            }),
            read => Ok(read?.map_or(Found::Nothing, Found::Token)),
        }
    }

    /// Returns the first of some tokens that the database has.
    async fn first_known(&self, tokens: &[PresentedToken<'_>]) -> Result<Option<Arc<KnownToken>>, Error> {
        for token in tokens {
            if let Some(known) = self.read_token(token).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Returns the holder of a 1.x credential, after a verification of the password. `was_read`: true if the database
    /// was read to learn that the password is no token.
    async fn holder_by_password(
        &self,
        login: &V1Login,
        client: Client,
        strangers: Strangers,
        was_read: bool,
    ) -> Result<Option<TokenHolder>, Error> {
        let reads_name = login.may_be_a_credential() && self.remembered_credential(&login.username).await.is_none();
        let refused = match self.verified_login(login, &client, strangers).await {
            Ok(Verified::Right(known)) => {
                return Ok(self.accepted_holder(&known, login, client, AcceptedPasswords::accept));
            }
            Ok(Verified::Wrong(known)) => {
                self.0.accepted_passwords.forget(&login.username, self.signed(login), client.origin());
                Ok(known)
            }
            Err(error @ Error::Auth(AuthError::TooManyAttempts { .. })) => Err(error),
            Err(error) => return Err(error),
        };
        if strangers == Strangers::Refused || was_read || reads_name {
            // Concurrent requests may exceed the limit.
            drop(self.count_as_unknown(&client));
        }
        // The denial of a known credential is recorded with it.
        if strangers == Strangers::Refused && matches!(refused, Ok(None)) {
            self.note_unknown(&client);
        }
        refused.map(|_| None)
    }

    /// Verifies the password. Where strangers pass, their user names are the database's, and cost nothing.
    async fn verified_login(&self, login: &V1Login, client: &Client, strangers: Strangers) -> Result<Verified, Error> {
        let V1Login { username, password } = login;
        let is_stranger = !login.may_be_a_credential()
            || (strangers == Strangers::Passed && self.v1_authorization_of(username).await?.is_none());
        if is_stranger { Ok(Verified::Wrong(None)) } else { self.verified_credential(username, password, client).await }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::token::NewToken;

    use super::*;

    #[test]
    fn tokens_and_short_texts_are_no_passwords_and_names_that_nobody_may_have_are_no_names() {
        let may = |username: &str, password: &str| {
            V1Login { username: username.into(), password: password.to_owned().into() }.may_be_a_credential()
        };
        assert!(may("grafana", "password"));
        assert!(may("grafana", &"x".repeat(100)), "an import brings along hashes of longer ones");
        let influxd = "A".repeat(86) + "==";
        for password in ["passwor", NewToken::generate([7; 32]).expose(), influxd.as_str()] {
            assert!(!may("grafana", password), "{password}");
        }
        for username in ["", "a\0b", "x".repeat(256).as_str()] {
            assert!(!may(username, "password"), "{username}");
        }
    }
}

//! Authentication of 1.x clients: `u` and `p` in the query, `Token`, or `Basic` (docs/influxdb-compatibility.md §6.4),
//! for services that ask whether such a credential is valid.

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use jeton_model::presented_token::PresentedToken;

use crate::{Caller, Client, Error, Service, error::AuthError};

use super::{caller::Credential, v1_passwords::Verified, verifier::KnownToken};

/// A 1.x client's credential.
#[derive(Clone, Debug)]
pub enum V1Credential {
    /// A user name with its password, or any user name with a token as the password.
    Password {
        /// The user name; if no 1.x credential has it, the password is tried as a token.
        username: String,
        /// The password of the 1.x credential, or a token.
        password: SecretString,
    },
    /// A token.
    Token(SecretString),
}

impl V1Credential {
    /// The credential of a request, in influxd's order; `None` if there is none that can be parsed. `query` is the raw
    /// query string, `authorization` the header's value.
    pub fn of(query: Option<&str>, authorization: Option<&str>) -> Option<Self> {
        Self::in_query(query.unwrap_or_default()).or_else(|| {
            let (scheme, rest) = authorization?.split_once(' ')?;
            // Unlike in v2, the scheme is case-sensitive.
            if scheme == "Token" { Self::in_token(rest) } else { Self::in_basic(scheme, rest) }
        })
    }

    fn in_query(query: &str) -> Option<Self> {
        let value = |name| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
        };
        Some(Self::Password { username: value("u")?, password: value("p")?.into() })
    }

    /// The user name in `user:token` is ignored.
    fn in_token(text: &str) -> Option<Self> {
        let token = text.split_once(':').map_or(text, |(_, token)| token);
        (!token.is_empty() && !token.contains(' ')).then(|| Self::Token(token.into()))
    }

    fn in_basic(scheme: &str, encoded: &str) -> Option<Self> {
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (username, password) = decoded.split_once(':')?;
        Some(Self::Password { username: username.into(), password: password.into() })
    }
}

impl Service {
    /// The caller of a 1.x client's credential. Passwords are limited by the login throttle.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] without a credential; [`AuthError::V1Unauthorized`] for one that does not work;
    /// [`AuthError::TooManyAttempts`]; the database may fail.
    pub async fn caller_by_v1_credential(
        &self,
        credential: Option<V1Credential>,
        client: Client,
    ) -> Result<Caller, Error> {
        match credential.ok_or(Error::Auth(AuthError::Unauthenticated))? {
            V1Credential::Token(token) => self.v1_caller_by_token(&token, client).await,
            V1Credential::Password { username, password } => {
                if self.v1_authorization_of(&username).await?.is_none() {
                    return self.v1_caller_by_token(&password, client).await;
                }
                match self.verified_credential(&username, &password, &client).await? {
                    Verified::Right(known) => self.v1_caller_of(&known.token, client),
                    Verified::Wrong(_) => Err(Error::Auth(AuthError::V1Unauthorized)),
                }
            }
        }
    }

    pub(super) fn v1_caller_of(&self, token: &KnownToken, client: Client) -> Result<Caller, Error> {
        let now = self.now();
        let caller = self.v1_caller(token, Credential::V1, client, now);
        self.note_use(token.id(), now, &caller);
        caller
    }

    async fn v1_caller_by_token(&self, token: &SecretString, client: Client) -> Result<Caller, Error> {
        let found = self.token_of_client(&PresentedToken::new(token.expose_secret()), &client).await?;
        let known = found.ok_or(Error::Auth(AuthError::V1Unauthorized))?;
        let now = self.now();
        let caller = self.v1_caller(&known, Credential::Token, client, now);
        self.note_use(known.id(), now, &caller);
        caller
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: Option<&str>, authorization: Option<&str>) -> Option<(String, String)> {
        V1Credential::of(query, authorization).map(|credential| match credential {
            V1Credential::Token(token) => ("token".into(), token.expose_secret().to_owned()),
            V1Credential::Password { username, password } => (username, password.expose_secret().to_owned()),
        })
    }

    fn some(username: &str, secret: &str) -> Option<(String, String)> {
        Some((username.into(), secret.into()))
    }

    #[test]
    fn credentials_are_found_in_influxds_order() {
        let basic = Some("Basic Ym9iOnB3OjI=");
        assert_eq!(read(Some("db=x&u=al%20ice&p=pw"), basic), some("al ice", "pw"));
        assert_eq!(read(Some("u=alice"), basic), some("bob", "pw:2"), "a name alone counts for nothing");
        assert_eq!(read(None, Some("Token secret")), some("token", "secret"));
        assert_eq!(read(None, Some("Token bob:secret")), some("token", "secret"));
        assert_eq!(read(None, Some("basic Ym9iOnB3OjI=")), some("bob", "pw:2"));
    }

    #[test]
    fn other_schemes_are_no_credentials_here() {
        for header in ["Bearer secret", "token secret", "Token  secret", "Token", "Basic ???", "Basic Ym9i", ""] {
            assert_eq!(read(None, Some(header)), None, "{header}");
        }
        assert_eq!(read(None, None), None);
    }
}

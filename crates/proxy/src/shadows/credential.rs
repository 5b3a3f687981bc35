//! The credential of a shadow: one that the database gave, or tokens that the gate signs itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;
use jeton_model::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::jwt;

/// Number of seconds for which a signed token is valid.
const VALID_FOR: i64 = 300;
/// Number of seconds after which another one is signed. The rest is for requests on their way, and for clocks that
/// differ.
const USED_FOR: i64 = 240;
/// Minimum number of seconds between two tokens if the database refuses them.
const RENEWED_EVERY: i64 = 5;

/// The credential of a shadow. It is never logged.
pub(super) enum Credential {
    /// The value that the database gave once.
    Given(HeaderValue),
    /// Tokens that the gate signs.
    Signed(SignedCredential),
}

/// Tokens for a user of InfluxDB 1.x, signed with the secret that the gate shares with the database.
pub(super) struct SignedCredential {
    user: String,
    secret: SecretString,
    latest: Mutex<Option<Latest>>,
}

struct Latest {
    value: HeaderValue,
    /// In seconds since 1970.
    signed_at: i64,
}

impl Credential {
    /// Returns the value of the header; `None` if there is none with these characters.
    pub(super) fn value(&self, now: Timestamp) -> Option<HeaderValue> {
        match self {
            Self::Given(value) => Some(value.clone()),
            Self::Signed(signed) => signed.value(now),
        }
    }

    /// Discards a refused value if there can be a better one; returns whether there can.
    pub(super) fn renew(&self, now: Timestamp) -> bool {
        match self {
            Self::Given(_) => false,
            Self::Signed(signed) => signed.renew(now),
        }
    }
}

impl SignedCredential {
    /// Returns the credential of a user. `secret`: that of the database.
    pub(super) fn of(user: String, secret: SecretString) -> Self {
        Self { user, secret, latest: Mutex::default() }
    }

    fn value(&self, now: Timestamp) -> Option<HeaderValue> {
        let now = seconds(now);
        let mut latest = self.latest();
        // A clock that was set back has tokens that would be valid for too long.
        let known = latest.as_ref().filter(|latest| (0..USED_FOR).contains(&now.saturating_sub(latest.signed_at)));
        if let Some(known) = known {
            return Some(known.value.clone());
        }
        let claims = json!({ "username": self.user, "exp": now.saturating_add(VALID_FOR) }).to_string();
        let token = jwt::signed(self.secret.expose_secret().as_bytes(), &claims);
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        value.set_sensitive(true);
        *latest = Some(Latest { value: value.clone(), signed_at: now });
        Some(value)
    }

    fn renew(&self, now: Timestamp) -> bool {
        let mut latest = self.latest();
        let is_old = |latest: &Latest| seconds(now).saturating_sub(latest.signed_at) >= RENEWED_EVERY;
        let renews = latest.as_ref().is_none_or(is_old);
        if renews {
            *latest = None;
        }
        renews
    }

    fn latest(&self) -> MutexGuard<'_, Option<Latest>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::Value;

    use super::*;

    fn credential() -> SignedCredential {
        SignedCredential::of("jeton-1-plant-2".into(), "secret".into())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn claims(value: &HeaderValue) -> Value {
        let token = value.to_str().unwrap().strip_prefix("Bearer ").unwrap();
        let claims = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    }

    #[test]
    fn a_token_names_its_user_and_is_valid_for_five_minutes() {
        let value = credential().value(at(1000)).unwrap();
        assert_eq!(claims(&value), json!({"username": "jeton-1-plant-2", "exp": 1300}));
        assert!(value.is_sensitive());
    }

    #[test]
    fn a_token_is_used_until_a_minute_before_its_end() {
        let credential = credential();
        let first = credential.value(at(1000)).unwrap();
        assert_eq!(credential.value(at(1239)).unwrap(), first);
        let second = credential.value(at(1240)).unwrap();
        assert_eq!(claims(&second)["exp"], 1540);
        let earlier = credential.value(at(1100)).unwrap();
        assert_eq!(claims(&earlier)["exp"], 1400, "the clock was set back");
    }

    #[test]
    fn a_refused_token_is_renewed_unless_it_is_new() {
        let credential = credential();
        credential.value(at(1000)).unwrap();
        assert!(!credential.renew(at(1004)), "another one would be refused too");
        assert!(credential.renew(at(1005)));
        assert_eq!(claims(&credential.value(at(1005)).unwrap())["exp"], 1305);
        assert!(!Credential::Given(HeaderValue::from_static("Token hidden")).renew(at(2000)));
    }
}

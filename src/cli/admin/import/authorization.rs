//! influxd's JSON of an authorization, in answers of its API and in its key-value store.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use jeton_model::{
    Authorization, AuthorizationId, Networks, OrgId, Permission, Timestamp, UserId, binding::is_shadow,
    token::TokenHash,
};
use jeton_service::import::{SourceAuthorization, SourceSecret};

use super::wire::{Now, status};

/// An authorization, of a token or of a 1.x credential.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationBody {
    id: AuthorizationId,
    #[serde(default)]
    token: SecretString,
    /// The hash that the key-value store holds in the place of the token.
    #[serde(default)]
    hashed_token: SecretString,
    #[serde(default)]
    status: String,
    #[serde(default)]
    description: String,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(rename = "userID")]
    user: UserId,
    #[serde(default)]
    permissions: Vec<Permission>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl AuthorizationBody {
    /// Returns whether a gate of Jeton created this authorization. Such a token serves the gate alone, and must not
    /// work in Jeton.
    pub fn is_shadow(&self) -> bool {
        is_shadow(&self.description)
    }

    /// Converts a token or its hash, or records that its secret is hidden.
    pub fn into_token(self, now: Now) -> SourceAuthorization {
        let secret = match self.hashed_token.expose_secret() {
            _ if !is_hidden(&self.token) => SourceSecret::Clear(self.token.clone()),
            "" => SourceSecret::Hidden,
            hash => TokenHash::stored(hash).map_or(SourceSecret::UnknownHash, SourceSecret::Hashed),
        };
        SourceAuthorization { authorization: self.into_authorization(now), secret }
    }

    /// Converts a 1.x credential, whose `token` is its user name.
    pub fn into_credential(self, now: Now) -> SourceAuthorization {
        let secret = SourceSecret::Username(self.token.expose_secret().into());
        SourceAuthorization { authorization: self.into_authorization(now), secret }
    }

    fn into_authorization(self, now: Now) -> Authorization {
        Authorization {
            id: self.id,
            org: self.org,
            user: self.user,
            created_by: self.user,
            status: status(&self.status),
            description: self.description,
            permissions: self.permissions,
            token_prefix: None,
            created_at: self.created_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
            expires_at: None,
            ended_at: None,
            networks: Networks::default(),
            last_use: None,
            replaces: None,
            created_with: None,
            leaked_at: None,
        }
    }
}

/// Returns whether a token's secret is hidden: influxd leaves it empty, its recovery writes `REDACTED`. A hash does not
/// count as a token either.
fn is_hidden(token: &SecretString) -> bool {
    let token = token.expose_secret();
    token.is_empty() || token.eq_ignore_ascii_case("redacted") || token.starts_with("$influxdb2-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_hidden() {
        for hidden in ["", "REDACTED", "redacted", "$influxdb2-sha256$_s5Q0ih_ckWupYGbdfle6L7ClaFPjvHnox8X8drp30Q="] {
            assert!(is_hidden(&hidden.into()), "{hidden}");
        }
        assert!(!is_hidden(&"my-token".into()));
    }

    #[test]
    fn both_kinds_of_hashes_are_taken_over_and_others_are_told_apart() {
        let secret = |members: &str| {
            let body = format!(
                r#"{{"id":"08371db24dcc8000","orgID":"48c88459ee424a04","userID":"08371db1dd8c8000"{members}}}"#
            );
            serde_json::from_str::<AuthorizationBody>(&body).unwrap().into_token(Timestamp::from_micros(0)).secret
        };
        for hash in TokenHash::all_of("my-token") {
            let found = secret(&format!(r#","hashedToken":"{}""#, hash.as_str()));
            assert!(matches!(found, SourceSecret::Hashed(found) if found == hash));
        }
        assert!(matches!(secret(r#","hashedToken":"$influxdb2-sha3$AAAA""#), SourceSecret::UnknownHash));
        assert!(matches!(secret(r#","token":"","hashedToken":"""#), SourceSecret::Hidden));
        assert!(matches!(secret(r#","token":"my-token""#), SourceSecret::Clear(_)));
    }
}

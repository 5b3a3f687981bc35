//! Details of entries about created and deleted authorizations.

use serde::Serialize;

use jeton_model::{Authorization, AuthorizationId, Networks, Status, Timestamp, UserId};

/// The public name of a credential, under a member of its own for each kind.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CredentialName<'a> {
    /// The prefix of a token; null if it has none.
    Prefix(Option<&'a str>),
    /// The user name of a 1.x credential.
    Username(&'a str),
}

impl<'a> CredentialName<'a> {
    /// The name of an authorization's token.
    pub fn of_token(authorization: &'a Authorization) -> Self {
        Self::Prefix(authorization.token_prefix.as_deref())
    }
}

/// A created authorization.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationCreated<'a> {
    #[serde(flatten)]
    name: CredentialName<'a>,
    description: &'a str,
    owner: UserId,
    status: Status,
    permissions: Vec<String>,
    expires_at: Option<Timestamp>,
    allowed_networks: &'a Networks,
    /// The rotated token that it succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<AuthorizationId>,
    /// The form in which the creator supplied the token: its `value` or its `hash`. Absent for a generated one.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplied_as: Option<&'static str>,
}

impl<'a> AuthorizationCreated<'a> {
    /// The detail of an authorization with this name.
    pub fn of(authorization: &'a Authorization, name: CredentialName<'a>) -> Self {
        Self {
            name,
            description: &authorization.description,
            owner: authorization.user,
            status: authorization.status,
            permissions: permissions(authorization),
            expires_at: authorization.expires_at,
            allowed_networks: &authorization.networks,
            replaces: authorization.replaces,
            supplied_as: None,
        }
    }

    /// Adds how the creator supplied the token, if they did.
    pub fn supplied_as(self, supplied_as: Option<&'static str>) -> Self {
        Self { supplied_as, ..self }
    }
}

/// An imported authorization, which has neither expiry nor networks.
#[derive(Serialize)]
pub(crate) struct AuthorizationImported<'a> {
    #[serde(flatten)]
    name: CredentialName<'a>,
    description: &'a str,
    owner: UserId,
    status: Status,
    permissions: Vec<String>,
}

impl<'a> AuthorizationImported<'a> {
    /// The detail of an authorization with this name.
    pub fn of(authorization: &'a Authorization, name: CredentialName<'a>) -> Self {
        Self {
            name,
            description: &authorization.description,
            owner: authorization.user,
            status: authorization.status,
            permissions: permissions(authorization),
        }
    }
}

/// The permissions of an authorization as texts.
fn permissions(authorization: &Authorization) -> Vec<String> {
    authorization.permissions.iter().map(ToString::to_string).collect()
}

/// An operator token created at set-up or for recovery. Its permissions are only counted.
#[derive(Serialize)]
pub(crate) struct OperatorTokenCreated<'a> {
    pub description: &'a str,
    pub prefix: Option<&'a str>,
    pub permissions: usize,
}

/// A deleted authorization.
#[derive(Serialize)]
pub(crate) struct AuthorizationDeleted<'a> {
    #[serde(flatten)]
    name: CredentialName<'a>,
    description: &'a str,
    owner: UserId,
}

impl<'a> AuthorizationDeleted<'a> {
    /// The detail of an authorization with this name.
    pub fn of(authorization: &'a Authorization, name: CredentialName<'a>) -> Self {
        Self { name, description: &authorization.description, owner: authorization.user }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::detail::tests::{NOW, authorization, check, id};

    #[test]
    fn the_texts_are_exact() {
        let plain = authorization();
        let limited = Authorization {
            expires_at: Some(NOW),
            networks: Networks::parse(["10.0.0.0/8"]).unwrap(),
            replaces: Some(AuthorizationId(id(9))),
            ..plain.clone()
        };
        check(
            AuthorizationCreated::of(&limited, CredentialName::of_token(&limited)),
            concat!(
                r#"{"allowedNetworks":["10.0.0.0/8"],"description":"roof","expiresAt":"2027-01-15T08:00:00Z","#,
                r#""owner":"0000000000000002","#,
                r#""permissions":["write:users","read:orgs/0000000000000001/buckets/0000000000000003"],"#,
                r#""prefix":"abcd","replaces":"0000000000000009","status":"active"}"#,
            ),
        );
        check(
            AuthorizationCreated::of(&plain, CredentialName::Username("grafana")),
            concat!(
                r#"{"allowedNetworks":[],"description":"roof","expiresAt":null,"owner":"0000000000000002","#,
                r#""permissions":["write:users","read:orgs/0000000000000001/buckets/0000000000000003"],"#,
                r#""status":"active","username":"grafana"}"#,
            ),
        );
        check(
            AuthorizationCreated::of(&plain, CredentialName::Prefix(None)).supplied_as(Some("hash")),
            concat!(
                r#"{"allowedNetworks":[],"description":"roof","expiresAt":null,"owner":"0000000000000002","#,
                r#""permissions":["write:users","read:orgs/0000000000000001/buckets/0000000000000003"],"#,
                r#""prefix":null,"status":"active","suppliedAs":"hash"}"#,
            ),
        );
        check(
            AuthorizationImported::of(&limited, CredentialName::Prefix(None)),
            concat!(
                r#"{"description":"roof","owner":"0000000000000002","#,
                r#""permissions":["write:users","read:orgs/0000000000000001/buckets/0000000000000003"],"#,
                r#""prefix":null,"status":"active"}"#,
            ),
        );
        check(
            OperatorTokenCreated { description: "alice's Token", prefix: None, permissions: 2 },
            r#"{"description":"alice's Token","permissions":2,"prefix":null}"#,
        );
        check(
            AuthorizationDeleted::of(&plain, CredentialName::of_token(&plain)),
            r#"{"description":"roof","owner":"0000000000000002","prefix":"abcd"}"#,
        );
        check(
            AuthorizationDeleted::of(&plain, CredentialName::Username("grafana")),
            r#"{"description":"roof","owner":"0000000000000002","username":"grafana"}"#,
        );
    }
}

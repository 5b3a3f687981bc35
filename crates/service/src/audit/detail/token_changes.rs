//! Details of entries about changed authorizations.

use serde::Serialize;

use jeton_model::{Authorization, AuthorizationId, Networks, Status, Timestamp, UserId};

use super::Change;

/// A changed authorization. Expiry and networks are included only if they changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationUpdated<'a> {
    /// The token whose descendants were deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    descendant_of: Option<AuthorizationId>,
    #[serde(flatten)]
    change: Change<AuthorizationState<'a>>,
}

/// An authorization before or after a change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationState<'a> {
    description: &'a str,
    status: Status,
    /// `None` if it did not change; `Some(None)`, which is null, without an expiry.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Option<Timestamp>>,
    /// `None` if they did not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_networks: Option<&'a Networks>,
}

impl<'a> AuthorizationUpdated<'a> {
    /// The detail of a change; `descendant_of`: the token whose descendants were deactivated.
    pub fn of(before: &'a Authorization, after: &'a Authorization, descendant_of: Option<AuthorizationId>) -> Self {
        let state = |one: &'a Authorization| AuthorizationState {
            description: &one.description,
            status: one.status,
            expires_at: (before.expires_at != after.expires_at).then_some(one.expires_at),
            allowed_networks: (before.networks != after.networks).then_some(&one.networks),
        };
        Self { descendant_of, change: Change { before: state(before), after: state(after) } }
    }
}

/// A token that was reported as leaked.
#[derive(Serialize)]
pub(crate) struct AuthorizationLeaked<'a> {
    description: &'a str,
    prefix: Option<&'a str>,
    owner: UserId,
    #[serde(flatten)]
    change: Change<StatusState>,
}

#[derive(Serialize)]
struct StatusState {
    status: Status,
}

impl<'a> AuthorizationLeaked<'a> {
    /// The detail of a deactivation.
    pub fn of(before: &Authorization, after: &'a Authorization) -> Self {
        let state = |one: &Authorization| StatusState { status: one.status };
        Self {
            description: &after.description,
            prefix: after.token_prefix.as_deref(),
            owner: after.user,
            change: Change { before: state(before), after: state(after) },
        }
    }
}

/// A changed expiry of a rotated token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExpiryChanged {
    #[serde(flatten)]
    change: Change<ExpiryState>,
    /// The token that succeeds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<AuthorizationId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExpiryState {
    expires_at: Option<Timestamp>,
}

impl ExpiryChanged {
    /// The detail of a change; `replaced_by`: the token's successor, if this is its rotation.
    pub fn of(before: &Authorization, after: &Authorization, replaced_by: Option<AuthorizationId>) -> Self {
        let state = |one: &Authorization| ExpiryState { expires_at: one.expires_at };
        Self { change: Change { before: state(before), after: state(after) }, replaced_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::detail::tests::{NOW, authorization, check, id};

    #[test]
    fn the_texts_are_exact() {
        let before = authorization();
        let after = Authorization { status: Status::Inactive, ..before.clone() };
        let of = Some(AuthorizationId(id(9)));
        let sides = concat!(
            r#""after":{"description":"roof","status":"inactive"},"#,
            r#""before":{"description":"roof","status":"active"}"#,
        );
        check(AuthorizationUpdated::of(&before, &after, None), &format!("{{{sides}}}"));
        let descendant = format!(r#"{{{sides},"descendantOf":"0000000000000009"}}"#);
        check(AuthorizationUpdated::of(&before, &after, of), &descendant);
        check(
            AuthorizationLeaked::of(&before, &after),
            concat!(
                r#"{"after":{"status":"inactive"},"before":{"status":"active"},"#,
                r#""description":"roof","owner":"0000000000000002","prefix":"abcd"}"#,
            ),
        );
        let limits = Authorization {
            expires_at: Some(NOW),
            networks: Networks::parse(["10.0.0.0/8"]).unwrap(),
            ..before.clone()
        };
        check(
            AuthorizationUpdated::of(&before, &limits, None),
            concat!(
                r#"{"after":{"allowedNetworks":["10.0.0.0/8"],"description":"roof","#,
                r#""expiresAt":"2027-01-15T08:00:00Z","status":"active"},"#,
                r#""before":{"allowedNetworks":[],"description":"roof","expiresAt":null,"status":"active"}}"#,
            ),
        );
        let sides = r#""after":{"expiresAt":"2027-01-15T08:00:00Z"},"before":{"expiresAt":null}"#;
        check(ExpiryChanged::of(&before, &limits, None), &format!("{{{sides}}}"));
        let rotated = format!(r#"{{{sides},"replacedBy":"0000000000000009"}}"#);
        check(ExpiryChanged::of(&before, &limits, of), &rotated);
    }
}

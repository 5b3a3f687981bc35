//! Details of entries about denials.

use std::num::NonZeroU64;

use serde::Serialize;

use jeton_store::audit_list::Label;

use crate::audit::denial_reason::DenialReason;

/// A denial.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Denied<'a> {
    #[serde(flatten)]
    pub subject: DeniedSubject<'a>,
    /// The number of denials like it since the last recorded one; left out if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_like_it: Option<NonZeroU64>,
}

/// The subject of a denial.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum DeniedSubject<'a> {
    UnknownToken {},
    /// Denials that were only counted.
    LeftOut {
        count: u64,
    },
    /// A user who signs in, uses a session or changes a password.
    User {
        #[serde(flatten)]
        cause: DenialCause,
        /// The name of an existing user.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A token or a 1.x credential.
    Credential {
        #[serde(flatten)]
        cause: DenialCause,
        /// The gate that denied a request with it; `None` for Jeton itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        gate: Option<&'a str>,
        /// `None` if it was deleted since.
        #[serde(flatten)]
        label: Option<CredentialLabel<'a>>,
    },
}

/// The reason of a denial.
#[derive(Serialize)]
pub(crate) struct DenialCause {
    reason: &'static str,
    /// The missing permission.
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<String>,
}

impl From<&'static str> for DenialCause {
    fn from(reason: &'static str) -> Self {
        Self { reason, permission: None }
    }
}

impl From<DenialReason> for DenialCause {
    fn from(reason: DenialReason) -> Self {
        let permission = match reason {
            DenialReason::Lacks(permission) => Some(permission.to_string()),
            _ => None,
        };
        Self { reason: reason.name(), permission }
    }
}

/// The description and the public name of a denied credential.
#[derive(Serialize)]
pub(crate) struct CredentialLabel<'a> {
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
}

impl<'a> CredentialLabel<'a> {
    /// The detail of a stored label.
    pub fn of(label: &'a Label) -> Self {
        Self { description: &label.description, username: label.username.as_deref(), prefix: label.prefix.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{Action, AuthorizationId, OrgId, Permission, ResourceType, UserId};

    use super::*;
    use crate::audit::detail::tests::{check, id};

    fn denied(subject: DeniedSubject<'_>) -> Denied<'_> {
        Denied { subject, more_like_it: None }
    }

    fn credential(label: Option<CredentialLabel<'_>>) -> Denied<'_> {
        denied(DeniedSubject::Credential { cause: DenialReason::Inactive.into(), gate: None, label })
    }

    #[test]
    fn the_texts_are_exact() {
        check(denied(DeniedSubject::UnknownToken {}), "{}");
        check(
            Denied { subject: DeniedSubject::UnknownToken {}, more_like_it: NonZeroU64::new(59) },
            r#"{"moreLikeIt":59}"#,
        );
        check(denied(DeniedSubject::LeftOut { count: 4500 }), r#"{"count":4500}"#);
        check(
            denied(DeniedSubject::User { cause: DenialCause::from("unknown name"), name: None }),
            r#"{"reason":"unknown name"}"#,
        );
        let lacks = DenialReason::Lacks(Permission::global(Action::Write, ResourceType::Users));
        check(
            denied(DeniedSubject::User { cause: lacks.into(), name: Some("alice".into()) }),
            r#"{"name":"alice","permission":"write:users","reason":"permission"}"#,
        );
        let mut label = Label {
            id: AuthorizationId(id(5)),
            org: OrgId(id(1)),
            user: UserId(id(2)),
            description: "roof".into(),
            prefix: Some("abcd".into()),
            username: None,
        };
        check(credential(None), r#"{"reason":"inactive"}"#);
        check(
            credential(Some(CredentialLabel::of(&label))),
            r#"{"description":"roof","prefix":"abcd","reason":"inactive"}"#,
        );
        let at_gate = DeniedSubject::Credential {
            cause: lacks.into(),
            gate: Some("plant"),
            label: Some(CredentialLabel::of(&label)),
        };
        check(
            Denied { subject: at_gate, more_like_it: NonZeroU64::new(7) },
            r#"{"description":"roof","gate":"plant","moreLikeIt":7,"permission":"write:users","prefix":"abcd","reason":"permission"}"#,
        );
        (label.prefix, label.username) = (None, Some("grafana".into()));
        check(
            credential(Some(CredentialLabel::of(&label))),
            r#"{"description":"roof","reason":"inactive","username":"grafana"}"#,
        );
    }
}

//! Details of entries about users and memberships.

use serde::Serialize;

use jeton_model::{BucketId, Status, TelegrafId, User, UserId, org::Role};

use super::Change;

/// A user that was created or deleted, or before or after a change.
#[derive(Serialize)]
pub(crate) struct UserState<'a> {
    name: &'a str,
    status: Status,
}

impl<'a> UserState<'a> {
    /// The detail of a user.
    pub fn of(user: &'a User) -> Self {
        Self { name: &user.name, status: user.status }
    }
}

/// An imported user.
#[derive(Serialize)]
pub(crate) struct UserImported<'a> {
    #[serde(flatten)]
    pub user: UserState<'a>,
    /// The role in the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Role>,
}

/// Ended sessions of a user.
#[derive(Serialize)]
pub(crate) struct SessionsEnded<'a> {
    pub count: usize,
    /// The user's name, unless they ended their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// An added or a removed membership.
#[derive(Serialize)]
pub(crate) struct Membership<'a> {
    pub user: UserId,
    /// Null if the user does not exist.
    pub name: Option<&'a str>,
    /// Null if the user had none.
    pub role: Option<Role>,
    /// The bucket, if it is a bucket's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<BucketId>,
    /// The telegraf configuration, if it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telegraf: Option<TelegrafId>,
}

impl<'a> Membership<'a> {
    /// The detail of a user's membership in an organization.
    pub fn in_org(user: &'a User, role: Role) -> Self {
        Self { user: user.id, name: Some(&user.name), role: Some(role), bucket: None, telegraf: None }
    }
}

/// A changed role of a member of an organization.
#[derive(Serialize)]
pub(crate) struct RoleChanged<'a> {
    user: UserId,
    name: &'a str,
    #[serde(flatten)]
    change: Change<RoleState>,
}

#[derive(Serialize)]
struct RoleState {
    role: Role,
}

impl<'a> RoleChanged<'a> {
    /// The detail of a change.
    pub fn of(user: &'a User, before: Role, after: Role) -> Self {
        let change = Change { before: RoleState { role: before }, after: RoleState { role: after } };
        Self { user: user.id, name: &user.name, change }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::detail::tests::{check, id};

    #[test]
    fn the_texts_are_exact() {
        let user = User { id: UserId(id(2)), name: "alice".into(), status: Status::Active };
        let after = User { status: Status::Inactive, ..user.clone() };
        check(UserState::of(&user), r#"{"name":"alice","status":"active"}"#);
        check(
            Change { before: UserState::of(&user), after: UserState::of(&after) },
            r#"{"after":{"name":"alice","status":"inactive"},"before":{"name":"alice","status":"active"}}"#,
        );
        check(UserImported { user: UserState::of(&user), instance: None }, r#"{"name":"alice","status":"active"}"#);
        check(
            UserImported { user: UserState::of(&user), instance: Some(Role::Owner) },
            r#"{"instance":"owner","name":"alice","status":"active"}"#,
        );
        check(SessionsEnded { count: 2, name: None }, r#"{"count":2}"#);
        check(SessionsEnded { count: 2, name: Some("alice") }, r#"{"count":2,"name":"alice"}"#);
        check(Membership::in_org(&user, Role::Member), r#"{"name":"alice","role":"member","user":"0000000000000002"}"#);
        check(
            Membership {
                name: None,
                role: None,
                bucket: Some(BucketId(id(3))),
                ..Membership::in_org(&user, Role::Owner)
            },
            r#"{"bucket":"0000000000000003","name":null,"role":null,"user":"0000000000000002"}"#,
        );
        check(
            Membership { telegraf: Some(TelegrafId(id(4))), ..Membership::in_org(&user, Role::Owner) },
            r#"{"name":"alice","role":"owner","telegraf":"0000000000000004","user":"0000000000000002"}"#,
        );
        check(
            RoleChanged::of(&user, Role::Member, Role::Owner),
            r#"{"after":{"role":"owner"},"before":{"role":"member"},"name":"alice","user":"0000000000000002"}"#,
        );
    }
}

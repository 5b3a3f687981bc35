//! What the pages of members and users show.

use serde::{Deserialize, Serialize};

use crate::model::{Timestamp, User, org::Role};

use super::list_query::Listed;

/// A user in a list, whichever it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: User,
    /// How many tokens of theirs work now: in the organization that is shown, or, in a list of all users, anywhere.
    pub live_tokens: u64,
    /// `None` if they never signed in.
    pub last_sign_in: Option<Timestamp>,
    /// Whether the caller sees their tokens, and not only how many there are.
    pub tokens_listed: bool,
    /// Whether the caller may change, switch off and delete this user.
    pub may_change: bool,
    /// Whether nobody else is left who may do everything here.
    pub only_operator: bool,
}

/// A member of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub person: Person,
    pub role: Role,
    /// Whether the organization would have no owner without them.
    pub only_owner: bool,
}

/// A page of an organization's members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPage {
    pub listed: Listed<Member>,
    /// How many owners there are, without the filter.
    pub owners: u64,
    pub now: Timestamp,
}

/// A user, and where they belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub person: Person,
    /// The first of their organizations, by name; none if the caller may not see organizations.
    pub orgs: Vec<String>,
    /// How many organizations they belong to.
    pub org_count: u64,
}

/// A page of all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    pub listed: Listed<UserRow>,
    pub now: Timestamp,
}

/// What ends when a user is deleted or switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub user: User,
    /// Whether this is the caller's own user.
    pub is_self: bool,
    /// How many tokens of theirs work now, anywhere.
    pub live_tokens: u64,
    /// The first of these that the caller may see.
    pub tokens: Vec<LeavingToken>,
    /// The first of the organizations that have no other owner.
    pub only_owner_of: Vec<String>,
    /// Whether there are more such organizations.
    pub and_more: bool,
    pub only_operator: bool,
}

/// A token that would stop working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingToken {
    pub description: String,
    pub prefix: Option<String>,
}

/// Who can be made a member of an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addable {
    pub names: Vec<String>,
    /// Whether a part of a name finds others.
    pub more: bool,
}

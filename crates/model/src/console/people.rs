//! View models of the pages of members and users.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, User, org::Role};

use super::list_query::Listed;

/// A user in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: User,
    /// Number of their live tokens: in the organization that is shown or, in a list of all users, anywhere.
    pub live_tokens: u64,
    /// `None` if they never signed in.
    pub last_sign_in: Option<Timestamp>,
    /// True if the caller may read their tokens, and not only their number.
    pub tokens_listed: bool,
    /// True if the caller may change, deactivate and delete this user.
    pub may_change: bool,
    /// True if this is the last operator.
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
    /// Number of owners, without the filter.
    pub owners: u64,
    pub now: Timestamp,
}

/// A user and their organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub person: Person,
    /// The first of their organizations, by name; empty if the caller may not read organizations.
    pub orgs: Vec<String>,
    /// Number of organizations they belong to.
    pub org_count: u64,
}

/// A page of all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    pub listed: Listed<UserRow>,
    pub now: Timestamp,
}

/// The effects of deleting or deactivating a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub user: User,
    /// Whether this is the caller's own user.
    pub is_self: bool,
    /// Number of their live tokens, anywhere.
    pub live_tokens: u64,
    /// The first of these that the caller may read.
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

/// Users who can be made members of an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addable {
    pub names: Vec<String>,
    /// True if other names can be found by a part of them.
    pub more: bool,
}

//! View models of the pages of members and users.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, User, org::Role};

use super::list_query::Listed;

/// A user in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's id, name and status.
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
    /// The user, with the facts that every list of users shows.
    pub person: Person,
    /// Their role in the organization.
    pub role: Role,
    /// True if the organization would have no owner without them.
    pub only_owner: bool,
}

/// A page of an organization's members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPage {
    /// The rows of the page, and their counts.
    pub listed: Listed<Member>,
    /// Number of owners, without the filter.
    pub owners: u64,
    /// Time at which the page was read.
    pub now: Timestamp,
}

/// A user and their organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// The user, with the facts that every list of users shows.
    pub person: Person,
    /// The first of their organizations, by name; empty if the caller may not read organizations.
    pub orgs: Vec<String>,
    /// Number of organizations they belong to.
    pub org_count: u64,
}

/// A page of all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    /// The rows of the page, and their counts.
    pub listed: Listed<UserRow>,
    /// Time at which the page was read.
    pub now: Timestamp,
}

/// The effects of deleting or deactivating a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The user to be deleted or deactivated.
    pub user: User,
    /// True for the caller's own user.
    pub is_self: bool,
    /// Number of their live tokens, anywhere.
    pub live_tokens: u64,
    /// The first of these that the caller may read.
    pub tokens: Vec<LeavingToken>,
    /// The first of the organizations that have no other owner.
    pub only_owner_of: Vec<String>,
    /// True if there are more such organizations.
    pub and_more: bool,
    /// True if no active operator would be left.
    pub only_operator: bool,
}

/// A token that would stop working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingToken {
    /// Its description; it may be empty.
    pub description: String,
    /// The beginning of the token, `jtn_` and four characters, if the token has that form.
    pub prefix: Option<String>,
}

/// Users who can be made members of an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addable {
    /// Names of users without a role in the organization; empty if the caller may not read every user.
    pub names: Vec<String>,
    /// True if other names can be found by a part of them.
    pub more: bool,
}

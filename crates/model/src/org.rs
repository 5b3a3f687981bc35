//! Organizations.

use serde::{Deserialize, Serialize};

use crate::{OrgId, Timestamp, ValidationError, user};

/// An organization, which owns buckets and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// Its id, by which permissions refer to it.
    pub id: OrgId,
    /// Its name, which is unique after trimming.
    pub name: String,
    /// A text for people; it may be empty.
    pub description: String,
    /// Time of its creation.
    pub created_at: Timestamp,
    /// Time of the last change, at first that of its creation.
    pub updated_at: Timestamp,
}

/// The number of things in an organization, which are deleted with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Number of users with a role in it, owners included.
    pub members: u64,
    /// Number of buckets, system buckets included.
    pub buckets: u64,
    /// Number of telegraf configurations.
    pub telegrafs: u64,
    /// Number of tokens, live or not.
    pub tokens: u64,
    /// Credentials of 1.x clients.
    pub credentials: u64,
}

/// An organization as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSummary {
    /// The organization itself.
    pub org: Org,
    /// Numbers of its members and resources.
    pub holds: Holdings,
    /// True if the caller may rename and delete it.
    pub may_change: bool,
}

/// The role of a user in an organization or another resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May read and change the resource and, of an organization, everything in it.
    Owner,
    /// May read the resource and, of an organization, everything in it.
    Member,
}

impl Role {
    /// Returns the name in the API, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }

    /// Returns the title in lists and choices.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Member => "Member",
        }
    }

    /// Parses a role's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Owner, Self::Member].into_iter().find(|role| role.name() == name)
    }
}

/// Checks the name of an organization. It is stored as given and unique after trimming (docs/influxdb-compatibility.md
/// §5.4).
///
/// # Errors
/// Fails if the name is blank or too long, or contains NUL.
pub fn check_org_name(name: &str) -> Result<(), ValidationError> {
    if name.trim().is_empty() {
        return Err(ValidationError::OrgNameEmpty);
    }
    user::check_text("name", name, user::MAX_NAME)
}

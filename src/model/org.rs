//! Organizations.

use serde::{Deserialize, Serialize};

use super::{Error, OrgId, Timestamp, user};

/// Owns buckets and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    pub id: OrgId,
    pub name: String,
    pub description: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// How much there is in an organization, and goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    pub members: u64,
    pub buckets: u64,
    pub telegrafs: u64,
    pub tokens: u64,
    /// Credentials of 1.x clients.
    pub credentials: u64,
}

/// An organization as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSummary {
    pub org: Org,
    pub holds: Holdings,
    /// Whether the caller may rename and delete it.
    pub may_change: bool,
}

/// What a user is to an organization or a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Member,
}

impl Role {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }

    /// As it stands in lists and choices.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Member => "Member",
        }
    }

    /// From its name; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Owner, Self::Member].into_iter().find(|role| role.name() == name)
    }
}

/// Refuses what can't be an organization's name. It is stored as given and unique after trimming (contract §5.4).
pub fn check_org_name(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() {
        return Err(Error::OrgNameEmpty);
    }
    user::check_text("name", name, user::MAX_NAME)
}

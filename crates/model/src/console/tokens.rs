//! View models of lists and details of tokens.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    Authorization, AuthorizationId, Liveness, OrgId, Status, Timestamp,
    describe::{Named, Summary},
    rule_violation::RuleViolation,
    tally::Tally,
};

use super::attention_filter::AttentionCounts;

/// An authorization with the names of everything it mentions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The record of the token.
    pub authorization: Authorization,
    /// The permissions, in their order.
    pub permissions: Vec<Named>,
    /// `None` if the organization was deleted.
    pub org_name: Option<String>,
    /// `None` if the owner was deleted.
    pub user_name: Option<String>,
    /// `None` if the creator was deleted.
    pub creator_name: Option<String>,
    /// Its state at `now`; the owner's status is not considered.
    pub liveness: Liveness,
    /// The successor: the authorization that replaced this one in a rotation.
    pub replaced_by: Option<AuthorizationId>,
    /// The rules of its organization that it breaks, if requested.
    pub out_of_line: Vec<RuleViolation>,
    /// Time at which these facts were read.
    pub now: Timestamp,
}

/// A row of the console's list: a summary instead of the permissions, because every page embeds its rows a second time
/// for hydration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Id of its authorization.
    pub id: AuthorizationId,
    /// Its description; it may be empty.
    pub description: String,
    /// The beginning of the token, `jtn_` and four characters, if the token has that form.
    pub prefix: Option<String>,
    /// Its permissions in at most two lines.
    pub summary: Summary,
    /// Name of its owner; `None` if the owner was deleted.
    pub owner: Option<String>,
    /// The status of its record, which may be active even if the token is not live.
    pub status: Status,
    /// Its state when the row was read; the owner's status is not considered.
    pub liveness: Liveness,
    /// Time of its creation.
    pub created_at: Timestamp,
    /// Time of the last change; `None` if it never changed.
    pub changed_at: Option<Timestamp>,
    /// Time of the last use.
    pub used_at: Option<Timestamp>,
    /// Time from which it is no longer accepted; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// True if the caller may neither change nor delete it.
    pub read_only: bool,
}

/// The names of the resources that a list is filtered by; `None` if there is no such resource, or if the caller may not
/// read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterNames {
    /// Name of the owner.
    pub owner: Option<String>,
    /// Name of the creator.
    pub created_by: Option<String>,
    /// Name of the bucket.
    pub bucket: Option<String>,
    /// Name of the telegraf configuration.
    pub telegraf: Option<String>,
}

/// Names to choose from for each filter: the first hundred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterChoices {
    /// Names of users who own tokens in the list.
    pub owners: Vec<String>,
    /// Names of users who created tokens in the list; only the caller's if they may not read every user.
    pub creators: Vec<String>,
    /// Names of buckets that the caller may read.
    pub buckets: Vec<String>,
    /// Names of telegraf configurations that the caller may read.
    pub telegrafs: Vec<String>,
}

/// A page of the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPage {
    /// The rows of this page, in order.
    pub rows: Vec<TokenRow>,
    /// Number of tokens that match the filter.
    pub total: Tally,
    /// Number of tokens without the filter.
    pub unfiltered: Tally,
    /// The page, from 1; the last one if the requested page doesn't exist.
    pub page: u64,
    /// Names of the resources that the list is filtered by.
    pub names: FilterNames,
    /// Numbers of the organization's tokens that need attention; `None` if the caller may not know.
    pub attention: Option<AttentionCounts>,
    /// Time at which the page was read.
    pub now: Timestamp,
}

/// The column that a list is sorted by, named as in InfluxDB's URLs (docs/influxdb-compatibility.md §9.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortKey {
    /// By description, regardless of case.
    #[default]
    Description,
    /// By status, active before inactive.
    Status,
    /// By the time of creation, which the order of ids follows.
    CreatedAt,
}

/// The column and direction of a sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub key: SortKey,
    /// True if the order is reversed: Z to A, inactive first, newest first.
    pub descending: bool,
}

impl Sort {
    /// Every sort, in the order of the menu (docs/influxdb-compatibility.md §9.2).
    pub const ALL: [Self; 6] = [
        Self { key: SortKey::Description, descending: false },
        Self { key: SortKey::Description, descending: true },
        Self { key: SortKey::Status, descending: false },
        Self { key: SortKey::Status, descending: true },
        Self { key: SortKey::CreatedAt, descending: false },
        Self { key: SortKey::CreatedAt, descending: true },
    ];

    /// Returns the text in the menu.
    pub const fn label(self) -> &'static str {
        match (self.key, self.descending) {
            (SortKey::Description, false) => "Description (A → Z)",
            (SortKey::Description, true) => "Description (Z → A)",
            (SortKey::Status, false) => "Status (Active)",
            (SortKey::Status, true) => "Status (Inactive)",
            (SortKey::CreatedAt, false) => "Date Created (Oldest)",
            (SortKey::CreatedAt, true) => "Date Created (Newest)",
        }
    }

    /// Returns "asc" or "desc".
    pub const fn direction(self) -> &'static str {
        if self.descending { "desc" } else { "asc" }
    }

    /// Parses the names in URLs; unknown ones become the first sort of the menu.
    pub fn from_words(key: &str, direction: &str) -> Self {
        Self { key: key.parse().unwrap_or_default(), descending: direction == "desc" }
    }
}

impl SortKey {
    /// Returns the name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Status => "status",
            Self::CreatedAt => "createdAt",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Description => "Description",
            Self::Status => "Status",
            Self::CreatedAt => "Date created",
        }
    }
}

impl FromStr for SortKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Description, Self::Status, Self::CreatedAt].into_iter().find(|key| key.name() == text).ok_or(())
    }
}

/// The page sizes to choose from.
pub const PAGE_SIZES: [u64; 4] = [10, 25, 50, 100];

/// Returns the beginning of a text, of at most `limit` bytes.
pub(crate) fn shorten(mut text: String, limit: usize) -> String {
    while text.len() > limit {
        text.pop();
    }
    text
}

/// A resource that can be chosen in the Custom API Token dialog.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    /// Id of the resource.
    pub id: crate::Id,
    /// Name of the resource.
    pub name: String,
    /// True if InfluxDB created it.
    pub system: bool,
    /// The actions that the caller can't grant on it.
    pub refused: Vec<crate::Action>,
}

/// Some of the resources that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The first matches by name, system buckets last.
    pub items: Vec<Choice>,
    /// Number of matches; it exceeds `items` if not all were requested.
    pub total: u64,
    /// Number of resources without the filter.
    pub unfiltered: u64,
}

/// An organization that the caller can switch to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgRef {
    /// Id of the organization.
    pub id: OrgId,
    /// Name of the organization.
    pub name: String,
}

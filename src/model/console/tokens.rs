//! What lists and details of tokens are asked for and answer.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{
    Authorization, AuthorizationId, Liveness, OrgId, Status, Timestamp,
    attention::AttentionCounts,
    describe::{Named, Summary},
    rule_violation::RuleViolation,
};

pub use super::token_query::{StatusFilter, TokenQuery};
pub use crate::model::grant::TokenKind;

/// An authorization with the names of everything it mentions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub authorization: Authorization,
    /// The permissions, in their order.
    pub permissions: Vec<Named>,
    /// `None` if the organization was deleted.
    pub org_name: Option<String>,
    /// `None` if the owner was deleted.
    pub user_name: Option<String>,
    /// `None` if whoever made it was deleted.
    pub creator_name: Option<String>,
    pub liveness: Liveness,
    /// The authorization that took over from this one.
    pub replaced_by: Option<AuthorizationId>,
    /// The rules of its organization that it is out of line with, where that was asked for.
    pub out_of_line: Vec<RuleViolation>,
    /// When all this was so.
    pub now: Timestamp,
}

/// One row of the console's list: a summary, not the permissions. Every page carries its rows a second time, for the
/// script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub id: AuthorizationId,
    pub description: String,
    pub prefix: Option<String>,
    pub summary: Summary,
    pub owner: Option<String>,
    pub status: Status,
    pub liveness: Liveness,
    pub created_at: Timestamp,
    /// When it was changed; `None` if it never was.
    pub changed_at: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// Whether the caller may neither change nor delete it.
    pub read_only: bool,
}

/// The names of what a list is filtered by; `None` where there is no such thing, or none that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterNames {
    pub owner: Option<String>,
    pub created_by: Option<String>,
    pub bucket: Option<String>,
    pub telegraf: Option<String>,
}

/// What a filter may name, to choose from; of each the first hundred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterChoices {
    pub owners: Vec<String>,
    pub creators: Vec<String>,
    pub buckets: Vec<String>,
    pub telegrafs: Vec<String>,
}

/// A page of the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPage {
    pub rows: Vec<TokenRow>,
    /// How many the filter lets through.
    pub total: u64,
    /// How many there are without the filter.
    pub unfiltered: u64,
    /// From 1; another than was asked for if there are not so many.
    pub page: u64,
    pub names: FilterNames,
    /// How many tokens of the organization need attention; `None` if the caller may not know.
    pub attention: Option<AttentionCounts>,
    pub now: Timestamp,
}

/// What a list is sorted by; the words of InfluxDB's addresses (contract §9.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortKey {
    #[default]
    Description,
    Status,
    CreatedAt,
}

/// What a list is sorted by, and which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Sort {
    /// In the order of the menu (contract §9.2).
    pub const ALL: [Self; 6] = [
        Self { key: SortKey::Description, descending: false },
        Self { key: SortKey::Description, descending: true },
        Self { key: SortKey::Status, descending: false },
        Self { key: SortKey::Status, descending: true },
        Self { key: SortKey::CreatedAt, descending: false },
        Self { key: SortKey::CreatedAt, descending: true },
    ];

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

    /// "asc" or "desc".
    pub const fn direction(self) -> &'static str {
        if self.descending { "desc" } else { "asc" }
    }

    /// From the words of an address; unknown ones are the first of the menu.
    pub fn from_words(key: &str, direction: &str) -> Self {
        Self { key: key.parse().unwrap_or_default(), descending: direction == "desc" }
    }
}

impl SortKey {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Status => "status",
            Self::CreatedAt => "createdAt",
        }
    }

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

/// How many rows a page may have.
pub const PAGE_SIZES: [u64; 4] = [10, 25, 50, 100];

/// The beginning of a text, in at most so many bytes.
pub(crate) fn shorten(mut text: String, limit: usize) -> String {
    while text.len() > limit {
        text.pop();
    }
    text
}

/// Something that can be picked in the Custom API Token dialog.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    pub id: crate::model::Id,
    pub name: String,
    /// Made by InfluxDB, not by people.
    pub system: bool,
    /// What the caller can't grant on it.
    pub refused: Vec<crate::model::Action>,
}

/// Some of what can be picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub items: Vec<Choice>,
    /// How many there are that match; more than `items` if not all were asked for.
    pub total: u64,
    /// How many there are at all.
    pub unfiltered: u64,
}

/// An organization that the caller can work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgRef {
    pub id: OrgId,
    pub name: String,
}

//! What lists and details of tokens are asked for and answer.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    Authorization, AuthorizationId, Liveness, OrgId, Status, Timestamp,
    describe::{Named, Summary},
    token,
};

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
}

/// One row of the console's list: a summary, not the permissions.
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
    pub updated_at: Timestamp,
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
}

impl FromStr for SortKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Description, Self::Status, Self::CreatedAt].into_iter().find(|key| key.name() == text).ok_or(())
    }
}

/// How many rows a page may have.
pub const PAGE_SIZES: [u64; 4] = [10, 25, 50, 100];
const USUAL_PAGE_SIZE: u64 = 25;
/// At most so many bytes of a filter are looked at.
const MAX_FILTER: usize = 255;

/// What the console's list shows: all of it stands in the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenQuery {
    pub filter: String,
    pub status: Option<Status>,
    pub sort: Sort,
    /// From 1.
    pub page: u64,
    pub page_size: u64,
    /// Turn to the page that holds this one, and mark it.
    pub show: Option<AuthorizationId>,
}

impl Default for TokenQuery {
    fn default() -> Self {
        Self {
            filter: String::new(),
            status: None,
            sort: Sort::default(),
            page: 1,
            page_size: USUAL_PAGE_SIZE,
            show: None,
        }
    }
}

impl TokenQuery {
    /// From the parameters of an address; what makes no sense is left out.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let filter = token::redact(get("searchTerm").unwrap_or_default().trim_start());
        let page_size = get("perPage").and_then(|text| text.parse().ok()).filter(|size| PAGE_SIZES.contains(size));
        Self {
            filter: shorten(filter, MAX_FILTER),
            status: get("status").filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()),
            sort: Sort::from_words(get("sortKey").unwrap_or_default(), get("sortDirection").unwrap_or_default()),
            page: get("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0).unwrap_or(1),
            page_size: page_size.unwrap_or(USUAL_PAGE_SIZE),
            show: get("show").and_then(|text| text.parse().ok()),
        }
    }

    /// The parameters of an address that leads back here; only what differs from the usual, and never a token.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let usual = Self::default();
        let mut parameters = Vec::new();
        if self.page != usual.page {
            parameters.push(("page", self.page.to_string()));
        }
        if self.page_size != usual.page_size {
            parameters.push(("perPage", self.page_size.to_string()));
        }
        if self.sort != usual.sort {
            parameters.push(("sortKey", self.sort.key.name().into()));
            parameters.push(("sortDirection", self.sort.direction().into()));
        }
        if let Some(status) = self.status {
            parameters.push(("status", status.name().into()));
        }
        if !self.filter.is_empty() {
            parameters.push(("searchTerm", token::redact(&self.filter)));
        }
        if let Some(show) = self.show {
            parameters.push(("show", show.to_string()));
        }
        parameters
    }

    /// Whether anything is left out of the list.
    pub fn is_filtered(&self) -> bool {
        !self.filter.trim().is_empty() || self.status.is_some()
    }
}

pub(super) fn shorten(mut text: String, limit: usize) -> String {
    while text.len() > limit {
        text.pop();
    }
    text
}

/// Something that can be picked in the Custom API Token dialog.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    pub id: super::Id,
    pub name: String,
    /// Made by InfluxDB, not by people.
    pub system: bool,
    /// What the caller can't grant on it.
    pub refused: Vec<super::Action>,
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
pub struct Place {
    pub id: OrgId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::{option, prelude::*, sample::select};

    use super::*;
    use crate::model::token::NewToken;

    fn read(parameters: &[(&'static str, String)]) -> TokenQuery {
        let map: HashMap<&str, &str> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        TokenQuery::from_parameters(|key| map.get(key).copied())
    }

    #[test]
    fn a_pasted_token_never_becomes_an_address() {
        let token = NewToken::generate([9; 32]);
        let query = TokenQuery { filter: token.expose().into(), ..TokenQuery::default() };
        assert!(!format!("{:?}", query.parameters()).contains(token.expose()));
        assert_eq!(read(&[("searchTerm", token.expose().into())]).filter, token.prefix().unwrap());
    }

    #[test]
    fn the_usual_list_has_a_bare_address() {
        assert_eq!(TokenQuery::default().parameters(), []);
    }

    #[test]
    fn nonsense_in_an_address_is_left_out() {
        let query = read(&[
            ("page", "0".into()),
            ("perPage", "7".into()),
            ("sortKey", "x".into()),
            ("status", "on".into()),
            ("show", "z".into()),
        ]);
        assert_eq!(query, TokenQuery::default());
    }

    proptest! {
        #[test]
        fn addresses_round_trip(
            filter in "[a-zA-Z ॐ]{0,20}", page in 1u64..1000, page_size in select(PAGE_SIZES.as_slice()),
            sort in select(Sort::ALL.as_slice()), status in option::of(select(vec![Status::Active, Status::Inactive])),
        ) {
            let query = TokenQuery { filter: filter.trim_start().into(), status, sort, page, page_size, show: None };
            prop_assert_eq!(read(&query.parameters()), query);
        }
    }
}

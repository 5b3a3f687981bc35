//! The query of a list of buckets, users or organizations, as the URL's parameters state it.

use serde::{Deserialize, Serialize};

use crate::{Status, binding::GateMode, org::Role, token};

use super::tokens::{PAGE_SIZES, shorten};

const USUAL_PAGE_SIZE: u64 = 25;
/// Maximum number of bytes of a filter; the rest is ignored.
const MAX_FILTER: usize = 255;

/// A page of a list that is sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// A part of the name.
    pub filter: String,
    /// Restricts a list of members to those with this role.
    pub role: Option<Role>,
    /// Restricts a list of users to those with this status.
    pub status: Option<Status>,
    /// Restricts a list of gates to those in this mode.
    pub mode: Option<GateMode>,
    /// True if names are sorted from Z to A.
    pub descending: bool,
    /// The page, from 1.
    pub page: u64,
    /// Maximum number of rows on a page, one of [`PAGE_SIZES`].
    pub page_size: u64,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            filter: String::new(),
            role: None,
            status: None,
            mode: None,
            descending: false,
            page: 1,
            page_size: USUAL_PAGE_SIZE,
        }
    }
}

impl ListQuery {
    /// Parses the parameters of a URL. Invalid values are ignored.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let filter = token::redact(get("searchTerm").unwrap_or_default().trim_start());
        let page_size = get("perPage").and_then(|text| text.parse().ok()).filter(|size| PAGE_SIZES.contains(size));
        Self {
            filter: shorten(filter, MAX_FILTER),
            role: [Role::Owner, Role::Member].into_iter().find(|role| get("role") == Some(role.name())),
            status: get("status").filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()),
            mode: GateMode::ALL.into_iter().find(|mode| get("mode") == Some(mode.name())),
            descending: get("sortDirection") == Some("desc"),
            page: get("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0).unwrap_or(1),
            page_size: page_size.unwrap_or(USUAL_PAGE_SIZE),
        }
    }

    /// Returns the query as parsed from its own parameters, because browsers can send arbitrary values.
    pub fn normalised(&self) -> Self {
        let parameters = self.parameters();
        let get = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        Self::from_parameters(get)
    }

    /// Returns the parameters of a URL with this query: only those that differ from the default, and never a token.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if self.page != 1 {
            parameters.push(("page", self.page.to_string()));
        }
        if self.page_size != USUAL_PAGE_SIZE {
            parameters.push(("perPage", self.page_size.to_string()));
        }
        if self.descending {
            parameters.push(("sortDirection", "desc".into()));
        }
        if let Some(role) = self.role {
            parameters.push(("role", role.name().into()));
        }
        if let Some(status) = self.status {
            parameters.push(("status", status.name().into()));
        }
        if let Some(mode) = self.mode {
            parameters.push(("mode", mode.name().into()));
        }
        if !self.filter.is_empty() {
            parameters.push(("searchTerm", token::redact(&self.filter)));
        }
        parameters
    }

    /// Returns whether a filter is set.
    pub fn is_filtered(&self) -> bool {
        !self.filter.trim().is_empty() || self.role.is_some() || self.status.is_some() || self.mode.is_some()
    }

    /// Returns the page to show of a list with `total` rows, from 1, and the number of rows before it.
    pub fn page_of(&self, total: u64) -> (u64, u64) {
        let page = self.page.clamp(1, total.div_ceil(self.page_size).max(1));
        (page, (page - 1) * self.page_size)
    }

    /// Returns the query with a change, from the first page on.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { page: 1, ..self.clone() };
        change(&mut changed);
        changed
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// The rows of this page, in order.
    pub rows: Vec<T>,
    /// Number of rows that match the filter.
    pub total: u64,
    /// Number of rows without the filter.
    pub unfiltered: u64,
    /// The page, from 1; the last one if the requested page doesn't exist.
    pub page: u64,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::{option, prelude::*, sample::select};

    use super::*;

    fn read(parameters: &[(&'static str, String)]) -> ListQuery {
        let map: HashMap<&str, &str> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        ListQuery::from_parameters(|key| map.get(key).copied())
    }

    #[test]
    fn a_page_that_is_not_there_becomes_the_last_one() {
        let query = |page| ListQuery { page, page_size: 10, ..ListQuery::default() };
        assert_eq!(query(2).page_of(25), (2, 10));
        assert_eq!(query(9).page_of(25), (3, 20));
        assert_eq!(query(u64::MAX).page_of(0), (1, 0));
    }

    proptest! {
        #[test]
        fn addresses_round_trip(
            filter in "[a-zA-Z ॐ]{0,20}", page in 1u64..1000, page_size in select(PAGE_SIZES.as_slice()), descending: bool,
            role in option::of(select(vec![Role::Owner, Role::Member])), status in option::of(select(vec![Status::Active, Status::Inactive])),
            mode in option::of(select(GateMode::ALL.as_slice())),
        ) {
            let query = ListQuery { filter: filter.trim_start().into(), role, status, mode, descending, page, page_size };
            prop_assert_eq!(read(&query.parameters()), query);
        }
    }
}

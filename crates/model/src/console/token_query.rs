//! The query of the console's list of tokens, as the URL's parameters state it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Action, AuthorizationId, Status, grant::TokenKind, token};

use super::{
    attention_filter::AttentionFilter,
    tokens::{PAGE_SIZES, Sort, shorten},
};

const USUAL_PAGE_SIZE: u64 = 25;
/// Maximum number of bytes of a filter, or of a name in one; the rest is ignored.
const MAX_FILTER: usize = 255;

/// A filter of tokens by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StatusFilter {
    /// Tokens whose record is active, including expired and ended ones.
    Active,
    /// Tokens whose record is inactive, including leaked ones.
    Inactive,
    /// Tokens that were reported as leaked.
    Leaked,
    /// Live tokens: active, neither ended nor expired, and of an active owner.
    Live,
}

impl StatusFilter {
    /// Every filter.
    pub const ALL: [Self; 4] = [Self::Active, Self::Inactive, Self::Leaked, Self::Live];

    /// Returns the name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Leaked => "leaked",
            Self::Live => "live",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Leaked => "Leaked",
            Self::Live => "Live",
        }
    }

    /// Returns the status that matching records have; `None` if the status alone does not decide.
    pub const fn status(self) -> Option<Status> {
        match self {
            Self::Active => Some(Status::Active),
            Self::Inactive => Some(Status::Inactive),
            Self::Leaked | Self::Live => None,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

/// A page of the list. Owners, creators, buckets and configurations are given by id or name; an empty text filters
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenQuery {
    /// A part of the description, owner, id, prefix or a permission.
    pub filter: String,
    /// Restricts to tokens with this status.
    pub status: Option<StatusFilter>,
    /// Restricts to tokens whose permissions have this reach.
    pub kind: Option<TokenKind>,
    /// Restricts to tokens with this reason for attention.
    pub attention: Option<AttentionFilter>,
    /// Restricts to tokens of this user.
    pub owner: String,
    /// Restricts to tokens that this user created.
    pub created_by: String,
    /// Restricts to tokens that reach this bucket.
    pub bucket: String,
    /// Restricts to tokens that reach this telegraf configuration.
    pub telegraf: String,
    /// The action on the bucket or configuration that is required; `None` for any.
    pub action: Option<Action>,
    /// The order of the list.
    pub sort: Sort,
    /// The page, from 1.
    pub page: u64,
    /// Maximum number of rows on a page, one of [`PAGE_SIZES`].
    pub page_size: u64,
    /// Selects the page that contains this token, and marks it.
    pub show: Option<AuthorizationId>,
}

impl Default for TokenQuery {
    fn default() -> Self {
        Self {
            filter: String::new(),
            status: None,
            kind: None,
            attention: None,
            owner: String::new(),
            created_by: String::new(),
            bucket: String::new(),
            telegraf: String::new(),
            action: None,
            sort: Sort::default(),
            page: 1,
            page_size: USUAL_PAGE_SIZE,
            show: None,
        }
    }
}

impl TokenQuery {
    /// Parses the parameters of a URL. Invalid values are ignored.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |name| {
            let text = get(name).unwrap_or_default().replace('\0', "");
            shorten(token::redact(text.trim_start()), MAX_FILTER)
        };
        let word = |name| text(name).trim_end().to_owned();
        let page_size = get("perPage").and_then(|text| text.parse().ok()).filter(|size| PAGE_SIZES.contains(size));
        Self {
            filter: text("searchTerm"),
            status: get("status").and_then(|text| text.parse().ok()),
            kind: get("kind").and_then(|text| text.parse().ok()),
            attention: get("attention").and_then(|text| text.parse().ok()),
            owner: word("owner"),
            created_by: word("createdBy"),
            bucket: word("bucket"),
            telegraf: word("telegraf"),
            action: Action::ALL.into_iter().find(|action| get("action") == Some(action.name())),
            sort: Sort::from_words(get("sortKey").unwrap_or_default(), get("sortDirection").unwrap_or_default()),
            page: get("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0).unwrap_or(1),
            page_size: page_size.unwrap_or(USUAL_PAGE_SIZE),
            show: get("show").and_then(|text| text.parse().ok()),
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
        parameters.extend(self.filter_parameters());
        if let Some(show) = self.show {
            parameters.push(("show", show.to_string()));
        }
        parameters
    }

    /// Returns the parameters of the filter, without order and page.
    pub fn filter_parameters(&self) -> Vec<(&'static str, String)> {
        let words = [
            ("status", self.status.map(StatusFilter::name).unwrap_or_default()),
            ("kind", self.kind.map(TokenKind::name).unwrap_or_default()),
            ("attention", self.attention.map(AttentionFilter::name).unwrap_or_default()),
            ("owner", &self.owner),
            ("createdBy", &self.created_by),
            ("bucket", &self.bucket),
            ("telegraf", &self.telegraf),
            ("action", self.action.map(Action::name).unwrap_or_default()),
            ("searchTerm", &self.filter),
        ];
        words.into_iter().filter(|(_, word)| !word.is_empty()).map(|(name, word)| (name, token::redact(word))).collect()
    }

    /// Returns whether a filter is set.
    pub fn is_filtered(&self) -> bool {
        !self.filter.trim().is_empty() || self.has_chips()
    }

    /// Returns whether a filter other than the text is set.
    pub fn has_chips(&self) -> bool {
        let words = [&self.owner, &self.created_by, &self.bucket, &self.telegraf];
        let chosen = self.status.is_some() || self.kind.is_some() || self.attention.is_some();
        chosen || words.into_iter().any(|word| !word.is_empty())
    }

    /// Returns the query with a change, from the first page on.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { page: 1, show: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Returns the query with the same order and page size, and no filter.
    pub fn unfiltered(&self) -> Self {
        Self { sort: self.sort, page_size: self.page_size, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::{option, prelude::*, sample::select};

    use crate::token::NewToken;

    use super::*;

    fn read(parameters: &[(&'static str, String)]) -> TokenQuery {
        let map: HashMap<&str, &str> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        TokenQuery::from_parameters(|key| map.get(key).copied())
    }

    #[test]
    fn a_pasted_token_never_becomes_an_address() {
        let token = NewToken::generate([9; 32]);
        let pasted = || token.expose().to_owned();
        let query = TokenQuery { filter: pasted(), owner: pasted(), bucket: pasted(), ..TokenQuery::default() };
        assert!(!format!("{:?}", query.parameters()).contains(token.expose()));
        for name in ["searchTerm", "owner", "createdBy", "bucket", "telegraf"] {
            let query = read(&[(name, pasted())]);
            assert!(!format!("{query:?}").contains(token.expose()), "{name}");
        }
        assert_eq!(read(&[("searchTerm", pasted())]).filter, token.prefix().unwrap());
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
            ("kind", String::new()),
            ("attention", "much".into()),
            ("action", "delete".into()),
            ("owner", "  ".into()),
            ("show", "z".into()),
        ]);
        assert_eq!(query, TokenQuery::default());
        assert!(!query.is_filtered());
    }

    proptest! {
        #[test]
        fn addresses_round_trip(
            filter in "[a-zA-Z ॐ]{0,20}", page in 1u64..1000, page_size in select(PAGE_SIZES.as_slice()),
            sort in select(Sort::ALL.as_slice()), status in option::of(select(StatusFilter::ALL.as_slice())),
            kind in option::of(select(TokenKind::ALL.as_slice())),
            attention in option::of(select(AttentionFilter::all().collect::<Vec<_>>())), action in option::of(select(Action::ALL.as_slice())),
            owner in "[a-z0-9ॐ]{0,20}", created_by in "[a-z0-9ॐ]{0,20}", bucket in "[a-z0-9ॐ]{0,20}", telegraf in "[a-z0-9ॐ]{0,20}",
        ) {
            let filter = filter.trim_start().into();
            let query = TokenQuery { filter, status, kind, attention, owner, created_by, bucket, telegraf, action, sort, page, page_size, show: None };
            prop_assert_eq!(read(&query.parameters()), query.clone());
            prop_assert_eq!(read(&query.unfiltered().parameters()).is_filtered(), false);
        }
    }
}

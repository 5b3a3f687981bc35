//! What the console's list of tokens shows: all of it stands in the address.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{Action, AuthorizationId, Status, attention::AttentionFilter, grant::TokenKind, token};

use super::tokens::{PAGE_SIZES, Sort, shorten};

const USUAL_PAGE_SIZE: u64 = 25;
/// At most so many bytes of a filter, or of a name in one, are looked at.
const MAX_FILTER: usize = 255;

/// Which tokens are listed, by whether they are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StatusFilter {
    Active,
    Inactive,
    /// Those that were reported as leaked.
    Leaked,
    /// Those that work: active, neither ended nor expired, and of an active owner.
    Live,
}

impl StatusFilter {
    pub const ALL: [Self; 4] = [Self::Active, Self::Inactive, Self::Leaked, Self::Live];

    /// As addresses write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Leaked => "leaked",
            Self::Live => "live",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Leaked => "Leaked",
            Self::Live => "Live",
        }
    }

    /// What the record says about it; `None` where that alone does not decide.
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

/// A part of the list. Owners, creators, buckets and configurations are told by their id or their name; an empty text
/// filters nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenQuery {
    /// A part of the description, owner, id, prefix or a permission.
    pub filter: String,
    pub status: Option<StatusFilter>,
    pub kind: Option<TokenKind>,
    pub attention: Option<AttentionFilter>,
    pub owner: String,
    pub created_by: String,
    /// Only tokens that reach this bucket.
    pub bucket: String,
    /// Only tokens that reach this telegraf configuration.
    pub telegraf: String,
    /// What a token must be able to do to the bucket or configuration; either, unless given.
    pub action: Option<Action>,
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
    /// From the parameters of an address; what makes no sense is left out.
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

    /// The same as an address could say it: what a browser's program sends may be anything.
    pub fn normalised(&self) -> Self {
        let parameters = self.parameters();
        let get = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        Self::from_parameters(get)
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
        parameters.extend(self.filter_parameters());
        if let Some(show) = self.show {
            parameters.push(("show", show.to_string()));
        }
        parameters
    }

    /// The parameters that say which tokens are listed, whatever their order and page.
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

    /// Whether anything is left out of the list.
    pub fn is_filtered(&self) -> bool {
        !self.filter.trim().is_empty() || self.has_chips()
    }

    /// Whether anything but the text leaves tokens out.
    pub fn has_chips(&self) -> bool {
        let words = [&self.owner, &self.created_by, &self.bucket, &self.telegraf];
        let chosen = self.status.is_some() || self.kind.is_some() || self.attention.is_some();
        chosen || words.into_iter().any(|word| !word.is_empty())
    }

    /// The same list from its beginning, changed.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { page: 1, show: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// The same order and size, with nothing left out.
    pub fn unfiltered(&self) -> Self {
        Self { sort: self.sort, page_size: self.page_size, ..Self::default() }
    }
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

//! What the parts of the API Tokens page share.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    model::{
        AuthorizationId, Error, OrgId, Status,
        listing::{TokenPage, TokenQuery},
    },
    ui::{
        address::{self, Tokens},
        answer::{CreatedToken, Outcome},
        components::{Notices, form::answer},
        load::{Frame, load_frame, load_tokens},
    },
};

/// What was changed on this page since the list was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub description: String,
    pub status: Status,
}

/// The page's address, what was loaded for it, and what happened since.
#[derive(Clone, Copy)]
pub struct TokensState {
    /// Where the page is.
    place: Memo<Option<(OrgId, Tokens)>>,
    pub org: Memo<Option<OrgId>>,
    pub query: Memo<TokenQuery>,
    pub frame: Resource<Result<Frame, Error>>,
    pub list: Resource<Result<TokenPage, Error>>,
    /// How many tokens there are without a filter.
    pub count: RwSignal<u64>,
    /// A token that was just created, or cloned.
    pub created: RwSignal<Option<(CreatedToken, bool)>>,
    /// The tokens on this page of the list, in their order.
    pub rows: RwSignal<Vec<AuthorizationId>>,
    changed: RwSignal<HashMap<AuthorizationId, Changed>>,
    reloads: RwSignal<u32>,
}

impl TokensState {
    pub fn provide() -> Self {
        let location = use_location();
        let parameters = use_query_map();
        let place = Memo::new(move |_| address::parse_tokens(&location.pathname.get()));
        let org = Memo::new(move |_| place.get().map(|(org, _)| org));
        let query = Memo::new(move |_| {
            let parameters = parameters.read();
            TokenQuery::from_parameters(|name| parameters.get_str(name))
        });
        let reloads = RwSignal::new(0);
        let frame =
            Resource::new(move || org.get(), |org| async move { load_frame(org.ok_or(Error::OrgNotFound)?).await });
        let list = Resource::new(
            move || (org.get(), query.get(), reloads.get()),
            |(org, query, _)| async move { load_tokens(org.ok_or(Error::OrgNotFound)?, query).await },
        );
        let (count, created, rows, changed) =
            (RwSignal::new(0), RwSignal::new(answered()), RwSignal::new(Vec::new()), RwSignal::new(HashMap::new()));
        let state = Self { place, org, query, frame, list, count, created, rows, changed, reloads };
        provide_context(state);
        say_what_was_done(parameters.read_untracked().get_str("done"));
        state
    }

    pub fn current() -> Self {
        expect_context()
    }

    /// The address of something on this page, with the state of the list.
    pub fn address(&self, tokens: Tokens) -> String {
        self.org.get().map(|org| tokens.address(org, &self.query.get())).unwrap_or_default()
    }

    /// Whether a dialog stands above the list.
    pub fn has_dialog(&self) -> bool {
        let at = self.place.get().map(|(_, tokens)| tokens);
        self.created.get().is_some() || !matches!(at, None | Some(Tokens::List | Tokens::Rename(_)))
    }

    /// The token that the address speaks of.
    pub fn token(&self) -> Option<AuthorizationId> {
        match self.place.get()?.1 {
            Tokens::Details(id) | Tokens::Edit(id) | Tokens::Rename(id) | Tokens::Clone(id) | Tokens::Delete(id) => {
                Some(id)
            }
            _ => None,
        }
    }

    /// The row whose description is being edited in the list.
    pub fn renaming(&self) -> Option<AuthorizationId> {
        match self.place.get()?.1 {
            Tokens::Rename(id) => Some(id),
            _ => None,
        }
    }

    /// Loads the list again; what it shows stays until then.
    pub fn reload(&self) {
        self.changed.update(HashMap::clear);
        self.reloads.update(|reloads| *reloads += 1);
    }

    pub fn note_change(&self, id: AuthorizationId, change: Changed) {
        self.changed.update(|changed| _ = changed.insert(id, change));
    }

    pub fn change_of(&self, id: AuthorizationId) -> Option<Changed> {
        self.changed.with(|changed| changed.get(&id).cloned())
    }

    /// What leads to an address of this page.
    pub fn navigator() -> impl Fn(&str) + Clone + Send + Sync + 'static {
        let navigate = use_navigate();
        move |address: &str| navigate(address, NavigateOptions { scroll: false, ..NavigateOptions::default() })
    }
}

/// The token that a form without script created.
fn answered() -> Option<(CreatedToken, bool)> {
    match answer()?.result {
        Ok(Outcome::Created(token)) => Some((token, false)),
        Ok(Outcome::Cloned(token)) => Some((token, true)),
        _ => None,
    }
}

/// A form without script led here: say what it did.
fn say_what_was_done(done: Option<&str>) {
    match done {
        Some("updated") => Notices::current().success("API token was updated successfully", ""),
        Some("deleted") => Notices::current().success("API token was deleted successfully", ""),
        _ => {}
    }
}

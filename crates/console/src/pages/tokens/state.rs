//! State that the parts of the API Tokens page share.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use jeton_model::{
    AuthorizationId, OrgId, Status,
    console::{frame::Frame, token_query::TokenQuery, tokens::TokenPage},
};

use crate::{
    components::form::answer,
    error::ConsoleError,
    forms::outcome::{CreatedToken, Outcome},
    queries::load_tokens,
    routes::{ConsoleRoute, PageRoute as _, Tokens},
    state::{
        list_preferences::ListPreferences,
        org_state::OrgState,
        page_store::{PageResource, fetch},
    },
};

use super::selected_ids::Selection;

/// The changes made on this page since the list was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The present description.
    pub description: String,
    /// The present status.
    pub status: Status,
}

/// The page's URL, the resources loaded for it, and the changes since.
#[derive(Clone, Copy)]
pub struct TokensState {
    /// The state that the pages of the organization share.
    pub page: OrgState,
    /// The displayed organization.
    pub org: Memo<OrgId>,
    /// The filter, the order and the page in the URL.
    pub query: Memo<TokenQuery>,
    /// The rows of the list.
    pub list: PageResource<Result<TokenPage, ConsoleError>>,
    /// The token that was just created.
    pub created: RwSignal<Option<(CreatedToken, CreatedBy)>>,
    /// The selected tokens.
    pub selection: Selection,
    /// The columns and density of the list.
    pub view: RwSignal<ListPreferences>,
    changed: RwSignal<HashMap<AuthorizationId, Changed>>,
    reloads: RwSignal<u32>,
    /// The version of the token's details: incremented when the page changes the token.
    changes: RwSignal<u32>,
}

impl TokensState {
    /// Provides the state as context for the page; it is created once and kept.
    pub fn provide() -> Self {
        let page = OrgState::current();
        let state = page.store.once(|| Self::new(page));
        provide_context(state);
        state
    }

    fn new(page: OrgState) -> Self {
        let parameters = use_query_map();
        let query = Memo::new(move |_| {
            let parameters = parameters.read();
            TokenQuery::from_parameters(|name| parameters.get_str(name))
        });
        let reloads = RwSignal::new(0);
        let list = fetch(
            move || (page.org.get(), query.get(), reloads.get()),
            |(org, query, _)| async move { load_tokens(org, query).await },
        );
        let (created, changed) = (RwSignal::new(answered()), RwSignal::new(HashMap::new()));
        let changes = RwSignal::new(0);
        let (selection, view) = (Selection::default(), RwSignal::new(ListPreferences::chosen()));
        let state = Self { page, org: page.org, query, list, created, selection, view, changed, reloads, changes };
        state.forget_selection_with_filter();
        state
    }

    /// Returns the state that the page provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Returns the number of tokens without a filter.
    pub fn count(&self) -> u64 {
        self.page.frame.with(|frame| frame.counts.tokens.known())
    }

    /// Returns the present data of the frame.
    pub fn frame(&self) -> Frame {
        self.page.frame.get_untracked()
    }

    /// Returns the address of a route of this page, with the state of the list.
    pub fn address(&self, page: Tokens) -> String {
        page.address(self.org.get(), &self.query.with(TokenQuery::parameters))
    }

    /// Returns the present address of the list, without tracking.
    pub fn list_now(&self) -> String {
        untrack(|| self.address(Tokens::List))
    }

    /// Returns the address of the first page of the list in a changed state.
    pub fn list_with(&self, change: impl FnOnce(&mut TokenQuery)) -> String {
        Tokens::List.address(self.org.get(), &self.query.with(|query| query.with(change)).parameters())
    }

    /// Returns the tokens on the displayed page of the list, in order.
    pub fn rows(&self) -> Vec<AuthorizationId> {
        let ids = |page: &TokenPage| page.rows.iter().map(|row| row.id).collect();
        self.list.with(|list| list.as_ref().and_then(|list| list.as_ref().ok()).map(ids).unwrap_or_default())
    }

    /// Waits, on the server, until [`Self::rows`] is loaded: a dialog renders concurrently with the list, and may be
    /// first. In the browser the signal updates.
    pub async fn listed(&self) {
        if cfg!(feature = "ssr") {
            self.list.by_ref().await;
        }
    }

    /// Clears the selection when the filter changes, as it was meant for another list; pagination keeps it.
    fn forget_selection_with_filter(self) {
        let which = Memo::new(move |_| (self.org.get(), self.query.with(TokenQuery::filter_parameters)));
        Effect::watch(move || which.get(), move |_, _, _| self.selection.clear(), false);
    }

    /// Returns the route of this page that the URL names.
    fn at(&self) -> Option<Tokens> {
        match self.page.route()? {
            ConsoleRoute::Tokens(page) => Some(page),
            _ => None,
        }
    }

    /// Returns the token that the URL names.
    pub fn token(&self) -> Option<AuthorizationId> {
        match self.at()? {
            Tokens::Details(id)
            | Tokens::Edit(id)
            | Tokens::Rename(id)
            | Tokens::Limits(id)
            | Tokens::Clone(id)
            | Tokens::Rotate(id)
            | Tokens::Descendants(id)
            | Tokens::Delete(id) => Some(id),
            _ => None,
        }
    }

    /// Returns the token whose description is being edited in its row.
    pub fn renaming(&self) -> Option<AuthorizationId> {
        match self.at()? {
            Tokens::Rename(id) => Some(id),
            _ => None,
        }
    }

    /// Reloads the list; the displayed rows stay until then.
    pub fn reload(&self) {
        self.changed.update(HashMap::clear);
        self.reloads.update(|reloads| *reloads += 1);
        self.page.refresh();
    }

    /// Reloads the details of the token in the URL.
    pub fn reload_token(&self) {
        self.changes.update(|changes| *changes += 1);
    }

    /// Returns the token in the URL and its version, as the source of a resource.
    pub fn token_now(&self) -> (Option<AuthorizationId>, u32) {
        (self.token(), self.changes.get())
    }

    /// Records a change to a token, for its row.
    pub fn note_change(&self, id: AuthorizationId, change: Changed) {
        self.changed.update(|changed| _ = changed.insert(id, change));
    }

    /// Returns the change to a token since the list was loaded.
    pub fn change_of(&self, id: AuthorizationId) -> Option<Changed> {
        self.changed.with(|changed| changed.get(&id).cloned())
    }
}

/// Returns the token that a form submitted without JavaScript created.
fn answered() -> Option<(CreatedToken, CreatedBy)> {
    match answer()?.result {
        Ok(Outcome::Created(token)) => Some((token, CreatedBy::Created)),
        Ok(Outcome::Cloned(token)) => Some((token, CreatedBy::Cloned)),
        Ok(Outcome::Rotated { token, old }) => Some((token, CreatedBy::Rotated { old })),
        _ => None,
    }
}

/// The operation that created the new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreatedBy {
    /// A new token.
    Created,
    /// A clone of another token.
    Cloned,
    /// `old`: a sentence about the end of the old token.
    Rotated {
        /// The sentence.
        old: String,
    },
}

impl CreatedBy {
    /// Returns the title of the dialog that displays the token.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Created => "You've successfully created an API Token",
            Self::Cloned => "You've successfully cloned an API Token",
            Self::Rotated { .. } => "You've successfully rotated an API Token",
        }
    }
}

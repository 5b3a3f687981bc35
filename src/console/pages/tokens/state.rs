//! What the parts of the API Tokens page share.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    console::{
        components::form::answer,
        forms::outcome::{CreatedToken, Outcome},
        queries::load_tokens,
        routes::{ConsoleRoute, PageRoute as _, Tokens},
        state::{
            list_preferences::ListPreferences,
            org_state::OrgState,
            page_store::{PageResource, fetch},
        },
    },
    model::{
        AuthorizationId, Error, OrgId, Status,
        console::{
            frame::Frame,
            tokens::{TokenPage, TokenQuery},
        },
    },
};

use super::selected_ids::Selection;

/// What was changed on this page since the list was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub description: String,
    pub status: Status,
}

/// The page's address, what was loaded for it, and what happened since.
#[derive(Clone, Copy)]
pub struct TokensState {
    pub page: OrgState,
    pub org: Memo<OrgId>,
    pub query: Memo<TokenQuery>,
    pub list: PageResource<Result<TokenPage, Error>>,
    /// A token that was just made.
    pub created: RwSignal<Option<(CreatedToken, CreatedBy)>>,
    pub selection: Selection,
    /// How the list looks.
    pub view: RwSignal<ListPreferences>,
    changed: RwSignal<HashMap<AuthorizationId, Changed>>,
    reloads: RwSignal<u32>,
    /// How often what is shown of one token was changed by the page itself.
    changes: RwSignal<u32>,
}

impl TokensState {
    pub fn provide() -> Self {
        let page = OrgState::current();
        let state = page.kept.once(|| Self::new(page));
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

    pub fn current() -> Self {
        expect_context()
    }

    /// How many tokens there are without a filter.
    pub fn count(&self) -> u64 {
        self.page.frame.with(|frame| frame.counts.tokens)
    }

    /// What stands around the page, as it is now.
    pub fn frame(&self) -> Frame {
        self.page.frame.get_untracked()
    }

    /// The address of something on this page, with the state of the list.
    pub fn address(&self, page: Tokens) -> String {
        page.address(self.org.get(), &self.query.with(TokenQuery::parameters))
    }

    /// The address of the list as it is now, for what happens later.
    pub fn list_now(&self) -> String {
        untrack(|| self.address(Tokens::List))
    }

    /// The address of the list in another state, from its first page.
    pub fn list_with(&self, change: impl FnOnce(&mut TokenQuery)) -> String {
        Tokens::List.address(self.org.get(), &self.query.with(|query| query.with(change)).parameters())
    }

    /// The tokens on the page of the list that is shown, in its order.
    pub fn rows(&self) -> Vec<AuthorizationId> {
        let ids = |page: &TokenPage| page.rows.iter().map(|row| row.id).collect();
        self.list.with(|list| list.as_ref().and_then(|list| list.as_ref().ok()).map(ids).unwrap_or_default())
    }

    /// Waits, on the server, until [`Self::rows`] are there: a dialog is written beside the list, and may be first. A browser
    /// follows them as they change.
    pub async fn listed(&self) {
        if cfg!(feature = "ssr") {
            self.list.by_ref().await;
        }
    }

    /// What was selected in one list is not what someone means in another; turning its pages keeps it.
    fn forget_selection_with_filter(self) {
        let which = Memo::new(move |_| (self.org.get(), self.query.with(TokenQuery::filter_parameters)));
        Effect::watch(move || which.get(), move |_, _, _| self.selection.clear(), false);
    }

    /// What the address names on this page.
    fn at(&self) -> Option<Tokens> {
        match self.page.spot()? {
            ConsoleRoute::Tokens(page) => Some(page),
            _ => None,
        }
    }

    /// The token that the address speaks of.
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

    /// The row whose description is being edited in the list.
    pub fn renaming(&self) -> Option<AuthorizationId> {
        match self.at()? {
            Tokens::Rename(id) => Some(id),
            _ => None,
        }
    }

    /// Loads the list again; what it shows stays until then.
    pub fn reload(&self) {
        self.changed.update(HashMap::clear);
        self.reloads.update(|reloads| *reloads += 1);
        self.page.refresh();
    }

    /// Loads what is shown of the token in the address again.
    pub fn reload_token(&self) {
        self.changes.update(|changes| *changes += 1);
    }

    /// The token that the address speaks of, and what tells that it is to be loaded again.
    pub fn token_now(&self) -> (Option<AuthorizationId>, u32) {
        (self.token(), self.changes.get())
    }

    pub fn note_change(&self, id: AuthorizationId, change: Changed) {
        self.changed.update(|changed| _ = changed.insert(id, change));
    }

    pub fn change_of(&self, id: AuthorizationId) -> Option<Changed> {
        self.changed.with(|changed| changed.get(&id).cloned())
    }
}

/// The token that a form without script created.
fn answered() -> Option<(CreatedToken, CreatedBy)> {
    match answer()?.result {
        Ok(Outcome::Created(token)) => Some((token, CreatedBy::Created)),
        Ok(Outcome::Cloned(token)) => Some((token, CreatedBy::Cloned)),
        Ok(Outcome::Rotated { token, old }) => Some((token, CreatedBy::Rotated { old })),
        _ => None,
    }
}

/// How the new token came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreatedBy {
    Created,
    Cloned,
    /// `old`: what becomes of the token before it, in a sentence.
    Rotated {
        old: String,
    },
}

impl CreatedBy {
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Created => "You've successfully created an API Token",
            Self::Cloned => "You've successfully cloned an API Token",
            Self::Rotated { .. } => "You've successfully rotated an API Token",
        }
    }
}

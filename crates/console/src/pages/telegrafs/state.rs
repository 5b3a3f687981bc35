//! State that the parts of the Telegraf page share.

use leptos::prelude::*;

use jeton_model::{
    TelegrafId,
    console::list_query::{ListQuery, Listed},
    telegraf::{TelegrafFacts, TelegrafRow},
};

use crate::{
    components::{Notices, form::ActionOutcome, list::ListNav},
    error::ConsoleError,
    forms::outcome::Outcome,
    pages::layout::navigator,
    queries::{load_telegraf, load_telegrafs},
    routes::{ConsoleRoute, PageRoute as _, Telegrafs},
    state::{list_state::ListState, org_state::page_resource, page_store::PageResource},
};

/// The list, the chosen configuration, and whether it has unsaved changes.
#[derive(Clone, Copy)]
pub struct TelegrafState {
    /// The list of configurations.
    pub list: ListState<Telegrafs, Listed<TelegrafRow>>,
    /// The list's navigation, which keeps the chosen configuration.
    pub listing: ListNav,
    /// The configuration that the URL names.
    pub chosen: Memo<Option<TelegrafId>>,
    /// The facts about it, without its text.
    pub facts: PageResource<Option<Result<TelegrafFacts, ConsoleError>>>,
    /// True if its text has unsaved changes.
    pub unsaved: RwSignal<bool>,
    reloads: RwSignal<u32>,
}

impl TelegrafState {
    /// Provides the state as context for the page.
    pub fn provide() -> Self {
        let list = ListState::provide(load_telegrafs);
        let page = list.page;
        let chosen = Memo::new(move |_| match page.route() {
            Some(ConsoleRoute::Telegrafs(Telegrafs::Show(id) | Telegrafs::Rename(id) | Telegrafs::Delete(id))) => {
                Some(id)
            }
            _ => None,
        });
        let reloads = RwSignal::new(0);
        let facts = page_resource(
            move || (page.org.get(), chosen.get(), reloads.get()),
            |(org, chosen, _)| async move {
                match chosen {
                    Some(id) => Some(load_telegraf(org, id).await),
                    None => None,
                }
            },
        );
        let listing = ListNav::new(list.query, move |query: ListQuery| {
            let beside = chosen.get().map_or(Telegrafs::List, Telegrafs::Show);
            beside.address(page.org.get(), &query.parameters())
        });
        let state = Self { list, listing, chosen, facts, unsaved: RwSignal::new(false), reloads };
        provide_context(state);
        state
    }

    /// Returns the state that the page provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Returns the address of a route of this page, with the state of the list.
    pub fn address(&self, page: Telegrafs) -> String {
        self.list.address(page)
    }

    /// Reloads the list and the facts about the configuration, but not its text, which may have unsaved changes.
    pub fn reload(&self) {
        self.list.reload();
        self.reloads.update(|reloads| *reloads += 1);
    }

    /// Handles the outcome of a form on this page: shows a notification and navigates to `to`, or else to the outcome's
    /// address; or shows the error and keeps the typed values. `failed`: what did not happen, for the error message.
    pub fn on_done(
        self,
        failed: &'static str,
        refused: RwSignal<Option<ConsoleError>>,
        to: Option<Telegrafs>,
    ) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        let navigate = navigator();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, to: made }) => {
                notices.success(flash.sentence(), "");
                let _ = refused.try_set(None);
                self.list.reload();
                // A configuration that is no longer displayed needs no reload.
                if let Some(Telegrafs::Show(_)) = to {
                    self.reloads.update(|reloads| *reloads += 1);
                }
                navigate(&to.map_or(made, |to| untrack(|| self.address(to))));
            }
            Ok(_) => {}
            Err(error) => {
                notices.failure(failed, error.sentence());
                let _ = refused.try_set(Some(error));
            }
        })
    }
}

/// Returns the name to display: API clients may create a configuration without one.
pub fn name_of(row: &TelegrafRow) -> String {
    if row.name.trim().is_empty() { "Without name".to_owned() } else { row.name.clone() }
}

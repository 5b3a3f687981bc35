//! What the parts of the Telegraf page share.

use leptos::prelude::*;

use crate::{
    console::{
        components::{Notices, form::ActionOutcome, list::ListNav},
        forms::outcome::Outcome,
        pages::layout::navigator,
        queries::{load_telegraf, load_telegrafs},
        routes::{ConsoleRoute, PageRoute as _, Telegrafs},
        state::{list_state::ListState, org_state::page_resource, page_store::PageResource},
        text::messages,
    },
    model::{
        Error, TelegrafId,
        console::list_query::{ListQuery, Listed},
        telegraf::{TelegrafFacts, TelegrafRow},
    },
};

/// The list, the configuration beside it, and what was not saved yet.
#[derive(Clone, Copy)]
pub struct TelegrafState {
    pub list: ListState<Telegrafs, Listed<TelegrafRow>>,
    /// The same, with the chosen configuration beside it.
    pub listing: ListNav,
    /// The configuration that the address names.
    pub chosen: Memo<Option<TelegrafId>>,
    /// What is known of it, its text apart.
    pub facts: PageResource<Option<Result<TelegrafFacts, Error>>>,
    /// Whether its text was changed and not saved.
    pub unsaved: RwSignal<bool>,
    reloads: RwSignal<u32>,
}

impl TelegrafState {
    pub fn provide() -> Self {
        let list = ListState::provide(load_telegrafs);
        let page = list.page;
        let chosen = Memo::new(move |_| match page.spot() {
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

    pub fn current() -> Self {
        expect_context()
    }

    /// The address of something on this page, with the state of the list.
    pub fn address(&self, page: Telegrafs) -> String {
        self.list.address(page)
    }

    /// Loads the list and what is said about the chosen configuration again. Its text is not: it may be unsaved.
    pub fn reload(&self) {
        self.list.reload();
        self.reloads.update(|reloads| *reloads += 1);
    }

    /// What a form on this page does with its answer: says what was done, and leads to `to`, if anywhere, or to what the
    /// answer names; or says what was refused, and keeps what was typed. `failed`: what did not happen.
    pub fn on_done(
        self,
        failed: &'static str,
        refused: RwSignal<Option<Error>>,
        to: Option<Telegrafs>,
    ) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        let navigate = navigator();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, to: made }) => {
                notices.success(flash.sentence(), "");
                let _ = refused.try_set(None);
                self.list.reload();
                // Of what is no longer shown, nothing is asked for.
                if let Some(Telegrafs::Show(_)) = to {
                    self.reloads.update(|reloads| *reloads += 1);
                }
                navigate(&to.map_or(made, |to| untrack(|| self.address(to))));
            }
            Ok(_) => {}
            Err(error) => {
                notices.failure(failed, messages::sentence(&error));
                let _ = refused.try_set(Some(error));
            }
        })
    }
}

/// A configuration as people recognise it: programs may make one without a name.
pub fn name_of(row: &TelegrafRow) -> String {
    if row.name.trim().is_empty() { "Without name".to_owned() } else { row.name.clone() }
}

//! State that the lists of buckets, users and organizations share.

use std::future::Future;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Serialize, de::DeserializeOwned};

use jeton_model::{OrgId, console::list_query::ListQuery};

use crate::{
    components::{Notices, form::ActionOutcome, list::ListNav},
    error::ConsoleError,
    forms::outcome::Outcome,
    pages::layout::navigator,
    routes::PageRoute,
};

use super::{
    org_state::OrgState,
    page_store::{PageResource, fetch},
};

/// A list of `T` whose state is in the URL. `P`: the routes of its page.
pub struct ListState<P: 'static, T: Send + Sync + 'static> {
    /// The state that the pages of the organization share.
    pub page: OrgState,
    /// The filter, the order and the page in the URL.
    pub query: Memo<ListQuery>,
    /// The list's navigation, without the type parameters.
    pub listing: ListNav,
    /// The rows of the list.
    pub list: PageResource<Result<T, ConsoleError>>,
    reloads: RwSignal<u32>,
    addresses: std::marker::PhantomData<P>,
}

impl<P, T: Send + Sync> Clone for ListState<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T: Send + Sync> Copy for ListState<P, T> {}

impl<P, T> ListState<P, T>
where
    P: PageRoute + Send + Sync + 'static,
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    /// Provides the list as context. `load`: loads the part of the list that a query selects.
    pub fn provide<F>(load: impl Fn(OrgId, ListQuery) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, ConsoleError>> + Send + 'static,
    {
        let page = OrgState::current();
        let state = page.store.once(|| Self::new(page, load));
        provide_context(state);
        state
    }

    fn new<F>(page: OrgState, load: impl Fn(OrgId, ListQuery) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, ConsoleError>> + Send + 'static,
    {
        let parameters = use_query_map();
        let query = Memo::new(move |_| {
            let parameters = parameters.read();
            ListQuery::from_parameters(|name| parameters.get_str(name))
        });
        let reloads = RwSignal::new(0);
        let list = fetch(move || (page.org.get(), query.get(), reloads.get()), move |(org, query, _)| load(org, query));
        let address = move |query: ListQuery| P::LIST.address(page.org.get(), &query.parameters());
        let listing = ListNav::new(query, address);
        Self { page, query, listing, list, reloads, addresses: std::marker::PhantomData }
    }

    /// Returns the state that the page provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Returns the address of a route of this page, with the state of the list.
    pub fn address(&self, page: P) -> String {
        page.address(self.page.org.get(), &self.query.with(ListQuery::parameters))
    }

    /// Reloads the list and the counts; the displayed rows stay until then.
    pub fn reload(&self) {
        self.reloads.update(|reloads| *reloads += 1);
        self.page.refresh();
    }

    /// Handles the outcome of a form on this page: shows a notification and navigates to the outcome's address; or
    /// shows the error and keeps the typed values. `failed`: what did not happen, as in "The bucket was not created".
    pub fn on_done(self, failed: &'static str, refused: RwSignal<Option<ConsoleError>>) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        let navigate = navigator();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, to }) => {
                notices.success(flash.sentence(), "");
                let _ = refused.try_set(None);
                self.reload();
                navigate(&to);
            }
            Ok(_) => {}
            Err(error) => {
                notices.failure(failed, error.sentence());
                let _ = refused.try_set(Some(error));
            }
        })
    }
}

//! The state that the pages of an organization share.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use jeton_model::{OrgId, console::frame::Frame};

use crate::{
    components::form::to_sign_in,
    error::ConsoleError,
    hydrate::{browser, hydrated::Hydrated},
    queries::load_frame,
    routes::ConsoleRoute,
};

use super::page_store::{PageResource, PageStore, fetch};

/// State that the pages of an organization share.
#[derive(Clone, Copy)]
pub struct OrgState {
    /// The displayed organization, its counts, and the caller's capabilities.
    pub frame: RwSignal<Frame>,
    /// The displayed organization.
    pub org: Memo<OrgId>,
    /// The organization and the route in the URL.
    at: Memo<Option<(OrgId, ConsoleRoute)>>,
    /// True if the page is inert, because a dialog is open that is not modal yet.
    pub covered: Signal<bool>,
    /// The state that is created once for the pages inside.
    pub store: PageStore,
}

impl OrgState {
    /// Returns the state that the frame provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Creates the state. `at`: the organization and the route in the URL.
    pub fn new(frame: Frame, at: Memo<Option<(OrgId, ConsoleRoute)>>, store: PageStore) -> Self {
        let hydrated = Hydrated::current();
        let frame = RwSignal::new(frame);
        let org = Memo::new(move |_| frame.with(|frame| frame.org.id));
        let covered = Signal::derive(move || !hydrated.get() && at.get().is_some_and(|(_, route)| route.has_dialog()));
        Self { frame, org, at, covered, store }
    }

    /// Returns the route that the URL names.
    pub fn route(&self) -> Option<ConsoleRoute> {
        self.at.get().map(|(_, route)| route)
    }

    /// Reloads counts and capabilities after a change.
    pub fn refresh(&self) {
        self.load(self.org.get_untracked());
    }

    fn load(&self, org: OrgId) {
        let frame = self.frame;
        spawn_local(async move {
            match load_frame(org).await {
                Ok(loaded) => _ = frame.try_set(loaded),
                Err(ConsoleError::Unauthenticated) => to_sign_in(),
                // The server renders the error.
                Err(_) => browser::reload(),
            }
        });
    }

    /// Follows the URL to another organization, by loading its frame in place of the present one.
    pub fn follow_address(self) {
        Effect::new(move || {
            if let Some((org, _)) = self.at.get()
                && org != self.org.get_untracked()
            {
                self.load(org);
            }
        });
    }
}

/// Creates the resource of a page, as [`fetch`] does, once for each type of response. A second creation would shift the
/// ids by which hydration matches serialized resources.
pub fn page_resource<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> F + Send + Sync + 'static,
) -> PageResource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    OrgState::current().store.once(|| fetch(source, load))
}

//! The state that the pages of an organization share.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    console::{
        components::form::to_sign_in,
        hydrate::{browser, hydrated::Hydrated},
        queries::load_frame,
        routes::ConsoleRoute,
    },
    model::{Error, OrgId, console::frame::Frame},
};

use super::page_store::{PageResource, PageStore, fetch};

/// What the pages of an organization share.
#[derive(Clone, Copy)]
pub struct OrgState {
    /// The organization that is shown, how much there is in it, and what may be done.
    pub frame: RwSignal<Frame>,
    pub org: Memo<OrgId>,
    /// Where the address leads.
    at: Memo<Option<(OrgId, ConsoleRoute)>>,
    /// Whether the page behind stands still: a dialog is open that no script has made modal yet.
    pub covered: Signal<bool>,
    /// What is made once for the pages inside.
    pub kept: PageStore,
}

impl OrgState {
    pub fn current() -> Self {
        expect_context()
    }

    /// `at`: where the address leads.
    pub fn new(frame: Frame, at: Memo<Option<(OrgId, ConsoleRoute)>>, kept: PageStore) -> Self {
        let hydrated = Hydrated::current();
        let frame = RwSignal::new(frame);
        let org = Memo::new(move |_| frame.with(|frame| frame.org.id));
        let covered = Signal::derive(move || !hydrated.get() && at.get().is_some_and(|(_, spot)| spot.has_dialog()));
        Self { frame, org, at, covered, kept }
    }

    /// The page that the address names, or the dialog above it.
    pub fn spot(&self) -> Option<ConsoleRoute> {
        self.at.get().map(|(_, spot)| spot)
    }

    /// Reads the counts and rights again: something was changed.
    pub fn refresh(&self) {
        self.load(self.org.get_untracked());
    }

    fn load(&self, org: OrgId) {
        let frame = self.frame;
        spawn_local(async move {
            match load_frame(org).await {
                Ok(page_resource) => _ = frame.try_set(page_resource),
                Err(Error::Unauthenticated) => to_sign_in(),
                // What went wrong is said by the page that the server makes of it.
                Err(_) => browser::reload(),
            }
        });
    }

    /// Where another organization was chosen, its frame takes the place of this one's, and the page follows.
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

/// What a page loads, as [`fetch`] does; once for each type of answer. Were it asked for twice, the numbers by
/// which the browser finds the answers in the page would come in another order than the browser's own.
pub fn page_resource<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> F + Send + Sync + 'static,
) -> PageResource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    OrgState::current().kept.once(|| fetch(source, load))
}

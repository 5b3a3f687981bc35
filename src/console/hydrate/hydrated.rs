//! Whether the browser has hydrated the page.

use leptos::prelude::*;

/// Whether the script has taken over: the server, and the browser's first pass, say no.
#[derive(Clone, Copy)]
pub struct Hydrated(RwSignal<bool>);

impl Hydrated {
    /// Makes the state of the whole page, not hydrated yet.
    pub fn provide() -> Self {
        let hydrated = Self(RwSignal::new(false));
        provide_context(hydrated);
        hydrated
    }

    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(false)))
    }

    pub fn set(self) {
        self.0.set(true);
    }

    pub fn get(self) -> bool {
        self.0.get()
    }

    pub fn get_untracked(self) -> bool {
        self.0.get_untracked()
    }
}

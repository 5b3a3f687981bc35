//! The signal for whether the browser has hydrated the page.

use leptos::prelude::*;

/// A signal for whether the page is hydrated: false on the server and in the browser's first render, so that both
/// produce the same HTML.
#[derive(Clone, Copy)]
pub struct Hydrated(RwSignal<bool>);

impl Hydrated {
    /// Provides the signal for the whole page, initially false.
    pub fn provide() -> Self {
        let hydrated = Self(RwSignal::new(false));
        provide_context(hydrated);
        hydrated
    }

    /// Returns the signal of the page; false if none was provided.
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(false)))
    }

    /// Records that the page is hydrated.
    pub fn set(self) {
        self.0.set(true);
    }

    /// Returns whether the page is hydrated; tracks the signal.
    pub fn get(self) -> bool {
        self.0.get()
    }

    /// Returns whether the page is hydrated, without tracking the signal.
    pub fn get_untracked(self) -> bool {
        self.0.get_untracked()
    }
}

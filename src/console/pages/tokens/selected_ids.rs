//! The tokens that are selected in the list.

use crate::model::AuthorizationId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What is selected: some tokens, or everything that the filter lets through.
#[derive(Clone, Copy)]
pub struct Selection {
    ids: RwSignal<BTreeSet<AuthorizationId>>,
    /// How many the filter let through when all of them were chosen.
    pub all: RwSignal<Option<u64>>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { ids: RwSignal::new(BTreeSet::new()), all: RwSignal::new(None) }
    }
}

impl Selection {
    pub fn holds(self, id: AuthorizationId) -> bool {
        self.all.get().is_some() || self.ids.with(|ids| ids.contains(&id))
    }

    /// Whoever picks single tokens no longer means all of them.
    pub fn set(self, ids: &[AuthorizationId], on: bool) {
        self.all.set(None);
        self.ids.update(|selected| {
            for id in ids {
                _ = if on { selected.insert(*id) } else { selected.remove(id) };
            }
        });
    }

    pub fn clear(self) {
        self.all.set(None);
        self.ids.update(BTreeSet::clear);
    }

    /// How many are selected.
    pub fn count(self) -> u64 {
        self.all.get().unwrap_or_else(|| self.ids.with(|ids| ids.len() as u64))
    }

    /// Those that were picked one by one.
    pub fn picked(self) -> BTreeSet<AuthorizationId> {
        self.ids.get()
    }
}

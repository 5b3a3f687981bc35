//! The tokens that are selected in the list.

use jeton_model::AuthorizationId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The selection: individual tokens, or all that match the filter.
#[derive(Clone, Copy)]
pub struct Selection {
    ids: RwSignal<BTreeSet<AuthorizationId>>,
    /// Number of tokens that matched the filter when all of them were selected.
    pub all: RwSignal<Option<u64>>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { ids: RwSignal::new(BTreeSet::new()), all: RwSignal::new(None) }
    }
}

impl Selection {
    /// Returns whether a token is selected, individually or with all that match.
    pub fn holds(self, id: AuthorizationId) -> bool {
        self.all.get().is_some() || self.ids.with(|ids| ids.contains(&id))
    }

    /// Selects or deselects tokens. This ends the selection of all that match.
    pub fn set(self, ids: &[AuthorizationId], on: bool) {
        self.all.set(None);
        self.ids.update(|selected| {
            for id in ids {
                _ = if on { selected.insert(*id) } else { selected.remove(id) };
            }
        });
    }

    /// Deselects all tokens.
    pub fn clear(self) {
        self.all.set(None);
        self.ids.update(BTreeSet::clear);
    }

    /// Returns the number of selected tokens.
    pub fn count(self) -> u64 {
        self.all.get().unwrap_or_else(|| self.ids.with(|ids| ids.len() as u64))
    }

    /// Returns the individually selected tokens.
    pub fn picked(self) -> BTreeSet<AuthorizationId> {
        self.ids.get()
    }
}

//! The tokens that are selected in the list, and the boxes that select them.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{console::app::Hydrated, model::AuthorizationId};

use super::state::TokensState;

/// The form that the boxes belong to, wherever they stand.
pub const FORM: &str = "selected";

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

/// Selects one token.
#[component]
pub fn SelectBox(id: AuthorizationId, name: Memo<String>, selection: Selection) -> impl IntoView {
    let label = move || format!("Select {}", name.get());
    view! {
        <label class="check">
            <input
                type="checkbox" name="id" value=id.to_string() form=FORM aria-label=label prop:checked=move || selection.holds(id)
                on:change:target=move |event| selection.set(&[id], event.target().checked())
            />
        </label>
    }
}

/// Selects every token of the page, and lets go of them once all are selected. Without script there is nothing that
/// could tick the boxes.
#[component]
pub fn SelectPage(ids: Vec<AuthorizationId>, state: TokensState) -> impl IntoView {
    let selection = state.selection;
    let ids = StoredValue::new(ids);
    let held = move || ids.with_value(|ids| ids.iter().filter(|id| selection.holds(**id)).count());
    let all = Memo::new(move |_| ids.with_value(|ids| !ids.is_empty() && held() == ids.len()));
    let mixed = Memo::new(move |_| held() > 0 && !all.get());
    let hydrated = Hydrated::current();
    view! {
        <label class="check needs-script">
            <input
                type="checkbox" aria-label="Select all on this page" prop:checked=all prop:indeterminate=mixed
                disabled=move || !hydrated.get() || ids.with_value(Vec::is_empty) data-testid="select-page"
                on:change=move |_| {
                    // Mixed is made whole, never inverted.
                    let on = !all.get_untracked();
                    ids.with_value(|ids| selection.set(ids, on));
                }
            />
        </label>
    }
}

//! The check boxes that select tokens in the list.

use jeton_model::AuthorizationId;

use crate::{forms::tokens::SelectedForm, hydrate::hydrated::Hydrated};

use super::{selected_ids::Selection, state::TokensState};

use leptos::prelude::*;

/// The id of the form that the boxes belong to.
pub const FORM: &str = "selected";

/// The box that selects one token.
#[component]
pub fn SelectBox(id: AuthorizationId, name: Memo<String>, selection: Selection) -> impl IntoView {
    let label = move || format!("Select {}", name.get());
    view! {
        <label class="check">
            <input
                type="checkbox" name=SelectedForm::ID value=id.to_string() form=FORM aria-label=label prop:checked=move || selection.holds(id)
                on:change:target=move |event| selection.set(&[id], event.target().checked())
            />
        </label>
    }
}

/// The box that selects every token of the page, or deselects them if all are selected. It needs JavaScript to tick the
/// other boxes.
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
                    // A partial selection is completed, never inverted.
                    let on = !all.get_untracked();
                    ids.with_value(|ids| selection.set(ids, on));
                }
            />
        </label>
    }
}

//! The dialog that chooses the columns and the density of the list.

use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;

use crate::{
    components::{Dialog, DialogHead},
    forms::preferences::{ListPreferencesForm, ReturnForm},
    hydrate::browser,
    routes::{Tokens, address_of},
    state::list_preferences::{Column, ListPreferences},
};

use super::state::TokensState;

/// The dialog: with JavaScript each check box takes effect at once, without it on submission.
#[component]
pub fn LookRoute() -> impl IntoView {
    let state = TokensState::current();
    let view = state.view;
    let close = Signal::derive(move || state.address(Tokens::List));
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = ListPreferences::from_fields(&browser::fields(&event));
        chosen.remember();
        view.set(chosen);
    };
    let on_change = |event: Event| {
        if let Some(form) = event.current_target().and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            drop(form.request_submit());
        }
    };
    let first = view.get_untracked();
    let compact = first.compact;
    let columns = Column::ALL.map(|column| {
        view! {
            <label class="look-choice">
                <span class="check"><input type="checkbox" name=ListPreferencesForm::COLUMN value=column.name() checked=first.shows(column)/></span>
                {column.title()}
            </label>
        }
    });
    let density = [("comfortable", "Comfortable", !compact), ("compact", "Compact", compact)].map(|(value, word, on)| {
        view! { <label class="look-choice"><input type="radio" name=ListPreferencesForm::DENSITY value=value checked=on/>{word}</label> }
    });
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Columns and density" close/>
            <form method="post" action=address_of("/view") on:submit=on_submit on:change=on_change>
                <input type="hidden" name=ReturnForm::TO value=close/>
                <div class="dialog-body look">
                    <fieldset><legend>"Columns"</legend>{columns.collect_view()}</fieldset>
                    <fieldset><legend>"Density"</legend>{density.collect_view()}</fieldset>
                </div>
                <footer class="dialog-foot">
                    <a class="button needs-script" href=close data-noscroll>"Done"</a>
                    <button class="button primary without-script">"Apply"</button>
                </footer>
            </form>
        </Dialog>
    }
}

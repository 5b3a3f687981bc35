//! Which columns the list shows, and how dense it is.

use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;

use super::state::TokensState;
use crate::ui::{
    browser,
    components::{Icon, Picture},
    view::{Column, View},
};

/// A menu of boxes: with script each counts at once, without it by the button below them.
#[component]
pub fn ViewMenu(state: TokensState) -> impl IntoView {
    let view = state.view;
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = View::from_fields(&browser::fields(&event));
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
            <label class="view-choice">
                <span class="check"><input type="checkbox" name="column" value=column.name() checked=first.shows(column)/></span>
                {column.title()}
            </label>
        }
    });
    let density = [("comfortable", "Comfortable", !compact), ("compact", "Compact", compact)].map(|(value, word, on)| {
        view! { <label class="view-choice"><input type="radio" name="density" value=value checked=on/>{word}</label> }
    });
    view! {
        <details class="menu view-menu end">
            <summary class="button" aria-label="Columns and density" title="Columns and density" data-testid="view--button">
                <Icon picture=Picture::Columns/>
            </summary>
            <form class="menu-panel" method="post" action="/view" on:submit=on_submit on:change=on_change>
                <fieldset><legend>"Columns"</legend>{columns.collect_view()}</fieldset>
                <fieldset><legend>"Density"</legend>{density.collect_view()}</fieldset>
                <button class="button small without-script">"Apply"</button>
            </form>
        </details>
    }
}

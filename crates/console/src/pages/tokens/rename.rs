//! The description of a token, edited in its row.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use jeton_model::AuthorizationId;

use crate::{
    components::{
        Form, Icon, Picture,
        form::{refused_sentence, typed},
    },
    forms::tokens::TokenForm,
    hydrate::browser,
    pages::layout::navigator,
    routes::Tokens,
};

use super::{row_update::on_update, state::TokensState};

/// The field of the description: Enter and leaving the field save, Esc restores.
#[component]
pub fn Rename(id: AuthorizationId, description: String, state: TokensState) -> impl IntoView {
    let navigate = navigator();
    let form = NodeRef::<html::Div>::new();
    let close = move || navigate(&state.list_now());
    let before = description.clone();
    let refused = refused_sentence();
    let is_refused = refused.is_some();
    let shown = if is_refused { typed(TokenForm::DESCRIPTION) } else { description.clone() };
    let value = RwSignal::new(shown.clone());
    let on_answer = on_update(id, description.clone(), state, close.clone());
    let on_key = {
        let close = close.clone();
        move |event: ev::KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                close();
            }
        }
    };
    let on_leave = move |event: ev::FocusEvent| {
        let Some(div) = form.get_untracked() else { return };
        // Only events from within the form count: the edit button loses the focus too, when the form replaces it.
        let from = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if from.and_then(|from| from.closest("form").ok().flatten()).is_none() {
            return;
        }
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if div.contains(to.as_ref()) {
            return;
        }
        if value.get_untracked().trim() == before.trim() {
            close();
        } else if let Some(form) =
            div.query_selector("form").ok().flatten().and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok())
        {
            drop(form.request_submit());
        }
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            drop(input.focus());
            input.select();
            on_cleanup(move || give_focus_back(id));
        }
    });
    view! {
        <div node_ref=form on:keydown=on_key on:focusout=on_leave>
            <Form action=Signal::derive(move || state.address(Tokens::Rename(id))) class="rename" on_answer>
                <input
                    class="input" name=TokenForm::DESCRIPTION value=shown placeholder="Enter a new name"
                    aria-label=format!("New description of {description}") maxlength="1024" autofocus node_ref=input
                    aria-invalid=is_refused.then_some("true") aria-describedby=is_refused.then_some("rename-refused")
                    data-testid="resource-editable-name--input" on:input:target=move |event| value.set(event.target().value())
                />
                <button class="icon-button" aria-label="Save" data-testid="resource-editable-name--save"><Icon picture=Picture::Check/></button>
                <a class="icon-button" href=move || state.address(Tokens::List) data-noscroll aria-label="Cancel"><Icon picture=Picture::Close/></a>
            </Form>
            {refused.map(|sentence| view! { <p class="error" id="rename-refused" role="alert">{sentence}</p> })}
        </div>
    }
}

/// Moves the focus from the removed field to the edit button, unless it is elsewhere already.
fn give_focus_back(id: AuthorizationId) {
    request_animation_frame(move || {
        if browser::focused().is_none_or(|element| element.tag_name() == "BODY") {
            browser::focus(&format!("tr:has([value='{id}']) [data-testid='resource-editable-name--button']"));
        }
    });
}

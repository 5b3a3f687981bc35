//! The fields for description and search.

use std::time::Duration;

use leptos::{html, prelude::*};

use jeton_model::describe::description;

use crate::{
    components::{
        Icon, Picture,
        field::{Hint, at_field},
    },
    error::ConsoleError,
    forms::tokens::{NewTokenForm, SearchForm},
};

use super::form_state::CustomTokenForm;

/// Debounce: delay between the last keystroke and the request to the server.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

/// Debounces the search: sets `requested` once the user pauses typing.
pub fn ask_later(search: RwSignal<String>, requested: RwSignal<String>) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |first: Option<()>| {
        let text = search.get();
        if first.is_none() {
            return;
        }
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        waiting.set_value(
            set_timeout_with_handle(
                move || {
                    let _ = requested.try_set(text);
                },
                SEARCH_AFTER,
            )
            .ok(),
        );
    });
}

/// The field of the description. If it is empty, the description is derived from the permissions.
#[component]
pub fn Description(choosing: CustomTokenForm, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let error = at_field(refused, NewTokenForm::DESCRIPTION);
    let generated = move || match choosing.at_home(|home| description(&choosing.permissions(), home)) {
        text if text.is_empty() => "Describe this new token".to_owned(),
        text => text,
    };
    let first = untrack(|| choosing.waiting()).is_none();
    let input = NodeRef::<html::Input>::new();
    follow(choosing.description, input);
    view! {
        <div class="field">
            <label for="description">"Description"</label>
            <input
                class="input" id="description" name=NewTokenForm::DESCRIPTION value=choosing.description.get_untracked()
                node_ref=input placeholder=generated
                on:input:target=move |event| choosing.description.set(event.target().value())
                aria-describedby="description-hint" aria-invalid=move || error.get().map(|_| "true") autocomplete="off" autofocus=first
                data-testid="custom-api-token-input"
            />
            <Hint id="description" hint="If empty, the text shown in grey becomes the description." error/>
        </div>
    }
}

/// Synchronizes the field with the signal; text typed before hydration has precedence.
fn follow(text: RwSignal<String>, input: NodeRef<html::Input>) {
    Effect::new(move |first: Option<()>| {
        let wanted = text.get();
        let Some(input) = input.get() else { return };
        let typed = input.value();
        if first.is_none() && wanted.is_empty() && !typed.is_empty() {
            text.set(typed);
        } else if typed != wanted {
            input.set_value(&wanted);
        }
    });
}

/// The search for resources by name. It has the initial focus where a bucket must be picked first.
#[component]
pub fn SearchField(choosing: CustomTokenForm) -> impl IntoView {
    let first = untrack(|| choosing.waiting()).is_some();
    let stay = |event: leptos::ev::KeyboardEvent| {
        // Enter searches rather than submits the form.
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div class="picker-head">
            <div class="input-box">
                <Icon picture=Picture::Search/>
                <input
                    class="input" type="search" name=SearchForm::SEARCH value=choosing.search.get_untracked() placeholder="Search resources"
                    aria-label="Search resources" autocomplete="off" maxlength="255" autofocus=first data-testid="search-widget" on:keydown=stay
                    on:input:target=move |event| choosing.search.set(event.target().value())
                />
                <button class="button small after without-script" name=SearchForm::FIND value="1">"Search"</button>
            </div>
            <span aria-hidden="true">"Read"</span><span aria-hidden="true">"Write"</span>
        </div>
    }
}

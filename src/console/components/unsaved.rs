//! Settings that were changed and not saved yet: their marks, the bar that saves them, and the question before they are
//! lost.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event};

use crate::console::{hydrate::hydrated::Hydrated, text::messages};

use super::history::ask_before_going;

/// Beside the label of a setting: a dot, and a word for whoever does not see it.
#[component]
pub fn ChangedMark(#[prop(into)] changed: Signal<bool>) -> impl IntoView {
    move || changed.get().then(|| view! { <span class="changed-mark"><span class="sr-only">" changed"</span></span> })
}

/// At the bottom of the page, inside the form: how many changes there are, and what can be done with them. Without
/// script nobody counts, and both buttons can always be pressed.
#[component]
pub fn SaveBar(
    #[prop(into)] changes: Signal<u64>,
    busy: RwSignal<bool>,
    /// Puts back what was there; the browser puts the fields back itself.
    discard: Callback<()>,
) -> impl IntoView {
    let hydrated = Hydrated::current();
    let nothing = Memo::new(move |_| hydrated.get() && changes.get() == 0);
    let told = move || match changes.get() {
        0 => None,
        number => {
            let verb = if number == 1 { "is" } else { "are" };
            Some(
                view! { <span class="changed-mark"></span>{format!("{} {verb} not saved", messages::count(number, "change"))} },
            )
        }
    };
    view! {
        <footer class="save-bar">
            <p role="status">{told}</p>
            <button class="button" type="reset" disabled=nothing on:click=move |_| discard.run(())>"Discard"</button>
            <button class="button primary" disabled=nothing aria-busy=move || busy.get().then_some("true") data-testid="save-changes--button">
                {move || if busy.get() { "Saving" } else { "Save changes" }}
            </button>
        </footer>
    }
}

/// What is asked where the browser itself does not ask.
const QUESTION: &str = "The changes were not saved. Leave without saving?";

/// Before a page with unsaved changes is left, the browser asks once. `within`: the path below which links keep the
/// page, a dialog above it for one.
pub fn ask_before_leaving(changed: Signal<bool>, within: String) {
    let within = StoredValue::new(within);
    let is_changed = move || changed.try_get_untracked().unwrap_or_default();
    let leads_away = move |to: &str| within.try_with_value(|within| !to.starts_with(within.as_str())) == Some(true);
    ask_before_going(move |_, to| {
        !is_changed() || !leads_away(to) || window().confirm_with_message(QUESTION).unwrap_or(true)
    });
    Effect::new(move || {
        let unload = window_event_listener(ev::beforeunload, move |event| {
            if is_changed() {
                event.prevent_default();
            }
        });
        // The router would go without a question. What it does not hear of, the browser follows itself, and asks.
        let stop = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let to = link.and_then(|link| link.closest("a[href]").ok().flatten()?.get_attribute("href"));
            if to.is_some_and(|to| leads_away(&to)) && is_changed() {
                event.stop_propagation();
            }
        });
        drop(document().add_event_listener_with_callback("click", stop.as_ref().unchecked_ref()));
        let stop = StoredValue::new_local(stop);
        on_cleanup(move || {
            unload.remove();
            stop.with_value(|stop| {
                drop(document().remove_event_listener_with_callback("click", stop.as_ref().unchecked_ref()));
            });
        });
    });
}

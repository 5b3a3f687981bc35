//! Unsaved settings: their marks, the bar that saves them, and the confirmation before they are lost.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event};

use jeton_model::wording;

use crate::hydrate::hydrated::Hydrated;

use super::history::ask_before_going;

/// The mark beside the label of a changed setting: a dot, and a word for screen readers.
#[component]
pub fn ChangedMark(#[prop(into)] changed: Signal<bool>) -> impl IntoView {
    move || changed.get().then(|| view! { <span class="changed-mark"><span class="sr-only">" changed"</span></span> })
}

/// The bar at the end of the form: the number of changes, and the buttons that save or discard them. Without JavaScript
/// changes are not counted, and both buttons are always enabled.
#[component]
pub fn SaveBar(
    /// Number of unsaved changes.
    #[prop(into)]
    changes: Signal<u64>,
    /// True while the form is pending.
    busy: RwSignal<bool>,
    /// Resets the signals; the browser resets the fields.
    discard: Callback<()>,
) -> impl IntoView {
    let hydrated = Hydrated::current();
    let nothing = Memo::new(move |_| hydrated.get() && changes.get() == 0);
    let message = move || match changes.get() {
        0 => None,
        number => {
            let verb = if number == 1 { "is" } else { "are" };
            Some(
                view! { <span class="changed-mark"></span>{format!("{} {verb} not saved", wording::count(number, "change"))} },
            )
        }
    };
    view! {
        <footer class="save-bar">
            <p role="status">{message}</p>
            <button class="button" type="reset" disabled=nothing on:click=move |_| discard.run(())>"Discard"</button>
            <button class="button primary" disabled=nothing aria-busy=move || busy.get().then_some("true") data-testid="save-changes--button">
                {move || if busy.get() { "Saving" } else { "Save changes" }}
            </button>
        </footer>
    }
}

/// The confirmation message where the browser shows none of its own.
const QUESTION: &str = "You have unsaved changes. Leave without saving?";

/// Asks for confirmation before a page with unsaved changes is left. `within`: the path below which links keep the
/// page, such as those to its dialogs.
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
        // The router would navigate without confirmation. If the event does not reach it, the browser follows the link
        // itself, and its `beforeunload` asks.
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

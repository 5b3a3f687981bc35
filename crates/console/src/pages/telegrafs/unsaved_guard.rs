//! Confirmation before an unsaved text is left.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, MouseEvent};

use crate::{
    components::history::ask_before_going,
    routes::{ConsoleRoute, Telegrafs, route_of},
};

const QUESTION: &str = "The text has unsaved changes. Leave without saving?";

/// Watches the links of the whole page, back and forward, and closing, until the page is disposed.
pub fn guard(unsaved: RwSignal<bool>) {
    let is_unsaved = move || unsaved.try_get_untracked() == Some(true);
    let may_leave = move || {
        let may = window().confirm_with_message(QUESTION).unwrap_or(true);
        if may {
            unsaved.set(false);
        }
        may
    };
    ask_before_going(move |from, to| !is_unsaved() || stays(from, to) || may_leave());
    Effect::new(move || {
        let closing = window_event_listener(ev::beforeunload, move |event| {
            if is_unsaved() {
                event.prevent_default();
            }
        });
        let pressed = Closure::<dyn FnMut(MouseEvent)>::new(move |event: MouseEvent| {
            if is_unsaved() && leads_away(&event) && !may_leave() {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let function: js_sys::Function = pressed.as_ref().clone().unchecked_into();
        // In the capture phase: before the router handles the click.
        drop(document().add_event_listener_with_callback_and_bool("click", &function, true));
        on_cleanup(move || closing.remove());
        let held = StoredValue::new_local((pressed, function));
        on_cleanup(move || {
            let _ = held.try_with_value(|(_, function)| {
                drop(document().remove_event_listener_with_callback_and_bool("click", function, true));
            });
        });
    });
}

/// Returns whether a click follows a link away from the configuration in this tab.
fn leads_away(event: &MouseEvent) -> bool {
    let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0;
    let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(link) = link.and_then(|element| element.closest("a[href]").ok().flatten()) else { return false };
    if elsewhere || link.has_attribute("download") || link.has_attribute("target") {
        return false;
    }
    let href = link.get_attribute("href").unwrap_or_default();
    let here = window().location().pathname().unwrap_or_default();
    !href.starts_with('#') && !stays(&here, &href)
}

/// Returns whether the same configuration stays in view.
fn stays(from: &str, to: &str) -> bool {
    shown_at(to).is_some() && shown_at(to) == shown_at(from)
}

/// Returns the configuration that is in view at an address.
fn shown_at(address: &str) -> Option<jeton_model::TelegrafId> {
    match route_of(address)?.1 {
        ConsoleRoute::Telegrafs(Telegrafs::Show(id) | Telegrafs::Rename(id) | Telegrafs::Delete(id)) => Some(id),
        _ => None,
    }
}

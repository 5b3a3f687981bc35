//! Back and forward inside the console, where something would be lost.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::Event;

/// Asks before back or forward leave what is shown, for as long as whoever calls this is there. `may_leave`: from this
/// path to that one.
pub fn ask_before_going(may_leave: impl Fn(&str, &str) -> bool + Send + Sync + 'static) {
    let location = use_location();
    let may_leave = StoredValue::new(may_leave);
    Effect::new(move || {
        let went = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let to = window().location().pathname().unwrap_or_default();
            let from = location.pathname.get_untracked();
            if may_leave.try_with_value(|may_leave| may_leave(&from, &to)) != Some(false) {
                return;
            }
            // The browser is there already, and the router, which has not heard of it, is still here: the address comes
            // back. What was ahead of it is forgotten, as after a link.
            event.stop_immediate_propagation();
            let here = from + &location.query.read_untracked().to_query_string();
            if let Ok(history) = window().history() {
                drop(history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
            }
        });
        let function: js_sys::Function = went.as_ref().clone().unchecked_into();
        // Before the router hears of it.
        drop(window().add_event_listener_with_callback_and_bool("popstate", &function, true));
        let held = StoredValue::new_local((went, function));
        on_cleanup(move || {
            let _ = held.try_with_value(|(_, function)| {
                drop(window().remove_event_listener_with_callback_and_bool("popstate", function, true));
            });
        });
    });
}

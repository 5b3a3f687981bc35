//! Back and forward inside the console, where something would be lost.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsValue;
use web_sys::Event;

/// What is asked at present.
type Ask = Rc<dyn Fn(&Event)>;

thread_local! {
    static ASK: RefCell<Option<Ask>> = const { RefCell::new(None) };
}

/// Listens for back and forward. To be called before the router is made: who listens first hears of them first.
#[cfg(feature = "hydrate")]
pub fn listen_first() {
    let _ = window_event_listener(leptos::ev::popstate, |event| {
        if let Some(ask) = ASK.with_borrow(Clone::clone) {
            ask(&event);
        }
    });
}

/// Asks before back or forward leave what is shown, for as long as whoever calls this is there. `may_leave`: from this
/// path to that one.
pub fn ask_before_going(may_leave: impl Fn(&str, &str) -> bool + Send + Sync + 'static) {
    let location = use_location();
    let may_leave = StoredValue::new(may_leave);
    Effect::new(move || {
        let ask: Ask = Rc::new(move |event: &Event| {
            let to = window().location().pathname().unwrap_or_default();
            let Some(from) = location.pathname.try_get_untracked() else { return };
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
        ASK.set(Some(ask.clone()));
        let held = StoredValue::new_local(ask);
        on_cleanup(move || {
            // The next page may have begun to ask before this one went.
            let _ = held.try_with_value(|ask| {
                ASK.with_borrow_mut(|current| drop(current.take_if(|current| Rc::ptr_eq(current, ask))));
            });
        });
    });
}

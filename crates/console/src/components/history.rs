//! Confirmation of back and forward navigation that would lose unsaved data.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsValue;
use web_sys::Event;

/// The handler of the page that currently asks for confirmation.
type Ask = Rc<dyn Fn(&Event)>;

thread_local! {
    static ASK: RefCell<Option<Ask>> = const { RefCell::new(None) };
}

/// Registers the `popstate` listener. Call it before the router is created: listeners run in the order of registration.
#[cfg(feature = "hydrate")]
pub fn listen_first() {
    let _ = window_event_listener(leptos::ev::popstate, |event| {
        if let Some(ask) = ASK.with_borrow(Clone::clone) {
            ask(&event);
        }
    });
}

/// Asks for confirmation before back or forward leaves the page, until the calling owner is disposed. `may_leave`:
/// receives the present path and the next one.
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
            // The browser's URL has changed already, but the router has not: restore the URL. Entries ahead in the
            // history are lost, as after following a link.
            event.stop_immediate_propagation();
            let here = from + &location.query.read_untracked().to_query_string();
            if let Ok(history) = window().history() {
                drop(history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
            }
        });
        ASK.set(Some(ask.clone()));
        let held = StoredValue::new_local(ask);
        on_cleanup(move || {
            // The next page may have registered its handler before this one is disposed.
            let _ = held.try_with_value(|ask| {
                ASK.with_borrow_mut(|current| drop(current.take_if(|current| Rc::ptr_eq(current, ask))));
            });
        });
    });
}

//! Progressive enhancement of the whole page: keyboard navigation in menus, closing of menus, and single-key shortcuts.

mod keys;
mod menus;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, KeyboardEvent};

/// Registers the listeners, once for all pages.
pub fn enhance() {
    listen("click", |event: Event| menus::close_all_but(target(&event).as_ref()));
    listen("keydown", |event: KeyboardEvent| on_key(&event));
}

fn listen<E: wasm_bindgen::convert::FromWasmAbi + 'static>(name: &str, run: fn(E)) {
    let closure = Closure::<dyn FnMut(E)>::new(run);
    drop(document().add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()));
    // The listener lives as long as the document.
    closure.forget();
}

fn target(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn on_key(event: &KeyboardEvent) {
    let at = target(event);
    let menu = at.as_ref().and_then(|element| element.closest("details.menu").ok().flatten());
    if menu.is_some_and(|menu| menus::on_key(event, &menu)) {
        return;
    }
    keys::on_key(event, at.as_ref());
}

/// Returns the first descendant that matches a selector.
fn find<T: JsCast>(within: &Element, selector: &str) -> Option<T> {
    within.query_selector(selector).ok().flatten().and_then(|element| element.dyn_into().ok())
}

/// Returns the first element of the page that matches a selector.
fn find_on_page<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten().and_then(|element| element.dyn_into().ok())
}

/// Returns the elements of a query's result.
fn find_all<T: JsCast>(found: Result<web_sys::NodeList, wasm_bindgen::JsValue>) -> Vec<T> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

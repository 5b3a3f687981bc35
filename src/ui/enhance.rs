//! What the script adds to the whole page: menus by arrow keys, closing what is open, and the key that filters.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::browser;

/// Listens once, for every page.
pub fn enhance() {
    listen("click", |event: Event| close_menus_but(target(&event).as_ref()));
    listen("keydown", |event: KeyboardEvent| on_key(&event));
}

fn listen<E: wasm_bindgen::convert::FromWasmAbi + 'static>(name: &str, run: fn(E)) {
    let closure = Closure::<dyn FnMut(E)>::new(run);
    drop(document().add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()));
    // For as long as the page is there.
    closure.forget();
}

fn target(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Closes every open menu, but for the one that was pressed on; and that too, if something in it was chosen.
fn close_menus_but(pressed: Option<&Element>) {
    let Ok(open) = document().query_selector_all("details.menu[open]") else { return };
    for index in 0..open.length() {
        let Some(menu) = open.item(index).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
        let inside = pressed.is_some_and(|element| menu.contains(Some(element)));
        let chosen = pressed.and_then(|element| element.closest(".menu-item").ok().flatten()).is_some();
        if !inside || chosen {
            drop(menu.remove_attribute("open"));
        }
    }
}

fn on_key(event: &KeyboardEvent) {
    let at = target(event);
    if let Some(menu) = at.as_ref().and_then(|element| element.closest("details.menu").ok().flatten()) {
        in_menu(event, &menu);
        return;
    }
    let typing =
        at.is_some_and(|element| element.matches("input, textarea, select, [contenteditable]").unwrap_or(false));
    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let covered = document().query_selector("dialog[open]").ok().flatten().is_some();
    if event.key() == "/" && plain && !typing && !covered {
        event.prevent_default();
        browser::focus("[data-testid='input-field--filter']");
    }
}

fn in_menu(event: &KeyboardEvent, menu: &Element) {
    let items = items(menu);
    let is_open = menu.has_attribute("open");
    let at = browser::focused().and_then(|focused| items.iter().position(|item| *item == focused));
    let last = items.len().saturating_sub(1);
    let next = match event.key().as_str() {
        "Escape" if is_open => {
            event.prevent_default();
            event.stop_propagation();
            drop(menu.remove_attribute("open"));
            if let Some(summary) =
                menu.query_selector("summary").ok().flatten().and_then(|summary| summary.dyn_into::<HtmlElement>().ok())
            {
                drop(summary.focus());
            }
            return;
        }
        "ArrowDown" => at.map_or(0, |at| if at == last { 0 } else { at + 1 }),
        "ArrowUp" => at.map_or(last, |at| if at == 0 { last } else { at - 1 }),
        "Home" if is_open => 0,
        "End" if is_open => last,
        letter if is_open && letter.chars().count() == 1 && letter != " " => match by_letter(&items, at, letter) {
            Some(found) => found,
            None => return,
        },
        _ => return,
    };
    event.prevent_default();
    drop(menu.set_attribute("open", ""));
    if let Some(item) = items.get(next) {
        drop(item.focus());
    }
}

fn items(menu: &Element) -> Vec<HtmlElement> {
    let Ok(found) = menu.query_selector_all(".menu-item") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The next item that begins with a letter.
fn by_letter(items: &[HtmlElement], at: Option<usize>, letter: &str) -> Option<usize> {
    let begins = |item: &HtmlElement| {
        item.text_content().unwrap_or_default().trim().to_lowercase().starts_with(&letter.to_lowercase())
    };
    let from = at.map_or(0, |at| at + 1);
    (from..items.len()).chain(0..from.min(items.len())).find(|index| begins(&items[*index]))
}

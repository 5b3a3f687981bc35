//! Menus: only one is open at a time, arrow keys cycle through its items, letters jump to an item.

use leptos::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::hydrate::browser;

use super::{find, find_all};

/// Closes every open menu except the one that was clicked; that one too if the click chose an item.
pub fn close_all_but(pressed: Option<&Element>) {
    for menu in find_all::<Element>(document().query_selector_all("details.menu[open]")) {
        let inside = pressed.is_some_and(|element| menu.contains(Some(element)));
        let chosen = pressed.and_then(|element| element.closest(".menu-item").ok().flatten()).is_some();
        if !inside || chosen {
            // Hidden elements lose the focus; a dialog can restore it from the button.
            if browser::focused().is_some_and(|focused| menu.contains(Some(&focused)))
                && let Some(button) = find::<HtmlElement>(&menu, "summary")
            {
                drop(button.focus());
            }
            drop(menu.remove_attribute("open"));
        }
    }
}

/// Opens a menu, and focuses its first item.
pub fn open(menu: &Element) {
    drop(menu.set_attribute("open", ""));
    if let Some(item) = items(menu).first() {
        drop(item.focus());
    }
}

/// Handles a key in a menu or on its button. Returns whether the key was used.
pub fn on_key(event: &KeyboardEvent, menu: &Element) -> bool {
    let is_open = menu.has_attribute("open");
    if event.key() == "Escape" && is_open {
        event.prevent_default();
        event.stop_propagation();
        drop(menu.remove_attribute("open"));
        if let Some(button) = find::<HtmlElement>(menu, "summary") {
            drop(button.focus());
        }
        return true;
    }
    let items = items(menu);
    // A menu of check boxes keeps the browser's keys.
    let Some(next) = next(&event.key(), &items, is_open) else { return is_open };
    event.prevent_default();
    drop(menu.set_attribute("open", ""));
    if let Some(item) = items.get(next) {
        drop(item.focus());
    }
    true
}

/// Returns the index of the item that a key moves to.
fn next(key: &str, items: &[HtmlElement], is_open: bool) -> Option<usize> {
    let last = items.len().checked_sub(1)?;
    let at = browser::focused().and_then(|focused| items.iter().position(|item| *item == focused));
    match key {
        "ArrowDown" => Some(at.map_or(0, |at| if at == last { 0 } else { at + 1 })),
        "ArrowUp" => Some(at.map_or(last, |at| if at == 0 { last } else { at - 1 })),
        "Home" if is_open => Some(0),
        "End" if is_open => Some(last),
        letter if is_open && letter.chars().count() == 1 && letter != " " => by_letter(items, at, letter),
        _ => None,
    }
}

/// Returns the visible items of a menu.
fn items(menu: &Element) -> Vec<HtmlElement> {
    let mut items: Vec<HtmlElement> = find_all(menu.query_selector_all(".menu-item"));
    if menu.has_attribute("open") {
        items.retain(|item| item.offset_parent().is_some());
    }
    items
}

/// Returns the index of the next item that begins with a letter.
fn by_letter(items: &[HtmlElement], at: Option<usize>, letter: &str) -> Option<usize> {
    let begins = |item: &HtmlElement| {
        item.text_content().unwrap_or_default().trim().to_ascii_lowercase().starts_with(&letter.to_ascii_lowercase())
    };
    let from = at.map_or(0, |at| at + 1);
    (from..items.len()).chain(0..from.min(items.len())).find(|index| begins(&items[*index]))
}

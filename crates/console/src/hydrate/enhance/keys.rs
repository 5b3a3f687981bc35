//! Single-key shortcuts: they press controls of the page, and do nothing while the user types or a dialog is open.

use leptos::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::hydrate::browser;

use super::{find, find_all, find_on_page, menus};

/// The elements in which typed letters are text.
const TYPING: &str = "input:not([type='checkbox']):not([type='radio']), textarea, select, [contenteditable]";

/// Handles a key. `at`: the element that has the focus.
pub fn on_key(event: &KeyboardEvent, at: Option<&Element>) {
    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let typing = at.is_some_and(|element| element.matches(TYPING).unwrap_or(false));
    if !plain || typing || find_on_page::<Element>("dialog[open]").is_some() {
        return;
    }
    let key = event.key();
    let row = at.and_then(|element| element.closest("tbody > tr").ok().flatten());
    let done = match key.as_str() {
        // Outside of a row the arrow keys scroll.
        "ArrowDown" | "ArrowUp" => row.is_some() && move_row(row.as_ref(), key == "ArrowDown"),
        _ if !browser::single_keys() => false,
        "/" => focus("[data-testid='input-field--filter']:not(:disabled)"),
        "j" | "k" => move_row(row.as_ref(), key == "j"),
        "x" => row.is_some_and(|row| press(find(&row, ".cell-select input"))),
        "e" => row.is_some_and(|row| press(find(&row, "[data-testid='resource-editable-name--button']"))),
        "g" | "?" => press_named(&key),
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

fn focus(selector: &str) -> bool {
    let found = find_on_page::<HtmlElement>(selector);
    found.is_some_and(|element| element.focus().is_ok())
}

fn press(element: Option<HtmlElement>) -> bool {
    element.inspect(HtmlElement::click).is_some()
}

/// Clicks the control that declares this key; a menu opens.
fn press_named(key: &str) -> bool {
    let Some(element) = find_on_page::<HtmlElement>(&format!("[aria-keyshortcuts='{key}']")) else { return false };
    match element.closest("details.menu").ok().flatten().filter(|_| element.matches("summary").unwrap_or(false)) {
        Some(menu) => menus::open(&menu),
        None => element.click(),
    }
    true
}

/// Moves the focus to the name in the next or the previous row, or into the list if it was elsewhere.
fn move_row(from: Option<&Element>, down: bool) -> bool {
    let rows: Vec<Element> = find_all(document().query_selector_all("[data-testid='resource-list'] tbody > tr"));
    let at = from.and_then(|from| rows.iter().position(|row| row == from));
    let next = match (at, down) {
        (None, _) => Some(0),
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    };
    let link = next.and_then(|next| rows.get(next)).and_then(|row| find::<HtmlElement>(row, "a[href]"));
    link.is_some_and(|link| link.focus().is_ok())
}

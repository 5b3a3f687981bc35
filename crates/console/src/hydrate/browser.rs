//! Access to the browser: focus, location, storage, downloads. Never called on the server.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, FormData, HtmlElement, HtmlFormElement, HtmlTextAreaElement, Node, SubmitEvent};

use jeton_model::console::preference_cookie::preference_cookie;

use crate::{forms::outcome::FormFields, routes::address_of};

/// Returns the fields that a form would send, including the pressed button.
pub fn fields(event: &SubmitEvent) -> FormFields {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else {
        return FormFields::default();
    };
    let Ok(data) = FormData::new_with_form(&form) else { return FormFields::default() };
    let mut fields = FormFields(
        data.entries().into_iter().flatten().filter_map(|entry| pair(&js_sys::Array::from(&entry))).collect(),
    );
    let submitter = event.submitter().and_then(|button| button.dyn_into::<HtmlElement>().ok());
    if let Some(name) = submitter.as_ref().and_then(|button| button.get_attribute("name")) {
        fields.0.push((name, submitter.and_then(|button| button.get_attribute("value")).unwrap_or_default()));
    }
    fields
}

fn pair(entry: &js_sys::Array) -> Option<(String, String)> {
    Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
}

/// Moves the focus to the first element that matches a selector.
pub fn focus(selector: &str) {
    if let Some(element) =
        document().query_selector(selector).ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok())
    {
        drop(element.focus());
    }
}

/// Returns the focused element.
pub fn focused() -> Option<HtmlElement> {
    document().active_element().and_then(|element| element.dyn_into().ok())
}

/// Loads another page of this site without the router, because the session has changed.
pub fn go(address: &str) {
    drop(window().location().assign(address));
}

/// Returns the present path and query.
pub fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Reloads the page.
pub fn reload() {
    drop(window().location().reload());
}

/// Resets the fields of a form.
pub fn empty_form(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(form) = found.and_then(|element| element.dyn_into::<HtmlFormElement>().ok()) {
        form.reset();
    }
}

/// Returns a new random idempotency key for a form.
pub fn form_id() -> String {
    (0..4).map(|_| format!("{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32)).collect()
}

/// Selects the text of an element, to be copied manually.
pub fn select(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    if let Ok(Some(selection)) = window().get_selection() {
        drop(selection.select_all_children(&element));
    }
}

/// Copies a text where the browser offers no clipboard, as on plain http. Browsers allow it only during a click.
/// Returns whether it was copied.
pub fn copy_by_command(text: &str) -> bool {
    let area = document().create_element("textarea").ok();
    let Some(area) = area.and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok()) else { return false };
    let Some(place) = topmost() else { return false };
    let before = focused();
    area.set_value(text);
    drop(area.set_attribute("class", "sr-only"));
    drop(place.append_child(&area));
    area.select();
    let document: web_sys::HtmlDocument = document().unchecked_into();
    let done = document.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = before {
        drop(element.focus());
    }
    done
}

/// Returns the last open dialog, outside of which nothing can be selected, or the body.
fn topmost() -> Option<Node> {
    let dialogs = document().query_selector_all("dialog[open]").ok();
    let last = dialogs.and_then(|all| all.get(all.length().checked_sub(1)?));
    last.or_else(|| document().body().map(Node::from))
}

/// Replaces texts in a selection that is being copied. `texts`: each shown text, and the one to copy in its place.
pub fn copy_whole(event: &ClipboardEvent, texts: &[(String, String)]) {
    let Some(selection) = window().get_selection().ok().flatten() else { return };
    let selection: &js_sys::Object = selection.as_ref();
    let selected = String::from(selection.to_string());
    let whole = texts.iter().fold(selected.clone(), |text, (shown, whole)| text.replace(shown, whole));
    let Some(data) = event.clipboard_data().filter(|_| whole != selected) else { return };
    if data.set_data("text/plain", &whole).is_ok() {
        event.prevent_default();
    }
}

/// Inserts a text at the caret or in place of the selection, so that the browser can undo it and fires input events.
pub fn type_text(text: &str) {
    let document: web_sys::HtmlDocument = document().unchecked_into();
    drop(document.exec_command_with_show_ui_and_value("insertText", false, text));
}

/// Saves a text as a file. The text is never part of a URL.
pub fn download(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = web_sys::Blob::new_with_str_sequence(&parts) else { return };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        drop(link.set_attribute("href", &url));
        drop(link.set_attribute("download", name));
        drop(link.set_attribute("rel", "external"));
        link.click();
    }
    drop(web_sys::Url::revoke_object_url(&url));
}

/// Returns a text from the tab's session storage.
pub fn stored(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Stores a text in the tab's session storage, which survives a reload, or removes it. Does nothing if storage is
/// unavailable.
pub fn keep(key: &str, text: Option<&str>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    drop(match text {
        Some(text) => storage.set_item(key, text),
        None => storage.remove_item(key),
    });
}

/// Returns a preference from its cookie.
#[cfg(not(feature = "ssr"))]
pub fn preference(name: &str) -> Option<String> {
    let cookies = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(value.to_owned())
}

/// Stores a preference in its cookie, for pages that the server renders, or deletes it.
pub fn set_preference(name: &str, value: Option<&str>) {
    let cookie = preference_cookie(name, value, &address_of("/"));
    drop(document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie));
}

/// The key in local storage for the single-key shortcuts.
const KEYS: &str = "jeton-keys";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Returns whether single-key shortcuts are enabled, the default.
pub fn single_keys() -> bool {
    storage().and_then(|storage| storage.get_item(KEYS).ok().flatten()).is_none_or(|value| value != "off")
}

/// Stores in this browser whether single-key shortcuts are enabled.
pub fn set_single_keys(on: bool) {
    if let Some(storage) = storage() {
        drop(if on { storage.remove_item(KEYS) } else { storage.set_item(KEYS, "off") });
    }
}

/// Keeps the keyboard focus when a focused row is removed: moves it to the page, as otherwise the tab order would
/// restart at the top.
pub fn keep_focus() {
    Effect::new(|| {
        on_cleanup(|| {
            if focused().is_some_and(|element| element.tag_name() != "BODY") {
                request_animation_frame(focus_page_if_lost);
            }
        });
    });
}

fn focus_page_if_lost() {
    let lost = focused().is_none_or(|element| element.tag_name() == "BODY");
    if lost && document().query_selector("dialog[open]").ok().flatten().is_none() {
        focus("#main");
    }
}

//! Copying to the clipboard.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::hydrate::browser;

use super::{Icon, Notices, Picture};

/// Time for which a button confirms the copy.
const SAYS_COPIED: Duration = Duration::from_secs(2);

/// Writes a text to the clipboard; `on_done` receives whether the browser allowed it.
pub fn copy(text: String, on_done: impl FnOnce(bool) + 'static) {
    let navigator = window().navigator();
    // Browsers provide the clipboard only in secure contexts: https and localhost.
    if !js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        return on_done(browser::copy_by_command(&text));
    }
    spawn_local(async move {
        on_done(JsFuture::from(navigator.clipboard().write_text(&text)).await.is_ok());
    });
}

/// A menu item that copies an id.
#[component]
pub fn CopyIdItem(
    /// The id to copy.
    #[prop(into)]
    id: String,
    /// The item's id in browser tests.
    #[prop(default = "context-copy-id")]
    testid: &'static str,
) -> impl IntoView {
    let notices = Notices::current();
    let on_click = move |_| {
        let id = id.clone();
        copy(id.clone(), move |done| {
            if done {
                notices.success("The ID was copied", id);
            } else {
                notices.failure("The browser blocked the clipboard", format!("Copy the ID from here: {id}"));
            }
        });
    };
    view! {
        <li class="needs-script">
            <button class="menu-item" type="button" data-testid=testid on:click=on_click><Icon picture=Picture::Copy/>"Copy ID"</button>
        </li>
    }
}

/// A button that copies `text` and confirms it.
#[component]
pub fn CopyButton(
    /// The text to copy.
    #[prop(into)]
    text: Signal<String>,
    /// The text beside the icon.
    #[prop(optional)]
    label: &'static str,
    /// The accessible name, for a button without a label.
    #[prop(optional)]
    name: &'static str,
    /// The button's classes; by default those of an icon button.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let notices = Notices::current();
    let on_click = move |_| {
        copy(text.get_untracked(), move |done| {
            if !done {
                notices.failure("The browser blocked the clipboard", "Select the text and press Ctrl+C.");
                return;
            }
            notices.announce("Copied");
            let _ = copied.try_set(true);
            set_timeout(
                move || {
                    let _ = copied.try_set(false);
                },
                SAYS_COPIED,
            );
        });
    };
    let class = if class.is_empty() { "icon-button needs-script" } else { class };
    let name = (!name.is_empty()).then_some(name);
    view! {
        <button class=class type="button" aria-label=name data-copied=move || copied.get().then_some("") on:click=on_click>
            <Icon picture=Picture::Copy class="icon-copy"/><Icon picture=Picture::Check class="icon-copied"/>{label}
        </button>
    }
}

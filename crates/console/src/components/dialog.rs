//! Dialogs: each has an address. The server renders it open; after hydration it becomes modal.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::{
    hydrate::{browser, hydrated::Hydrated},
    routes::without_scrolling,
};

use super::{Icon, Notices, Picture, Toasts};

/// A dialog above the page. Esc and a click outside navigate to `close`, unless `locked` prevents a loss of data.
#[component]
pub fn Dialog(
    /// Further classes of the dialog, such as its width.
    #[prop(optional)]
    class: &'static str,
    /// The address to navigate to on closing.
    #[prop(into)]
    close: Signal<String>,
    /// True if neither Esc nor a click outside closes the dialog.
    #[prop(optional)]
    locked: bool,
    /// The ARIA role, if it is not `dialog`.
    #[prop(optional)]
    role: Option<&'static str>,
    /// The id of the element that describes the dialog.
    #[prop(optional)]
    described_by: Option<&'static str>,
    /// The content of the dialog; its title has the id `dialog-title`.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let notices = Notices::current();
    // A dialog rendered in the browser starts closed and is shown as modal at once: otherwise the focus would move
    // after the user has begun to type.
    let open = !Hydrated::current().get_untracked();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            let before = StoredValue::new_local(browser::focused());
            make_modal(dialog);
            notices.cover();
            on_cleanup(move || {
                notices.uncover();
                give_focus_back(before.try_get_value().flatten());
            });
        }
    });
    let navigate = use_navigate();
    let leave = move || {
        if !locked {
            navigate(&close.get_untracked(), without_scrolling());
        }
    };
    let on_cancel = {
        let leave = leave.clone();
        move |event: ev::Event| {
            event.prevent_default();
            leave();
        }
    };
    // Chromium lets a page cancel only the first of two close requests; a key event can always be cancelled.
    let on_key = {
        let leave = leave.clone();
        move |event: ev::KeyboardEvent| {
            if event.key() == "Escape" && !event.default_prevented() {
                event.prevent_default();
                leave();
            }
        }
    };
    let on_press = move |event: ev::MouseEvent| {
        let outside = event.target().is_some_and(|target| target.dyn_ref::<HtmlDialogElement>().is_some());
        if outside && !inside(&event) {
            leave();
        }
    };
    view! {
        <dialog
            open=open class=format!("dialog {class}").trim_end().to_owned() role=role aria-labelledby="dialog-title" aria-describedby=described_by
            data-testid="overlay--container" node_ref=dialog on:cancel=on_cancel on:keydown=on_key on:mousedown=on_press
        >
            {children()}
            <Toasts in_dialog=true/>
        </dialog>
    }
}

fn make_modal(dialog: HtmlDialogElement) {
    // Content that was just loaded is not in the document yet.
    if !dialog.is_connected() {
        request_animation_frame(move || make_modal(dialog));
        return;
    }
    // `showModal` throws on an open dialog.
    dialog.close();
    drop(dialog.show_modal());
    let wanted =
        dialog.query_selector("[autofocus]").ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(wanted) = wanted {
        drop(wanted.focus());
    }
}

/// Restores the focus to the element that had it; if a menu hides that element, to the menu's button; if it was
/// removed, to the page.
fn give_focus_back(before: Option<HtmlElement>) {
    request_animation_frame(move || {
        if document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        if let Some(element) = before.filter(|element| element.is_connected()) {
            drop(element.focus());
            if browser::focused().as_ref() != Some(&element) {
                focus_menu_of(&element);
            }
        }
        if browser::focused().is_none_or(|element| element.tag_name() == "BODY") {
            browser::focus("#main");
        }
    });
}

fn focus_menu_of(item: &HtmlElement) {
    let menu = item.closest("details.menu").ok().flatten();
    let button = menu.and_then(|menu| menu.query_selector("summary").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        drop(button.focus());
    }
}

/// Returns whether a click on the dialog element is inside its box rather than on the backdrop.
fn inside(event: &ev::MouseEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return true;
    };
    let area = element.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    (area.left()..=area.right()).contains(&x) && (area.top()..=area.bottom()).contains(&y)
}

/// The title of a dialog, with its close link.
#[component]
pub fn DialogHead(#[prop(into)] title: String, #[prop(into)] close: Signal<String>) -> impl IntoView {
    view! {
        <header class="dialog-head" data-testid="overlay--header">
            <h2 id="dialog-title">{title}</h2>
            <a class="icon-button" href=close data-noscroll aria-label="Close"><Icon picture=Picture::Close/></a>
        </header>
    }
}

//! Menus: a disclosure that works without JavaScript; with it, also arrow keys, Esc and a click outside
//! (`console/hydrate/enhance/menus.rs`).

use std::sync::{Mutex, PoisonError};

use leptos::prelude::*;

use super::{Icon, Picture};

/// A button that opens a menu of links and buttons.
#[component]
pub fn Menu(
    /// Further classes of the menu, such as its alignment.
    #[prop(optional)]
    class: &'static str,
    /// The menu's id in browser tests.
    #[prop(into, optional)]
    testid: Option<&'static str>,
    /// The classes of the button.
    button: &'static str,
    /// The accessible name of the button, if its content is only an icon.
    #[prop(into, optional)]
    label: Option<String>,
    /// The button's id in browser tests.
    #[prop(into, optional)]
    button_testid: Option<&'static str>,
    /// The shortcut key that opens it (`console::hydrate::enhance`).
    #[prop(into, optional)]
    keys: Option<&'static str>,
    /// The content of the button.
    #[prop(into)]
    face: ViewFn,
    /// True if the items are rendered only when the menu is first pointed at, which keeps the page small. Without
    /// JavaScript the menu stays hidden, so every item must be reachable elsewhere.
    #[prop(optional)]
    lazy: bool,
    /// True if it is open initially.
    #[prop(optional)]
    open: bool,
    /// The items.
    children: Children,
) -> impl IntoView {
    let class = format!("menu {class}{}", if lazy { " needs-script" } else { "" });
    let wanted = RwSignal::new(!lazy);
    let want = move || {
        if !wanted.get_untracked() {
            wanted.set(true);
        }
    };
    let children = Mutex::new(Some(children));
    let take = move || children.lock().unwrap_or_else(PoisonError::into_inner).take();
    let items = move || wanted.get().then(|| take().map(|children| children()));
    view! {
        <details
            class=class.trim_end().to_owned() open=open data-testid=testid on:pointerenter=move |_| want() on:focusin=move |_| want()
            on:toggle=move |_| want()
        >
            <summary class=button aria-label=label aria-keyshortcuts=keys data-testid=button_testid>{face.run()}</summary>
            <ul class="menu-panel">{items}</ul>
        </details>
    }
}

/// One of several choices, as a link.
#[component]
pub fn ChoiceLink(
    /// The address of the choice.
    #[prop(into)]
    href: Signal<String>,
    /// True if this is the current choice.
    #[prop(into)]
    current: Signal<bool>,
    /// The item's id in browser tests.
    #[prop(into, optional)]
    testid: Option<String>,
    /// True if the link reloads the page, because the frame changes too.
    #[prop(optional)]
    anew: bool,
    /// The text of the choice.
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            <a class="menu-item choice" href=href data-noscroll rel=anew.then_some("external") aria-current=move || current.get().then_some("true") data-testid=testid>
                {move || current.get().then(|| view! { <Icon picture=Picture::Check/> })}{children()}
            </a>
        </li>
    }
}

/// A menu item that links to a dialog.
#[component]
pub fn MenuLink(
    /// The address of the dialog.
    #[prop(into)]
    href: Signal<String>,
    /// The icon before the text.
    picture: Picture,
    /// The item's id in browser tests.
    testid: &'static str,
    /// True if the item is highlighted as destructive.
    #[prop(optional)]
    danger: bool,
    /// True if a separator is above it.
    #[prop(optional)]
    apart: bool,
    /// The text of the item.
    children: Children,
) -> impl IntoView {
    let class = if danger { "menu-item danger" } else { "menu-item" };
    view! {
        <li class=apart.then_some("menu-line")><a class=class href=href data-noscroll data-testid=testid><Icon picture/>{children()}</a></li>
    }
}

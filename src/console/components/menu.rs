//! Menus: a disclosure that works without script; with it, arrow keys, Esc and a press outside too (`ui/enhance/menus.rs`).

use std::sync::{Mutex, PoisonError};

use leptos::prelude::*;

use super::{Icon, Picture};

/// A button that opens a list of links and buttons.
#[component]
pub fn Menu(
    #[prop(optional)] class: &'static str,
    #[prop(into, optional)] testid: Option<&'static str>,
    /// The class of the button.
    button: &'static str,
    #[prop(into, optional)] label: Option<String>,
    #[prop(into, optional)] button_testid: Option<&'static str>,
    /// The key that opens it (`ui/enhance`).
    #[prop(into, optional)]
    keys: Option<&'static str>,
    /// What the button shows.
    #[prop(into)]
    face: ViewFn,
    /// What is in it comes when it is first pointed at, to keep the page light: only where all of it can be done without
    /// script in another place, for without script it stays away.
    #[prop(optional)]
    lazy: bool,
    /// Whether it is open before anyone pressed it.
    #[prop(optional)]
    open: bool,
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

/// A choice among several, as a link.
#[component]
pub fn ChoiceLink(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] current: Signal<bool>,
    #[prop(into, optional)] testid: Option<String>,
    /// Loads the page anew: what surrounds it changes too.
    #[prop(optional)]
    anew: bool,
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

/// A link to a dialog.
#[component]
pub fn MenuLink(
    #[prop(into)] href: Signal<String>,
    picture: Picture,
    testid: &'static str,
    #[prop(optional)] danger: bool,
    /// Whether a line stands above it.
    #[prop(optional)]
    apart: bool,
    children: Children,
) -> impl IntoView {
    let class = if danger { "menu-item danger" } else { "menu-item" };
    view! {
        <li class=apart.then_some("menu-line")><a class=class href=href data-noscroll data-testid=testid><Icon picture/>{children()}</a></li>
    }
}

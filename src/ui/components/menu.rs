//! Menus: a disclosure that works without script; with it, arrow keys, Esc and a press outside too (`ui/enhance/menus.rs`).

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
    children: Children,
) -> impl IntoView {
    view! {
        <details class=format!("menu {class}").trim_end().to_owned() data-testid=testid>
            <summary class=button aria-label=label aria-keyshortcuts=keys data-testid=button_testid>{face.run()}</summary>
            <ul class="menu-panel">{children()}</ul>
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

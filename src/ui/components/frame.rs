//! What stands around a page: navigation and user; or, before signing in, nearly nothing.

use leptos::prelude::*;

use super::{
    Form, Icon, Mark, Menu, Picture, Toasts, form::Answered, menu::ChoiceLink, text::Avatar, theme::ThemeSwitch,
};
use crate::{
    model::listing::{Place, TokenQuery},
    ui::{address::Tokens, browser, load::Frame, words},
};

/// A page of an organization. `dialog`: what stands above it; the page behind stands still until the script is there
/// and the dialog is modal.
#[component]
pub fn OrgFrame(
    frame: Frame,
    #[prop(into)] count: Signal<u64>,
    #[prop(into)] covered: Signal<bool>,
    children: Children,
    #[prop(into)] dialog: ViewFn,
) -> impl IntoView {
    let (in_nav, in_topbar) = (frame.clone(), frame.clone());
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app" inert=covered>
            <header class="topbar">
                <button class="icon-button" type="button" popovertarget="nav" aria-label="Open navigation"><Icon picture=Picture::Menu/></button>
                <span class="brand"><Mark/><span class="brand-name">"Jeton"</span></span>
                <OrgMenu frame=in_topbar class="org-menu in-topbar end"/>
            </header>
            <nav id="nav" class="nav" popover="auto" aria-label="Main" data-testid="nav">
                <div class="brand">
                    <Mark/><span class="brand-name">"Jeton"</span>
                    <button class="icon-button nav-close" type="button" popovertarget="nav" popovertargetaction="hide" aria-label="Close navigation">
                        <Icon picture=Picture::Close/>
                    </button>
                </div>
                <OrgMenu frame=in_nav class="org-menu in-nav"/>
                <section class="nav-group">
                    <h2>"Load Data"</h2>
                    <ul>
                        <li>
                            <a
                                class="nav-item" href=Tokens::List.address(frame.org.id, &TokenQuery::default()) aria-current="page" title="API Tokens"
                                data-testid="nav-subitem-tokens"
                            >
                                <Icon picture=Picture::Key/><span>"API Tokens"</span><span class="count">{move || words::grouped(count.get())}</span>
                            </a>
                        </li>
                    </ul>
                </section>
                <NavFoot user=frame.user/>
            </nav>
            <main id="main" class="page" tabindex="-1">{children()}</main>
        </div>
        {dialog.run()}
        <Toasts/>
    }
}

#[component]
fn OrgMenu(frame: Frame, class: &'static str) -> impl IntoView {
    let Frame { org, places, .. } = frame;
    let name = org.name.clone();
    let face = move || {
        view! {
            <Avatar name=name.clone() square=true/><span class="sr-only">"Organization "</span><span class="org-name">{name.clone()}</span>
            <Icon picture=Picture::Chevrons/>
        }
    };
    let link = move |place: Place| {
        let current = place.id == org.id;
        view! {
            <ChoiceLink href=Tokens::List.address(place.id, &TokenQuery::default()) current=current anew=true>
                <span class="org-name">{place.name}</span>
            </ChoiceLink>
        }
    };
    view! { <Menu class button="button" face=face>{places.into_iter().map(link).collect_view()}</Menu> }
}

#[component]
fn NavFoot(user: String) -> impl IntoView {
    let signed_out = Callback::new(|answer: Answered| {
        if answer.is_ok() {
            browser::go("/sign-in");
        }
    });
    view! {
        <div class="nav-foot">
            <button class="user-button" type="button" popovertarget="user-menu" data-testid="user-nav">
                <Avatar name=user.clone()/><span>{user}</span>
            </button>
            <div id="user-menu" class="user-menu" popover="auto">
                <Form action="/sign-out".to_owned() on_answer=signed_out>
                    <button class="menu-item" data-testid="user-nav-item-logout"><Icon picture=Picture::SignOut/>"Sign out"</button>
                </Form>
            </div>
            <ThemeSwitch/>
        </div>
    }
}

/// A page for whoever is not signed in.
#[component]
pub fn AuthFrame(#[prop(optional)] brand: bool, children: Children) -> impl IntoView {
    let brand = brand.then(|| view! { <span class="brand"><Mark/><span class="brand-name">"Jeton"</span></span> });
    view! {
        <div class="auth">
            <header class="auth-head">{brand}<ThemeSwitch/></header>
            <main id="main" class="auth-main" tabindex="-1">{children()}</main>
            <footer class="auth-foot"><span>"Jeton "{env!("CARGO_PKG_VERSION")}</span></footer>
        </div>
        <Toasts/>
    }
}

//! The frame around a page: navigation and user menu; before sign-in, only the brand.

use leptos::prelude::*;

use jeton_model::{console::tokens::OrgRef, tally::Tally, wording};

use crate::{
    hydrate::{browser, defer::defer},
    routes::{ConsoleRoute, Group, Section, address_of},
    state::org_state::OrgState,
};

use super::{
    Form, Icon, Mark, Menu, Picture, Shortcuts, ShortcutsButton, Toasts, form::ActionOutcome, menu::ChoiceLink,
    text::Avatar, theme::ThemeSwitch,
};

/// Navigation and user menu around the pages of an organization. It is inert behind a dialog that is not modal yet.
#[component]
pub fn OrgFrame(state: OrgState, children: Children) -> impl IntoView {
    let shortcuts = RwSignal::new(false);
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        {defer(move || view! { <NavAndPage state shortcuts>{children()}</NavAndPage> })}
        <Shortcuts open=shortcuts/>
        <Toasts/>
    }
}

/// The navigation beside the page.
#[component]
fn NavAndPage(state: OrgState, shortcuts: RwSignal<bool>, children: Children) -> impl IntoView {
    view! {
        <div class="app">
            <header class="topbar" inert=state.covered>
                <button class="icon-button" type="button" popovertarget="nav" aria-label="Open navigation"><Icon picture=Picture::Menu/></button>
                <span class="brand"><Mark/><span class="brand-name">"Jeton"</span></span>
                {defer(move || view! { <OrgMenu state class="org-menu in-topbar end"/> })}
            </header>
            {defer(move || view! { <Nav state shortcuts/> })}
            {defer(move || view! { <main id="main" class="page" tabindex="-1">{children()}</main> })}
        </div>
    }
}

/// The navigation of an organization.
#[component]
fn Nav(state: OrgState, shortcuts: RwSignal<bool>) -> impl IntoView {
    view! {
        <nav id="nav" class="nav" popover="auto" aria-label="Main" data-testid="nav" inert=state.covered>
            <div class="brand">
                <Mark/><span class="brand-name">"Jeton"</span>
                <button class="icon-button nav-close" type="button" popovertarget="nav" popovertargetaction="hide" aria-label="Close navigation">
                    <Icon picture=Picture::Close/>
                </button>
            </div>
            <OrgMenu state class="org-menu in-nav"/>
            {Group::ALL.map(|group| view! { <NavGroup state group/> }).collect_view()}
            <NavFoot state shortcuts/>
        </nav>
    }
}

/// A group of the navigation, with its sections.
#[component]
fn NavGroup(state: OrgState, group: Group) -> impl IntoView {
    let items = move || {
        let may = state.frame.with(|frame| frame.may);
        let offered = group.sections().iter().copied().filter(|section| section.is_offered(may));
        offered.map(|section| view! { <NavItem state section/> }).collect_view()
    };
    view! { <section class="nav-group"><h2>{group.title()}</h2><ul>{items}</ul></section> }
}

/// A link of the navigation.
#[component]
fn NavItem(state: OrgState, section: Section) -> impl IntoView {
    let count = move || {
        let counts = state.frame.with(|frame| frame.counts);
        match section {
            Section::Buckets => Some(Tally::exact(counts.buckets)),
            Section::Telegrafs => Some(Tally::exact(counts.telegrafs)),
            Section::Tokens => Some(counts.tokens),
            _ => None,
        }
    };
    let current = move || state.route().is_some_and(|route| route.section() == section).then_some("page");
    view! {
        <li>
            <a
                class="nav-item" href=move || section.address(state.org.get()) aria-current=current title=section.title()
                data-testid=format!("nav-subitem-{}", section.word())
            >
                <Icon picture=picture(section)/><span>{section.title()}</span>
                {move || count().map(|count| view! { <span class="count">{short(count)}</span> })}
            </a>
        </li>
    }
}

/// Formats a number in little space: "312", "10,000+".
fn short(count: Tally) -> String {
    format!("{}{}", wording::grouped(count.known()), if count.is_more() { "+" } else { "" })
}

const fn picture(section: Section) -> Picture {
    match section {
        Section::Buckets => Picture::Bucket,
        Section::Telegrafs => Picture::Antenna,
        Section::Tokens => Picture::Key,
        Section::Members => Picture::Users,
        Section::Users => Picture::UserCog,
        Section::Orgs => Picture::Organization,
        Section::Databases => Picture::Server,
        Section::Audit => Picture::Scroll,
        Section::Account => Picture::User,
        Section::About => Picture::Info,
    }
}

/// A menu with links to the same page of other organizations.
#[component]
fn OrgMenu(state: OrgState, class: &'static str) -> impl IntoView {
    let name = move || state.frame.with(|frame| frame.org.name.clone());
    let face = move || {
        view! {
            {move || view! { <Avatar name=name() square=true/> }}
            <span class="sr-only">"Organization "</span><span class="org-name">{name}</span>
            <Icon picture=Picture::Chevrons/>
        }
    };
    let choice = move |place: OrgRef| {
        let href = move || {
            let section = state.route().map_or(Section::Tokens, ConsoleRoute::section);
            section.address(place.id)
        };
        view! {
            <ChoiceLink href=Signal::derive(href) current=Signal::derive(move || state.org.get() == place.id)>
                <span class="org-name">{place.name}</span>
            </ChoiceLink>
        }
    };
    let choices = move || state.frame.with(|frame| frame.places.clone()).into_iter().map(choice).collect_view();
    view! { <Menu class button="button" face=face>{choices}</Menu> }
}

/// The end of the navigation: help, theme and user menu.
#[component]
fn NavFoot(state: OrgState, shortcuts: RwSignal<bool>) -> impl IntoView {
    let user = move || state.frame.with(|frame| frame.user.clone());
    let signed_out = Callback::new(|answer: ActionOutcome| {
        if answer.is_ok() {
            browser::go(&address_of("/sign-in"));
        }
    });
    let link = move |section: Section| {
        let href = move || section.address(state.org.get());
        view! { <a class="menu-item" href=href data-testid=format!("user-nav-item-{}", section.word())><Icon picture=picture(section)/>{section.title()}</a> }
    };
    view! {
        <div class="nav-foot">
            <button class="user-button" type="button" popovertarget="user-menu" data-testid="user-nav">
                {move || view! { <Avatar name=user()/> }}<span>{user}</span>
            </button>
            <div id="user-menu" class="user-menu" popover="auto">
                {[Section::Account, Section::About].map(link).collect_view()}
                <ShortcutsButton open=shortcuts/>
                <Form action=address_of("/sign-out") on_answer=signed_out>
                    <button class="menu-item" data-testid="user-nav-item-logout"><Icon picture=Picture::SignOut/>"Sign out"</button>
                </Form>
            </div>
            <ThemeSwitch/>
        </div>
    }
}

/// The frame of a page for visitors who are not signed in.
#[component]
pub fn AuthFrame(#[prop(optional)] brand: bool, children: Children) -> impl IntoView {
    let brand = brand.then(|| view! { <span class="brand"><Mark/><span class="brand-name">"Jeton"</span></span> });
    view! {
        <div class="auth">
            <header class="auth-head">{brand}<ThemeSwitch/></header>
            <main id="main" class="auth-main" tabindex="-1">{children()}</main>
            <footer class="auth-foot"><span>"Jeton "{env!("CARGO_PKG_VERSION")}</span><span><a class="link" href=address_of("/docs") rel="external">"Documentation"</a></span></footer>
        </div>
        <Toasts/>
    }
}

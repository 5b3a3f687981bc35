//! The theme: light, dark, or that of the system.

use leptos::{ev::SubmitEvent, prelude::*};

use jeton_model::console::preference_cookie::THEME;

use crate::{forms::preferences::ThemeForm, hydrate::browser, routes::address_of};

use super::{Icon, Picture};

/// A theme that the user chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

impl Theme {
    /// Parses the value of the cookie.
    pub fn from_cookie(value: Option<&str>) -> Option<Self> {
        match value? {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// Returns the name of the theme in the cookie and in the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

#[cfg(feature = "ssr")]
fn chosen() -> Option<Theme> {
    let parts = use_context::<http::request::Parts>()?;
    Theme::from_cookie(jeton_http::cookies::read(&parts.headers, THEME))
}

#[cfg(not(feature = "ssr"))]
fn chosen() -> Option<Theme> {
    Theme::from_cookie(document().document_element()?.get_attribute("data-theme").as_deref())
}

/// Three toggle buttons, one of them pressed.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(chosen());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let ThemeForm { theme: value } = ThemeForm::from(&browser::fields(&event));
        theme.set(Theme::from_cookie(Some(&value)));
        apply(theme.get_untracked());
    };
    let choice = move |value: &'static str, of: Option<Theme>, picture, label: &'static str| {
        view! {
            <button
                class="icon-button" name=ThemeForm::THEME value=value aria-label=label title=label
                aria-pressed=move || (theme.get() == of).to_string()
            >
                <Icon picture/><span aria-hidden="true">{label}</span>
            </button>
        }
    };
    view! {
        <form class="theme" method="post" action=address_of("/theme") aria-label="Theme" on:submit=on_submit>
            {choice("system", None, Picture::Monitor, "System")}
            {choice("light", Some(Theme::Light), Picture::Sun, "Light")}
            {choice("dark", Some(Theme::Dark), Picture::Moon, "Dark")}
        </form>
    }
}

/// Applies the theme to the document, and stores it in the cookie.
fn apply(theme: Option<Theme>) {
    let Some(html) = document().document_element() else { return };
    let name = theme.map(Theme::name);
    drop(match name {
        Some(name) => html.set_attribute("data-theme", name),
        None => html.remove_attribute("data-theme"),
    });
    browser::set_preference(THEME, name);
}

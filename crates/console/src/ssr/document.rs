//! The HTML document around the application.

use http::request::Parts;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use jeton_http::{assets::NAMES, cookies};

use crate::{
    app::App,
    components::theme::Theme,
    forms::outcome::FormResponse,
    routes::{address_of, base_path},
};

/// The complete document. The response to a form has no scripts: its content, such as a new token, exists only in this
/// response, and hydration could not render it again.
pub fn shell() -> impl IntoView {
    let is_answer = use_context::<FormResponse>().is_some();
    let head = view! {
        {(!is_answer).then(scripts)}
        <MetaTags/>
    };
    document(is_answer, head, view! { <App/> })
}

/// A document in the console's style. `is_static`: it is not hydrated.
pub fn document(is_static: bool, head: impl IntoView, body: impl IntoView) -> impl IntoView {
    let parts = use_context::<Parts>();
    let base = Some(base_path()).filter(|base| !base.is_empty() && !is_static);
    let theme = parts.and_then(|parts| Theme::from_cookie(cookies::read(&parts.headers, cookies::THEME)));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.map(Theme::name) data-base=base class=is_static.then_some("static")>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="description" content="Manage API tokens for InfluxDB-compatible servers"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href=address_of("/favicon.ico") sizes="32x32"/>
                <link rel="icon" href=address_of("/favicon.svg") type="image/svg+xml"/>
                <link rel="stylesheet" href=address_of(&NAMES.css)/>
                {head}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// The scripts. They are fetched after the page, which works without them and would share a slow connection with them.
fn scripts() -> impl IntoView {
    let (js, wasm) = (address_of(&NAMES.js), address_of(&NAMES.wasm));
    let start = format!("import('{js}').then(m => m.default({{module_or_path: '{wasm}'}}).then(() => m.hydrate(at)))");
    let after_load = format!(
        "const at = location.pathname + location.search; addEventListener('load', () => setTimeout(() => {start}))"
    );
    view! { <script type="module" nonce=use_nonce() inner_html=after_load></script> }
}

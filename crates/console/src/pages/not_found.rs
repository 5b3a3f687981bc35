//! The page for unknown addresses.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{Mark, frame::AuthFrame},
    routes::address_of,
};

/// The page for unknown addresses, with a link to the start.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    not_found_status();
    view! {
        <Title text="This page does not exist | Jeton"/>
        <AuthFrame brand=true>
            <div class="error-page">
                <Mark large=true/>
                <h1>"This page does not exist"</h1>
                <p>"The address may be wrong, or the item was deleted."</p>
                <a class="button large" href=address_of("/")>"Go to API Tokens"</a>
            </div>
        </AuthFrame>
    }
}

#[cfg(feature = "ssr")]
fn not_found_status() {
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
}

#[cfg(not(feature = "ssr"))]
const fn not_found_status() {}

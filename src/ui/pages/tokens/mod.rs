//! The API Tokens page and the dialogs above it, each with an address of its own.

mod all_access;
mod confirm;
pub mod created;
mod custom;
mod details;
mod list;
mod picker;
mod row;
mod state;
mod summary;
mod toolbar;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

use super::NotFoundPage;
use crate::{
    model::{Error, listing::TokenQuery},
    ui::{
        address::Tokens,
        app::Hydrated,
        components::{form::to_sign_in, frame::OrgFrame, text::Alert},
        load::Frame,
    },
};
use created::CreatedDialog;
use list::List;
use state::TokensState;
use toolbar::Toolbar;

pub use all_access::AllAccessRoute;
pub use confirm::{CloneRoute, DeleteRoute};
pub use custom::CustomRoute;
pub use details::{DetailsRoute, EditRoute};

/// No dialog: the list alone.
#[component]
pub fn ListRoute() -> impl IntoView {}

/// The list, and above it whatever the address says.
#[component]
pub fn TokensPage() -> impl IntoView {
    let state = TokensState::provide();
    view! {
        // What loads inside, a dialog for one, must not take the page away: the focus would go with it.
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match state.frame.await {
                    Ok(frame) => view! { <Page frame state/> }.into_any(),
                    Err(Error::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(Error::Unauthorized(_) | Error::OrgNotFound | Error::BadId(_)) => view! { <NotFoundPage/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Page(frame: Frame, state: TokensState) -> impl IntoView {
    provide_context(frame.clone());
    state.count.set(frame.tokens);
    let hydrated = Hydrated::current();
    let covered = Signal::derive(move || state.has_dialog() && !hydrated.get());
    let title = format!("API Tokens | Load Data | {} | Jeton", frame.org.name);
    let here = Tokens::List.address(frame.org.id, &TokenQuery::default());
    let dialog = move || match state.created.get() {
        Some((token, cloned)) => {
            let shown = TokenQuery {
                show: Some(token.id),
                page: 1,
                filter: String::new(),
                status: None,
                ..state.query.get_untracked()
            };
            view! { <CreatedDialog close=Tokens::List.address(token.org, &shown) token cloned/> }.into_any()
        }
        None => view! { <Outlet/> }.into_any(),
    };
    view! {
        <Title text=title/>
        <OrgFrame frame count=state.count covered dialog=ViewFn::from(move || dialog)>
            <header class="page-head">
                <h1 data-testid="load-data--header">"Load Data"</h1>
                <nav class="page-tabs" aria-label="Load Data"><a href=here aria-current="page" data-testid="tokens--tab">"API Tokens"</a></nav>
            </header>
            <div class="page-body">
                <Toolbar state/>
                <List state/>
            </div>
        </OrgFrame>
    }
}

/// The page could not be loaded.
#[component]
fn Failed(error: Error) -> impl IntoView {
    view! {
        <main id="main" class="page" tabindex="-1">
            <div class="list-failed">
                <Alert danger=true live=true>
                    <b>"The page could not be loaded."</b>" "{crate::ui::words::sentence(&error)}<br/><a class="link" href="/" rel="external">"Try again"</a>
                </Alert>
            </div>
        </main>
    }
}

//! The layout that the pages of an organization share: navigation, counts and capabilities.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate, use_query_map},
};

use jeton_model::{OrgId, console::frame::Frame};

use crate::{
    components::{Notices, form::to_sign_in, frame::OrgFrame, text::Alert},
    error::ConsoleError,
    forms::flash::Flash,
    queries::load_frame,
    routes::{self, ConsoleRoute, address_of},
    state::{
        org_state::OrgState,
        page_store::{PageStore, fetch},
    },
};

use super::NotFoundPage;

/// Returns a function that navigates to an address of this site without scrolling.
pub fn navigator() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |address: &str| navigate(address, routes::without_scrolling())
}

/// The layout route. It loads the frame once; pages and organizations change inside it.
#[component]
pub fn OrgLayout() -> impl IntoView {
    let location = use_location();
    let at = Memo::new(move |_| routes::route_of(&location.pathname.get()));
    let store = PageStore::here();
    say_what_was_done();
    let first =
        fetch(|| (), move |()| async move { load_frame(at.get_untracked().ok_or(ConsoleError::OrgNotFound)?.0).await });
    view! {
        // A resource that loads inside, such as that of a dialog, must not unmount the page: the focus would be lost.
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match first.await {
                    Ok(frame) => view! { <Framed frame at store/> }.into_any(),
                    Err(ConsoleError::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(ConsoleError::Unauthorized(_) | ConsoleError::OrgNotFound) => view! { <NotFoundPage/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Displays the flash message of a form submitted without JavaScript. Not where the frame is awaited, as that view may
/// render again. Removes the parameter from the URL, or a reload or shared link would repeat the message.
fn say_what_was_done() {
    let Some(flash) = use_query_map().read_untracked().get_str("done").and_then(Flash::from_word) else { return };
    Notices::current().success(flash.sentence(), "");
    let (location, navigate) = (use_location(), use_navigate());
    Effect::new(move || {
        let parameters: Vec<_> = routes::split(&location.search.get_untracked()).1;
        let parameters: Vec<_> = parameters.into_iter().filter(|(name, _)| name != "done").collect();
        let here = routes::with_parameters(location.pathname.get_untracked(), &parameters);
        navigate(&here, NavigateOptions { replace: true, ..routes::without_scrolling() });
    });
}

/// The pages inside the loaded frame.
#[component]
fn Framed(frame: Frame, at: Memo<Option<(OrgId, ConsoleRoute)>>, store: PageStore) -> impl IntoView {
    let state = store.once(|| OrgState::new(frame, at, store));
    provide_context(state);
    state.follow_address();
    view! { <OrgFrame state><Outlet/></OrgFrame> }
}

/// The error in place of a page.
#[component]
fn Failed(error: ConsoleError) -> impl IntoView {
    view! {
        <main id="main" class="page" tabindex="-1">
            <div class="list-failed">
                <Alert danger=true live=true>
                    <b>"The page could not be loaded."</b>" "{error.sentence()}<br/><a class="link" href=address_of("/") rel="external">"Try again"</a>
                </Alert>
            </div>
        </main>
    }
}

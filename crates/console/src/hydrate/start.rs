//! Start of hydration.

use std::{sync::Arc, time::Duration};

use any_spawner::Executor;
use hydration_context::{HydrateSharedContext, SharedContext as _};
use leptos::{ev, prelude::*, server_fn::client::try_set_server_url, tachys::dom::body};
use wasm_bindgen_futures::spawn_local;

use crate::{app::App, components::history::listen_first, routes::base_of_document};

use super::{
    browser, chunks,
    enhance::enhance,
    scheduler::{self, after_hydration},
};

/// Hydrates the page that the server rendered, once its chunk is loaded. If the chunk cannot be loaded, the page stays
/// unhydrated and works as without JavaScript. `at`: the path and the query that the page was loaded from; if the user
/// has gone back or forward since, the page at the new URL is loaded.
pub fn start(at: String) {
    if browser::here() != at {
        return browser::reload();
    }
    // Server functions are below the base path too; nothing else sets their URL.
    let _ = try_set_server_url(base_of_document().as_str());
    enhance();
    leave_whole(at);
    listen_first();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        if chunks::fetch_for(&path).await.is_ok() {
            // A task of its own: starting the script was one already.
            set_timeout(take_over, Duration::ZERO);
        }
    });
}

/// Hydrates the body as `leptos::mount::hydrate_body` does, but keeps the serialized resources until the last part is
/// hydrated.
fn take_over() {
    if scheduler::is_left() {
        return;
    }
    drop(Executor::init_wasm_bindgen());
    let found_out = Arc::new(HydrateSharedContext::new());
    let owner = Owner::new_root(Some(found_out.clone()));
    let page = owner.with(|| App().into_view().hydrate_from::<true>(&body()));
    #[expect(clippy::mem_forget, reason = "they live as long as the page")]
    std::mem::forget((owner, page));
    after_hydration(move || found_out.hydration_complete());
}

/// Until the whole page is hydrated, makes links and back navigation load pages from the server: a client-side
/// navigation would hydrate one page with the elements of another. Call it before the router is created: listeners run
/// in the order of registration.
fn leave_whole(at: String) {
    let _ = window_event_listener(ev::click, |event| {
        if !scheduler::is_done() {
            event.stop_immediate_propagation();
        }
    });
    let _ = window_event_listener(ev::popstate, move |event| {
        if !scheduler::is_done() && browser::here() != at {
            event.stop_immediate_propagation();
            // The old page is displayed until the new one loads, under a URL that is not its own.
            scheduler::leave();
            browser::reload();
        }
    });
}

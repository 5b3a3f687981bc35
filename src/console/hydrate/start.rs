//! Hydration: takes over the page that the server rendered.

use std::{sync::Arc, time::Duration};

use any_spawner::Executor;
use hydration_context::{HydrateSharedContext, SharedContext as _};
use leptos::{ev, prelude::*, tachys::dom::body};
use wasm_bindgen_futures::spawn_local;

use crate::console::{app::App, components::history::listen_first};

use super::{
    browser, chunks,
    defer::{self, after_hydration},
    enhance::enhance,
};

/// Takes over the page that the server rendered, once the part of the script that shows it is there. Where that does not
/// come, the page stays as it is, and works without. `at`: the path and the query that the page was loaded from; whoever has
/// gone back or forward since sees another page than the address says, which is then loaded.
pub fn start(at: String) {
    if browser::here() != at {
        return browser::reload();
    }
    enhance();
    leave_whole(at);
    listen_first();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        if chunks::fetch_for(&path).await.is_ok() {
            // In a task of its own: starting the script was one already.
            set_timeout(take_over, Duration::ZERO);
        }
    });
}

/// As `leptos::mount::hydrate_body`, except that what the server has found out is kept until the last part is taken over.
fn take_over() {
    if defer::is_left() {
        return;
    }
    drop(Executor::init_wasm_bindgen());
    let found_out = Arc::new(HydrateSharedContext::new());
    let owner = Owner::new_root(Some(found_out.clone()));
    let page = owner.with(|| App().into_view().hydrate_from::<true>(&body()));
    // For as long as the page is there.
    std::mem::forget((owner, page));
    after_hydration(move || found_out.hydration_complete());
}

/// Until the whole page is taken over, links and the way back lead where they would without script: another page in the
/// middle of it would be taken for this one. To be called before the router is made, which hears of them after this.
fn leave_whole(at: String) {
    let _ = window_event_listener(ev::click, |event| {
        if !defer::is_done() {
            event.stop_immediate_propagation();
        }
    });
    let _ = window_event_listener(ev::popstate, move |event| {
        if !defer::is_done() && browser::here() != at {
            event.stop_immediate_propagation();
            // The page is still there until the other comes, under an address that is not its own.
            defer::leave();
            browser::reload();
        }
    });
}
